"""Mail: how messages are composed and how they leave; the only door to django.core.mail."""

import contextlib
import os
import re
import smtplib
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, pgettext

from events.domain import wording
from events.models import Delivery, Event
from events.models.teams import PUBLISHED
from events.values import dates

# What no header and no line of ours may hold: controls, line ends of any kind, bidi overrides.
UNWANTED: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


class NotSent(Exception):
    """A mail has not left, and why; the text holds the server's reply."""


class Rejected(NotSent):
    """The server will never take it."""


class Deferred(NotSent):
    """Not now: worth another try."""


class Unsure(NotSent):
    """The server may have taken it: nobody can tell."""


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file that any mail program opens; the same mail, the same file."""

    def send_messages(self, email_messages: Sequence[mail.EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder / f"{_file_name(message)}.eml", message.message().as_bytes())
        return len(email_messages)


class Message(mail.EmailMultiAlternatives):
    """A mail whose long subject starts on the header's first line; Django 5.2 leaves it empty."""

    def message(self, **options: Any) -> Any:
        made = super().message(**options)
        made.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the templates of a reminder say, in the reader's language."""

    title: str
    name: str
    start: str
    there: str
    own: str
    place: str
    url: str
    sender: str


def reminder(*, delivery: Delivery, now: datetime) -> Message:
    """Compose a reminder in the delivery's language and zone."""
    with override(delivery.language):
        letter = _letter(delivery)
        context = {"letter": letter, "language": _bcp47(delivery.language)}
        subject = render_to_string("events/mail/reminder.subject.txt", context)
        message = Message(
            subject=one_line(subject),
            body=render_to_string("events/mail/reminder.txt", context),
            from_email=_address(letter.sender, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
            to=[_address(letter.name, delivery.person.email)],
            headers=_headers(delivery, now),
        )
        message.attach_alternative(
            render_to_string("events/mail/reminder.html", context), "text/html"
        )
    return message


def send(*, message: Message) -> None:
    """Send to one recipient; raise Rejected, Deferred or Unsure when it has not left for sure."""
    connection = mail.get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's too: a server that is down, a login that fails
        raise Deferred(one_line(str(error))) from error
    try:
        connection.send_messages([message])
    except Exception as error:
        raise _verdict(error) from error
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def may_repeat() -> bool:
    """Whether sending a mail again does no harm: a file is only written anew."""
    return f"{__name__}.{FolderBackend.__name__}" == settings.EMAIL_BACKEND


def forget(*, keys: Iterable[uuid.UUID]) -> None:
    """Remove the copies of these deliveries from the folder, where there are any."""
    for key in keys:
        (Path(settings.MAIL_FOLDER) / f"{key}.eml").unlink(missing_ok=True)


def one_line(text: str) -> str:
    """Return the text fit for a header: no controls, line ends, bidi tricks or encoded words."""
    plain = (" " if unicodedata.category(c) in UNWANTED else c for c in BIDI.sub("", text))
    return " ".join("".join(plain).replace("=?", "= ?").split())


def _verdict(error: Exception) -> NotSent:
    """Return what an error while sending means for the message."""
    if may_repeat():
        return Deferred(one_line(str(error)))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, error.smtp_error)
    return Unsure(one_line(f"{type(error).__name__}: {error}"))


def _by_code(code: int, reply: bytes | str) -> NotSent:
    """By the class of the reply (RFC 5321, 4.2.1), never by a list of codes."""
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return (Rejected if 500 <= code < 600 else Deferred)(one_line(f"{code} {text}"))


def _letter(delivery: Delivery) -> Letter:
    event = delivery.event
    return Letter(
        title=one_line(event.title),
        name=one_line(delivery.person.name),
        start=_start(event),
        there=_time_there(event),
        own=_own_time(event, delivery.zone),
        place=one_line(wording.where(event=event)),
        url=_link(event),
        sender=one_line(event.team.name if event.team else ""),
    )


def _start(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30” at the event, or its days."""
    if event.start_at is None or event.start_time is None:
        return wording.when(event.when)
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return format_date(local, pgettext("moment", "l j F Y, H:i"))


def _time_there(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)”, or the days."""
    if event.start_at is None or event.start_time is None:
        return _start(event)
    return gettext("%(time)s (%(place)s, %(offset)s)") % {
        "time": _start(event) + _end(event),
        "place": wording.zone_name(place=event.place, zone=event.timezone),
        "offset": wording.offset(event.start_at.astimezone(dates.zone(event.timezone))),
    }


def _end(event: Event) -> str:
    """Return “–17:00” where the event ends on the same day by the same clock."""
    same_day = event.end_on in (None, event.start_on) and not event.end_timezone
    return f"–{event.end_time:%H:%M}" if event.end_time and same_day else ""


def _own_time(event: Event, zone: str) -> str:
    """Return the start at the reader's clock; '' for whole days and for the same clock."""
    if event.start_at is None or event.start_time is None or zone in ("", event.timezone):
        return ""
    return wording.moment(event.start_at, zone)


def _link(event: Event) -> str:
    is_public = event.visibility == Event.Visibility.PUBLIC and event.status in PUBLISHED
    return settings.SITE_URL + event.get_absolute_url() if is_public else ""


def _headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    return {
        # The same on every try, so that a receiver can tell a repeated mail.
        "Message-ID": f"<{delivery.public_uuid}.0@{settings.UID_HOST}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # RFC 3834
        "Content-Language": _bcp47(delivery.language),
    }


def _address(name: str, address: str) -> str:
    return str(Address(display_name=one_line(name), addr_spec=address))


def _bcp47(language: str) -> str:
    """Return zh-Hans for Django's zh-hans."""
    head, dash, script = language.partition("-")
    return head + dash + script.title()


def _file_name(message: mail.EmailMessage) -> str:
    """Return the delivery's uuid, which its Message-ID begins with; a new one for other mail."""
    found = re.match(r"<([0-9a-f-]{36})\.", message.extra_headers.get("Message-ID", ""))
    return found[1] if found else str(uuid.uuid4())


def _write(path: Path, body: bytes) -> None:
    """Write the whole file or none, and leave it on the disk before anybody calls it sent."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
