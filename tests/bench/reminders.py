"""What sending costs: our delivery, and a bare loop that builds and sends the same mails.

`make bench-reminders` prints the tables of docs/performance.md, `make bench-reminders-sqlite` those
on SQLite.
The mail server is a process of its own (`tests/faults/sink.py`), which is not measured. Measured is
the processor time of the sending process and of its PostgreSQL process, and for the rate the
elapsed time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from events.domain.delivery import delivery, presend
from events.domain.mail import letters, outbox, transport
from events.domain.mail.smtp import Connection, Server
from events.domain.reminders import fanout, reminders
from events.models import Attendee, Delivery, Event, Person, Place, ReminderRule, Team
from tests.bench import rows
from tests.bench.databases import clocks
from tests.bench.feeds import analyse, environment, prepare, progress, say, session
from tests.config.nginx import answers
from tests.conftest import process, wait_until
from tests.smtp import free_port

NOW = rows.NOW
HOUR = timedelta(hours=1)
PLANNED = 10_000  # attendees
RULES = 3


@dataclass(frozen=True)
class Cost:
    """A number of mails, and what they took, in seconds."""

    mails: int
    wall: float
    work: float

    def __str__(self) -> str:
        return f"{self.mails / self.wall:,.0f} | {self.mails / self.work:,.0f}"


@contextmanager
def measured() -> Iterator[list[float]]:
    """Yield a list that is filled with the elapsed time and the work of the block, in seconds."""
    start = clocks()
    spent: list[float] = []
    yield spent
    wall, own, database = (after - before for after, before in zip(clocks(), start, strict=True))
    spent += [wall / 1000, (own + database) / 1000]


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.faults.sink", str(port), str(folder / "accepted")]
    with process(command, folder / "sink.log", dict(os.environ)):
        wait_until(lambda: answers(port), log=folder / "sink.log")
        yield port


def event(slug: str, people: int, team: Team) -> Event:
    """Store an event in an hour that so many people attend."""
    made = session(slug, 0, team, hall())
    made.start_on = made.end_on = NOW.date()
    made.start_time, made.end_time = clock_time(5), clock_time(6)  # an hour from NOW, in New York
    made.start_at, made.end_at = NOW + HOUR, NOW + 2 * HOUR
    [stored] = rows.store([made])
    guests = rows.store(
        Person(
            slug=f"{slug}-{n}", family_name=f"Guest {n}", email=f"ok-{slug}-{n}@example.org",
            language=("en", "zh-hans", "zh-hant")[n % 3], timezone="Asia/Hong_Kong",
        )
        for n in range(people)
    )  # fmt: skip
    rows.store(Attendee(event=stored, person=guest, partstat="accepted") for guest in guests)
    Attendee.objects.filter(event=stored).update(created_at=NOW - HOUR)
    return stored


def hall() -> Place:
    place, _ = Place.objects.get_or_create(
        slug="hall", defaults={"name_en": "Hall 5", "timezone": "America/New_York"}
    )
    return place


def due(stored: Event) -> None:
    """Plan a mail to each attendee that is due at NOW."""
    rule, _ = ReminderRule.objects.get_or_create(
        event=stored, offset_kind=ReminderRule.OffsetKind.EXACT_MINUTES, offset=60
    )
    reminders.plan(event=stored, now=NOW - HOUR)
    occurrence = rule.occurrences.get()
    occurrence.due_at, occurrence.expires_at = NOW, NOW + HOUR
    occurrence.claim_at, occurrence.state = NOW, "planned"
    occurrence.save()
    fanout.expand_due(now=NOW)


def bare(stored: Event, port: int) -> Cost:
    """Read all mails at once, build and send each on one connection; record nothing."""
    line = Connection(Server(host="127.0.0.1", port=port))
    queue = Delivery.objects.filter(event=stored).select_related(*presend.SHOWN)
    with measured() as spent:
        for row in queue:
            row.language, row.zone = row.person.language, row.person.timezone
            message = letters.reminder(delivery=row, now=NOW)
            line.send(
                sender="attache@example.org",
                recipient=row.person.email,
                body=lambda made=message: transport._octets(made),
                note=lambda _phase: None,
                deadline=float("inf"),
            )
        line.quit()
    return Cost(queue.count(), *spent)


def ours(stored: Event) -> Cost:
    """Send due mails as a worker does, tick after tick."""
    count = Delivery.objects.filter(event=stored).count()
    with measured() as spent:
        while delivery.tick(now=NOW).results:
            pass
    states = set(Delivery.objects.filter(event=stored).values_list("state", flat=True))
    if states != {"sent"}:
        raise SystemExit(f"not all was sent: {states}")
    return Cost(count, *spent)


def two_workers(stored: Event, port: int) -> Cost:
    """The same in two processes; the work is only that of these processes."""
    count = Delivery.objects.filter(event=stored).count()
    env = environment() | {"SINK": str(port)}
    command = [sys.executable, "-m", "tests.bench.sender"]
    workers = [
        subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout
        worker.stdout.readline()  # it is ready
    start = time.perf_counter()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    work = sum(float(worker.communicate()[0]) for worker in workers)
    return Cost(count, time.perf_counter() - start, work)


def plan(team: Team) -> tuple[float, float]:
    """Return the seconds to plan three rules, and those to fan them out to 10,000 attendees."""
    stored = event("planned", PLANNED, team)
    rows.store(
        ReminderRule(event=stored, offset_kind="exact_minutes", offset=60 + n) for n in range(RULES)
    )
    with measured() as planned:
        reminders.plan(event=stored, now=NOW - 3 * HOUR)
    with measured() as handed:
        fanout.expand_due(now=NOW)
    if Delivery.objects.filter(event=stored).count() != PLANNED * RULES:
        raise SystemExit("not everybody has a mail")
    Delivery.objects.filter(event=stored).update(state="cancelled", claim_at=None)
    return planned[0], handed[0]


def age(stored: Event, number: int) -> None:
    """Fill the table with mails sent long ago."""
    attendee = Attendee.objects.filter(event=stored).first()
    assert attendee
    assert attendee.person_id
    for start in range(0, number, 20_000):
        progress(f"{start:,} old mails")
        Delivery.objects.bulk_create(
            Delivery(
                kind="reminder", person_id=attendee.person_id, event=stored, team=stored.team,
                dedup_key=outbox.dedup_key("old", n), due_at=NOW - 48 * HOUR,
                expires_at=NOW - 40 * HOUR, state="sent", language="en", zone="",
            )
            for n in range(start, start + 20_000)
        )  # fmt: skip
    analyse()


def empty_ticks(number: int) -> float:
    """Return the milliseconds of work of a tick that finds nothing."""
    delivery.tick(now=NOW)
    with measured() as spent:
        for _ in range(number):
            delivery.tick(now=NOW)
    return spent[1] / number * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-reminders")
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--old", type=int, default=1_000_000, help="mails sent long ago")
    options = parser.parse_args()
    settings.EMAIL_BACKEND = transport.SMTP
    settings.EMAIL_HOST = "127.0.0.1"
    prepare()
    team = Team.objects.create(name="Team", slug="team")
    with tempfile.TemporaryDirectory(prefix="attache-bench-") as name, sink(Path(name)) as port:
        settings.EMAIL_PORT = port
        measure(team, port, options.mails, options.rounds)
    planned, handed = plan(team)
    say(f"\nplanning {RULES} rules for {PLANNED:,} attendees: {planned * 1000:.0f} ms;")
    say(f"handing over their {PLANNED * RULES:,} mails: {handed:.1f} s")
    age(Event.objects.get(slug="planned"), options.old)
    say(f"an empty tick beside {options.old:,} old mails: {empty_ticks(50):.1f} ms of work")


def measure(team: Team, port: int, mails: int, rounds: int) -> None:
    best: dict[str, Cost] = {}
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        first, second = (event(f"r{number}-{n}", mails, team) for n in range(2))
        due(first)
        analyse()
        found = {"bare loop": bare(first, port), "one worker": ours(first)}
        due(second)
        found["two workers"] = two_workers(second, port)
        for name, cost in found.items():
            if name not in best or cost.work < best[name].work:
                best[name] = cost
    say(f"\n{mails:,} mails, the best of {rounds} rounds\n")
    say("| | mails a second | mails per second of CPU | ÷ bare loop |")
    say("| --- | ---: | ---: | ---: |")
    base = best["bare loop"]
    for name, cost in best.items():
        ratio = (cost.mails / cost.work) / (base.mails / base.work)
        say(f"| {name} | {cost} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
