"""The values of a part as a grid shows and changes them: plain texts, wall times and keys."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from events.domain.refusals import Name, Refusal
from events.models import Basis, Event
from events.models.base.fields import known_timezones
from events.values import dates
from events.values.dates import Precision, When
from events.values.languages import SUFFIXES

MAX_TITLE: Final = 300  # characters
TITLES: Final = {f"titles.{suffix}": f"title_{suffix}" for suffix in SUFFIXES}
WHEN: Final = ("on", "from", "until_on", "to")
LINKS: Final = {"room": "place_id", "after": "after_id"}
CHOICES: Final = {"kind": Event.Kind, "visibility": Event.Visibility}
# The fields of a part that an edit may set, but for `speakers`, who are rows of their own.
FIELDS: Final = (*TITLES, *WHEN, *LINKS, *CHOICES, "zone")
# A part that ends before it starts, by the clock, goes on after midnight, but no longer than this.
LONGEST_NIGHT: Final = timedelta(hours=12)
# The fields that take what `dates.validate` finds wrong.
AT_FAULT: Final = {
    "start_on": "on", "start_time": "from", "end_on": "until_on", "end_time": "to",
    "timezone": "zone",
}  # fmt: skip


class Unfit(Refusal):
    """A value of a part cannot be what was entered; `field` is one of FIELDS."""

    field: str
    text = gettext_noop("This value is not possible.")

    def words(self, name: Name) -> dict[str, object]:
        return {}


class NoTitle(Unfit):
    """The part has no title in any language."""

    text = gettext_noop("Write a title.")


class NoDay(Unfit):
    """A time of day was entered, and no day."""

    text = gettext_noop("Choose a day.")


class NoStart(Unfit):
    """An end was entered, and no start."""

    text = gettext_noop("Write when it starts, too.")


class NoTime(Unfit):
    """None of the parts has a time that could be shifted."""

    text = gettext_noop("Nothing here has a time.")


class NotOnRecord(Unfit):
    """The place is not on record, or the user may not see it."""

    text = gettext_noop("This place is not on record.")


class TooLong(Unfit):
    """A text is longer than its column."""

    number: int
    text = gettext_noop("At most %(number)s characters.")

    def words(self, name: Name) -> dict[str, object]:
        return {"number": self.number}


class Misdated(Unfit):
    """The parts of the date contradict each other; the reason is a sentence."""

    reason: str
    text = gettext_noop("This time is not possible: %(reason)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"reason": self.reason}


def read(*, event: Event) -> dict[str, Any]:
    """Return the values of FIELDS of a part; the times are None unless the day is known."""
    when = event.when
    exact = when.is_exact
    return {
        **{name: getattr(event, column) or "" for name, column in TITLES.items()},
        "on": iso(when.start_on) if exact else None,
        "from": clock(when.start_time),
        "until_on": iso(when.end_on) if exact else None,
        "to": clock(when.end_time),
        **{name: getattr(event, column) for name, column in LINKS.items()},
        **{name: getattr(event, name) for name in CHOICES},
        "zone": event.timezone,
    }


def write(*, event: Event, values: Mapping[str, Any]) -> None:
    """Set values of FIELDS on a part that is not stored yet. Raises Unfit.

    A changed place brings its time zone along, unless the part had another than its old place. The
    key of a place or a part was found by the caller.
    """
    for name in TITLES.keys() & values.keys():
        setattr(event, TITLES[name], _title(name, values[name]))
    for name in CHOICES.keys() & values.keys():
        setattr(event, name, _choice(name, values[name], CHOICES[name].values))
    if "after" in values:
        event.after_id = values["after"]
    if "room" in values:
        _move_to(event, values["room"])
    if "zone" in values:
        event.timezone = _choice("zone", values["zone"], known_timezones())
    if set(WHEN) & set(values):
        _set_when(event, values)


def check(*, event: Event) -> None:
    """Raise Unfit unless the part has a title, and a date whose parts agree."""
    if not any(getattr(event, column) for column in TITLES.values()):
        raise NoTitle("title")
    try:
        dates.validate(event.when)
    except dates.BadDate as error:
        reason = gettext(error.reason) % error.values
        raise Misdated(AT_FAULT.get(error.field, "on"), reason) from error


def clock(at: time | None) -> str | None:
    """Return a time of day as ISO 8601, to the minute."""
    return at.isoformat("minutes") if at else None


def iso(day: date | None) -> str | None:
    """Return a day as ISO 8601."""
    return day.isoformat() if day else None


def _title(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(name)
    text = " ".join(value.replace("\0", "").split())
    if len(text) > MAX_TITLE:
        raise TooLong(name, MAX_TITLE)
    return text


def _choice(name: str, value: Any, choices: Any) -> str:
    if not isinstance(value, str) or value not in choices:
        raise Unfit(name)
    return value


def _move_to(event: Event, place: Any) -> None:
    """Set the place, a row or None; the zone follows if it was that of the old place."""
    zone = place.find_zone() if place else ""
    follows = event.place is None or event.place.find_zone() == event.timezone
    if zone and (not event.timezone or follows):
        event.timezone = zone
    event.place = place


def _set_when(event: Event, values: Mapping[str, Any]) -> None:
    """Set the date from its four fields; those that are not given follow, or stay."""
    old = event.when
    on = _read(values, "on", _day, old.start_on if old.is_exact else None)
    start = _read(values, "from", _time, old.start_time)
    end = _read(values, "to", _time, old.end_time)
    if on is None:
        _forget_day(event, values)
        return
    if start is None and (values.get("to") or ("to" in values and end)):
        raise NoStart("from")
    end = end if start else None
    event.timezone = event.timezone or _zone(event)
    until = _read(values, "until_on", _day, None)
    until = until or _until(old, on, start, end)
    event.when = replace(
        event.when,
        precision=Precision.TIME if start else Precision.DAY,
        start_on=on,
        end_on=until,
        start_time=start,
        end_time=end,
        qualifier="",
    )
    event.basis = Basis.ENTERED


def _zone(event: Event) -> str:
    """Return the time zone of the place, or else that of the event that it is part of."""
    here = event.place.find_zone() if event.place else ""
    return here or (event.parent.timezone if event.parent else "")


def _forget_day(event: Event, values: Mapping[str, Any]) -> None:
    """Take the day away; a time of day needs one."""
    if any(values.get(name) for name in WHEN):
        raise NoDay("on")
    if event.when.is_exact:
        event.when = When(timezone=event.timezone)
        event.basis = ""


def _until(old: When, on: date, start: time | None, end: time | None) -> date:
    """Return the last day where none was entered: as many days later as before.

    An end that lies before the start, by the clock, is one of the next day, unless the end has the
    clock of another zone: who flies eastward may arrive before they left.
    """
    days = 0
    if old.is_exact and old.start_on and old.end_on:
        days = (old.end_on - old.start_on).days
    if old.end_timezone and old.end_timezone != old.timezone:
        return on + timedelta(days=days)
    goes_past_midnight = bool(start and end and end < start)
    night = bool(old.start_time and old.end_time and old.end_time < old.start_time)
    if night and days == 1 and not goes_past_midnight:
        days = 0
    until = on + timedelta(days=days)
    if start and end and end < start and until == on:
        goes_on = dates.wall(on + dates.DAY, end) - dates.wall(on, start)
        if goes_on <= LONGEST_NIGHT:
            until = on + dates.DAY
    return until


def _read(values: Mapping[str, Any], name: str, parse: Callable[[str], Any], else_: Any) -> Any:
    if name not in values:
        return else_
    value = values[name]
    if value in (None, ""):
        return None
    try:
        return parse(value)
    except (TypeError, ValueError) as error:
        raise Unfit(name) from error


def _day(text: str) -> date:
    on = date.fromisoformat(text)
    if on.year not in dates.YEARS:
        raise ValueError(text)
    return on


def _time(text: str) -> time:
    at = time.fromisoformat(text)
    if at.tzinfo:
        raise ValueError(text)
    return at.replace(second=0, microsecond=0)
