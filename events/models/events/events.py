"""The table of everything that happens at a time, and who may see and change which rows."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import reduce
from itertools import chain, islice
from operator import and_
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.base.findable import (
    Findable,
    FindableQuerySet,
    holding,
    holding_any,
    length,
)
from events.models.base.teams import (
    PUBLISHED,
    Membership,
    Owned,
    Viewer,
    once,
    teams_of,
)
from events.models.events.dates import Dated, ended
from events.models.events.evidence import Evidence
from events.models.events.places import Place
from events.models.events.sectors import Sector
from events.models.events.series import EventSeries
from events.models.events.vehicles import Vehicle
from events.values import dates

LEVELS = 4  # levels of the tree; the root is level 1
# The lookups to ancestors: parent, parent__parent, parent__parent__parent.
UPWARDS = tuple("__".join(["parent"] * level) for level in range(1, LEVELS))
# SAID_NO: attendees who declined or sent a substitute. STILL_THERE: attendees who did neither and
# have not lost their seat.
SAID_NO = Q(attendees__partstat__in=["declined", "delegated"])
STILL_THERE = Q(
    attendees__partstat__in=["needs_action", "accepted", "tentative"],
    attendees__seat__in=["none", "confirmed", "waitlisted"],
)

# A query set of events, a query for one column of event keys, or a list of keys.
Keys = models.QuerySet[Any, Any] | list[int]


class EventQuerySet(FindableQuerySet["Event"]):
    added_by = (Membership.Role.ORGANISER, Membership.Role.LIAISON, Membership.Role.SECRETARY)

    def within(self, roots: Keys) -> Self:
        """The events and their subtrees."""
        return self.filter(pk__in=_any_of(Event.objects.filter(level) for level in _levels(roots)))

    def below(self, roots: Keys) -> Self:
        """The subtrees of the events, without the events themselves."""
        levels = islice(_levels(roots), 1, None)
        return self.filter(pk__in=_any_of(Event.objects.filter(level) for level in levels))

    def roots(self) -> set[int]:
        """The keys of the roots of the trees that the events are in."""
        above = (f"{path}_id" for path in reversed(UPWARDS))
        return set(self.order_by().values_list(Coalesce(*above, "pk"), flat=True).distinct())

    def subtree_of(self, root: "Event") -> Self:
        """An event and its subtree; for a leg also the transfers that lead there and onwards."""
        levels = _levels(Event.objects.filter(pk=root.pk))
        found = [Event.objects.filter(level) for level in levels]
        if root.kind == Event.Kind.LEG and root.parent_id and root.start_on:
            ways = Event.objects.filter(kind=Event.Kind.TRANSFER, parent=root.parent_id)
            here = Place.objects.within(Place.objects.filter(pk__in=[root.place_id]))
            ways = ways.filter(Q(place__in=here) | Q(end_place__in=here))
            found.append(ways.touching(root.start_on, root.end_on or root.start_on))
        return self.filter(pk__in=_any_of(found))

    def for_attendees_of(
        self, attended: Keys, *, travelling: Keys | None = None, refused: Keys | None = None
    ) -> Self:
        """Events that concern people who attend `attended`: these, and their parts for everybody.

        A part for everybody (`audience`) is inherited down the tree, except legs, which concern
        only their own attendees, and except `refused` events with their subtrees. `travelling` are
        the events that the people attend as members of a delegation; None means all of `attended`.
        Attendees from outside do not inherit parts that only the delegation may see.
        """
        levels = [Q(pk__in=attended)]
        for level in range(1, LEVELS):
            below = ["parent__" * steps for steps in range(level)]
            handed_down = reduce(and_, (_for_everybody(prefix, refused) for prefix in below))
            above = f"{below[-1]}parent__in"
            if travelling is None:
                levels.append(handed_down & Q(**{above: attended}))
                continue
            for_guests = reduce(and_, (~_for_delegation(prefix) for prefix in below))
            levels.append(handed_down & Q(**{above: travelling}))
            levels.append(handed_down & for_guests & Q(**{above: attended}))
        return self.filter(pk__in=_any_of(Event.objects.filter(level) for level in levels))

    def shown_in(self, part: "Event") -> list["Event"]:
        """The ancestors whose attendees a part also concerns, the nearest first."""
        found: list[Event] = []
        for _level in range(1, LEVELS):
            if part.parent_id is None or not part.is_for_everybody:
                break
            part = self.get(pk=part.parent_id)
            found.append(part)
        return found

    def of_liaison(self, user: Viewer) -> Self:
        """Events of which the user is liaison officer, such as the stay of a leg."""
        return self._attended_as(user, Membership.Role.LIAISON)

    def of_secretary(self, user: Viewer) -> Self:
        """Missions to whose head the user is secretary."""
        return self._attended_as(user, Membership.Role.SECRETARY)

    def _attended_as(self, user: Viewer, part: str) -> Self:
        """Events that the user attends in a role that they also hold in the event's team."""
        attends = {"attendees__person__user": user.pk, "attendees__role": part}
        teams = teams_of(user, part)
        return self.filter(STILL_THERE, team__in=teams, **attends) if teams else self.none()

    def seen_as_member(self, user: Viewer) -> Q:
        """Organisers see all, viewers all but internal items, others what they are assigned to."""
        shown = ~Q(visibility=Event.Visibility.INTERNAL)
        return (
            Q(team__in=teams_of(user, Membership.Role.ORGANISER))
            | shown & Q(team__in=teams_of(user, Membership.Role.VIEWER))
            | Q(pk__in=around_legs_of(user))
            | Q(pk__in=days_served_by(user))
        )

    def changed_as_member(self, user: Viewer) -> Q:
        """Organisers change all, liaison officers parts of legs, secretaries internal items."""
        return (
            Q(team__in=teams_of(user, Membership.Role.ORGANISER))
            | Q(pk__in=below_legs_of(user))
            | Q(pk__in=days_served_by(user), visibility=Event.Visibility.INTERNAL)
        )

    def with_editable_attendees(self, user: Viewer) -> Self:
        """Events whose attendees the user may change; a liaison officer also those of legs."""
        legs = Event.objects.of_liaison(user)
        return self.filter(Q(pk__in=self.changeable_by(user)) | Q(pk__in=legs))

    def public(self) -> Self:
        """Events that everybody may see: public and not a draft."""
        return self.filter(visibility=Event.Visibility.PUBLIC, status__in=PUBLISHED)

    def on_their_own(self) -> Self:
        """Without the programme items that stand under a public event: see `Event.ITEM_KINDS`.

        An item of an event that is not public stays, because readers have nothing that it could
        stand under.
        """
        return self.exclude(
            Q(kind__in=Event.ITEM_KINDS) | Q(kind__in=Event.MIXED_KINDS, in_calendar=False),
            parent__visibility=Event.Visibility.PUBLIC,
            parent__status__in=PUBLISHED,
        )

    def programme_of(self, event: "Event") -> Self:
        """The public events below an event, on all levels, but not those below a hidden one."""
        levels, between = [], Q()
        for path in UPWARDS:
            levels.append(Event.objects.public().filter(between, **{path: event.pk}))
            shown = {f"{path}__visibility": Event.Visibility.PUBLIC}
            between &= Q(**shown, **{f"{path}__status__in": PUBLISHED})
        return self.filter(pk__in=_any_of(levels))

    def ended(self, now: datetime) -> Q:
        """Events that are over; the same rule as `is_over(now)`."""
        return ended(self, now)

    def in_calendar(self) -> Self:
        """Events that a calendar can show: wanted there, and known to the day or better."""
        return self.filter(in_calendar=True, precision__in=dates.EXACT)

    def between(self, start: datetime, end: datetime) -> Self:
        """Events that overlap the half-open period [start, end) of UTC moments."""
        return self.filter(
            Q(end_at__gt=start) | Q(end_at=None, start_at__gte=start), start_at__lt=end
        )

    def touching(self, first: date, last: date) -> Self:
        """Events, or windows of coarse dates, that overlap the local days [first, last]."""
        ends_later = Q(end_on__gte=first) | Q(end_on=None, start_on__gte=first)
        return self.filter(ends_later, start_on__lte=last)

    def at(self, places: models.QuerySet[Place]) -> Self:
        """Events that take place or end at one of the places, or join from there by live stream."""
        there = Q(place_roles__place__in=places) & ~Q(place_roles__role="topic")
        return self.filter(Q(place__in=places) | Q(end_place__in=places) | there).distinct()

    def in_time_order(self) -> Self:
        """Ordered by start, the earliest first; undated events last."""
        return self.order_by(F("start_on").asc(nulls_last=True), F("start_at"), "pk")

    def by_moment(self) -> Self:
        """Ordered by UTC start, then the longer first; events without a start moment last."""
        return self.order_by(
            F("start_at").asc(nulls_last=True),
            F("end_at").desc(nulls_last=True),
            F("start_on").asc(nulls_last=True),
            "pk",
        )

    def sought_by(self, user: Viewer, text: str, *, now: datetime) -> Self:
        """Events found by their title, some of the words being in that of what they are part of."""
        above = Event.objects.visible_to(user).order_by()

        def part(word: str) -> Q:
            return Q(parent__in=above.filter(search_key__contains=word))

        return self.filter(holding_any(text), holding(text, part))

    def preference(self, ours: Case, now: datetime) -> Sequence[Any]:
        """Before past events those to come and those without a date; conferences before parts."""
        today = now.date()
        to_come = Q(end_on__gte=today) | Q(end_on=None, start_on__gte=today)
        return (
            Case(When(to_come, then=0), When(start_on=None, then=1), default=2),
            Case(When(parent=None, then=0), default=1),
            length("title"),
            ours,
            Case(When(to_come, then=F("start_on"))),
            F("start_on").desc(nulls_last=True),
        )

    def untranslated(self) -> Self:
        """Without modeltranslation's rewriting of column names, which costs more than reading.

        In the following calls translated columns are named with their language: `title_en`.
        """
        return self.rewrite(False)  # type: ignore[attr-defined]  # modeltranslation adds it

    def for_calendars(self) -> Self:
        """With the rows that a calendar entry shows, prefetched, so that each is read once."""
        return self.prefetch_related(
            "parent",
            "place__parent__parent",
            "end_place__parent__parent",
            "place_roles__place__parent__parent",
            models.Prefetch("sectors", Sector.objects.order_by("pk"), to_attr="categories"),
        )

    def for_display(self) -> Self:
        """With the rows that a list or a calendar entry shows."""
        return self.select_related(
            "place__parent__parent", "end_place__parent__parent", "series", "parent"
        ).prefetch_related("sectors", "evidence__source")


