"""Reading of iCalendar files of others: plain records, with series expanded into occurrences.

`parsing` has checked the file as a whole before; an error in one event refuses that event only.
`contentlines` parses single lines, `datetimes` their time zones.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from events.domain.ical import contentlines, parsing
from events.domain.ical.contentlines import BadEntry
from events.domain.ical.datetimes import Clocks, WallTime
from events.domain.ical.parsing import Component
from events.domain.refusals import Name, Refusal
from events.values import dates, repeats
from events.values.dates import DAY, Precision, When
from events.values.repeats import BadRule, Budget

# The window in which series are expanded.
BEHIND, AHEAD = timedelta(days=366), timedelta(days=731)
MAX_UID_CHARS, MAX_TITLE_CHARS = 255, 300
MAX_TEXT_CHARS: Final = 20_000
MAX_EVENTS: Final = 500  # the tree of events is locked until the last one is stored
REPEATED: Final = ("RRULE", "RDATE", "EXDATE")


class TooManyEvents(Refusal):
    """There are more than MAX_EVENTS events, with all occurrences of series."""

    text = _("The calendar has more than %(most)s events: no more can be imported at once.")

    def words(self, name: Name) -> dict[str, object]:
        return {"most": MAX_EVENTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """An event, or an occurrence of a series.

    `key` is the RECURRENCE-ID in UTC or as a day, and '' for an event that is no occurrence.
    """

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
    """An event that cannot be imported, and the error."""

    line: int
    uid: str
    title: str
    error: BadEntry


@dataclass(slots=True)
class Reading:
    """Content of a calendar.

    `whole` are the UIDs of series all of whose occurrences in the window are known: an occurrence
    that is missing in them was removed. `budget` counts the days that were checked for the series.
    """

    entries: list[ForeignEvent] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A VEVENT as written, before series are expanded."""

    entry: ForeignEvent
    start: WallTime
    block: Component


def read(*, body: bytes, timezone: str, now: datetime) -> Reading:
    """Return the content of a calendar; times without a zone are taken to be in `timezone`.

    Raises parsing.Unreadable and TooManyEvents. The limits are chosen so that the worst file takes
    less than two seconds of CPU; `attacks.py` in the tests has such files.
    """
    return _Reader(parsing.read(body=body), timezone, now).read()


# ---------------------------------------------------------------- events


