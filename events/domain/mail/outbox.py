"""The outbox: mails are written down with what they are about, and leave at the next tick."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest

from events.domain import steps
from events.domain.mail import addresses
from events.models import (
    Attendee,
    Delivery,
    Event,
    NoticeBatch,
    ReminderOccurrence,
    Suppression,
)
from events.models.mail.deliveries import DeliveryQuerySet

State = Delivery.State
# What came to no good end, or to one that nobody can be sure of.
ENDED: Final = (State.FAILED, State.DEAD, State.UNKNOWN, State.PRESUMED)
# The steps that each state allows.
STEPS: Final[steps.Table] = {
    State.HELD: ("release", "drop"),
    **dict.fromkeys(ENDED, ("send_again",)),
}
KEPT: Final = timedelta(days=180)  # after a mail has been of use
AT_ONCE: Final = 5_000  # forgotten in one transaction, so that no worker waits long
ONCE_MORE: Final = timedelta(hours=6)  # how long a mail that is sent again is of use at least


class NotAllowed(steps.NotAllowed):
    """The mail is in no state for this verb."""

    column = "state"


def mail_to(
    *,
    attendee: Attendee,
    event: Event,
    kind: Delivery.Kind,
    key: Sequence[str | int],
    due_at: datetime,
    expires_at: datetime,
    occurrence: ReminderOccurrence | None = None,
    claim_at: datetime | None = None,
) -> Delivery:
    """Return an unsaved mail to an attendee who is somebody; of one kind and key there is one.

    It goes at `claim_at`, or when it is due.
    """
    assert attendee.person_id  # noqa: S101 -- whoever can be reached is somebody
    return Delivery(
        kind=kind,
        occurrence=occurrence,
        attendee=attendee,
        person_id=attendee.person_id,
        event_id=event.pk,
        team_id=event.team_id,
        dedup_key=dedup_key(kind, *key),
        due_at=due_at,
        expires_at=expires_at,
        claim_at=claim_at or due_at,
    )


def put(*, rows: Sequence[Delivery]) -> None:
    """Store mails; those that are there already stay as they are.

    Very many at once are held back until an organiser has looked at them.
    """
    if len(rows) > settings.HOLD_ABOVE:
        for row in rows:
            row.state, row.claim_at = State.HELD, None
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def give_to_its_team(*, event: Event) -> None:
    """Let the mails about an event follow it to another team."""
    Delivery.objects.filter(event=event).exclude(team=event.team_id).update(team=event.team_id)


def held_with(*, delivery: Delivery) -> DeliveryQuerySet:
    """Return the mails that are held back together with one: they are about the same."""
    about = {"occurrence": delivery.occurrence_id, "batch": delivery.batch_id}
    same = {"team": delivery.team_id, "kind": delivery.kind, **about}
    if not any(about.values()):
        same |= {"event": delivery.event_id}
    return Delivery.objects.filter(state=State.HELD, **same)


def release(*, delivery: Delivery, now: datetime) -> int:
    """Let mails go that are held back together; return how many. Raises NotAllowed."""
    claim_at = Greatest(F("due_at"), Value(now))
    return _end_hold(delivery, "release", state=State.PENDING, claim_at=claim_at, reason="")


def drop(*, delivery: Delivery, now: datetime) -> int:
    """Send none of the mails that are held back together; return how many. Raises NotAllowed.

    `now` says nothing here: all steps are called alike.
    """
    reason = Delivery.Reason.DROPPED
    return _end_hold(delivery, "drop", state=State.CANCELLED, reason=reason)


def send_again(*, delivery: Delivery, now: datetime) -> None:
    """Send a mail once more under another Message-ID; who gets two can tell. Raises NotAllowed.

    An address that a server called wrong is tried again.
    """
    with MACHINE.step(delivery, "send_again") as row:
        may_be_out = bool(row.unknown_count) or row.state in Delivery.OUT
        row.state, row.claim_at, row.due_at = State.PENDING, now, now
        row.expires_at = max(row.expires_at, now + ONCE_MORE)
        row.generation += 1
        row.attempts, row.unknown_count = 0, int(may_be_out)
        row.detail = row.reason = ""
        row.sent_at = None
        row.save()
        Suppression.objects.filter(address_hash=address_hash(row.person.email)).delete()


def next_steps(*, delivery: Delivery) -> tuple[str, ...]:
    """Return the verbs that are legal now."""
    return MACHINE.next_steps(delivery)


def prune(*, now: datetime) -> int:
    """Forget mails, and what they told of changes, half a year after the end of their event.

    Until then they tell who must learn of another date. Of what is postponed, or has no date at
    all, everything is kept.
    """
    old = now - KEPT
    events = Event.objects.alias(last_at=Coalesce("end_at", "start_at"))
    ended = events.filter(Q(last_at__lt=old) | Q(last_at=None, end_on__lt=old.date()))
    ended = ended.exclude(status=Event.Status.POSTPONED)
    over = Delivery.objects.filter(expires_at__lt=old, claim_at=None, lease_until=None)
    over = over.filter(event__in=ended.order_by())
    number = 0
    while keys := list(over.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        number += over.filter(pk__in=keys).delete()[0]
    told = NoticeBatch.objects.filter(claim_at=None, opened_at__lt=old)
    told.exclude(Exists(Delivery.objects.filter(batch=OuterRef("pk")))).delete()
    return number


def address_hash(address: str) -> str:
    """Return what is kept of an address that is wrong."""
    return hashlib.sha256(addresses.normal(address).encode()).hexdigest()


def dedup_key(*parts: str | int) -> str:
    """Hash a list: strings put together may collide, a JSON list does not."""
    canonical = json.dumps([*parts], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _end_hold(delivery: Delivery, verb: str, **values: Any) -> int:
    """Give these values to the mails that are held back together; return how many they are."""
    number = held_with(delivery=delivery).update(**values)
    if not number:
        raise NotAllowed(delivery, verb)
    return number


def _hold(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_for_update().select_related("person").get(pk=delivery.pk)


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold)
