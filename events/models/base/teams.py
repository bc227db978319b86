"""Users, teams and memberships; base query sets that decide which rows a user may see or change."""

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.base.fields import LanguageField, TimezoneField


class User(AbstractUser):
    """A login, with the language and time zone in which pages are shown."""

    class AnswerMails(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day")
        NEVER = "never", pgettext_lazy("how often a mail is wanted", "never")

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
    answer_mails = models.CharField(
        _("mails about answers"),
        max_length=7,
        choices=AnswerMails,
        default=AnswerMails.DAILY,
        help_text=_("How often organisers are told of answers to their invitations."),
    )

    # An erased person's login stays, but the history of it must not say whose it was.
    PERSONAL = ("person",)
    NO_HISTORY = ("password", "last_login")

    @cached_property
    def answers(self) -> dict[str, list[int]]:
        """The cached answers of `once`; a user object lives for one request."""
        return {}


Viewer = User | AnonymousUser
# States in which a public event is visible to everybody: all but draft.
PUBLISHED = ("tentative", "confirmed", "postponed", "cancelled")


def works_here(user: Viewer) -> bool:
    """Whether the user is an active member of the staff."""
    return user.is_active and user.is_staff


def sees_all(user: Viewer) -> bool:
    """Whether the user may see and change all rows."""
    return works_here(user) and user.is_superuser


def once(user: Viewer, question: str, ask: Callable[[], list[int]]) -> list[int]:
    """Return the answer to a question, cached on the user object, which lives for one request."""
    if isinstance(user, AnonymousUser):
        return ask()
    if question not in user.answers:
        user.answers[question] = ask()
    return user.answers[question]


def forget(user: Viewer) -> None:
    """Drop the cached answers, because the user's memberships or assignments may have changed."""
    if isinstance(user, User):
        user.answers.clear()


def teams_of(user: Viewer, *roles: str) -> list[int]:
    """Return the keys of the teams in which the user has one of the roles, or any role.

    They are read once for each user object. Literal keys in a query, unlike a sub-query, let the
    database use its indexes.
    """
    if isinstance(user, AnonymousUser) or not works_here(user):
        return []
    models.prefetch_related_objects([user], "memberships")
    held = user.memberships.all()
    return sorted(row.team_id for row in held if not roles or row.role in roles)


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: Viewer, *roles: str) -> Self:
        """Teams in which the user has one of the roles, or any role."""
        return self.filter(pk__in=teams_of(user, *roles))

    def visible_to(self, user: Viewer) -> Self:
        return self.all() if sees_all(user) else self.of(user)

    def changeable_by(self, user: Viewer) -> Self:
        """Teams whose settings the user may change; only superusers change their memberships."""
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

    # Roles of people who see only what they attend, and so nothing without a person.
    NEEDS_PERSON = (Role.LIAISON, Role.SECRETARY)

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

    @property
    def lacks_person(self) -> bool:
        """Whether the user sees nothing of the team, because nobody knows who it is at events."""
        return self.role in self.NEEDS_PERSON and self.user.person_id is None


Row = TypeVar("Row", bound=models.Model)


class SharedQuerySet(models.QuerySet[Row]):
    """Rows that all teams share and everybody may see: sectors, sources."""

    def visible_to(self, user: Viewer) -> Self:
        return self.all()

    def changeable_by(self, user: Viewer) -> Self:
        return self.all() if sees_all(user) else self.none()


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows that a team owns; a row without a team is reference data that all teams share."""

    # The roles that may add such rows, within the rows that they may change.
    added_by: ClassVar[tuple[str, ...]] = (Membership.Role.ORGANISER,)

    def visible_to(self, user: Viewer) -> Self:
        """Rows that the user may see: all shared ones, and those that their roles permit."""
        if sees_all(user):
            return self.all()
        if not works_here(user):
            return self.public()
        return self.filter(models.Q(team=None) | self.seen_as_member(user))

    def changeable_by(self, user: Viewer) -> Self:
        """Rows that the user may change: those of the teams in which they are organiser."""
        return self.all() if sees_all(user) else self.filter(self.changed_as_member(user))

    def seen_as_member(self, user: Viewer) -> models.Q:
        """The condition for rows of the user's teams that they may see; by default all."""
        return models.Q(team__in=teams_of(user))

    def changed_as_member(self, user: Viewer) -> models.Q:
        """The condition for rows of the user's teams that they may change."""
        return models.Q(team__in=teams_of(user, Membership.Role.ORGANISER))

    def public(self) -> Self:
        """Rows that everybody may see, logged in or not."""
        return self.none()

    def shared_or_in_public(self, *paths: str) -> Self:
        """Shared rows, and rows that a public event leads to by one of the paths."""
        found = Q(team=None)
        for path in paths:
            public = {f"{path}__visibility": "public", f"{path}__status__in": PUBLISHED}
            rows = self.model._default_manager.filter(pk=OuterRef("pk"), **public)
            found |= Q(Exists(rows))
        return self.filter(found)


class PartQuerySet(models.QuerySet[Row]):
    """Rows that are part of another row, their holder, and inherit the permissions on it."""

    holder: ClassVar[str]
    added_by: ClassVar[tuple[str, ...]] = (Membership.Role.ORGANISER,)

    def visible_to(self, user: Viewer) -> Self:
        """Parts of holders that the user may see; none for users who are not staff."""
        if sees_all(user):
            return self.all()
        return self.filter(self.seen_as_member(user)) if works_here(user) else self.none()

    def changeable_by(self, user: Viewer) -> Self:
        if sees_all(user):
            return self.all()
        return self.filter(**{f"{self.holder}__in": self.holders(user)})

    def seen_as_member(self, user: Viewer) -> models.Q:
        """The condition for rows that members of the staff see: the parts of visible holders."""
        seen = self._holder_rows().visible_to(user)
        return models.Q(**{f"{self.holder}__in": seen})

    def holders(self, user: Viewer) -> models.QuerySet[Any]:
        """The holders whose parts the user may add, change and remove."""
        return self._holder_rows().changeable_by(user)

    def _holder_rows(self) -> Any:
        model: Any = self.model._meta.get_field(self.holder).related_model
        return model._default_manager.all()


class Owned(models.Model):
    """A row that belongs to a team, or is shared by all teams when `team` is empty."""

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
