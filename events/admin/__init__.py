"""The screens of the admin."""

from events.admin.attendance import attendees
from events.admin.calendars import feeds
from events.admin.directory import organisations, people, places, teams, users
from events.admin.events import events, figures, sectors, series, vehicles
from events.admin.kit import sources
from events.admin.mail import deliveries, replies

__all__ = [
    "attendees",
    "deliveries",
    "events",
    "feeds",
    "figures",
    "organisations",
    "people",
    "places",
    "replies",
    "sectors",
    "series",
    "sources",
    "teams",
    "users",
    "vehicles",
]
