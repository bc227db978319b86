"""That calendars may have changed: one short row for each change, whoever subscribes."""

from django.db import models


class CalendarChange(models.Model):
    """Something in a tree of events, or about what a person attends, is not as it was.

    Rows are only added: two changes at once wait for nothing, and whoever counts the rows sees
    also the one that was begun earlier and ended later. `attended_in` is the tree of an event
    whose attendees changed.
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
