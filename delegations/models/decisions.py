"""Decisions about applications that are sent to their contacts."""

from django.db import models

from delegations.models.applications import Application
from events.models import Delivery


class Decision(models.Model):
    """The decision that a delivery is about: the status that the application reached."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="decisions")
    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="decision")
    status = models.CharField(max_length=20, choices=Application.Status)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "status"], name="decision_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_status_display()}"
