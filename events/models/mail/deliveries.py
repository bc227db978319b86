"""Deliveries, one row for one mail to one person; and the known state of the mail server."""

import uuid
from enum import StrEnum
from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from events.models.base.claimable import Leasable, LeasableQuerySet
from events.models.base.fields import LanguageField, TimezoneField
from events.models.base.teams import Membership, Team, Viewer, sees_all, teams_of
from events.models.events.events import Event
from events.models.mail import kinds
from events.models.mail.notices import NoticeBatch
from events.models.mail.reminders import ReminderOccurrence
from events.models.people.attendees import Attendee
from events.models.people.people import Person


class DeliveryQuerySet(LeasableQuerySet["Delivery"]):
    def visible_to(self, user: Viewer) -> Self:
        """Deliveries of the user's teams, for organisers only, because they contain addresses."""
        if sees_all(user):
            return self.all()
        return self.filter(team__in=teams_of(user, Membership.Role.ORGANISER))

    def changeable_by(self, user: Viewer) -> Self:
        """Deliveries that the user may release, drop or send again."""
        return self.visible_to(user)

    def invitations(self) -> Self:
        """Mails that make a calendar program show an event, or remove it."""
        return self.filter(kind__in=Delivery.INVITATIONS)

    def unsent(self) -> Self:
        """Deliveries that can still be cancelled."""
        return self.filter(state__in=Delivery.UNSENT)

    def call_back(self) -> int:
        """Cancel those that have not been sent, and return their number.

        A held delivery keeps the reason `held`, so that it is held again if it is revived.
        """
        was_held = When(state=Delivery.State.HELD, then=Value(Delivery.Reason.HELD))
        return self.unsent().free(
            state=Delivery.State.CANCELLED,
            reason=Case(was_held, default=F("reason")),
            claim_at=None,
        )

    def out(self) -> Self:
        """Deliveries that have been sent, or may have been."""
        return self.filter(Q(state__in=Delivery.OUT) | Q(unknown_count__gt=0))

    def withheld(self) -> Self:
        """Deliveries that an organiser chose never to send; they record what was not told."""
        return self.filter(state=Delivery.State.CANCELLED, reason=Delivery.Reason.WITHHELD)

    def holding(self) -> Self:
        """Deliveries that have been sent or are still going to be."""
        return self.filter(Q(state__in=(*Delivery.OUT, *Delivery.UNSENT)) | Q(unknown_count__gt=0))


class Delivery(Leasable):
    """One mail to one person; recipient and content are checked again just before sending."""

    class Kind(StrEnum):
        """The stored values of the kinds of mail about events, defined in `domain.mailkinds`."""

        REMINDER = "reminder"
        REQUEST = "request"
        CANCEL = "cancel"
        THANKS = "thanks"
        FOLLOW_UP = "followup"
        NOTICE = "notice"
        PROMOTION = "promoted"
        ANSWERS = "answers"

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        HELD = "held", _("held back")
        LEASED = "leased", _("being prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        PRESUMED = "presumed", _("taken to be sent")
        UNKNOWN = "unknown", _("not known whether sent")
        FAILED = "failed", _("failed")
        DEAD = "dead", _("given up")
        SKIPPED = "skipped", _("skipped")
        SUPPRESSED = "suppressed", _("address does not exist")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("too late")

    class Reason(models.TextChoices):
        OPTED_OUT = "opted_out", _("wants no such mail")
        STAYS_AWAY = "stays_away", _("is not expected any more")
        NO_ADDRESS = "no_address", _("has no address")
        NOT_MEANT = "not_meant", _("is not among those meant any more")
        EVENT_OFF = "event_off", _("the event does not take place")
        RULE_OFF = "rule_off", _("the rule is off")
        UNDONE = "undone", _("the change was undone")
        DROPPED = "dropped", _("an organiser dropped it")
        ANOTHER = "another", _("something newer is known")
        HELD = "held", _("was held back")
        NO_SENDER = "no_sender", _("nothing here sends mails of this kind any more")
        WITHHELD = "withheld", _("an organiser chose to tell nobody")
        ANSWERED = "answered", _("has answered meanwhile")

    public_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=kinds.choices, default=Kind.REMINDER)
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
    # A copy of the event's team, so that the deliveries of a team are found by an index.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("team"),
    )
    batch = models.ForeignKey(
        NoticeBatch, models.SET_NULL, null=True, related_name="deliveries", editable=False
    )  # the changes that a notice reports
    dedup_key = models.CharField(max_length=64, unique=True, editable=False)
    language = LanguageField(_("language"))
    zone = TimezoneField(_("time zone"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("useful until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Those that no mail server has answered.")
    )
    unknown_count = models.PositiveSmallIntegerField(
        _("doubts"), default=0, help_text=_("How often nobody could tell whether it was sent.")
    )
    # Raised when an organiser sends the mail again: a new number makes a new Message-ID.
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    # SEQUENCE and revision of the event that an invitation tells of: set when it is planned, and
    # again when it is composed.
    sequence = models.PositiveIntegerField(null=True, editable=False)
    revision = models.PositiveIntegerField(null=True, editable=False)
    # Whether it asks somebody again who has not answered an invitation (only of kind REQUEST).
    is_again = models.BooleanField(default=False, editable=False)
    # A digest of the composed content; '' before it is composed.
    content_digest = models.CharField(max_length=64, blank=True, editable=False)
    # What an invitation said of the event (`programme.snapshots`), to tell later what has changed.
    told = models.JSONField(null=True, editable=False, encoder=DjangoJSONEncoder)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    reason = models.CharField(
        _("reason"), max_length=10, choices=Reason, blank=True, help_text=_("Why it was not sent.")
    )

    PERSONAL = ("language", "zone", "detail")
    INVITATIONS: ClassVar = (Kind.REQUEST, Kind.CANCEL)
    UNSENT: ClassVar = (State.PENDING, State.HELD, State.LEASED)
    OUT: ClassVar = (State.SENDING, State.SENT, State.PRESUMED, State.UNKNOWN)

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
            # NOT NULL instead of a list of states: SQLite uses no partial index for bound values.
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
            models.Index(fields=["team"], condition=Q(state="held"), name="delivery_held"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"

    @property
    def is_out(self) -> bool:
        """Whether it has been sent, or may have been; the same rule as `out()`."""
        return self.state in self.OUT or self.unknown_count > 0


class Suppression(models.Model):
    """An address that a mail server rejected as non-existent; only its hash is stored."""

    address_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(_("since"))
    reply = models.CharField(_("reply"), max_length=300)

    class Meta:
        verbose_name = _("wrong address")
        verbose_name_plural = _("wrong addresses")

    def __str__(self) -> str:
        return self.reply


class MailBreaker(models.Model):
    """The circuit breaker of the mail server: after repeated failures it is only probed.

    There is one row. While `probe_at` is set the breaker is open: no mail is sent before that
    moment, then a single one as a probe.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_mail_breaker")]

    def __str__(self) -> str:
        return self.detail


class Heartbeat(models.Model):
    """The last time at which a periodic process ran."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
