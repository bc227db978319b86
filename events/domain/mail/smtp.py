"""An SMTP client (RFC 5321) that reports each phase of handing in a mail.

A server delivers nothing before the final dot. If the connection breaks between the dot and the
reply, the outcome is unknown (RFC 1047). smtplib's sendmail() does not tell whether a connection
broke before or after the dot, so this module sends each command itself.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Final

CONNECTING: Final = 10.0  # timeout in seconds
COMMAND: Final = 30.0  # timeout in seconds
ACCEPTING: Final = 90.0  # timeout in seconds of the reply to the dot; a lease must be longer
MAX_MAILS: Final = 100  # on one connection
MAX_LINES: Final = 1_000  # in one reply
ENHANCED: Final = re.compile(rb"5\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463
LINE_END: Final = re.compile(rb"\r\n?|\n")
LEADING_DOT: Final = re.compile(rb"(?m)^\.")


class Phase(StrEnum):
    """The phases of handing in a mail, in their order."""

    BODY = "B"  # the server has replied 354 and waits for the body
    DOT = "D"  # the final dot is sent next, or was sent
    ACCEPTED = "A"
    NOT_DELIVERED = "N"  # the server has certainly not accepted the mail


class Failure(Exception):
    """The server has not accepted the mail; the text is its reply, or the error."""


class Unavailable(Failure):
    """The server takes no mail from us at present, for any recipient."""


class Deferred(Failure):
    """The server refuses this mail for now (4xx)."""


class Refused(Failure):
    """The server refuses this mail for good (5xx)."""


class NoSuchRecipient(Refused):
    """The server refuses the address of the recipient for good."""


class Unsure(Failure):
    """The dot was sent and no valid reply came, so the outcome is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server to hand mail in at.

    `ssl` is TLS from the first byte. `tls` is STARTTLS; without it on the server, sending fails.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    ssl: bool = False
    tls: bool = False


class Connection:
    """A connection to a server, opened when it is needed and kept for further mails."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.smtp: smtplib.SMTP | None = None
        self.mails = 0

    def send(
        self,
        *,
        sender: str,
        recipient: str,
        body: Callable[[], bytes | None],
        note: Callable[[Phase], None],
        deadline: float,
    ) -> str | None:
        """Hand in one mail for one recipient; return the reply, or None if there was no body.

        `body` is called when the server waits for the body, and may return None to send no mail.
        `note` is called with each phase before it begins. After `deadline`, in seconds of
        time.monotonic(), the dot is not sent. Raises a subclass of Failure. Any other exception of
        `body` or `note` closes the connection before the dot and is raised again.
        """
        smtp = self._ready(sender, recipient)
        try:
            _expect(smtp.docmd("DATA"), 354)
            note(Phase.BODY)
            if (text := body()) is None:
                self.close()  # after DATA, only a lost connection aborts the mail
                return None
            _socket(smtp).sendall(_stuffed(text))
            note(Phase.DOT)
        except Failure:
            self._reset()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unavailable(_words(error)) from error
        except BaseException:
            self.close()
            raise
        return self._end(smtp, note, deadline)

    def close(self) -> None:
        """Close the connection without QUIT; the server drops a mail that was begun."""
        if self.smtp:
            with suppress(OSError):
                self.smtp.close()
        self.smtp, self.mails = None, 0

    def quit(self) -> None:
        """Send QUIT and close the connection; only between two mails."""
        if self.smtp:
            with suppress(OSError, smtplib.SMTPException):
                _socket(self.smtp).settimeout(CONNECTING)
                self.smtp.quit()
        self.close()

    def _ready(self, sender: str, recipient: str) -> smtplib.SMTP:
        """Return the connection after MAIL and RCPT; reconnect once if a kept one was lost."""
        if self.mails >= MAX_MAILS:
            self.quit()
        is_used = self.smtp is not None
        try:
            return self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if not is_used:
                raise Unavailable(_words(error)) from error
        try:  # the server had closed the kept connection
            return self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unavailable(_words(error)) from error

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        smtp = self.smtp = self.smtp or _opened(self.server)
        self.mails += 1
        code, text = smtp.mail(sender)
        if code != 250:  # refused before the recipient was named
            self._reset()
            raise Unavailable(_reply(code, text))
        code, text = smtp.rcpt(recipient)
        if code in (250, 251):
            return smtp
        self._reset()
        if _is_wrong_address(code, text):
            raise NoSuchRecipient(_reply(code, text))
        raise _failure(code, text)

    def _end(self, smtp: smtplib.SMTP, note: Callable[[Phase], None], deadline: float) -> str:
        """Send the final dot; return the reply. Raises Failure."""
        if time.monotonic() > deadline:
            self.close()
            note(Phase.NOT_DELIVERED)
            raise Unavailable("too late for this attempt")
        try:
            _socket(smtp).settimeout(ACCEPTING)
            _socket(smtp).sendall(b".\r\n")
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unsure(_words(error)) from error
        _socket(smtp).settimeout(COMMAND)
        if 200 <= code < 300:
            with suppress(OSError):  # accepted, even if the journal cannot be written
                note(Phase.ACCEPTED)
            return _reply(code, text)
        if not 400 <= code < 600:  # RFC 5321 defines no such reply to the dot
            self.close()
            raise Unsure(_reply(code, text))
        with suppress(OSError):  # the caller stores the failure in the database anyway
            note(Phase.NOT_DELIVERED)
        if code == 421:
            self.close()
        raise _failure(code, text)

    def _reset(self) -> None:
        """Send RSET, so that the next mail can follow; close the connection if it fails."""
        try:
            if self.smtp and self.smtp.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


class _Replies:
    """The server's replies as a file; a reply of more than MAX_LINES lines is an error."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.left = MAX_LINES

    def readline(self, size: int) -> bytes:
        if not self.left:
            raise smtplib.SMTPServerDisconnected("the reply does not end")
        line = self.file.readline(size)
        self.left = self.left - 1 if line[3:4] == b"-" else MAX_LINES
        return line

    def close(self) -> None:
        self.file.close()


