"""Mails that people send in reply to invitations: what each said, and what was done with it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import Membership, Viewer, sees_all, teams_of
from events.models.events.events import Event
from events.models.people.attendees import Attendee
from events.models.people.people import Person


class ReplyQuerySet(models.QuerySet["Reply"]):
    def visible_to(self, user: Viewer) -> Self:
        """Replies about events of teams where the user is organiser; others, superusers only."""
        if sees_all(user):
            return self.all()
        return self.filter(event__team__in=teams_of(user, Membership.Role.ORGANISER))

    def changeable_by(self, user: Viewer) -> Self:
        return self.visible_to(user)


class Reply(models.Model):
    """One reply by mail; a mail that arrives several times is processed once."""

    class Method(models.TextChoices):
        REPLY = "REPLY", _("answer")
        COUNTER = "COUNTER", _("another time proposed")
        REFRESH = "REFRESH", _("invitation asked for again")

    class State(models.TextChoices):
        OPEN = "open", _("to look at")
        APPLIED = "applied", _("applied")
        IGNORED = "ignored", _("overtaken")
        DISMISSED = "dismissed", _("dismissed")

    class Reason(models.TextChoices):
        NONE = "", _("none")
        TOO_LARGE = "too_large", _("too large to be read")
        UNREADABLE = "unreadable", _("cannot be read")
        AUTOMATIC = "automatic", _("sent by a machine")
        NO_CALENDAR = "no_calendar", _("no answer of a calendar program")
        OTHER_METHOD = "other_method", _("no answer to an invitation")
        UNKNOWN_EVENT = "unknown_event", _("about no event of ours")
        NOT_INVITED = "not_invited", _("the sender is not on the list")
        OTHER_SENDER = "other_sender", _("the sender is not who it speaks of")
        FORGED = "forged", _("the sender could not be verified")
        OUTDATED = "outdated", _("something newer has been said")
        NOT_ALLOWED = "not_allowed", _("not possible as things stand")
        COUNTER = "counter", _("another time is proposed")
        NO_SUBSTITUTE = "no_substitute", _("it is not known who comes instead")

    message_hash = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(_("received at"))
    sender = models.CharField(_("sender"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    method = models.CharField(_("kind"), max_length=7, choices=Method, blank=True)
    partstat = models.CharField(_("answer"), max_length=12, choices=Attendee.Partstat, blank=True)
    delegated_to = models.CharField(_("comes instead"), max_length=320, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    proposed_start_at = models.DateTimeField(_("proposed start"), null=True)
    proposed_end_at = models.DateTimeField(_("proposed end"), null=True)
    replied_at = models.DateTimeField(_("said at"), null=True)
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, related_name="replies", verbose_name=_("event")
    )
    attendee = models.ForeignKey(
        Attendee, models.SET_NULL, null=True, related_name="replies", verbose_name=_("attendee")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="replies", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(
        _("reason"), max_length=13, choices=Reason, blank=True, default=Reason.NONE
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)

    PERSONAL = ("sender", "subject", "delegated_to", "comment")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | ~Q(state="open") & Q(settled_at__isnull=False),
                name="reply_is_open_until_settled",
            )
        ]
        indexes = [
            models.Index(fields=["settled_at"], name="reply_settled"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or "–"
