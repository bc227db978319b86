"""iTIP messages (RFC 5546) from the organiser of an event to one of its attendees."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from events.domain.ical import writing
from events.domain.ical.writing import Entry
from events.models import Attendee

REQUEST: Final = "REQUEST"
CANCEL: Final = "CANCEL"
PARTSTAT: Final[dict[str, str]] = {
    Attendee.Partstat.NEEDS_ACTION: "NEEDS-ACTION",
    Attendee.Partstat.ACCEPTED: "ACCEPTED",
    Attendee.Partstat.TENTATIVE: "TENTATIVE",
    Attendee.Partstat.DECLINED: "DECLINED",
    Attendee.Partstat.DELEGATED: "DELEGATED",
}
# Characters that need no percent-encoding in a mailto URI (RFC 6068, 2).
PLAIN: Final = "@!$'*+"
# Properties that the digest ignores: they change although the content stays the same.
COUNTED: Final = re.compile(rb"^(?:DTSTAMP|CREATED|LAST-MODIFIED|SEQUENCE):.*\r\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Party:
    """An ORGANIZER or ATTENDEE: a mail address and the name that calendar programs show."""

    name: str
    address: str

    @property
    def uri(self) -> str:
        return f"mailto:{quote(self.address, safe=PLAIN)}"


def write(
    *,
    method: str,
    entry: Entry,
    organizer: Party,
    attendee: Party,
    partstat: str,
    made_at: datetime,
) -> bytes:
    """Return the iTIP message for one attendee, with `partstat` as their answer so far.

    It contains no other ATTENDEE, because a calendar program offers an answer to each user whom it
    finds among the attendees. Raises writing.Inexact and writing.BadAddress.
    """
    part = writing.vevent(entry=replace(entry, stamped_at=made_at))
    lines = _people(organizer, attendee, partstat, asks=method == REQUEST)
    return writing.message(method=method, part=part, lines=lines)


def digest(*, method: str, entry: Entry) -> str:
    """Return the SHA-256 of a message's method and content, without stamps and SEQUENCE.

    Two messages have the same digest if an attendee would read the same in both.
    """
    stamped = replace(entry, stamped_at=entry.changed_at)
    body = COUNTED.sub(b"", writing.vevent(entry=stamped).body)
    return hashlib.sha256(method.encode() + b"\0" + body).hexdigest()


def _people(organizer: Party, attendee: Party, partstat: str, *, asks: bool) -> Iterator[bytes]:
    yield writing.line(f"ORGANIZER{_called(organizer)}", organizer.uri)
    part = f"CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={PARTSTAT[partstat]}"
    rsvp = ";RSVP=TRUE" if asks else ""
    yield writing.line(f"ATTENDEE;{part}{rsvp}{_called(attendee)}", attendee.uri)


def _called(party: Party) -> str:
    return f";CN={writing.parameter(party.name)}" if party.name else ""
