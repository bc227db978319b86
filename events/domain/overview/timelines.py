"""The days ahead: which events take place on each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from events.models import Event, Viewer
from events.values import dates

DAYS: Final = 14
MAX_EVENTS: Final = 200  # events that are read; no team has so many in two weeks


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the events that begin on it, and those that go on."""

    on: date
    begin: list[Event]
    go_on: list[Event]


def ahead(*, user: Viewer, now: datetime) -> list[Day]:
    """Return the coming days from today on; `now` is local to the user.

    Parts are left out, because the event that they are part of stands for them.
    """
    first = now.date()
    days = [first + timedelta(days=number) for number in range(DAYS)]
    rows = Event.objects.visible_to(user).touching(first, days[-1])
    rows = rows.filter(parent=None, precision__in=dates.EXACT)
    rows = rows.exclude(status=Event.Status.CANCELLED).select_related("place")
    events = list(rows.in_time_order()[:MAX_EVENTS])
    return [_day(on, events) for on in days]


def _day(on: date, events: list[Event]) -> Day:
    there = [event for event in events if _first(event) <= on <= _last(event)]
    return Day(
        on=on,
        begin=[event for event in there if _first(event) == on],
        go_on=[event for event in there if _first(event) < on],
    )


def _first(event: Event) -> date:
    return event.start_on or date.max


def _last(event: Event) -> date:
    return event.end_on or _first(event)
