"""A worker that sends what is due in a loop, and is killed at given points.

`python -m tests.faults.worker FILE` loads Django once and forks a worker each time that the last
one has died; FILE contains its pid. DIES=point:n,point:n… kills one worker after the other with
SIGKILL, when it reaches its point for the nth time. Timeouts are shorter than in production, so
that tests are fast.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- needs django.setup()

from config.runtime.supervisor import die_with_parent  # noqa: E402
from events.domain.delivery import (  # noqa: E402
    attempts,
    breaker,
    delivery,
    journal,
    leases,
)
from events.domain.mail import smtp  # noqa: E402
from events.domain.mail.smtp import Phase  # noqa: E402
from events.models.base import clock  # noqa: E402

leases.LEASE = timedelta(seconds=3)  # type: ignore[misc]
attempts.LEASE_MARGIN = timedelta(seconds=1)  # type: ignore[misc]
leases.RETRY_AFTER = timedelta(seconds=1)  # type: ignore[misc]
leases.MIN_BACKOFF = timedelta(seconds=1)  # type: ignore[misc]
breaker.FIRST_PAUSE = breaker.MAX_PAUSE = timedelta(seconds=1)  # type: ignore[misc]
smtp.ACCEPTING = 1.0  # type: ignore[misc]
PAUSE = 0.05

settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST = "127.0.0.1"
settings.EMAIL_PORT = int(os.environ["SINK"])


class Death:
    """Kills this process when it reaches a point for the nth time."""

    def __init__(self, order: str) -> None:
        self.point, _, number = order.partition(":")
        self.left = int(number or 1)
        self.phase: Phase | None = None

    def reach(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)

    def beset(self) -> None:
        """Wrap each step with a check of the point before and after it."""
        for owner, name, point in (
            (delivery, "_claim", "claim"),
            (attempts.Attempt, "compose", "compose"),
            (smtp, "_stuffed", "stuffing"),
            (leases, "settle", "settle"),
        ):
            self.around(owner, name, point)
        opened = smtp._opened

        def open_(server: Any) -> Any:
            line = opened(server)
            self.around(line, "getreply", "reply", when=lambda: self.phase == Phase.DOT)
            return line

        smtp._opened = open_
        note = journal.own.note

        def noted(phase: Phase, mail: str) -> None:
            self.reach(f"before {phase.name}")
            note(phase, mail)
            self.phase = phase
            self.reach(f"after {phase.name}")

        journal.own.note = noted  # type: ignore[method-assign]

    def around(self, owner: Any, name: str, point: str, when: Any = lambda: True) -> None:
        step = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            counts = when()
            if counts:
                self.reach(f"before {point}")
            result = step(*args, **kwargs)
            if counts:
                self.reach(f"after {point}")
            return result

        setattr(owner, name, watched)


def work() -> None:
    while True:
        try:
            delivery.tick(now=clock.now())
        except (django.db.DatabaseError, OSError) as error:
            with suppress(OSError):  # the disk may be full
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
            connections.close_all()
        time.sleep(PAUSE)


def main() -> None:
    orders = [order for order in os.environ["DIES"].split(",") if order]
    while True:
        connections.close_all()
        if not (child := os.fork()):
            die_with_parent()
            if orders:
                Death(orders[0]).beset()
            work()
        draft = Path(f"{sys.argv[1]}.draft")
        draft.write_text(str(child))
        draft.replace(sys.argv[1])
        os.waitpid(child, 0)
        del orders[:1]


if __name__ == "__main__":
    main()
