"""The parameters of each list; an unknown parameter is refused."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django_countries import countries

from events.domain.pages import eventfilters
from events.domain.pages.eventfilters import UnknownFilter, UnknownValue
from events.models import EventSeries, Organisation, Place

Narrow = Callable[[QuerySet[Any], Sequence[str]], QuerySet[Any]]
PAGING = ("page", "page_size")


def read(query: QueryDict) -> dict[str, list[str]]:
    """Return the parameters with all their values; refuse NUL, which PostgreSQL cannot store."""
    parameters = dict(query.lists())
    for name, values in parameters.items():
        for value in values:
            if "\0" in value:
                raise UnknownValue(name, value, "text")
    return parameters


def narrow(
    *, rows: QuerySet[Any], parameters: eventfilters.Parameters, known: Mapping[str, Narrow]
) -> QuerySet[Any]:
    """Return the rows that pass all filters, as `eventfilters.narrow` does for events."""
    for name in parameters:
        if name not in known:
            raise UnknownFilter(name, list(known))
    return reduce(lambda chosen, item: known[item[0]](chosen, item[1]), parameters.items(), rows)


def _by_kind(kinds: type[TextChoices]) -> Narrow:
    def choose(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        for value in values:
            if value not in kinds.values:
                raise UnknownValue("kind", value, f"one of {', '.join(sorted(kinds.values))}")
        return rows.filter(kind__in=values)

    return choose


def _by_country(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    codes = [value.upper() for value in values]
    for code in codes:
        if code not in countries:
            raise UnknownValue("country", code, "an ISO 3166-1 code such as HK or QA")
    return rows.filter(country__in=codes)


def _by_language(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    eventfilters.language(parameters={"lang": values})
    return rows


DETAIL: dict[str, Narrow] = {"lang": _by_language}
SERIES: dict[str, Narrow] = {"kind": _by_kind(EventSeries.Kind), **DETAIL}
PLACES: dict[str, Narrow] = {"kind": _by_kind(Place.Kind), "country": _by_country, **DETAIL}
ORGANISATIONS: dict[str, Narrow] = {"kind": _by_kind(Organisation.Kind), **DETAIL}
