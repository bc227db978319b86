"""The log of changes that feeds may show: one row for each change, counted by one small query.

The cost of a change does not depend on how many feeds show it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, Sum

from events.models import CalendarChange, CalendarFeed, Event, Person

RETENTION: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The count of the logged changes and the sum of their keys: if equal, nothing has changed.

    The greatest key alone would not do, because a row with a smaller key may be committed later.
    `at` is the time of the latest change, None if there is none; of public events it is at least
    the moment since which this version of the program has written their feeds.
    """

    changes: int
    total: int
    at: datetime | None


def note(*, events: Iterable[Event], now: datetime) -> None:
    """Log a change of these events or of data that they show: one row for each of their trees.

    To be called with the former state too if an event leaves its tree or its public visibility.
    """
    rows = list(events)
    roots = Event.objects.filter(pk__in={row.pk for row in rows}).roots()
    public = any(row.visibility == Event.Visibility.PUBLIC for row in rows)
    CalendarChange.objects.bulk_create(
        [CalendarChange(tree_id=top, public=public, at=now) for top in sorted(roots)]
    )


def note_public(*, now: datetime) -> None:
    """Log a change of the public events that no tree is left to bear, such as a removal."""
    CalendarChange.objects.create(public=True, at=now)


def note_person(*, person: Person, now: datetime) -> None:
    """Log that the events which a person attends have changed."""
    CalendarChange.objects.create(person=person, at=now)


def of_public(*, program_since: datetime) -> Stamp:
    """Return the stamp of all public events, for feeds written by this version since then."""
    stamp = _stamp(Q(public=True))
    return replace(stamp, at=max(program_since, stamp.at or program_since))


def of_feed(*, feed: CalendarFeed, trees: Collection[int]) -> Stamp:
    """Return the stamp of a secret feed: of its trees, given by the keys of their roots.

    For a feed of a person it includes changes of what they attend; for a feed of a role it
    includes changes of the attendees in the trees.
    """
    where = Q(tree__in=trees)
    if feed.person_id:
        where |= Q(person=feed.person_id)
    elif feed.role:
        where |= Q(attended_in__in=trees)
    return _stamp(where)


def prune(*, now: datetime) -> int:
    """Delete changes older than 30 days, but not the latest public one; return how many.

    Their stamps no longer match then, so each feed is written once more, with the same content. The
    latest public change stays, so that the Last-Modified of public feeds never goes back.
    """
    public = CalendarChange.objects.filter(public=True).order_by("-at", "-pk")
    latest = list(public.values_list("pk", flat=True)[:1])
    old = CalendarChange.objects.filter(at__lt=now - RETENTION).exclude(pk__in=latest)
    number, _rows = old.delete()
    return number


def _stamp(where: Q) -> Stamp:
    found = CalendarChange.objects.filter(where).aggregate(Count("pk"), Sum("pk"), Max("at"))
    return Stamp(found["pk__count"], found["pk__sum"] or 0, found["at__max"])
