"""Messages about an event between who invites and who is invited (RFC 5546), one to each reader."""

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
# RFC 6068, 2: what may stand in an address of the scheme mailto as it is.
PLAIN: Final = "@!$'*+"
# What differs although nothing else does.
COUNTED: Final = re.compile(rb"^(?:DTSTAMP|CREATED|LAST-MODIFIED|SEQUENCE):.*\r\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with a mail address, as a calendar program shows them."""

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
    """Return the message for one attendee, who has answered so far as it says.

    Nobody else stands in it: a program offers an answer to whom it finds among the attendees.
    Raises calendars.Inexact and calendars.BadAddress.
    """
    part = writing.vevent(entry=replace(entry, stamped_at=made_at))
    lines = _people(organizer, attendee, partstat, asks=method == REQUEST)
    return writing.message(method=method, part=part, lines=lines)


def digest(*, method: str, entry: Entry) -> str:
    """Return what tells two messages apart that say different things, whenever they were made."""
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
