"""Writes VTIMEZONE components from zoneinfo, in a form that Outlook and ical.js can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLE_FROM = datetime(1900, 1, 1, tzinfo=UTC)
TABLE_UNTIL = datetime(2101, 1, 1, tzinfo=UTC)
# Step of the search for changes of the offset. Two changes of one zone are at least a week apart
# (measured over all of tzdata), so no step contains two.
PROBE = timedelta(days=5)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
YEAR = timedelta(days=366)
LAST_WEEK = -1
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A change of a zone's UTC offset, `at` a UTC moment; `lasting` if no change follows.

    `summer` marks the onset of DAYLIGHT, `name` is the abbreviation that is written as TZNAME.
    """

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool = False
    lasting: bool = False

    @property
    def onset(self) -> datetime:
        """The local time of the change by the offset before it (RFC 5545, 3.6.5)."""
        return self.at.replace(tzinfo=None) + self.before

    @property
    def pattern(self) -> tuple[object, ...]:
        """The values that all shifts of one yearly rule share."""
        onset = self.onset
        moment = onset.month, onset.weekday(), onset.time()
        return *moment, self.before, self.after, self.summer, self.lasting


@dataclass(frozen=True, slots=True)
class Observance:
    """One STANDARD or DAYLIGHT component: the shifts it covers, and their RRULE if several."""

    shifts: tuple[Shift, ...]
    rule: str = ""

    @property
    def kind(self) -> str:
        """The name of the component."""
        return "DAYLIGHT" if self.shifts[0].summer else "STANDARD"


def render(*, name: str, first: datetime, last: datetime) -> str:
    """Return a VTIMEZONE that is right at every instant from `first` to `last`, both in UTC.

    A zone without changes is written as one STANDARD, a yearly rule as one STANDARD and one
    DAYLIGHT. If the rule changes in between, each rule has its own components. An offset that
    lasts is a STANDARD. A change that follows no rule has a component of its own, without RDATE.
    """
    needed = _needed(name, first, last)
    if len(needed) == 1:
        observances = [Observance((_unchanging(needed[0], first),))]
    else:
        observances = sorted(_cover(name, needed), key=_order)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    for observance in observances:
        lines += _lines(observance)
    return "".join(f"{line}\r\n" for line in [*lines, "END:VTIMEZONE"])


def _needed(name: str, first: datetime, last: datetime) -> list[Shift]:
    """Return the last shift before the span, those inside, and the next one of a yearly rule.

    The next one is included because Outlook needs a STANDARD, even for a span within one July.
    """
    shifts = _shifts(name)
    earlier = [shift for shift in shifts if shift.at <= first]
    inside = [shift for shift in shifts if first < shift.at <= last]
    following = [shift for shift in shifts if last < shift.at < last + YEAR][:1]
    if following and not _rules(name, following[0]):
        following = []
    return [*(earlier[-1:] or [_beginning(name, first)]), *inside, *following]


def _cover(name: str, needed: Sequence[Shift]) -> Iterator[Observance]:
    """Yield few observances that together cover all needed shifts; each has true shifts only."""
    left = list(needed)
    while left:
        observance = _longest(name, left)
        yield observance
        left = [shift for shift in left if shift not in observance.shifts]


def _longest(name: str, needed: Sequence[Shift]) -> Observance:
    """Return the rule that covers the first needed shift and most of the others.

    Of equals, a rule of the nth weekday is preferred to one of BYMONTHDAY, then the longest run.
    """
    wanted = set(needed)

    def worth(observance: Observance) -> tuple[int, bool, int]:
        covered = len(wanted.intersection(observance.shifts))
        return covered, "BYMONTHDAY" not in observance.rule, len(observance.shifts)

    return max((Observance((needed[0],)), *_rules(name, needed[0])), key=worth)


@cache
def _rules(name: str, shift: Shift) -> tuple[Observance, ...]:
    """Return the yearly rules that produce `shift`, each with its unbroken run of years."""
    weekday = WEEKDAYS[shift.onset.weekday()]
    weeks = {f"BYDAY={LAST_WEEK}{weekday}": LAST_WEEK}
    weeks |= {f"BYDAY={nth}{weekday}": 7 * nth - 6 for nth in range(1, 5)}
    # "Sunday on or after the 2nd" (Chile) is no nth weekday, so it needs BYMONTHDAY.
    weeks |= {f"BYMONTHDAY={_days(day)};BYDAY={weekday}": day for day in range(1, 26)}
    month = f"FREQ=YEARLY;BYMONTH={shift.onset.month}"
    alike = [other for other in _shifts(name) if other.pattern == shift.pattern]
    runs = ((f"{month};{rule}", _run(shift, alike, day)) for rule, day in weeks.items())
    return tuple(Observance(run, rule) for rule, run in runs if len(run) > 1)


