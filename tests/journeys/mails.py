"""The mail server of a journey, and the mails that it received."""

from datetime import datetime
from email.message import EmailMessage

from events.domain.delivery import delivery
from tests.smtp import Sink


class Post:
    """The worker that sends due mails, and the mailbox that receives them."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.read = 0

    def arrived(self, now: datetime) -> list[EmailMessage]:
        """Run the worker; return new mails."""
        delivery.tick(now=now)
        new = self.sink.messages[self.read :]
        self.read += len(new)
        return new


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
