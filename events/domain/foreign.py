"""Calendars of others, through the second door of iCalendar: bytes read into plain records.

`components` has looked at the whole by then; what is wrong with one event is said of that alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from icalendar.parser import Contentline
from icalendar.prop import vDate, vDatetime, vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.domain import components
from events.domain.calendars import LINE_END, UNWANTED, UTC_NAMES
from events.domain.components import Component
from events.values import dates, repeats
from events.values.dates import DAY, Precision, When
from events.values.repeats import BadRule, Budget

# A series is read from a year ago until two years ahead.
BEHIND, AHEAD = timedelta(days=366), timedelta(days=731)
LONGEST_UID, LONGEST_TITLE, LONGEST_URL, LONGEST_ZONE = 255, 300, 500, 200
LONGEST_TEXT: Final = 20_000
MOST_EVENTS: Final = 500  # the tree of events is locked until the last is stored
LONGEST_HEAD: Final = 2_000  # the name of a line and its parameters, before the value
HEAD = re.compile(r'[^:"]*(?:"[^"]*"[^:"]*)*:')
REPEATED: Final = ("RRULE", "RDATE", "EXDATE")
ESCAPE = re.compile(r"\\([\\;,:nN\"])")


def _(text: str) -> str:
    """Mark a text for translation by whoever shows it."""
    return text


class BadEntry(ValueError):
    """What is wrong with one event: the property, and a reason with %-placeholders."""

    def __init__(self, name: str, reason: str, /, **values: object) -> None:
        super().__init__(f"{name}: {reason % values}")
        self.name = name
        self.reason = reason
        self.values = values


class TooManyEvents(Exception):
    """More events than MOST_EVENTS, with every time of the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event of the calendar, or one time of a series: `key` says which, in UTC or as a day."""

    line: int
    uid: str
    key: str = ""
    sequence: int = 0
    modified_at: datetime | None = None
    is_cancelled: bool = False
    title: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An event that cannot be read, and why."""

    line: int
    uid: str
    title: str
    error: BadEntry


