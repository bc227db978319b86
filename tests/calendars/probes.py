"""Probes: calendars that show whether a reader resolves a VTIMEZONE as zoneinfo does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from events.domain.ical import vtimezones

DAY = timedelta(days=1)
SEASON = timedelta(days=91)
MARGINS = [
    sign * margin
    for margin in (timedelta(minutes=1), timedelta(minutes=61), DAY)
    for sign in (1, -1)
]


@dataclass(frozen=True)
class Probe:
    """A zone and a span of time, in UTC.

    Its stream names the zone by an invented TZID, so that readers must use the VTIMEZONE.
    """

    name: str
    first: datetime
    last: datetime

    @cached_property
    def instants(self) -> list[datetime]:
        """UTC moments near each change and in each season, without those of a repeated hour."""
        zone = ZoneInfo(self.name)
        near = [at + margin for at in self._changes(zone) for margin in MARGINS]
        seasons = [self.first + SEASON * n for n in range((self.last - self.first) // SEASON)]
        inside = {at for at in [self.first, *near, *seasons, self.last] if self._holds(at)}
        return sorted(at for at in inside if not _is_repeated(at.astimezone(zone)))

    def _holds(self, at: datetime) -> bool:
        return self.first <= at <= self.last

    def _changes(self, zone: ZoneInfo) -> Iterator[datetime]:
        """Yield the changes of the offset, found minute by minute, independently of our code."""
        at = self.first
        while at < self.last:
            if at.astimezone(zone).utcoffset() != (at + DAY).astimezone(zone).utcoffset():
                yield next(
                    moment
                    for minute in range(24 * 60 + 1)
                    if (moment := at + timedelta(minutes=minute)).astimezone(zone).utcoffset()
                    != at.astimezone(zone).utcoffset()
                )
            at += DAY

    def stream(self) -> bytes:
        """Return a calendar with one event at each of the instants, its UID the UTC moment."""
        zone = ZoneInfo(self.name)
        timezone = vtimezones.render(name=self.name, first=self.first, last=self.last)
        secret = f"Probe/{self.name}/{self.first:%Y%m%d}"
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//probe//EN"]
        lines.append(timezone.replace(f"TZID:{self.name}\r\n", f"TZID:{secret}\r\n").rstrip())
        for at in self.instants:
            lines += [
                "BEGIN:VEVENT",
                f"UID:{at:%Y%m%dT%H%M%SZ}",
                "DTSTAMP:20260101T000000Z",
                f"DTSTART;TZID={secret}:{at.astimezone(zone):%Y%m%dT%H%M%S}",
                f"DTEND:{at + DAY:%Y%m%dT%H%M%SZ}",
                "STATUS:CONFIRMED",
                "SUMMARY:probe",
                "END:VEVENT",
            ]
        return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _is_repeated(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def utc(year: int, month: int = 1, day: int = 1) -> datetime:
    """Return the first moment of a day in UTC."""
    return datetime(year, month, day, tzinfo=UTC)
