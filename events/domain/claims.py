"""What is due is claimed by one worker: row by row with its work, or leased in batches."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import DatabaseError, models, transaction
from django.db.models import F

from events.models.base.claimable import ClaimableQuerySet, LeasableQuerySet

Row = TypeVar("Row", bound=models.Model)
logger = logging.getLogger(__name__)

MAX_ROWS: Final = 100  # that one call works off
RETRY_AFTER: Final = timedelta(minutes=15)


def each(
    *,
    rows: ClaimableQuerySet[Row],
    work: Callable[[Row, datetime], bool],
    now: datetime,
    **changes: Any,
) -> int:
    """Work off the rows that are due, each in the transaction that claims it with these changes.

    Return how many the work says to have done.
    """
    keys = list(rows.due(now).values_list("pk", flat=True)[:MAX_ROWS])
    return sum(_is_done(rows, key, work, now, changes) for key in keys)


def _is_done(
    rows: ClaimableQuerySet[Row],
    key: int,
    work: Callable[[Row, datetime], bool],
    now: datetime,
    changes: dict[str, Any],
) -> bool:
    """Claim one and do its work; what is wrong with it stops no other."""
    row = rows.filter(pk=key)
    try:
        with transaction.atomic():
            return bool(row.claim(now, **changes)) and work(row.get(), now)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("%s %s cannot be worked off", rows.model.__name__, key)
        row.update(claim_at=now + RETRY_AFTER)
        return False


def lease(
    *,
    rows: LeasableQuerySet[Row],
    now: datetime,
    until: datetime,
    by: str,
    size: int,
    **changes: Any,
) -> LeasableQuerySet[Row]:
    """Lease at most `size` rows that are due, with these changes; return those that are ours.

    The token makes them ours, locks would only save a wait. A row that has failed before comes
    alone: should it kill us, the others are not to blame.
    """
    token = uuid.uuid4()
    due = rows.due(now).select_for_update(skip_locked=True).values_list("pk", flat=True)
    with transaction.atomic(durable=True):
        chosen = list(due.filter(attempts=0)[:size]) or list(due[:1])
        rows.filter(pk__in=chosen).claim(
            now,
            lease_token=token,
            lease_until=until,
            leased_by=by,
            attempts=F("attempts") + 1,
            **changes,
        )
    return rows.filter(pk__in=chosen, lease_token=token)
