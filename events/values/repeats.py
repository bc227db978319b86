"""Expansion of recurrence rules (RRULE, RFC 5545, 3.3.10) within a window.

Rules are expanded day by day, so that the cost is known beforehand: a rule that never matches costs
no more than others. Frequencies below a day and BYWEEKNO are not supported.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Final

from events.values.texts import gettext_noop as _

DAY: Final = timedelta(days=1)
MAX_TIMES: Final = 200  # occurrences in the window; one a week for more than three years
MAX_COUNT: Final = 1_000  # COUNT; larger numbers are taken for errors
EARLIEST: Final = 1900
MAX_RULE_CHARS: Final = 500  # characters of a rule
BUDGET: Final = 500_000  # days that may be checked for all series of one calendar together
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The largest value in each list; its negative, which counts from the end, is allowed too.
NUMBERS: Final = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYSETPOS": 366}
NAMES: Final = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYDAY", *NUMBERS}


class BadRule(ValueError):
    """A rule that is not supported; `reason` has %-placeholders for `values`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason % values)
        self.reason = reason
        self.values = values


@dataclass(slots=True)
class Budget:
    """The number of days that may still be checked for one calendar, and those checked so far."""

    days: int = BUDGET
    used: int = 0

    def take(self, days: int) -> None:
        self.days -= days
        if self.days < 0:
            raise BadRule(_("the series of this calendar take too long to work out"))
        self.used += days


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A parsed rule. `until` is inclusive, in the wall time of the series; `number` is COUNT.

    `weekdays` are pairs of ordinal and day of the week (Monday is 0). The ordinal counts within the
    month or year, from the end if negative; 0 stands for each.
    """

    frequency: str
    interval: int = 1
    number: int | None = None
    until: datetime | None = None
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = frozenset()
    week_start: int = 0


def parse(text: str, *, local: Callable[[str], datetime]) -> Rule:
    """Parse a rule; `local` converts its UNTIL to wall time. Raises BadRule."""
    if len(text) > MAX_RULE_CHARS:
        raise BadRule(_("the rule is too long"))
    pairs = [part.partition("=") for part in text.upper().strip(";").split(";")]
    parts = {name: value for name, _sign, value in pairs}
    if parts.get("FREQ") in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise BadRule(_("it repeats more often than daily"))
    if parts.get("FREQ") not in FREQUENCIES or len(parts) < len(pairs):
        raise BadRule(_("“%(rule)s” is not a rule"), rule=text[:80])
    if unknown := sorted(set(parts) - NAMES):
        raise BadRule(_("%(name)s is not understood"), name=unknown[0][:20])
    count, interval = _number(parts, "COUNT"), _number(parts, "INTERVAL")
    if count and count > MAX_COUNT:
        raise BadRule(_("it repeats more than %(most)s times"), most=MAX_COUNT)
    return Rule(
        frequency=parts["FREQ"],
        interval=interval or 1,
        number=count,
        until=local(parts["UNTIL"]) if "UNTIL" in parts else None,
        months=_numbers(parts, "BYMONTH"),
        month_days=_numbers(parts, "BYMONTHDAY"),
        year_days=_numbers(parts, "BYYEARDAY"),
        weekdays=_weekdays(parts),
        positions=_numbers(parts, "BYSETPOS"),
        week_start=WEEKDAYS.index(parts["WKST"]) if parts.get("WKST") in WEEKDAYS else 0,
    )


def _number(parts: dict[str, str], name: str) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"0{0,9}[1-9][0-9]{0,9}", text):
        raise BadRule(_("%(name)s is not understood"), name=name)
    return int(text)


def _numbers(parts: dict[str, str], name: str) -> frozenset[int]:
    if name not in parts:
        return frozenset()
    texts = parts[name].split(",")
    good = all(re.fullmatch(r"[+-]?[0-9]{1,3}", text) for text in texts)
    found = frozenset(map(int, texts)) if good else frozenset({0})
    if 0 in found or max(map(abs, found)) > NUMBERS[name]:
        raise BadRule(_("%(name)s is not understood"), name=name)
    return found


def _weekdays(parts: dict[str, str]) -> frozenset[tuple[int, int]]:
    if "BYDAY" not in parts:
        return frozenset()
    found = set()
    for text in parts["BYDAY"].split(","):
        match = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text)
        if not match:
            raise BadRule(_("%(name)s is not understood"), name="BYDAY")
        found.add((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return frozenset(found)


def expand(
    rules: Iterable[Rule], *, start: datetime, first: datetime, last: datetime, budget: Budget
) -> list[datetime]:
    """Return the wall times of a series from `first` to `last`, both inclusive.

    The start is always one of them (RFC 5545, 3.8.5.3). Raises BadRule if there are too many, or if
    the budget is used up.
    """
    if start.year < EARLIEST:
        raise BadRule(_("the series begins before %(year)s"), year=EARLIEST)
    found: set[datetime] = {start} if first <= start <= last else set()
    for rule in rules:
        for at in _times(rule, start, first, last, budget):
            if at >= first:
                found.add(at)
            if len(found) > MAX_TIMES:
                raise BadRule(
                    _("it repeats more than %(most)s times in three years"), most=MAX_TIMES
                )
    return sorted(found)


def _times(
    rule: Rule, start: datetime, first: datetime, last: datetime, budget: Budget
) -> Iterator[datetime]:
    """Yield the times of a rule up to `last`.

    With COUNT they begin at the start of the series, as all must be counted; else at the window.
    """
    end = min(last, rule.until) if rule.until else last
    begin = start if rule.number else max(start, first - timedelta(days=366))
    budget.take(max(0, (end - begin).days))
    days = _days(rule, start.date(), begin.date(), end.date())
    times = (datetime.combine(day, start.time()) for day in days)
    times = (at for at in times if start <= at <= end)
    return islice(times, rule.number) if rule.number else times


def _days(rule: Rule, start: date, begin: date, end: date) -> Iterator[date]:
    """Yield the days of a rule, one period (day, week, month, year) after another."""
    period = PERIODS[rule.frequency]
    offset = timedelta(days=rule.week_start if rule.frequency == "WEEKLY" else 0)
    first = period(start - offset)
    # Begin early enough to include the whole period of the first day: BYSETPOS needs all of it.
    opening = begin - timedelta(days=min(366, (begin - date(EARLIEST - 1, 1, 1)).days))
    days = (opening + number * DAY for number in range((end - opening).days + 367))
    fits = _filter(rule, start)
    for number, group in groupby(days, key=lambda day: period(day - offset)):
        if number < first or (number - first) % rule.interval:
            continue
        yield from _chosen([day for day in group if fits(day)], rule.positions)


PERIODS: Final[dict[str, Callable[[date], int]]] = {
    "DAILY": date.toordinal,
    "WEEKLY": lambda day: (day.toordinal() - 1) // 7,
    "MONTHLY": lambda day: day.year * 12 + day.month,
    "YEARLY": lambda day: day.year,
}


def _chosen(days: list[date], positions: frozenset[int]) -> list[date]:
    if not positions:
        return days
    count = len(days)
    return [day for at, day in enumerate(days, 1) if {at, at - count - 1} & positions]


def _filter(rule: Rule, start: date) -> Callable[[date], bool]:
    """Return the predicate for the days of a rule within a period."""
    rule = _completed(rule, start)
    by_year = rule.frequency == "YEARLY" and not rule.months
    checks: list[Callable[[date], bool]] = []
    if rule.months:
        checks.append(lambda day: day.month in rule.months)
    if rule.month_days:
        checks.append(lambda day: bool({day.day, day.day - _month(day) - 1} & rule.month_days))
    if rule.year_days:
        checks.append(lambda day: bool({*_in_year(day)} & rule.year_days))
    if rule.weekdays:
        checks.append(lambda day: _is_among(day, rule.weekdays, by_year=by_year))
    return lambda day: all(check(day) for check in checks)


def _completed(rule: Rule, start: date) -> Rule:
    """Return the rule with the day taken from the start, if the rule names no days itself."""
    if rule.month_days or rule.year_days or rule.weekdays or rule.frequency == "DAILY":
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=frozenset({(0, start.weekday())}))
    months = rule.months
    if rule.frequency == "YEARLY":
        months = months or frozenset({start.month})
    return replace(rule, months=months, month_days=frozenset({start.day}))


def _month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _in_year(day: date) -> tuple[int, int]:
    """The ordinal of a day in its year, and its negative ordinal from the end."""
    number = day.toordinal() - date(day.year, 1, 1).toordinal() + 1
    return number, number - (366 if isleap(day.year) else 365) - 1


def _is_among(day: date, weekdays: frozenset[tuple[int, int]], *, by_year: bool) -> bool:
    """Whether the day is one of `weekdays`, such as the second Tuesday of the month."""
    weekday = day.weekday()
    if (0, weekday) in weekdays:
        return True
    if by_year:
        number, behind = _in_year(day)
    else:
        number, behind = day.day, day.day - _month(day) - 1
    return bool({((number - 1) // 7 + 1, weekday), (-((-behind - 1) // 7 + 1), weekday)} & weekdays)
