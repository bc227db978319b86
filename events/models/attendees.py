"""Who takes part in an event."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.events import Event
from events.models.fields import LanguageField
from events.models.people import Appointment, Organisation, Person
from events.models.teams import Team, Viewer


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def visible_to(self, user: Viewer) -> Self:
        """Attendees of events that the user's teams own, or that are shared."""
        if user.is_superuser:
            return self.all()
        if not user.is_staff:
            return self.none()
        return self.filter(Q(event__team=None) | Q(event__team__in=Team.objects.of(user)))

    def changeable_by(self, user: Viewer) -> Self:
        if user.is_superuser:
            return self.all()
        return self.filter(event__team__in=Team.objects.run_by(user))

    def expected(self) -> Self:
        """Those who have neither declined nor lost their place."""
        return self.exclude(
            Q(answer__in=[Attendee.Answer.DECLINED, Attendee.Answer.DELEGATED])
            | Q(place__in=[Attendee.Place.CANCELLED, Attendee.Place.WAITLISTED])
        )

    def reachable(self) -> Self:
        """Those who can be written to."""
        return self.exclude(person=None).exclude(person__email="")


class Attendee(models.Model):
    """RFC 5545's ATTENDEE: a person at an event, with role, answer and presence."""

    class Role(models.TextChoices):
        HEAD = "head", _("head of delegation")
        DEPUTY = "deputy", _("deputy head")
        DELEGATE = "delegate", _("delegate")
        SPEAKER = "speaker", _("speaker")
        GUEST_OF_HONOUR = "guest_of_honour", _("guest of honour")
        REPRESENTATIVE = "representative", _("representative")
        PARTICIPANT = "participant", _("participant")
        MEDIA = "media", _("media")
        STAFF = "staff", _("staff")
        INTERPRETER = "interpreter", _("interpreter")

    class Answer(models.TextChoices):
        NEEDS_ACTION = "needs_action", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        TENTATIVE = "tentative", _("tentative")
        DECLINED = "declined", _("declined")
        DELEGATED = "delegated", _("sent a substitute")

    class Place(models.TextChoices):
        NONE = "none", _("none needed")
        CONFIRMED = "confirmed", _("confirmed")
        WAITLISTED = "waitlisted", _("on the waiting list")
        CANCELLED = "cancelled", _("cancelled")

    class Presence(models.TextChoices):
        EXPECTED = "expected", _("expected")
        CHECKED_IN = "checked_in", _("checked in")
        ATTENDED = "attended", _("attended")
        NO_SHOW = "no_show", _("no-show")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="attendees", verbose_name=_("event")
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("person"),
    )
    label = models.CharField(
        _("unnamed"), max_length=200, blank=True, help_text=_("For members not named yet.")
    )
    appointment = models.ForeignKey(
        Appointment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in the capacity of"),
    )
    representing = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("representing"),
    )
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.PARTICIPANT)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    answer = models.CharField(
        _("answer"), max_length=12, choices=Answer, default=Answer.NEEDS_ACTION
    )
    place = models.CharField(
        pgettext_lazy("at an event", "place"), max_length=10, choices=Place, default=Place.NONE
    )
    presence = models.CharField(
        _("presence"), max_length=10, choices=Presence, default=Presence.EXPECTED
    )
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    substitute_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="substitutes"
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    language = LanguageField(_("language"), help_text=_("Empty: the person’s own."))
    created_at = models.DateTimeField(
        _("registered at"), db_default=Now(), editable=False
    )  # the database’s clock, as the tick’s: whoever comes after a reminder gets none
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="person_once_per_event"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(label=""),
                name="attendee_is_somebody",
                violation_error_message=_("Choose a person, or say who it is."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.label
