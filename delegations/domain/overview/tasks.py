"""What waits for organisers of delegations: calls that close soon, applications to decide on."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.domain.applications import applications
from delegations.models import Application, Delegation
from events.domain.overview.tasks import Task
from events.models import Event

CLOSES_WITHIN: Final = timedelta(days=3)


def _closing(rows: QuerySet[Delegation], now: datetime) -> QuerySet[Delegation]:
    """Delegations whose call closes soon; the same moment as `applications.closes_at`."""
    until = {"gt": now, "lte": now + CLOSES_WITHIN}
    ends = Q(**{f"applications_close__end_at__{name}": at for name, at in until.items()})
    starts = Q(**{f"applications_close__start_at__{name}": at for name, at in until.items()})
    soon = ends | Q(applications_close__end_at=None) & starts
    off = Q(applications_close__status=Event.Status.CANCELLED)
    return rows.filter(soon, status=Delegation.Status.RECRUITING).exclude(off)


def _waiting(rows: QuerySet[Application], now: datetime) -> QuerySet[Application]:
    """Applications that are submitted and not decided, to delegations that are open."""
    over = (Delegation.Status.CONCLUDED, Delegation.Status.CANCELLED)
    rows = rows.filter(status__in=applications.UNDECIDED)
    return rows.exclude(delegation__status__in=over)


CLOSING: Final = Task("closing", _("call closes within three days"), Delegation, _closing)
UNDECIDED: Final = Task("undecided", _("waiting for a decision"), Application, _waiting)
TASKS: Final = (UNDECIDED, CLOSING)
