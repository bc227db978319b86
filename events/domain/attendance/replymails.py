"""Mails that come back to invitations, read but not believed: who says what of which event.

Plain values only; limits come first, and whatever is not understood has a reason of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Final

from events.domain.ical import contentlines, datetimes, parsing
from events.domain.ical.contentlines import BadEntry
from events.domain.ical.parsing import Component
from events.domain.mail import addresses
from events.domain.mail.transport import one_line
from events.models import Attendee, Reply
from events.values import dates

Partstat = Attendee.Partstat
Method = Reply.Method
Reason = Reply.Reason

LARGEST: Final = 2**20  # an answer has some ten thousand
LONGEST_HEAD: Final = 2**18
LONGEST_HEADER: Final = 2_000
MOST_LEVELS: Final = 12  # of parts within parts, and of comments within comments
MOST_PARTS: Final = 2_000
LONGEST_COMMENT: Final = 1_000
# Those in which people write; Python knows more, and stranger ones.
CHARSET: Final = re.compile(
    r"(us-)?ascii|utf-?(8|16|16le|16be)|iso-8859-[0-9]{1,2}|windows-125[0-9]|gb2312|gbk|gb18030|big5"
    r"|big5-hkscs|euc-(jp|kr)|iso-2022-jp|shift_jis|koi8-[ru]"
)
BLANK: Final = re.compile(rb"\r?\n\r?\n")
PARTSTAT: Final = {
    "ACCEPTED": Partstat.ACCEPTED,
    "TENTATIVE": Partstat.TENTATIVE,
    "DECLINED": Partstat.DECLINED,
    "DELEGATED": Partstat.DELEGATED,
}
ASKED: Final = {
    "VCALENDAR": {"METHOD"},
    "VEVENT": {
        "UID", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "ATTENDEE", "COMMENT",
    },
    "VTIMEZONE": parsing.ASKED["VTIMEZONE"],
    "STANDARD": parsing.ASKED["STANDARD"],
    "DAYLIGHT": parsing.ASKED["DAYLIGHT"],
}  # fmt: skip
BY_MACHINE: Final = ("auto-replied", "auto-notified")
CALENDARS: Final = ("text/calendar", "application/ics")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeReply:
    """What is said of one attendee: the answer, and who comes instead."""

    address: str
    partstat: str = ""
    delegated_to: str = ""  # '' also where there are several


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReply:
    """What a mail says. With a reason it says nothing more that could be understood."""

    message_id: str = ""
    sender: str = ""
    subject: str = ""
    is_forged: bool = False  # as the server that took the mail has found
    reason: Reason = Reason.NONE
    method: str = ""
    uid: str = ""
    sequence: int = 0
    stamped_at: datetime | None = None
    replies: tuple[AttendeeReply, ...] = ()
    comment: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None


def read(*, raw: bytes) -> ParsedReply:
    """Return what a mail says, whatever it is."""
    head = raw[:LONGEST_HEAD]
    mail = message_from_bytes(BLANK.split(head, maxsplit=1)[0] + b"\n\n", policy=policy.compat32)
    parsed = ParsedReply(
        message_id=_header(mail, "Message-ID").strip(),
        sender=_sender(mail),
        subject=_words(_header(mail, "Subject"))[:300],
        is_forged=_is_forged(mail),
    )
    if _is_too_large(raw):
        return replace(parsed, reason=Reason.TOO_LARGE)
    mail = message_from_bytes(raw, policy=policy.compat32)
    part = next(_calendars(mail), None)
    if _is_by_machine(mail) or (part is None and _looks_automatic(mail)):
        return replace(parsed, reason=Reason.AUTOMATIC)
    if part is None:
        return replace(parsed, reason=Reason.NO_CALENDAR)
    try:
        return _understood(parsed, _body(part))
    except (parsing.Unreadable, BadEntry):
        return replace(parsed, reason=Reason.UNREADABLE)


def _is_too_large(raw: bytes) -> bool:
    """Whether to take it apart would cost too much."""
    is_all_head = len(raw) > LONGEST_HEAD and not BLANK.search(raw[:LONGEST_HEAD])
    if len(raw) > LARGEST or is_all_head:
        return True
    lower = raw.lower()
    levels = lower.count(b"boundary=") + lower.count(b"boundary*") + lower.count(b"message/")
    return levels > MOST_LEVELS or raw.count(b"\n--") > MOST_PARTS


def _header(mail: "Message[str, str]", name: str) -> str:
    """Return the first header of a name; one that is too long says nothing."""
    value = str(mail.get(name, ""))
    return value if len(value) <= LONGEST_HEADER else ""


def _words(text: str) -> str:
    try:
        return one_line(str(make_header(decode_header(text))))
    except (MessageError, LookupError, ValueError):
        return one_line(text)


def _sender(mail: "Message[str, str]") -> str:
    """Return the address of the one author; none if there are several, or there is doubt."""
    values = [str(value) for value in mail.get_all("From", [])]
    if len(values) != 1 or len(values[0]) > LONGEST_HEADER or values[0].count("(") > MOST_LEVELS:
        return ""
    found = getaddresses(values)
    return addresses.sane(addresses.normal(found[0][1])) if len(found) == 1 else ""


def _is_forged(mail: "Message[str, str]") -> bool:
    """Whether a server on the way has found that the author did not send it (RFC 8601)."""
    results = [str(value)[:LONGEST_HEADER] for value in mail.get_all("Authentication-Results", [])]
    return any(re.search(r"\bdmarc\s*=\s*fail\b", text, re.IGNORECASE) for text in results)


def _is_by_machine(mail: "Message[str, str]") -> bool:
    """Whether nobody has pressed a button; Google's programs send answers of people, too."""
    kind = _header(mail, "Auto-Submitted").strip().lower()
    return kind.startswith(BY_MACHINE) or mail.get_content_type() == "multipart/report"


