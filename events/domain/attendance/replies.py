"""Replies to invitations (iTIP, RFC 5546): each mail is applied once, or set aside.

A reply is applied if its sender is the attendee that it speaks of, and that attendee is on the list
of the event that it names. Every mail is kept as a Reply. One that is not applied has a reason; it
waits for an organiser, unless a later answer is on record.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from events.domain import steps
from events.domain.attendance import answers, attendees, capacity, invitations, replymails
from events.domain.attendance.replymails import AttendeeReply, ParsedReply
from events.domain.mail import addresses
from events.domain.refusals import Refusal
from events.domain.reminders import answernews
from events.models import Attendee, Delivery, Event, Person, Reply

Partstat = Attendee.Partstat
Method = Reply.Method
Reason = Reply.Reason
State = Reply.State

RETENTION: Final = timedelta(days=365)
STEPS: Final[steps.Table] = {State.OPEN: ("apply", "dismiss")}
UID: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@(.+)", re.ASCII)


class SetAside(Exception):
    """The reason for which a reply is not applied."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAllowed(steps.NotAllowed):
    """The state of the reply does not allow this verb."""

    column = "state"
    text = gettext_noop("Somebody has looked at this reply already: %(state)s.")


def read(*, raw: bytes, now: datetime) -> Reply:
    """Parse a mail, apply it if possible, and return the row that records the outcome.

    A mail that was read before is not applied again.
    """
    parsed = replymails.read(raw=raw)
    with transaction.atomic():
        row, is_new = Reply.objects.get_or_create(
            message_hash=_hash(parsed, raw),
            defaults={
                "received_at": now,
                "sender": parsed.sender,
                "subject": parsed.subject,
                "method": parsed.method,
                "comment": parsed.comment,
                "replied_at": parsed.stamped_at,
                "proposed_start_at": parsed.start_at,
                "proposed_end_at": parsed.end_at,
                "reason": parsed.reason,
            },
        )
        if is_new and not parsed.reason:
            _take(row, parsed, now)
        return row


def next_steps(*, reply: Reply) -> tuple[str, ...]:
    """Return the verbs that are legal now; each is a function of this module."""
    return MACHINE.next_steps(reply)


def apply(*, reply: Reply, now: datetime) -> None:
    """Apply an answer that was set aside. Raises NotAllowed, and what `answers.record` raises."""
    with MACHINE.step(reply, "apply") as held:
        assert held.attendee is not None  # noqa: S101 -- `next_steps` has checked it
        answers.record(attendee=held.attendee, partstat=Partstat(held.partstat), now=now)
        _settle(held, State.APPLIED, now)


def dismiss(*, reply: Reply, now: datetime) -> None:
    """Close a reply without applying it. Raises NotAllowed."""
    with MACHINE.step(reply, "dismiss") as held:
        _settle(held, State.DISMISSED, now)


def prune(*, now: datetime) -> int:
    """Delete replies that were settled more than a year ago; return how many rows."""
    number, _rows = Reply.objects.filter(settled_at__lt=now - RETENTION).delete()
    return number


def _hash(parsed: ParsedReply, raw: bytes) -> str:
    """Return a hash by which a mail is recognised when it arrives again.

    It covers the sender too: the Message-ID of somebody else's mail must not hide a later mail.
    """
    name = parsed.message_id or hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(json.dumps([name, parsed.sender]).encode(errors="replace")).hexdigest()


def _hold(reply: Reply) -> Reply:
    """Lock the event, then the reply, and return the reply.

    Event before reply is the order in which all code locks.
    """
    if reply.event_id:
        capacity.hold(event_id=reply.event_id)
    rows = Reply.objects.select_for_update(of=("self",)).select_related("attendee")
    return rows.get(pk=reply.pk)


def _obstacle(reply: Reply, verb: str) -> Reply | None:
    """The reply itself if “apply” has no answer to apply, else None."""
    can_apply = reply.attendee_id and reply.partstat in attendees.ANSWERS.values()
    return reply if verb == "apply" and not can_apply else None


def _take(row: Reply, parsed: ParsedReply, now: datetime) -> None:
    """Apply a reply, or store the reason why it was not applied."""
    try:
        with transaction.atomic():
            attendee = _whom(row, parsed)
            DO[parsed.method](row, parsed, attendee, now)
    except SetAside as aside:
        row.reason = aside.reason
    except attendees.Outdated:
        row.reason = Reason.OUTDATED
    except Refusal:
        row.reason = Reason.NOT_ALLOWED
    else:
        row.reason = Reason.NONE
    state = {Reason.NONE: State.APPLIED, Reason.OUTDATED: State.IGNORED}.get(Reason(row.reason))
    if state:
        _settle(row, state, now)
    row.save()


