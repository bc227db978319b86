"""What may have changed in calendars: noted in O(1) writes, asked for in one small query."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, Sum

from events.models import CalendarChange, CalendarFeed, Event, Person

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stamp:
    """How many changes are on record, and their sum: two that are alike mean nothing changed.

    The newest alone would not do: a change that was begun earlier may be stored later.
    """

    changes: int
    total: int
    at: datetime | None


def note(*, events: Iterable[Event], now: datetime) -> None:
    """Record that the events changed, or what they show, or the events they were before."""
    rows = list(events)
    tops = Event.objects.filter(pk__in={row.pk for row in rows}).tops()
    public = any(row.visibility == Event.Visibility.PUBLIC for row in rows)
    CalendarChange.objects.bulk_create(
        [CalendarChange(tree_id=top, public=public, at=now) for top in sorted(tops)]
    )


def note_person(*, person: Person, now: datetime) -> None:
    """Record that somebody attends other events than before."""
    CalendarChange.objects.create(person=person, at=now)


def of_public() -> Stamp:
    """What has changed in the public calendar."""
    return _stamp(Q(public=True))


def of_feed(*, feed: CalendarFeed, trees: Collection[int]) -> Stamp:
    """What has changed in the trees and, for a feed of a person or a role, in who attends."""
    where = Q(tree__in=trees)
    if feed.person_id:
        where |= Q(person=feed.person_id)
    elif feed.role:
        where |= Q(attended_in__in=trees)
    return _stamp(where)


def prune(*, now: datetime) -> int:
    """Forget old changes; whoever counted them looks once more and finds the same."""
    number, _rows = CalendarChange.objects.filter(at__lt=now - KEPT).delete()
    return number


def _stamp(where: Q) -> Stamp:
    found = CalendarChange.objects.filter(where).aggregate(Count("pk"), Sum("pk"), Max("at"))
    return Stamp(found["pk__count"], found["pk__sum"] or 0, found["at__max"])
