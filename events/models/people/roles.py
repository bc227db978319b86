"""Which organisation does what at an event, and at which further places the event happens."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.base.teams import PartQuerySet
from events.models.events.events import Event
from events.models.events.places import Place
from events.models.people.people import Organisation


class EventOrganisationQuerySet(PartQuerySet["EventOrganisation"]):
    holder = "event"


class EventOrganisation(models.Model):
    """An organisation's part in an event."""

    class Role(models.TextChoices):
        HOST = "host", _("host")
        ORGANISER = "organiser", _("organiser")
        CO_ORGANISER = "co_organiser", _("co-organiser")
        SUPPORTING_BODY = "supporting_body", _("supporting body")
        SPONSOR = "sponsor", _("sponsor")
        EXHIBITOR = "exhibitor", _("exhibitor")

    MAX_STAND_CHARS = 20

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisation_roles")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="event_roles",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.ORGANISER)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    stand = models.CharField(_("stand"), max_length=MAX_STAND_CHARS, blank=True)

    objects = EventOrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation’s role")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "organisation", "role"], name="organisation_once_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same organisation: the higher position, and all stands."""
        self.position = min(self.position, double.position)
        self.stand = ", ".join(dict.fromkeys(filter(None, (self.stand, double.stand))))
        return len(self.stand) <= self.MAX_STAND_CHARS


class EventPlaceQuerySet(PartQuerySet["EventPlace"]):
    holder = "event"


class EventPlace(models.Model):
    """A further place of an event; a hub joins by live stream and has its own time zone."""

    class Role(models.TextChoices):
        MAIN = "main", _("main place")
        SITE = "site", _("site")
        HUB = "hub", _("live-stream hub")
        TOPIC = "topic", _("topic")

    class Direction(models.TextChoices):
        FROM = "from", _("streams from here")
        TO = "to", _("streams to here")

    event = models.ForeignKey(Event, models.CASCADE, related_name="place_roles")
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="event_roles", verbose_name=_("place")
    )
    role = models.CharField(_("role"), max_length=5, choices=Role, default=Role.SITE)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, blank=True)
    stream_url = models.URLField(_("stream"), blank=True, max_length=500)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)

    objects = EventPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("further place")
        verbose_name_plural = _("further places")
        constraints = [
            models.UniqueConstraint(fields=["event", "place", "role"], name="place_once_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.place} ({self.get_role_display()})"
