"""Clashes: people, rooms and vehicles in two places at once, and what does not fit into what.

All events count, and each reader is told of them as far as they may see them: what they may not see
is “busy”. `slots` reads which events take time, `scenes` what surrounds them, `collisions` has the
rules.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from events.domain.programme import collisions, scenes, slots
from events.domain.programme.collisions import Collision, Kind, Use
from events.domain.programme.slots import Slot
from events.models import Attendee, Event, Person, Place, Viewer

ORDER: Final = tuple(Kind)
OF_PEOPLE: Final = (Kind.PERSON, Kind.TRAVEL)
# Kinds that tell of an event alone, or of two whose reader may see both.
UNSHARED: Final = (Kind.OUTSIDE, Kind.CAPACITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A clash as its reader may know it.

    `other` is None if there is no second event, or if the reader may not see it: `is_busy` tells
    which. `start` and `end` are the time that both take; of two events with a way between them, the
    time that there is for it, unless one is busy. `is_first` tells that the event is the earlier of
    the two, `way` how many minutes the way takes, `limit` how many people fit in, `come` how many
    come.
    """

    key: str
    kind: Kind
    soft: bool
    event: Event
    other: Event | None
    is_busy: bool
    subject: str
    start: datetime | None = None
    end: datetime | None = None
    is_first: bool = True
    way: int = 0
    limit: int = 0
    come: int = 0

    @property
    def ids(self) -> tuple[int, int | None]:
        return self.event.pk, self.other.pk if self.other else None


def of(*, events: Collection[int], user: Viewer) -> list[Clash]:
    """Return the clashes of these events, as far as the user may see them, in the order of time.

    The number of queries does not depend on how many events, clashes and people there are.
    """
    ours = slots.load(events=Event.objects.visible_to(user).filter(pk__in=events))
    found = _all(ours) if ours else []
    return sorted(_told(found, ours, user), key=_in_order) if found else []


def keys(*, events: Collection[int]) -> set[int]:
    """Return which of these events clash other than softly: to be counted, whoever may see it."""
    ours = slots.by_key(keys=events)
    hard = (row for row in (_all(ours) if ours else ()) if not row.soft)
    return {use.slot.pk for row in hard for use in row.uses} & set(ours)


def _in_order(clash: Clash) -> tuple[Any, ...]:
    start = clash.start or clash.event.start_at
    return start, ORDER.index(clash.kind), clash.subject, clash.event.pk, clash.key


def _all(ours: Mapping[int, Slot]) -> list[Collision]:
    """Return the collisions of events, whoever may see them."""
    scene = scenes.read(ours=ours)
    return [
        *collisions.of_people(scene.people, ours, scene.places),
        *collisions.of_rooms(scene.rooms, ours, scene.places),
        *collisions.on_the_way(scene.people, ours, scene.places),
        *collisions.outside(scene.parts, scene.known, ours),
        *collisions.too_small(scene.halls),
    ]


def _told(found: list[Collision], ours: Collection[int], user: Viewer) -> Iterator[Clash]:
    """Yield what the user may know of collisions."""
    uses = [use for row in found for use in row.uses]
    subjects = {row.subject for row in found if row.kind in OF_PEOPLE}
    places = {use.place for use in uses}
    reader = _Reader(
        ours=ours,
        events=_visible(Event.objects.visible_to(user), {use.slot.pk for use in uses}),
        rows=_visible(Attendee.objects.visible_to(user), {use.row for use in uses}),
        people=_visible(Person.objects.visible_to(user), subjects),
        places=_visible(Place.objects.visible_to(user), places),
    )
    return filter(None, map(reader.tell, found))


def _visible(rows: QuerySet[Any], wanted: Collection[int | None]) -> dict[int, Any]:
    return rows.in_bulk([key for key in wanted if key])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What a user may see of the rows that collide, and which events they ask about."""

    ours: Collection[int]
    events: Mapping[int, Event]
    rows: Mapping[int, Attendee]
    people: Mapping[int, Person]
    places: Mapping[int, Place]

    def tell(self, row: Collision) -> Clash | None:
        """Return the clash, or None if the user may not know that our event takes part in it."""
        seen = [use for use in row.uses if self._sees(use)]
        mine = next((use for use in seen if use.slot.pk in self.ours), None)
        other = next((use for use in row.uses if use is not mine), None)
        if row.kind == Kind.OUTSIDE:
            mine, other = row.uses
        if mine is None or (row.kind in UNSHARED and len(seen) < len(row.uses)):
            return None
        is_busy = other is not None and other not in seen
        told = None if is_busy and row.kind == Kind.TRAVEL else row.span
        return Clash(
            key=_key(row),
            kind=row.kind,
            soft=row.soft,
            event=self.events[mine.slot.pk],
            other=self.events[other.slot.pk] if other and not is_busy else None,
            is_busy=is_busy,
            subject=self._name(row, mine, is_busy=is_busy),
            start=told and told[0],
            end=told and told[1],
            is_first=mine is row.uses[0],
            way=row.way if told else 0,
            limit=row.limit,
            come=row.come,
        )

    def _sees(self, use: Use) -> bool:
        return use.slot.pk in self.events and (not use.row or use.row in self.rows)

    def _name(self, row: Collision, mine: Use, *, is_busy: bool) -> str:
        """Return the person, or the place: our own one if the other event is not to be known."""
        if row.kind in OF_PEOPLE:
            return str(self.people.get(row.subject or 0, ""))
        if row.kind == Kind.OUTSIDE:
            return ""
        return str(self.places.get(mine.subject if is_busy else row.subject or 0, ""))


def _key(row: Collision) -> str:
    """Return a name of the clash that tells nothing of the event that the reader may not see."""
    events = sorted(use.slot.pk for use in row.uses)
    value = f"{row.kind}:{row.subject}:{events}"
    return salted_hmac("clash", value, algorithm="sha256").hexdigest()[:32]
