"""A calendar program that polls feeds; it has no account, only an address."""

import re
from typing import Any

import icalendar
from django.test import Client

from events.models import Team
from tests.office import Office

FEED = "/calendar/public.ics"
ADDRESS = re.compile(r"/calendar/f/cf1_[\w-]+\.ics")


def poll(url: str, tag: str = "", **query: str) -> Any:
    """Request a feed as a calendar program does, with the ETag that it has."""
    return Client().get(url, query, headers={"if-none-match": tag} if tag else {})


def entries(url: str, **query: str) -> dict[str, Any]:
    """Return the entries of a feed by UID."""
    calendar = icalendar.Calendar.from_ical(poll(url, **query).content)
    return {str(event["UID"]): event for event in calendar.events}


def hand_out(office: Office, team: Team, name: str = "Phone", **whose: Any) -> str:
    """Submit the form for a secret feed; return the address, which is shown once."""
    keys = {key: getattr(value, "pk", value) for key, value in whose.items()}
    values = {"name": name, "team": team.pk, "past_days": 9_000, "tentative": "on", **keys}
    page = office.client.post("/admin/events/calendarfeed/add/", values)
    return ADDRESS.findall(page.content.decode())[0]
