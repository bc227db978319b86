"""SMTP (RFC 5321) that knows how far a mail has got.

Nothing is delivered before the final dot; between the dot and the reply nobody can know (RFC 1047).
smtplib reports a line that breaks before and after the dot alike, so the steps are taken here.
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

CONNECTING: Final = 10.0  # seconds to wait
COMMAND: Final = 30.0
ACCEPTING: Final = 90.0  # for the reply to the dot; a lease must be longer
MOST_MAILS: Final = 100  # on one connection
MOST_LINES: Final = 1_000  # in one reply
ENHANCED: Final = re.compile(rb"5\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463
LINE_END: Final = re.compile(rb"\r\n?|\n")
LEADING_DOT: Final = re.compile(rb"(?m)^\.")


class Phase(StrEnum):
    """How far a mail has got, in the order of its steps."""

    BODY = "B"  # the server waits for the body
    DOT = "D"  # the dot may be on its way
    ACCEPTED = "A"
    NOT = "N"  # it was not delivered, for certain


class Failure(Exception):
    """A mail was not accepted; the text is the reply of the server, or what went wrong."""


class Unavailable(Failure):
    """The server takes no mail of ours at present, whoever it is for."""


class Deferred(Failure):
    """Not this mail now (4xx)."""


class Refused(Failure):
    """Never this mail (5xx)."""


class NoSuchRecipient(Refused):
    """Never a mail to this address."""


class Unsure(Failure):
    """The dot was sent and no reply came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in; `tls` begins in plain text and fails where that is not ended."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    ssl: bool = False
    tls: bool = False


class Line:
    """A connection to a server, opened when it is needed, for one mail after the other."""

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
        """Hand in one mail for one recipient and return the reply; None if there was no body.

        `body` is asked once the server waits for it, and may still refuse with None. `note` is told
        of each phase before it begins. After the `deadline` of the monotonic clock, in seconds, no
        dot is sent any more. Raises Failure, in one of its kinds; whatever else `body` or `note`
        raise ends the conversation before the dot.
        """
        smtp = self._ready(sender, recipient)
        try:
            _expect(smtp.docmd("DATA"), 354)
            note(Phase.BODY)
            if (text := body()) is None:
                self.close()  # only so the mail that was begun is none
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
        """Hang up without a word: what was begun is dropped."""
        if self.smtp:
            with suppress(OSError):
                self.smtp.close()
        self.smtp, self.mails = None, 0

    def quit(self) -> None:
        """Take leave, when no mail is in hand."""
        if self.smtp:
            with suppress(OSError, smtplib.SMTPException):
                _socket(self.smtp).settimeout(CONNECTING)
                self.smtp.quit()
        self.close()

    def _ready(self, sender: str, recipient: str) -> smtplib.SMTP:
        """Return the connection, with the envelope of the mail handed in."""
        if self.mails >= MOST_MAILS:
            self.quit()
        is_used = self.smtp is not None
        try:
            return self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if not is_used:
                raise Unavailable(_words(error)) from error
        try:  # the server had hung up meanwhile
            return self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unavailable(_words(error)) from error

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        smtp = self.smtp = self.smtp or _opened(self.server)
        self.mails += 1
        code, text = smtp.mail(sender)
        if code != 250:  # not on account of the recipient
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
        """Send the dot and return the reply."""
        if time.monotonic() > deadline:
            self.close()
            note(Phase.NOT)
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
            with suppress(OSError):  # it has been accepted, on record or not
                note(Phase.ACCEPTED)
            return _reply(code, text)
        if not 400 <= code < 600:  # no such reply is known
            self.close()
            raise Unsure(_reply(code, text))
        with suppress(OSError):  # the database is told at once
            note(Phase.NOT)
        if code == 421:
            self.close()
        raise _failure(code, text)

    def _reset(self) -> None:
        """Be ready for the next mail, or hang up."""
        try:
            if self.smtp and self.smtp.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


class _Replies:
    """What a server says, as a file; a reply that does not end is broken off."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.left = MOST_LINES

    def readline(self, size: int) -> bytes:
        if not self.left:
            raise smtplib.SMTPServerDisconnected("the reply does not end")
        line = self.file.readline(size)
        self.left = self.left - 1 if line[3:4] == b"-" else MOST_LINES
        return line

    def close(self) -> None:
        self.file.close()


class _Plain(smtplib.SMTP):
    """smtplib, which reads whatever a server says."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Replies(_socket(self).makefile("rb"))
        return super().getreply()


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    """The same within TLS from the first byte on."""


def _opened(server: Server) -> smtplib.SMTP:
    """Connect, and log in where we have a name; never in plain text if TLS is wanted."""
    context = ssl.create_default_context()
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
    """Whether a recipient is refused for the address, not for what we are or what is full."""
    if found := ENHANCED.match(text):
        return found[1] == b"1"
    return code in (550, 551, 553)


def _failure(code: int, text: bytes) -> Failure:
    """By the class of the reply, never by a list of codes (RFC 5321, 4.2.1)."""
    if code == 421:
        return Unavailable(_reply(code, text))
    return (Refused if 500 <= code < 600 else Deferred)(_reply(code, text))


def _stuffed(text: bytes) -> bytes:
    """The body with the line ends and the doubled dots of RFC 5321, 4.5.2."""
    lines = LEADING_DOT.sub(b"..", LINE_END.sub(b"\r\n", text))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _reply(code: int, text: bytes) -> str:
    return f"{code} {text.decode(errors='replace')}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _reply(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__}: {error}"
