"""Delegations, their legs and their members."""

from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import (
    Appointment,
    Event,
    Evidence,
    Organisation,
    Person,
    Sector,
    Team,
    Viewer,
)
from events.models.teams import Owned, OwnedQuerySet


class DelegationQuerySet(OwnedQuerySet["Delegation"]):
    """Delegations; nothing of them is public but their mission, which is an event."""


class Delegation(Owned):
    """A body that travels together: a trade mission, an official delegation, a visit party."""

    class Kind(models.TextChoices):
        TRADE_MISSION = "trade_mission", _("trade mission")
        OFFICIAL_DELEGATION = "official_delegation", _("official delegation")
        DUTY_VISIT = "duty_visit", _("duty visit")
        BUSINESS_DELEGATION = "business_delegation", _("business delegation")

    class Direction(models.TextChoices):
        OUTWARD = "outward", _("outward")
        INWARD = "inward", _("inward")

    class Status(models.TextChoices):
        PLANNING = "planning", _("planning")
        RECRUITING = "recruiting", _("recruiting")
        SELECTING = "selecting", _("selecting")
        CONFIRMED = "confirmed", _("confirmed")
        CONCLUDED = "concluded", _("concluded")
        CANCELLED = "cancelled", _("cancelled")

    slug = models.SlugField(_("short name"), unique=True, max_length=120)
    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.OFFICIAL_DELEGATION
    )
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction, default=Direction.OUTWARD
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNING)
    purpose = models.TextField(_("purpose"), blank=True)
    sending_organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations_sent",
        verbose_name=_("sent by"),
    )
    organiser = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations_organised",
        verbose_name=_("organised by"),
    )
    mission = models.OneToOneField(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegation",
        verbose_name=_("mission"),
        help_text=_("The event that is the whole journey."),
    )
    sectors = models.ManyToManyField(Sector, blank=True, verbose_name=_("sectors"))
    quota = models.PositiveIntegerField(_("quota"), null=True, blank=True)
    applications_close = models.OneToOneField(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closes_applications_of",
        limit_choices_to={"kind": Event.Kind.DEADLINE},
        verbose_name=_("applications close"),
    )
    fee = models.DecimalField(_("fee"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("ISO 4217, such as HKD.")
    )
    invitation_ref = models.CharField(
        _("invitation"), max_length=120, blank=True, help_text=_("Letter or note verbale.")
    )
    origin = models.CharField(
        _("origin"),
        max_length=8,
        choices=Event.Origin,
        default=Event.Origin.MANAGED,
        editable=False,
    )
    evidence = GenericRelation(Evidence)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="reported") | Q(team__isnull=False, mission__isnull=False),
                name="managed_delegation_has_team_and_mission",
                violation_error_message=_(
                    "A delegation of our own belongs to a team and has a mission."
                ),
            ),
            models.CheckConstraint(
                condition=Q(fee=None) | ~Q(currency=""),
                name="fee_has_a_currency",
                violation_error_message=_("A fee has a currency."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TradeMission(Delegation):
    """A delegation of business people, as a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("trade mission")
        verbose_name_plural = _("trade missions")


class Leg(models.Model):
    """A stop of a delegation: a stay at one place, with the ways there and on."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="legs")
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    stay = models.OneToOneField(Event, models.PROTECT, related_name="leg", verbose_name=_("stay"))
    host = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legs_hosted",
        verbose_name=_("host"),
    )
    liaison = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="legs_looked_after",
        verbose_name=_("liaison officer"),
    )
    arrival = models.OneToOneField(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrival_of",
        verbose_name=_("arrival"),
    )
    departure = models.OneToOneField(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departure_of",
        verbose_name=_("departure"),
    )

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")

    def __str__(self) -> str:
        return str(self.stay)


class DelegateQuerySet(models.QuerySet["Delegate"]):
    def visible_to(self, user: Viewer) -> Self:
        """Members of delegations that the user's teams own, or that are shared."""
        if user.is_superuser:
            return self.all()
        if not user.is_staff:
            return self.none()
        return self.filter(Q(delegation__team=None) | Q(delegation__team__in=Team.objects.of(user)))


class Delegate(models.Model):
    """A person's place in a delegation."""

    class Capacity(models.TextChoices):
        HEAD = "head", _("head of delegation")
        DEPUTY = "deputy", _("deputy head")
        DELEGATE = "delegate", _("delegate")
        ALTERNATE = "alternate", _("alternate")
        ADVISER = "adviser", _("adviser")
        OBSERVER = "observer", _("observer")
        SECRETARY = "secretary", _("delegation secretary")
        LIAISON = "liaison", _("liaison officer")
        ADVANCE = "advance", _("advance party")
        INTERPRETER = "interpreter", _("interpreter")
        MEDIA = "media", _("accompanying media")
        SECURITY = "security", _("security")

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="delegates")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegate_places",
        verbose_name=_("person"),
    )
    label = models.CharField(
        _("unnamed"), max_length=200, blank=True, help_text=_("For members not named yet.")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegates",
        verbose_name=_("organisation"),
    )
    appointment = models.ForeignKey(
        Appointment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in the capacity of"),
    )
    capacity = models.CharField(
        pgettext_lazy("of a delegate", "capacity"),
        max_length=11,
        choices=Capacity,
        default=Capacity.DELEGATE,
    )
    precedence = models.PositiveSmallIntegerField(_("precedence"), null=True, blank=True)
    legs = models.ManyToManyField(
        Leg, blank=True, related_name="delegates", help_text=_("None chosen: all legs.")
    )
    counted = models.BooleanField(
        _("counted"), default=True, help_text=_("Off for those who travel along.")
    )

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "person"], name="person_once_per_delegation"
            ),
            models.UniqueConstraint(
                fields=["delegation", "precedence"], name="precedence_once_per_delegation"
            ),
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(capacity="head"),
                name="one_head_per_delegation",
                violation_error_message=_("A delegation has one head."),
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(label=""),
                name="delegate_is_somebody",
                violation_error_message=_("Choose a person, or say who it is."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.label
