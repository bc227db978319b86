"""Applications for seats in a delegation, and their nominees."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models.delegations import Delegate, Delegation, lead
from events.models import Appointment, Membership, Organisation, Person, Viewer
from events.models.base import duplicates
from events.models.base.teams import PartQuerySet, teams_of
from events.values.languages import columns


class ApplicationQuerySet(PartQuerySet["Application"]):
    holder = "delegation"

    def seen_as_member(self, user: Viewer) -> Q:
        """Applications to delegations of teams in which the user is organiser or viewer."""
        whole = (Membership.Role.ORGANISER, Membership.Role.VIEWER)
        return Q(delegation__team__in=teams_of(user, *whole))

    def live(self) -> Self:
        """Those that are neither declined, withdrawn nor lapsed."""
        return self.filter(status__in=Application.LIVE)

    def waiting(self) -> Self:
        """The waiting list, in the order of promotion."""
        return self.filter(status="waitlisted").order_by("submitted_at", "pk")


class Application(models.Model):
    """An organisation's request for seats in a delegation."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        UNDER_REVIEW = "under_review", _("under review")
        INFO_REQUESTED = "info_requested", _("information requested")
        ACCEPTED = "accepted", _("accepted")
        WAITLISTED = "waitlisted", _("on the waiting list")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    LIVE = (
        Status.DRAFT,
        Status.SUBMITTED,
        Status.INFO_REQUESTED,
        Status.UNDER_REVIEW,
        Status.WAITLISTED,
        Status.ACCEPTED,
        Status.CONFIRMED,
    )  # in the order of progress

    delegation = models.ForeignKey(
        Delegation,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("delegation"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("organisation"),
    )
    contact = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact"),
    )
    status = models.CharField(
        _("status"), max_length=14, choices=Status, default=Status.DRAFT, editable=False
    )
    statement = models.TextField(
        _("statement"), blank=True, help_text=_("What they offer and seek, by the criteria.")
    )
    vetting = models.TextField(_("vetting notes"), blank=True, help_text=_("For the team alone."))
    question = models.TextField(_("question to them"), blank=True)
    reply = models.TextField(_("their reply"), blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    confirm_by = models.DateTimeField(_("to be confirmed by"), null=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "organisation"],
                condition=~Q(status__in=["declined", "lapsed", "withdrawn"]),
                name="one_live_application",
                violation_error_message=_("This organisation has an application already."),
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(reason=""), name="declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(confirm_by__isnull=False),
                name="accepted_until",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="submitted_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirm_by"],
                condition=Q(status="accepted"),
                name="application_may_lapse",
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def merge_from(self, double: Self) -> bool:
        """Merge a second live application of the organisation; see `models.base.duplicates`.

        Refused (False) if the decisions differ and the application that is behind has nominees whom
        the other lacks, because the decision was made without them. The further state wins, with
        the earlier submission and the later date to confirm by.
        """
        ahead, behind = (self, double) if self.progress() >= double.progress() else (double, self)
        if ahead.stage() != behind.stage() and behind.proposes_more_than(ahead):
            return False
        self._add(double)
        if ahead is double:
            for column in ("status", "decided_at", "decided_by_id", "reason"):
                setattr(self, column, getattr(double, column))
        return True

    def _add(self, double: Self) -> None:
        submitted = (self.submitted_at, double.submitted_at)
        self.submitted_at = min(filter(None, submitted), default=None)
        self.confirm_by = max(filter(None, (self.confirm_by, double.confirm_by)), default=None)
        for name in ("statement", "vetting", "question", "reply"):
            setattr(self, name, duplicates.join(getattr(self, name), getattr(double, name)))
        duplicates.fill(self, double, "contact_id")

    def progress(self) -> int:
        """The progress of the application; higher is further."""
        return self.LIVE.index(self.Status(self.status))

    def stage(self) -> str:
        """The decision; '' if there is none."""
        decided = (self.Status.WAITLISTED, self.Status.ACCEPTED, self.Status.CONFIRMED)
        return self.status if self.status in decided else ""

    def proposes_more_than(self, other: Self) -> bool:
        """Whether it has a nominee whom the other lacks, or one without a name."""
        theirs = other.nominees.exclude(person=None).values("person")
        return self.nominees.exclude(person__in=theirs).exists()


class NomineeQuerySet(models.QuerySet["Nominee"]):
    def counted(self) -> Self:
        """Nominees who would fill a seat of the quota."""
        return self.exclude(capacity__in=Delegate.TRAVEL_ALONG)


class Nominee(models.Model):
    """A person whom an application nominates; becomes a delegate when it is confirmed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="nominees")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
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
    capacity = models.CharField(
        pgettext_lazy("of a delegate", "capacity"),
        max_length=11,
        choices=Delegate.Capacity,
        default=Delegate.Capacity.DELEGATE,
    )

    PERSONAL = ("label",)

    objects = NomineeQuerySet.as_manager()

    class Meta:
        verbose_name = _("nominee")
        verbose_name_plural = _("nominees")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person"], name="person_once_per_application"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(label=""),
                name="nominee_is_somebody",
                violation_error_message=_("Choose a person, or say who it is."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.label

    @property
    def is_counted(self) -> bool:
        """Whether they would fill a seat of the quota."""
        return self.capacity not in Delegate.TRAVEL_ALONG

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same person; the higher capacity wins."""
        self.capacity = min(self.capacity, double.capacity, key=lead)
        labels = columns("label")
        duplicates.fill(self, double, *labels, "appointment_id")
        return True
