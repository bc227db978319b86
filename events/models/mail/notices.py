"""What has changed for those who attend: kept until it is told, all at once."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from events.models.base.claimable import Claimable, ClaimableQuerySet
from events.models.base.teams import Team
from events.models.events.events import Event
from events.models.people.people import Person


class NoticeBatch(Claimable):
    """Changes of a team's events that follow each other closely; each person gets one mail.

    `claim_at` is set until they are told; of each team one batch is open at most.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    objects = ClaimableQuerySet["NoticeBatch"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(claim_at__isnull=False),
                name="one_open_batch_per_team",
            )
        ]
        indexes = [
            models.Index(
                fields=["claim_at"], condition=Q(claim_at__isnull=False), name="batch_claimable"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.opened_at:%Y-%m-%d %H:%M}"


class EventChange(models.Model):
    """An event as it was before the first change of a batch, and whom that concerns."""

    batch = models.ForeignKey(NoticeBatch, models.CASCADE, related_name="changes")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    before = models.JSONField(encoder=DjangoJSONEncoder)
    people = models.ManyToManyField(Person, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "event"], name="change_once_per_batch")
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.batch}"
