"""The events behind a delegation, kept from its record: the journey, and the call's deadline."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext, override

from delegations.domain.rosters import quotas
from delegations.models import Delegation
from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.models import Basis, Event, Place
from events.models.base import slugs
from events.values.dates import Precision, When
from events.values.languages import CODES, suffix

# The kind of the event of a journey, by the kind of the delegation.
KINDS: Final = {
    Delegation.Kind.TRADE_MISSION: Event.Kind.TRADE_MISSION,
    Delegation.Kind.BUSINESS_DELEGATION: Event.Kind.TRADE_MISSION,
    Delegation.Kind.OFFICIAL_DELEGATION: Event.Kind.OFFICIAL_VISIT,
    Delegation.Kind.DUTY_VISIT: Event.Kind.OFFICIAL_VISIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The events that a delegation is to have; None leaves the stored one as it is.

    `drops_deadline` removes the deadline.
    """

    mission: Event | None = None
    deadline: Event | None = None
    drops_deadline: bool = False


def home(*, delegation: Delegation, default: str) -> str:
    """Return the time zone of the organiser, else of the sender, else `default`."""
    bodies = filter(None, (delegation.organiser, delegation.sending_organisation))
    places = filter(None, (body.place for body in bodies))
    return next(filter(None, (place.find_zone() for place in places)), default)


def journey(*, delegation: Delegation, when: When, place: Place | None) -> Event:
    """Return the event of the journey with these values, not stored: the present or a new one."""
    event = copy(delegation.mission) if delegation.mission else _new(delegation)
    _name(event, delegation, _names)
    event.place = place
    _date(event, when)
    return event


def deadline(*, delegation: Delegation, when: When) -> Event:
    """Return the event of the deadline with this date, not stored: the present or a new one."""
    event = delegation.applications_close
    event = copy(event) if event else _new(delegation, kind=Event.Kind.DEADLINE)
    _name(event, delegation, _closings)
    _date(event, when)
    return event


def days(*, old: When, first: date, last: date | None, timezone: str) -> When:
    """Return the date of a journey from `first` to `last`; clock times of the old date stay."""
    kept = old if old.is_exact else When(precision=Precision.DAY)
    return replace(kept, start_on=first, end_on=last or first, timezone=timezone)


def closing(*, day: date, at: time | None, timezone: str) -> When:
    """Return the date of a deadline: a moment, or the end of the day."""
    if at is None:
        return When(precision=Precision.DAY, start_on=day, end_on=day, timezone=timezone)
    return When(precision=Precision.TIME, start_on=day, start_time=at, timezone=timezone)


def keep(*, delegation: Delegation, plan: Plan, now: datetime) -> None:
    """Store the delegation with the events of the plan; events of its team follow to another.

    Raises what `events.domain.lifecycle.lifecycle.save` raises.
    """
    with transaction.atomic():
        stored = quotas.hold(delegation=delegation) if delegation.pk else None
        if plan.mission:
            delegation.mission = _save(plan.mission, delegation, delegation.slug, now)
        if plan.deadline:
            plan.deadline.parent = delegation.mission
            slug = f"{delegation.slug}-deadline"
            delegation.applications_close = _save(plan.deadline, delegation, slug, now)
        dropped = delegation.applications_close if plan.drops_deadline else None
        if dropped:
            delegation.applications_close = None
        delegation.save()
        if dropped:
            _strike(dropped, now)
        if stored and stored.team_id != delegation.team_id:
            _follow(delegation, stored.team_id, now)


def _new(delegation: Delegation, kind: str = "") -> Event:
    """Return a draft that the members of the delegation see, or for a deadline the team alone."""
    deadline = kind == Event.Kind.DEADLINE
    mission = delegation.mission if deadline else None
    standing = mission is not None and mission.status in Event.STANDING
    return Event(
        kind=kind or KINDS[Delegation.Kind(delegation.kind)],
        team=delegation.team,
        status=mission.status if mission and standing else Event.Status.DRAFT,
        visibility=Event.Visibility.INTERNAL if deadline else Event.Visibility.DELEGATION,
        audience=Event.Audience.INVITED if deadline else Event.Audience.EVERYBODY,
    )


def _date(event: Event, when: When) -> None:
    if event.when != when:
        event.when, event.basis = when, Basis.ENTERED if when.start_on else ""


def _name(event: Event, delegation: Delegation, titles: Any) -> None:
    """Give a new event its titles; an old one follows a new name of its delegation.

    An event whose titles are not those of the delegation's stored name keeps them.
    """
    stored = Delegation.objects.filter(pk=delegation.pk).first() if event.pk else None
    if stored and not all(
        (getattr(event, column) or "") == text for column, text in titles(stored)
    ):
        return
    for column, text in titles(delegation):
        setattr(event, column, text)


def _names(delegation: Delegation) -> Iterator[tuple[str, str]]:
    """Yield the columns of titles with the name of the delegation in each language."""
    for code in CODES:
        yield f"title_{suffix(code)}", getattr(delegation, f"name_{suffix(code)}") or ""


def _closings(delegation: Delegation) -> Iterator[tuple[str, str]]:
    for (column, name), code in zip(_names(delegation), CODES, strict=True):
        with override(code):
            text = gettext("Applications close: %(name)s") % {"name": name}
        yield column, text if name else ""


def _save(event: Event, delegation: Delegation, slug: str, now: datetime) -> Event:
    if not event.pk:
        event.slug = slugs.free(rows=Event.objects.all(), stem=slug)
        event.team = delegation.team
    lifecycle.save(event=event, now=now)
    return event


def _strike(event: Event, now: datetime) -> None:
    if event.status == Event.Status.DRAFT:
        lifecycle.delete(event=event, now=now)
    elif event.status in Event.LIVE:
        lifecycle.cancel(event=event, reason="", now=now)


def _follow(delegation: Delegation, former: int | None, now: datetime) -> None:
    """Give the events behind the delegation, and their parts, to its new team."""
    roots = filter(None, (delegation.mission, delegation.applications_close))
    events = {event.pk: event for root in roots for event in (root, *tree.below(event=root))}
    for event in events.values():
        if event.team_id == former:
            event.team_id = delegation.team_id
            lifecycle.save(event=event, now=now)
