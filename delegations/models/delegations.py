"""Delegations, their legs and their members."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import (
    Appointment,
    Attendee,
    Event,
    Evidence,
    Membership,
    Organisation,
    Person,
    Sector,
    Viewer,
)
from events.models.base import duplicates
from events.models.base.findable import Findable, FindableQuerySet, length
from events.models.base.teams import Owned, PartQuerySet, sees_all, teams_of
from events.values.languages import columns


class DelegationQuerySet(FindableQuerySet["Delegation"]):
    """Delegations; only the mission of a delegation, which is an event, can be public."""

    def seen_as_member(self, user: Viewer) -> Q:
        """Organisers and viewers see all; others those where they serve a leg or the head."""
        whole = (Membership.Role.ORGANISER, Membership.Role.VIEWER)
        work = (Membership.Role.LIAISON, Membership.Role.SECRETARY)
        theirs = Q(legs__stay__in=Event.objects.of_liaison(user))
        theirs |= Q(mission__in=Event.objects.of_secretary(user))
        teams = teams_of(user, *work)
        # Filter by team in the outer and the inner query, so that PostgreSQL uses the team index
        # instead of reading the delegations of other teams.
        worked_for = Q(team__in=teams, pk__in=Delegation.objects.filter(theirs, team__in=teams))
        return Q(team__in=teams_of(user, *whole)) | worked_for

    def preference(self, ours: Case, now: datetime) -> Sequence[Any]:
        """Before others those whose mission is not over, or has no date."""
        past = Q(mission__end_on__lt=now.date())
        return (Case(When(past, then=1), default=0), length("name"), ours)


class Delegation(Findable, Owned):
    """A group that travels together: a trade mission, an official delegation, a visiting party."""

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
    criteria = models.TextField(
        _("criteria"), blank=True, help_text=_("The same for all who apply.")
    )
    quota = models.PositiveIntegerField(
        _("quota"), null=True, blank=True, help_text=_("Seats; who travels along is not counted.")
    )
    organisation_quota = models.PositiveIntegerField(
        _("seats per organisation"), null=True, blank=True
    )
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

    @property
    def is_managed(self) -> bool:
        """Whether a team of ours runs it; a reported delegation has no steps."""
        return self.origin == Event.Origin.MANAGED

    @property
    def is_open(self) -> bool:
        """Whether a team of ours runs it, and it is neither concluded nor cancelled."""
        over = (self.Status.CONCLUDED, self.Status.CANCELLED)
        return self.is_managed and self.status not in over

    @property
    def is_called_off(self) -> bool:
        """Whether its mission and its call stay cancelled: the life cycle of events asks this."""
        return self.status == self.Status.CANCELLED


class TradeMission(Delegation):
    """A proxy for delegations of business people, with a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("trade mission")
        verbose_name_plural = _("trade missions")


class LegQuerySet(PartQuerySet["Leg"]):
    holder = "delegation"

    def visible_to(self, user: Viewer) -> Self:
        """Legs of visible delegations whose stay is visible."""
        if sees_all(user):
            return self.all()
        return super().visible_to(user).filter(stay__in=Event.objects.visible_to(user))

    def in_order(self) -> Self:
        """Ordered by their days; there is no other order of legs."""
        return self.order_by(F("stay__start_on").asc(nulls_last=True), "stay__start_at", "pk")


class Leg(models.Model):
    """A leg of a delegation: the stay at one place, with arrival and departure."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="legs")
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

    objects = LegQuerySet.as_manager()

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")

    def __str__(self) -> str:
        return str(self.stay)


class DelegateQuerySet(PartQuerySet["Delegate"]):
    holder = "delegation"

    def seen_as_member(self, user: Viewer) -> Q:
        """Organisers and viewers see all, liaison officers their parties, secretaries heads."""
        whole = (Membership.Role.ORGANISER, Membership.Role.VIEWER)
        looked_after = Leg.objects.filter(stay__in=Event.objects.of_liaison(user))
        all_legs = Q(legs=None, delegation__in=looked_after.values("delegation"))
        served = Q(capacity="head", delegation__mission__in=Event.objects.of_secretary(user))
        theirs = Delegate.objects.filter(Q(legs__in=looked_after) | all_legs | served)
        return (
            Q(delegation__team=None)
            | Q(delegation__team__in=teams_of(user, *whole))
            | Q(pk__in=theirs)
        )

    def in_order(self) -> Self:
        """Ordered by precedence; members without a rank last."""
        return self.order_by(F("precedence").asc(nulls_last=True), "pk")

    def counted(self) -> Self:
        """Members who fill a seat of the quota."""
        return self.filter(counted=True)


class Delegate(models.Model):
    """A member of a delegation, named or not, with their capacity."""

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

    # They travel with the delegation but fill no seat of the quota.
    TRAVEL_ALONG = (
        Capacity.LIAISON,
        Capacity.ADVANCE,
        Capacity.INTERPRETER,
        Capacity.MEDIA,
        Capacity.SECURITY,
    )

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
        Leg,
        blank=True,
        related_name="delegates",
        verbose_name=_("legs"),
        help_text=_("None chosen: all legs."),
    )
    counted = models.BooleanField(
        _("counted"), default=True, help_text=_("Off for those who travel along.")
    )
    application = models.ForeignKey(
        "delegations.Application",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="delegates",
        verbose_name=_("application"),
    )

    PERSONAL = ("label",)

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

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same person in the delegation; see `models.base.duplicates`.

        The higher capacity wins, with its rank: head, deputy, members, those who travel along; on a
        tie this row's. The legs of both rows are joined, or all legs if either row is on all.
        """
        part = ("capacity", "precedence", "organisation_id", "appointment_id")
        if lead(double.capacity) < lead(self.capacity):
            duplicates.take(self, double, *part)
            self.counted = double.counted
        labels = columns("label")
        duplicates.fill(self, double, *part, *labels, "application_id")
        if not (self.legs.exists() and double.legs.exists()):
            self.legs.clear()
            double.legs.clear()
        return True


def lead(capacity: str) -> int:
    """The rank of a capacity; 0 is the highest."""
    ranks = {Delegate.Capacity.HEAD: 0, Delegate.Capacity.DEPUTY: 1}
    last = 3 if capacity in Delegate.TRAVEL_ALONG else 2
    return ranks.get(Delegate.Capacity(capacity), last)


class RosterAttendee(models.Model):
    """Marks an attendee that follows a roster: a delegate at the mission, or at a leg.

    `domain.rosters` keeps these rows up to date. An attendee without one was added by hand. A row
    without a delegate is that of a leg's liaison officer, or of a former delegate.
    """

    delegate = models.ForeignKey(
        Delegate, models.SET_NULL, null=True, blank=True, related_name="attendances"
    )
    attendee = models.OneToOneField(Attendee, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")

    def __str__(self) -> str:
        return str(self.attendee)

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same attendee; a delegate wins over a liaison officer."""
        duplicates.fill(self, double, "delegate_id")
        return True
