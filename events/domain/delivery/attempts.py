"""Attempts: a mail in hand is handed to the server, or settled without."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from events.domain.delivery import breaker, journal, leases, presend, transitions
from events.domain.mail import outbox, smtp, transport
from events.domain.mail.smtp import Phase
from events.domain.reminders import reminders
from events.models import Delivery, Suppression

State = Delivery.State
logger = logging.getLogger(__name__)

BUDGET: Final = timedelta(seconds=30)  # after which a tick leaves the rest to the next one
SPARE: Final = timedelta(seconds=15)  # of a lease: no dot is sent in it
MOST_ATTEMPTS: Final = 5


class Watch:
    """The time as it was told, and what has passed since."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`."""
        self.started_at = now
        self.started = time.monotonic()
        self.halted = False  # because the mail server takes nothing
        self.failed = False  # at the last mail, on account of the server
        self.wrong: set[str] = set()  # hashes of addresses in the batch

    def is_over(self) -> bool:
        return self.halted or self.elapsed() > BUDGET

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.started)

    def now(self) -> datetime:
        return self.started_at + self.elapsed()


def deliver(*, row: Delivery, watch: Watch) -> str:
    """Bring one leased row to its end, or back into the queue; return the state it reached."""
    if row.attempts > MOST_ATTEMPTS:
        return leases.settle(row=row, state=State.DEAD)
    if watch.is_over():
        return leases.put_back(row=row, claim_at=watch.now(), attempts=row.attempts - 1)
    if watch.now() >= row.expires_at:
        return leases.settle(row=row, state=State.EXPIRED)
    if (morning := _morning(row, watch.now())) > watch.now():
        return leases.put_back(row=row, claim_at=morning, attempts=row.attempts - 1)
    attempt = Attempt(row, watch)
    try:
        return attempt.run() if row.person.email else attempt.refuse()
    except Exception as error:
        # Nothing of one row may stop the others.
        logger.exception("Delivery %s cannot be settled", row.public_uuid)
        if attempt.phase in (Phase.DOT, Phase.ACCEPTED):
            return leases.LOST  # it may be out; once the lease is over the journal tells
        reason = transport.one_line(f"{type(error).__name__}: {error}")
        return leases.put_off(row=row, now=watch.now(), reason=reason)


def _morning(row: Delivery, now: datetime) -> datetime:
    """Return when a mail that follows a rule may go, which it could not when it was written."""
    if row.occurrence is None or row.generation:  # an organiser sends it again
        return now
    moment = reminders.Due(now, row.expires_at)
    zone = row.person.timezone
    return reminders.sending_at(event=row.event, moment=moment, zone=zone, now=now)


@dataclass(slots=True)
class Attempt:
    """One mail on its way to the server."""

    row: Delivery
    watch: Watch
    instead: str = leases.LOST  # the state that the row reached when there was nothing to send
    phase: Phase | None = None

    def run(self) -> str:
        """Hand the mail in; return the state that the row reached."""
        row, now = self.row, self.watch.now
        try:
            reply = transport.send(
                recipient=row.person.email,
                compose=self.compose,
                note=self.note,
                deadline=time.monotonic() + (leases.LEASE - SPARE).total_seconds(),
            )
        except smtp.NoSuchRecipient as error:
            _suppress(row.person.email, str(error), now())
            return leases.settle(row=row, state=State.FAILED, detail=error)
        except smtp.Refused as error:
            self.blame(error)
            return leases.settle(row=row, state=State.FAILED, detail=error)
        except smtp.Deferred as error:
            return self.wait(error)
        except smtp.Unavailable as error:
            self.blame(error)
            return self.wait(error)
        except smtp.Unsure as error:
            return leases.doubt(row=row, now=now(), reason=str(error))
        if reply is None:
            return self.instead
        self.praise()
        return leases.sent(row=row, now=now())

    def note(self, phase: Phase) -> None:
        """Put on record how far the mail has got."""
        journal.own.note(phase, leases.name(row=self.row))
        self.phase = phase

    def blame(self, error: smtp.Failure) -> None:
        """Count a failure of the server; after several in a row it is left alone."""
        self.watch.failed = True
        if breaker.failed(reason=leases.short(error), now=self.watch.now()):
            logger.error("The mail server takes nothing: %s", error)
            self.watch.halted = True

    def praise(self) -> None:
        """The server takes mail: what failed before was not in a row with what may fail next."""
        if self.watch.failed:
            breaker.succeeded()
        self.watch.failed = False

    def wait(self, error: smtp.Failure) -> str:
        """Leave the mail for later, as the server wants it: that costs it no attempt."""
        attempts = self.row.attempts - 1
        return leases.put_off(
            row=self.row, now=self.watch.now(), reason=str(error), attempts=attempts
        )

    def refuse(self) -> str:
        """Settle a row that cannot be sent as it is."""
        self.compose_anew()
        return self.instead

    def compose(self) -> transport.Message | None:
        """Compose what the row knew when it was claimed, or else what stands now."""
        row, now = self.row, self.watch.now()
        is_wrong = outbox.address_hash(row.person.email) in self.watch.wrong
        if not is_wrong and presend.is_plain(row=row, now=now):
            message = presend.compose(row=row, now=now)
            if transitions.sending(row=row, until=now + leases.LEASE):
                return message
        return self.compose_anew()

    def compose_anew(self) -> transport.Message | None:
        """Look once more, compose and enter `sending`, all in one transaction."""
        row, now = self.row, self.watch.now()
        with transaction.atomic(durable=True):
            fresh = Delivery.objects.select_related(*presend.SHOWN).get(pk=row.pk)
            if refusal := presend.refusal(row=fresh, now=now):
                state, reason = refusal
                self.instead = leases.settle(row=row, state=state, reason=reason)
                return None
            if fresh.person.email != row.person.email:
                attempts = row.attempts - 1
                self.instead = leases.put_back(row=row, claim_at=now, attempts=attempts)
                return None
            message = presend.compose(row=fresh, now=now)
            is_ours = Delivery.objects.held_as(row).update(
                state=State.SENDING,
                lease_until=now + leases.LEASE,
                language=fresh.language,
                zone=fresh.zone,
            )
        return message if is_ours else None


def _suppress(address: str, reply: str, now: datetime) -> None:
    """Send no more to an address that the server calls wrong."""
    Suppression.objects.update_or_create(
        address_hash=outbox.address_hash(address),
        defaults={"since": now, "reply": leases.short(reply)},
    )
