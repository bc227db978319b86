"""Rows that fall due at a moment; they make the database a queue.

`claim_at` is set while a row may be claimed, and NULL otherwise. A claim is one conditional UPDATE,
so of several workers that try at the same time only one changes the row.
"""

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class ClaimableQuerySet(models.QuerySet[Row]):
    def queued(self) -> Self:
        """Rows that can be claimed, now or later."""
        return self.filter(claim_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """Rows that can be claimed now; the longest due first."""
        return self.filter(claim_at__lte=now).order_by("claim_at", "pk")

    def claim(self, now: datetime, **changes: Any) -> int:
        """Claim the due rows and set `changes`; return how many rows the caller has claimed."""
        return self.filter(claim_at__lte=now).update(claim_at=None, **changes)


class LeasableQuerySet(ClaimableQuerySet[Row]):
    def held_as(self, row: "Leasable") -> Self:
        """The row, if it still has the lease token with which it was read."""
        return self.filter(pk=row.pk, lease_token=row.lease_token)

    def lapsed(self, now: datetime) -> Self:
        """Rows whose lease has expired: their worker was killed, or is late."""
        return self.filter(lease_until__lt=now)

    def free(self, **changes: Any) -> int:
        """End the leases and set `changes`; with `claim_at` the rows return to the queue."""
        return self.update(lease_token=None, lease_until=None, **changes)


class Claimable(models.Model):
    """A row that is processed in the transaction that claims it."""

    claim_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Leasable(Claimable):
    """A row that takes long to process: a worker holds it by a lease, which can expire."""

    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # The worker whose journal records how far it got; '' before the first lease.
    leased_by = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True
