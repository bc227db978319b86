"""What a new part takes from its parent: team, visibility, place, zone and start."""

from datetime import date, time
from typing import Any, Final

from django.db.models.functions import Coalesce

from events.domain.programme import tree
from events.models import Event
from events.models.events.events import EventQuerySet
from events.values import dates
from events.values.dates import Precision

# Columns of a part that follow from the event that it is part of.
TAKEN: Final = ("team", "visibility", "place", "timezone")
DATE: Final = ("start_on", "start_time")
WINDOW: Final = ("precision", "start_on", "end_on")


def taken(*, parent: Event) -> dict[str, Any]:
    """Return the values of TAKEN for a new part; the zone of the place stands in for none."""
    zone = parent.timezone or (parent.place.find_zone() if parent.place else "")
    values = (parent.team, parent.visibility, parent.place, zone)
    return dict(zip(TAKEN, values, strict=True))


def start(*, parent: Event, among: EventQuerySet) -> dict[str, Any]:
    """Return the values of DATE for a new part of an event that is known to the day.

    It starts when the last part with a time of day ends, or else when the event starts. Only parts
    in `among` count, because a time tells of the part.
    """
    before = _last(parent, among)
    values = _end_of(before, parent) if before else None
    return dict(zip(DATE, values or (parent.start_on, parent.start_time), strict=True))


def window(*, parent: Event) -> dict[str, Any]:
    """Return the values of WINDOW for a part of an event whose day is not known."""
    return {name: getattr(parent, name) for name in WINDOW}


def _last(parent: Event, among: EventQuerySet) -> Event | None:
    """The part with a time of day that ends last; parts that are off do not count."""
    timed = among.filter(parent=parent.pk, precision=Precision.TIME)
    timed = timed.exclude(status__in=tree.OFF).exclude(kind__in=tree.EXEMPT)
    return timed.order_by(Coalesce("end_at", "start_at").desc(), "-pk").first()


def _end_of(part: Event, parent: Event) -> tuple[date, time] | None:
    """The end of a part on the clock of its parent; None if it lies beyond the parent's days."""
    moment = part.end_at if part.end_time else part.start_at
    if moment is None:
        return None
    local = moment.astimezone(dates.zone(parent.timezone or part.timezone))
    last = parent.end_on or local.date()
    return (local.date(), local.time()) if local.date() <= last else None
