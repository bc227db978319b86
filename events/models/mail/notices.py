"""Changes of events that attendees will be told of, collected in batches."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from events.models.base.claimable import Claimable, ClaimableQuerySet
from events.models.base.teams import Team
from events.models.events.events import Event
from events.models.people.people import Person


class Telling(models.TextChoices):
    """What an organiser chose for the mails that follow from a change."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


class NoticeBatch(Claimable):
    """Changes to a team's events within the debounce period; each person gets one mail about them.

    `claim_at` is set until the mails are planned. A team has at most one open batch. A batch that
    is not told now is never open: its mails are held at once (LATER), or there are none (NEVER).
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    telling = models.CharField(max_length=5, choices=Telling, default=Telling.NOW)

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
    """The values of an event before the first change of a batch, and the people concerned."""

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
