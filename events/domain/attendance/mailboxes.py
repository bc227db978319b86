"""The IMAP mailbox that receives replies: each mail is read and then flagged as seen.

After a crash between the two a mail is read again, which changes nothing (see `replies`).
"""

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from events.domain.attendance import replies, replymails

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 30  # seconds for each response of the server
MAX_MAILS: Final = 200  # mails for each call of `read`
PORTS: Final = {"imap+ssl": 993, "imaps": 993, "imap+tls": 143, "imap": 143}


class BadAddress(ValueError):
    """The address of the mailbox cannot be parsed; it holds a password, so it is never shown."""


class NotAnswered(Exception):
    """The server cannot be reached, or refuses the login or a command."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The parts of IMAP_URL."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def parse(*, url: str) -> Mailbox:
    """Parse IMAP_URL. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadAddress
    return Mailbox(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
    )


def read(*, url: str, now: datetime) -> int:
    """Read the unseen mails of a mailbox; return how many were read.

    A mail whose reading fails with an error of ours stays unseen and does not stop the others.
    Raises BadAddress and NotAnswered.
    """
    mailbox, number = parse(url=url), 0
    try:
        with _opened(mailbox) as server:
            for key in _new(server):
                raw = _mail(server, key)
                if raw is not None and _is_read(raw, now):
                    server.uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
                    number += 1
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotAnswered(f"{mailbox.host}: {type(error).__name__}: {error}") from error
    return number


@contextlib.contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    server = _connected(mailbox)
    try:
        if mailbox.scheme == "imap+tls":  # STARTTLS is mandatory: login() never runs in clear text
            server.starttls(ssl.create_default_context())
        server.login(mailbox.user, mailbox.password)
        _ok(server.select(_quoted(mailbox.folder)))
        yield server
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    where = (mailbox.host, mailbox.port)
    if mailbox.scheme in ("imap+ssl", "imaps"):
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(*where, ssl_context=context, timeout=TIMEOUT_SECONDS)
    return imaplib.IMAP4(*where, timeout=TIMEOUT_SECONDS)


def _new(server: imaplib.IMAP4) -> list[str]:
    """Return the UIDs of unseen mails, the oldest first."""
    [found, *_rest] = _ok(server.uid("SEARCH", "UNSEEN")) or [b""]
    keys = (found or b"").split()
    return [key.decode() for key in keys if key.isdigit()][:MAX_MAILS]


def _mail(server: imaplib.IMAP4, key: str) -> bytes | None:
    """Return a mail, cut off one byte above the size limit of `replymails`."""
    asked = f"(BODY.PEEK[]<0.{replymails.MAX_MAIL_BYTES + 1}>)"
    for line in _ok(server.uid("FETCH", key, asked)):
        if isinstance(line, tuple) and re.search(rb"BODY\[\]", line[0]):
            return bytes(line[1])
    return None


def _is_read(raw: bytes, now: datetime) -> bool:
    try:
        replies.read(raw=raw, now=now)
    except Exception:
        logger.exception("A mail cannot be read; it stays new")
        return False
    return True


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, lines = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(str(lines)[:300])
    return lines


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
