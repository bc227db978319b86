"""Vehicles of a team, and how long the way from one place to another takes."""

from collections.abc import Sequence
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.base.findable import Findable, FindableQuerySet
from events.models.base.teams import Owned, OwnedQuerySet
from events.models.events.places import Place

MAX_MINUTES = 24 * 60  # of a way: whoever has a day arrives anywhere


class VehicleQuerySet(FindableQuerySet["Vehicle"]):
    pass


class Vehicle(Findable, Owned):
    """A car, bus or boat of a team, which transfers are made with."""

    name = models.CharField(_("name"), max_length=100)
    plate = models.CharField(_("number plate"), max_length=30, blank=True)
    seats = models.PositiveSmallIntegerField(
        _("seats for passengers"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = VehicleQuerySet.as_manager()

    class Meta(Findable.Meta, Owned.Meta):
        abstract = False
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")

    def __str__(self) -> str:
        return f"{self.name} · {self.plate}" if self.plate else self.name

    def other_names(self) -> Sequence[str]:
        return (self.plate,)


class TravelTimeQuerySet(OwnedQuerySet["TravelTime"]):
    def between(self, places: set[int]) -> Self:
        """The ways of which both ends are among the places."""
        return self.filter(start__in=places, end__in=places)


class TravelTime(Owned):
    """The minutes from one place to another, and back unless there is a row for the way back.

    It counts for all places that lie in the two, if there is no row for nearer ones. From a place
    to itself it is the time between any two places that lie in it.
    """

    start = models.ForeignKey(
        Place, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("of a way", "from")
    )
    end = models.ForeignKey(
        Place, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("of a way", "to")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MaxValueValidator(MAX_MINUTES)]
    )

    objects = TravelTimeQuerySet.as_manager()

    class Meta(Owned.Meta):
        abstract = False
        verbose_name = _("travel time")
        verbose_name_plural = _("travel times")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "start", "end"], name="travel_time_once_per_team"
            ),
            models.UniqueConstraint(
                fields=["start", "end"], condition=Q(team=None), name="travel_time_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} → {self.end}"

    def merge_from(self, double: Self) -> bool:
        """Merge a second row of the same way: the longer time."""
        self.minutes = max(self.minutes, double.minutes)
        return True