def _settle(row: Reply, state: State, now: datetime) -> None:
    row.state, row.settled_at = state, now
    row.save(update_fields=["state", "settled_at"])


def _whom(row: Reply, parsed: ParsedReply) -> Attendee:
    """Return the attendee who replies; raise SetAside or Outdated.

    Whatever is known of event, attendee and answer is stored in the row even if the reply is set
    aside.
    """
    event = _event(parsed.uid)
    if event is None:
        raise SetAside(Reason.UNKNOWN_EVENT)
    held = row.event = capacity.hold(event_id=event.pk)
    spoken = _own(parsed)
    row.partstat = spoken.partstat if spoken else ""
    row.delegated_to = spoken.delegated_to if spoken else ""
    attendee = row.attendee = _attendee(held, spoken)
    row.person = attendee.person if attendee else None
    if parsed.is_forged:
        raise SetAside(Reason.FORGED)
    if spoken is None or not parsed.sender or spoken.address != parsed.sender:
        raise SetAside(Reason.OTHER_SENDER)
    if attendee is None:
        raise SetAside(Reason.NOT_INVITED)
    if parsed.method != Method.REFRESH and parsed.sequence < _last_told(held, attendee):
        raise attendees.Outdated(attendee)
    return attendee


def _last_told(event: Event, attendee: Attendee) -> int:
    """Return the SEQUENCE of the last invitation that this attendee was sent.

    The event may have a higher one of which the attendee was not told. For an attendee who was sent
    none, who has the entry from elsewhere, it is that of the event.
    """
    mails = attendee.deliveries.out().filter(kind=Delivery.Kind.REQUEST).order_by("-pk")
    sequence = mails.values_list("sequence", flat=True).first()
    return event.sequence if sequence is None else sequence


def _event(uid: str) -> Event | None:
    match = UID.fullmatch(uid.lower())
    if match is None or match[2] != settings.UID_HOST.lower():
        return None
    return Event.objects.filter(uid=UUID(match[1]), origin=Event.Origin.MANAGED).first()


def _own(parsed: ParsedReply) -> AttendeeReply | None:
    """Return the sender's own line of the reply; without one, the first line."""
    own = [
        spoken for spoken in parsed.replies if spoken.address and spoken.address == parsed.sender
    ]
    return next(iter(own or parsed.replies), None)


def _attendee(event: Event, spoken: AttendeeReply | None) -> Attendee | None:
    """Return the attendee with this address; None if there is none, or more than one."""
    if spoken is None or not spoken.address:
        return None
    people = Attendee.objects.reachable().filter(event=event).select_related("person")
    found = [row for row in people if row.person and _address(row.person) == spoken.address]
    return found[0] if len(found) == 1 else None


def _address(person: Person) -> str:
    return addresses.normal(person.email)


def _answer(row: Reply, parsed: ParsedReply, attendee: Attendee, now: datetime) -> None:
    """REPLY (RFC 5546, 3.2.3)."""
    if row.partstat == Partstat.DELEGATED:
        person, before = _substitute(attendee, row.delegated_to), attendee.partstat
        attendees.substitute(
            attendee=attendee, person=person, now=now, replied_at=parsed.stamped_at
        )
        answernews.note(attendee=attendee, before=before, now=now)
    elif row.partstat in attendees.ANSWERS.values():
        answer = Partstat(row.partstat)
        answers.record(attendee=attendee, partstat=answer, now=now, replied_at=parsed.stamped_at)
    else:
        raise SetAside(Reason.UNREADABLE)


def _substitute(attendee: Attendee, address: str) -> Person:
    """Return the person with this address that the event's team knows; raises SetAside.

    A reply never creates a person.
    """
    team = attendee.event.team_id
    known = Person.objects.filter(Q(team=None) | Q(team=team), erased_at=None)
    found = list(known.filter(email__iexact=address).order_by("pk")[:2]) if address else []
    if len(found) != 1:
        raise SetAside(Reason.NO_SUBSTITUTE)
    return found[0]


def _counter(row: Reply, parsed: ParsedReply, attendee: Attendee, now: datetime) -> None:
    """COUNTER (RFC 5546, 3.2.7): is set aside, for an organiser to decide."""
    raise SetAside(Reason.COUNTER)


def _refresh(row: Reply, parsed: ParsedReply, attendee: Attendee, now: datetime) -> None:
    """REFRESH (RFC 5546, 3.2.6): the current invitation is sent again."""
    if not invitations.send_again(attendee=attendee, now=now):
        raise attendees.NotAllowed(attendee, "refresh")


DO: Final[dict[str, Callable[[Reply, ParsedReply, Attendee, datetime], None]]] = {
    Method.REPLY: _answer,
    Method.COUNTER: _counter,
    Method.REFRESH: _refresh,
}
MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold, obstacle=_obstacle)
