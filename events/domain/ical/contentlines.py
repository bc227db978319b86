"""Lines of foreign calendars in their parts: through the second door of iCalendar, plain values.

What is wrong with a line is said of the event that it stands in.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _
from icalendar.parser import Contentline
from icalendar.prop import vDate, vDatetime, vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.domain.ical.parsing import Component
from events.domain.ical.writing import LINE_END, UNWANTED

LONGEST_URL: Final = 500
LONGEST_HEAD: Final = 2_000  # the name of a line and its parameters, before the value
HEAD = re.compile(r'[^:"]*(?:"[^"]*"[^:"]*)*:')
ESCAPE = re.compile(r"\\([\\;,:nN\"])")


class BadEntry(ValueError):
    """What is wrong with one event: the property, and a reason with %-placeholders."""

    def __init__(self, name: str, reason: str, /, **values: object) -> None:
        super().__init__(f"{name}: {reason % values}")
        self.name = name
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Property:
    """A line in its parts."""

    name: str
    value: str
    parameters: dict[str, str]


def first(block: Component, name: str) -> Property | None:
    """Return the first line of a name; raise BadEntry."""
    found = block.lines.get(name)
    return parsed(name, found[0][1]) if found else None


def every(block: Component, name: str) -> list[Property]:
    """Return all lines of a name; raise BadEntry."""
    return [parsed(name, content) for _line, content in block.lines.get(name, ())]


def text(block: Component, name: str) -> str:
    """Return the plain text of a line, or nothing."""
    try:
        found = first(block, name)
    except BadEntry:
        return ""
    return clean(found.value) if found else ""


def number(block: Component, name: str) -> int:
    """Return a number that is not below zero, and 0 for anything else."""
    said = text(block, name)
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else 0


def moment(block: Component, name: str) -> datetime | None:
    """Return a moment in UTC, or nothing."""
    found = first(block, name)
    if not found:
        return None
    try:
        at = vDatetime.from_ical(found.value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def address(block: Component, name: str) -> str:
    """Return a link that is safe to follow, or nothing."""
    said = text(block, name)
    try:
        parts = urlsplit(said)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    plain = said.isascii() and not re.search(r"[\s\"<>\\^`{|}]", said)
    return said if is_web and plain and len(said) <= LONGEST_URL else ""


def day_or_time(value: str) -> date | datetime:
    """Return the day or the time that a value means; raise ValueError."""
    if re.fullmatch(r"[0-9]{8}", value):
        return vDate.from_ical(value)
    return vDatetime.from_ical(value)


def duration(found: Property) -> timedelta:
    """Return how long something is; raise ValueError."""
    return vDuration.from_ical(found.value.strip())


def zone_of_windows(name: str) -> str:
    """Return the IANA zone that Windows means, or nothing."""
    return WINDOWS_TO_OLSON.get(name, "")


def parsed(name: str, content: str) -> Property:
    """Return a line in its parts; raise BadEntry."""
    head = HEAD.match(content)
    try:
        if head is None or head.end() > LONGEST_HEAD:
            raise ValueError(name)
        _name, parameters, value = Contentline(content).raw_parts()
    except ValueError as error:
        raise BadEntry(name, _("the line cannot be read")) from error
    words = {key: item for key, item in parameters.items() if isinstance(item, str)}
    return Property(name, value, words)


def clean(text: str) -> str:
    """Return the plain text of a TEXT value."""
    plain = ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return UNWANTED.sub("", LINE_END.sub("\n", plain)).strip()
