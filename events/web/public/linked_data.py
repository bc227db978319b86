"""Events in the vocabulary of schema.org, for search engines."""

from django.conf import settings

from events.models import Event
from events.web.public.dates import machine

TYPES = {Event.Kind.EXPO: "ExhibitionEvent", Event.Kind.PUBLICATION: "PublicationEvent"}
STATUSES = {
    Event.Status.POSTPONED: "EventPostponed",
    Event.Status.CANCELLED: "EventCancelled",
}
MODES = {
    Event.AttendanceMode.IN_PERSON: "OfflineEventAttendanceMode",
    Event.AttendanceMode.ONLINE: "OnlineEventAttendanceMode",
    Event.AttendanceMode.MIXED: "MixedEventAttendanceMode",
}


def describe(event: Event, parent: Event | None) -> dict[str, object]:
    """Return a schema.org Event without empty properties; pass the parent only if it is public."""
    about = {
        "@context": "https://schema.org",
        "@type": TYPES.get(Event.Kind(event.kind), "BusinessEvent"),
        "name": event.title,
        "description": event.description,
        "url": _url(event),
        "startDate": machine(event.when),
        "endDate": event.end_on.isoformat() if event.end_on and event.when.is_exact else "",
        "eventStatus": _term(STATUSES.get(Event.Status(event.status), "EventScheduled")),
        "eventAttendanceMode": _term(MODES[Event.AttendanceMode(event.attendance_mode)]),
        "location": _location(event),
        "superEvent": parent and {"@type": "Event", "name": parent.title, "url": _url(parent)},
    }
    return {name: value for name, value in about.items() if value}


def _term(name: str) -> str:
    return f"https://schema.org/{name}"


def _url(event: Event) -> str:
    return settings.SITE_URL + event.get_absolute_url()


def _location(event: Event) -> dict[str, object] | None:
    if event.place is None:
        return None
    place: dict[str, object] = {"@type": "Place", "name": event.place.name}
    if event.place.country:
        place["address"] = {"@type": "PostalAddress", "addressCountry": event.place.country.code}
    return place
