"""Dates on public pages: precision, uncertainty, zones, and local times at hubs."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext

from events.domain.pages import formatting
from events.values import dates
from events.values.dates import Precision, When


@dataclass(frozen=True, slots=True)
class Local:
    """A date at one place, with the local time if it is known."""

    day: str
    clock: str = ""


def words(when: When) -> str:
    """Return the date without times of day: “5–10 November 2025”, “2025年上半年”."""
    return formatting.when(replace(when, start_time=None, end_time=None))


def clock(when: When) -> str:
    """Return the local times and zone: “09:30–12:00, Asia/Shanghai (UTC+8)”, '' if unknown."""
    if when.start_on is None or when.start_time is None:
        return ""
    if when.end_time and (when.end_timezone or when.end_on not in (None, when.start_on)):
        return gettext("%(start)s on the first day to %(end)s on the last") % {
            "start": _at(when.start_on, when.start_time, when.timezone),
            "end": _at(
                when.end_on or when.start_on, when.end_time, when.end_timezone or when.timezone
            ),
        }
    return gettext("%(hours)s, %(zone)s") % {
        "hours": formatting.hours(when),
        "zone": zone(when.timezone, datetime.combine(when.start_on, when.start_time)),
    }


def zone(name: str, wall: datetime) -> str:
    """Return “Asia/Shanghai (UTC+8)”, with the offset at the given local time."""
    return f"{name} ({formatting.offset(wall.replace(tzinfo=ZoneInfo(name)))})"


def doubts(when: When) -> list[str]:
    """Return phrases for what is unknown or uncertain about the date."""
    found = [
        gettext("day not known")
        if when.start_on and not when.is_exact
        else gettext("last day not known")
        if when.is_exact and when.end_on is None
        else "",
        {
            "?": gettext("date uncertain"),
            "~": gettext("date approximate"),
            "%": gettext("date uncertain and approximate"),
        }.get(when.qualifier, ""),
    ]
    return list(filter(None, found))


def machine(when: When) -> str:
    """Return the start for `<time datetime>`; '' if HTML has no format for the precision."""
    if when.start_on is None or when.precision in dates.GROUPINGS:
        return ""
    if when.precision == Precision.TIME and when.start_time:
        start = datetime.combine(when.start_on, when.start_time, ZoneInfo(when.timezone))
        return start.isoformat(timespec="minutes")
    if when.precision == Precision.DAY:
        return when.start_on.isoformat()
    return dates.to_edtf(replace(when, qualifier=""))


def at(when: When, timezone: str) -> Local | None:
    """Return the local date and time in another zone; None if the time of day is unknown."""
    start, end = dates.instants(when)
    if when.precision != Precision.TIME or start is None:
        return None
    here = start.astimezone(ZoneInfo(timezone))
    then = end.astimezone(ZoneInfo(timezone)) if end else None
    local = When(
        precision=Precision.TIME,
        start_on=here.date(),
        start_time=here.time(),
        end_on=then.date() if then else here.date(),
        end_time=then.time() if then else None,
        timezone=timezone,
    )
    return Local(words(local), clock(local))


def month(on: date) -> str:
    """Return the month: “November 2025”, “2025年11月”."""
    return formatting.period(Precision.MONTH, on)


def weekday(on: date) -> str:
    """Return the date with its weekday: “Thursday 6 November 2025”, “2025年11月6日 星期四”."""
    return format_date(on, pgettext("day of the week and date", "l j F Y"))


def _at(day: date, at: time, timezone: str) -> str:
    wall = datetime.combine(day, at)
    return gettext("%(hours)s, %(zone)s") % {"hours": f"{wall:%H:%M}", "zone": zone(timezone, wall)}
