"""Delivery: what is due becomes one mail to each person, never twice.

The database is the queue. A worker claims rows with a lease; every step after that is a
conditional UPDATE by the lease's token, so whoever has lost the lease stops by itself.
"""

import hashlib
import json
import logging
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from events.domain import mail, reminders
from events.models import Attendee, Delivery, ReminderOccurrence
from events.models.reminders import DeliveryQuerySet

State = Delivery.State
Occurred = ReminderOccurrence.State
logger = logging.getLogger(__name__)

BATCH: Final = 20
OCCURRENCES: Final = 100  # handed over per tick
LEASE: Final = timedelta(seconds=120)  # longer than one mail takes, see EMAIL_TIMEOUT
BUDGET: Final = timedelta(seconds=30)  # after which a tick leaves the rest to the next one
MOST_ATTEMPTS: Final = 5
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
LOST: Final = "lost"  # counted, but no state: the row went to another worker, or was called back


@dataclass(slots=True)
class Summary:
    """What a tick did: occurrences handed over, and deliveries by the state they reached."""

    handed_over: int = 0
    results: Counter[str] = field(default_factory=Counter)


class Watch:
    """The time as it was told, and what has passed since."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`."""
        self.started_at = now
        self.started = time.monotonic()

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.started)

    def now(self) -> datetime:
        return self.started_at + self.elapsed()


def tick(*, now: datetime) -> Summary:
    """Hand over and send whatever is due; several at once, or none for a while, do no harm."""
    watch = Watch(now)
    _reap(now)
    summary = Summary(handed_over=_hand_over(now))
    while watch.elapsed() < BUDGET and (batch := _claim(watch.now())):
        summary.results.update(_deliver(row, watch) for row in batch)
    return summary


def _reap(now: datetime) -> None:
    """Take back what dead workers held; what they were sending is doubtful, except in files."""
    lost = Delivery.objects.filter(lease_until__lt=now)
    free: dict[str, Any] = {"lease_token": None, "lease_until": None}
    again = [State.LEASED, State.SENDING] if mail.may_repeat() else [State.LEASED]
    lost.filter(state__in=again).update(state=State.PENDING, claim_at=now, **free)
    doubtful = lost.filter(state=State.SENDING).update(
        state=State.UNKNOWN, detail="The worker ended while it was sending.", **free
    )
    if doubtful:
        logger.warning("%s deliveries are in doubt: their worker ended while sending", doubtful)


def _hand_over(now: datetime) -> int:
    """Turn due occurrences into deliveries; return how many."""
    due = ReminderOccurrence.objects.filter(claim_at__lte=now).order_by("claim_at", "pk")
    return sum(_expand(pk, now) for pk in list(due.values_list("pk", flat=True)[:OCCURRENCES]))


def _expand(pk: int, now: datetime) -> bool:
    """Write one delivery per person, in one transaction with the end of the occurrence."""
    with transaction.atomic():
        mine = ReminderOccurrence.objects.filter(pk=pk, claim_at__lte=now)
        if not mine.update(state=Occurred.EXPANDED, claim_at=None):
            return False
        occurrence = ReminderOccurrence.objects.select_related("event").get(pk=pk)
        if now >= occurrence.expires_at:
            ReminderOccurrence.objects.filter(pk=pk).update(state=Occurred.MISSED)
            return False
        Delivery.objects.bulk_create(
            [_delivery(occurrence, attendee) for attendee in _audience(occurrence)],
            batch_size=500,
            ignore_conflicts=True,
        )
    return True


def _audience(occurrence: ReminderOccurrence) -> list[Attendee]:
    """Return those to remind; who registered after the reminder fell due needs none."""
    people = Attendee.objects.expected().reachable().filter(created_at__lte=occurrence.due_at)
    return list(people.filter(event=occurrence.event_id).order_by("pk"))


def _delivery(occurrence: ReminderOccurrence, attendee: Attendee) -> Delivery:
    assert attendee.person_id  # noqa: S101 -- whoever can be reached is somebody
    return Delivery(
        kind=Delivery.Kind.REMINDER,
        occurrence=occurrence,
        attendee=attendee,
        person_id=attendee.person_id,
        event_id=occurrence.event_id,
        team_id=occurrence.event.team_id,
        dedup_key=_dedup_key(
            Delivery.Kind.REMINDER,
            occurrence.rule_id,
            occurrence.event_id,
            attendee.pk,
            occurrence.schedule_epoch,
        ),
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        claim_at=occurrence.due_at,
    )


