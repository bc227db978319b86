"""Legs: consecutive stays of a delegation, and the transfers between them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext_noop

from delegations.domain.rosters import quotas, rosters
from delegations.models import Delegate, Delegation, Leg
from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting
from events.domain.refusals import Name, Refusal, joined
from events.models import Event, Organisation, Person, Place
from events.models.base import slugs
from events.values import dates
from events.values.dates import Precision, When
from events.values.languages import SUFFIXES

Span = tuple[date, date]
Way = Literal["arrival", "departure"]


class Overlap(Refusal):
    """Two stays overlap by more than the day of travel."""

    delegation: Delegation
    one: Span
    other: Span
    text = gettext_noop("Two legs share more than a day of travel: %(one)s and %(other)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"one": formatting.days(*self.one), "other": formatting.days(*self.other)}


class OutsideMission(Refusal):
    """A stay lies outside the days of the mission."""

    delegation: Delegation
    span: Span
    text = gettext_noop("A leg lies outside the days of the mission: %(days)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"days": formatting.days(*self.span)}


class NoZone(Refusal):
    """The time zone of the place is unknown."""

    delegation: Delegation
    place: Place
    text = gettext_noop(
        "Nobody knows the time zone of %(place)s; write it on the page of the place."
    )


class OnlyLegOf(Refusal):
    """These members are on no other leg; without any chosen leg they would be on all legs."""

    delegation: Delegation
    leg: Leg
    members: Sequence[Delegate]
    text = gettext_noop("“%(leg)s” is the only leg of %(names)s; give them another first.")

    def words(self, name: Name) -> dict[str, object]:
        return {"leg": name(self.leg), "names": joined(self.members, name)}


def check(*, delegation: Delegation, spans: Sequence[Span]) -> None:
    """Raise Overlap if two stays overlap, or OutsideMission if one lies outside the mission.

    `spans` are the first and last days of all stays of the delegation.
    """
    for one, other in pairwise(sorted(spans)):
        if other[0] < one[1]:
            raise Overlap(delegation, one, other)
    mission = delegation.mission
    if mission is None or not mission.when.is_exact or mission.start_on is None:
        return
    for span in spans:
        late = mission.end_on is not None and span[1] > mission.end_on
        if late or span[0] < mission.start_on:
            raise OutsideMission(delegation, span)


def add(
    *,
    delegation: Delegation,
    place: Place,
    first: date,
    last: date,
    now: datetime,
    host: Organisation | None = None,
    liaison: Person | None = None,
) -> Leg:
    """Add a leg with a stay that takes its title and zone from the place.

    Members attend it, except those for whom legs were chosen. Raises NoZone, rosters.Closed and
    what `events.domain.lifecycle.lifecycle.save` raises.
    """
    with transaction.atomic():
        held = _hold(delegation)
        stay = _part_of(held, Event.Kind.LEG, place.slug)
        stay.when, stay.place = _days(held, place, first, last), place
        _name(stay, _names(place))
        lifecycle.save(event=stay, now=now)
        leg = Leg.objects.create(delegation=held, stay=stay, host=host, liaison=liaison)
        rosters.sync(delegation=held, now=now)
    return leg


def change(
    *,
    leg: Leg,
    place: Place,
    first: date,
    last: date,
    now: datetime,
    host: Organisation | None = None,
    liaison: Person | None = None,
) -> None:
    """Set these values of the leg; host and liaison officer are removed if not given.

    The subtree of the stay moves with its first day. Raises as `add` does, and what
    `events.domain.lifecycle.lifecycle.move` raises.
    """
    with transaction.atomic():
        held, row = _hold_with(leg)
        when = _days(held, place, first, last)
        old = row.stay.place
        if (row.stay.when, old) != (when, place):
            lifecycle.move(event=row.stay, when=when, place=place, now=now)
        if old and old != place and _is_named(row.stay, _names(old)):
            _name(row.stay, _names(place))
            lifecycle.save(event=row.stay, now=now)
        row.host, row.liaison = host, liaison
        row.save(update_fields=["host", "liaison"])
        rosters.sync(delegation=held, now=now)
    leg.refresh_from_db()


def remove(*, leg: Leg, now: datetime, reason: str = "") -> None:
    """Remove the leg; its stay and the transfers of no other leg are cancelled, drafts deleted.

    Raises as `check_removal` does, and what `events.domain.lifecycle.lifecycle.delete` raises.
    """
    with transaction.atomic():
        check_removal(leg=leg)
        held, row = _hold_with(leg)
        events = [row.stay, row.arrival, row.departure]
        row.delete()
        for event in filter(None, events):
            if not _is_a_way(held, event):
                _strike(event, reason, now)
        rosters.sync(delegation=held, now=now)


def check_removal(*, leg: Leg) -> None:
    """Raise rosters.Closed, or OnlyLegOf if members would be left without any chosen leg."""
    with transaction.atomic():
        held, row = _hold_with(leg)
        others = held.legs.exclude(pk=row.pk)
        members = held.delegates.filter(legs=row).exclude(legs__in=others)
        stranded = list(members.select_related("person").in_order()) if others.exists() else []
        if stranded:
            raise OnlyLegOf(held, row, stranded)


def set_transfer(
    *, leg: Leg, which: Way, origin: Place, destination: Place, when: When, now: datetime
) -> Event:
    """Add or change the transfer to or from a leg; its zones are those of the places.

    A transfer between consecutive legs is the departure of one and the arrival of the other.
    Members on the leg, or on both, attend it. Raises as `add` does, and dates.BadDate.
    """
    with transaction.atomic():
        held, row = _hold_with(leg)
        when = _between(held, origin, destination, when)
        event: Event | None = getattr(row, which)
        if event is None:
            event = _part_of(held, Event.Kind.TRANSFER, f"{origin.slug}-{destination.slug}")
            event.audience = Event.Audience.INVITED
            event.when, event.place, event.end_place = when, origin, destination
        else:
            lifecycle.move(event=event, when=when, place=origin, end_place=destination, now=now)
        _name(event, _names(origin, destination))
        lifecycle.save(event=event, now=now)
        _set_way(row, which, event)
        _share(row, which, event)
        rosters.sync(delegation=held, now=now)
    leg.refresh_from_db()
    return event


def _hold(delegation: Delegation) -> Delegation:
    held = quotas.hold(delegation=delegation)
    if not held.is_open:
        raise rosters.Closed(held)
    return held


def _hold_with(leg: Leg) -> tuple[Delegation, Leg]:
    """Lock the delegation; return it and the leg, both read anew."""
    held = _hold(leg.delegation)
    related = ("stay__place", "arrival", "departure")
    return held, held.legs.select_related(*related).get(pk=leg.pk)


def _part_of(delegation: Delegation, kind: str, name: str) -> Event:
    """Return a new part of the mission for the delegation, with the mission's status or a draft."""
    mission = delegation.mission
    assert mission is not None  # noqa: S101 -- a constraint: the delegation is ours
    return Event(
        slug=slugs.free(rows=Event.objects.all(), stem=f"{mission.slug}-{name}"),
        kind=kind,
        team=delegation.team,
        parent=mission,
        status=mission.status if mission.status in Event.STANDING else Event.Status.DRAFT,
        visibility=Event.Visibility.DELEGATION,
    )


