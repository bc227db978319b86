"""A real SMTP server for tests, which keeps accepted mails and answers as configured."""

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
    """The port of the server, its replies, and the mails that it received."""

    port: int
    envelopes: list[Envelope] = field(default_factory=list)
    on_rcpt: str = "250 OK"
    on_data: str = "250 Accepted"  # or it hangs up: `cut` drops the mail, `kept` has accepted it

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(each.content, policy=policy.default) for each in self.envelopes]

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.on_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd calls it so
        if self.on_data.startswith("250") or self.on_data == "kept":
            self.envelopes.append(envelope)
        if self.on_data in ("cut", "kept") and server.transport:
            server.transport.close()
        return self.on_data


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
    """Return a port that was just free; aiosmtpd cannot choose one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
