"""The organisers’ screens."""

from events.admin import (
    attendees,
    calendars,
    deliveries,
    events,
    figures,
    organisations,
    people,
    places,
    replies,
    sectors,
    series,
    site,
    sources,
    teams,
)

__all__ = [
    "attendees",
    "calendars",
    "deliveries",
    "events",
    "figures",
    "organisations",
    "people",
    "places",
    "replies",
    "sectors",
    "series",
    "site",
    "sources",
    "teams",
]
