"""Attempts: a leased mail is handed to the server, or settled without being sent."""

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

# After this time a tick puts the rest of its batch back into the queue.
MAX_TICK_TIME: Final = timedelta(seconds=30)
# No final dot is sent in this last part of a lease.
LEASE_MARGIN: Final = timedelta(seconds=15)
MAX_ATTEMPTS: Final = 5


class TickBudget:
    """Clock and shared state of a tick: `now` as it was passed in, plus the time elapsed since."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`."""
        self.started_at = now
        self.started = time.monotonic()
        self.halted = False  # the circuit breaker has opened
        self.failed = False  # the server failed at the previous mail
        self.wrong: set[str] = set()  # suppressed addresses of the batch, as hashes

    def is_over(self) -> bool:
        return self.halted or self.elapsed() > MAX_TICK_TIME

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.started)

    def now(self) -> datetime:
        return self.started_at + self.elapsed()


def deliver(*, row: Delivery, budget: TickBudget) -> str:
    """Bring one leased row to a final state or back into the queue; return the state it reached."""
    if row.attempts > MAX_ATTEMPTS:
        return leases.settle(row=row, state=State.DEAD)
    if budget.is_over():
        return leases.put_back(row=row, claim_at=budget.now(), attempts=row.attempts - 1)
    if budget.now() >= row.expires_at:
        return leases.settle(row=row, state=State.EXPIRED)
    if (morning := _morning(row, budget.now())) > budget.now():
        return leases.put_back(row=row, claim_at=morning, attempts=row.attempts - 1)
    attempt = Attempt(row, budget)
    try:
        return attempt.run() if row.person.email else attempt.refuse()
    except Exception as error:
        # An error in one row must not stop the others.
        logger.exception("Delivery %s cannot be settled", row.public_uuid)
        if attempt.phase in (Phase.DOT, Phase.ACCEPTED):
            return leases.LOST  # perhaps delivered: the journal decides
        reason = transport.one_line(f"{type(error).__name__}: {error}")
        return leases.put_off(row=row, now=budget.now(), reason=reason)


def _morning(row: Delivery, now: datetime) -> datetime:
    """Return when a reminder may go by the quiet hours of today's settings.

    They may have changed since the mail was put into the queue.
    """
    if row.occurrence is None or row.generation:  # an organiser sends it again
        return now
    moment = reminders.Due(now, row.expires_at)
    zone = row.person.timezone
    return reminders.sending_at(event=row.event, moment=moment, zone=zone, now=now)


@dataclass(slots=True)
class Attempt:
    """One attempt to send a mail."""

    row: Delivery
    budget: TickBudget
    instead: str = leases.LOST  # the state that the row reached if there was nothing to send
    phase: Phase | None = None

    def run(self) -> str:
        """Send the mail; return the state that the row reached."""
        row, now = self.row, self.budget.now
        try:
            reply = transport.send(
                recipient=row.person.email,
                compose=self.compose,
                note=self.note,
                deadline=time.monotonic() + (leases.LEASE - LEASE_MARGIN).total_seconds(),
            )
        except smtp.NoSuchRecipient as error:
            _suppress(row.person.email, str(error), now())
            return leases.settle(row=row, state=State.FAILED, detail=error)
        except smtp.Refused as error:
            self.server_failed(error)
            return leases.settle(row=row, state=State.FAILED, detail=error)
        except smtp.Deferred as error:
            return self.wait(error)
        except smtp.Unavailable as error:
            self.server_failed(error)
            return self.wait(error)
        except smtp.Unsure as error:
            return leases.outcome_unknown(row=row, now=now(), reason=str(error))
        if reply is None:
            return self.instead
        self.server_ok()
        return leases.sent(row=row, now=now())

    def note(self, phase: Phase) -> None:
        """Record the phase of the mail in the journal, before the phase begins."""
        journal.own.note(phase, leases.name(row=self.row))
        self.phase = phase

    def server_failed(self, error: smtp.Failure) -> None:
        """Count a failure of the server, which opens the breaker after several in a row."""
        self.budget.failed = True
        if breaker.server_failed(reason=leases.short(error), now=self.budget.now()):
            logger.error("The mail server takes nothing: %s", error)
            self.budget.halted = True

    def server_ok(self) -> None:
        """Reset the count of failures in a row, if the previous mail had failed."""
        if self.budget.failed:
            breaker.server_ok()
        self.budget.failed = False

    def wait(self, error: smtp.Failure) -> str:
        """Retry later: the server deferred the mail or is unavailable. This uses up no attempt."""
        attempts = self.row.attempts - 1
        return leases.put_off(
            row=self.row, now=self.budget.now(), reason=str(error), attempts=attempts
        )

    def refuse(self) -> str:
        """Settle a row without an address; return the state that it reached."""
        self.compose_anew()
        return self.instead

    def compose(self) -> transport.Message | None:
        """Compose the mail and enter `sending`; None if it must not be sent.

        A plain reminder is composed from the row as it was claimed; the UPDATE to `sending` matches
        only if nothing has changed since. If it does not match, and for all other mails,
        `compose_anew` reads the row again.
        """
        row, now = self.row, self.budget.now()
        is_wrong = outbox.address_hash(row.person.email) in self.budget.wrong
        if not is_wrong and presend.needs_no_check(row=row, now=now):
            message = presend.compose(row=row, now=now)
            if transitions.sending(row=row, until=now + leases.LEASE):
                return message
        return self.compose_anew()

    def compose_anew(self) -> transport.Message | None:
        """Read the row again, check, compose and enter `sending`, in one transaction."""
        row, now = self.row, self.budget.now()
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
    """Add an address that the server calls invalid to the suppression list."""
    Suppression.objects.update_or_create(
        address_hash=outbox.address_hash(address),
        defaults={"since": now, "reply": leases.short(reply)},
    )
