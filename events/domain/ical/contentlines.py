"""Parses content lines of foreign calendars (RFC 5545, 3.1) into plain Python values.

Beside `writing` this is the only module that imports icalendar. An unreadable line raises
BadEntry, which concerns only the event that contains the line, not the whole file.
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

MAX_URL_CHARS: Final = 500
MAX_HEAD_CHARS: Final = 2_000  # characters of name and parameters, up to the colon
HEAD = re.compile(r'[^:"]*(?:"[^"]*"[^:"]*)*:')
ESCAPE = re.compile(r"\\([\\;,:nN\"])")


class BadEntry(ValueError):
    """One event cannot be read: the property at fault, and a reason with %-placeholders."""

    def __init__(self, name: str, reason: str, /, **values: object) -> None:
        super().__init__(f"{name}: {reason % values}")
        self.name = name
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Property:
    """A content line split into name, value and parameters; the value is still escaped."""

    name: str
    value: str
    parameters: dict[str, str]


def first(block: Component, name: str) -> Property | None:
    """Return the first property of that name, or None. Raises BadEntry."""
    found = block.lines.get(name)
    return parsed(name, found[0][1]) if found else None


def every(block: Component, name: str) -> list[Property]:
    """Return all properties of that name. Raises BadEntry."""
    return [parsed(name, content) for _line, content in block.lines.get(name, ())]


def text(block: Component, name: str) -> str:
    """Return the unescaped text of the first property of that name; '' if absent or unreadable."""
    try:
        found = first(block, name)
    except BadEntry:
        return ""
    return clean(found.value) if found else ""


def number(block: Component, name: str) -> int:
    """Return the number from 0 to 999,999,999 in a property; 0 for anything else."""
    said = text(block, name)
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else 0


def moment(block: Component, name: str) -> datetime | None:
    """Return the time in a property, a time without a zone taken as UTC.

    Returns None if the property is absent or holds no time. Raises BadEntry.
    """
    found = first(block, name)
    if not found:
        return None
    try:
        at = vDatetime.from_ical(found.value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def address(block: Component, name: str) -> str:
    """Return the http or https URL in a property; '' for anything else.

    It must be ASCII without characters that RFC 3986 excludes, and at most MAX_URL_CHARS long.
    """
    said = text(block, name)
    try:
        parts = urlsplit(said)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    plain = said.isascii() and not re.search(r"[\s\"<>\\^`{|}]", said)
    return said if is_web and plain and len(said) <= MAX_URL_CHARS else ""


def day_or_time(value: str) -> date | datetime:
    """Return the value of a DATE or a DATE-TIME (RFC 5545, 3.3.4 and 3.3.5). Raises ValueError."""
    if re.fullmatch(r"[0-9]{8}", value):
        return vDate.from_ical(value)
    return vDatetime.from_ical(value)


def duration(found: Property) -> timedelta:
    """Return the value of a DURATION (RFC 5545, 3.3.6). Raises ValueError."""
    return vDuration.from_ical(found.value.strip())


def zone_of_windows(name: str) -> str:
    """Return the IANA zone for a name of a Windows time zone; '' if the name is unknown."""
    return WINDOWS_TO_OLSON.get(name, "")


def parsed(name: str, content: str) -> Property:
    """Split a content line; parameters with several values are dropped. Raises BadEntry."""
    head = HEAD.match(content)
    try:
        if head is None or head.end() > MAX_HEAD_CHARS:
            raise ValueError(name)
        _name, parameters, value = Contentline(content).raw_parts()
    except ValueError as error:
        raise BadEntry(name, _("the line cannot be read")) from error
    words = {key: item for key, item in parameters.items() if isinstance(item, str)}
    return Property(name, value, words)


def clean(text: str) -> str:
    """Return the plain text of a TEXT value (RFC 5545, 3.3.11), without control characters."""
    plain = ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return UNWANTED.sub("", LINE_END.sub("\n", plain)).strip()
