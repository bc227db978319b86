"""A month as a grid of weeks and days, with bars for events that last several days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from events.models import Event
from events.values.dates import DAY, Precision
from events.web.public import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The part of an event's bar that lies in one week."""

    event: Event
    span: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, with the bars that start on it."""

    on: date
    column: int
    inside: bool
    is_today: bool
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of ISO 8601, Monday to Sunday, with its number."""

    number: int
    days: Sequence[Day]


def weeks(*, first: date, last: date, today: date, events: Sequence[Event]) -> list[Week]:
    """Return the weeks that overlap the month."""

    def day(on: date) -> Day:
        return Day(
            on=on,
            column=on.isoweekday(),
            inside=first <= on <= last,
            is_today=on == today,
            bars=[_bar(event, on) for event in events if _has_bar_from(event, on)],
        )

    return [
        Week(number=monday.isocalendar().week, days=[day(monday + n * DAY) for n in range(7)])
        for monday in _mondays(first, last)
    ]


def agenda(*, first: date, last: date, events: Sequence[Event]) -> dict[date, list[Event]]:
    """Return the days of the month on which events begin, or continue from the month before."""
    days: dict[date, list[Event]] = {}
    for event in events:
        start, end = _days(event)
        if start <= last and end >= first:
            days.setdefault(max(start, first), []).append(event)
    return dict(sorted(days.items()))


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - first.weekday() * DAY
    while monday <= last:
        yield monday
        monday += 7 * DAY


def _days(event: Event) -> tuple[date, date]:
    first = event.start_on or date.max
    return first, event.end_on or first


def _has_bar_from(event: Event, on: date) -> bool:
    """Whether a bar starts on this day: on the first day of the event, or on a later Monday."""
    first, last = _days(event)
    return on == first or (on.weekday() == 0 and first < on <= last)


def _bar(event: Event, on: date) -> Bar:
    first, last = _days(event)
    sunday = on + (6 - on.weekday()) * DAY
    return Bar(
        event=event,
        span=(min(last, sunday) - on).days + 1,
        begins=on == first,
        ends=last <= sunday,
    )


def by_month(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    """Group events by the month in which they start, or by the coarser period of their date."""
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(_heading(event), []).append(event)
    return list(groups.items())


def _heading(event: Event) -> str:
    if event.start_on and (event.when.is_exact or event.precision == Precision.MONTH):
        return dates.month(event.start_on)
    return dates.words(event.when)