def _dedup_key(*parts: str | int) -> str:
    """Hash a list: strings put together may collide, a JSON list does not."""
    canonical = json.dumps([*parts], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _claim(now: datetime) -> list[Delivery]:
    """Lease a batch; the token makes it ours, locks would only save a wait.

    A row that has failed before comes alone: should it kill us, the others are not to blame.
    """
    token = uuid.uuid4()
    due = Delivery.objects.filter(claim_at__lte=now).order_by("claim_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = due.values_list("pk", flat=True)
    with transaction.atomic(durable=True):
        chosen = list(keys.filter(attempts=0)[:BATCH]) or list(keys[:1])
        Delivery.objects.filter(pk__in=chosen, claim_at__lte=now).update(
            state=State.LEASED,
            claim_at=None,
            lease_token=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    return list(Delivery.objects.filter(lease_token=token).order_by("due_at", "pk"))


def _deliver(row: Delivery, watch: Watch) -> str:
    """Bring one leased row to its end, or back into the queue; return the state it reached."""
    if row.attempts > MOST_ATTEMPTS:
        return _settle(row, State.DEAD)
    if watch.elapsed() > BUDGET:
        return _put_back(row, watch.now(), attempts=row.attempts - 1)
    try:
        message = _enter(row, watch.now())
    except Exception as error:
        # Nothing of one row may stop the others.
        logger.exception("Delivery %s cannot be prepared", row.public_uuid)
        return _put_off(row, watch.now(), mail.one_line(f"{type(error).__name__}: {error}"))
    return _send(row, message, watch) if isinstance(message, mail.Message) else message


def _enter(row: Delivery, now: datetime) -> mail.Message | str:
    """Look once more, compose and enter `sending`, all in one transaction.

    Return the message, or the state that the row reached instead.
    """
    with transaction.atomic(durable=True):
        fresh = Delivery.objects.select_related(
            "occurrence__rule",
            "event__team",
            "event__place__parent",
            "event__end_place__parent",
            "attendee",
            "person",
        ).get(pk=row.pk)
        if refusal := _refusal(fresh, now):
            return _settle(row, refusal)
        fresh.language, fresh.zone = _language(fresh), fresh.person.timezone
        message = mail.reminder(delivery=fresh, now=now)
        seen = {"language": fresh.language, "zone": fresh.zone}
        is_ours = _held(row).update(state=State.SENDING, lease_until=now + LEASE, **seen)
    return message if is_ours else LOST


def _refusal(row: Delivery, now: datetime) -> State | None:
    """Return why this mail must not go, if there is a reason."""
    occurrence = row.occurrence  # None: the rule was deleted
    if not (occurrence and occurrence.rule.enabled and reminders.stands(event=row.event)):
        return State.CANCELLED
    people = Attendee.objects.expected().reachable()
    if not people.filter(deliveries=row, person=row.person_id).exists():
        return State.SKIPPED
    return State.EXPIRED if now >= row.expires_at else None


def _language(row: Delivery) -> str:
    chosen = row.attendee.language if row.attendee else ""
    return chosen or row.person.language or settings.LANGUAGE_CODE


def _send(row: Delivery, message: mail.Message, watch: Watch) -> str:
    try:
        mail.send(message=message)
    except mail.Rejected as error:
        return _settle(row, State.FAILED, detail=_short(error))
    except mail.Deferred as error:
        return _put_off(row, watch.now(), str(error), attempts=row.attempts - 1)
    except mail.Unsure as error:
        logger.warning("Nobody knows whether delivery %s was sent: %s", row.public_uuid, error)
        return _settle(row, State.UNKNOWN, detail=_short(error))
    return _settle(row, State.SENT, sent_at=watch.now(), detail="")


def _put_off(row: Delivery, now: datetime, reason: str, **changes: Any) -> str:
    """Try again later, as long as it is of use."""
    claim_at = now + _pause(row, now)
    if claim_at >= row.expires_at:
        return _settle(row, State.EXPIRED, detail=_short(reason), **changes)
    return _put_back(row, claim_at, detail=_short(reason), **changes)


def _pause(row: Delivery, now: datetime) -> timedelta:
    """Wait half as long as it is late already, or half of what is left: ever longer, never idle."""
    half = min(now - row.due_at, row.expires_at - now) / 2
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 -- spreads the load, guards nothing
    return min(max(half, SHORTEST_WAIT), LONGEST_WAIT) * jitter


def _put_back(row: Delivery, claim_at: datetime, **changes: Any) -> str:
    return _settle(row, State.PENDING, claim_at=claim_at, **changes)


def _settle(row: Delivery, state: State, **changes: Any) -> str:
    """End our hold on the row; return its state, or `lost` when the hold had ended before."""
    is_ours = _held(row).update(state=state, lease_token=None, lease_until=None, **changes)
    return state.value if is_ours else LOST


def _held(row: Delivery) -> DeliveryQuerySet:
    return Delivery.objects.filter(pk=row.pk, lease_token=row.lease_token)


def _short(text: object) -> str:
    return str(text)[:300]
