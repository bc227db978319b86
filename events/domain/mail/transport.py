"""Mail: how messages leave; the only door to django.core.mail."""

import os
import re
import threading
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Sequence
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from events.domain.mail.smtp import Deferred, Line, NoSuchRecipient, Phase, Server, Unsure

SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
# What no header and no line of ours may hold: controls, line ends of any kind, bidi overrides.
UNWANTED: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

_thread = threading.local()


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

    invitation: MIMEBase | None = None

    def invite(self, *, method: str, stream: bytes) -> None:
        """Let it bear a message of iCalendar (RFC 6047), and the same as a file.

        In base64: what may be wrapped on the way, or read in another character set, is lost.
        """
        self.invitation = MIMEBase(
            "text", "calendar", method=method, charset="UTF-8", component="VEVENT"
        )
        self.invitation.set_payload(stream)
        encode_base64(self.invitation)
        self.attach("invite.ics", stream, "application/ics")

    def message(self, **options: Any) -> Any:
        made = super().message(**options)
        made.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        if self.invitation:
            alternatives: Any = made.get_payload(0)  # which stand before the file
            alternatives.attach(self.invitation)
        return made


def send(
    *,
    recipient: str,
    compose: Callable[[], Message | None],
    note: Callable[[Phase], None],
    deadline: float,
) -> str | None:
    """Hand in a mail for one recipient and return the reply; None if there was none to compose.

    With an SMTP server as smtp.Line.send does, which tells the arguments and the errors. Any other
    backend of Django is asked once the mail is composed, and where it fails nobody knows how far.
    """
    if settings.EMAIL_BACKEND == SMTP:
        return _line().send(
            sender=plain(settings.DEFAULT_FROM_EMAIL),
            recipient=plain(recipient),
            body=lambda: _octets(compose()),
            note=note,
            deadline=deadline,
        )
    if (message := compose()) is None:
        return None
    try:
        mail.get_connection().send_messages([message])
    except Exception as error:
        kind = Deferred if may_repeat() else Unsure
        raise kind(f"{type(error).__name__}: {error}") from error
    return ""


def hang_up() -> None:
    """End the connection of this thread, when there is nothing more to send."""
    if line := getattr(_thread, "line", None):
        line.quit()


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


def address(*, name: str, address: str) -> str:
    """Return what a header says of a sender or a recipient."""
    return str(Address(display_name=one_line(name), addr_spec=address))


def plain(address: str) -> str:
    """Return the address alone, its domain in ASCII; raise NoSuchRecipient."""
    try:
        return parseaddr(sanitize_address(address, "utf-8"))[1]
    except ValueError as error:
        raise NoSuchRecipient(one_line(str(error))) from error


def _line() -> Line:
    """The connection of this thread to the server that the settings name."""
    server = Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        ssl=settings.EMAIL_USE_SSL,
        tls=settings.EMAIL_USE_TLS,
    )
    line: Line | None = getattr(_thread, "line", None)
    if line is None or line.server != server:
        hang_up()
        line = _thread.line = Line(server)
    return line


def _octets(message: Message | None) -> bytes | None:
    return message.message().as_bytes(linesep="\r\n") if message else None


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
