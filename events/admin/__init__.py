"""The organisers’ screens."""

from events.admin import (
    attendees,
    deliveries,
    events,
    figures,
    organisations,
    people,
    places,
    sectors,
    series,
    site,
    sources,
    teams,
)

__all__ = [
    "attendees",
    "deliveries",
    "events",
    "figures",
    "organisations",
    "people",
    "places",
    "sectors",
    "series",
    "site",
    "sources",
    "teams",
]
