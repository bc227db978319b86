"""Fixtures: mails that are due, a faulty mail server, workers that are killed."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from events.domain.reminders import reminders
from events.models import Delivery, Event, ReminderRule
from events.models.base import clock
from tests import factories
from tests.config.nginx import answers
from tests.conftest import database_url, process, wait_until
from tests.smtp import free_port

HEAVY = os.environ.get("FAULTS") == "all"
State = Delivery.State
OPEN = (State.PENDING, State.LEASED, State.SENDING)
HOUR = timedelta(hours=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run tests marked `heavy` only in `make faults`."""
    heavy = [item for item in items if item.get_closest_marker("heavy")]
    if heavy and not HEAVY:
        items[:] = [item for item in items if item not in heavy]
        config.hook.pytest_deselected(items=heavy)


@dataclass
class Post:
    """A mail server, the mails it has accepted, and the workers that send to it."""

    port: int
    file: Path
    folder: Path
    stack: ExitStack = field(repr=False)
    pids: list[Path] = field(default_factory=list)

    def copies(self) -> Counter[str]:
        """The number of mails that the server has accepted for each address."""
        return Counter(line.split(" ", 2)[1] for line in self.file.read_text().splitlines())

    def start(self, dies: str = "", **env: str) -> Path:
        """Start a worker; return a file with the pid of the process that works at the moment."""
        number = len(self.pids)
        pid = self.folder / f"worker-{number}.pid"
        env |= {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            "SINK": str(self.port),
            "DIES": dies,
        }
        command = [sys.executable, "-m", "tests.faults.worker", str(pid)]
        log = self.folder / f"worker-{number}.log"
        self.stack.enter_context(process(command, log, os.environ | env))
        wait_until(pid.exists, log=log)
        self.pids.append(pid)
        return pid

    def drain(self, seconds: float = 60) -> None:
        """Wait until every mail has reached a final state."""
        log = self.folder / "worker-0.log"
        wait_until(lambda: not unsettled(), seconds=seconds, log=log)


def unsettled() -> int:
    return Delivery.objects.filter(state__in=OPEN).count()


def wait_until_handed_over() -> None:
    wait_until(Delivery.objects.exists, seconds=30)


def states() -> dict[str, tuple[str, int]]:
    """The state and the unknown_count of the mail to each address."""
    rows = Delivery.objects.values_list("person__email", "state", "unknown_count")
    return {address: (state, doubts) for address, state, doubts in rows}


def due(count: int, fault: str = "ok") -> Event:
    """Return an event with a reminder to this number of people that is due now."""
    start = clock.now() + HOUR
    local = start.replace(second=0, microsecond=0)
    event = factories.event(
        timezone="UTC", start_on=local.date(), start_time=local.time(), end_time=None
    )
    factories.rule(event=event, offset_kind=ReminderRule.OffsetKind.EXACT_MINUTES, offset=60)
    for _ in range(count):
        person = factories.person(email=f"{fault}-{factories.number()}@example.org")
        factories.attendee(event=event, person=person)
    reminders.plan(event=event, now=start - 2 * HOUR)
    return event


@pytest.fixture
def post(transactional_db: None, tmp_path: Path) -> Iterator[Post]:
    port, file = free_port(), tmp_path / "accepted"
    file.touch()
    command = [sys.executable, "-m", "tests.faults.sink", str(port), str(file)]
    with ExitStack() as stack:
        stack.enter_context(process(command, tmp_path / "sink.log", dict(os.environ)))
        wait_until(lambda: answers(port), log=tmp_path / "sink.log")
        yield Post(port, file, tmp_path, stack)
