"""The seats of a delegation: how many are taken, and who gets those that become free.

Whoever counts seats holds the delegation until they are written, so that two never take the last.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from delegations.domain.mail import decisions
from delegations.models import Application, Delegation, Nominee
from events.models import Organisation

Status = Delegation.Status

# While these last, seats that become free go to those who wait.
FILLING: Final = (Status.RECRUITING, Status.SELECTING, Status.CONFIRMED)
# How long those have to confirm whom a free seat is offered to.
TIME_TO_CONFIRM: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Room:
    """How the seats stand: those of members and of accepted applications are taken.

    `quota` and `free` are None where there is no limit; `waiting` counts applications.
    """

    quota: int | None
    taken: int
    free: int | None
    waiting: int


def hold(*, delegation: Delegation) -> Delegation:
    """Return the delegation as it stands; nobody else changes its seats or legs until the end.

    Take it before the tree of events, and that before any event.
    """
    rows = Delegation.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("mission").get(pk=delegation.pk)


def room(*, delegation: Delegation) -> Room:
    """How the seats of the delegation stand."""
    members = delegation.delegates.counted().count()
    taken = members + promised(delegation=delegation).total()
    quota = delegation.quota
    free = None if quota is None else max(quota - taken, 0)
    return Room(quota, taken, free, delegation.applications.waiting().count())


def promised(*, delegation: Delegation) -> Counter[Organisation]:
    """The seats of accepted applications, which become members when they are confirmed."""
    accepted = Q(application__delegation=delegation.pk, application__status="accepted")
    nominees = Nominee.objects.filter(accepted).counted()
    nominees = nominees.select_related("application__organisation")
    return Counter(nominee.application.organisation for nominee in nominees)


def seats(*, application: Application) -> int:
    """How many seats the application asks for."""
    return application.nominees.counted().count()


def fits(*, application: Application, asked: int) -> bool:
    """Whether there are so many seats for it; those that it holds already are its own."""
    free = room(delegation=application.delegation).free
    held = seats(application=application) if application.status == "accepted" else 0
    return _is_within_limits(application, asked) and (free is None or asked <= free + held)


def next_in_line(*, delegation: Delegation) -> Application | None:
    """The application that the free seats go to: who submitted first, if they suffice for it.

    Nobody overtakes it by asking for less; but who asks for more than they could ever get holds
    nobody up.
    """
    for application in delegation.applications.waiting():
        asked = seats(application=application)
        if _is_within_limits(application, asked):
            return application if fits(application=application, asked=asked) else None
    return None


def promote(*, delegation: Delegation, now: datetime) -> None:
    """Accept from the waiting list as long as there are seats, unless the mission has begun."""
    with transaction.atomic():
        held = hold(delegation=delegation)
        until = _confirm_by(held, now)
        if until is None:
            return
        while application := next_in_line(delegation=held):
            application.status, application.confirm_by = Application.Status.ACCEPTED, until
            application.save(update_fields=["status", "confirm_by"])
            decisions.tell(application=application, now=now)


def _is_within_limits(application: Application, asked: int) -> bool:
    """Whether so many seats could be had at all, if nobody else had any."""
    delegation = application.delegation
    if delegation.quota is not None and asked > delegation.quota:
        return False
    if delegation.organisation_quota is None:
        return True
    theirs = delegation.delegates.counted().filter(organisation=application.organisation_id)
    return theirs.count() + asked <= delegation.organisation_quota


def _confirm_by(delegation: Delegation, now: datetime) -> datetime | None:
    """Until when whoever gets a seat now must confirm; None when nobody gets one any more."""
    mission = delegation.mission
    if delegation.status not in FILLING or mission is None:
        return None
    until = now + TIME_TO_CONFIRM
    start = mission.start_at
    return until if start is None else min(until, start) if now < start else None
