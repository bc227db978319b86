"""Rows that fall due: the database is the queue.

`claim_at` is set while a row may be claimed, and NULL otherwise. A claim is one conditional UPDATE:
of several workers that try at the same time one changes the row.
"""

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class ClaimableQuerySet(models.QuerySet[Row]):
    def queued(self) -> Self:
        """Those that can be claimed, now or later."""
        return self.filter(claim_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """Those that can be claimed now, the longest due first."""
        return self.filter(claim_at__lte=now).order_by("claim_at", "pk")

    def claim(self, now: datetime, **changes: Any) -> int:
        """Take those that are due, with these changes; return how many are the caller's now."""
        return self.filter(claim_at__lte=now).update(claim_at=None, **changes)


class LeasableQuerySet(ClaimableQuerySet[Row]):
    def held_as(self, row: "Leasable") -> Self:
        """The row as long as the lease that it was read with lasts."""
        return self.filter(pk=row.pk, lease_token=row.lease_token)

    def lapsed(self, now: datetime) -> Self:
        """Those whose lease is over: their worker has died, or is late."""
        return self.filter(lease_until__lt=now)

    def free(self, **changes: Any) -> int:
        """End the leases, with these changes; `claim_at` puts the rows back into the queue."""
        return self.update(lease_token=None, lease_until=None, **changes)


class Claimable(models.Model):
    """A row that is worked off in the transaction that claims it."""

    claim_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Leasable(Claimable):
    """A row whose work takes a while: a worker holds it by a lease, and loses it with the lease."""

    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # Whose journal tells how far the work has got; '' before it was ever in hand.
    leased_by = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True
