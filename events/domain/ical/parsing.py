"""Parses iCalendar files into trees of components, within limits far above those of real files.

Only the properties that the caller asks for are kept, so that nothing else in a file costs memory.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext, gettext_noop

from events.domain.refusals import Name, Refusal
from events.models import Viewer

MAX_BYTES: Final = 5 * 2**20
MAX_LINE_BYTES: Final = 2**16
MAX_COMPONENTS: Final = 10_000
MAX_DEPTH: Final = 4
MAX_DATES: Final = 5_000
ASKED: Final = {
    "VEVENT": {
        "UID", "RECURRENCE-ID", "SEQUENCE", "LAST-MODIFIED", "STATUS", "DTSTART", "DTEND",
        "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "RRULE", "RDATE", "EXDATE",
        "EXRULE",
    },
    "VTIMEZONE": {"TZID", "X-LIC-LOCATION"},
    "STANDARD": {"TZOFFSETTO"},
    "DAYLIGHT": {"TZOFFSETTO"},
}  # fmt: skip
DATES: Final = {"RDATE", "EXDATE"}
REPEATABLE: Final = {"RRULE", "ATTENDEE", *DATES}  # all lines are kept; of others the first only
NAME = re.compile(r"[A-Za-z0-9-]+")


class Unreadable(Refusal):
    """The whole file is refused; `line` is the number of the line at fault, 0 if there is none."""

    line: int = 0

    def sentence(self, *, user: Viewer | None) -> str:
        said = super().sentence(user=user)
        if not self.line:
            return said
        return gettext("%(said)s See line %(line)s.") % {"said": said, "line": self.line}

    def words(self, name: Name) -> dict[str, object]:
        return {"size": MAX_BYTES // 2**20, "parts": MAX_COMPONENTS}


class TooLarge(Unreadable):
    """The file has more than MAX_BYTES bytes."""

    text = gettext_noop("The calendar is larger than %(size)s MB.")


class NotACalendar(Unreadable):
    """The file is not UTF-8, does not begin with BEGIN:VCALENDAR, or BEGIN and END do not match."""

    text = gettext_noop("This is not a calendar in iCalendar format (.ics).")


class LineTooLong(Unreadable):
    """A line has more than MAX_LINE_BYTES bytes."""

    text = gettext_noop("A line of the calendar is too long.")


class TooManyComponents(Unreadable):
    """The file has more than MAX_COMPONENTS components."""

    text = gettext_noop("The calendar has more than %(parts)s parts.")


class TooDeep(Unreadable):
    """Components are nested more than MAX_DEPTH levels deep."""

    text = gettext_noop("The parts of the calendar lie too deep in each other.")


class TooManyDates(Unreadable):
    """The file has more than MAX_DATES values of RRULE, RDATE, EXDATE and ATTENDEE together."""

    text = gettext_noop("The series of the calendar have too many single dates.")


@dataclass(slots=True)
class Component:
    """A component: its first line, the kept lines by property name, and nested components."""

    name: str
    line: int
    lines: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    parts: list["Component"] = field(default_factory=list)


def read(*, body: bytes) -> list[Component]:
    """Return the components directly inside of all VCALENDARs of a file. Raises Unreadable."""
    return [part for calendar in calendars(body=body, asked=ASKED) for part in calendar.parts]


def calendars(*, body: bytes, asked: Mapping[str, Collection[str]]) -> list[Component]:
    """Return the VCALENDARs of a file, with the properties in `asked`, by name of component.

    Raises Unreadable.
    """
    text = _text(body)
    root = Component("", 0)
    stack, number, extra = [root], 0, 0
    for line, content in _unfolded(text):
        match = NAME.match(content)
        name = match[0].upper() if match else ""
        if name == "BEGIN":
            number += 1
            _begin(stack, content, line, number)
        elif name == "END":
            _end(stack, content, line)
        elif content.strip() and len(stack) == 1:
            raise NotACalendar(line)
        elif name in asked.get(stack[-1].name, ()):
            extra += (content.count(",") if name in DATES else 0) + (name in REPEATABLE)
            _keep(stack[-1], name, content, line, extra)
    if len(stack) > 1 or not root.parts:
        raise NotACalendar
    return root.parts


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise TooLarge
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotACalendar from error
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise NotACalendar
    return text


def _begin(stack: list[Component], content: str, line: int, number: int) -> None:
    name = content.partition(":")[2].strip().upper()
    if number > MAX_COMPONENTS:
        raise TooManyComponents(line)
    if len(stack) > MAX_DEPTH:
        raise TooDeep(line)
    if (len(stack) == 1) != (name == "VCALENDAR"):
        raise NotACalendar(line)
    block = Component(name, line)
    stack[-1].parts.append(block)
    stack.append(block)


def _end(stack: list[Component], content: str, line: int) -> None:
    name = content.partition(":")[2].strip().upper()
    if len(stack) == 1 or stack[-1].name != name:
        raise NotACalendar(line)
    stack.pop()


def _keep(block: Component, name: str, content: str, line: int, extra: int) -> None:
    if len(content) > MAX_LINE_BYTES:
        raise LineTooLong(line)
    if extra > MAX_DATES:
        raise TooManyDates(line)
    if name in REPEATABLE or name not in block.lines:
        block.lines[name].append((line, content))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each unfolded content line (RFC 5545, 3.1) with the number of its first line."""
    number, pieces = 1, [""]
    for at, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        if len(line) * 4 > MAX_LINE_BYTES and len(line.encode()) > MAX_LINE_BYTES:
            raise LineTooLong(at)
        if line.startswith((" ", "\t")):
            pieces.append(line[1:].removesuffix("\r"))
            continue
        yield number, "".join(pieces)
        number, pieces = at, [line.removesuffix("\r")]
    yield number, "".join(pieces)