def _for_delegation(prefix: str) -> Q:
    return Q(**{f"{prefix}visibility": Event.Visibility.DELEGATION})


def _for_everybody(prefix: str, refused: Keys | None) -> Q:
    """The condition that an event is inherited by attendees of the event that it is part of.

    The same rule as `Event.is_for_everybody`, except that internal items are inherited too, by
    those who may see them.
    """
    is_so = Q(**{f"{prefix}audience": Event.Audience.EVERYBODY})
    is_so &= ~Q(**{f"{prefix}kind": Event.Kind.LEG})
    return is_so if refused is None else is_so & ~Q(**{f"{prefix}pk__in": refused})


# Events that liaison officers and secretaries are assigned to, as lists of keys. These lists are
# short; with sub-queries in their place PostgreSQL would scan the whole table.


def in_legs_of(user: Viewer) -> list[int]:
    """The keys of the legs of a liaison officer and of their parts, without internal ones."""
    return once(user, "in legs", lambda: _of_officer(user, Event.objects.within))


def below_legs_of(user: Viewer) -> list[int]:
    """The keys of the parts of these legs, without the legs."""
    return once(user, "below legs", lambda: _of_officer(user, Event.objects.below))


def around_legs_of(user: Viewer) -> list[int]:
    """The keys of these legs, their parts and their ancestors."""
    return [*in_legs_of(user), *once(user, "above legs", lambda: _of_officer(user, _above))]


