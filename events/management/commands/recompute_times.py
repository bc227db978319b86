"""Recompute UTC moments after an update of the time zone database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.domain.lifecycle import zoneupdates
from events.models.base import clock

WIDTH = 40


class Command(BaseCommand):
    help = "Derives the moments of future events anew from wall time and zone; says what moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only says what would move; changes nothing."
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        report = zoneupdates.recompute(now=clock.now(), dry_run=dry_run, tell=self.draw)
        for line in (*report.moved, *report.failed):
            self.stdout.write(str(line))
        verb = "would move" if dry_run else "moved"
        self.stdout.write(f"{len(report.moved)} of {report.looked_at} future events {verb}.")
        if report.failed:
            number = f"{len(report.failed)} of {report.looked_at} future events"
            zones = ", ".join(report.zones)
            raise CommandError(f"{number} could not be reckoned; their time zones: {zones}.")

    def draw(self, done: int, total: int) -> None:
        """Draw a progress bar on a terminal, if there is more than one batch."""
        if total <= zoneupdates.BATCH_SIZE or not self.stderr.isatty():
            return
        bar = ("#" * (WIDTH * done // total)).ljust(WIDTH, ".")
        ending = "\n" if done == total else ""
        self.stderr.write(f"\r[{bar}] {done} of {total}", style_func=str, ending=ending)
