"""Invitations as a mail program receives them: the iTIP message, and what it contains."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar

from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.models import Event
from tests.smtp import Sink

LATER = invitations.DEBOUNCE


def invite(event: Event, now: datetime) -> int:
    """Send an invitation to all attendees who have none."""
    keys = [row.pk for row in invitations.uninvited(event=event)]
    return invitations.send(event=event, attendees=keys, now=now)


class Mailbox:
    """The mails that a server has received, read in order."""

    def __init__(self, server: Sink) -> None:
        self.server = server
        self.read = 0

    def new(self, now: datetime) -> list[EmailMessage]:
        """Send what is due, and return new mails with a message for a calendar program."""
        delivery.tick(now=now)
        arrived = self.server.envelopes[self.read :]
        self.read += len(arrived)
        mails = [message_from_bytes(each.content, policy=policy.default) for each in arrived]
        return [mail for mail in mails if is_for_calendars(mail)]

    def after_a_while(self, now: datetime) -> list[EmailMessage]:
        """The same, after the debounce period of changes."""
        return self.new(now + LATER + timedelta(seconds=1))


def is_for_calendars(message: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in message.walk())


def stream(message: EmailMessage) -> bytes:
    """Return the iTIP message of a mail."""
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


def method(message: EmailMessage) -> str:
    return str(icalendar.Calendar.from_ical(stream(message))["METHOD"])


def entry(message: EmailMessage) -> Any:
    """Return the only event of the message."""
    [event] = icalendar.Calendar.from_ical(stream(message)).events
    return event


def recipient(message: EmailMessage) -> str:
    [address] = message["To"].addresses
    return str(address.addr_spec)


def summary(messages: list[EmailMessage]) -> list[tuple[str, str, int]]:
    """Return recipient, method and SEQUENCE of each mail, sorted by address."""
    return sorted(
        (recipient(each), method(each), int(entry(each)["SEQUENCE"])) for each in messages
    )
