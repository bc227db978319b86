"""How often somebody has done something of late, counted where every process sees it."""

from django.db import models


class RateLimitCounter(models.Model):
    """Something was done so many times within a period that ends at `ends_at`.

    `who` is a keyed hash: neither addresses of machines nor secrets are kept.
    """

    purpose = models.CharField(max_length=30)
    who = models.CharField(max_length=64)
    ends_at = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # The end comes first: what is over is found by it.
            models.UniqueConstraint(
                fields=["ends_at", "purpose", "who"], name="rate_limit_counter_once_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.number}"
