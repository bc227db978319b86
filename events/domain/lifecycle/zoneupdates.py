"""Recomputation of UTC times after an update of the time zone database.

Events are agreed in wall time. When a country changes its zone rules, the same wall time is another
UTC time, and the event stores UTC times too. A process keeps the zones that it has loaded: restart
all processes after the update, before the recomputation.
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

BATCH_SIZE: Final = 500
MAX_MOVES_PER_RUN: Final = 50  # events stored in one run; each re-plans reminders, which takes time
# The largest distance between the local date and the UTC date of a time, under old or new rules, is
# less than this.
MARGIN: Final = timedelta(days=3)


Period = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Move:
    """An event whose start or end is another UTC time now."""

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
    """An event that was left unchanged, and the error."""

    event: Event
    reason: Exception

    def __str__(self) -> str:
        return f"“{self.event}” ({self.event.slug}) is left as it was: {self.reason}."


@dataclass(slots=True)
class Report:
    """How many events were looked at, those that moved, and those that failed."""

    looked_at: int = 0
    moved: list[Move] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    @property
    def zones(self) -> list[str]:
        """The time zones of the events that failed."""
        return sorted({_zones(failure.event) for failure in self.failed})


def recompute(
    *,
    now: datetime,
    dry_run: bool = False,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Recompute start and end of all events that are not over; store and report those that moved.

    Each event is one transaction, so an error affects that event only, and an interrupted run keeps
    what it has stored. After each batch `tell` is called with the number done and the total.
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
    """Recompute a limited number of events, in the order of primary keys above `after`.

    Returns the key to continue after, or None when all are done. Between two runs other tasks can
    use the worker and the database.
    """
    report = Report()
    for event in _batch(now, after):
        _look(event, report, now, dry_run=False)
        after = event.pk
        if len(report.moved) == MAX_MOVES_PER_RUN:
            break
    is_done = not _to_come(now).filter(pk__gt=after).exists()
    return report, None if is_done else after


def _batch(now: datetime, after: int) -> list[Event]:
    return list(_to_come(now).filter(pk__gt=after)[:BATCH_SIZE])


def _to_come(now: datetime) -> EventQuerySet:
    """Events known to the day that may end after now, with a margin of some days."""
    first = now.date() - MARGIN
    lasting = Q(end_on__gte=first) | Q(end_on=None, start_on__gte=first)
    return Event.objects.filter(lasting, precision__in=dates.EXACT).order_by("pk")


def _look(event: Event, report: Report, now: datetime, dry_run: bool) -> None:
    """Recompute one event and add the outcome to the report."""
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
    """Whether the event has ended both by the stored times and by the recomputed ones."""
    before = event.end_at or event.start_at
    return event.is_over(now) and before is not None and before <= now


def _moved(event: Event) -> Move | None:
    before, after = (event.start_at, event.end_at), dates.instants(event.when)
    return None if before == after else Move(event, before, after)


def _settle(event: Event, now: datetime) -> Move | None:
    """Recompute and store the event as it is now, under a row lock.

    It may have changed since it was read. Returns None if it need not move any more.
    """
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
