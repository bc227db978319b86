"""What Celery runs: each task tells the domain the time and decides nothing."""

from typing import Any

from celery import shared_task

from events.domain import delivery, feeds
from events.models import clock


@shared_task(ignore_result=True)
def tick(**kwargs: Any) -> None:
    """Send what is due."""
    delivery.tick(now=clock.now())


@shared_task(ignore_result=True)
def export_feeds(**kwargs: Any) -> None:
    """Write the public feeds to their files."""
    feeds.export(now=clock.now())
