"""Merge two records of one person, including memberships and nominations."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from delegations.domain.rosters import quotas, rosters
from delegations.models import Delegation
from events.domain.directory import people
from events.models import Merger, Person


def merge(*, keep: Person, drop: Person, now: datetime) -> Merger:
    """Merge the records, update the rosters, and promote to seats that become free.

    Raises as `events.domain.directory.people.merge` does.
    """
    with transaction.atomic():
        delegations = list(_delegations_of(keep.pk, drop.pk))
        for delegation in delegations:
            quotas.hold(delegation=delegation)
        merger = people.merge(keep=keep, drop=drop, now=now)
        for delegation in delegations:
            rosters.sync(delegation=delegation, now=now)
        return merger


def unmerge(*, merger: Merger, now: datetime) -> Person:
    """Make two records of one again, and update the rosters; return the one that comes back.

    Raises as `events.domain.directory.people.unmerge` does.
    """
    with transaction.atomic():
        for delegation in _delegations_of(merger.kept):
            quotas.hold(delegation=delegation)
        back = people.unmerge(merger=merger, now=now)
        for delegation in _delegations_of(merger.kept, back.pk):
            rosters.sync(delegation=delegation, now=now)
        return back


def _delegations_of(*records: int) -> QuerySet[Delegation]:
    """The delegations in which they are members, nominees or liaison officers."""
    members = Q(delegates__person__in=records)
    proposed = Q(applications__nominees__person__in=records)
    officers = Q(legs__liaison__in=records)
    return Delegation.objects.filter(members | proposed | officers).distinct().order_by("pk")
