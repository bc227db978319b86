"""Decisions about applications that are sent to their contacts."""

from django.db import models

from delegations.models.applications import Application
from events.models import Delivery


class Decision(models.Model):
    """The decision that a delivery is about: the status that the application reached."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="decisions")
    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="decision")
    status = models.CharField(max_length=20, choices=Application.Status)
    # The decision was undone after its mail had left, so that it may be told anew.
    taken_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "status"],
                condition=models.Q(taken_back=False),
                name="decision_told_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_status_display()}"
