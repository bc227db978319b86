"""How dates, times, places and evidence read to people, in the active language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventPlace, Evidence, Place
from events.values import dates
from events.values.dates import Clock, Precision, When

# Cities of clocks that organisers meet often; the others are called as IANA does.
CITIES = {
    "Asia/Dubai": _("Dubai"),
    "Asia/Hong_Kong": _("Hong Kong"),
    "Asia/Macau": _("Macau"),
    "Asia/Shanghai": _("Shanghai"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Tokyo": _("Tokyo"),
    "Europe/London": _("London"),
    "America/New_York": _("New York"),
}
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
    in_a_year = first.year == last.year and first < last  # not so eastward over the date line
    if in_a_year and first.month == last.month:
        start, end = (
            pgettext("span in a month, start", "j"),
            pgettext("span in a month, end", "j F Y"),
        )
    elif in_a_year:
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
    if not value.start_time:
        return span
    return gettext("%(day)s, %(hours)s") % {"day": span, "hours": hours(value)}


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


def link(*, event: Event) -> str:
    """Return the address of the event's page in the active language, '' if it is not public."""
    return settings.SITE_URL + event.get_absolute_url() if event.is_public else ""


def moment(at: datetime, timezone: str) -> str:
    """Return “Tuesday 24 September 2024, 18:30 (UTC-7)” at the wall clock of a zone."""
    local = at.astimezone(ZoneInfo(timezone))
    text = format_date(local, pgettext("moment", "l j F Y, H:i"))
    return f"{text} ({offset(local)})"


def agree(*, zones: tuple[str, str], at: datetime) -> bool:
    """Whether the clocks of two zones show the same."""
    one, other = (at.astimezone(dates.zone(zone)).utcoffset() for zone in zones)
    return one == other


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


def where(*, event: Event) -> str:
    """Return the place of an event, of a transfer both: “Hong Kong → Doha”."""
    if event.place and event.end_place:
        return gettext("%(start)s → %(end)s") % {
            "start": place(place=event.place),
            "end": place(place=event.end_place),
        }
    return location(event=event)


def location(*, event: Event) -> str:
    """Return where an event takes place, or its sites if it has no place of its own."""
    if event.place:
        return place(place=event.place)
    return gettext("; ").join(place(place=role.place) for role in _sites(event))


def _sites(event: Event) -> list[EventPlace]:
    roles: list[EventPlace] = sorted(
        event.place_roles.all(), key=lambda role: (role.position, role.pk)
    )
    return [role for role in roles if role.role == EventPlace.Role.SITE]


def zone_name(*, place: Place | None, zone: str) -> str:
    """Return the city whose clock counts, such as Shanghai; at worst the zone’s own name."""
    city = owner = place
    while city and city.kind != Place.Kind.CITY:
        city = city.parent
    while owner and not owner.timezone:
        owner = owner.parent
    for here in (city, owner):
        if here and here.find_zone() == zone:
            return here.name
    return str(CITIES.get(zone) or zone_city(zone))


def zone_city(zone: str) -> str:
    """Return the city after which IANA calls a zone: Los Angeles."""
    return zone.rpartition("/")[2].replace("_", " ")


def clock_hours(clock: Clock, on: date | None = None) -> str:
    """Return “10:30–12:00”, and “23:30–06:15 (+1)” when it ends on the next day.

    The day stands before it where that is another than `on`: “13 May, 03:00–05:00”.
    """
    text = f"{clock.start:%H:%M}"
    if clock.end:
        later = (clock.end.date() - clock.start.date()).days
        text += f"–{clock.end:%H:%M}" + (f" ({later:+})" if later else "")
    if on is None or clock.start.date() == on:
        return text
    short = format_date(clock.start, pgettext("day without year", "j F"))
    return gettext("%(day)s, %(hours)s") % {"day": short, "hours": text}


def clock_place(clock: Clock) -> str:
    """Return where a clock hangs: “Doha, UTC+3”, “Hong Kong, UTC+8 → Doha, UTC+3”."""
    here = gettext(", ").join((clock.name, offset(clock.start)))
    if not (clock.end and clock.end_name):
        return here
    there = gettext(", ").join((clock.end_name, offset(clock.end)))
    return f"{here} → {there}"


def clocks(first: Clock, *others: Clock, on: date | None = None) -> str:
    """Return “10:30–12:00 (Doha, UTC+3) · 15:30–17:00 Hong Kong”."""
    words = {"hours": clock_hours(first, on), "place": clock_place(first)}
    text = gettext("%(hours)s (%(place)s)") % words
    return " · ".join((text, *(further_clock(clock, on) for clock in others)))


def further_clock(clock: Clock, on: date | None = None) -> str:
    """Return what a further clock shows: “15:30–17:00 Hong Kong”."""
    return gettext("%(hours)s %(place)s") % {"hours": clock_hours(clock, on), "place": clock.name}


def day_there(*, on: date, place: str) -> str:
    """Return a day that holds at another place: “25 September 2024 (Shanghai date)”."""
    return gettext("%(day)s (%(place)s date)") % {"day": day(on), "place": place}


def hub(*, event: Event, place: Place) -> str:
    """Return when a live-stream hub joins, at its own clock if the event has an hour."""
    zone = place.find_zone()
    if event.start_at and event.start_time and zone:
        local = moment(event.start_at, zone)
        return gettext("Live-stream hub %(place)s: %(time)s") % {"place": place.name, "time": local}
    return gettext("Live-stream hub: %(place)s") % {"place": place.name}


def clock_at(*, event: Event, zone: str) -> str:
    """Return when an event begins at the clocks of a zone; without an hour, its day where it is."""
    if event.start_at and event.start_time and zone:
        return moment(event.start_at, zone)
    there = zone_name(place=event.place, zone=event.timezone)
    return gettext("%(day)s (%(place)s date)") % {"day": when(event.when), "place": there}


def field(name: str) -> str:
    """Return what people call a value that evidence supports."""
    return str(FIELDS.get(name, name))


def origin(*, event: Event) -> str:
    """Return where the date of a reported event comes from."""
    text = gettext("Date: %(basis)s.") % {"basis": event.get_basis_display()}
    if event.date_text:
        text += gettext(" The source says: “%(words)s”.") % {"words": event.date_text}
    names = gettext("; ").join(_sources(event))
    return text + (gettext(" Source: %(names)s.") % {"names": names} if names else "")


def _sources(event: Event) -> list[str]:
    """Return the names of the sources, each once, in the order of the evidence."""
    evidence: list[Evidence] = list(event.evidence.all())
    return list(dict.fromkeys(str(item.source) for item in evidence if item.source))
