"""Places, from regions of the world down to rooms."""

from collections.abc import Sequence
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from events.models.base.fields import TimezoneField
from events.models.base.findable import Findable, FindableQuerySet
from events.models.base.teams import Owned
from events.models.events.evidence import Evidence

LEVELS = 5  # macro region, country or region, subdivision, city, venue


class PlaceQuerySet(FindableQuerySet["Place"]):
    def public(self) -> Self:
        """Shared places, and places where a public event takes place."""
        return self.shared_or_in_public("events", "arrivals", "event_roles__event")

    def within(self, places: models.QuerySet["Place"]) -> Self:
        """The places and all places that lie in them."""
        lookup = Q(pk__in=places)
        for level in range(1, LEVELS):
            lookup |= Q(**{"__".join(["parent"] * level) + "__in": places})
        return self.filter(lookup)


class Place(Findable, Owned):
    """A place, from a macro region down to a room; its zone is inherited if it has none."""

    class Kind(models.TextChoices):
        MACRO_REGION = "macro_region", _("macro region")
        COUNTRY_OR_REGION = "country_or_region", _("country or region")
        SUBDIVISION = "subdivision", _("province, state or region")
        CITY = "city", _("city")
        DISTRICT = "district", _("district")
        SITE = "site", _("site")
        VENUE = "venue", _("venue")
        ROOM = "room", _("room")
        ONLINE = "online", _("online")

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.CITY)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    country = CountryField(_("country or region"), blank=True, help_text=_("ISO 3166-1 alpha-2."))
    subdivision = models.CharField(
        _("subdivision"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{2}-[A-Z0-9]{1,3}\Z")],
        help_text=_("ISO 3166-2, such as CN-SH."),
    )
    unlocode = models.CharField(
        _("UN/LOCODE"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{2}[A-Z2-9]{3}\Z")],
        help_text=_("Five characters, such as CNSGH."),
    )
    timezone = TimezoneField(_("time zone"), help_text=_("Empty: that of the place it lies in."))
    address = models.CharField(pgettext_lazy("of a place", "address"), max_length=300, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    evidence = GenericRelation(Evidence)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="place_not_in_itself",
                violation_error_message=_("A place cannot lie in itself."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_has_a_whole_point",
                violation_error_message=_("Give latitude and longitude, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def other_names(self) -> Sequence[str]:
        return (self.unlocode,)

    def find_zone(self) -> str:
        """Return the zone of the place or of its nearest ancestor with one; '' if there is none."""
        place: Place | None = self
        for _level in range(LEVELS):
            if place is None or place.timezone:
                break
            place = place.parent
        return place.timezone if place else ""
