"""The mail server of a story: what has arrived, and what it says."""

from datetime import datetime
from email.message import EmailMessage

from events.domain.delivery import delivery
from tests.smtp import Sink


class Post:
    """The worker that sends what is due, and a reader's mailbox."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.read = 0

    def arrived(self, now: datetime) -> list[EmailMessage]:
        """Return what is new when the worker has run."""
        delivery.tick(now=now)
        new = self.sink.messages[self.read :]
        self.read += len(new)
        return new


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
