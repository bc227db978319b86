"""Dates and times of foreign calendars: days, and wall times with the IANA zone of their TZID."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from django.utils.translation import gettext_noop as _

from events.domain.ical import contentlines
from events.domain.ical.contentlines import BadEntry, Property
from events.domain.ical.parsing import Component
from events.domain.ical.writing import UTC_NAMES
from events.values import dates

MAX_ZONE_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class WallTime:
    """A day (at 00:00, `is_day`), or a wall time without tzinfo in the IANA zone `timezone`.

    A time that the calendar gives in UTC has the zone UTC.
    """

    at: datetime
    timezone: str
    is_day: bool = False

    @property
    def key(self) -> str:
        if self.is_day:
            return f"{self.at:%Y%m%d}"
        return f"{dates.to_utc(self.at.date(), self.at.time(), self.timezone):%Y%m%dT%H%M%SZ}"


class Clocks:
    """Resolves the TZIDs of one calendar; values without a zone are taken in the zone `home`."""

    def __init__(self, blocks: Iterable[Component], home: str) -> None:
        self.home = home
        self.zones = _zones(block for block in blocks if block.name == "VTIMEZONE")

    def moment(self, found: Property, value: str | None = None) -> WallTime:
        """Return the day or wall time in a property, or in `value` with its parameters.

        Raises BadEntry.
        """
        text = (found.value if value is None else value).strip()
        try:
            at = contentlines.day_or_time(text)
        except ValueError as error:
            reason = _("“%(text)s” is not a date")
            raise BadEntry(found.name, reason, text=text[:40]) from error
        if not isinstance(at, datetime):
            return WallTime(datetime.combine(at, time.min), self.home, is_day=True)
        if at.tzinfo:
            return WallTime(at.replace(tzinfo=None), "UTC")
        name = found.parameters.get("TZID", "")
        zone = self._zone(found.name, name, at) if name else self.home
        return WallTime(at, zone)

    def moments(self, block: Component, name: str) -> Iterator[WallTime]:
        """Yield the days or times of all properties of a name.

        Raises BadEntry, also for values of type PERIOD.
        """
        for found in contentlines.every(block, name):
            if found.parameters.get("VALUE", "").upper() == "PERIOD":
                raise BadEntry(name, _("periods are not understood"))
            for value in found.value.split(","):
                yield self.moment(found, value)

    def until(self, start: WallTime, text: str) -> datetime:
        """Return the UNTIL of an RRULE, `text`, as a wall time in the zone of the series.

        A UTC time is converted into that zone; a day means its last moment. Raises BadEntry.
        """
        end = self.moment(Property("RRULE", text, {}))
        if end.is_day:
            return datetime.combine(end.at.date(), time.max)
        if end.timezone != "UTC" or start.is_day:
            return end.at
        there = end.at.replace(tzinfo=UTC).astimezone(dates.zone(start.timezone))
        return there.replace(tzinfo=None)

    def _zone(self, property_name: str, name: str, at: datetime) -> str:
        """Return the IANA zone of a TZID. Raises BadEntry.

        If the TZID is no IANA name, the zone is guessed from the VTIMEZONE or from the end of the
        TZID. Its offset at `at` must then be one that the VTIMEZONE has, if there is one.
        """
        if name in UTC_NAMES:
            return "UTC"
        if name in _names():
            return name
        known, offsets = self.zones.get(name, ("", frozenset()))
        found = known or _iana(name)
        offset = at.replace(tzinfo=dates.zone(found)).utcoffset() if found else None
        if offset is None or (offsets and offset not in offsets):
            reason = _("the time zone “%(name)s” is not known")
            raise BadEntry(property_name, reason, name=name[:80])
        return found


def _zones(blocks: Iterator[Component]) -> dict[str, tuple[str, frozenset[timedelta]]]:
    """Return by TZID the IANA name that a VTIMEZONE suggests, '' if none, and its offsets."""
    found = {}
    for block in blocks:
        offsets = [
            _offset(content)
            for part in block.parts
            for _line, content in part.lines.get("TZOFFSETTO", ())
        ]
        names = {
            name: contentlines.clean(content.partition(":")[2])
            for name, lines in block.lines.items()
            for _line, content in lines[:1]
        }
        known = _iana(names.get("X-LIC-LOCATION", "")) or _iana(names.get("TZID", ""))
        if "TZID" in names:
            found[names["TZID"]] = (
                known,
                frozenset(offset for offset in offsets if offset is not None),
            )
    return found


def _offset(content: str) -> timedelta | None:
    match = re.fullmatch(r"([+-])([0-9]{2})([0-9]{2})(?:[0-9]{2})?", content.partition(":")[2])
    if not match:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -size if match[1] == "-" else size


@cache
def _names() -> frozenset[str]:
    """Return all IANA zones; cached, because zoneinfo walks through its files for each call."""
    return frozenset(available_timezones())


def _iana(name: str) -> str:
    """Return the IANA zone that a name ends in, as in /x.org/Asia/Tokyo, or its Windows zone.

    Returns '' if there is none.
    """
    parts = name.split("/") if len(name) <= MAX_ZONE_CHARS else []
    tails = ("/".join(parts[start:]) for start in range(min(len(parts), 6)))
    return next((tail for tail in tails if tail in _names()), contentlines.zone_of_windows(name))