def days_served_by(user: Viewer) -> list[int]:
    """The keys of events on a secretary's missions that concern the heads of these missions."""
    return once(user, "days", lambda: _days(user))


def _of_officer(user: Viewer, related: Callable[[Keys], EventQuerySet]) -> list[int]:
    """The keys of events related to the user's legs that are of the same team and not internal."""
    legs = once(user, "legs", lambda: _keys(Event.objects.of_liaison(user)))
    if not legs:
        return []
    ours = related(legs).filter(team__in=teams_of(user, Membership.Role.LIAISON))
    return _keys(ours.exclude(visibility=Event.Visibility.INTERNAL))


def _above(legs: Keys) -> EventQuerySet:
    rows = Event.objects.filter(pk__in=legs).values_list(*UPWARDS)
    return Event.objects.filter(pk__in={*chain(*rows)} - {None})


def _days(user: Viewer) -> list[int]:
    missions = _keys(Event.objects.of_secretary(user))
    if not missions:
        return []
    ours = Event.objects.filter(team__in=teams_of(user, Membership.Role.SECRETARY))
    return _keys(ours.within(missions).for_attendees_of(_attended_by_heads(missions)))


def _attended_by_heads(missions: Keys) -> list[int]:
    """The keys of events on the missions that their heads attend or have declined."""
    led = Event.objects.filter(STILL_THERE, pk__in=missions, attendees__role="head")
    heads = led.values("attendees__person")
    there = Event.objects.within(missions)
    return _keys(there.filter(STILL_THERE | SAID_NO, attendees__person__in=heads))


