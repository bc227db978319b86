"""Time zones to choose from: those of the stored places, then common ones, then all others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from events.domain.pages import formatting
from events.models import Place
from events.models.base.fields import known_timezones
from events.values.languages import columns

# The areas of the IANA database; other names are old links such as PRC and US/Pacific.
AREAS: Final = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/",
    "Indian/", "Pacific/",
)  # fmt: skip
PLACES: Final = 20  # places whose names match, and zones of places offered first
NAMES: Final = columns("name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Zones under one heading; each zone is a name of the IANA database and its label."""

    heading: str
    zones: tuple[tuple[str, str], ...]


def label(*, zone: str, now: datetime, name: str = "") -> str:
    """Return “Hong Kong, UTC+8 (Asia/Hong_Kong)”; of an unknown zone its name."""
    if zone not in known_timezones():
        return zone
    city = name or str(formatting.CITIES.get(zone) or formatting.zone_city(zone))
    shift = formatting.offset(now.astimezone(ZoneInfo(zone)))
    words = {"city": city, "offset": shift, "zone": zone}
    return gettext("%(city)s, %(offset)s (%(zone)s)") % words


def choices(*, words: str, places: QuerySet[Place], now: datetime) -> list[Group]:
    """Return the zones that match the words, in groups; without words all zones.

    A zone matches by its name, its label, or the name of one of `places` that lies in it.
    """
    found = _of_places(words, places) if words else _in_use(places)
    offered = {
        gettext("Of places here"): list(_labelled(found, now)),
        gettext("Common"): list(_matching(words, formatting.CITIES, now)),
        gettext("All"): list(_matching(words, _all(), now)),
    }
    return list(_groups(offered))


def _in_use(places: QuerySet[Place]) -> dict[str, str]:
    """The zones of the places, the most frequent first, without names of places."""
    rows = places.exclude(timezone="").order_by().values("timezone")
    counted = rows.annotate(number=Count("pk", distinct=True)).order_by("-number", "timezone")
    return {row["timezone"]: "" for row in counted[:PLACES]}


def _of_places(words: str, places: QuerySet[Place]) -> dict[str, str]:
    """The zones of places with such a name, each with the name of the first of its places."""
    named = Q()
    for name in NAMES:
        named |= Q((f"{name}__icontains", words))
    rows = places.filter(named).select_related("parent__parent__parent__parent").order_by("pk")
    found: dict[str, str] = {}
    for place in rows[:PLACES]:
        if zone := place.find_zone():
            found.setdefault(zone, place.name)
    return found


def _labelled(found: dict[str, str], now: datetime) -> Iterator[tuple[str, str]]:
    for zone, name in found.items():
        yield zone, label(zone=zone, now=now, name=name)


def _matching(words: str, names: Iterable[str], now: datetime) -> Iterator[tuple[str, str]]:
    sought = words.casefold().replace("_", " ")
    for zone in names:
        text = label(zone=zone, now=now)
        if sought in f"{zone} {text}".casefold().replace("_", " "):
            yield zone, text


def _groups(offered: dict[str, list[tuple[str, str]]]) -> Iterator[Group]:
    """Yield the groups that are not empty; a zone stands in the first of its groups only."""
    seen: set[str] = set()
    for heading, zones in offered.items():
        rest = tuple(zone for zone in zones if zone[0] not in seen)
        seen |= {name for name, _label in rest}
        if rest:
            yield Group(heading=heading, zones=rest)


def _all() -> list[str]:
    return ["UTC", *sorted(zone for zone in known_timezones() if zone.startswith(AREAS))]
