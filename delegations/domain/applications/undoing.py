"""Rounds taken back: applications are as they were before they were decided together.

What an application was before is read from its history. A mail about the decision that has not left
is called back; if it has left, its reader is told that the decision does not stand.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from delegations.domain.applications.applications import AlreadyApplied, NotAllowed, Status
from delegations.domain.mail import decisions
from delegations.domain.rosters import quotas, rosters
from delegations.models import Application, Delegation
from events.domain import steps
from events.domain.refusals import Refusal

# The columns that a decision changes.
STATE: Final = (
    "status", "confirm_by", "reason", "question", "reply", "decided_by_id", "decided_at",
)  # fmt: skip


def undo(*, stamps: Mapping[int, int], now: datetime) -> tuple[list[Application], list[Refusal]]:
    """Take the decision of a round back, of which `steps.stamps` gives the stamps by key.

    Seats that become free go to the waiting list only when all are back. Returns the applications
    that are as they were before, and why others are not.
    """
    done: list[Application] = []
    refused: list[Refusal] = []
    with transaction.atomic():
        delegations = _hold(stamps)
        for row in _rows(stamps):
            try:
                with transaction.atomic():
                    _undo(row, stamps[row.pk], now)
                done.append(row)
            except Refusal as refusal:
                refused.append(refusal)
        for delegation in delegations:
            quotas.promote(delegation=delegation, now=now)
    return done, refused


def _hold(keys: Collection[int]) -> list[Delegation]:
    """Lock the delegations of the applications, in one order."""
    found = Delegation.objects.filter(applications__in=keys).order_by("pk").distinct()
    return [quotas.hold(delegation=delegation) for delegation in found]


def _rows(keys: Collection[int]) -> list[Application]:
    related = "delegation__mission", "organisation", "contact"
    rows = Application.objects.filter(pk__in=keys).select_related(*related)
    return list(rows.order_by("submitted_at", "pk"))


def _undo(row: Application, stamp: int, now: datetime) -> None:
    steps.check_unchanged(row=row, stamp=stamp)
    before = steps.former(row=row, stamp=stamp, columns=STATE)
    if before is None or not row.delegation.is_open:
        raise NotAllowed(row, "undo")
    _check_alone(row)
    is_told = decisions.revoke(application=row)
    for column, value in before.items():
        setattr(row, column, value)
    row.save()
    if row.status != Status.CONFIRMED and (members := list(row.delegates.all())):
        rosters.remove_all(delegation=row.delegation, delegates=members, now=now)
    if is_told or decisions.was_overtaken(application=row):
        decisions.tell_anew(application=row, now=now)


def _check_alone(row: Application) -> None:
    """Refuse an application whose organisation, declined, has applied anew."""
    others = row.delegation.applications.live().exclude(pk=row.pk)
    if known := others.filter(organisation=row.organisation).first():
        raise AlreadyApplied(known)
