"""Delivery: what is due becomes one mail to each person, never twice.

The database is the queue. A worker claims rows with a lease; every step after that is a
conditional UPDATE by the lease's token, so whoever has lost the lease stops by itself. A row enters
`sending` once the server waits for the body, and the journal tells afterwards whether a worker that
died then had sent the final dot.
"""

import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from events.domain import (
    breaker,
    invitations,
    journal,
    letters,
    mail,
    marks,
    noticeletters,
    notices,
    optouts,
    outbox,
    reminders,
    smtp,
)
from events.domain.smtp import Phase
from events.models import Attendee, Delivery, Heartbeat, ReminderOccurrence, Suppression
from events.models.deliveries import DeliveryQuerySet

State = Delivery.State
Reason = Delivery.Reason
Occurred = ReminderOccurrence.State
logger = logging.getLogger(__name__)

BATCH: Final = 20
WIDE: Final = 100  # of a database that several workers share
OCCURRENCES: Final = 100  # handed over per tick
LEASE: Final = timedelta(seconds=120)  # longer than the last word of a server takes
SPARE: Final = timedelta(seconds=15)  # of a lease: no dot is sent in it
GRACE: Final = timedelta(minutes=10)  # for the place of a journal that we cannot read to speak up
AGAIN: Final = timedelta(minutes=5)  # until a mail in doubt is sent once more
BUDGET: Final = timedelta(seconds=30)  # after which a tick leaves the rest to the next one
MOST_ATTEMPTS: Final = 5
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
FREE: Final[dict[str, Any]] = {"lease_token": None, "lease_until": None}
SHOWN: Final = (
    "occurrence__rule",
    "event__team",
    "event__place__parent",
    "event__end_place__parent",
    "attendee",
    "person",
)
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
        self.halted = False  # because the mail server takes nothing
        self.wrong: set[str] = set()  # hashes of addresses in the batch

    def is_over(self) -> bool:
        return self.halted or self.elapsed() > BUDGET

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.started)

    def now(self) -> datetime:
        return self.started_at + self.elapsed()


def tick(*, now: datetime) -> Summary:
    """Hand over and send whatever is due; several at once, or none for a while, do no harm."""
    watch = Watch(now)
    reaped = _reap(now)
    summary = Summary(handed_over=_hand_over(now))
    try:
        while not watch.is_over() and (batch := _claim(watch.now())):
            watch.wrong = _wrong(batch)
            results = Counter(_deliver(row, watch) for row in batch)
            if results[State.SENT]:
                breaker.succeeded()
            summary.results += results
    finally:
        mail.hang_up()
    if reaped or summary.results:
        _tidy()
    _beat(now)
    return summary


