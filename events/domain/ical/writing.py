"""Writes iCalendar (RFC 5545): renders single events and composes calendars of them."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Final, Literal
from urllib.parse import quote

from icalendar.parser import dquote, rfc_6868_escape

from events.domain.ical import vtimezones
from events.values import dates
from events.values.dates import DAY, Precision, When

PRODID = "-//Attache//Calendars//EN"
REFRESH = "PT1H"
# Duration that is written for a timed event whose end is not known.
DEFAULT_DURATION = timedelta(hours=1)
# Octets of a folded line without its leading space: 75 are allowed with it (RFC 5545, 3.1).
FOLD_BYTES = 74
PIECE_BYTES: Final = 1 << 18  # bytes: size of the pieces of a stream, and of its buffer in memory
# Written as SUMMARY if the title is empty: clients would show a text of their own.
UNTITLED = "–"
UTC_NAMES = frozenset(
    {"UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"}
)
BEGIN, END = b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n"
ALL_DAY = b"\r\nDTSTART;VALUE=DATE:"
BEGIN_EVENT, END_EVENT = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"
# C0 controls except LF, then DEL, NEL and the line separators of Unicode (vdirsyncer and ics split
# lines there), bidi controls (a title could reorder the text beside it), byte-order marks and lone
# surrogates.
UNWANTED = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
LINE_END = re.compile(r"\r\n?")
BASIC: Final = "%04d%02d%02dT%02d%02d%02d"
# Characters of a URI (RFC 3986) that quote() keeps beside letters, digits and "_.-~". A per cent
# sign that begins no escape is encoded before.
URI_SAFE = "!#$%&'()*+,/:;=?@[]~"
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


Span = tuple[datetime, datetime]  # first and last moment that a VTIMEZONE must cover, in UTC


class Inexact(ValueError):
    """The date is not known to the day, so no DTSTART can be written."""


class BadAddress(ValueError):
    """A URI contains a line break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The fields of a VEVENT for one language and kind of reader, as plain unescaped text."""

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    status: Literal["TENTATIVE", "CONFIRMED", "CANCELLED", ""]  # '': nothing is said of it
    summary: str
    when: When
    description: str = ""
    location: str = ""
    geo: tuple[float, float] | None = None
    url: str = ""
    conference: str = ""
    categories: tuple[str, ...] = ()
    parent_uid: str = ""
    opaque: bool = True
    stamped_at: datetime | None = None  # when the message that bears it is made; none in a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The properties of a VCALENDAR. There is no UID: vdirsyncer 0.21 would give it to each event.

    `url` is '' in secret feeds, because exports would contain their token. `timezone` is written
    only into an empty feed, because a calendar needs at least one component (RFC 5545, 3.6).
    `color` is a CSS3 name.
    """

    name: str
    last_modified: datetime
    timezone: str
    description: str = ""
    url: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A UTC moment and the IANA zone in which it is written; '' writes it in UTC."""

    at: datetime
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A rendered VEVENT, and what `compose` needs of it; it depends on its entry only.

    `moments` are the starts and ends that need a VTIMEZONE.
    """

    uid: str
    parent_uid: str
    summary: str
    body: bytes
    moments: tuple[Moment, ...]


def render(*, calendar: Calendar, entries: Sequence[Entry]) -> bytes:
    """Return a feed as an iCalendar stream; the same input gives the same bytes.

    Raises Inexact and BadAddress.
    """
    parts = [vevent(entry=entry) for entry in entries]
    uids = {part.uid for part in parts}
    return b"".join(compose(calendar=calendar, parts=parts, uids=uids))


def vevent(*, entry: Entry) -> Part:
    """Render one event as a VEVENT. Raises Inexact and BadAddress.

    Only an iTIP CANCEL may be written without a date (RFC 5546, 3.2.5).
    """
    is_dated = entry.when.is_exact and entry.when.start_on is not None
    if not is_dated and not (entry.stamped_at and entry.status == "CANCELLED"):
        raise Inexact(entry.uid)
    moments = _moments(entry.when) if entry.when.precision == Precision.TIME else ()
    return Part(
        uid=entry.uid,
        parent_uid=entry.parent_uid,
        summary=_clean(entry.summary) or UNTITLED,
        body=b"".join([BEGIN_EVENT, *_event_lines(entry, moments), END_EVENT]),
        moments=tuple(moment for moment in moments if moment.timezone),
    )


def compose(
    *, calendar: Calendar, parts: Iterable[Part], uids: Container[str], alarm: int | None = None
) -> Iterator[bytes]:
    """Yield the iCalendar stream of rendered events in pieces, in their order, each UID once.

    RELATED-TO is written only if the parent is in the same feed: its UID is in `uids`. `alarm` is
    minutes before the start, None for no VALARM. VEVENTs are spooled to a temporary file, because
    the VTIMEZONEs that they need precede them in the stream.
    """
    zones: dict[str, Span] = {}
    seen: set[str] = set()
    with SpooledTemporaryFile(max_size=PIECE_BYTES) as waiting:
        for part in parts:
            if part.uid not in seen:
                seen.add(part.uid)
                waiting.write(_adorned(part, part.parent_uid in uids, alarm))
                _widen(zones, part.moments)
        if not seen:
            zones = {calendar.timezone: (calendar.last_modified, calendar.last_modified)}
        yield b"".join([BEGIN, *_calendar_lines(calendar), *_timezones(zones)])
        waiting.seek(0)
        yield from iter(partial(waiting.read, PIECE_BYTES), b"")
        yield END


