"""Where places lie: rooms in venues, venues in cities; which two are apart, and how far."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from events.models import Place

# Levels that are read above a place: a room lies in a venue, site, district, city, subdivision,
# country and macro region.
LEVELS: Final = 7
# Kinds of which one event can take all.
SPOTS: Final = (Place.Kind.ROOM, Place.Kind.VENUE, Place.Kind.SITE)
LOCAL: Final = (*SPOTS, Place.Kind.DISTRICT)  # kinds that lie within a city
EARTH_KM: Final = 6371.0
COLUMNS: Final = ("id", "kind", "latitude", "longitude", "capacity")
PREFIXES: Final = tuple("parent__" * level for level in range(LEVELS + 1))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: its key, kind, point and capacity."""

    pk: int
    kind: str
    point: tuple[float, float] | None
    capacity: int | None

    @property
    def can_be_taken(self) -> bool:
        return self.kind in SPOTS


Chain = tuple[Spot, ...]  # a place and those that it lies in, the nearest first


def chains(*, keys: Collection[int]) -> dict[int, Chain]:
    """Return the places with those that they lie in, by key, with one query."""
    columns = [f"{prefix}{name}" for prefix in PREFIXES for name in COLUMNS]
    rows = Place.objects.filter(pk__in=keys).order_by().values_list(*columns)
    return {row[0]: tuple(_spots(row)) for row in rows}


def in_same_house(*, keys: Collection[int], known: Mapping[int, Chain]) -> list[int]:
    """Return the rooms, venues and sites that lie in one with these places, with one query."""
    tops = {house.pk for key in keys if (house := top(known[key]))}
    levels = (Place.objects.filter(**{f"{prefix}id__in": tops}) for prefix in PREFIXES[:4])
    first, *others = (level.order_by().values_list("pk", flat=True) for level in levels)
    return list(first.union(*others))


def top(chain: Chain) -> Spot | None:
    """Return the largest house that a place lies in: its site, its venue, or the room itself."""
    houses = takewhile(lambda spot: spot.can_be_taken, chain)
    return max(enumerate(houses), default=(0, None))[1]


def common(one: Chain, other: Chain) -> Spot | None:
    """Return the smallest place that two places lie in, or one of them if it holds the other."""
    theirs = {spot.pk for spot in other}
    return next((spot for spot in one if spot.pk in theirs), None)


def up_to(chain: Chain, last: Spot | None) -> Chain:
    """Return a place and those that it lies in, up to one of them."""
    return chain[: chain.index(last) + 1] if last else chain


def are_apart(one: Chain | None, other: Chain | None) -> bool:
    """Whether nobody can be at both on one day: two cities, and neither lies in the other.

    False for places of which this is not known.
    """
    mine, theirs = _city(one or ()), _city(other or ())
    if mine is None or theirs is None or one is None or other is None:
        return False
    return mine not in other and theirs not in one


def distance_km(one: Chain, other: Chain) -> float | None:
    """Return the great-circle distance of two places by the points that tell them apart."""
    meeting = common(one, other)
    points = _point(one, meeting), _point(other, meeting)
    return _great_circle(*points) if points[0] and points[1] else None  # type: ignore[arg-type]


def _spots(row: tuple[Any, ...]) -> Iterator[Spot]:
    width = len(COLUMNS)
    for level in range(len(PREFIXES)):
        pk, kind, latitude, longitude, capacity = row[level * width : (level + 1) * width]
        if pk is None:
            return
        point = None if latitude is None else (float(latitude), float(longitude))
        yield Spot(pk, kind, point, capacity)


def _city(chain: Chain) -> Spot | None:
    spot = next((spot for spot in chain if spot.kind not in LOCAL), None)
    return spot if spot and spot.kind != Place.Kind.ONLINE else None


def _point(chain: Chain, below: Spot | None) -> tuple[float, float] | None:
    """Return the point of the nearest place that has one and does not hold the other place."""
    nearer = takewhile(lambda spot: spot != below, chain)
    return next((spot.point for spot in nearer if spot.point), None)


def _great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    (south, west), (north, east) = (tuple(map(radians, point)) for point in (one, other))
    height = sin((north - south) / 2) ** 2
    height += cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(height)))