def _looks_automatic(mail: "Message[str, str]") -> bool:
    kind = _header(mail, "Auto-Submitted").strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    marks = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
    return (
        kind not in ("", "no")
        or precedence in ("bulk", "junk", "auto_reply")
        or any(name in mail for name in marks)
        or _header(mail, "Return-Path").strip() == "<>"
    )


def _calendars(mail: "Message[str, str]") -> Iterator["Message[str, str]"]:
    """Yield the calendars in a mail, but not those of mails within it: they say what was said."""
    leaves = list(_leaves(mail))
    for kind in CALENDARS:
        yield from (part for part in leaves if part.get_content_type() == kind)


def _leaves(part: "Message[str, str]") -> Iterator["Message[str, str]"]:
    if part.get_content_maintype() == "message":
        return
    if not part.is_multipart():
        yield part
        return
    for each in part.get_payload():
        if isinstance(each, Message):
            yield from _leaves(each)


def _body(part: "Message[str, str]") -> bytes:
    """Return a calendar in UTF-8; what is in no character set at all is refused further on."""
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)  # noqa: S101 -- it has no parts
    charset = part.get_content_charset("utf-8")
    if not CHARSET.fullmatch(charset):
        return body
    try:
        return body.decode(charset).encode()
    except (LookupError, UnicodeError):
        return body


def _understood(parsed: ParsedReply, body: bytes) -> ParsedReply:
    """Return what the calendar says; raise Unreadable or BadEntry."""
    calendars = parsing.calendars(body=body, asked=ASKED)
    events = [part for each in calendars for part in each.parts if part.name == "VEVENT"]
    if len(calendars) != 1 or not events:
        raise parsing.NotACalendar
    method = contentlines.text(calendars[0], "METHOD").upper()
    if method not in Method.values:
        return replace(parsed, reason=Reason.OTHER_METHOD)
    uids = {contentlines.text(event, "UID") for event in events}
    event = next((event for event in events if "RECURRENCE-ID" not in event.lines), None)
    if len(uids) != 1 or event is None:
        raise parsing.NotACalendar
    parsed = replace(
        parsed,
        method=method,
        uid=uids.pop(),
        sequence=contentlines.number(event, "SEQUENCE"),
        stamped_at=contentlines.moment(event, "DTSTAMP"),
        replies=tuple(_attendee_replies(event)),
        comment=contentlines.text(event, "COMMENT")[:LONGEST_COMMENT],
    )
    return _with_times(parsed, calendars[0], event) if method == Method.COUNTER else parsed


def _attendee_replies(event: Component) -> Iterator[AttendeeReply]:
    for found in contentlines.every(event, "ATTENDEE"):
        yield AttendeeReply(
            address=addresses.of_uri(found.value),
            partstat=PARTSTAT.get(found.parameters.get("PARTSTAT", "").strip().upper(), ""),
            delegated_to=addresses.of_uri(found.parameters.get("DELEGATED-TO", "")),
        )


def _with_times(parsed: ParsedReply, calendar: Component, event: Component) -> ParsedReply:
    """Add the time that is proposed; a zone that nobody knows leaves it out."""
    clocks = datetimes.Clocks(calendar.parts, "UTC")
    try:
        start, end = (_moment(clocks, event, name) for name in ("DTSTART", "DTEND"))
    except (BadEntry, OverflowError):
        return parsed
    return replace(parsed, start_at=start, end_at=end)


def _moment(clocks: datetimes.Clocks, event: Component, name: str) -> datetime | None:
    found = contentlines.first(event, name)
    if found is None:
        return None
    at = clocks.moment(found)
    if at.at.year not in dates.YEARS:
        return None
    return dates.to_utc(at.at.date(), at.at.time(), at.timezone)
