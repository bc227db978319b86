"""Leases: the exclusive right of a worker to a mail, and how it ends.

Every step is a conditional UPDATE on the token of the lease, which changes nothing if the lease was
lost.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import Any, Final

from events.domain.delivery import transitions
from events.models import Delivery

State = Delivery.State
logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=120)  # longer than the timeout for the reply to the final dot
RETRY_AFTER: Final = timedelta(minutes=5)  # retry of a mail whose outcome is unknown
MIN_BACKOFF: Final = timedelta(minutes=1)
MAX_BACKOFF: Final = timedelta(hours=1)
MAX_DETAIL_CHARS: Final = 300
LOST: Final = "lost"  # a result, not a state: the lease had ended, or the journal decides


def name(*, row: Delivery) -> str:
    """Return the name of an attempt in the journal: id of the row and token of the lease."""
    return f"{row.pk}.{row.lease_token}"


def settle(*, row: Delivery, state: State, **changes: Any) -> str:
    """Enter a state and end the lease; return the state, or `lost` if the lease had ended."""
    if "detail" in changes:
        changes["detail"] = short(changes["detail"])
    is_ours = Delivery.objects.held_as(row).free(state=state, **changes)
    return state.value if is_ours else LOST


def short(text: object) -> str:
    """Cut a reply of the server to the length of the column."""
    return str(text)[:MAX_DETAIL_CHARS]


def sent(*, row: Delivery, now: datetime) -> str:
    """Record that the server took the mail, even if the lease ended while it was being sent."""
    if transitions.sent(row=row, now=now):
        return State.SENT.value
    late = Delivery.objects.filter(pk=row.pk, state=State.PRESUMED, attempts=row.attempts)
    late.update(state=State.SENT, sent_at=now, detail="")
    return LOST


def put_back(*, row: Delivery, claim_at: datetime, **changes: Any) -> str:
    """Put the row back into the queue; it can be claimed from `claim_at` on."""
    return settle(row=row, state=State.PENDING, claim_at=claim_at, **changes)


def put_off(*, row: Delivery, now: datetime, reason: str, **changes: Any) -> str:
    """Retry later, or expire if the mail would be of no use by then."""
    claim_at = now + _pause(row, now)
    if claim_at >= row.expires_at:
        return settle(row=row, state=State.EXPIRED, detail=reason, **changes)
    return put_back(row=row, claim_at=claim_at, detail=reason, **changes)


def outcome_unknown(*, row: Delivery, now: datetime, reason: str) -> str:
    """Retry a mail whose outcome is unknown: once, after which it is settled as unknown.

    A duplicate is better than no mail, a third mail is not.
    """
    logger.warning("Nobody knows whether delivery %s was sent: %s", row.public_uuid, reason)
    seen = {"detail": reason, "unknown_count": row.unknown_count + 1}
    if row.unknown_count or now + RETRY_AFTER >= row.expires_at:
        return settle(row=row, state=State.UNKNOWN, **seen)
    return put_back(row=row, claim_at=now + RETRY_AFTER, **seen)


def _pause(row: Delivery, now: datetime) -> timedelta:
    """Return the delay of a retry: half of the delay so far, or half of the time left.

    The smaller counts, but at least a minute and at most an hour, with a jitter of 20 per cent.
    """
    half = min(now - row.due_at, row.expires_at - now) / 2
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 -- it spreads the load, no secret depends on it
    return min(max(half, MIN_BACKOFF), MAX_BACKOFF) * jitter
