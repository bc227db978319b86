"""Public rows with everything that their serializers show, in a fixed number of queries."""

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from events.api import serializers
from events.models import (
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Evidence,
    Figure,
    Organisation,
    Place,
    Sector,
)
from events.models.events.events import EventQuerySet
from events.models.events.places import LEVELS

# Only evidence for values that the API shows is public. Evidence for other values, such as those of
# attendees, could reveal these values.
SHOWN = {
    *serializers.EventSerializer().fields,
    *serializers.SeriesSerializer().fields,
    *serializers.FigureSerializer().fields,
}


def events() -> EventQuerySet:
    return (
        Event.objects.public()
        .select_related("series", _upwards("place"), _upwards("end_place"))
        .prefetch_related(
            *(Prefetch(name, _linked()) for name in ("parent", "after", "previous_related")),
            Prefetch("children", _linked().in_time_order()),
            Prefetch("organisation_roles", _organisation_roles()),
            Prefetch("place_roles", _place_roles()),
            Prefetch("sectors", Sector.objects.order_by("slug")),
            Prefetch("figures", Figure.objects.order_by("pk")),
            *(Prefetch(name, _evidence()) for name in ("evidence", "figures__evidence")),
        )
    )


def series() -> QuerySet[EventSeries]:
    return (
        EventSeries.objects.public()
        .prefetch_related(Prefetch("place", _places()), Prefetch("evidence", _evidence()))
        .order_by("slug")
    )


def places() -> QuerySet[Place]:
    # No prefetch: the parents are already loaded for their time zones, and not all are public.
    parent = Place.objects.public().filter(pk=OuterRef("parent")).values("slug")
    return _places().annotate(parent_slug=Subquery(parent[:1])).order_by("slug")


def organisations() -> QuerySet[Organisation]:
    return (
        Organisation.objects.public()
        .prefetch_related(
            Prefetch("parent", Organisation.objects.public()),
            Prefetch("place", _places()),
            Prefetch("sectors", Sector.objects.order_by("slug")),
        )
        .order_by("slug")
    )


def _linked() -> EventQuerySet:
    return Event.objects.public().only("slug", "parent")


def _places() -> QuerySet[Place]:
    return Place.objects.public().select_related(_upwards())


def _organisation_roles() -> QuerySet[EventOrganisation]:
    return EventOrganisation.objects.select_related("organisation").order_by("position", "pk")


def _place_roles() -> QuerySet[EventPlace]:
    return EventPlace.objects.select_related(_upwards("place")).order_by("position", "pk")


def _evidence() -> QuerySet[Evidence]:
    shown = Q(field__in=SHOWN) | Q(field__startswith="when.")
    return Evidence.objects.filter(shown).select_related("source").order_by("pk")


def _upwards(*names: str) -> str:
    """Return the lookup of a place's highest ancestor; any ancestor may set its time zone."""
    return "__".join([*names, *["parent"] * (LEVELS - 1)])
