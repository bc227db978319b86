"""Dates as sources state them: a precision, a window of days, wall time and zone."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from events.values.texts import gettext_noop as _

DAY = timedelta(days=1)
# Years in which every local time has a UTC date within Python's range, whatever the zone.
YEARS = range(1000, 9000)


class Precision(StrEnum):
    """How exactly a date is known, the finest first."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    UNKNOWN = "unknown"


EXACT = frozenset({Precision.TIME, Precision.DAY})
MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.HALF_YEAR: 6, Precision.YEAR: 12}
# ISO 8601-2:2019, 4.8: 33-36 are the quarters of a year, 40-41 its halves.
GROUPINGS = {Precision.QUARTER: 33, Precision.HALF_YEAR: 40}


class BadDate(ValueError):
    """A date whose parts contradict each other: the field at fault and the reason.

    `reason` has %-placeholders for `values`, so that it can be translated.
    """

    def __init__(self, field: str, reason: str, **values: object) -> None:
        super().__init__(f"{field}: {reason % values}")
        self.field = field
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The date of an event.

    `start_on` and `end_on` are local days, both inclusive; an `end_on` of None means that the end
    is not known. With precision time or day they are the duration, with a coarser one the window in
    which the event lies. `start_time` and `end_time` are wall times in `timezone` (IANA name);
    `end_timezone` is set only if the end has another zone. `qualifier` is EDTF's: `?` uncertain,
    `~` approximate, `%` both.
    """

    precision: Precision = Precision.UNKNOWN
    start_on: date | None = None
    end_on: date | None = None
    start_time: time | None = None
    end_time: time | None = None
    timezone: str = ""
    end_timezone: str = ""
    qualifier: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the date is known to the day or better, so that a calendar can show it."""
        return self.precision in EXACT

    @property
    def last_on(self) -> date | None:
        """The last local day that is known."""
        return self.end_on or self.start_on

    @property
    def wall_start(self) -> datetime | None:
        """The start on the clock, at midnight if its time is not known; None without a day."""
        if self.start_on is None:
            return None
        return wall(self.start_on, self.start_time or time.min)

    @property
    def wall_end(self) -> datetime | None:
        """The end on the clock: of the last day, or, if only the start has a time, the start."""
        if self.start_on is None or (self.start_time and not self.end_time):
            return self.wall_start
        return wall(self.end_on or self.start_on, self.end_time or time.min)

    def moved(self, days: int) -> "When":
        """Return the date `days` later, at the same wall times.

        The result of a window is the month, quarter and so on that contains its moved middle.
        """
        shift = timedelta(days=days)
        first = self.start_on and self.start_on + shift
        last = self.end_on and self.end_on + shift
        if first and last and self.precision in MONTHS:
            first, last = period(self.precision, first + (last - first) / 2)
        return replace(self, start_on=first, end_on=last)

    def later(self, by: timedelta) -> "When":
        """Return the date with both ends moved on the clock; without a time, by the whole days."""
        if self.start_on is None or self.start_time is None:
            return self.moved(by.days)
        start = wall(self.start_on, self.start_time) + by
        days = start.date() - self.start_on
        end = self.end_on and self.end_on + days
        at = self.end_time
        if self.end_on and at:
            moved = wall(self.end_on, at) + by
            end, at = moved.date(), moved.time()
        elif at:
            at = (wall(self.start_on, at) + by).time()
        return replace(
            self, start_on=start.date(), start_time=start.time(), end_on=end, end_time=at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Start and end as a clock shows them, each with its own time zone.

    `end_name` is set only if the end has another zone, as in a transfer.
    """

    name: str
    start: datetime
    end: datetime | None = None
    end_name: str = ""

    def at(self, name: str, timezone: str) -> "Clock":
        """Return the same moments in another zone, for both start and end."""
        there = zone(timezone)
        return Clock(
            name=name,
            start=self.start.astimezone(there),
            end=self.end and self.end.astimezone(there),
        )

    @property
    def hands(self) -> tuple[datetime, datetime | None]:
        """The wall times without zone, to compare what two clocks show."""
        return self.start.replace(tzinfo=None), self.end and self.end.replace(tzinfo=None)


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone. Raises BadDate for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadDate("timezone", _("“%(name)s” is not an IANA time zone"), name=name) from error


def wall(day: date, at: time) -> datetime:
    """Return a day and a time of day as one value, to reckon with on the clock."""
    return datetime.combine(day, at)


def to_utc(day: date, at: time, timezone: str) -> datetime:
    """Return the UTC moment of a wall time.

    A time that the clocks skip is moved forward by the gap; of a repeated time the first is meant
    (PEP 495, fold=0).
    """
    offset = steady_offset(day, timezone)
    if offset is not None:
        return datetime.combine(day, at, UTC) - offset
    return datetime.combine(day, at, zone(timezone)).astimezone(UTC)


@lru_cache(maxsize=4096)
def steady_offset(day: date, timezone: str) -> timedelta | None:
    """Return the offset of a zone from UTC on a local day; None if it changes at about that time.

    It is compared from the day before to the day after; no zone has changed twice within a week.
    """
    there = zone(timezone)
    if day.year not in YEARS:
        return None
    first, last = (
        datetime.combine(on, time.min, there).utcoffset() for on in (day - DAY, day + 2 * DAY)
    )
    return first if first == last else None


def instants(when: When) -> tuple[datetime | None, datetime | None]:
    """Return the UTC moments of start and end, half-open; (None, None) for coarse dates.

    A day runs from local midnight to the local midnight after its last day. So does the end of a
    timed event whose last day is known but not the time of its end. An unknown end is None.
    """
    if not when.is_exact or when.start_on is None:
        return None, None
    end_zone = when.end_timezone or when.timezone
    last = when.end_on or when.start_on
    if when.precision == Precision.DAY:
        return (
            to_utc(when.start_on, time.min, when.timezone),
            to_utc(last + DAY, time.min, end_zone),
        )
    start = to_utc(when.start_on, when.start_time or time.min, when.timezone)
    if when.end_time:
        return start, to_utc(last, when.end_time, end_zone)
    return start, to_utc(last + DAY, time.min, end_zone) if last != when.start_on else None


def begins_at(when: When) -> datetime | None:
    """Return the UTC moment at which the event begins; of a coarse date that of its window."""
    start, _end = instants(when)
    if start or when.start_on is None:
        return start
    return to_utc(when.start_on, time.min, when.timezone or "UTC")


def over_at(when: When) -> datetime | None:
    """Return the UTC moment from which the event is certainly over; None if that is not known.

    If the time of the end is not known, this is the local midnight after the last day; for a coarse
    date, the midnight after its window.
    """
    _start, end = instants(when)
    if end or when.last_on is None:
        return end
    return to_utc(when.last_on + DAY, time.min, when.end_timezone or when.timezone or "UTC")


def last_day_over(now: datetime, timezone: str) -> date:
    """Return the latest local day that has ended in a zone by `now`."""
    today = now.astimezone(zone(timezone)).date()
    return today if to_utc(today + DAY, time.min, timezone) <= now else today - DAY


def period(precision: Precision, day: date) -> tuple[date, date]:
    """Return the first and last day of the month, quarter, half year or year around `day`."""
    length = MONTHS[precision]
    first = (day.month - 1) // length * length + 1
    last = first + length - 1
    return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


def validate(when: When) -> None:
    """Raise BadDate unless all parts agree with the precision."""
    for name in filter(None, (when.timezone, when.end_timezone)):
        zone(name)
    if when.precision == Precision.UNKNOWN:
        return
    if when.start_on is None:
        raise BadDate("start_on", _("is required unless the date is unknown"))
    _validate_years(when.start_on, when.end_on or when.start_on)
    if when.precision != Precision.TIME and (when.start_time or when.end_time):
        raise BadDate("start_time", _("only a date known to the minute has a clock time"))
    if when.is_exact:
        _validate_exact(when)
    elif (when.start_on, when.end_on) != period(when.precision, when.start_on):
        first, last = period(when.precision, when.start_on)
        raise BadDate(
            "end_on", _("the period runs from %(first)s to %(last)s"), first=first, last=last
        )


def _validate_years(first: date, last: date) -> None:
    for name, day in (("start_on", first), ("end_on", last)):
        if day.year not in YEARS:
            raise BadDate(
                name,
                _("the year is not between %(first)s and %(last)s"),
                first=YEARS.start,
                last=YEARS.stop - 1,
            )


def _validate_exact(when: When) -> None:
    if not when.timezone:
        raise BadDate("timezone", _("is required for an exact date"))
    if when.precision == Precision.TIME and when.start_time is None:
        raise BadDate("start_time", _("is required for a date known to the minute"))
    # A flight eastward over the date line may land on the day before it left.
    if when.end_on and when.start_on and when.end_on < when.start_on and not when.end_timezone:
        raise BadDate("end_on", _("lies before the start"))
    start, end = instants(when)
    if start and end and end < start:
        raise BadDate("end_time", _("lies before the start"))


def to_edtf(when: When) -> str:
    """Return the date as EDTF (ISO 8601-2:2019), '' if unknown.

    Wall times are ISO 8601 local times; the zone is not part of the text.
    """
    if when.start_on is None or when.precision == Precision.UNKNOWN:
        return ""
    if when.is_exact:
        return _exact_to_edtf(when) + when.qualifier
    year, month = when.start_on.year, when.start_on.month
    if when.precision == Precision.YEAR:
        return f"{year:04}{when.qualifier}"
    if when.precision in GROUPINGS:
        month = GROUPINGS[when.precision] + (month - 1) // MONTHS[when.precision]
    return f"{year:04}-{month:02}{when.qualifier}"


def _exact_to_edtf(when: When) -> str:
    assert when.start_on is not None  # noqa: S101 -- `to_edtf` has checked it
    start = when.start_on.isoformat() + _clock(when.start_time)
    if when.end_on is None and when.precision == Precision.DAY:
        return start + "/.."
    if when.end_time is None and when.end_on in (None, when.start_on):
        return start
    end = (when.end_on or when.start_on).isoformat() + _clock(when.end_time)
    return start if end == start else f"{start}/{end}"


def _clock(at: time | None) -> str:
    return f"T{at:%H:%M}" if at else ""


def from_edtf(text: str, *, timezone: str = "") -> When:
    """Parse what `to_edtf` returns, but without wall times. Raises BadDate for any other text."""
    if not text:
        return When(timezone=timezone)
    qualifier = text[-1] if text[-1] in "?~%" else ""
    bare = text.removesuffix(qualifier)
    start, slash, end = bare.partition("/")
    first = _period_of(start)
    if not slash:
        end_on = first.end_on
    elif first.precision != Precision.DAY:
        raise BadDate("edtf", _("“%(text)s”: only days make an interval"), text=text)
    else:
        end_on = None if end == ".." else _day_of(end)
    when = replace(first, end_on=end_on, timezone=timezone, qualifier=qualifier)
    if when.end_on and when.start_on and when.end_on < when.start_on:
        raise BadDate("edtf", _("“%(text)s” ends before it starts"), text=text)
    return when


def _day_of(text: str) -> date | None:
    only = _period_of(text)
    if only.precision != Precision.DAY:
        raise BadDate(
            "edtf", _("“%(text)s” is not a day, which the end of days must be"), text=text
        )
    return only.end_on


def _period_of(text: str) -> When:
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", text)
    if not match:
        raise BadDate("edtf", _("“%(text)s” is not an EDTF date"), text=text)
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return _build(year or 0, month, day)
    except ValueError as error:
        raise BadDate("edtf", _("“%(text)s” is not a date"), text=text) from error


def _build(year: int, month: int | None, day: int | None) -> When:
    if month is None:
        return _window(Precision.YEAR, date(year, 1, 1))
    if day is not None:
        only = date(year, month, day)
        return When(precision=Precision.DAY, start_on=only, end_on=only)
    if month <= 12:
        return _window(Precision.MONTH, date(year, month, 1))
    for precision, base in sorted(GROUPINGS.items(), key=lambda item: -item[1]):
        if month >= base:
            return _window(precision, date(year, (month - base) * MONTHS[precision] + 1, 1))
    raise ValueError(month)


def _window(precision: Precision, day: date) -> When:
    first, last = period(precision, day)
    return When(precision=precision, start_on=first, end_on=last)