def message(*, method: str, part: Part, lines: Iterable[bytes]) -> bytes:
    """Return an iTIP message (RFC 5546): a calendar with a METHOD and one event.

    `lines` are added to the event. The message has none of the properties that describe a
    calendar, because Outlook would open it as a calendar instead of an invitation.
    """
    zones: dict[str, Span] = {}
    _widen(zones, part.moments)
    head = (*_head(), line("METHOD", method))
    event = part.body.removesuffix(END_EVENT), *lines, END_EVENT
    return b"".join([BEGIN, *head, *_timezones(zones), *event, END])


def _head() -> Iterator[bytes]:
    yield line("VERSION", "2.0")
    yield line("PRODID", PRODID)
    yield line("CALSCALE", "GREGORIAN")


def _calendar_lines(calendar: Calendar) -> Iterator[bytes]:
    # NAME, DESCRIPTION, COLOR etc. are RFC 7986; Outlook, Google and Apple read the X- names.
    name, description = _text(calendar.name), _text(calendar.description)
    yield from _head()
    yield line("LAST-MODIFIED", _utc(calendar.last_modified))
    yield line("NAME", name)
    yield line("X-WR-CALNAME", name)
    yield line("DESCRIPTION", description)
    yield line("X-WR-CALDESC", description)
    yield line("COLOR", _text(calendar.color))
    yield line("SOURCE;VALUE=URI", _uri(calendar.url))
    yield line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH)
    yield line("X-PUBLISHED-TTL", REFRESH)


def _widen(zones: dict[str, Span], moments: Iterable[Moment]) -> None:
    """Widen the spans, by name of zone, so that they include the moments."""
    for moment in moments:
        first, last = zones.get(moment.timezone, (moment.at, moment.at))
        zones[moment.timezone] = min(first, moment.at), max(last, moment.at)


def _timezones(zones: dict[str, Span]) -> Iterator[bytes]:
    """Yield a VTIMEZONE for each zone, sorted by name."""
    for name, (first, last) in sorted(zones.items()):
        yield vtimezones.render(name=name, first=first, last=last).encode()


def _adorned(part: Part, is_child: bool, alarm: int | None) -> bytes:
    """Return the VEVENT, with RELATED-TO and VALARM as the feed demands them."""
    if ALL_DAY in part.body:
        alarm = None  # it would ring in the night, shortly before midnight
    if not is_child and alarm is None:
        return part.body
    relation = line("RELATED-TO;RELTYPE=PARENT", _text(part.parent_uid)) if is_child else b""
    alert = b"".join(_alarm(part, alarm)) if alarm is not None else b""
    return part.body.removesuffix(END_EVENT) + relation + alert + END_EVENT


def _alarm(part: Part, minutes: int) -> Iterator[bytes]:
    """Yield a VALARM (RFC 5545, 3.6.6); ACTION:DISPLAY requires a DESCRIPTION."""
    yield b"BEGIN:VALARM\r\n"
    yield line("ACTION", "DISPLAY")
    yield line("TRIGGER", f"-PT{minutes}M")
    yield line("DESCRIPTION", _text(part.summary))
    yield b"END:VALARM\r\n"


def _event_lines(entry: Entry, moments: Sequence[Moment]) -> Iterator[bytes]:
    # Without METHOD, DTSTAMP is the time of the last revision (RFC 5545, 3.8.7.2). The present
    # time would change the bytes of an unchanged feed.
    yield line("UID", _text(entry.uid))
    changed = _utc(entry.changed_at)
    yield line("DTSTAMP", _utc(entry.stamped_at) if entry.stamped_at else changed)
    yield line("CREATED", _utc(entry.created_at))
    yield line("LAST-MODIFIED", changed)
    yield line("SEQUENCE", str(entry.sequence))
    if entry.when.is_exact:
        yield from _times(moments) if moments else _dates(entry.when)
    yield line("STATUS", entry.status)
    yield line("TRANSP", "OPAQUE" if _blocks(entry) else "TRANSPARENT")
    yield line("SUMMARY", _text(entry.summary) or UNTITLED)
    yield line("DESCRIPTION", _text(entry.description))
    yield line("LOCATION", _text(entry.location))
    if entry.geo:
        yield from _position(*entry.geo, _clean(entry.location))
    yield line("URL", _uri(entry.url))
    yield line("CONFERENCE;VALUE=URI;FEATURE=VIDEO", _uri(entry.conference))
    yield line("CATEGORIES", ",".join(filter(None, map(_text, entry.categories))))


