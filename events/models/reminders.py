"""Reminders: the rule, the moment it falls due, and one delivery to each person.

The database is the queue: `claim_at` is set while a row may be claimed and NULL otherwise.
"""

import uuid
from datetime import time
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.attendees import Attendee
from events.models.events import Event
from events.models.fields import LanguageField, TimezoneField
from events.models.people import Person
from events.models.teams import Membership, Team, Viewer, sees_all, teams_of


class ReminderRule(models.Model):
    """When the attendees of an event are reminded."""

    class OffsetKind(models.TextChoices):
        NOMINAL_DAYS = "nominal_days", _("days before, at a time of day")
        EXACT_MINUTES = "exact_minutes", _("minutes before")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="reminder_rules", verbose_name=_("event")
    )
    offset_kind = models.CharField(
        _("counted in"), max_length=13, choices=OffsetKind, default=OffsetKind.NOMINAL_DAYS
    )
    offset = models.PositiveIntegerField(_("how long before"), default=1)
    at_local_time = models.TimeField(
        _("at"), default=time(9), help_text=_("Time of day at the event; for days only.")
    )
    enabled = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "offset_kind", "offset", "at_local_time"],
                name="reminder_rule_once_per_event",
            )
        ]

    def __str__(self) -> str:
        return f"{self.offset} {self.get_offset_kind_display()}"


class ReminderOccurrence(models.Model):
    """One rule falling due for one event; moving the event moves this row.

    What has been handed over does not move far: its place takes a row of the next epoch.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        EXPANDED = "expanded", _("handed over")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    rule = models.ForeignKey(ReminderRule, models.CASCADE, related_name="occurrences")
    event = models.ForeignKey(Event, models.CASCADE, related_name="reminder_occurrences")
    schedule_epoch = models.PositiveIntegerField()
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("useful until"))
    claim_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)

    class Meta:
        verbose_name = _("due reminder")
        verbose_name_plural = _("due reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "schedule_epoch"], name="occurrence_once_per_epoch"
            ),
            models.CheckConstraint(
                condition=Q(claim_at=None) | Q(state="planned"),
                name="occurrence_claimable_only_when_planned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["claim_at", "id"],
                condition=Q(claim_at__isnull=False),
                name="occurrence_claimable",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} · {self.get_state_display()}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Viewer) -> Self:
        """Deliveries about events of teams that the user runs: they bear addresses."""
        if sees_all(user):
            return self.all()
        return self.filter(team__in=teams_of(user, Membership.Role.ORGANISER))


class Delivery(models.Model):
    """One mail to one person; whom and what is read again at the last moment."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("reminder")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        LEASED = "leased", _("being prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("not known whether sent")
        FAILED = "failed", _("failed")
        DEAD = "dead", _("given up")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("too late")

    public_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.REMINDER)
    occurrence = models.ForeignKey(
        ReminderOccurrence,
        models.SET_NULL,
        null=True,
        related_name="deliveries",
        verbose_name=_("due reminder"),
    )
    attendee = models.ForeignKey(Attendee, models.SET_NULL, null=True, related_name="deliveries")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="deliveries", verbose_name=_("person")
    )
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="deliveries", verbose_name=_("event")
    )
    # That of the event, so that what a team may see is found without reading that of others.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("team"),
    )
    dedup_key = models.CharField(max_length=64, unique=True, editable=False)
    language = LanguageField(_("language"))
    zone = TimezoneField(_("time zone"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("useful until"))
    claim_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Those that no mail server has answered.")
    )
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    PERSONAL = ("language", "zone", "detail")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.CheckConstraint(
                condition=Q(claim_at=None) | Q(state="pending"),
                name="delivery_claimable_only_when_pending",
            ),
            models.CheckConstraint(
                condition=Q(lease_token=None) | Q(state__in=["leased", "sending"]),
                name="delivery_leased_only_while_in_hand",
            ),
        ]
        indexes = [
            # NOT NULL, not a list of states: SQLite uses no partial index for bound states.
            models.Index(
                fields=["claim_at", "id"],
                condition=Q(claim_at__isnull=False),
                name="delivery_claimable",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(lease_until__isnull=False),
                name="delivery_leased",
            ),
            models.Index(fields=["team", "due_at"], name="delivery_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"
