"""Attendees of a mission and its legs, which follow the roster of the delegation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from delegations.models import Delegate, Delegation, Leg, RosterAttendee
from events.domain.attendance import invitations
from events.models import Attendee, Event
from events.models.base.locks import hold_tree
from events.values.languages import columns

Capacity = Delegate.Capacity
Seat = Attendee.Seat
Partstat = Attendee.Partstat
Role = Attendee.Role

# The role of each capacity at events; any other capacity becomes DELEGATE.
ROLES: Final[dict[str, str]] = {
    Capacity.HEAD: Role.HEAD,
    Capacity.DEPUTY: Role.DEPUTY,
    Capacity.SECRETARY: Role.SECRETARY,
    Capacity.LIAISON: Role.STAFF,
    Capacity.ADVANCE: Role.STAFF,
    Capacity.SECURITY: Role.STAFF,
    Capacity.INTERPRETER: Role.INTERPRETER,
    Capacity.MEDIA: Role.MEDIA,
}
# A liaison officer attends the mission as staff, and has the role LIAISON on their legs only.
ROLES_ON_LEGS: Final[dict[str, str]] = {**ROLES, Capacity.LIAISON: Role.LIAISON}
# The position of a member without a rank.
LAST_POSITION: Final = 32767
LABELS: Final = columns("label")
ON_ROSTER: Final = {
    "seat": Seat.CONFIRMED,
    "waitlisted_at": None,
    "partstat": Partstat.ACCEPTED,
}
OFF_ROSTER: Final = {"seat": Seat.CANCELLED, "waitlisted_at": None}


@dataclass(frozen=True, slots=True)
class _Part:
    """The role of a member or liaison officer at one event, with the columns of their attendee."""

    event_id: int
    person_id: int | None
    delegate_id: int | None
    columns: dict[str, Any]


def keep(*, delegation: Delegation, now: datetime) -> None:
    """Make the attendees of the mission and its legs agree with the roster.

    Each member, named or not, attends the mission, their legs, and the transfers of these legs;
    each liaison officer attends their leg. Attendees of these people who were added by hand belong
    to the roster from now on. An attendee who no longer belongs to the event keeps the row without
    a seat, and gets the seat back on return. An answer other than “accepted” is kept. Those who
    were invited by mail are told of the changes.
    """
    parts = _parts(delegation)
    events = _hold(delegation, parts)
    kept = {row.attendee_id: row for row in _kept(delegation)}
    known = _Known(parts, kept.values())
    for part in parts:
        attendee = known.find(part) or Attendee(event_id=part.event_id)
        link = kept.pop(attendee.pk, None)
        is_known = link is not None and link.delegate_id == part.delegate_id
        standing = {} if is_known and _has_said_otherwise(attendee) else ON_ROSTER
        _put(attendee, {**standing, **part.columns, "person_id": part.person_id})
        _link(link, attendee, part.delegate_id)
    for row in kept.values():
        _put(row.attendee, OFF_ROSTER)
        if row.attendee.partstat == Partstat.DECLINED:  # the roster, not they, says no
            _put(row.attendee, {"partstat": Partstat.NEEDS_ACTION})
        if row.delegate_id is None:  # added by hand later, it is not the roster's
            row.delete()
    invitations.follow(events=events, now=now)


class _Known:
    """The existing attendees by person, or by delegate for members without a name."""

    def __init__(self, parts: Iterable[_Part], kept: Iterable[RosterAttendee]) -> None:
        people = {part.person_id for part in parts if part.person_id}
        events = {part.event_id for part in parts}
        rows = Attendee.objects.filter(event__in=events, person__in=people)
        self.named: dict[tuple[int, int | None], Attendee] = {
            (row.event_id, row.person_id): row for row in rows
        }
        self.unnamed: dict[tuple[int, int | None], Attendee] = {
            (row.attendee.event_id, row.delegate_id): row.attendee
            for row in kept
            if row.delegate_id and row.attendee.person_id is None
        }

    def find(self, part: _Part) -> Attendee | None:
        """Return the attendee of the person, or of the member before they were named; or None."""
        attendee = self.named.get((part.event_id, part.person_id))
        return attendee or self.unnamed.get((part.event_id, part.delegate_id))


def _parts(delegation: Delegation) -> list[_Part]:
    """All parts of members and liaison officers, each person once for each event."""
    legs = list(delegation.legs.order_by("pk"))
    members = list(_of_members(delegation, legs))
    named = {(part.event_id, part.person_id): part for part in members if part.person_id}
    for event_id, person_id in dict.fromkeys(_looked_after(legs)):
        if part := named.get((event_id, person_id)):
            part.columns["role"] = Role.LIAISON
        else:
            columns = {"role": Role.LIAISON, "position": LAST_POSITION}
            members.append(_Part(event_id, person_id, None, columns))
    return members


def _of_members(delegation: Delegation, legs: list[Leg]) -> Iterator[_Part]:
    stops = _stops(legs)
    everywhere = {leg.pk for leg in legs}
    for member in delegation.delegates.prefetch_related("legs").order_by("pk"):
        chosen = {leg.pk for leg in member.legs.all()} or everywhere
        if delegation.mission_id:
            yield _part(delegation.mission_id, member, ROLES)
        for event_id, needed in stops.items():
            if needed <= chosen:
                yield _part(event_id, member, ROLES_ON_LEGS)


def _part(event_id: int, member: Delegate, roles: dict[str, str]) -> _Part:
    columns = {
        "role": roles.get(member.capacity, Role.DELEGATE),
        "position": member.precedence or LAST_POSITION,
        "representing_id": member.organisation_id,
        "appointment_id": member.appointment_id,
        **{name: getattr(member, name) for name in LABELS},
    }
    return _Part(event_id, member.person_id, member.pk, columns)


def _stops(legs: Iterable[Leg]) -> dict[int, set[int]]:
    """Map events of legs to the legs on which one must be to attend; for a transfer, one or two."""
    stops = defaultdict(set)
    for leg in legs:
        for event_id in _events(leg):
            stops[event_id].add(leg.pk)
    return stops


def _looked_after(legs: Iterable[Leg]) -> Iterator[tuple[int, int]]:
    for leg in legs:
        if leg.liaison_id:
            yield from ((event_id, leg.liaison_id) for event_id in _events(leg))


def _events(leg: Leg) -> Iterator[int]:
    """The keys of the stay and the transfers of a leg."""
    return filter(None, (leg.stay_id, leg.arrival_id, leg.departure_id))


def _kept(delegation: Delegation) -> QuerySet[RosterAttendee]:
    """Attendees that follow the roster or did so, even if their delegates were deleted."""
    mission = delegation.mission_id
    there = Q(attendee__event=mission) | Q(attendee__event__parent=mission)
    theirs = Q(delegate__delegation=delegation) | there & Q(delegate=None)
    rows = RosterAttendee.objects.filter(theirs)
    return rows.select_related("attendee").order_by("pk")


def _hold(delegation: Delegation, parts: Iterable[_Part]) -> set[int]:
    """Lock the mission and all events of the roster, so that nobody else changes their seats.

    Locking several events requires the lock of the tree, which prevents deadlocks.
    """
    keys = {part.event_id for part in parts}
    keys |= set(_kept(delegation).values_list("attendee__event", flat=True))
    hold_tree()
    rows = Event.objects.select_for_update(no_key=True)
    return {row.pk for row in rows.filter(pk__in=keys | {delegation.mission_id}).order_by("pk")}


def _has_said_otherwise(attendee: Attendee) -> bool:
    """Whether they are tentative, declined or delegated, which the roster does not overwrite."""
    may_come = attendee.partstat == Partstat.TENTATIVE and attendee.seat != Seat.CANCELLED
    return may_come or attendee.partstat in Attendee.SAID_NO


def _put(attendee: Attendee, columns: dict[str, Any]) -> None:
    differing = [name for name, value in columns.items() if getattr(attendee, name) != value]
    for name in differing:
        setattr(attendee, name, columns[name])
    if not attendee.pk:
        attendee.save()
    elif differing:
        # `label` is checked by a constraint, but is not updated along with its translations.
        label = ["label"] if {*differing} & {*LABELS} else []
        attendee.save(update_fields=[*differing, *label])


def _link(row: RosterAttendee | None, attendee: Attendee, delegate_id: int | None) -> None:
    if row is None:
        RosterAttendee.objects.create(attendee=attendee, delegate_id=delegate_id)
    elif row.delegate_id != delegate_id:
        row.delegate_id = delegate_id
        row.save(update_fields=["delegate"])