def _blocks(entry: Entry) -> bool:
    """Whether the event is TRANSP:OPAQUE, which shows its reader as busy.

    It is not if it is cancelled, lasts several whole days, or its entry is not `opaque`.
    """
    when = entry.when
    days = when.precision == Precision.DAY and when.last_on != when.start_on
    return entry.opaque and entry.status != "CANCELLED" and not days


def _position(latitude: float, longitude: float, title: str) -> Iterator[bytes]:
    yield line("GEO", f"{latitude:.6f};{longitude:.6f}")
    if title:  # Apple shows a map only if X-TITLE equals LOCATION
        place = f"X-ADDRESS={parameter(title)};X-APPLE-RADIUS=70;X-TITLE={parameter(title)}"
        uri = f"geo:{latitude:.6f},{longitude:.6f}"
        yield line(f"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;{place}", uri)


def _dates(when: When) -> Iterator[bytes]:
    last = max(filter(None, (when.start_on, when.end_on)))
    yield line("DTSTART;VALUE=DATE", f"{when.start_on:%Y%m%d}")
    yield line("DTEND;VALUE=DATE", f"{last + DAY:%Y%m%d}")


def _times(moments: Sequence[Moment]) -> Iterator[bytes]:
    for name, moment in zip(("DTSTART", "DTEND"), moments, strict=True):
        if moment.timezone:
            local = moment.at.astimezone(dates.zone(moment.timezone))
            yield line(f"{name};TZID={moment.timezone}", _basic(local))
        else:
            yield line(name, _utc(moment.at))


def _moments(when: When) -> tuple[Moment, Moment]:
    """Return start and end; without an end after the start it is DEFAULT_DURATION later."""
    start, end = dates.instants(when)
    assert start  # noqa: S101 -- vevent() has checked it
    end_zone = when.end_timezone or when.timezone
    if end is None or end <= start:
        end, end_zone = start + DEFAULT_DURATION, when.timezone
    return _moment(start, when.timezone), _moment(end, end_zone)


def _moment(at: datetime, timezone: str) -> Moment:
    """Return the moment in its zone; in UTC if that is its zone or the wall time is repeated.

    RFC 5545, 3.3.5 means the first of two equal wall times, but half of all readers take the
    second.
    """
    if timezone in UTC_NAMES:
        return Moment(at, "")
    local = at.astimezone(dates.zone(timezone))
    if dates.steady_offset(local.date(), timezone) is not None:
        return Moment(at, timezone)
    repeated = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return Moment(at, "" if repeated else timezone)


def line(name: str, value: str) -> bytes:
    """Return a folded content line, b'' for an empty value; `name` may include parameters.

    Replaces icalendar's Contentline, whose checks of each line take a third of the time of a feed
    and cannot fail for ours.
    """
    if not value:
        return b""
    whole = f"{name}:{value}\r\n".encode()
    return whole if len(whole) <= FOLD_BYTES + 2 else _fold(whole[:-2]) + b"\r\n"


def _fold(line: bytes) -> bytes:
    """Fold a line (RFC 5545, 3.1), never inside a UTF-8 character or an escape.

    Replaces icalendar's folding, which works character by character and would take two thirds of
    the time of a feed.
    """
    if len(line) <= FOLD_BYTES:
        return line
    pieces, start = [], 0
    while len(line) - start > FOLD_BYTES:
        end = start + FOLD_BYTES
        while line[end] & 0xC0 == 0x80:  # continuation byte of UTF-8
            end -= 1
        end -= line[end - 1] in b"\\^"
        pieces.append(line[start:end])
        start = end
    return b"\r\n ".join([*pieces, line[start:]])


def parameter(text: str) -> str:
    """Return a text as a parameter value, quotes, carets and line breaks encoded (RFC 6868)."""
    return dquote(rfc_6868_escape(text))


def _clean(text: str) -> str:
    """Return a text without the UNWANTED characters, its line ends as LF, stripped."""
    if not text.isprintable():  # a printable text contains none of these characters
        text = UNWANTED.sub("", LINE_END.sub("\n", text))
    return text.strip()


def _text(text: str) -> str:
    # icalendar's vText is not used: it turns a typed backslash and N into a line break. Backslashes
    # are replaced first, so that none is escaped twice; str.translate() takes ten times as long.
    text = _clean(text).replace("\\", r"\\")
    return text.replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def _uri(text: str) -> str:
    """Return a URI percent-encoded as in RFC 3986; URI is not TEXT, so nothing is backslashed.

    Raises BadAddress.
    """
    if not text:
        return ""
    if "\r" in text or "\n" in text:
        raise BadAddress(text)
    return quote(STRAY_PERCENT.sub("%25", text), safe=URI_SAFE, errors="ignore")


def _utc(at: datetime) -> str:
    return _basic(at.astimezone(UTC)) + "Z"


def _basic(at: datetime) -> str:
    """Return a time in ISO 8601 basic format; strftime() would take three times as long."""
    return BASIC % (at.year, at.month, at.day, at.hour, at.minute, at.second)