def _keys(rows: EventQuerySet) -> list[int]:
    return [] if rows.query.is_empty() else sorted(rows.values_list("pk", flat=True))


def _levels(roots: Keys) -> Iterator[Q]:
    """Yield conditions for the events and then for each level of their subtrees."""
    yield Q(pk__in=roots)
    for path in UPWARDS:
        yield Q(**{f"{path}__in": roots})


def _any_of(levels: Iterable[EventQuerySet]) -> models.QuerySet[Any, Any]:
    """The keys of events that match on one of the levels of the tree.

    It is a UNION of one query for each level, because each can use an index; with OR the database
    would scan the whole table.
    """
    first, *others = (level.values("pk") for level in levels)
    return first.union(*others)


class Event(Findable, Owned, Dated):
    """Anything that takes place at a time: an event of iCalendar (RFC 5545, 3.6.1)."""

    class Kind(models.TextChoices):
        PROMOTION_CONFERENCE = "promotion_conference", _("promotion conference")
        EXPO = "expo", _("expo")
        FORUM = "forum", _("forum")
        ANNUAL_SESSION = "annual_session", _("annual session")
        CONFERENCE = "conference", _("conference")
        ROADSHOW_STOP = "roadshow_stop", _("roadshow stop")
        OFFICIAL_VISIT = "official_visit", _("official visit")
        TRADE_MISSION = "trade_mission", _("trade mission")
        LEG = "leg", _("leg")
        SESSION = "session", _("session")
        REGISTRATION = "registration", _("registration")
        KEYNOTE = "keynote", _("keynote")
        PANEL = "panel", _("panel")
        ADDRESS = "address", _("address")
        CEREMONY = "ceremony", _("ceremony")
        SIGNING = "signing", _("signing ceremony")
        LAUNCH = "launch", _("launch")
        BILATERAL = "bilateral", _("bilateral meeting")
        ONE_TO_ONE = "one_to_one", _("one-to-one meeting")
        SITE_VISIT = "site_visit", _("site visit")
        RECEPTION = "reception", _("reception")
        BREAK = "break", pgettext_lazy("kind of event", "break")
        MEAL = "meal", _("meal")
        PHOTO_CALL = "photo_call", _("photo call")
        TRANSFER = "transfer", _("transfer")
        RELAY = "relay", _("relay")
        MEDIA_REMARKS = "media_remarks", _("remarks to the media")
        PUBLICATION = "publication", _("publication")
        DEADLINE = "deadline", _("deadline")
        REVIEW = "review", _("review")
        FREE_TIME = "free_time", _("free time")

    # Kinds of what a programme consists of; forms offer them first for a part.
    PROGRAMME_KINDS: ClassVar = (
        Kind.SESSION,
        Kind.REGISTRATION,
        Kind.KEYNOTE,
        Kind.PANEL,
        Kind.ADDRESS,
        Kind.CEREMONY,
        Kind.SIGNING,
        Kind.LAUNCH,
        Kind.BREAK,
        Kind.MEAL,
        Kind.RECEPTION,
        Kind.PHOTO_CALL,
        Kind.MEDIA_REMARKS,
        Kind.BILATERAL,
        Kind.ONE_TO_ONE,
        Kind.SITE_VISIT,
        Kind.TRANSFER,
        Kind.FREE_TIME,
    )

    # Programme items: what takes place in an event and is nothing without it. They stand under
    # their event in the public calendar, not beside it (`on_their_own`).
    ITEM_KINDS: ClassVar = (
        Kind.SESSION,
        Kind.REGISTRATION,  # at the door; the last day to register is a DEADLINE
        Kind.KEYNOTE,
        Kind.PANEL,
        Kind.ADDRESS,
        Kind.CEREMONY,
        Kind.SIGNING,
        Kind.LAUNCH,
        Kind.BILATERAL,
        Kind.ONE_TO_ONE,
        Kind.BREAK,
        Kind.MEAL,
        Kind.PHOTO_CALL,
        Kind.TRANSFER,
        Kind.RELAY,  # shows the programme elsewhere; its place finds the event, whose hub it is
        Kind.MEDIA_REMARKS,
        Kind.FREE_TIME,
    )
    # Kinds of which some are for the people of the event and others for whoever wants to come. The
    # latter are in calendars and stay events of their own; one on pages only is an item.
    MIXED_KINDS: ClassVar = (Kind.SITE_VISIT, Kind.RECEPTION)
    # Kinds of events of their own, also inside another.
    OWN_KINDS: ClassVar = (
        Kind.PROMOTION_CONFERENCE,
        Kind.EXPO,
        Kind.FORUM,
        Kind.ANNUAL_SESSION,
        Kind.CONFERENCE,
        Kind.ROADSHOW_STOP,
        Kind.OFFICIAL_VISIT,
        Kind.TRADE_MISSION,
        Kind.LEG,
        Kind.PUBLICATION,  # of interest to more people than those who are there
        Kind.DEADLINE,  # before the event, and most wanted in a calendar
        Kind.REVIEW,  # months after the event
    )

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        TENTATIVE = "tentative", _("tentative")
        CONFIRMED = "confirmed", _("confirmed")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")

    # States of events that take place as far as is known.
    STANDING: ClassVar = (Status.TENTATIVE, Status.CONFIRMED)
    # States of events that take place or may be reinstated.
    LIVE: ClassVar = (*STANDING, Status.POSTPONED)

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        PARTICIPANTS = "participants", _("participants")
        DELEGATION = "delegation", _("delegation")
        INTERNAL = "internal", _("internal")

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("everybody at the event it is part of")
        INVITED = "invited", _("its own attendees only")

    class AttendanceMode(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        ONLINE = "online", _("online")
        MIXED = "mixed", _("in person and online")

    class Origin(models.TextChoices):
        MANAGED = "managed", _("managed")
        REPORTED = "reported", _("reported")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), unique=True, max_length=120)
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    cue = models.TextField(
        _("cue"),
        blank=True,
        max_length=2000,
        help_text=_("For the crew: light, sound, who is fetched. Only on the printed rundown."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.DRAFT, db_index=True
    )
    cancellation_reason = models.CharField(_("reason given"), max_length=300, blank=True)
    series = models.ForeignKey(
        EventSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("series"),
    )
    edition = models.PositiveSmallIntegerField(
        _("edition"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    after = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("takes place after"),
    )
    previous_related = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("earlier event like it"),
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("place"),
    )
    end_place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrivals",
        verbose_name=_("place of arrival"),
        help_text=_("Only for a transfer."),
    )
    vehicle = models.ForeignKey(
        Vehicle,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("vehicle"),
        help_text=_("Only for a transfer; seen by organisers alone."),
    )
    audience = models.CharField(
        _("concerns"), max_length=9, choices=Audience, default=Audience.EVERYBODY
    )
    attendance_mode = models.CharField(
        _("attendance"),
        max_length=9,
        choices=AttendanceMode,
        default=AttendanceMode.IN_PERSON,
    )
    sectors = models.ManyToManyField(
        Sector, blank=True, related_name="events", verbose_name=_("sectors")
    )
    visibility = models.CharField(
        _("visibility"),
        max_length=12,
        choices=Visibility,
        default=Visibility.INTERNAL,
    )
    in_calendar = models.BooleanField(
        _("in calendars"), default=True, help_text=_("Off: on pages only.")
    )
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    registration_closes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closes_registration_of",
        limit_choices_to={"kind": Kind.DEADLINE},
        verbose_name=_("registration closes"),
    )
    team_reminders = models.BooleanField(
        _("reminders of the team"),
        default=True,
        help_text=_("Unless it has reminders of its own, those that the team has set apply."),
    )
    url = models.URLField(_("web page"), blank=True, max_length=500)
    stream_url = models.URLField(
        _("stream"), blank=True, max_length=500, help_text=_("Shown to registered people only.")
    )
    origin = models.CharField(
        _("origin"), max_length=8, choices=Origin, default=Origin.MANAGED, editable=False
    )
    sequence = models.PositiveIntegerField(_("sequence"), default=0, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    schedule_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    changed_at = models.DateTimeField(_("last changed"), editable=False)
    evidence = GenericRelation(Evidence)
    NAMED_BY = "title"
    FOUND_BY = ("title",)
    categories: list[Sector]  # set by for_calendars()

    objects = EventQuerySet.as_manager()

    class Meta(Findable.Meta, Owned.Meta, Dated.Meta):
        abstract = False
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["start_at", "end_at"], name="event_period"),
            models.Index(fields=["start_on"], name="event_first_day"),
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["series", "edition"], name="edition_once_per_series"),
            models.CheckConstraint(
                condition=Q(edition=None) | Q(series__isnull=False),
                name="edition_has_a_series",
                violation_error_message=_("Only an event of a series has an edition."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="event_not_in_itself",
                violation_error_message=_("An event cannot be part of itself."),
            ),
            models.CheckConstraint(
                condition=~Q(after=F("id")),
                name="event_not_after_itself",
                violation_error_message=_("An event cannot take place after itself."),
            ),
            models.CheckConstraint(
                condition=Q(origin="reported") | Q(team__isnull=False),
                name="managed_event_has_a_team",
                violation_error_message=_("An event of our own belongs to a team."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.slug])

    @property
    def ical_uid(self) -> str:
        """The UID of RFC 5545, which never changes and is the same in all feeds and invitations."""
        return f"{self.uid}@{settings.UID_HOST}"

    @property
    def is_managed(self) -> bool:
        """Whether a team of ours runs the event; reported events send no mail."""
        return self.origin == self.Origin.MANAGED

    @property
    def stands(self) -> bool:
        """Whether mails about it may be planned: ours, taking place, and known to the day."""
        return self.is_managed and self.status in self.STANDING and self.when.is_exact

    @property
    def is_for_everybody(self) -> bool:
        """Whether attendees of its parent attend it too; legs and internal items are excluded."""
        is_open = self.audience == self.Audience.EVERYBODY and self.kind != self.Kind.LEG
        return is_open and self.visibility != self.Visibility.INTERNAL

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it; the same rule as `public()`."""
        return self.visibility == self.Visibility.PUBLIC and self.status in PUBLISHED


class PromotionConference(Event):
    """A proxy for events that promote a place, with a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("promotion conference")
        verbose_name_plural = _("promotion conferences")


class Expo(Event):
    """A proxy for fairs with stands over several days, with a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("expo")
        verbose_name_plural = _("expos")
