"""Rate limits: on attempts to guess a secret, and on full answers to one secret address.

Counters are rows in the database, so that a limit holds for all processes and without a broker.
Periods are fixed windows of the UTC clock that do not begin with the first attempt. Therefore a
count is one upsert of one row, and two concurrent counts are both counted. Call `count` outside of
transactions: a rollback would undo the count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from django.db import connection
from django.utils.crypto import salted_hmac

from events.models import RateLimitCounter

# The WHERE makes the upsert a no-op once the limit is reached: no row is written, rowcount is 0.
COUNT_SQL: Final = """
    INSERT INTO events_ratelimitcounter (purpose, who, ends_at, number) VALUES (%s, %s, %s, 1)
    ON CONFLICT (ends_at, purpose, who) DO UPDATE SET number = events_ratelimitcounter.number + 1
    WHERE events_ratelimitcounter.number < %s
"""


class TooMany(Exception):
    """The limit is reached; `seconds` is the time until the period ends, rounded up."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times in a period, counted separately for each `who` and each purpose."""

    purpose: str
    most: int
    period: timedelta


def count(*, limit: Limit, who: str, now: datetime) -> None:
    """Add one to the counter of `who` in the present period; raise TooMany if it is full."""
    ends_at = _end(limit, now)
    key = _key(limit, who)
    rows = RateLimitCounter.objects.filter(purpose=limit.purpose, who=key, ends_at=ends_at)
    is_over = rows.filter(number__gte=limit.most).exists()
    if is_over or not _add(limit, key, ends_at):
        raise TooMany(ceil((ends_at - now).total_seconds()))


@contextmanager
def guarded(*, limit: Limit, who: str, miss: type[Exception], now: datetime) -> Iterator[None]:
    """Count each exception of type `miss`; beyond the limit raise TooMany in its place.

    A right guess is let through even beyond the limit: one server of a large provider may ask on
    behalf of many people, and shares its address with those who guess.
    """
    try:
        yield
    except miss:
        count(limit=limit, who=who, now=now)
        raise


def prune(*, now: datetime) -> int:
    """Delete the counters of periods that are over; return how many."""
    number, _rows = RateLimitCounter.objects.filter(ends_at__lte=now).delete()
    return number


def _end(limit: Limit, now: datetime) -> datetime:
    seconds = int(limit.period.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)


def _key(limit: Limit, who: str) -> str:
    return salted_hmac(f"tally of {limit.purpose}", who, algorithm="sha256").hexdigest()


def _add(limit: Limit, key: str, ends_at: datetime) -> bool:
    """Run the upsert; return whether the counter was still below the limit."""
    end = connection.ops.adapt_datetimefield_value(ends_at)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, [limit.purpose, key, end, limit.most])
        return cursor.rowcount == 1
