"""What a calendar says of an event: the fields of a VEVENT, in words of the reader's language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Literal

from django.utils.translation import gettext
from modeltranslation.utils import build_localized_fieldname, get_language, resolution_order

from events.domain.ical.writing import Entry
from events.domain.pages import formatting
from events.models import Event, EventPlace, Place

STATUSES: dict[str, Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]] = {
    Event.Status.TENTATIVE: "TENTATIVE",
    Event.Status.CONFIRMED: "CONFIRMED",
    Event.Status.POSTPONED: "CANCELLED",
    Event.Status.CANCELLED: "CANCELLED",
}


@dataclass(slots=True)
class _Words:
    """What many events share, in the active language: found out once."""

    language: str = field(default_factory=get_language)
    locations: dict[tuple[int | None, int | None], str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def text(self, event: Event, name: str) -> str:
        """Return what modeltranslation shows of a text, in a tenth of its time."""
        for column in _columns(name, self.language):
            if text := getattr(event, column):
                return str(text)
        return ""

    def location(self, event: Event) -> str:
        if not event.place_id:  # its sites are its own
            return formatting.where(event=event)
        key = (event.place_id, event.end_place_id)
        if key not in self.locations:
            self.locations[key] = formatting.where(event=event)
        return self.locations[key]

    def kind(self, event: Event) -> str:
        if event.kind not in self.kinds:
            self.kinds[event.kind] = str(Event.Kind(event.kind).label)
        return self.kinds[event.kind]


def entry(*, event: Event, entitled: bool = False) -> Entry:
    """Return what a calendar shows of an event read for_calendars(), in the active language.

    Only who is entitled to it gets the link of its stream.
    """
    return _entry(event, entitled, _Words())


def each(*, events: Iterable[Event], entitled: bool) -> Iterator[tuple[Event, Entry]]:
    """Yield the events, each with its entry."""
    words = _Words()
    return ((event, _entry(event, entitled, words)) for event in events)


def _entry(event: Event, entitled: bool, words: _Words) -> Entry:
    return Entry(
        uid=event.ical_uid,
        sequence=event.sequence,
        created_at=event.created_at,
        changed_at=event.changed_at,
        status=STATUSES[event.status],
        summary=_summary(event, words),
        when=event.when,
        description="\n\n".join(filter(None, _paragraphs(event, words))),
        location=words.location(event),
        geo=_point(event.place),
        url=formatting.link(event=event),
        conference=event.stream_url if entitled and event.stream_url.isprintable() else "",
        categories=(words.kind(event), *map(str, event.categories)),
        parent_uid=event.parent.ical_uid if event.parent else "",
        opaque=event.kind != Event.Kind.DEADLINE,
    )


def _summary(event: Event, words: _Words) -> str:
    title = words.text(event, "title")
    if event.status == Event.Status.CANCELLED:
        return gettext("Cancelled: %(title)s") % {"title": title}
    if event.status == Event.Status.POSTPONED:
        return gettext("Postponed: %(title)s") % {"title": title}
    return title


@cache
def _columns(name: str, language: str) -> list[str]:
    """The columns of a text, that of the language first, then those that stand in for it."""
    return [build_localized_fieldname(name, code) for code in resolution_order(language)]


def _point(place: Place | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return float(place.latitude), float(place.longitude)


def _paragraphs(event: Event, words: _Words) -> Iterator[str]:
    yield words.text(event, "description")
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
