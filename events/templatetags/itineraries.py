"""Template tags for the items of an itinerary."""

from datetime import date

from django import template
from django.utils.translation import gettext

from events.domain.pages import formatting
from events.domain.pages.itineraries import Companion, Hub, Item, Span
from events.models import Attendee

register = template.Library()

register.filter("hours", formatting.clock_hours)
register.filter("hangs", formatting.clock_place)
register.filter("further", formatting.further_clock)
register.filter("when", formatting.when)


@register.filter
def way(item: Item) -> str:
    """Return the place of an item; for a transfer both: “Hong Kong → Doha”."""
    return " → ".join(filter(None, (item.place, item.end_place)))


@register.filter
def joining(hub: Hub, item: Item) -> str:
    """Return the local time at a hub; for an event without a time of day, its date and place."""
    if hub.clock:
        return formatting.clocks(hub.clock, on=item.on)
    event = item.event
    there = formatting.zone_name(place=event.place, zone=event.timezone)
    day = formatting.day_there(on=item.on, place=there)
    return gettext("%(place)s: %(day)s") % {"place": hub.place, "day": day}


@register.filter
def arrival(item: Item) -> str:
    """Return the local time and place at the end of a transfer: “04:30 (Doha)”."""
    if item.clock is None or item.clock.end is None:
        return ""
    place = item.clock.end_name or item.clock.name
    return gettext("%(hours)s (%(place)s)") % {"hours": f"{item.clock.end:%H:%M}", "place": place}


@register.filter
def numbered(span: Span, on: date) -> str:
    """Return “day 2 of 6”; '' for a span of one day."""
    days = (span.last - span.first).days + 1
    words = {"number": (on - span.first).days + 1, "days": days}
    return gettext("day %(number)s of %(days)s") % words if days > 1 else ""


@register.filter
def titles(companion: Companion) -> str:
    """Return “Mayor, Shanghai Municipal Government (guest of honour)”: office, body, role."""
    whose = gettext(", ").join(filter(None, (companion.office, companion.representing)))
    if companion.role == str(Attendee.Role.PARTICIPANT.label):
        return whose
    return (gettext("%(office)s (%(part)s)") % {"office": whose, "part": companion.role}).strip()
