"""Hands messages to the mail backend; the only module that imports django.core.mail."""

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

from events.domain.mail.smtp import Connection, Deferred, NoSuchRecipient, Phase, Server, Unsure

SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
# Unicode categories that no header may contain: controls, line and paragraph separators, lone
# surrogates. BIDI are the controls that reorder text.
UNWANTED: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

_thread = threading.local()


class FolderBackend(BaseEmailBackend):
    """Mail backend that writes each mail to an .eml file, named by its delivery.

    A mail that is sent again overwrites its file.
    """

    def send_messages(self, email_messages: Sequence[mail.EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder / f"{_file_name(message)}.eml", message.message().as_bytes())
        return len(email_messages)


class Message(mail.EmailMultiAlternatives):
    """A mail that may contain an iTIP message.

    Works around Django 5.2, which folds a long Subject so that its first line is empty.
    """

    invitation: MIMEBase | None = None

    def invite(self, *, method: str, stream: bytes) -> None:
        """Add an iTIP message as a text/calendar part (RFC 6047), and as the file invite.ics.

        Base64 protects it from servers that wrap lines or convert the character set.
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
            alternatives: Any = made.get_payload(0)  # multipart/alternative, before the file
            alternatives.attach(self.invitation)
        return made


def send(
    *,
    recipient: str,
    compose: Callable[[], Message | None],
    note: Callable[[Phase], None],
    deadline: float,
) -> str | None:
    """Hand in a mail for one recipient; return the reply, or None if `compose` returns None.

    With an SMTP server this is `smtp.Connection.send`, which documents arguments and errors. Any
    other Django backend gets the composed mail and returns ''. If it fails, the outcome is unknown:
    raises Unsure, or Deferred if the mail may be repeated.
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
    """End this thread's connection to the mail server with QUIT, after the last mail."""
    if line := getattr(_thread, "line", None):
        line.quit()


def may_repeat() -> bool:
    """Whether a mail may safely be sent twice: FolderBackend overwrites the same file."""
    return f"{__name__}.{FolderBackend.__name__}" == settings.EMAIL_BACKEND


def forget(*, keys: Iterable[uuid.UUID]) -> None:
    """Delete the files of these deliveries from MAIL_FOLDER, if they exist."""
    for key in keys:
        (Path(settings.MAIL_FOLDER) / f"{key}.eml").unlink(missing_ok=True)


def one_line(text: str) -> str:
    """Return the text safe for a header: without controls, line ends, bidi or encoded words."""
    plain = (" " if unicodedata.category(c) in UNWANTED else c for c in BIDI.sub("", text))
    return " ".join("".join(plain).replace("=?", "= ?").split())


def address(*, name: str, address: str) -> str:
    """Return a name and an address as the value of From or To (RFC 5322, 3.4)."""
    return str(Address(display_name=one_line(name), addr_spec=address))


def plain(address: str) -> str:
    """Return the bare address with its domain in ASCII. Raises NoSuchRecipient."""
    try:
        return parseaddr(sanitize_address(address, "utf-8"))[1]
    except ValueError as error:
        raise NoSuchRecipient(one_line(str(error))) from error


def _line() -> Connection:
    """Return this thread's connection to the server in the settings; a new one if they changed."""
    server = Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        ssl=settings.EMAIL_USE_SSL,
        tls=settings.EMAIL_USE_TLS,
    )
    line: Connection | None = getattr(_thread, "line", None)
    if line is None or line.server != server:
        hang_up()
        line = _thread.line = Connection(server)
    return line


def _octets(message: Message | None) -> bytes | None:
    return message.message().as_bytes(linesep="\r\n") if message else None


def _file_name(message: mail.EmailMessage) -> str:
    """Return the delivery's UUID, from the start of the Message-ID; a new UUID for other mails."""
    found = re.match(r"<([0-9a-f-]{36})\.", message.extra_headers.get("Message-ID", ""))
    return found[1] if found else str(uuid.uuid4())


def _write(path: Path, body: bytes) -> None:
    """Write the file atomically: to a draft, fsync, rename; so a mail reported sent is on disk."""
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
