"""The columns of the CSV exports of events and attendees."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.admin.kit.exports import Sheet
from events.domain.pages import formatting
from events.models import Person

EVENTS = Sheet(
    "events",
    (
        (_("title"), lambda event: event.title),
        (_("kind"), lambda event: event.get_kind_display()),
        (_("status"), lambda event: event.get_status_display()),
        (_("date"), lambda event: formatting.when(event.when)),
        (_("first day"), lambda event: event.start_on),
        (_("last day"), lambda event: event.end_on),
        (_("time zone"), lambda event: event.timezone),
        (_("place"), lambda event: event.place),
        (_("part of"), lambda event: event.parent),
        (_("series"), lambda event: event.series),
        (_("edition"), lambda event: event.edition),
        (_("visibility"), lambda event: event.get_visibility_display()),
        (_("capacity"), lambda event: event.capacity),
        (_("team"), lambda event: event.team),
    ),
    related=("place", "parent", "series", "team"),
)


def with_contact(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate each row with `is_reached`: whether the user may see its person's phone and mail."""
    reached = Person.objects.reached_by(request.user).filter(pk=OuterRef("person"))
    return rows.annotate(is_reached=Exists(reached))


def contact(name: str) -> Any:
    """Return a function that reads a person's phone or mail from a row, '' if not visible."""
    return lambda row: getattr(row.person, name) if row.person and row.is_reached else ""


def in_chinese(row: Any) -> str:
    person = row.person
    return (person.name_zh_hant or person.name_zh_hans or "") if person else ""


ATTENDEES = Sheet(
    "attendees",
    (
        (_("event"), lambda attendee: attendee.event),
        (_("date"), lambda attendee: formatting.when(attendee.event.when)),
        (_("name"), str),
        (_("in Chinese"), in_chinese),
        (_("in the capacity of"), lambda attendee: attendee.appointment),
        (_("representing"), lambda attendee: attendee.representing),
        (_("role"), lambda attendee: attendee.get_role_display()),
        (_("answer"), lambda attendee: attendee.get_partstat_display()),
        (pgettext_lazy("at an event", "seat"), lambda attendee: attendee.get_seat_display()),
        (_("joins at"), lambda attendee: attendee.hub.place if attendee.hub else ""),
        (_("presence"), lambda attendee: attendee.get_attendance_display()),
        (_("e-mail"), contact("email")),
        (_("phone"), contact("phone")),
    ),
    related=("event", "person", "appointment", "representing", "hub__place"),
    prepare=with_contact,
)
