"""The journal of changes that may affect calendar feeds: one short row for each change."""

from django.db import models


class CalendarChange(models.Model):
    """A change in a tree of events, or to what a person attends.

    Rows are only inserted, so concurrent changes never wait for each other. A feed compares count
    and sum of keys of these rows with those that it stored, which also finds a row of a transaction
    that began earlier and committed later. `tree` is the root of the changed event; `attended_in`
    is the root of an event whose attendees changed.
    """

    tree = models.ForeignKey("events.Event", models.CASCADE, null=True, related_name="+")
    attended_in = models.ForeignKey("events.Event", models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey("events.Person", models.CASCADE, null=True, related_name="+")
    public = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(public=True), name="change_of_public_calendars"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
