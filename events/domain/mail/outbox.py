"""The outbox: a mail is queued as a Delivery row, and a later tick composes and sends it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest

from events.domain import steps
from events.domain.mail import addresses, plans
from events.models import (
    Attendee,
    Delivery,
    Event,
    NoticeBatch,
    ReminderOccurrence,
    Suppression,
    Telling,
)
from events.models.mail.deliveries import DeliveryQuerySet

State = Delivery.State
# End states of mails that failed, or whose outcome is unknown.
ENDED: Final = (State.FAILED, State.DEAD, State.UNKNOWN, State.PRESUMED)
# The steps that each state allows.
STEPS: Final[steps.Table] = {
    State.HELD: ("release", "drop"),
    **dict.fromkeys(ENDED, ("send_again",)),
}
RETENTION: Final = timedelta(days=180)  # retention after `expires_at` and the end of the event
BATCH_SIZE: Final = 5_000  # rows deleted in one transaction, so that workers do not wait long
HASHES_AT_ONCE: Final = 1_000  # in one query, which has a limit of parameters
RESEND_USEFUL_FOR: Final = timedelta(hours=6)  # at least, of a mail that is sent again


class NotAllowed(steps.NotAllowed):
    """The state of the mail does not allow this verb."""

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
    """Return an unsaved mail to an attendee who has a person, due at `due_at`.

    `kind` and `key` make the dedup key, so that a second mail with both is not stored. A tick may
    claim it from `claim_at` on, by default from `due_at` on.
    """
    assert attendee.person_id  # noqa: S101 -- mails are written to reachable attendees only
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


def put(*, rows: Sequence[Delivery], telling: Telling | None = None) -> None:
    """Store mails, except those whose dedup key is stored already, and record them in the plan.

    Mails that are told LATER by the plan are stored as HELD, until an organiser releases or drops
    them, and so are more than HOLD_ABOVE at once. Those that are told NEVER are stored as
    CANCELLED. With `telling` the mails do not depend on the plan, and are not recorded there.
    """
    plan = plans.current()
    chosen = telling or plan.telling
    if chosen == Telling.NEVER:
        _keep_back(rows, State.CANCELLED, Delivery.Reason.WITHHELD)
    elif chosen == Telling.LATER or len(rows) > settings.HOLD_ABOVE:
        _keep_back(rows, State.HELD)
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    if telling is None:
        plan.keys.update(row.dedup_key for row in rows)


def give_to_its_team(*, event: Event) -> None:
    """Copy the event's team to the mails about it, after the event was given to another team.

    A mail about answers stays: it tells of other events, of which the new team may know nothing.
    """
    theirs = Delivery.objects.filter(event=event).exclude(kind=Delivery.Kind.ANSWERS)
    theirs.exclude(team=event.team_id).update(team=event.team_id)


def held_with(*, delivery: Delivery) -> DeliveryQuerySet:
    """Return the held mails that one step releases or drops together with this one.

    They have the same team and kind, and the same reminder occurrence or batch of notices; if
    they have neither, the same event.
    """
    about = {"occurrence": delivery.occurrence_id, "batch": delivery.batch_id}
    same = {"team": delivery.team_id, "kind": delivery.kind, **about}
    if not any(about.values()):
        same |= {"event": delivery.event_id}
    return Delivery.objects.filter(state=State.HELD, **same)


def release(*, delivery: Delivery, now: datetime) -> int:
    """Queue the mails that are held together with this one; return how many. Raises NotAllowed."""
    claim_at = Greatest(F("due_at"), Value(now))
    return _end_hold(delivery, "release", state=State.PENDING, claim_at=claim_at, reason="")


def drop(*, delivery: Delivery, now: datetime) -> int:
    """Cancel the mails that are held together with this one; return how many. Raises NotAllowed.

    `now` is unused; all steps share one signature.
    """
    reason = Delivery.Reason.DROPPED
    return _end_hold(delivery, "drop", state=State.CANCELLED, reason=reason)


def release_all(*, mails: DeliveryQuerySet, due_at: datetime) -> int:
    """Queue held mails, to leave at `due_at` at the earliest; return how many."""
    claim_at = Greatest(F("due_at"), Value(due_at))
    return mails.filter(state=State.HELD).update(
        state=State.PENDING, claim_at=claim_at, due_at=claim_at, reason=""
    )


def withhold_all(*, mails: DeliveryQuerySet) -> int:
    """Keep held mails back for good; return how many."""
    held = mails.filter(state=State.HELD)
    return held.update(state=State.CANCELLED, claim_at=None, reason=Delivery.Reason.WITHHELD)


def send_again(*, delivery: Delivery, now: datetime) -> None:
    """Queue a mail that has ended once more, under another Message-ID. Raises NotAllowed.

    With another Message-ID the receiver does not drop it as a duplicate. The suppression of the
    address is deleted, so that an address which a server has refused is tried again.
    """
    with MACHINE.step(delivery, "send_again") as row:
        may_be_out = bool(row.unknown_count) or row.state in Delivery.OUT
        row.state, row.claim_at, row.due_at = State.PENDING, now, now
        row.expires_at = max(row.expires_at, now + RESEND_USEFUL_FOR)
        row.generation += 1
        row.attempts, row.unknown_count = 0, int(may_be_out)
        row.detail = row.reason = ""
        row.sent_at = None
        row.save()
        Suppression.objects.filter(address_hash=address_hash(row.person.email)).delete()


def next_steps(*, delivery: Delivery) -> tuple[str, ...]:
    """Return the steps that the state of the mail allows."""
    return MACHINE.next_steps(delivery)


def prune(*, now: datetime) -> int:
    """Delete mails 180 days after their event has ended, and notice batches without mails.

    Until then they record who was told of the event and must learn of a new date. Mails about
    postponed events and events without any date are kept. Returns how many mails were deleted.
    """
    old = now - RETENTION
    events = Event.objects.alias(last_at=Coalesce("end_at", "start_at"))
    ended = events.filter(Q(last_at__lt=old) | Q(last_at=None, end_on__lt=old.date()))
    ended = ended.exclude(status=Event.Status.POSTPONED)
    over = Delivery.objects.filter(expires_at__lt=old, claim_at=None, lease_until=None)
    over = over.filter(event__in=ended.order_by())
    number = 0
    while keys := list(over.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        number += over.filter(pk__in=keys).delete()[0]
    told = NoticeBatch.objects.filter(claim_at=None, opened_at__lt=old)
    told.exclude(Exists(Delivery.objects.filter(batch=OuterRef("pk")))).delete()
    return number


def suppressed(*, among: Iterable[str]) -> set[str]:
    """Return those of these addresses that a mail server called non-existent."""
    hashes = {address: address_hash(address) for address in among}
    keys, known = sorted({*hashes.values()}), set[str]()
    for start in range(0, len(keys), HASHES_AT_ONCE):
        rows = Suppression.objects.filter(address_hash__in=keys[start : start + HASHES_AT_ONCE])
        known |= set(rows.values_list("address_hash", flat=True))
    return {address for address, key in hashes.items() if key in known}


def address_hash(address: str) -> str:
    """Return the SHA-256 of the normal form of an address, by which suppressions are stored."""
    return hashlib.sha256(addresses.normal(address).encode()).hexdigest()


def dedup_key(*parts: str | int) -> str:
    """Return the SHA-256 of the parts as a JSON list: joined strings could be ambiguous."""
    canonical = json.dumps([*parts], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _keep_back(rows: Sequence[Delivery], state: Delivery.State, reason: str = "") -> None:
    for row in rows:
        row.state, row.reason, row.claim_at = state, reason, None


def _end_hold(delivery: Delivery, verb: str, **values: Any) -> int:
    """Update the mails that are held together with this one; return how many. Raises NotAllowed."""
    number = held_with(delivery=delivery).update(**values)
    if not number:
        raise NotAllowed(delivery, verb)
    return number


def _hold(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_for_update().select_related("person").get(pk=delivery.pk)


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold)
