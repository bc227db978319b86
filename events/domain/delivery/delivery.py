"""Delivery: what is due becomes one mail to each person, never twice.

The database is the queue. A worker claims rows with a lease; every step after that is a
conditional UPDATE by the lease's token, so whoever has lost the lease stops by itself. A row enters
`sending` once the server waits for the body, and the journal tells afterwards whether a worker that
died then had sent the final dot.
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
from events.domain.reminders import fanout, notices
from events.models import Delivery, Heartbeat

State = Delivery.State
logger = logging.getLogger(__name__)

BATCH: Final = 20
WIDE: Final = 100  # of a database that several workers share
GRACE: Final = timedelta(minutes=10)  # for the place of a journal that we cannot read to speak up


@dataclass(slots=True)
class Summary:
    """What a tick did: occurrences handed over, and deliveries by the state they reached."""

    handed_over: int = 0
    results: Counter[str] = field(default_factory=Counter)


def tick(*, now: datetime) -> Summary:
    """Hand over and send whatever is due; several at once, or none for a while, do no harm."""
    watch = attempts.Watch(now)
    reaped = _reap(now)
    summary = Summary(handed_over=fanout.expand_due(now=now) + notices.expand_due(now=now))
    try:
        while not watch.is_over() and (batch := _claim(watch.now())):
            watch.wrong = presend.wrong_addresses(rows=batch)
            results = Counter(attempts.deliver(row=row, watch=watch) for row in batch)
            if results[State.SENT]:
                breaker.succeeded()
            summary.results += results
    finally:
        transport.hang_up()
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
    lost = Delivery.objects.lapsed(now)
    again = [State.LEASED, State.SENDING] if transport.may_repeat() else [State.LEASED]
    lost.filter(state__in=again).free(state=State.PENDING, claim_at=now)
    sending = list(lost.filter(state=State.SENDING).order_by("pk"))
    phases = journal.phases() if sending else {}
    for row in sending:
        _judge(row, phases.get(leases.name(row=row)), now)
    return len(sending)


def _judge(row: Delivery, phase: Phase | None, now: datetime) -> str:
    """Decide about a mail whose worker died while it was sending, by what is on record of it.

    Without the dot nothing was delivered; with the dot a server delivers what it has, and a second
    mail would nearly always be a double. Where there is no record nobody knows.
    """
    if not journal.is_here(row.leased_by):
        assert row.lease_until  # noqa: S101 -- it is over
        if now <= row.lease_until + GRACE:
            return leases.LOST
        return leases.doubt(row=row, now=now, reason="Its worker is gone.")
    match phase:
        case Phase.BODY | Phase.NOT:
            return leases.put_back(row=row, claim_at=now)
        case Phase.DOT:
            logger.warning("Delivery %s is taken to be sent: its worker died", row.public_uuid)
            detail = "The worker ended while it was sending."
            return leases.settle(row=row, state=State.PRESUMED, detail=detail)
        case Phase.ACCEPTED:
            return leases.settle(row=row, state=State.SENT, sent_at=now, detail="")
        case _:
            return leases.doubt(row=row, now=now, reason="Its worker left no record.")


def _tidy() -> None:
    """Forget what the journals say of mails that have come to an end."""
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
        size=allowed or (WIDE if shares else BATCH),
        state=State.LEASED,
    )
    shown = mine.prefetch_related(*presend.SHOWN, "event__team__wordings")
    return list(shown.order_by("due_at", "pk"))
