"""Delivery: due reminders and notices become one mail per person, and are sent.

The database is the queue. A worker claims rows with a lease. Every later step is a conditional
UPDATE on the token of the lease, so it changes nothing if the lease was lost. A row enters
`sending` when the server is ready for the body of the mail. If the worker dies after that, its
journal tells whether the final dot was sent. If the outcome is unknown, the mail is sent a second
time, but never a third.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from events.domain import claims
from events.domain.delivery import attempts, breaker, journal, leases, presend
from events.domain.mail import transport
from events.domain.mail.smtp import Phase
from events.domain.reminders import answernews, fanout, notices
from events.models import Delivery, Heartbeat

State = Delivery.State
logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 20
SHARED_BATCH_SIZE: Final = 100  # batch size on a database that several workers share
# The time in which workers on another host can settle their own mails.
REMOTE_JOURNAL_GRACE: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Summary:
    """Outcome of a tick: fan-outs made, and deliveries by the state that they reached."""

    expanded: int = 0
    results: Counter[str] = field(default_factory=Counter)


def tick(*, now: datetime) -> Summary:
    """Fan out and send what is due.

    Ticks may overlap in several workers, and may be missed, without harm.
    """
    budget = attempts.TickBudget(now)
    reaped = _reap(now)
    due = (fanout.expand_due, notices.expand_due, answernews.expand_due)
    summary = Summary(expanded=sum(expand(now=now) for expand in due))
    try:
        while not budget.is_over() and (batch := _claim(budget.now())):
            budget.wrong = presend.wrong_addresses(rows=batch)
            results = Counter(attempts.deliver(row=row, budget=budget) for row in batch)
            if results[State.SENT]:
                breaker.server_ok()
            summary.results += results
    finally:
        transport.hang_up()
    if reaped or summary.results:
        _tidy()
    _beat(now)
    return summary


def _beat(now: datetime) -> None:
    """Record the time of the last tick."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="tick", at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def _reap(now: datetime) -> int:
    """Release expired leases; return how many of these mails were in `sending`.

    Leased rows go back into the queue. For rows in `sending` the journals decide, unless mails may
    be repeated freely (written to a folder).
    """
    lost = Delivery.objects.lapsed(now)
    again = [State.LEASED, State.SENDING] if transport.may_repeat() else [State.LEASED]
    lost.filter(state__in=again).free(state=State.PENDING, claim_at=now)
    sending = list(lost.filter(state=State.SENDING).order_by("pk"))
    phases = journal.phases() if sending else {}
    for row in sending:
        _judge(row, phases.get(leases.name(row=row)), now)
    return len(sending)


def _judge(row: Delivery, phase: Phase | None, now: datetime) -> str:
    """Decide about a mail in `sending` whose worker died, by the last phase in its journal.

    No dot: nothing was delivered, so it goes back into the queue. Dot: the server has the mail and
    a second one would almost certainly be a duplicate, so it is presumed sent. No record: outcome
    unknown. The journal of another host cannot be read; its mails become unknown after GRACE.
    """
    if not journal.is_here(row.leased_by):
        assert row.lease_until  # noqa: S101 -- only rows with an expired lease are passed in
        if now <= row.lease_until + REMOTE_JOURNAL_GRACE:
            return leases.LOST
        return leases.outcome_unknown(row=row, now=now, reason="Its worker is gone.")
    match phase:
        case Phase.BODY | Phase.NOT_DELIVERED:
            return leases.put_back(row=row, claim_at=now)
        case Phase.DOT:
            logger.warning("Delivery %s is taken to be sent: its worker died", row.public_uuid)
            detail = "The worker ended while it was sending."
            return leases.settle(row=row, state=State.PRESUMED, detail=detail)
        case Phase.ACCEPTED:
            return leases.settle(row=row, state=State.SENT, sent_at=now, detail="")
        case _:
            return leases.outcome_unknown(row=row, now=now, reason="Its worker left no record.")


def _tidy() -> None:
    """Clear the journals of mails that have reached a final state."""
    in_hand = Delivery.objects.filter(lease_until__isnull=False, state=State.SENDING)
    holders = set(in_hand.values_list("leased_by", flat=True))
    if journal.holder() not in holders:
        journal.own.clear()
    journal.prune(holders=holders)


def _claim(now: datetime) -> list[Delivery]:
    """Lease a batch, as large as the breaker allows."""
    shares = connection.features.has_select_for_update_skip_locked
    allowed = breaker.allowance(now=now)
    if allowed == 0:
        return []
    mine = claims.lease(
        rows=Delivery.objects.all(),
        now=now,
        until=now + leases.LEASE,
        by=journal.holder(),
        size=allowed or (SHARED_BATCH_SIZE if shares else BATCH_SIZE),
        state=State.LEASED,
    )
    shown = mine.prefetch_related(*presend.SHOWN, "event__team__wordings")
    return list(shown.order_by("due_at", "pk"))
