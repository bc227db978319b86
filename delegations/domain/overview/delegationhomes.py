"""All that the home of a delegation shows, read for one user."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Prefetch

from delegations.domain.applications import applications
from delegations.models import Application, Delegate, Delegation, Leg
from events.domain.access import access
from events.domain.overview import eventhomes, mails
from events.domain.overview.gaps import Gap
from events.domain.overview.mails import Sent
from events.domain.programme import completeness
from events.models import Event, ReminderOccurrence, Viewer

Status = Delegation.Status
CALLING: Final = (Status.PLANNING, Status.RECRUITING)
TRAVELLING: Final = (Status.SELECTING, Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class DelegationHome:
    """A delegation with its journey, seats, applications and members, as far as the user may see.

    `mission` is None if there is none, or if the user may not see it. From the moment `closes_at`
    on applications are refused.
    """

    delegation: Delegation
    mission: Event | None
    days_to_go: int | None
    closes_at: datetime | None
    legs: list[Leg]
    by_status: dict[str, int]
    roster: list[Delegate]
    planned: list[ReminderOccurrence]
    sent: list[Sent]
    gaps: list[Gap]


def of(*, delegation: Delegation, user: Viewer, now: datetime) -> DelegationHome:
    """Read the home of a delegation."""
    mission = _seen(delegation.mission, user)
    legs = list(_legs(delegation, user))
    roster = list(_roster(delegation, user))
    counted = _by_status(delegation, user)
    sent = mails.sent(event=mission, user=user) if mission else []
    may = access.may_change(user=user, row=delegation)
    return DelegationHome(
        delegation=delegation,
        mission=mission,
        days_to_go=eventhomes.days_to_go(event=mission, now=now) if mission else None,
        closes_at=_closes_at(delegation, user),
        legs=legs,
        by_status=counted,
        roster=roster,
        planned=list(mails.planned(event=mission)) if may and mission else [],
        sent=sent,
        gaps=_gaps(delegation, legs, roster, counted) if may and delegation.is_open else [],
    )


def _seen(event: Event | None, user: Viewer) -> Event | None:
    return event if event and access.may_see(user=user, row=event) else None


def _closes_at(delegation: Delegation, user: Viewer) -> datetime | None:
    if _seen(delegation.applications_close, user) is None:
        return None
    return applications.closes_at(delegation=delegation)


def _legs(delegation: Delegation, user: Viewer) -> Iterator[Leg]:
    rows = Leg.objects.visible_to(user).filter(delegation=delegation)
    related = ("stay__place__parent__parent", "host", "liaison", "arrival", "departure")
    yield from rows.select_related(*related).in_order()


def _roster(delegation: Delegation, user: Viewer) -> Iterator[Delegate]:
    rows = Delegate.objects.visible_to(user).filter(delegation=delegation)
    legs = Prefetch("legs", access.visible(user=user, model=Leg).select_related("stay"))
    rows = rows.select_related("person", "organisation", "appointment").prefetch_related(legs)
    yield from rows.in_order()


def _by_status(delegation: Delegation, user: Viewer) -> dict[str, int]:
    rows = access.visible(user=user, model=Application).filter(delegation=delegation)
    return dict(rows.order_by().values_list("status").annotate(Count("pk")))


def _gaps(
    delegation: Delegation, legs: list[Leg], roster: list[Delegate], counted: dict[str, int]
) -> list[Gap]:
    found = [Gap(name) for name in _of_mission(delegation.mission)]
    found += _of_call(delegation) if delegation.status in CALLING else ()
    found += _of_journey(legs, roster) if delegation.status in TRAVELLING else ()
    undecided = sum(counted.get(status, 0) for status in applications.UNDECIDED)
    nameless = sum(member.person_id is None for member in roster)
    found += (Gap("undecided", undecided), Gap("nameless", nameless))
    return [gap for gap in found if gap.number]


def _of_mission(mission: Event | None) -> tuple[str, ...]:
    return completeness.missing(event=mission) if mission else ("mission",)


def _of_call(delegation: Delegation) -> Iterator[Gap]:
    yield Gap("deadline", int(delegation.applications_close_id is None))
    yield Gap("quota", int(not delegation.quota))
    yield Gap("purpose", int(not delegation.purpose.strip()))


def _of_journey(legs: list[Leg], roster: list[Delegate]) -> Iterator[Gap]:
    yield Gap("head", int(all(member.capacity != Delegate.Capacity.HEAD for member in roster)))
    yield Gap("leg", int(not legs))
    yield Gap("unreachable", sum(bool(m.person and not m.person.email) for m in roster))
