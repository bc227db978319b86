"""Places: how they are stored, so that what shows them learns of their changes."""

from datetime import datetime
from typing import Final

from django.db import transaction

from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions
from events.models import Place
from events.models.base.locks import hold_tree
from events.values.languages import columns

# What events show of the place where they are.
SHOWN: Final = (
    "slug",
    *columns("name"),
    "kind",
    "parent_id",
    "country",
    "timezone",
    "address",
    "latitude",
    "longitude",
)


class Cycle(Exception):
    """The place would lie in itself."""


def save(*, place: Place, now: datetime) -> None:
    """Store a place; raise Cycle."""
    with transaction.atomic():
        hold_tree()
        check(place=place)
        stored = Place.objects.filter(pk=place.pk).first()
        place.save()
        if stored and revisions.differ(row=place, stored=stored, names=SHOWN):
            lifecycle.touch_shown_with(place=place, now=now)


def check(*, place: Place) -> None:
    """Raise Cycle if the place lies in itself, or in what lies in it."""
    key = place.parent_id
    while key is not None:
        if key == place.pk:
            raise Cycle
        key = Place.objects.values_list("parent_id", flat=True).get(pk=key)
