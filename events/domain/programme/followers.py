"""What takes place after an event (`Event.after`), and so moves along when that event moves.

The rule: a follower keeps its distance on the clock if it would otherwise start before the event
ends, or if the two were back to back. When the event moves by whole days, whatever begins on the
day on which it ended goes along. A follower that already began before the end stays: nobody relies
on the order there. A follower takes its own parts and its own followers along.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date, datetime, timedelta

from events.domain.programme import tree
from events.models import Event
from events.models.events.events import EventQuerySet
from events.values import dates
from events.values.dates import DAY, Precision

Moves = dict[int, tuple[Event, Event]]  # by key: the event as it is stored, and as it will be


def along(*, moves: Mapping[int, tuple[Event, Event]], among: EventQuerySet) -> Moves:
    """Return the events in `among` that follow the moved ones, with what is below and after them.

    Runs a query for each link of the longest chain, and more only where something follows.
    """
    known, found = dict(moves), Moves()
    level = list(known)
    while level:
        new = Moves()
        for row in _after(level, among):
            before, now = known[row.after_id or 0]
            by = _distance(before, now, row)
            if row.pk not in known and by:
                new |= _moved(row, by, known)
                known |= new
        found |= new
        level = list(new)
    return found


def shifted(*, event: Event, by: timedelta) -> Event:
    """Return a copy of the event that is `by` later on the clock. Raises tree.NoSuchTime."""
    row = copy(event)
    tree.shift(event=row, by=by)
    return row


def _after(keys: list[int], among: EventQuerySet) -> Iterator[Event]:
    rows = among.filter(after__in=keys, origin=Event.Origin.MANAGED, precision__in=dates.EXACT)
    yield from rows.exclude(status=Event.Status.CANCELLED).order_by("pk")


def _moved(row: Event, by: timedelta, known: Mapping[int, object]) -> Moves:
    parts = [part for part in tree.below(event=row) if part.status != Event.Status.CANCELLED]
    rows = [each for each in (row, *parts) if each.pk not in known]
    return {each.pk: (each, shifted(event=each, by=by)) for each in rows}


def _distance(before: Event, now: Event, row: Event) -> timedelta | None:
    """Return by how much a follower moves; None if it stays."""
    old, new = (each.when.wall_end if each.when.is_exact else None for each in (before, now))
    begins = dates.begins_at(row.when)
    if not (old and new and begins):
        return None
    by = new - old
    ended, ends = (_moment(old, before), _moment(new, now))
    if before.precision == Precision.DAY or by % DAY == timedelta():
        day = _day_there(begins, before)
        holds = day >= old.date()
        goes = day == old.date() or begins < ends if holds else False
    else:
        goes = begins == ended or ended <= begins < ends
    return by if goes and by else None


def _moment(end: datetime, event: Event) -> datetime:
    """Return the UTC moment of an end; a day that is known without times ends as it begins."""
    return dates.to_utc(end.date(), end.time(), event.end_timezone or event.timezone)


def _day_there(moment: datetime, event: Event) -> date:
    return moment.astimezone(dates.zone(event.end_timezone or event.timezone)).date()
