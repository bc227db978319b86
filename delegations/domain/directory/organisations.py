"""Organisations of delegations: who organises a mission, and the merger of two records."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from delegations.domain.rosters import quotas, rosters
from delegations.models import Delegation
from events.domain.directory import organisations
from events.models import Event, Merger, Organisation


def organise(events: Sequence[Event]) -> bool:
    """Whether one of the events is a mission whose delegation names who organises or sends it."""
    named = Q(organiser__isnull=False) | Q(sending_organisation__isnull=False)
    return Delegation.objects.filter(named, mission__in=events).exists()


def merge(*, keep: Organisation, drop: Organisation, now: datetime) -> Merger:
    """Merge the records; seats that become free go to the waiting list.

    Raises as `events.domain.directory.organisations.merge` does, and `rosters.TooManyOf` if both
    together have more seats in a delegation than one organisation may have.
    """
    with transaction.atomic():
        delegations = list(_delegations_of(keep.pk, drop.pk))
        for delegation in delegations:
            quotas.hold(delegation=delegation)
        merger = organisations.merge(keep=keep, drop=drop, now=now)
        for delegation in delegations:
            _settle(delegation, now)
        return merger


def unmerge(*, merger: Merger, now: datetime) -> Organisation:
    """Make two records of one again, and update the rosters; return the one that comes back.

    Raises as `events.domain.directory.organisations.unmerge` does.
    """
    with transaction.atomic():
        for delegation in _delegations_of(merger.kept):
            quotas.hold(delegation=delegation)
        back = organisations.unmerge(merger=merger, now=now)
        for delegation in _delegations_of(merger.kept, back.pk):
            rosters.sync(delegation=delegation, now=now)
        return back


def _delegations_of(*records: int) -> QuerySet[Delegation]:
    """The delegations that the organisations have members in or apply to."""
    members = Q(delegates__organisation__in=records)
    asking = Q(applications__organisation__in=records)
    return Delegation.objects.filter(members | asking).distinct().order_by("pk")


def _settle(delegation: Delegation, now: datetime) -> None:
    if delegation.is_open and delegation.organisation_quota is not None:
        members = delegation.delegates.select_related("person", "organisation")
        rosters.check(delegation=delegation, members=list(members))
    rosters.sync(delegation=delegation, now=now)
