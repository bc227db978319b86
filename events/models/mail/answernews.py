"""Answers of guests that organisers are told of by mail: a row for each answer and organiser."""

from django.db import models
from django.db.models import Q

from events.models.base.claimable import Claimable, ClaimableQuerySet
from events.models.base.teams import Team, User
from events.models.mail.deliveries import Delivery
from events.models.people.attendees import Attendee


class AnswerNews(Claimable):
    """An answer that one organiser is to be told of, and the mail that tells it.

    `claim_at` is set until the mail is planned. `before` is the answer before this one; what the
    guest says now stands on the attendee. Rows have no unique constraint, so that two answers never
    wait for each other.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="+")
    before = models.CharField(max_length=12, choices=Attendee.Partstat)
    at = models.DateTimeField()
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, null=True, related_name="answers", editable=False
    )

    objects = ClaimableQuerySet["AnswerNews"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["claim_at", "id"],
                condition=Q(claim_at__isnull=False),
                name="answernews_claimable",
            ),
            models.Index(
                fields=["user", "team", "id"],
                condition=Q(claim_at__isnull=False),
                name="answernews_of_a_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.attendee}"
