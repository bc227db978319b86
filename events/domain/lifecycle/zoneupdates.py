"""The moments of events after the time zone database has changed.

People agree on a wall time: when a country changes its law, that wall time is another moment.
Moments are reckoned with the zones that this process has read; after an update restart all first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Q

from events.domain.lifecycle import lifecycle
from events.models import Event
from events.models.events.events import EventQuerySet
from events.values import dates

BATCH: Final = 500
MOVES: Final = 50  # in one part: each takes its reminders along, and others wait for the worker
# No wall date is further from the UTC date of its moments, whatever the zone was or is.
MARGIN: Final = timedelta(days=3)


Period = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Move:
    """An event whose start or end is another moment now."""

    event: Event
    before: Period
    after: Period

    def __str__(self) -> str:
        names = ("starts", "ends")
        ends = zip(names, self.before, self.after, strict=True)
        parts = (f"{name} at {_utc(new)}, not {_utc(old)}" for name, old, new in ends if old != new)
        return f"“{self.event}” ({self.event.slug}, {_zones(self.event)}) {' and '.join(parts)}."


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that was left as it was, and why."""

    event: Event
    reason: Exception

    def __str__(self) -> str:
        return f"“{self.event}” ({self.event.slug}) is left as it was: {self.reason}."


@dataclass(slots=True)
class Report:
    """How many events to come were looked at, what moved and what could not be reckoned."""

    looked_at: int = 0
    moved: list[Move] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def zones(self) -> list[str]:
        """The time zones of what could not be reckoned."""
        return sorted({_zones(failure.event) for failure in self.failed})


def recompute(
    *,
    now: datetime,
    dry_run: bool = False,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Derive the moments of all events that are not over; store and report those that moved.

    Each is a change of its own, so what fails stops no other, and whoever stops it half-way loses
    nothing. `tell` learns after each batch how many of how many are done.
    """
    report = Report()
    total, done, last = _to_come(now).count(), 0, 0
    while batch := _batch(now, last):
        for event in batch:
            _look(event, report, now, dry_run)
        done, last = done + len(batch), batch[-1].pk
        tell(done, max(done, total))
    return report


def recompute_some(*, now: datetime, after: int = 0) -> tuple[Report, int | None]:
    """Do it for a few events, of which the first comes `after` a key.

    Returns the key after which to go on, None when all are done: whoever does one part after the
    other lets others work in between.
    """
    report = Report()
    for event in _batch(now, after):
        _look(event, report, now, dry_run=False)
        after = event.pk
        if len(report.moved) == MOVES:
            break
    is_done = not _to_come(now).filter(pk__gt=after).exists()
    return report, None if is_done else after


def _batch(now: datetime, after: int) -> list[Event]:
    return list(_to_come(now).filter(pk__gt=after)[:BATCH])


def _to_come(now: datetime) -> EventQuerySet:
    """Whatever may end after now, with some days to spare."""
    first = now.date() - MARGIN
    lasting = Q(end_on__gte=first) | Q(end_on=None, start_on__gte=first)
    return Event.objects.filter(lasting, precision__in=dates.EXACT).order_by("pk")


def _look(event: Event, report: Report, now: datetime, dry_run: bool) -> None:
    """Add an event to the report; what fails for one leaves the others alone."""
    try:
        if _is_over(event, now):
            return
        move = _moved(event)
        if move and not dry_run:
            move = _settle(event, now)
    except (dates.BadDate, DatabaseError) as error:
        report.failed.append(Failure(event, error))
    else:
        report.moved += [move] if move else []
    report.looked_at += 1


def _is_over(event: Event, now: datetime) -> bool:
    """Whether it has ended as it was reckoned before, and as it is reckoned now."""
    before = event.end_at or event.start_at
    return event.is_over(now) and before is not None and before <= now


def _moved(event: Event) -> Move | None:
    before, after = (event.start_at, event.end_at), dates.instants(event.when)
    return None if before == after else Move(event, before, after)


def _settle(event: Event, now: datetime) -> Move | None:
    """Store the moments of an event as it stands by now: it may have changed since it was read."""
    with transaction.atomic():
        row = Event.objects.select_for_update(no_key=True).filter(pk=event.pk).first()
        move = _moved(row) if row and not _is_over(row, now) else None
        if move:
            lifecycle.save(event=move.event, now=now)
    return move


def _zones(event: Event) -> str:
    return " to ".join(filter(None, (event.timezone, event.end_timezone)))


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "an unknown time"
