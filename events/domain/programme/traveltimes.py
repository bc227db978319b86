"""How many minutes the way from one place to another takes at least."""

from math import ceil
from typing import Final

from events.domain.programme import whereabouts
from events.domain.programme.whereabouts import Chain

# By road, and by air with the way to the airport and through it: minutes before one moves, and
# kilometres an hour from then on.
BY_ROAD: Final = (15, 50)
BY_AIR: Final = (180, 700)


def minutes(*, start: Chain, end: Chain) -> int:
    """Return the minutes between two places; 0 if nothing tells."""
    if start[0] == end[0] or _in_one_house(start, end):
        return 0
    distance = whereabouts.distance_km(start, end)
    return 0 if distance is None else estimate(distance=distance)


def estimate(*, distance: float) -> int:
    """Return the minutes for kilometres of a great circle, by the faster of road and air."""
    ways = (overhead + distance / speed * 60 for overhead, speed in (BY_ROAD, BY_AIR))
    return ceil(min(ways))


def _in_one_house(start: Chain, end: Chain) -> bool:
    house = whereabouts.common(start, end)
    return house is not None and house.can_be_taken
