"""Filters in query strings, shared by the public feed, the pages and the API."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django_countries import countries

from events.models import Event, EventSeries, Place, Sector
from events.models.events.events import EventQuerySet
from events.values.languages import CODES

Parameters = Mapping[str, Sequence[str]]
PARTS = ("yes", "no")  # whether programme items are shown beside their events


class UnknownFilter(ValueError):
    """The filter does not exist."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"{name}: there is no such filter; use one of {', '.join(known)}.")
        self.name = name


class UnknownValue(ValueError):
    """The filter does not accept this value."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}: {value!r} is not {expected}.")
        self.name = name
        self.value = value


def calendar(*, events: EventQuerySet, parameters: Parameters, now: datetime) -> EventQuerySet:
    """Return what the public calendar shows of public events: pages, API and feed.

    Programme items stand under their event, and are shown elsewhere only on request: by `parts` or
    by a kind. Raises what `narrow` raises.
    """
    is_asked = bool({"parts", "kind"} & parameters.keys())
    shown = events if is_asked else events.on_their_own()
    return narrow(events=shown, parameters=parameters, now=now)


def narrow(*, events: EventQuerySet, parameters: Parameters, now: datetime) -> EventQuerySet:
    """Return the events that pass all filters; several values of one filter are alternatives.

    An unknown filter or value is never ignored: it raises UnknownFilter or UnknownValue.
    """
    for name, values in parameters.items():
        if name not in FILTERS:
            raise UnknownFilter(name, list(FILTERS))
        for value in values:
            if "\x00" in value:  # PostgreSQL raises an error for it
                raise UnknownValue(name, value, "a text")
    return reduce(
        lambda chosen, item: FILTERS[item[0]](chosen, item[1], now), parameters.items(), events
    )


def language(*, parameters: Parameters) -> str:
    """Return the language in `lang`, or the site's. Raises UnknownValue."""
    asked = (parameters.get("lang") or [CODES[0]])[-1].lower()
    if asked not in CODES:
        raise UnknownValue("lang", asked, _one_of(CODES))
    return asked


def _one_of(known: Iterable[str]) -> str:
    return f"one of {', '.join(sorted(known))}"


def _by_kind(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    known = dict(Event.Kind.choices)
    for value in values:
        if value not in known:
            raise UnknownValue("kind", value, _one_of(known))
    return events.filter(kind__in=values)


def _require(name: str, values: Sequence[str], found: QuerySet[Any]) -> None:
    """Raise UnknownValue for the first slug that matches no row."""
    known = set(found.values_list("slug", flat=True))
    for value in values:
        if value not in known:
            raise UnknownValue(name, value, f"the short name of a {name} that is public")


def _by_series(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    _require("series", values, EventSeries.objects.public().filter(slug__in=values))
    return events.filter(series__slug__in=values)


def _by_sector(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    _require("sector", values, Sector.objects.filter(slug__in=values))
    return events.filter(sectors__slug__in=values).distinct()


def _by_place(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    named = Place.objects.public().filter(slug__in=values)
    _require("place", values, named)
    return events.at(Place.objects.within(named))


def _by_country(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    codes = [value.upper() for value in values]
    for code in codes:
        if code not in countries:
            raise UnknownValue("country", code, "an ISO 3166-1 code such as HK or QA")
    return events.at(Place.objects.filter(country__in=codes))


def _by_parts(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    for value in values:
        if value not in PARTS:
            raise UnknownValue("parts", value, _one_of(PARTS))
    return events if "yes" in values else events.on_their_own()


def _by_past(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    days = values[-1]
    if not days.isdecimal() or not days.isascii() or len(days) > 5:
        raise UnknownValue("past", days, "a number of days, 0 to 99999")
    first = (now - timedelta(days=int(days))).date()
    return events.annotate(last_on=Coalesce("end_on", "start_on")).filter(
        Q(last_on__gte=first) | Q(last_on=None)
    )


def _by_language(events: EventQuerySet, values: Sequence[str], now: datetime) -> EventQuerySet:
    language(parameters={"lang": values})
    return events


FILTERS: dict[str, Callable[[EventQuerySet, Sequence[str], datetime], EventQuerySet]] = {
    "kind": _by_kind,
    "series": _by_series,
    "place": _by_place,
    "country": _by_country,
    "sector": _by_sector,
    "parts": _by_parts,
    "past": _by_past,
    "lang": _by_language,
}