def _beat(now: datetime) -> None:
    """Record that ticks go on."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="tick", at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def _reap(now: datetime) -> int:
    """Take back what dead workers held; return how many mails they were sending."""
    lost = Delivery.objects.filter(lease_until__lt=now)
    again = [State.LEASED, State.SENDING] if mail.may_repeat() else [State.LEASED]
    lost.filter(state__in=again).update(state=State.PENDING, claim_at=now, **FREE)
    sending = list(lost.filter(state=State.SENDING).order_by("pk"))
    phases = journal.phases() if sending else {}
    for row in sending:
        _judge(row, phases.get(_name(row)), now)
    return len(sending)


def _judge(row: Delivery, phase: Phase | None, now: datetime) -> str:
    """Decide about a mail whose worker died while it was sending, by what is on record of it.

    Without the dot nothing was delivered; with the dot a server delivers what it has, and a second
    mail would nearly always be a double. Where there is no record nobody knows.
    """
    if not journal.is_here(row.leased_by):
        assert row.lease_until  # noqa: S101 -- it is over
        return _doubt(row, now, "Its worker is gone.") if now > row.lease_until + GRACE else LOST
    match phase:
        case Phase.BODY | Phase.NOT:
            return _put_back(row, now)
        case Phase.DOT:
            logger.warning("Delivery %s is taken to be sent: its worker died", row.public_uuid)
            return _settle(row, State.PRESUMED, detail="The worker ended while it was sending.")
        case Phase.ACCEPTED:
            return _settle(row, State.SENT, sent_at=now, detail="")
        case _:
            return _doubt(row, now, "Its worker left no record.")


def _doubt(row: Delivery, now: datetime, reason: str) -> str:
    """Send once more what may have got lost: two of a mail are better than none, three are not."""
    logger.warning("Nobody knows whether delivery %s was sent: %s", row.public_uuid, reason)
    seen = {"detail": _short(reason), "unknowns": row.unknowns + 1}
    if row.unknowns or now + AGAIN >= row.expires_at:
        return _settle(row, State.UNKNOWN, **seen)
    return _put_back(row, now + AGAIN, **seen)


def _tidy() -> None:
    """Forget what the journals say of mails that have come to an end."""
    in_hand = Delivery.objects.filter(lease_until__isnull=False, state=State.SENDING)
    holders = set(in_hand.values_list("leased_by", flat=True))
    if journal.holder() not in holders:
        journal.own.clear()
    journal.prune(holders=holders)


def _hand_over(now: datetime) -> int:
    """Turn due occurrences and batches of changes into deliveries; return how many."""
    due = ReminderOccurrence.objects.filter(claim_at__lte=now).order_by("claim_at", "pk")
    keys = list(due.values_list("pk", flat=True)[:OCCURRENCES])
    return sum(_expand(pk, now) for pk in keys) + notices.hand_over(now=now)


def _expand(pk: int, now: datetime) -> bool:
    """Write one delivery per person, in one transaction with the end of the occurrence."""
    with transaction.atomic():
        mine = ReminderOccurrence.objects.filter(pk=pk, claim_at__lte=now)
        if not mine.update(state=Occurred.EXPANDED, claim_at=None):
            return False
        occurrence = ReminderOccurrence.objects.select_related("event__team", "rule").get(pk=pk)
        if now >= occurrence.expires_at:
            ReminderOccurrence.objects.filter(pk=pk, deliveries=None).update(state=Occurred.MISSED)
            return False
        due = reminders.readers(occurrence=occurrence, now=now)
        outbox.put(rows=[_delivery(occurrence, *each, now) for each in due])
        if again := reminders.next_hand_over(occurrence=occurrence, now=now):
            ReminderOccurrence.objects.filter(pk=pk).update(claim_at=again)
    return True


def _delivery(
    occurrence: ReminderOccurrence, attendee: Attendee, moment: reminders.Moment, now: datetime
) -> Delivery:
    assert attendee.person  # noqa: S101 -- who can be reached is somebody
    return outbox.mail_to(
        attendee=attendee,
        event=occurrence.event,
        kind=Delivery.Kind(occurrence.rule.topic),
        key=(occurrence.rule_id, occurrence.event_id, attendee.pk, occurrence.schedule_epoch),
        due_at=moment.due_at,
        expires_at=moment.expires_at,
        occurrence=occurrence,
        claim_at=reminders.sending_at(
            event=occurrence.event, moment=moment, zone=attendee.person.timezone, now=now
        ),
    )


def _claim(now: datetime) -> list[Delivery]:
    """Lease a batch; the token makes it ours, locks would only save a wait.

    A row that has failed before comes alone: should it kill us, the others are not to blame.
    """
    allowed = breaker.allowance(now=now)
    if allowed == 0:
        return []
    token, batch = uuid.uuid4(), BATCH
    due = Delivery.objects.filter(claim_at__lte=now).order_by("claim_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due, batch = due.select_for_update(skip_locked=True), WIDE
    keys = due.values_list("pk", flat=True)
    with transaction.atomic(durable=True):
        chosen = list(keys.filter(attempts=0)[: allowed or batch]) or list(keys[:1])
        if not chosen:
            return []
        Delivery.objects.filter(pk__in=chosen, claim_at__lte=now).update(
            state=State.LEASED,
            claim_at=None,
            lease_token=token,
            lease_until=now + LEASE,
            leased_by=journal.holder(),
            attempts=F("attempts") + 1,
        )
    mine = Delivery.objects.filter(pk__in=chosen, lease_token=token)
    shown = mine.prefetch_related(*SHOWN, "event__team__wordings")
    return list(shown.order_by("due_at", "pk"))


def _deliver(row: Delivery, watch: Watch) -> str:
    """Bring one leased row to its end, or back into the queue; return the state it reached."""
    if row.attempts > MOST_ATTEMPTS:
        return _settle(row, State.DEAD)
    if watch.is_over():
        return _put_back(row, watch.now(), attempts=row.attempts - 1)
    if watch.now() >= row.expires_at:
        return _settle(row, State.EXPIRED)
    attempt = Attempt(row, watch)
    try:
        return attempt.run() if row.person.email else attempt.refuse()
    except Exception as error:
        # Nothing of one row may stop the others.
        logger.exception("Delivery %s cannot be settled", row.public_uuid)
        if attempt.phase in (Phase.DOT, Phase.ACCEPTED):
            return LOST  # it may be out; once the lease is over the journal tells
        return _put_off(row, watch.now(), mail.one_line(f"{type(error).__name__}: {error}"))


@dataclass(slots=True)
class Attempt:
    """One mail on its way to the server."""

    row: Delivery
    watch: Watch
    instead: str = LOST  # the state that the row reached when there was nothing to send
    phase: Phase | None = None

    def run(self) -> str:
        """Hand the mail in; return the state that the row reached."""
        row, now = self.row, self.watch.now
        try:
            reply = mail.send(
                recipient=row.person.email,
                compose=self.compose,
                note=self.note,
                deadline=time.monotonic() + (LEASE - SPARE).total_seconds(),
            )
        except smtp.NoSuchRecipient as error:
            _suppress(row.person.email, str(error), now())
            return _settle(row, State.FAILED, detail=_short(error))
        except smtp.Refused as error:
            self.watch.halted = breaker.failed(reason=_short(error), now=now())
            return _settle(row, State.FAILED, detail=_short(error))
        except smtp.Deferred as error:
            return _put_off(row, now(), str(error), attempts=row.attempts - 1)
        except smtp.Unavailable as error:
            return self.wait(error)
        except smtp.Unsure as error:
            return _doubt(row, now(), str(error))
        return self.instead if reply is None else _sent(row, now())

    def note(self, phase: Phase) -> None:
        """Put on record how far the mail has got."""
        journal.own.note(phase, _name(self.row))
        self.phase = phase

    def wait(self, error: smtp.Unavailable) -> str:
        """Leave the mail for later, on account of the server: it costs the row nothing."""
        now = self.watch.now()
        if breaker.failed(reason=_short(error), now=now):
            logger.error("The mail server takes nothing: %s", error)
            self.watch.halted = True
        return _put_off(self.row, now, str(error), attempts=self.row.attempts - 1)

    def refuse(self) -> str:
        """Settle a row that cannot be sent as it is."""
        self.compose_anew()
        return self.instead

    def compose(self) -> mail.Message | None:
        """Compose what the row knew when it was claimed, or else what stands now."""
        row, now = self.row, self.watch.now()
        if outbox.address_hash(row.person.email) not in self.watch.wrong and _is_plain(row, now):
            row.language, row.zone = _language(row), row.person.timezone
            message = LETTERS[row.kind](delivery=row, now=now)
            if marks.sending(row=row, until=now + LEASE):
                return message
        return self.compose_anew()

    def compose_anew(self) -> mail.Message | None:
        """Look once more, compose and enter `sending`, all in one transaction."""
        row, now = self.row, self.watch.now()
        with transaction.atomic(durable=True):
            fresh = Delivery.objects.select_related(*SHOWN).get(pk=row.pk)
            refusal = _refusal(fresh, now) or _wrong_address(fresh)
            if refusal:
                state, reason = refusal
                self.instead = _settle(row, state, reason=reason)
                return None
            if fresh.person.email != row.person.email:
                self.instead = _put_back(row, now, attempts=row.attempts - 1)
                return None
            fresh.language, fresh.zone = _language(fresh), fresh.person.timezone
            message = LETTERS[fresh.kind](delivery=fresh, now=now)
            seen = {"language": fresh.language, "zone": fresh.zone}
            is_ours = _held(row).update(state=State.SENDING, lease_until=now + LEASE, **seen)
        return message if is_ours else None


def _is_plain(row: Delivery, now: datetime) -> bool:
    """Whether a reminder is to go by what the row and its attendee say; others need questions."""
    occurrence, attendee = row.occurrence, row.attendee
    if row.kind != Delivery.Kind.REMINDER or now >= row.expires_at:
        return False
    if occurrence is None or attendee is None or attendee.person_id != row.person_id:
        return False
    stands = occurrence.rule.enabled and reminders.stands(event=row.event)
    return stands and reminders.is_for(rule=occurrence.rule, attendee=attendee)


def _refusal(row: Delivery, now: datetime) -> tuple[State, str] | None:
    """Return what becomes of a mail that must not go, and why, if there is a reason."""
    if refusal := REFUSALS[row.kind](row):
        return refusal if isinstance(refusal, tuple) else (refusal, "")
    return (State.EXPIRED, "") if now >= row.expires_at else None


def _wrong_address(row: Delivery) -> tuple[State, str] | None:
    return (State.SUPPRESSED, "") if _wrong([row]) else None


def _wrong(rows: list[Delivery]) -> set[str]:
    """Return the hashes of those of their addresses that a server has called wrong."""
    hashes = {outbox.address_hash(row.person.email) for row in rows}
    known = Suppression.objects.filter(address_hash__in=hashes)
    return set(known.values_list("address_hash", flat=True))


def _no_reminder(row: Delivery) -> "Refusal | None":
    occurrence = row.occurrence  # None: the rule was deleted
    if not (occurrence and occurrence.rule.enabled):
        return State.CANCELLED, Reason.RULE_OFF
    if not reminders.stands(event=row.event):
        return State.CANCELLED, Reason.EVENT_OFF
    if not row.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    rule, event, person_id = occurrence.rule, row.event, row.person_id
    if not reminders.audience(rule=rule, event=event, person_id=person_id):
        there = reminders.is_expected(rule=rule, event=event, person_id=person_id)
        return State.SKIPPED, Reason.NOT_MEANT if there else Reason.STAYS_AWAY
    if optouts.has_opted_out(person=row.person, kind=row.kind):
        return State.SKIPPED, Reason.OPTED_OUT
    return None


def _no_notice(row: Delivery) -> "Refusal | None":
    if not row.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    return None if notices.news_for(delivery=row) else (State.SKIPPED, Reason.UNDONE)


def again(*, delivery: Delivery, now: datetime) -> mail.Message:
    """Return a mail as it went, or as it would go now; of what it told, as things are now."""
    row = Delivery.objects.select_related(*SHOWN).get(pk=delivery.pk)
    row.language = row.language or _language(row)
    row.zone = row.zone or row.person.timezone
    return LETTERS[row.kind](delivery=row, now=row.sent_at or now)


def _suppress(address: str, reply: str, now: datetime) -> None:
    """Send no more to an address that the server calls wrong."""
    Suppression.objects.update_or_create(
        address_hash=outbox.address_hash(address), defaults={"since": now, "reply": _short(reply)}
    )


def _language(row: Delivery) -> str:
    chosen = row.attendee.language if row.attendee else ""
    return chosen or row.person.language or settings.LANGUAGE_CODE


def _name(row: Delivery) -> str:
    """Return what the journal calls an attempt at a mail."""
    return f"{row.pk}.{row.lease_token}"


def _sent(row: Delivery, now: datetime) -> str:
    """Record that the server has the mail, also after others gave up waiting for us."""
    if marks.sent(row=row, now=now):
        return State.SENT.value
    late = Delivery.objects.filter(pk=row.pk, state=State.PRESUMED, attempts=row.attempts)
    late.update(state=State.SENT, sent_at=now, detail="")
    return LOST


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
    is_ours = _held(row).update(state=state, **FREE, **changes)
    return state.value if is_ours else LOST


def _held(row: Delivery) -> DeliveryQuerySet:
    return Delivery.objects.filter(pk=row.pk, lease_token=row.lease_token)


def _short(text: object) -> str:
    return str(text)[:300]


# What is sent of each kind, and why it is not; asked and composed in one transaction.
LETTERS: Final[dict[str, Callable[..., mail.Message]]] = {
    Delivery.Kind.REMINDER: letters.reminder,
    Delivery.Kind.REQUEST: invitations.compose,
    Delivery.Kind.CANCEL: invitations.compose,
    Delivery.Kind.THANKS: letters.reminder,
    Delivery.Kind.FOLLOW_UP: letters.reminder,
    Delivery.Kind.NOTICE: noticeletters.notice,
}
Refusal = State | tuple[State, str]
REFUSALS: Final[dict[str, Callable[[Delivery], Refusal | None]]] = {
    Delivery.Kind.REMINDER: _no_reminder,
    Delivery.Kind.REQUEST: invitations.refusal,
    Delivery.Kind.CANCEL: invitations.refusal,
    Delivery.Kind.THANKS: _no_reminder,
    Delivery.Kind.FOLLOW_UP: _no_reminder,
    Delivery.Kind.NOTICE: _no_notice,
}
