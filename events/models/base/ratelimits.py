"""Counters of rate limits, stored in the database so that all processes share them."""

from django.db import models


class RateLimitCounter(models.Model):
    """How often one client did one thing within the period that ends at `ends_at`.

    `who` is a keyed hash, so neither network addresses nor secrets are stored.
    """

    purpose = models.CharField(max_length=30)
    who = models.CharField(max_length=64)
    ends_at = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # `ends_at` comes first, so that expired counters are found by this index.
            models.UniqueConstraint(
                fields=["ends_at", "purpose", "who"], name="rate_limit_counter_once_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.number}"
