"""Maps an event to the fields of its VEVENT, with the texts in the active language."""

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
    """Texts in the active language, cached over the events of one call."""

    language: str = field(default_factory=get_language)
    locations: dict[tuple[int | None, int | None], str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def text(self, event: Event, name: str) -> str:
        """Return a translated text with modeltranslation's fallbacks, in a tenth of its time."""
        for column in _columns(name, self.language):
            if text := getattr(event, column):
                return str(text)
        return ""

    def location(self, event: Event) -> str:
        if not event.place_id:  # its location follows from its own place roles
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
    """Return the calendar entry of an event that was read with `for_calendars()`.

    The link of the live stream (CONFERENCE) is included only if the reader is `entitled` to it.
    """
    return _entry(event, entitled, _Words())


def each(*, events: Iterable[Event], entitled: bool) -> Iterator[tuple[Event, Entry]]:
    """Yield each event with its entry, in the active language; shares texts between events."""
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
    """Return the columns of a translated text: that of the language, then its fallbacks."""
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
