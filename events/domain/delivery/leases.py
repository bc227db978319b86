"""The hold of a worker on a mail, and how it ends.

Every step is a conditional UPDATE by the token of the lease: whoever has lost it stops by itself.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import Any, Final

from events.domain.delivery import transitions
from events.models import Delivery

State = Delivery.State
logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=120)  # longer than the last word of a server takes
AGAIN: Final = timedelta(minutes=5)  # until a mail in doubt is sent once more
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MOST_DETAIL: Final = 300
LOST: Final = "lost"  # counted, but no state: the row went to another worker, or was called back


def name(*, row: Delivery) -> str:
    """Return what the journal calls an attempt at a mail."""
    return f"{row.pk}.{row.lease_token}"


def settle(*, row: Delivery, state: State, **changes: Any) -> str:
    """End our hold on the row; return its state, or `lost` when the hold had ended before."""
    if "detail" in changes:
        changes["detail"] = short(changes["detail"])
    is_ours = Delivery.objects.held_as(row).free(state=state, **changes)
    return state.value if is_ours else LOST


def short(text: object) -> str:
    """Return what is kept of what a server has said."""
    return str(text)[:MOST_DETAIL]


def sent(*, row: Delivery, now: datetime) -> str:
    """Record that the server has the mail, also after others gave up waiting for us."""
    if transitions.sent(row=row, now=now):
        return State.SENT.value
    late = Delivery.objects.filter(pk=row.pk, state=State.PRESUMED, attempts=row.attempts)
    late.update(state=State.SENT, sent_at=now, detail="")
    return LOST


def put_back(*, row: Delivery, claim_at: datetime, **changes: Any) -> str:
    """Let the row be claimed again from then on."""
    return settle(row=row, state=State.PENDING, claim_at=claim_at, **changes)


def put_off(*, row: Delivery, now: datetime, reason: str, **changes: Any) -> str:
    """Try again later, as long as it is of use."""
    claim_at = now + _pause(row, now)
    if claim_at >= row.expires_at:
        return settle(row=row, state=State.EXPIRED, detail=reason, **changes)
    return put_back(row=row, claim_at=claim_at, detail=reason, **changes)


def doubt(*, row: Delivery, now: datetime, reason: str) -> str:
    """Send once more what may have got lost: two of a mail are better than none, three are not."""
    logger.warning("Nobody knows whether delivery %s was sent: %s", row.public_uuid, reason)
    seen = {"detail": reason, "unknown_count": row.unknown_count + 1}
    if row.unknown_count or now + AGAIN >= row.expires_at:
        return settle(row=row, state=State.UNKNOWN, **seen)
    return put_back(row=row, claim_at=now + AGAIN, **seen)


def _pause(row: Delivery, now: datetime) -> timedelta:
    """Wait half as long as it is late already, or half of what is left: ever longer, never idle."""
    half = min(now - row.due_at, row.expires_at - now) / 2
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 -- spreads the load, guards nothing
    return min(max(half, SHORTEST_WAIT), LONGEST_WAIT) * jitter
