"""A real SMTP server for tests: it remembers what it accepts, and that is all while it is well."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """Where the server listens, and what has arrived."""

    port: int
    envelopes: list[Envelope] = field(default_factory=list)
    mood: str = "well"  # or it `defers` each recipient, or `hangs up` without a word on a mail

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(each.content, policy=policy.default) for each in self.envelopes]

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "defers":
            return "451 4.3.0 Later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd calls it so
        self.envelopes.append(envelope)
        if self.mood == "hangs up" and server.transport:
            server.transport.close()
        return "250 Accepted"


@contextmanager
def sink() -> Iterator[Sink]:
    """Run the server in a thread."""
    here = Sink(free_port())
    controller = Controller(here, hostname="127.0.0.1", port=here.port)
    controller.start()
    try:
        yield here
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port that was free just now; aiosmtpd cannot choose one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
