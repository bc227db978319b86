"""Two records of one person become one, in delegations too."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from delegations.domain.rosters import quotas, rosters
from delegations.models import Delegation
from events.domain.directory import people
from events.models import Person


def merge(*, keep: Person, drop: Person, now: datetime) -> None:
    """Merge two records of a person; rosters are in step after it, and seats set free are offered.

    Raises as `events.domain.directory.people.merge` does.
    """
    with transaction.atomic():
        delegations = list(_delegations_of(keep, drop))
        for delegation in delegations:
            quotas.hold(delegation=delegation)
        people.merge(keep=keep, drop=drop, now=now)
        for delegation in delegations:
            rosters.sync(delegation=delegation, now=now)


def _delegations_of(*records: Person) -> QuerySet[Delegation]:
    """Those that they are in, are proposed for or look after."""
    members = Q(delegates__person__in=records)
    proposed = Q(applications__nominees__person__in=records)
    officers = Q(legs__liaison__in=records)
    return Delegation.objects.filter(members | proposed | officers).distinct().order_by("pk")
