"""Template tags for dates, translated texts and addresses."""

import json
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from events.domain.pages import formatting
from events.domain.pages.publicprogrammes import ProgrammeDay, ProgrammePart
from events.models import Event, Place
from events.values.dates import When
from events.values.languages import tag
from events.web import terms, texts
from events.web.public import dates, grid, linked_data
from events.web.public.queries import Query

register = template.Library()

register.filter("day", formatting.day)
register.filter("weekday", dates.weekday)
register.filter("month", dates.month)
register.filter("words", dates.words)
register.filter("clock", dates.clock)
register.filter("doubts", dates.doubts)
register.filter("machine", dates.machine)
register.filter("sources", terms.sources)
register.filter("field_name", formatting.field)
register.filter("origin", terms.date_origin)
register.filter("kind_name", terms.kind)
register.filter("country_name", terms.country)
register.filter("number", terms.number)
register.filter("by_month", grid.by_month)
register.filter("tag", tag)
register.simple_tag(texts.said, name="said")


@register.filter
def local(when: When, place: Place) -> dates.Local | None:
    """Return the local date and time at a place; None without a time of day or zone."""
    zone = place.find_zone()
    return dates.at(when, zone) if zone else None


@register.filter
def city(place: Place) -> Place:
    """Return the city in which the place lies, or the place itself."""
    above: Place | None = place
    while above and above.kind != Place.Kind.CITY:
        above = above.parent
    return above or place


@register.filter
def whole(event: Event) -> Event | None:
    """Return the event that this one is part of, if everybody may see it."""
    parent = event.parent
    return parent if parent and parent.is_public else None


@register.filter
def hours_within(event: Event, day: ProgrammeDay) -> str | None:
    """Return the hours of a part on the day that stands above it, with the clock if it has another.

    '' if the day alone is known; None if more has to be said, as of a part that goes on for days.
    """
    when = event.when
    if day.on is None or {when.start_on, when.last_on} != {day.on}:
        return None
    is_plain = when.timezone == day.zone and not when.end_timezone
    return formatting.hours(when) if is_plain or not when.start_time else dates.clock(when)


@register.filter
def kind_beside(event: Event) -> str:
    """Return the kind of a part of a programme; '' if it adds nothing to the title."""
    is_plain = event.kind == Event.Kind.SESSION or terms.tells(event.title, event.kind)
    return "" if is_plain else terms.kind(event.kind)


@register.filter
def places_beside(part: ProgrammePart) -> list[Place]:
    """Return the places of a part that its title does not name already."""
    title = part.event.title.casefold()
    return [place for place in part.places if place.name.casefold() not in title]


@register.filter
def adds_to(kind: str, title: str) -> bool:
    """Whether a kind says more than the title: not so for a “Signing ceremony” called so."""
    return kind.casefold() not in title.casefold()


@register.filter
def iso_month(on: date) -> str:
    return f"{on:%Y-%m}"


@register.simple_tag(takes_context=True)
def languages(context: dict[str, Any]) -> list[texts.Version]:
    """Return links to this page in each language, also for addresses that have no route."""
    request = context.get("request")
    return texts.versions(request.get_full_path() if request else "/")


@register.simple_tag(takes_context=True)
def address(context: dict[str, Any], **changes: str | date | None) -> str:
    """Return the query string of this page with changed parameters; a date becomes its month."""
    query: Query = context["query"]
    parts = {
        name: f"{part:%Y-%m}" if isinstance(part, date) else str(part or "")
        for name, part in changes.items()
    }
    return query.address(**parts)


@register.simple_tag
def webcal(url: str) -> str:
    """Return a webcal: address, which opens a calendar program."""
    return "webcal://" + url.split("://", 1)[1]


@register.simple_tag
def site_url() -> str:
    return settings.SITE_URL


@register.simple_tag
def json_ld(event: Event, parent: Event | None) -> SafeString:
    """Return the event as JSON-LD for search engines, in an element that is never executed."""
    text = json.dumps(linked_data.describe(event, parent), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04X}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 -- escaped
