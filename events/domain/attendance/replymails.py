"""Parser of mails that reply to invitations; the input is untrusted.

Returns plain values and writes nothing. Size limits are checked before the body is parsed, and each
kind of mail that cannot be used has its own Reason.
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

MAX_MAIL_BYTES: Final = 2**20  # bytes; a typical reply has about 10,000
MAX_HEAD_BYTES: Final = 2**18
MAX_HEADER_CHARS: Final = 2_000
MAX_LEVELS: Final = 12  # of nested MIME parts, and of nested comments in a header
MAX_PARTS: Final = 2_000
MAX_COMMENT_CHARS: Final = 1_000
# Character sets in which people write. Python also has codecs such as `idna` or `unicode_escape`,
# which mail does not use.
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
    """One ATTENDEE line of a reply: the answer, and the delegate if there is one."""

    address: str
    partstat: str = ""
    delegated_to: str = ""  # '' if there are several


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReply:
    """Content of a mail. If `reason` is set, the fields below it are empty."""

    message_id: str = ""
    sender: str = ""
    subject: str = ""
    is_forged: bool = False  # by the verdict of the receiving mail server (DMARC)
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
    """Parse a mail. A mail that cannot be used is returned with a reason, not raised."""
    head = raw[:MAX_HEAD_BYTES]
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
    """Whether the mail exceeds a limit: bytes, bytes of the head, levels or number of parts."""
    is_all_head = len(raw) > MAX_HEAD_BYTES and not BLANK.search(raw[:MAX_HEAD_BYTES])
    if len(raw) > MAX_MAIL_BYTES or is_all_head:
        return True
    lower = raw.lower()
    levels = lower.count(b"boundary=") + lower.count(b"boundary*") + lower.count(b"message/")
    return levels > MAX_LEVELS or raw.count(b"\n--") > MAX_PARTS


def _header(mail: "Message[str, str]", name: str) -> str:
    """Return the first header of this name; '' if there is none or it is too long."""
    value = str(mail.get(name, ""))
    return value if len(value) <= MAX_HEADER_CHARS else ""


def _words(text: str) -> str:
    try:
        return one_line(str(make_header(decode_header(text))))
    except (MessageError, LookupError, ValueError):
        return one_line(text)


def _sender(mail: "Message[str, str]") -> str:
    """Return the address of the author; '' if there are several or the header is ambiguous."""
    values = [str(value) for value in mail.get_all("From", [])]
    if len(values) != 1 or len(values[0]) > MAX_HEADER_CHARS or values[0].count("(") > MAX_LEVELS:
        return ""
    found = getaddresses(values)
    return addresses.sane(addresses.normal(found[0][1])) if len(found) == 1 else ""


def _is_forged(mail: "Message[str, str]") -> bool:
    """Whether a receiving server reports that DMARC failed (Authentication-Results, RFC 8601)."""
    results = [
        str(value)[:MAX_HEADER_CHARS] for value in mail.get_all("Authentication-Results", [])
    ]
    return any(re.search(r"\bdmarc\s*=\s*fail\b", text, re.IGNORECASE) for text in results)


def _is_by_machine(mail: "Message[str, str]") -> bool:
    """Whether a program sent the mail without a person's action.

    `Auto-Submitted: auto-generated` is not among the values: Google sends people's answers with it.
    """
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
    """Yield the calendar parts of a mail, but not of mails attached to it: those are quotations."""
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
    """Return a calendar part in UTF-8.

    Bytes that cannot be decoded are returned as they are; the iCalendar parser refuses them.
    """
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)  # noqa: S101 -- a leaf has no parts
    charset = part.get_content_charset("utf-8")
    if not CHARSET.fullmatch(charset):
        return body
    try:
        return body.decode(charset).encode()
    except (LookupError, UnicodeError):
        return body


def _understood(parsed: ParsedReply, body: bytes) -> ParsedReply:
    """Return the content of the calendar. Raises parsing.Unreadable or BadEntry."""
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
        comment=contentlines.text(event, "COMMENT")[:MAX_COMMENT_CHARS],
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
    """Add the proposed start and end of a COUNTER; without them if the time zone is unknown."""
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
