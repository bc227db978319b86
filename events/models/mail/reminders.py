"""Reminder rules, and their occurrences, each with the moment when it falls due."""

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.models.base.claimable import Claimable, ClaimableQuerySet
from events.models.base.teams import Team
from events.models.events.events import Event

BEFORE = ["nominal_days", "exact_hours", "exact_minutes"]


class ReminderRule(models.Model):
    """When to write to which attendees: for one event, or the default for all events of a team.

    An event with rules of its own does not use those of its team.
    """

    class Topic(models.TextChoices):
        REMINDER = "reminder", _("reminder")
        THANKS = "thanks", _("thanks")
        FOLLOW_UP = "followup", _("follow-up")

    class OffsetKind(models.TextChoices):
        NOMINAL_DAYS = "nominal_days", _("days before, at a time of day")
        EXACT_HOURS = "exact_hours", _("hours before")
        EXACT_MINUTES = "exact_minutes", _("minutes before")
        DAYS_AFTER = "days_after", _("days after the end, at a time of day")
        MINUTES_AFTER = "minutes_after", _("minutes after the end")

    class Answers(models.TextChoices):
        EXPECTED = "expected", _("everybody who is expected")
        ACCEPTED = "accepted", _("who has accepted")
        UNANSWERED = "unanswered", _("who has not answered yet")

    class Clock(models.TextChoices):
        EVENT = "event", _("at the event")
        READER = "reader", _("where the reader is")

    AFTER = (OffsetKind.DAYS_AFTER, OffsetKind.MINUTES_AFTER)
    IN_DAYS = (OffsetKind.NOMINAL_DAYS, OffsetKind.DAYS_AFTER)
    SPANS: ClassVar = {
        OffsetKind.NOMINAL_DAYS: ngettext_lazy(
            "%(number)s day before", "%(number)s days before", "number"
        ),
        OffsetKind.EXACT_HOURS: ngettext_lazy(
            "%(number)s hour before", "%(number)s hours before", "number"
        ),
        OffsetKind.EXACT_MINUTES: ngettext_lazy(
            "%(number)s minute before", "%(number)s minutes before", "number"
        ),
        OffsetKind.DAYS_AFTER: ngettext_lazy(
            "%(number)s day after the end", "%(number)s days after the end", "number"
        ),
        OffsetKind.MINUTES_AFTER: ngettext_lazy(
            "%(number)s minute after the end", "%(number)s minutes after the end", "number"
        ),
    }

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, related_name="reminder_rules", verbose_name=_("event")
    )
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, related_name="reminder_rules", verbose_name=_("team")
    )
    topic = models.CharField(
        pgettext_lazy("of a mail", "about"), max_length=8, choices=Topic, default=Topic.REMINDER
    )
    offset_kind = models.CharField(
        _("counted in"), max_length=13, choices=OffsetKind, default=OffsetKind.NOMINAL_DAYS
    )
    offset = models.PositiveIntegerField(_("how long before or after"), default=1)
    at_local_time = models.TimeField(
        _("at"), default=time(9), help_text=_("Time of day; for days only.")
    )
    clock = models.CharField(
        pgettext_lazy("that a time of day is read from", "clock"),
        max_length=6,
        choices=Clock,
        default=Clock.EVENT,
        help_text=_("Whoever has no time zone on record is written to by that of the event."),
    )
    roles = models.JSONField(
        _("roles"), default=list, blank=True, help_text=_("None chosen: everybody.")
    )
    answers = models.CharField(
        _("answer"), max_length=10, choices=Answers, default=Answers.EXPECTED
    )
    tag = models.CharField(
        _("tag"), max_length=60, blank=True, help_text=_("Only attendees who bear it.")
    )
    subtree = models.BooleanField(
        _("parts too"),
        default=False,
        help_text=_("Whoever attends the event or any part of it, each once."),
    )
    enabled = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[
                        of,
                        "topic",
                        "offset_kind",
                        "offset",
                        "at_local_time",
                        "clock",
                        "roles",
                        "answers",
                        "tag",
                        "subtree",
                    ],
                    name=f"reminder_rule_once_per_{of}",
                )
                for of in ("event", "team")
            ),
            models.CheckConstraint(
                condition=Q(event=None, team__isnull=False) | Q(event__isnull=False, team=None),
                name="reminder_rule_of_an_event_or_a_team",
            ),
            models.CheckConstraint(
                condition=Q(topic="reminder", offset_kind__in=BEFORE)
                | Q(topic__in=["thanks", "followup"]) & ~Q(offset_kind__in=BEFORE),
                name="reminder_rule_before_or_after",
                violation_error_message=_(
                    "A reminder comes before the event, thanks and a follow-up after its end."
                ),
            ),
        ]

    def __str__(self) -> str:
        """Return “2 days before, 09:00”, with the clock added if it is the reader's."""
        span = self.SPANS[self.OffsetKind(self.offset_kind)] % {"number": self.offset}
        if self.offset_kind not in self.IN_DAYS:
            return str(span)
        hours = f"{self.at_local_time:%H:%M}"
        if self.is_by_reader:
            words = {"hours": hours, "place": self.get_clock_display()}
            hours = gettext("%(hours)s (%(place)s)") % words
        return gettext("%(day)s, %(hours)s") % {"day": span, "hours": hours}

    @property
    def is_after(self) -> bool:
        """Whether the offset counts from the end of the event rather than to its start."""
        return self.offset_kind in self.AFTER

    @property
    def is_by_reader(self) -> bool:
        """Whether it falls due at a different moment in each reader's time zone."""
        return self.clock == self.Clock.READER and self.offset_kind in self.IN_DAYS


class ReminderOccurrence(Claimable):
    """One rule falling due for one event; moving the event moves this row.

    After fan-out a row is only moved a little; for a larger move a new row of the next
    `schedule_epoch` replaces it. For rules by the reader's clock `due_at` is before the earliest
    reader's moment, and fan-out is repeated until the last reader's moment has passed.
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
    planned_at = models.DateTimeField()  # a reader whose moment is before this gets no mail
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)

    objects = ClaimableQuerySet["ReminderOccurrence"].as_manager()

    class Meta:
        verbose_name = _("due reminder")
        verbose_name_plural = _("due reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "event", "schedule_epoch"], name="occurrence_once_per_epoch"
            ),
            models.CheckConstraint(
                condition=Q(claim_at=None) | Q(state__in=["planned", "expanded"]),
                name="occurrence_claimable_while_it_stands",
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
