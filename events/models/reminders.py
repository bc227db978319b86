"""Reminders: the rule, and the moment it falls due.

The database is the queue: `claim_at` is set while a row may be claimed and NULL otherwise.
"""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event


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
