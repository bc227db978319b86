"""The seats of a delegation: the number taken, and promotion from the waiting list.

Functions that count seats before a change lock the delegation first, so that two transactions
cannot both take the last seat.
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

# States in which seats that become free go to the waiting list.
FILLING: Final = (Status.RECRUITING, Status.SELECTING, Status.CONFIRMED)
# The time in which a promoted organisation must confirm.
TIME_TO_CONFIRM: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Room:
    """The seats of a delegation; those of members and of accepted applications count as taken.

    `quota` and `free` are None if there is no limit; `waiting` is the number of applications on the
    waiting list.
    """

    quota: int | None
    taken: int
    free: int | None
    waiting: int


def hold(*, delegation: Delegation) -> Delegation:
    """Lock the delegation until the transaction ends, and return it read anew.

    Lock order: delegation, tree, event.
    """
    rows = Delegation.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("mission").get(pk=delegation.pk)


def room(*, delegation: Delegation) -> Room:
    """Count the seats of the delegation."""
    members = delegation.delegates.counted().count()
    taken = members + promised(delegation=delegation).total()
    quota = delegation.quota
    free = None if quota is None else max(quota - taken, 0)
    return Room(quota, taken, free, delegation.applications.waiting().count())


def promised(*, delegation: Delegation) -> Counter[Organisation]:
    """Return the seats reserved for accepted applications, by organisation."""
    accepted = Q(application__delegation=delegation.pk, application__status="accepted")
    nominees = Nominee.objects.filter(accepted).counted()
    nominees = nominees.select_related("application__organisation")
    return Counter(nominee.application.organisation for nominee in nominees)


def seats(*, application: Application) -> int:
    """Return the number of seats that the application asks for."""
    return application.nominees.counted().count()


def fits(*, application: Application, asked: int) -> bool:
    """Whether `asked` seats are available to the application, including those it already holds."""
    free = room(delegation=application.delegation).free
    held = seats(application=application) if application.status == "accepted" else 0
    return _is_within_limits(application, asked) and (free is None or asked <= free + held)


def next_in_line(*, delegation: Delegation) -> Application | None:
    """Return the first application on the waiting list, if enough seats are left for it.

    A later application that needs fewer seats does not overtake it. Applications that could never
    fit the quotas are skipped.
    """
    for application in delegation.applications.waiting():
        asked = seats(application=application)
        if _is_within_limits(application, asked):
            return application if fits(application=application, asked=asked) else None
    return None


def promote(*, delegation: Delegation, now: datetime) -> None:
    """Accept applications from the waiting list while seats are left and the mission is to come."""
    with transaction.atomic():
        held = hold(delegation=delegation)
        until = time_to_confirm(delegation=held, now=now)
        if until is None:
            return
        while application := next_in_line(delegation=held):
            application.status, application.confirm_by = Application.Status.ACCEPTED, until
            application.save(update_fields=["status", "confirm_by"])
            decisions.tell(application=application, now=now)


def is_within_limits(*, delegation: Delegation, asked: int, theirs: int) -> bool:
    """Whether the quotas would allow so many seats if no other application had any.

    `theirs` is the number of counted members that the organisation has already; no query.
    """
    if delegation.quota is not None and asked > delegation.quota:
        return False
    quota = delegation.organisation_quota
    return quota is None or theirs + asked <= quota


def _is_within_limits(application: Application, asked: int) -> bool:
    delegation = application.delegation
    theirs = delegation.delegates.counted().filter(organisation=application.organisation_id)
    number = 0 if delegation.organisation_quota is None else theirs.count()
    return is_within_limits(delegation=delegation, asked=asked, theirs=number)


def time_to_confirm(*, delegation: Delegation, now: datetime) -> datetime | None:
    """Return the time to confirm of a seat given now; None if seats are no longer given."""
    mission = delegation.mission
    if delegation.status not in FILLING or mission is None:
        return None
    until = now + TIME_TO_CONFIRM
    start = mission.start_at
    return until if start is None else min(until, start) if now < start else None
