"""Send due mails without Celery."""

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from events.domain.delivery import delivery
from events.models.base import clock

PAUSE = 5.0  # seconds between ticks, the same as in Celery's beat
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Sends the mail that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="Goes on until it is stopped (SIGTERM, Ctrl-C)."
        )

    def handle(self, *args: Any, loop: bool, **options: Any) -> None:
        if loop:
            self.loop()
        else:
            self.tick()

    def tick(self) -> None:
        summary = delivery.tick(now=clock.now())
        for state, number in sorted(summary.results.items()):
            self.stdout.write(f"{state}: {number}")

    def loop(self) -> None:
        """Tick until SIGTERM or SIGINT; a running tick is completed first."""
        stopped = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            close_old_connections()
            try:
                self.tick()
            except (DatabaseError, OSError):  # the database does not answer, or the disk is full
                logger.exception("This tick has failed; the next one tries again")
            stopped.wait(PAUSE)
