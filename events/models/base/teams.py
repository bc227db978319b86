"""Who works here, and what their teams own."""

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import LanguageField, TimezoneField


class User(AbstractUser):
    """A login, with the language and zone to show things in."""

    language = LanguageField(_("language"))
    timezone = TimezoneField(_("time zone"))
    person = models.OneToOneField(
        "events.Person",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="user",
        verbose_name=_("person"),
        help_text=_("Who it is at events: liaison officers and secretaries see what they attend."),
    )

    @cached_property
    def answers(self) -> dict[str, list[int]]:
        """What was asked of the database `once` for this object; a request has its own."""
        return {}


Viewer = User | AnonymousUser
# The states of an event that anybody may see, if it is public: all but the draft.
PUBLISHED = ("tentative", "confirmed", "postponed", "cancelled")


def works_here(user: Viewer) -> bool:
    """Whether the user is on the staff and has not left."""
    return user.is_active and user.is_staff


def sees_all(user: Viewer) -> bool:
    """Whether the user may see and change whatever there is."""
    return works_here(user) and user.is_superuser


def once(user: Viewer, question: str, ask: Callable[[], list[int]]) -> list[int]:
    """Return the answer, which is asked for once for each user object: a request has its own."""
    if isinstance(user, AnonymousUser):
        return ask()
    if question not in user.answers:
        user.answers[question] = ask()
    return user.answers[question]


def forget(user: Viewer) -> None:
    """Ask anew from now on: what the user works for may have changed."""
    if isinstance(user, User):
        user.answers.clear()


def teams_of(user: Viewer, *roles: str) -> list[int]:
    """Return the keys of the user's teams: in one of the roles, or in any.

    They are read once for each user object; literal keys let the database use its indexes.
    """
    if isinstance(user, AnonymousUser) or not works_here(user):
        return []
    models.prefetch_related_objects([user], "memberships")
    held = user.memberships.all()
    return sorted(row.team_id for row in held if not roles or row.role in roles)


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: Viewer, *roles: str) -> Self:
        """Teams that the user belongs to: in one of the roles, or in any."""
        return self.filter(pk__in=teams_of(user, *roles))

    def visible_to(self, user: Viewer) -> Self:
        return self.all() if sees_all(user) else self.of(user)

    def changeable_by(self, user: Viewer) -> Self:
        """Those whose settings the user may change; who belongs to them, superusers decide."""
        return self.all() if sees_all(user) else self.of(user, Membership.Role.ORGANISER)


class Team(models.Model):
    """A group of organisers; it owns events and delegations."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(_("short name"), unique=True)
    quiet_from = models.TimeField(
        _("quiet from"),
        null=True,
        blank=True,
        help_text=_("At the reader’s clock; what falls due then waits, if it still can."),
    )
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=models.F("quiet_until")),
                name="team_quiet_hours_have_two_ends",
                violation_error_message=_("Quiet hours have a beginning and another end."),
            )
        ]

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


class SharedQuerySet(models.QuerySet[Row]):
    """Rows that all teams share, and that nobody hides: sectors, sources."""

    def visible_to(self, user: Viewer) -> Self:
        return self.all()

    def changeable_by(self, user: Viewer) -> Self:
        return self.all() if sees_all(user) else self.none()


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows that a team owns; a row without a team is shared reference data."""

    # Who may add such rows, each within what they may change.
    added_by: ClassVar[tuple[str, ...]] = (Membership.Role.ORGANISER,)

    def visible_to(self, user: Viewer) -> Self:
        """What the user may see: everything shared, and what their part in a team lets them."""
        if sees_all(user):
            return self.all()
        if not works_here(user):
            return self.public()
        return self.filter(models.Q(team=None) | self.seen_as_member(user))

    def changeable_by(self, user: Viewer) -> Self:
        """What the user may change: the rows of the teams that they run."""
        return self.all() if sees_all(user) else self.filter(self.changed_as_member(user))

    def seen_as_member(self, user: Viewer) -> models.Q:
        """What belongs to a team of the user that they may see; for most tables, all of it."""
        return models.Q(team__in=teams_of(user))

    def changed_as_member(self, user: Viewer) -> models.Q:
        """What belongs to a team of the user that they may change."""
        return models.Q(team__in=teams_of(user, Membership.Role.ORGANISER))

    def public(self) -> Self:
        """What anybody may see."""
        return self.none()

    def shared_or_in_public(self, *paths: str) -> Self:
        """What all teams share, and what a public event leads to by one of the paths."""
        found = Q(team=None)
        for path in paths:
            public = {f"{path}__visibility": "public", f"{path}__status__in": PUBLISHED}
            rows = self.model._default_manager.filter(pk=OuterRef("pk"), **public)
            found |= Q(Exists(rows))
        return self.filter(found)


class PartQuerySet(models.QuerySet[Row]):
    """Rows that are part of another row, their holder: who may change it may change them."""

    holder: ClassVar[str]
    added_by: ClassVar[tuple[str, ...]] = (Membership.Role.ORGANISER,)

    def visible_to(self, user: Viewer) -> Self:
        """What stands with something that the user may see; nothing for who has no way in."""
        if sees_all(user):
            return self.all()
        return self.filter(self.seen_as_member(user)) if works_here(user) else self.none()

    def changeable_by(self, user: Viewer) -> Self:
        if sees_all(user):
            return self.all()
        return self.filter(**{f"{self.holder}__in": self.holders(user)})

    def seen_as_member(self, user: Viewer) -> models.Q:
        """What a member of the staff may see: the parts of what they may see."""
        seen = self._holder_rows().visible_to(user)
        return models.Q(**{f"{self.holder}__in": seen})

    def holders(self, user: Viewer) -> models.QuerySet[Any]:
        """The rows whose parts the user may add, change and remove."""
        return self._holder_rows().changeable_by(user)

    def _holder_rows(self) -> Any:
        model: Any = self.model._meta.get_field(self.holder).related_model
        return model._default_manager.all()


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
