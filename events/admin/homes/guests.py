"""The attendees on a home: found by a search, each with where they stand."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from events.admin.attendance.attendees import ANSWER, PLACE
from events.admin.homes import words
from events.admin.kit import redaction
from events.domain.overview.eventhomes import EventHome
from events.domain.overview.standings import Standing
from events.models import Attendee


def sought(request: HttpRequest) -> dict[str, str]:
    """Return the words and the standing that the address of the page asks for."""
    standing = request.GET.get(words.BY_STANDING, "")
    return {
        "words": request.GET.get("q", "").strip(),
        "standing": standing if standing in Standing.values else "",
    }


def panel(request: HttpRequest, home: EventHome) -> dict[str, Any]:
    """Return the list of attendees with its search, and the address of the whole list."""
    asked = sought(request)
    redaction.hide(request, home.guests.first, loaded=True)
    return {
        "asked": asked,
        "choices": Standing.choices,
        "rows": [_row(attendee) for attendee in home.guests.first],
        "number": home.guests.number,
        "is_more": home.guests.number > len(home.guests.first),
        "all_url": words.attendees(home.event, asked["standing"], asked["words"]),
        "is_sought": any(asked.values()),
    }


def add_url(query: Mapping[str, Any]) -> str:
    """Return the address of the form for one more attendee, with these values preset."""
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('admin:events_attendee_add')}?{given}"


def _row(attendee: Attendee) -> dict[str, Any]:
    waits = attendee.seat == Attendee.Seat.WAITLISTED
    shown = attendee.get_seat_display() if waits else attendee.get_partstat_display()
    colours: Any = PLACE if waits else ANSWER
    return {
        "name": str(attendee) or gettext("(not visible)"),
        "url": reverse("admin:events_attendee_change", args=[attendee.pk]),
        "organisation": attendee.representing or "",
        "role": attendee.get_role_display(),
        "hub": attendee.hub.place if attendee.hub else "",
        "state": shown,
        "colour": colours.get(attendee.seat if waits else attendee.partstat, ""),
    }