def _days(delegation: Delegation, place: Place, first: date, last: date) -> When:
    zone = _zone(delegation, place)
    return When(precision=Precision.DAY, start_on=first, end_on=last, timezone=zone)


def _between(delegation: Delegation, origin: Place, destination: Place, when: When) -> When:
    start, end = _zone(delegation, origin), _zone(delegation, destination)
    when = replace(when, timezone=start, end_timezone=end if end != start else "")
    dates.validate(when)
    return when


def _zone(delegation: Delegation, place: Place) -> str:
    zone = place.find_zone()
    if not zone:
        raise NoZone(delegation, place)
    return zone


def _names(*places: Place) -> dict[str, Any]:
    """The title of an event at a place or between two, in the languages that all have names in."""
    titles = {}
    for language in SUFFIXES:
        names = [getattr(place, f"name_{language}") for place in places]
        titles[f"title_{language}"] = " – ".join(names) if all(names) else ""
    return titles


def _is_named(event: Event, names: dict[str, Any]) -> bool:
    return all((getattr(event, column) or "") == name for column, name in names.items())


def _name(event: Event, names: dict[str, Any]) -> None:
    for column, name in names.items():
        setattr(event, column, name)


def _is_a_way(delegation: Delegation, event: Event) -> bool:
    """Whether the event is still the arrival or departure of a leg."""
    return any(event.pk in (leg.arrival_id, leg.departure_id) for leg in delegation.legs.all())


def _strike(event: Event, reason: str, now: datetime) -> None:
    if event.status == Event.Status.DRAFT:
        lifecycle.delete(event=event, now=now)
    elif event.status in Event.LIVE:
        lifecycle.cancel(event=event, reason=reason, now=now)


def _set_way(leg: Leg, which: Way, event: Event) -> None:
    setattr(leg, which, event)
    leg.save(update_fields=[which])


def _share(leg: Leg, which: Way, event: Event) -> None:
    """Use the transfer for the adjacent leg as well, if it fits and that leg has none."""
    legs = list(leg.delegation.legs.select_related("stay").in_order())
    near = legs.index(leg) + (1 if which == "departure" else -1)
    if near not in range(len(legs)):
        return
    other = legs[near]
    if which == "departure" and (other.stay.place, other.arrival) == (event.end_place, None):
        _set_way(other, "arrival", event)
    if which == "arrival" and (other.stay.place, other.departure) == (event.place, None):
        _set_way(other, "departure", event)
