"""Rate limits: shared by all processes, and exact under concurrent counts."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from events.domain.access import ratelimits
from events.domain.access.ratelimits import Limit, TooMany
from events.models import RateLimitCounter
from tests.factories import NOW
from tests.races import in_threads, race

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

SECOND = timedelta(seconds=1)
GUESSES = Limit("guesses", 3, timedelta(minutes=1))


class Wrong(Exception):
    pass


def is_counted(who: str = "192.0.2.1", limit: Limit = GUESSES, now: object = NOW) -> bool:
    try:
        ratelimits.count(limit=limit, who=who, now=now)  # type: ignore[arg-type]
    except TooMany:
        return False
    return True


def guess(what: Callable[[], str]) -> str:
    with ratelimits.guarded(limit=GUESSES, who="192.0.2.1", miss=Wrong, now=NOW):
        return what()


def wrong() -> str:
    raise Wrong


def test_beyond_the_limit_it_is_refused_until_the_period_is_over() -> None:
    assert [is_counted() for _ in range(5)] == [True, True, True, False, False]
    with pytest.raises(TooMany) as refusal:
        ratelimits.count(limit=GUESSES, who="192.0.2.1", now=NOW)
    later = NOW + refusal.value.seconds * SECOND
    assert not is_counted(now=later - SECOND)
    assert is_counted(now=later)


@pytest.mark.parametrize("after", [0, 1, 29.5, 59, 59.999])
def test_it_says_after_how_many_seconds_it_may_be_done_again(after: float) -> None:
    now = NOW.replace(second=0, microsecond=0) + after * SECOND
    for _ in range(3):
        ratelimits.count(limit=GUESSES, who="192.0.2.1", now=now)
    with pytest.raises(TooMany) as refusal:
        ratelimits.count(limit=GUESSES, who="192.0.2.1", now=now)
    assert 60 - after <= refusal.value.seconds < 61 - after


def test_each_and_each_purpose_is_counted_alone() -> None:
    assert [is_counted() for _ in range(4)][-1] is False
    assert is_counted(who="192.0.2.2")
    assert is_counted(limit=Limit("something else", 3, timedelta(minutes=1)))


def test_what_is_right_is_right_however_much_was_wrong_before() -> None:
    for _ in range(3):
        with pytest.raises(Wrong):
            guess(wrong)
    with pytest.raises(TooMany):
        guess(wrong)
    assert guess(lambda: "right") == "right"


def test_neither_addresses_nor_secrets_are_kept() -> None:
    is_counted(who="203.0.113.77")
    is_counted(who="cf1_secret")
    assert "203.0.113.77" not in str(list(RateLimitCounter.objects.values()))
    assert "cf1_secret" not in str(list(RateLimitCounter.objects.values()))


def test_one_more_is_two_small_statements_and_one_too_many_writes_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(3):
        with django_assert_num_queries(2):
            is_counted()
    with django_assert_num_queries(1) as asked:
        is_counted()
    assert asked.captured_queries[0]["sql"].startswith("SELECT")
    assert RateLimitCounter.objects.count() == 1


def test_what_is_over_is_forgotten() -> None:
    is_counted(now=NOW - timedelta(minutes=2))
    is_counted()
    assert ratelimits.prune(now=NOW) == 1
    assert [is_counted() for _ in range(3)] == [True, True, False]


@race
@pytest.mark.django_db(transaction=True)
def test_of_those_who_come_at_once_no_more_get_in_than_may() -> None:
    barrier = Barrier(6)

    def wait(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Hold each INSERT until all threads have read the counter."""
        if sql.strip().startswith("INSERT"):
            barrier.wait(30)
        return execute(sql, params, many, context)

    def guess_late() -> bool:
        with connection.execute_wrapper(wait):
            return is_counted()

    assert sorted(in_threads([guess_late] * 6)) == [False, False, False, True, True, True]
    assert RateLimitCounter.objects.get().number == 3