def _days(first: int) -> str:
    return ",".join(str(day) for day in range(first, first + 7))


def _run(shift: Shift, alike: Sequence[Shift], week: int) -> tuple[Shift, ...]:
    """Return the unbroken run of years around `shift` in which the change fell in `week`.

    The run does not reach back before 1970.
    """
    years = {other.onset.year: other for other in alike if _falls(other.onset, week)}
    low = high = shift.onset.year
    if years.get(low) != shift:
        return ()
    while low - 1 in years and years[low - 1].at >= EPOCH:
        low -= 1
    while high + 1 in years:
        high += 1
    return tuple(years[year] for year in range(low, high + 1))


def _falls(onset: datetime, week: int) -> bool:
    """Whether a day lies in the seven days of its month from day `week` on, or in the last seven.

    `week` is LAST_WEEK for the last seven.
    """
    if week == LAST_WEEK:
        return (onset + WEEK).month != onset.month
    return week <= onset.day < week + 7


def _lines(observance: Observance) -> Iterator[str]:
    shift, last = observance.shifts[0], observance.shifts[-1]
    yield f"BEGIN:{observance.kind}"
    yield f"DTSTART:{shift.onset:%Y%m%dT%H%M%S}"
    if observance.rule:
        # One day after the last onset: dateutil reads UNTIL as local time and would drop it.
        until = f";UNTIL={last.at + DAY:%Y%m%dT%H%M%SZ}"
        yield f"RRULE:{observance.rule}" + (until if last.at < TABLE_UNTIL - YEAR else "")
    yield f"TZOFFSETFROM:{_signed(shift.before)}"
    yield f"TZOFFSETTO:{_signed(shift.after)}"
    yield f"TZNAME:{shift.name}"
    yield f"END:{observance.kind}"


def _order(observance: Observance) -> tuple[bool, datetime]:
    return observance.kind == "DAYLIGHT", observance.shifts[0].at


def _signed(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def _beginning(name: str, first: datetime) -> Shift:
    """Return the offset at `first` as a shift, for a zone without a change before it."""
    local = first.astimezone(ZoneInfo(name))
    offset = local.utcoffset() or timedelta(0)
    label = local.tzname() or name
    state = Shift(at=first, before=offset, after=offset, name=label, lasting=True)
    return _unchanging(state, first)


def _unchanging(shift: Shift, first: datetime) -> Shift:
    """Return the offset after `shift` as one that holds from 1970, or from the year of `first`.

    The earlier of the two is taken.
    """
    new_year = min(EPOCH, first.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0))
    offset = shift.after
    return replace(shift, at=new_year - offset, before=offset, summer=False, lasting=True)


@cache
def _shifts(name: str) -> tuple[Shift, ...]:
    """Return every change of the zone's offset from 1900 to 2100, oldest first."""
    zone = ZoneInfo(name)
    changes = [*_changes(zone), TABLE_UNTIL]
    return tuple(_shift(zone, at, end) for at, end in pairwise(changes))


def _shift(zone: ZoneInfo, at: datetime, end: datetime) -> Shift:
    old, new = (at - SECOND).astimezone(zone), at.astimezone(zone)
    before, after = _offset(zone, at - SECOND), _offset(zone, at)
    lasting = end - at > 2 * YEAR and end == TABLE_UNTIL
    # dst() is asked on both sides: tzdata describes Dublin's winter as negative summer time.
    summer = after > before and not lasting and bool(old.dst() or new.dst())
    # The name is taken at the end: Vancouver's last PDT becomes MST without a change of offset.
    label = (end - SECOND).astimezone(zone).tzname() or zone.key
    return Shift(at=at, before=before, after=after, name=label, summer=summer, lasting=lasting)


def _changes(zone: ZoneInfo) -> Iterator[datetime]:
    low = TABLE_FROM
    offset = _offset(zone, low)
    while low < TABLE_UNTIL:
        high = low + PROBE
        if offset != (offset := _offset(zone, high)):
            yield _bisect(zone, low, high)
        low = high


def _bisect(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Return the first whole second after `low` that has the offset of `high`, by bisection."""
    offset = _offset(zone, high)
    while high - low > SECOND:
        middle = low + (high - low) // SECOND // 2 * SECOND
        low, high = (low, middle) if _offset(zone, middle) == offset else (middle, high)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