class _Reader:
    """The state while one calendar is read: its zones, the window of series, and the result."""

    def __init__(self, blocks: list[Component], timezone: str, now: datetime) -> None:
        self.blocks = blocks
        self.clocks = Clocks(blocks, timezone)
        self.first, self.last = (now - BEHIND).date(), (now + AHEAD).date()
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
                    bad.add(contentlines.text(block, "UID"))
        self._check_number(sum(map(len, by_uid.values())))
        for uid, drafts in by_uid.items():
            self._add(drafts, is_whole=uid not in bad)
            self._check_number(len(self.reading.entries))
        return self.reading

    def _check_number(self, found: int) -> None:
        if found + len(self.reading.refused) > MAX_EVENTS:
            raise TooManyEvents

    def _try(self, block: Component, make: Callable[[], Any]) -> Any:
        """Return the result of `make`, or None after recording the error as a Refused."""
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
        uid, title = contentlines.text(block, "UID"), contentlines.text(block, "SUMMARY")
        refused = Refused(
            line=block.line, uid=uid[:MAX_UID_CHARS], title=title[:MAX_TITLE_CHARS], error=found
        )
        self.reading.refused.append(refused)
        return None

    def _add(self, drafts: list[_Draft], *, is_whole: bool) -> None:
        """Add the events of one UID: single events, or a series with its overrides."""
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
        uid = contentlines.text(block, "UID")
        if not uid or len(uid) > MAX_UID_CHARS:
            raise BadEntry("UID", _("is missing or too long"))
        start = self._required(block)
        known = contentlines.first(block, "RECURRENCE-ID")
        if known and known.parameters.get("RANGE"):
            raise BadEntry("RECURRENCE-ID", _("a change of all later times is not understood"))
        title = contentlines.text(block, "SUMMARY")[:MAX_TITLE_CHARS]
        is_cancelled = contentlines.text(block, "STATUS").upper() == "CANCELLED"
        if not title and not is_cancelled:
            raise BadEntry("SUMMARY", _("there is no title"))
        when = self._when(block, start)
        dates.validate(when)
        entry = ForeignEvent(
            line=block.line,
            uid=uid,
            key=self.clocks.moment(known).key if known else "",
            sequence=contentlines.number(block, "SEQUENCE"),
            modified_at=contentlines.moment(block, "LAST-MODIFIED"),
            is_cancelled=is_cancelled,
            title=title,
            description=contentlines.text(block, "DESCRIPTION")[:MAX_TEXT_CHARS],
            location=contentlines.text(block, "LOCATION")[:MAX_TITLE_CHARS],
            url=contentlines.address(block, "URL"),
            when=when,
        )
        return _Draft(entry, start, block)

    # ------------------------------------------------------------ single values

    def _required(self, block: Component) -> WallTime:
        found = contentlines.first(block, "DTSTART")
        if not found:
            raise BadEntry("DTSTART", _("there is no date"))
        return self.clocks.moment(found)

    def _when(self, block: Component, start: WallTime) -> When:
        """Return the date of an event, in the zone in which it is written."""
        end = self._end(block, start)
        first: dict[str, Any] = {"start_on": start.at.date(), "timezone": start.timezone}
        if start.is_day:
            last = end.at.date() - DAY if end else start.at.date()
            if end and end.at == start.at:  # DTEND is exclusive, but some mean one day
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

    def _end(self, block: Component, start: WallTime) -> WallTime | None:
        if found := contentlines.first(block, "DTEND"):
            end = self.clocks.moment(found)
            if end.is_day != start.is_day:
                raise BadEntry("DTEND", _("is a day and the start is a time, or the reverse"))
            return end
        found = contentlines.first(block, "DURATION")
        if not found:
            return None
        length = contentlines.duration(found)
        if start.is_day or not length % DAY:
            return replace(start, at=start.at + length)
        zone = dates.zone(start.timezone)
        at = dates.to_utc(start.at.date(), start.at.time(), start.timezone) + length
        return replace(start, at=at.astimezone(zone).replace(tzinfo=None))

    # ------------------------------------------------------------ series

    def _moments(self, series: _Draft) -> list[WallTime]:
        """Return the occurrences of a series in the window, without its EXDATEs."""
        block, start = series.block, series.start
        if block.lines.get("EXRULE"):
            raise BadEntry("EXRULE", _("rules of exception are not understood"))
        local = partial(self.clocks.until, start)
        rules = [
            repeats.parse(found.value, local=local) for found in contentlines.every(block, "RRULE")
        ]
        first = datetime.combine(self.first, time.min)
        last = datetime.combine(self.last, time.max)
        budget = self.reading.budget
        times = repeats.expand(rules, start=start.at, first=first, last=last, budget=budget)
        added = self.clocks.moments(block, "RDATE")
        extra = [moment for moment in added if first <= moment.at <= last]
        moments = {moment.key: moment for moment in (replace(start, at=at) for at in times)}
        moments |= {moment.key: moment for moment in extra if moment.is_day == start.is_day}
        if len(moments) > repeats.MAX_TIMES:
            reason = _("it repeats more than %(most)s times in three years")
            raise BadEntry("RDATE", reason, most=repeats.MAX_TIMES)
        for moment in self.clocks.moments(block, "EXDATE"):
            moments.pop(moment.key, None)
        return list(moments.values())

    def _time_of(self, series: _Draft, moment: WallTime) -> ForeignEvent:
        """Return one occurrence: same duration and zone as the first."""
        when = series.entry.when
        if moment.timezone != series.start.timezone:  # an RDATE in another zone
            there = dates.to_utc(moment.at.date(), moment.at.time(), moment.timezone)
            at = there.astimezone(dates.zone(series.start.timezone)).replace(tzinfo=None)
        else:
            at = moment.at
        moved = _shifted(when, at - series.start.at)
        return replace(series.entry, key=moment.key, when=moved)

    def _at_home(self, entry: ForeignEvent) -> ForeignEvent:
        """Convert an event written in UTC to wall time in the zone `home`.

        It stays in UTC if the wall time would mean another moment, as in a repeated hour.
        """
        when = entry.when
        if when.precision == Precision.DAY or when.timezone != "UTC" or self.clocks.home == "UTC":
            return entry
        start, end = dates.instants(when)
        zone = dates.zone(self.clocks.home)
        assert start  # noqa: S101 -- its precision is time
        # Stored wall times have no fold: a repeated hour always means the first.
        first = start.astimezone(zone).replace(fold=0)
        last = end.astimezone(zone).replace(fold=0) if end else None
        there = replace(
            when,
            start_on=first.date(),
            start_time=first.time(),
            end_on=last.date() if last else None,
            end_time=last.time() if last else None,
            timezone=self.clocks.home,
            end_timezone="" if when.end_timezone == self.clocks.home else when.end_timezone,
        )
        if there.end_timezone or dates.instants(there) != (start, end):
            return entry  # it is in the second of two repeated hours
        return replace(entry, when=there)


FIELDS: Final = {"start_on": "DTSTART", "end_on": "DTEND", "end_time": "DTEND"}


def _age(draft: _Draft) -> tuple[int, datetime, int]:
    entry = draft.entry
    return entry.sequence, entry.modified_at or datetime.min.replace(tzinfo=UTC), entry.line


def _repeats(block: Component) -> bool:
    return any(block.lines.get(name) for name in REPEATED)


def _shifted(when: When, by: timedelta) -> When:
    """Return the date moved in wall time."""
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
    assert day  # noqa: S101 -- a date with a time has a day
    assert at is not None  # noqa: S101 -- `end_time` was checked, a start has one
    return datetime.combine(day, at) + by
