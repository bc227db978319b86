"""What surrounds events: who and what they share with others at about that time, in few queries."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q

from events.domain.programme import slots, traveltimes, whereabouts
from events.domain.programme.collisions import LONGEST_WAY, Hall, Kind, Use
from events.domain.programme.slots import Slot
from events.domain.programme.traveltimes import Ways
from events.domain.programme.whereabouts import Chain
from events.models import Attendee, Event, EventPlace
from events.models.events.events import EventQuerySet

# Roles of further places that an event takes; a topic is only what it is about.
TAKING: Final = (EventPlace.Role.MAIN, EventPlace.Role.SITE, EventPlace.Role.HUB)
# Who certainly comes: who has not answered may still decline.
SURE: Final = Q(partstat=Attendee.Partstat.ACCEPTED) | Q(seat=Attendee.Seat.CONFIRMED)

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Our events, the others that may collide with them, their people, rooms and vehicles.

    `places` are where all these are, `ways` the minutes between places as tables tell them.
    """

    ours: Mapping[int, Slot]
    parts: list[Slot]
    known: Mapping[int, Slot]
    people: list[Use]
    rooms: list[Use]
    cars: list[Use]
    halls: list[Hall]
    places: Mapping[int, Chain]
    ways: Ways


def read(*, ours: Mapping[int, Slot]) -> Scene:
    """Return what surrounds our events, of which there is one at least."""
    people, halls = _people(ours), _counts(ours)
    own = _further(Q(event__in=list(ours)))
    houses = _houses(ours.values(), own)
    at = slots.load(events=_near(ours).filter(place__in=houses))
    joined = _further(Q(place__in=houses, event__in=_near(ours).values("pk")))
    parts = slots.load(events=Event.objects.filter(parent__in=list(ours)))
    known = {**at, **parts, **ours}
    wanted = {row[2] for row in people} | {event for event, _place in joined}
    wanted |= {slot.above[0] for slot in ours.values() if slot.above}
    known |= slots.by_key(keys=wanted - set(known))
    main = list(_main({**at, **ours}.values()))
    rooms = [*main, *_also({*own, *joined}, main, known)]
    present, cars = list(_present(people, known)), _cars(ours)
    places = _chains([*present, *rooms, *cars], halls, known)
    return Scene(
        ours=ours,
        parts=[*{**parts, **ours}.values()],
        known=known,
        people=present,
        rooms=[use for use in rooms if use.subject in places],
        cars=cars,
        halls=list(_halls(halls, ours, places)),
        places=places,
        ways=traveltimes.read(chains=places.values()),
    )


def _cars(ours: Mapping[int, Slot]) -> list[Use]:
    """Read where the vehicles of our events are at about that time."""
    wanted = {slot.vehicle for slot in ours.values() if slot.vehicle}
    if not wanted:
        return []
    found = slots.load(events=_near(ours, LONGEST_WAY).filter(vehicle__in=wanted)).values()
    return [
        Use(subject=slot.vehicle, slot=slot, soft=slot.soft, place=slot.place)
        for slot in found
        if slot.vehicle
    ]


def _near(ours: Mapping[int, Slot], margin: timedelta = timedelta()) -> EventQuerySet:
    """The events that take time while ours do, or within a margin before and after."""
    return slots.near(span=slots.around(slots=ours.values()), margin=margin)


def _people(ours: Mapping[int, Slot]) -> list[Row]:
    """Read where the people who are expected at our events are expected at about that time."""
    there = Attendee.objects.expected().exclude(person=None)
    mine = there.filter(event__in=list(ours)).values("person")
    near = _near(ours, LONGEST_WAY)
    rows = there.filter(person__in=mine, event__in=near.values("pk")).order_by()
    return list(rows.values_list("pk", "person", "event", "partstat", "hub__place"))


def _present(rows: Iterable[Row], known: Mapping[int, Slot]) -> Iterator[Use]:
    for pk, person, event, partstat, hub in rows:
        if slot := known.get(event):
            soft = slot.soft or partstat == Attendee.Partstat.TENTATIVE
            place = hub or (None if slot.is_online else slot.place)
            yield Use(subject=person, slot=slot, soft=soft, row=pk, place=place)


def _counts(ours: Mapping[int, Slot]) -> list[Row]:
    """Count who comes to our events, and to each of their hubs, with one of their rows."""
    rows = Attendee.objects.expected().filter(event__in=list(ours)).order_by()
    counted = rows.values_list("event", "hub__place", "hub__capacity")
    sure = Count("pk", filter=SURE)
    return list(counted.annotate(come=Count("pk"), sure=sure, one=Min("pk")))


def _halls(
    rows: Iterable[Row], ours: Mapping[int, Slot], places: Mapping[int, Chain]
) -> Iterator[Hall]:
    """The places where people come: the main one, which the seats of the event are at, and hubs."""
    for event, hub, fits, come, sure, row in rows:
        slot = ours[event]
        place = hub or (None if slot.is_online else slot.place)
        use = Use(subject=place or 0, slot=slot, soft=slot.soft, row=row, place=place)
        room = places[place][0].capacity if place else None
        fit = min((number for number in (fits, room) if number is not None), default=None)
        seats = None if hub else slot.capacity
        yield Hall(use=use, of=Kind.ROOM, fit=fit, seats=seats, sure=sure, come=come)
        if slot.vehicle and not hub:
            car = Use(subject=slot.vehicle, slot=slot, soft=slot.soft, row=row)
            yield Hall(use=car, of=Kind.VEHICLE, fit=slot.seats, seats=None, sure=sure, come=come)


def _further(condition: Q) -> set[tuple[int, int]]:
    """Read the further places that events take, as keys of event and place."""
    rows = EventPlace.objects.filter(condition, role__in=TAKING).order_by()
    return set(rows.values_list("event", "place"))


def _houses(ours: Iterable[Slot], own: Iterable[tuple[int, int]]) -> list[int]:
    """Return the rooms and venues of the houses in which our events take place."""
    mine = {place for _event, place in own} | {use.subject for use in _main(ours)}
    known = whereabouts.chains(keys=mine)
    return whereabouts.in_same_house(keys=known, known=known)


def _main(events: Iterable[Slot]) -> Iterator[Use]:
    """The places that events take; a transfer only leaves from one."""
    for slot in events:
        if slot.place and not slot.is_transfer and not slot.is_online:
            yield Use(subject=slot.place, slot=slot, soft=slot.soft, place=slot.place)


def _also(
    further: set[tuple[int, int]], main: Iterable[Use], known: Mapping[int, Slot]
) -> Iterator[Use]:
    """The further places that events take, unless it is the main one once more."""
    taken = {(use.slot.pk, use.subject) for use in main}
    for event, place in sorted(further - taken):
        if slot := known.get(event):
            yield Use(subject=place, slot=slot, soft=slot.soft, place=place)


def _chains(
    uses: Collection[Use], halls: Iterable[Row], known: Mapping[int, Slot]
) -> dict[int, Chain]:
    """Read the places of all uses, and where those who attend a transfer arrive."""
    wanted = {use.place for use in uses} | {use.slot.end_place for use in uses}
    wanted |= {row[1] for row in halls} | {known[row[0]].place for row in halls}
    return whereabouts.chains(keys={key for key in wanted if key})
