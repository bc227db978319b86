"""Who works here, and what their teams own."""

from typing import Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.fields import LanguageField, TimezoneField


class User(AbstractUser):
    """A login, with the language and zone to show things in."""

    language = LanguageField(_("language"))
    timezone = TimezoneField(_("time zone"))


Viewer = User | AnonymousUser
# The states of an event that anybody may see, if it is public: all but the draft.
PUBLISHED = ("tentative", "confirmed", "postponed", "cancelled")


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: Viewer) -> Self:
        """Teams that the user belongs to, in any role."""
        return self.filter(memberships__user=user.pk)

    def run_by(self, user: Viewer) -> Self:
        """Teams whose records the user may change."""
        return self.filter(memberships__user=user.pk, memberships__role=Membership.Role.ORGANISER)

    def visible_to(self, user: Viewer) -> Self:
        return self.all() if user.is_superuser else self.of(user)


class Team(models.Model):
    """A group of organisers; it owns events and delegations."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(_("short name"), unique=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in a team."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("organiser")
        LIAISON = "liaison", _("liaison officer")
        SECRETARY = "secretary", _("head’s secretary")
        VIEWER = "viewer", _("viewer")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="membership_once_per_team")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows that a team owns; a row without a team is shared reference data."""

    def visible_to(self, user: Viewer) -> Self:
        """What the user may see: everything shared, and what their teams own."""
        if user.is_superuser:
            return self.all()
        if not user.is_staff:
            return self.public()
        return self.filter(models.Q(team=None) | models.Q(team__in=Team.objects.of(user)))

    def changeable_by(self, user: Viewer) -> Self:
        """What the user may change: the rows of the teams that they run."""
        if user.is_superuser:
            return self.all()
        return self.filter(team__in=Team.objects.run_by(user))

    def public(self) -> Self:
        """What anybody may see."""
        return self.none()


class Owned(models.Model):
    """Something that belongs to a team, or to everybody when it has none."""

    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("Empty: shared by all teams."),
    )

    class Meta:
        abstract = True
