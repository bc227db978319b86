"""How dates, times, places and evidence read to people, in the active language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from events.models import Event, Evidence, Place
from events.values import dates
from events.values.dates import Precision, When

# What the evidence calls the values of a record.
FIELDS = {
    "title": _("title"),
    "description": _("description"),
    "kind": _("kind"),
    "status": _("status"),
    "series": _("series"),
    "edition": _("edition"),
    "place": _("place"),
    "places": _("further places"),
    "parent": _("part of"),
    "after": _("takes place after"),
    "previous_related": _("earlier event like it"),
    "organisations": _("organisations"),
    "attendees": _("participants"),
    "sectors": _("sectors"),
    "when": _("date"),
    "when.year": _("year"),
    "when.month_day": _("month and day"),
    "when.start": _("first day"),
    "when.end": _("last day"),
    "when.timezone": _("time zone"),
    "value": _("value"),
    "unit": _("unit"),
    "comparator": _("exactness"),
    "period": _("period"),
    "event": _("event"),
    "name": _("name"),
    "names": _("names in Chinese"),
    "short_name": _("abbreviation"),
    "aliases": _("other names"),
    "family_name": _("family name"),
    "given_name": _("given name"),
    "western_name": _("western name"),
    "name_order": _("order of names"),
    "appointments": _("appointments"),
    "named": _("named"),
    "headcount_text": _("size"),
    "country": _("country or region"),
    "subdivision": _("subdivision"),
    "unlocode": _("UN/LOCODE"),
    "timezone": _("time zone"),
    "isic": _("ISIC"),
    "hs": _("HS"),
    "cadence": _("cadence"),
    "established": _("established"),
    "published": _("published"),
    "publisher": _("publisher"),
    "headline": _("headline"),
    "byline": _("byline"),
    "direction": _("direction"),
    "sending_organisation": _("sent by"),
    "mission": _("mission"),
    "delegates": _("delegates"),
    "legs": _("legs"),
}


def day(on: date) -> str:
    """Return “6 November 2025”, “2025年11月6日”."""
    return format_date(on, pgettext("date", "j F Y"))


def days(first: date, last: date) -> str:
    """Return “5–10 November 2025”, “2025年11月5日至10日”."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        start, end = (
            pgettext("span in a month, start", "j"),
            pgettext("span in a month, end", "j F Y"),
        )
    elif first.year == last.year:
        start, end = (
            pgettext("span in a year, start", "j F"),
            pgettext("span in a year, end", "j F Y"),
        )
    else:
        start = end = pgettext("date", "j F Y")
    return gettext("%(start)s–%(end)s") % {
        "start": format_date(first, start),
        "end": format_date(last, end),
    }


def when(value: When) -> str:
    """Return the date as exactly as it is known, with its wall time if there is one."""
    if value.start_on is None or value.precision == Precision.UNKNOWN:
        return gettext("date not known")
    if not value.is_exact:
        return period(value.precision, value.start_on)
    span = days(value.start_on, value.end_on or value.start_on)
    if value.end_on is None:
        span = gettext("from %(day)s") % {"day": span}
    return f"{span}, {hours(value)}" if value.start_time else span


def hours(value: When) -> str:
    """Return “09:30–11:00”, or the start alone."""
    times = (f"{at:%H:%M}" for at in (value.start_time, value.end_time) if at)
    return "–".join(times)


def period(precision: Precision, on: date) -> str:
    """Return “May 2025”, “second quarter of 2025”, “first half of 2025”, “2025”."""
    if precision == Precision.MONTH:
        return format_date(on, pgettext("month", "F Y"))
    if precision == Precision.YEAR:
        return format_date(on, pgettext("year", "Y"))
    names = {
        Precision.HALF_YEAR: (
            gettext("first half of %(year)s"),
            gettext("second half of %(year)s"),
        ),
        Precision.QUARTER: (
            gettext("first quarter of %(year)s"),
            gettext("second quarter of %(year)s"),
            gettext("third quarter of %(year)s"),
            gettext("fourth quarter of %(year)s"),
        ),
    }[precision]
    return names[(on.month - 1) // dates.MONTHS[precision]] % {"year": on.year}


def moment(at: datetime, timezone: str) -> str:
    """Return “Tuesday 24 September 2024, 18:30 (UTC-7)” at the wall clock of a zone."""
    local = at.astimezone(ZoneInfo(timezone))
    text = format_date(local, pgettext("moment", "l j F Y, H:i"))
    return f"{text} ({offset(local)})"


def offset(local: datetime) -> str:
    """Return the distance from UTC: UTC+8, UTC+5:30, UTC-7."""
    shift = local.utcoffset()
    minutes = int(shift.total_seconds()) // 60 if shift else 0
    sign = "-" if minutes < 0 else "+"
    whole, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{whole}" + (f":{rest:02}" if rest else "")


def place(*, place: Place) -> str:
    """Return the place and what it lies in, up to its city: “Caohejing Park, Shanghai”."""
    names = [place.name]
    above = place.parent
    while above and above.kind not in (Place.Kind.COUNTRY_OR_REGION, Place.Kind.MACRO_REGION):
        names.append(above.name)
        above = above.parent
    return gettext(", ").join(filter(None, (*names[:1], place.address, *names[1:])))


def hub(*, event: Event, place: Place) -> str:
    """Return when a live-stream hub joins, at its own clock if the event has an hour."""
    zone = place.timezone
    if event.start_at and event.start_time and zone:
        local = moment(event.start_at, zone)
        return gettext("Live-stream hub %(place)s: %(time)s") % {"place": place.name, "time": local}
    return gettext("Live-stream hub: %(place)s") % {"place": place.name}


def field(name: str) -> str:
    """Return what people call a value that evidence supports."""
    return str(FIELDS.get(name, name))


def origin(*, event: Event) -> str:
    """Return where the date of a reported event comes from."""
    text = gettext("Date: %(basis)s.") % {"basis": event.get_basis_display()}
    if event.date_text:
        text += gettext(" The source says: “%(words)s”.") % {"words": event.date_text}
    names = _sources(event)
    return text + (gettext(" Source: %(names)s.") % {"names": "; ".join(names)} if names else "")


def _sources(event: Event) -> list[str]:
    """Return the names of the sources, each once, in the order of the evidence."""
    evidence: list[Evidence] = list(event.evidence.all())
    return list(dict.fromkeys(str(item.source) for item in evidence if item.source))