class _Plain(smtplib.SMTP):
    """smtplib's SMTP with a limit on the length of replies, which smtplib lacks."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Replies(_socket(self).makefile("rb"))
        return super().getreply()


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


def _opened(server: Server) -> smtplib.SMTP:
    """Connect, and log in if a user is set. With `ssl` or `tls`, never log in without TLS."""
    # Reading the certificates of all authorities takes some twenty milliseconds.
    context = ssl.create_default_context() if server.ssl or server.tls else None
    if server.ssl:
        smtp: smtplib.SMTP = _Encrypted(
            server.host, server.port, timeout=CONNECTING, context=context
        )
    else:
        smtp = _Plain(server.host, server.port, timeout=CONNECTING)
    try:
        _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _socket(smtp).settimeout(COMMAND)
        smtp.ehlo_or_helo_if_needed()
        if server.tls:
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is gone")
    return smtp.sock


def _expect(answer: tuple[int, bytes], wanted: int) -> None:
    if answer[0] != wanted:
        raise _failure(*answer)


def _is_wrong_address(code: int, text: bytes) -> bool:
    """Whether RCPT was refused because of the address, not by policy or a full mailbox.

    An enhanced status 5.1.x (RFC 3463) decides; without one the codes 550, 551 and 553.
    """
    if found := ENHANCED.match(text):
        return found[1] == b"1"
    return code in (550, 551, 553)


def _failure(code: int, text: bytes) -> Failure:
    """Return the failure by the first digit of the code (RFC 5321, 4.2.1), 421 excepted."""
    if code == 421:
        return Unavailable(_reply(code, text))
    return (Refused if 500 <= code < 600 else Deferred)(_reply(code, text))


def _stuffed(text: bytes) -> bytes:
    """Return the body with CRLF line ends and leading dots doubled (RFC 5321, 4.5.2)."""
    lines = LEADING_DOT.sub(b"..", LINE_END.sub(b"\r\n", text))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _reply(code: int, text: bytes) -> str:
    return f"{code} {text.decode(errors='replace')}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _reply(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__}: {error}"
