"""What a calendar says of an event: the fields of a VEVENT, in words of the reader's language."""

from collections.abc import Iterator
from itertools import chain
from typing import Literal

from django.utils.translation import gettext

from events.domain.ical.writing import Entry
from events.domain.pages import formatting
from events.models import Event, EventPlace, Place

STATUSES: dict[str, Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]] = {
    Event.Status.TENTATIVE: "TENTATIVE",
    Event.Status.CONFIRMED: "CONFIRMED",
    Event.Status.POSTPONED: "CANCELLED",
    Event.Status.CANCELLED: "CANCELLED",
}


def entry(*, event: Event, entitled: bool = False) -> Entry:
    """Return what a calendar shows of an event read for_calendars(), in the active language.

    Only who is entitled to it gets the link of its stream.
    """
    return Entry(
        uid=event.ical_uid,
        sequence=event.sequence,
        created_at=event.created_at,
        changed_at=event.changed_at,
        status=STATUSES[event.status],
        summary=_summary(event),
        when=event.when,
        description="\n\n".join(filter(None, _paragraphs(event))),
        location=formatting.where(event=event),
        geo=_point(event.place),
        url=formatting.link(event=event),
        conference=event.stream_url if entitled and event.stream_url.isprintable() else "",
        categories=(str(Event.Kind(event.kind).label), *map(str, event.categories)),
        parent_uid=event.parent.ical_uid if event.parent else "",
        opaque=event.kind != Event.Kind.DEADLINE,
    )


def _summary(event: Event) -> str:
    if event.status == Event.Status.CANCELLED:
        return gettext("Cancelled: %(title)s") % {"title": event.title}
    if event.status == Event.Status.POSTPONED:
        return gettext("Postponed: %(title)s") % {"title": event.title}
    return event.title


def _point(place: Place | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return float(place.latitude), float(place.longitude)


def _paragraphs(event: Event) -> Iterator[str]:
    yield event.description
    yield event.cancellation_reason
    yield "\n".join(chain(_hubs(event), _open_ends(event)))
    if not event.is_managed:
        yield formatting.origin(event=event)


def _hubs(event: Event) -> Iterator[str]:
    for role in event.place_roles.all():
        if role.role == EventPlace.Role.HUB:
            yield formatting.hub(event=event, place=role.place)


def _open_ends(event: Event) -> Iterator[str]:
    if event.end_on is None and event.start_time is None:
        yield gettext("The last day is not known.")
    elif event.start_time and not event.end_time and event.kind != Event.Kind.DEADLINE:
        yield gettext("The hour of the end is not known.")
