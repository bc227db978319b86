"""The one table of things that happen."""

import uuid
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models.dates import Dated
from events.models.evidence import Evidence
from events.models.fields import EdtfField
from events.models.places import Place
from events.models.sectors import Sector
from events.models.teams import PUBLISHED, Owned, OwnedQuerySet
from events.values import dates


class EventSeriesQuerySet(OwnedQuerySet["EventSeries"]):
    def public(self) -> Self:
        """Shared series, and those with a public edition."""
        return self.filter(
            Q(team=None) | Q(events__visibility="public", events__status__in=PUBLISHED)
        ).distinct()


class EventSeries(Owned):
    """What recurs: an expo, a roadshow, a mechanism with its plenaries."""

    class Kind(models.TextChoices):
        EXPO = "expo", _("expo")
        MECHANISM = "mechanism", _("co-operation mechanism")
        CONFERENCE = "conference", _("conference")
        ROADSHOW = "roadshow", _("roadshow")
        SESSION = "session", _("annual session")
        PUBLICATION = "publication", _("publication")

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.CONFERENCE)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    established = EdtfField(_("established"), help_text=_("EDTF, such as 2003."))
    cadence = models.CharField(_("cadence"), max_length=200, blank=True)
    evidence = GenericRelation(Evidence)

    objects = EventSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return self.name


class EventQuerySet(OwnedQuerySet["Event"]):
    def public(self) -> Self:
        """What anybody may see: public and no draft."""
        return self.filter(visibility=Event.Visibility.PUBLIC, status__in=PUBLISHED)

    def in_calendar(self) -> Self:
        """What a calendar can show: wanted there, and known to the day."""
        return self.filter(in_calendar=True, precision__in=dates.EXACT)

    def between(self, start: datetime, end: datetime) -> Self:
        """Events that touch the half-open period of UTC moments."""
        return self.filter(
            Q(end_at__gt=start) | Q(end_at=None, start_at__gte=start), start_at__lt=end
        )

    def touching(self, first: date, last: date) -> Self:
        """Events, or windows of coarse ones, that touch the local days first..last."""
        ends_later = Q(end_on__gte=first) | Q(end_on=None, start_on__gte=first)
        return self.filter(ends_later, start_on__lte=last)

    def at(self, places: models.QuerySet[Place]) -> Self:
        """Events that take place at one of the places, or join from there."""
        there = Q(place_roles__place__in=places) & ~Q(place_roles__role="topic")
        return self.filter(Q(place__in=places) | there).distinct()

    def in_time_order(self) -> Self:
        """The earliest first, undated ones last."""
        return self.order_by(F("start_on").asc(nulls_last=True), F("start_at"), "pk")

    def for_display(self) -> Self:
        """With the rows that a list or a calendar entry shows."""
        return self.select_related("place__parent__parent", "series", "parent").prefetch_related(
            "sectors", "evidence__source"
        )


class Event(Owned, Dated):
    """Whatever takes place at a time: what iCalendar calls an event (RFC 5545, 3.6.1)."""

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
        ADDRESS = "address", _("address")
        CEREMONY = "ceremony", _("ceremony")
        SIGNING = "signing", _("signing ceremony")
        LAUNCH = "launch", _("launch")
        BILATERAL = "bilateral", _("bilateral meeting")
        ONE_TO_ONE = "one_to_one", _("one-to-one meeting")
        SITE_VISIT = "site_visit", _("site visit")
        RECEPTION = "reception", _("reception")
        TRANSFER = "transfer", _("transfer")
        RELAY = "relay", _("relay")
        MEDIA_REMARKS = "media_remarks", _("remarks to the media")
        PUBLICATION = "publication", _("publication")
        DEADLINE = "deadline", _("deadline")
        REVIEW = "review", _("review")
        FREE_TIME = "free_time", _("free time")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        TENTATIVE = "tentative", _("tentative")
        CONFIRMED = "confirmed", _("confirmed")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        PARTICIPANTS = "participants", _("participants")
        DELEGATION = "delegation", _("delegation")
        INTERNAL = "internal", _("internal")

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

    objects = EventQuerySet.as_manager()

    class Meta(Owned.Meta, Dated.Meta):
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
        """The UID of RFC 5545, the same in every feed and invitation for ever."""
        return f"{self.uid}@{settings.UID_HOST}"

    @property
    def is_managed(self) -> bool:
        """Whether it is our own work; reported events send nothing."""
        return self.origin == self.Origin.MANAGED


class PromotionConference(Event):
    """An event that promotes a place, as a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("promotion conference")
        verbose_name_plural = _("promotion conferences")


class Expo(Event):
    """A fair with stands over several days, as a screen of its own."""

    class Meta:
        proxy = True
        verbose_name = _("expo")
        verbose_name_plural = _("expos")
