"""Mergers of the last day, each with all that is needed to take it back."""

from django.conf import settings
from django.db import models


class Merger(models.Model):
    """Two records that became one: what was moved, removed and overwritten.

    `entries` hold values of rows, so they are as personal as the rows are: the row goes after a
    day, and at once when a person is erased. `table` is the label of the model, `kept` and
    `dropped` are keys in it.
    """

    table = models.CharField(max_length=100)
    kept = models.BigIntegerField()
    dropped = models.BigIntegerField()
    name = models.CharField(max_length=300)  # of the dropped record
    entries = models.JSONField(default=list)
    merged_at = models.DateTimeField(db_index=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["table", "kept"], name="merger_of_the_kept")]

    def __str__(self) -> str:
        return f"{self.table} {self.dropped} → {self.kept}"
