"""Series of events that recur."""

from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.fields import EdtfField
from events.models.base.teams import Owned, OwnedQuerySet
from events.models.events.evidence import Evidence
from events.models.events.places import Place


class EventSeriesQuerySet(OwnedQuerySet["EventSeries"]):
    def public(self) -> Self:
        """Shared series, and series with a public edition."""
        return self.shared_or_in_public("events")


class EventSeries(Owned):
    """A series of events: an expo, a roadshow, a co-operation mechanism with its plenaries."""

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
