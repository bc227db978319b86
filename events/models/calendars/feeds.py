"""Secret calendar feeds, and their caches, which answer for a feed that has not changed."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import LanguageField
from events.models.base.teams import Membership, Team, Viewer, sees_all, teams_of
from events.models.events.events import Event
from events.models.people.attendees import Attendee
from events.models.people.people import Person


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    added_by = (Membership.Role.ORGANISER,)

    def visible_to(self, user: Viewer) -> Self:
        """Feeds that teams of the user have handed out; only organisers see them."""
        if sees_all(user):
            return self.all()
        return self.filter(team__in=teams_of(user, Membership.Role.ORGANISER))

    def changeable_by(self, user: Viewer) -> Self:
        return self.visible_to(user)


class CalendarFeed(models.Model):
    """A calendar at a secret address, handed out by a team; the address alone gives access.

    With a person: the events that concern the person, limited to `event` and its subtree if one is
    set. Without a person: the event and its subtree, or what concerns its attendees in `role`.
    """

    name = models.CharField(
        _("name"), max_length=100, help_text=_("Where it is used: phone, laptop, office wall.")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("It shows what this team owns, and what all teams share."),
    )
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feeds",
        verbose_name=_("person"),
        help_text=_("Empty: for nobody in particular."),
    )
    event = models.ForeignKey(
        Event,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feeds",
        verbose_name=_("within"),
        help_text=_("Only this event and its parts: of a delegation, its mission."),
    )
    role = models.CharField(
        _("role"),
        max_length=15,
        choices=Attendee.Role,
        blank=True,
        help_text=_("Only what concerns those who attend in this role."),
    )
    language = LanguageField(
        _("language"), help_text=_("Empty: that of the person, else yours, else English.")
    )
    alarm = models.PositiveSmallIntegerField(
        _("alarm"),
        null=True,
        blank=True,
        help_text=_("Minutes before the start; empty: none. Many calendar programs ignore it."),
    )
    tentative = models.BooleanField(_("tentative events too"), default=True)
    past_days = models.PositiveSmallIntegerField(
        _("past days"), default=90, help_text=_("How long events stay after their last day.")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("address ends in"), max_length=6, editable=False)
    created_at = models.DateTimeField(_("handed out"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    last_read_at = models.DateTimeField(_("last read"), null=True, editable=False)

    PERSONAL = ("name",)
    NO_HISTORY = ("token_hash", "last_read_at")

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(event__isnull=False),
                name="feed_is_of_somebody_or_something",
                violation_error_message=_("Choose a person, or an event, or both."),
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(person=None),
                name="feed_of_a_role_is_nobodys_own",
                violation_error_message=_("A role is for a feed without a person."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeedState(models.Model):
    """The cached body of a feed in one language, which is sent again while nothing changes.

    `changes` and `total` are the count and the sum of keys of the changes on record when it was
    written, in the trees that it depends on and about its person. At `valid_until` an event leaves
    the feed. `packed` is compressed with gzip; `modified` is in seconds since 1970.
    """

    feed = models.ForeignKey(CalendarFeed, models.CASCADE, related_name="states")
    language = models.CharField(max_length=8)
    version = models.CharField(max_length=16)
    changes = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    etag = models.CharField(max_length=40)
    modified = models.PositiveBigIntegerField()
    valid_until = models.DateTimeField(null=True)
    packed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "language"], name="state_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.feed} · {self.language}"


class FeedVersion(models.Model):
    """A version of the program that has written public feeds, and the moment of the first.

    What a public feed shows depends on the program too, so it is not older than this moment.
    """

    version = models.CharField(max_length=16, primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.version


class FeedTree(models.Model):
    """The root of a tree of events that a cached feed depends on, including trees not shown yet."""

    state = models.ForeignKey(FeedState, models.CASCADE, related_name="trees")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state", "event"], name="tree_once_per_state")
        ]

    def __str__(self) -> str:
        return f"{self.state} · {self.event}"


class RenderedEvent(models.Model):
    """The rendering of an event: one stored VEVENT for one language and kind of reader.

    All feeds share it. `entitled` readers get the link of the live stream. It is valid while
    `revision` equals that of the event and `version` that of the program.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    language = models.CharField(max_length=8)
    entitled = models.BooleanField()
    revision = models.PositiveIntegerField()
    version = models.CharField(max_length=16)
    body = models.BinaryField()
    about = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "language", "entitled"], name="rendered_once_for_each_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.language}"
