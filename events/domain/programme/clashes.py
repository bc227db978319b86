"""Clashes: people, rooms and vehicles in two places at once, and what does not fit into what.

All events count, and each reader is told of them as far as they may see them: what they may not see
is “busy”. `slots` reads which events take time, `scenes` what surrounds them, `collisions` has the
rules.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from events.domain.programme import collisions, overrides, scenes, slots, tree
from events.domain.programme.collisions import Collision, Kind, Use
from events.domain.programme.overrides import Overridden, Overrides
from events.domain.programme.slots import Slot
from events.domain.refusals import Refusal
from events.models import (
    Attendee,
    ClashOverride,
    Event,
    Person,
    Place,
    User,
    Vehicle,
    Viewer,
)
from events.models.people.overrides import MAX_REASON

ORDER: Final = tuple(Kind)
# Kinds that tell of an event alone, or of two whose reader may see both.
UNSHARED: Final = (Kind.OUTSIDE, Kind.CAPACITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A clash as its reader may know it.

    `of` is what the subject is: a person, a room or a vehicle; `person` the key of one. `other`
    is None if there is no second event, or if the reader may not see it: `is_busy` tells which.
    `start` and `end` are the time that both take; of two events with a way between them, the
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
    of: Kind = Kind.PERSON
    person: int | None = None
    overridden: Overridden | None = None

    @property
    def counts(self) -> bool:
        """Whether it is to be mended: it is certain, and nobody has accepted it."""
        return not (self.soft or self.overridden)

    @property
    def ids(self) -> tuple[int, int | None]:
        return self.event.pk, self.other.pk if self.other else None


class NoReason(Refusal):
    """A clash would be accepted without a reason, or with one that is too long."""

    text = gettext_noop("Say in a few words why this is all right.")


class NoSuchClash(Refusal):
    """The clash has gone, or is not one of these events."""

    text = gettext_noop("This clash is not there any more: somebody has moved one of the two.")


def of(*, events: Collection[int], user: Viewer) -> list[Clash]:
    """Return the clashes of these events, as far as the user may see them, in the order of time.

    The number of queries does not depend on how many events, clashes and people there are.
    """
    return sorted((clash for _row, clash in _found(events, user)), key=_in_order)


def of_programme(*, event: Event, user: Viewer) -> list[Clash]:
    """Return the clashes of an event and of its parts."""
    return of(events=tree.keys(event=event), user=user)


def keys(*, events: Collection[int]) -> set[int]:
    """Return which of these events have a clash that counts, other than softly.

    It is to be counted, whoever may see it; what has been accepted from their side counts no more.
    """
    ours = slots.by_key(keys=events)
    hard = [row for row in (_all(ours) if ours else ()) if not row.soft]
    accepted = Overrides(hard, ClashOverride.objects.filter(event__in=list(ours)))
    rows = (row for row in hard if not accepted.of(row))
    return {use.slot.pk for row in rows for use in row.uses} & set(ours)


def override(*, key: str, events: Collection[int], reason: str, user: User, now: datetime) -> None:
    """Accept a clash of these events, for the reason that is kept with it.

    It counts again when one of the two events moves. Raises NoReason and NoSuchClash.
    """
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise NoReason
    with transaction.atomic():
        row, clash = _one(key, events, user)
        overrides.give(event=clash.event.pk, row=row, reason=reason, user=user, now=now)


def reopen(*, key: str, events: Collection[int], user: User) -> None:
    """Let a clash of these events count again that was accepted. Raises NoSuchClash."""
    with transaction.atomic():
        row, clash = _one(key, events, user)
        sides = [each.pk for each in (clash.event, clash.other) if each]
        ours = Event.objects.changeable_by(user).filter(pk__in=sides)
        overrides.take_back(row=row, events=list(ours.values_list("pk", flat=True)))


def _one(key: str, events: Collection[int], user: User) -> tuple[Collision, Clash]:
    """Return the clash with this key, of an event that the user may change."""
    for row, clash in _found(events, user):
        if clash.key == key:
            for side in filter(None, (clash.event, clash.other)):
                if Event.objects.changeable_by(user).filter(pk=side.pk).exists():
                    return row, replace(clash, event=side)
    raise NoSuchClash


def _found(events: Collection[int], user: Viewer) -> list[tuple[Collision, Clash]]:
    """Return the collisions of these events that the user may know of, each as they may know it."""
    ours = slots.load(events=Event.objects.visible_to(user).filter(pk__in=events))
    found = _all(ours) if ours else []
    if not found:
        return []
    reader = _reader(found, ours, user)
    told = ((row, reader.tell(row)) for row in found)
    return [(row, clash) for row, clash in told if clash]


def _in_order(clash: Clash) -> tuple[Any, ...]:
    start = clash.start or clash.event.start_at
    return start, ORDER.index(clash.kind), clash.subject, clash.event.pk, clash.key


def _all(ours: Mapping[int, Slot]) -> list[Collision]:
    """Return the collisions of events, whoever may see them."""
    scene = scenes.read(ours=ours)
    return [
        *collisions.of_people(scene.people, ours, scene.places),
        *collisions.of_rooms(scene.rooms, ours, scene.places),
        *collisions.of_vehicles(scene.cars, ours),
        *collisions.on_the_way(Kind.PERSON, scene.people, ours, scene.places, scene.ways),
        *collisions.on_the_way(Kind.VEHICLE, scene.cars, ours, scene.places, scene.ways),
        *collisions.outside(scene.parts, scene.known, ours),
        *collisions.too_small(scene.halls),
    ]


def _reader(found: list[Collision], ours: Collection[int], user: Viewer) -> "_Reader":
    uses = [use for row in found for use in row.uses]
    subjects = {of: {row.subject for row in found if row.of == of} for of in Kind}
    places = {use.place for use in uses}
    return _Reader(
        ours=ours,
        events=_visible(Event.objects.visible_to(user), {use.slot.pk for use in uses}),
        rows=_visible(Attendee.objects.visible_to(user), {use.row for use in uses}),
        names={
            Kind.PERSON: _visible(Person.objects.visible_to(user), subjects[Kind.PERSON]),
            Kind.ROOM: _visible(Place.objects.visible_to(user), places),
            Kind.VEHICLE: _visible(Vehicle.objects.visible_to(user), subjects[Kind.VEHICLE]),
        },
        accepted=Overrides(found, ClashOverride.objects.visible_to(user)),
    )


def _visible(rows: QuerySet[Any], wanted: Collection[int | None]) -> dict[int, Any]:
    return rows.in_bulk([key for key in wanted if key])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What a user may see of the rows that collide, and which events they ask about."""

    ours: Collection[int]
    events: Mapping[int, Event]
    rows: Mapping[int, Attendee]
    names: Mapping[Kind, Mapping[int, Model]]
    accepted: Overrides

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
        if row.kind == Kind.OUTSIDE:
            self.events[mine.slot.pk].parent = self.events[row.uses[1].slot.pk]
        names = self.names[Kind.PERSON]
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
            of=row.of,
            person=row.subject if row.of == Kind.PERSON and row.subject in names else None,
            overridden=self.accepted.of(row),
        )

    def _sees(self, use: Use) -> bool:
        return use.slot.pk in self.events and (not use.row or use.row in self.rows)

    def _name(self, row: Collision, mine: Use, *, is_busy: bool) -> str:
        """Return the person, or the place: our own one if the other event is not to be known."""
        subject = mine.subject if is_busy and row.of == Kind.ROOM else row.subject
        return str(self.names.get(row.of, {}).get(subject or 0, ""))


def _key(row: Collision) -> str:
    """Return a name of the clash that tells nothing of the event that the reader may not see."""
    return salted_hmac("clash", overrides.name(row), algorithm="sha256").hexdigest()[:32]
