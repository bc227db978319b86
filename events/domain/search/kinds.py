"""What events, people, organisations and places are found as."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, Prefetch, QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.domain.pages import formatting
from events.domain.search.registry import Kind, Words
from events.models import Appointment, Event, Organisation, Person, Place, Vehicle
from events.values import names

IN_VENUES: Final = (Place.Kind.ROOM,)
MAX_LEVELS: Final = 3  # of what a place lies in


def about(*parts: Any) -> tuple[str, ...]:
    """Return the texts of what tells a row apart, without empty ones."""
    return tuple(capfirst(str(part)) for part in parts if part)


def load_events(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.select_related("place__parent", "parent")


def describe_event(*, row: Event, text: str) -> Words:
    """Say when and where it is, its status, and what it is part of."""
    above = row.parent and gettext("part of %(title)s") % {"title": row.parent}
    where = row.place and place_name(row.place)
    when = formatting.when(row.when)
    return Words(row.title, about(when, above, where, row.get_status_display()), brief=2)


def load_people(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    held = Appointment.objects.on(now.date()).select_related("organisation")
    return rows.prefetch_related(None).prefetch_related(
        Prefetch("appointments", held, to_attr="offices")
    )


def offices(*, row: Any) -> Iterable[Model]:
    return row.offices


def describe_person(*, row: Any, text: str) -> Words:
    """Say the name in both scripts, and the office that was searched for, else the highest."""
    held = sorted(row.offices, key=lambda office: not _is_meant(office, text))
    return Words(both_scripts(row), about(*_office(held[0])) if held else (), brief=2)


def _is_meant(office: Appointment, text: str) -> bool:
    body = office.organisation
    keys = (office.search_key, body.search_key if body else "")
    return any(word in key for word in names.wanted(text) for key in keys)


def _office(office: Appointment) -> Iterator[str]:
    yield office.title
    if office.organisation:
        yield str(office.organisation)


def both_scripts(person: Any) -> str:
    """Return the formal name in Latin letters and in characters, that of the page's language first.

    Where both scripts of Chinese are known, the page's own or the traditional one is shown.
    """
    scripts = [person.name_zh_hant, person.name_zh_hans]
    if get_language() == "zh-hans":
        scripts.reverse()
    han = next(filter(None, scripts), "")
    shown = [person.name_en or "", han]
    if (get_language() or "").startswith("zh"):
        shown.reverse()
    return " ".join(dict.fromkeys(filter(None, shown))) or str(person)


def load_organisations(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.select_related("parent", "place")


def describe_organisation(*, row: Organisation, text: str) -> Words:
    """Say its abbreviation, its kind, where it is, and what it is part of."""
    above = row.parent and gettext("part of %(title)s") % {"title": row.parent}
    return Words(row.name, about(row.short_name, row.get_kind_display(), row.place, above))


def load_places(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.select_related("__".join(["parent"] * MAX_LEVELS))


def describe_place(*, row: Place, text: str) -> Words:
    """Say what it is and what it lies in; a room is named with its venue."""
    above = list(_above(row))
    shown = above[1:] if row.kind in IN_VENUES else above
    within = gettext(", ").join(place.name for place in shown)
    return Words(place_name(row), about(row.get_kind_display(), within))


def place_name(place: Place) -> str:
    """Return “Grand Hall · Kowloon Harbour Centre” for a room, and else the name of the place."""
    if place.kind in IN_VENUES and place.parent:
        return f"{place.name} · {place.parent.name}"
    return place.name


def _above(place: Place) -> Iterator[Place]:
    """What a place lies in, the nearest first, as far as it is loaded."""
    for _level in range(MAX_LEVELS):
        if place.parent is None:
            return
        place = place.parent
        yield place


def load_vehicles(*, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows


def describe_vehicle(*, row: Vehicle, text: str) -> Words:
    """Say its number plate, and how many it takes."""
    seats = row.seats and ngettext("%(number)s seat", "%(number)s seats", row.seats)
    return Words(row.name, about(row.plate, seats and seats % {"number": row.seats}))


KINDS: Final = (
    Kind(
        model=Event, label=_("Events"), icon="calendar_month", position=10,
        load=load_events, describe=describe_event,
    ),
    Kind(
        model=Person, label=_("People"), icon="person", position=30,
        load=load_people, describe=describe_person, related=offices,
    ),
    Kind(
        model=Organisation, label=_("Organisations"), icon="apartment", position=40,
        load=load_organisations, describe=describe_organisation,
    ),
    Kind(
        model=Place, label=_("Places"), icon="location_on", position=50,
        load=load_places, describe=describe_place,
    ),
    Kind(
        model=Vehicle, label=_("Vehicles"), icon="directions_bus", position=60,
        load=load_vehicles, describe=describe_vehicle,
    ),
)  # fmt: skip
