"""The rules of clashes, applied to rows that were read before: what collides with what."""

from collections import defaultdict
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Final

from events.domain.programme import slots, traveltimes, whereabouts
from events.domain.programme.slots import Slot, Span
from events.domain.programme.traveltimes import Ways
from events.domain.programme.whereabouts import Chain
from events.models import Event, Place

# Kinds of parts that may precede or follow the hours of their event without much ado.
AROUND: Final = (
    Event.Kind.REGISTRATION,
    Event.Kind.RECEPTION,
    Event.Kind.MEAL,
    Event.Kind.TRANSFER,
)
MINUTE: Final = timedelta(minutes=1)
LONGEST_WAY: Final = timedelta(days=1)  # whoever has more time than this arrives anywhere


class Kind(StrEnum):
    """What two events compete for, or what does not fit into what."""

    PERSON = "person"
    ROOM = "room"
    VEHICLE = "vehicle"
    OUTSIDE = "outside"
    TRAVEL = "travel"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A person, a room or a vehicle at an event: `row` is the attendee, `place` where they are."""

    subject: int
    slot: Slot
    soft: bool
    row: int = 0
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A place of an event: how many fit in, how many seats there are, how many come, and surely.

    `of` tells whether it is a room or a vehicle.
    """

    use: Use
    of: Kind
    fit: int | None
    seats: int | None
    sure: int
    come: int

    @property
    def limit(self) -> int | None:
        """How many may surely come."""
        return min(
            (number for number in (self.fit, self.seats) if number is not None), default=None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two uses that collide, or an event that does not fit.

    `of` is what the subject is: a person, a room or a vehicle; `way` is the travel time in minutes.
    """

    kind: Kind
    of: Kind
    soft: bool
    uses: tuple[Use, ...]
    subject: int | None = None
    span: Span | None = None
    way: int = 0
    limit: int = 0
    come: int = 0


Places = Mapping[int, Chain]
Competes = Callable[[Use], Hashable]  # what uses compete for; None for nothing


def of_people(uses: Iterable[Use], ours: Collection[int], places: Places) -> Iterator[Collision]:
    """Yield the people who are at two events at once."""
    for one, other in _pairs(uses, ours, lambda use: use.subject):
        span = slots.overlap(one.slot.presence, other.slot.presence)
        framed = one.slot.is_frame or other.slot.is_frame
        if span and (not framed or _apart(one, other, places)):
            soft = framed or one.soft or other.soft
            yield _of_two(Kind.PERSON, one, other, span=span, soft=soft)


def of_rooms(uses: Iterable[Use], ours: Collection[int], places: Places) -> Iterator[Collision]:
    """Yield the rooms that two events take at once; `subject` of a use is the place.

    A room is taken with the rooms that it can be divided into. An event at a whole venue collides
    softly with those of other trees there, because nobody knows which of its halls it takes.
    """
    houses = {key: whereabouts.top(chain) for key, chain in places.items()}
    for one, other in _pairs(uses, ours, lambda use: houses.get(use.subject)):
        span = slots.overlap(one.slot.span, other.slot.span)
        shared = span and _shared(places[one.subject], places[other.subject])
        if not (span and shared):
            continue
        is_room = shared.kind == Place.Kind.ROOM
        if is_room or one.slot.root != other.slot.root:
            soft = not is_room or one.soft or other.soft
            deeper = max(one.subject, other.subject, key=lambda key: (len(places[key]), key))
            yield _of_two(Kind.ROOM, one, other, span=span, soft=soft, subject=deeper)


def of_vehicles(uses: Iterable[Use], ours: Collection[int]) -> Iterator[Collision]:
    """Yield the vehicles that are wanted at two events at once."""
    for one, other in _pairs(uses, ours, lambda use: use.subject):
        if span := slots.overlap(one.slot.span, other.slot.span):
            yield _of_two(Kind.VEHICLE, one, other, span=span, soft=one.soft or other.soft)


def on_the_way(
    of: Kind, uses: Iterable[Use], ours: Collection[int], places: Places, ways: Ways
) -> Iterator[Collision]:
    """Yield the people, or vehicles, with too little time to the next event at another place."""
    timed = (use for use in uses if not use.slot.is_frame)
    for group in _by(timed, lambda use: use.subject):
        for use in group:
            for following in _next(use, group):
                if use.slot.pk in ours or following.slot.pk in ours:
                    yield from _late(of, use, following, places, ways)


def outside(
    parts: Iterable[Slot], parents: Mapping[int, Slot], ours: Collection[int]
) -> Iterator[Collision]:
    """Yield the parts that lie outside the days or hours of what they are part of."""
    for part in parts:
        parent = parents.get(part.above[0]) if part.above else None
        if parent and (part.pk in ours or parent.pk in ours) and _exceeds(part, parent):
            uses = (_of_event(part), _of_event(parent))
            soft = part.soft or parent.soft or part.kind in AROUND
            kind = Kind.OUTSIDE
            yield Collision(kind=kind, of=kind, soft=soft, uses=uses, subject=part.pk)


def too_small(halls: Iterable[Hall]) -> Iterator[Collision]:
    """Yield the places smaller than those who come there, softly if some may still decline."""
    for hall in halls:
        if hall.limit is not None and hall.sure > hall.limit:
            yield _too_small(hall, hall.limit, hall.sure, soft=hall.use.soft)
        elif hall.fit is not None and hall.come > hall.fit:
            yield _too_small(hall, hall.fit, hall.come, soft=True)


def _too_small(hall: Hall, limit: int, come: int, *, soft: bool) -> Collision:
    return Collision(
        kind=Kind.CAPACITY, of=hall.of, soft=soft, uses=(hall.use,), subject=hall.use.subject,
        limit=limit, come=come,
    )  # fmt: skip


def _of_two(
    kind: Kind, one: Use, other: Use, *, soft: bool, span: Span, subject: int | None = None
) -> Collision:
    subject = one.subject if subject is None else subject
    return Collision(kind=kind, of=kind, soft=soft, uses=(one, other), subject=subject, span=span)


def _of_event(slot: Slot) -> Use:
    return Use(subject=slot.pk, slot=slot, soft=slot.soft)


def _by(uses: Iterable[Use], key: Competes) -> list[list[Use]]:
    """The uses that compete, in groups, each in the order of time."""
    groups: dict[Hashable, list[Use]] = defaultdict(list)
    for use in uses:
        if (competes := key(use)) is not None:
            groups[competes].append(use)
    return [sorted(group, key=_in_time) for group in groups.values()]


def _pairs(uses: Iterable[Use], ours: Collection[int], key: Competes) -> Iterator[tuple[Use, Use]]:
    """Yield two uses that compete, of which one is ours and no event is a part of the other."""
    for group in _by(uses, key):
        for number, one in enumerate(group):
            for other in _until(one.slot.end, group[number + 1 :]):
                is_ours = one.slot.pk in ours or other.slot.pk in ours
                if is_ours and not one.slot.is_related(other.slot):
                    yield one, other


def _until(end: datetime, group: Iterable[Use]) -> Iterator[Use]:
    return takewhile(lambda use: use.slot.start < end, group)


def _in_time(use: Use) -> tuple[object, ...]:
    return use.slot.start, use.slot.pk, use.subject, use.row


def _apart(one: Use, other: Use, places: Places) -> bool:
    """Whether two uses are in two cities; a transfer is where it leaves and where it arrives."""
    return all(
        whereabouts.are_apart(places.get(mine or 0), places.get(theirs or 0))
        for mine in _ends(one)
        for theirs in _ends(other)
    )


def _ends(use: Use) -> set[int | None]:
    return {use.place, use.slot.end_place} if use.slot.end_place else {use.place}


def _shared(one: Chain, other: Chain) -> whereabouts.Spot | None:
    """The place that two uses both take: the larger of two of which one lies in the other."""
    meeting = whereabouts.common(one, other)
    return meeting if meeting in (one[0], other[0]) else None


def _next(use: Use, group: Sequence[Use]) -> list[Use]:
    """The uses that follow: those between which and this one no further one lies."""
    if not use.slot.ends:
        return []
    limit = use.slot.end + LONGEST_WAY
    later = [
        other
        for other in group
        if use.slot.end <= other.slot.start < limit and not use.slot.is_related(other.slot)
    ]
    horizon = min((other.slot.end for other in later), default=limit)
    return [other for other in later if other.slot.start < horizon]


def _late(of: Kind, use: Use, following: Use, places: Places, ways: Ways) -> Iterator[Collision]:
    start = places.get(use.slot.end_place or use.place or 0)
    end = places.get(following.place or 0)
    if not (start and end):
        return
    teams = {use.slot.team, following.slot.team}
    way = traveltimes.minutes(start=start, end=end, ways=ways, teams=teams)
    if following.slot.start - use.slot.end < way * MINUTE:
        yield Collision(
            kind=Kind.TRAVEL,
            of=of,
            soft=use.soft or following.soft,
            uses=(use, following),
            subject=use.subject,
            span=(use.slot.end, following.slot.start),
            way=way,
        )


def _exceeds(part: Slot, parent: Slot) -> bool:
    """Whether a part exceeds the hours of its parent, or its days if that is all that is known."""
    by_day = part.day_long or parent.day_long
    early = part.start_on < parent.start_on if by_day else part.start < parent.start
    if by_day or not parent.ends:
        return early or (parent.has_last and part.last_on > parent.last_on)
    return early or part.start >= parent.end or (part.ends and part.end > parent.end)