@dataclass(slots=True)
class Reading:
    """What a calendar says; `whole` are the series of which every time in the window is known."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Property:
    """A line in its parts."""

    name: str
    value: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Moment:
    """A day, or a wall time in a zone; the zone is UTC where the calendar says so."""

    at: datetime
    timezone: str
    is_day: bool = False

    @property
    def key(self) -> str:
        if self.is_day:
            return f"{self.at:%Y%m%d}"
        return f"{dates.to_utc(self.at.date(), self.at.time(), self.timezone):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True, slots=True)
class _Draft:
    """An event as it stands in the calendar, before series are expanded."""

    entry: Entry
    start: _Moment
    block: Component


def read(*, body: bytes, timezone: str, now: datetime) -> Reading:
    """Return what a calendar says, its times without a zone of their own in `timezone`.

    Raises components.Unreadable and TooManyEvents. What may be read is limited so that the worst
    file takes less than two seconds of work: tests/events/domain/attacks.py has them.
    """
    return _Reader(components.read(body=body), timezone, now).read()


def _parsed(name: str, content: str) -> Property:
    head = HEAD.match(content)
    try:
        if head is None or head.end() > LONGEST_HEAD:
            raise ValueError(name)
        _name, parameters, value = Contentline(content).raw_parts()
    except ValueError as error:
        raise BadEntry(name, _("the line cannot be read")) from error
    words = {key: item for key, item in parameters.items() if isinstance(item, str)}
    return Property(name, value, words)


def _clean(text: str) -> str:
    """Return the plain text of a TEXT value."""
    plain = ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return UNWANTED.sub("", LINE_END.sub("\n", plain)).strip()


# ---------------------------------------------------------------- events


class _Reader:
    """One calendar being read: its zones, and what is left of the work it may cause."""

    def __init__(self, blocks: list[Component], timezone: str, now: datetime) -> None:
        self.blocks = blocks
        self.home = timezone
        self.first, self.last = (now - BEHIND).date(), (now + AHEAD).date()
        self.zones = _zones(block for block in blocks if block.name == "VTIMEZONE")
        self.budget = Budget()
        self.reading = Reading()

    def read(self) -> Reading:
        by_uid: dict[str, list[_Draft]] = defaultdict(list)
        bad = set()
        for block in self.blocks:
            if block.name == "VEVENT":
                draft = self._try(block, partial(self._draft, block))
                if draft:
                    by_uid[draft.entry.uid].append(draft)
                else:
                    bad.add(self._text(block, "UID"))
        self._check_number(sum(map(len, by_uid.values())))
        for uid, drafts in by_uid.items():
            self._add(drafts, is_whole=uid not in bad)
            self._check_number(len(self.reading.entries))
        return self.reading

    def _check_number(self, found: int) -> None:
        if found + len(self.reading.refused) > MOST_EVENTS:
            raise TooManyEvents

    def _try(self, block: Component, make: Callable[[], Any]) -> Any:
        """Return what is made of a component; what is wrong with it is kept."""
        try:
            return make()
        except BadEntry as error:
            found = error
        except dates.BadDate as error:
            found = BadEntry(FIELDS.get(error.field, "DTSTART"), error.reason, **error.values)
        except BadRule as error:
            found = BadEntry("RRULE", error.reason, **error.values)
        except (ValueError, OverflowError, TypeError) as error:
            found = BadEntry("VEVENT", _("the line cannot be read"))
            found.__cause__ = error
        uid, title = self._text(block, "UID"), self._text(block, "SUMMARY")
        refused = Refused(
            line=block.line, uid=uid[:LONGEST_UID], title=title[:LONGEST_TITLE], error=found
        )
        self.reading.refused.append(refused)
        return None

    def _add(self, drafts: list[_Draft], *, is_whole: bool) -> None:
        """Add the events of one UID: a series with what is said of single times of it."""
        newest: dict[str, _Draft] = {}
        for draft in sorted(drafts, key=_age):
            newest[draft.entry.key] = draft
        series = newest.get("")
        if series is None or not _repeats(series.block):
            self.reading.entries += [self._at_home(draft.entry) for draft in newest.values()]
            return
        del newest[""]
        moments = self._try(series.block, partial(self._moments, series))
        if moments is None:
            return
        own = {moment.key: self._time_of(series, moment) for moment in moments}
        own |= {key: draft.entry for key, draft in newest.items()}
        self.reading.entries += [self._at_home(entry) for entry in own.values()]
        if is_whole:
            self.reading.whole.add(series.entry.uid)

    def _draft(self, block: Component) -> _Draft:
        uid = self._text(block, "UID")
        if not uid or len(uid) > LONGEST_UID:
            raise BadEntry("UID", _("is missing or too long"))
        start = self._required(block)
        known = self._property(block, "RECURRENCE-ID")
        if known and known.parameters.get("RANGE"):
            raise BadEntry("RECURRENCE-ID", _("a change of all later times is not understood"))
        title = self._text(block, "SUMMARY")[:LONGEST_TITLE]
        is_cancelled = self._text(block, "STATUS").upper() == "CANCELLED"
        if not title and not is_cancelled:
            raise BadEntry("SUMMARY", _("there is no title"))
        when = self._when(block, start)
        dates.validate(when)
        entry = Entry(
            line=block.line,
            uid=uid,
            key=self._moment(known).key if known else "",
            sequence=self._sequence(block),
            modified_at=self._modified(block),
            is_cancelled=is_cancelled,
            title=title,
            description=self._text(block, "DESCRIPTION")[:LONGEST_TEXT],
            location=self._text(block, "LOCATION")[:LONGEST_TITLE],
            url=_address(self._text(block, "URL")),
            when=when,
        )
        return _Draft(entry, start, block)

    # ------------------------------------------------------------ single values

    def _property(self, block: Component, name: str) -> Property | None:
        found = block.lines.get(name)
        return _parsed(name, found[0][1]) if found else None

    def _properties(self, block: Component, name: str) -> list[Property]:
        return [_parsed(name, content) for _line, content in block.lines.get(name, ())]

    def _text(self, block: Component, name: str) -> str:
        try:
            found = self._property(block, name)
        except BadEntry:
            return ""
        return _clean(found.value) if found else ""

    def _sequence(self, block: Component) -> int:
        text = self._text(block, "SEQUENCE")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0

    def _modified(self, block: Component) -> datetime | None:
        found = self._property(block, "LAST-MODIFIED")
        if not found:
            return None
        try:
            at = vDatetime.from_ical(found.value)
        except ValueError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def _required(self, block: Component) -> _Moment:
        found = self._property(block, "DTSTART")
        if not found:
            raise BadEntry("DTSTART", _("there is no date"))
        return self._moment(found)

    def _moment(self, found: Property, value: str | None = None) -> _Moment:
        """Return the day or the wall time that a property means."""
        text = (found.value if value is None else value).strip()
        try:
            if re.fullmatch(r"[0-9]{8}", text):
                day = vDate.from_ical(text)
                return _Moment(datetime.combine(day, time.min), self.home, is_day=True)
            at = vDatetime.from_ical(text)
        except ValueError as error:
            reason = _("“%(text)s” is not a date")
            raise BadEntry(found.name, reason, text=text[:40]) from error
        if at.tzinfo:
            return _Moment(at.replace(tzinfo=None), "UTC")
        name = found.parameters.get("TZID", "")
        zone = self._zone(found.name, name, at) if name else self.home
        return _Moment(at, zone)

    def _zone(self, property_name: str, name: str, at: datetime) -> str:
        """Return the IANA zone of a TZID, or refuse it by its name."""
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

    def _when(self, block: Component, start: _Moment) -> When:
        """Return the date of an event, in the zone in which it is written."""
        end = self._end(block, start)
        first: dict[str, Any] = {"start_on": start.at.date(), "timezone": start.timezone}
        if start.is_day:
            last = end.at.date() - DAY if end else start.at.date()
            if end and end.at == start.at:  # some mean one day
                last = start.at.date()
            return When(precision=Precision.DAY, end_on=last, **first)
        if end is None:
            return When(precision=Precision.TIME, start_time=start.at.time(), **first)
        return When(
            precision=Precision.TIME,
            start_time=start.at.time(),
            end_on=end.at.date(),
            end_time=end.at.time(),
            end_timezone=end.timezone if end.timezone != start.timezone else "",
            **first,
        )

    def _end(self, block: Component, start: _Moment) -> _Moment | None:
        if found := self._property(block, "DTEND"):
            end = self._moment(found)
            if end.is_day != start.is_day:
                raise BadEntry("DTEND", _("is a day and the start is a time, or the reverse"))
            return end
        found = self._property(block, "DURATION")
        if not found:
            return None
        length = vDuration.from_ical(found.value.strip())
        if start.is_day or not length % DAY:
            return replace(start, at=start.at + length)
        zone = dates.zone(start.timezone)
        at = dates.to_utc(start.at.date(), start.at.time(), start.timezone) + length
        return replace(start, at=at.astimezone(zone).replace(tzinfo=None))

    # ------------------------------------------------------------ series

    def _moments(self, series: _Draft) -> list[_Moment]:
        """Return the times of a series in the window, without those that are taken out."""
        block, start = series.block, series.start
        if block.lines.get("EXRULE"):
            raise BadEntry("EXRULE", _("rules of exception are not understood"))
        local = partial(self._until, start)
        rules = [
            repeats.parse(found.value, local=local) for found in self._properties(block, "RRULE")
        ]
        first = datetime.combine(self.first, time.min)
        last = datetime.combine(self.last, time.max)
        times = repeats.expand(rules, start=start.at, first=first, last=last, budget=self.budget)
        extra = [moment for moment in self._list(block, "RDATE") if first <= moment.at <= last]
        moments = {moment.key: moment for moment in (replace(start, at=at) for at in times)}
        moments |= {moment.key: moment for moment in extra if moment.is_day == start.is_day}
        if len(moments) > repeats.MOST:
            reason = _("it repeats more than %(most)s times in three years")
            raise BadEntry("RDATE", reason, most=repeats.MOST)
        for moment in self._list(block, "EXDATE"):
            moments.pop(moment.key, None)
        return list(moments.values())

    def _until(self, start: _Moment, text: str) -> datetime:
        """Return the end of a rule on the clock of the series."""
        end = self._moment(Property("RRULE", text, {}))
        if end.is_day:
            return datetime.combine(end.at.date(), time.max)
        if end.timezone != "UTC" or start.is_day:
            return end.at
        there = end.at.replace(tzinfo=UTC).astimezone(dates.zone(start.timezone))
        return there.replace(tzinfo=None)

    def _list(self, block: Component, name: str) -> Iterator[_Moment]:
        for found in self._properties(block, name):
            if found.parameters.get("VALUE", "").upper() == "PERIOD":
                raise BadEntry(name, _("periods are not understood"))
            for value in found.value.split(","):
                yield self._moment(found, value)

    def _time_of(self, series: _Draft, moment: _Moment) -> Entry:
        """Return one time of a series: as long as the first, on the same clocks."""
        when = series.entry.when
        if moment.timezone != series.start.timezone:  # an RDATE with a zone of its own
            there = dates.to_utc(moment.at.date(), moment.at.time(), moment.timezone)
            at = there.astimezone(dates.zone(series.start.timezone)).replace(tzinfo=None)
        else:
            at = moment.at
        moved = _shifted(when, at - series.start.at)
        return replace(series.entry, key=moment.key, when=moved)

    def _at_home(self, entry: Entry) -> Entry:
        """Return an event that was written in UTC as the clock at home shows it."""
        when = entry.when
        if when.precision == Precision.DAY or when.timezone != "UTC" or self.home == "UTC":
            return entry
        start, end = dates.instants(when)
        zone = dates.zone(self.home)
        assert start  # noqa: S101 -- it has a time
        # Nobody stores which of two equal hours it was.
        first = start.astimezone(zone).replace(fold=0)
        last = end.astimezone(zone).replace(fold=0) if end else None
        there = replace(
            when,
            start_on=first.date(),
            start_time=first.time(),
            end_on=last.date() if last else None,
            end_time=last.time() if last else None,
            timezone=self.home,
            end_timezone="" if when.end_timezone == self.home else when.end_timezone,
        )
        if there.end_timezone or dates.instants(there) != (start, end):
            return entry  # in an hour that this clock shows twice
        return replace(entry, when=there)


FIELDS: Final = {"start_on": "DTSTART", "end_on": "DTEND", "end_time": "DTEND"}


def _age(draft: _Draft) -> tuple[int, datetime, int]:
    entry = draft.entry
    return entry.sequence, entry.modified_at or datetime.min.replace(tzinfo=UTC), entry.line


def _repeats(block: Component) -> bool:
    return any(block.lines.get(name) for name in REPEATED)


def _shifted(when: When, by: timedelta) -> When:
    """Return the date moved on its clocks."""
    if when.precision == Precision.DAY:
        return when.moved(by.days)
    start = _plus(when.start_on, when.start_time, by)
    if when.end_time is None:
        return replace(when, start_on=start.date(), start_time=start.time())
    end = _plus(when.end_on, when.end_time, by)
    return replace(
        when,
        start_on=start.date(),
        start_time=start.time(),
        end_on=end.date(),
        end_time=end.time(),
    )


def _plus(day: date | None, at: time | None, by: timedelta) -> datetime:
    assert day  # noqa: S101 -- a time has a day
    assert at is not None  # noqa: S101 -- and a clock
    return datetime.combine(day, at) + by


def _address(text: str) -> str:
    """Return a link that is safe to follow, or nothing."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    plain = text.isascii() and not re.search(r"[\s\"<>\\^`{|}]", text)
    return text if is_web and plain and len(text) <= LONGEST_URL else ""


def _zones(blocks: Iterator[Component]) -> dict[str, tuple[str, frozenset[timedelta]]]:
    """Return for each zone of the calendar the IANA name that it tells of, and its offsets."""
    found = {}
    for block in blocks:
        offsets = [
            _offset(content)
            for part in block.parts
            for _line, content in part.lines.get("TZOFFSETTO", ())
        ]
        names = {
            name: _clean(content.partition(":")[2])
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
    """The zones that there are; to list them takes a walk through files."""
    return frozenset(available_timezones())


def _iana(name: str) -> str:
    """Return the IANA zone that a name ends in, as in /x.org/Asia/Tokyo, or that Windows means."""
    parts = name.split("/") if len(name) <= LONGEST_ZONE else []
    tails = ("/".join(parts[start:]) for start in range(min(len(parts), 6)))
    return next((tail for tail in tails if tail in _names()), WINDOWS_TO_OLSON.get(name, ""))
