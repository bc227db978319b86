"""Write the public feeds to files without Celery."""

from typing import Any

from django.core.management.base import BaseCommand

from events.domain.feeds import feeds
from events.models.base import clock


class Command(BaseCommand):
    help = "Writes the public feeds as files for a web server; says which changed."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = feeds.export(now=clock.now())
        for path in changed:
            self.stdout.write(f"written: {path}")
        if not changed:
            self.stdout.write("No feed has changed.")
