"""How many minutes the way from one place to another takes: by a table, or else by distance."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from math import ceil
from typing import Final

from events.domain.programme import whereabouts
from events.domain.programme.whereabouts import Chain
from events.models import TravelTime

# By road, and by air with the way to the airport and through it: minutes before one moves, and
# kilometres an hour from then on.
BY_ROAD: Final = (15, 50)
BY_AIR: Final = (180, 700)

Way = tuple[int, int, int | None]  # from, to, and the team whose table says so
Ways = Mapping[Way, int]
Teams = Collection[int | None]


def read(*, chains: Iterable[Chain]) -> Ways:
    """Return the minutes in the tables of all teams between places and what these lie in."""
    places = {spot.pk for chain in chains for spot in chain}
    rows = TravelTime.objects.between(places).order_by()
    columns = rows.values_list("start", "end", "team", "minutes")
    return {(start, end, team): minutes for start, end, team, minutes in columns}


def minutes(*, start: Chain, end: Chain, ways: Ways, teams: Teams) -> int:
    """Return the minutes between two places; 0 if nothing tells.

    The row for the nearest places counts, in this direction before the other, in the tables of the
    teams before the shared one; without a row the distance, unless both are in one house.
    """
    if start[0] == end[0]:
        return 0
    told = (ways[way] for way in _ways(start, end, teams) if way in ways)
    if (found := next(told, None)) is not None:
        return found
    distance = None if _in_one_house(start, end) else whereabouts.distance_km(start, end)
    return 0 if distance is None else estimate(distance=distance)


def estimate(*, distance: float) -> int:
    """Return the minutes for kilometres of a great circle, by the faster of road and air."""
    ways = (overhead + distance / speed * 60 for overhead, speed in (BY_ROAD, BY_AIR))
    return ceil(min(ways))


def _ways(start: Chain, end: Chain, teams: Teams) -> Iterator[Way]:
    """Yield the rows that may tell, the nearest places first, up to what both lie in."""
    meeting = whereabouts.common(start, end)
    sides = (whereabouts.up_to(chain, meeting) for chain in (start, end))
    pairs = product(*(enumerate(side) for side in sides))
    for (_near, one), (_far, other) in sorted(pairs, key=lambda pair: pair[0][0] + pair[1][0]):
        for way in ((one.pk, other.pk), (other.pk, one.pk)):
            yield from ((*way, team) for team in (*sorted(filter(None, teams)), None))


def _in_one_house(start: Chain, end: Chain) -> bool:
    house = whereabouts.common(start, end)
    return house is not None and house.can_be_taken
