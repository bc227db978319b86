"""How often something may be done in a while: attempts to guess a secret, full answers to one.

Counted in the database, so that it holds for all processes and without a broker. A period begins
on the clock, not with the first attempt: each count is one row and one statement, and two at the
same instant are two. Count outside of a transaction: what is rolled back was never counted.
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

# Whoever is beyond the limit changes nothing, and so costs no write.
COUNT: Final = """
    INSERT INTO events_ratelimitcounter (purpose, who, ends_at, number) VALUES (%s, %s, %s, 1)
    ON CONFLICT (ends_at, purpose, who) DO UPDATE SET number = events_ratelimitcounter.number + 1
    WHERE events_ratelimitcounter.number < %s
"""


class TooMany(Exception):
    """It was done too often; it may be done again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within a period, for each of those who do it; another purpose counts anew."""

    purpose: str
    most: int
    period: timedelta


def count(*, limit: Limit, who: str, now: datetime) -> None:
    """Count one time more, or raise TooMany."""
    ends_at = _end(limit, now)
    key = _key(limit, who)
    rows = RateLimitCounter.objects.filter(purpose=limit.purpose, who=key, ends_at=ends_at)
    is_over = rows.filter(number__gte=limit.most).exists()
    if is_over or not _add(limit, key, ends_at):
        raise TooMany(ceil((ends_at - now).total_seconds()))


@contextmanager
def guarded(*, limit: Limit, who: str, miss: type[Exception], now: datetime) -> Iterator[None]:
    """Count what is guessed wrong, a `miss`, and raise TooMany in its place beyond the limit.

    What is right is right, however much was guessed before from the same place: servers of large
    providers ask for many people.
    """
    try:
        yield
    except miss:
        count(limit=limit, who=who, now=now)
        raise


def prune(*, now: datetime) -> int:
    """Forget the periods that are over."""
    number, _rows = RateLimitCounter.objects.filter(ends_at__lte=now).delete()
    return number


def _end(limit: Limit, now: datetime) -> datetime:
    seconds = int(limit.period.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)


def _key(limit: Limit, who: str) -> str:
    return salted_hmac(f"tally of {limit.purpose}", who, algorithm="sha256").hexdigest()


def _add(limit: Limit, key: str, ends_at: datetime) -> bool:
    """Whether it could be counted."""
    end = connection.ops.adapt_datetimefield_value(ends_at)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [limit.purpose, key, end, limit.most])
        return cursor.rowcount == 1
