"""The circuit breaker: a mail server that takes nothing gets a pause, and probes."""

from datetime import timedelta

import pytest

from events.domain.delivery import breaker
from events.models import MailBreaker
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
SECOND = timedelta(seconds=1)


def fail(times: int) -> list[bool]:
    return [breaker.server_failed(reason="refused", now=NOW) for _ in range(times)]


def test_five_failures_in_a_row_open_it() -> None:
    assert fail(5) == [False] * 4 + [True]
    assert breaker.allowance(now=NOW) == 0


def test_a_success_between_them_keeps_it_closed() -> None:
    fail(4)
    breaker.server_ok()
    assert fail(4) == [False] * 4
    assert breaker.allowance(now=NOW) is None


def test_one_worker_tries_one_mail_when_the_time_has_come() -> None:
    fail(5)
    later = NOW + breaker.FIRST_PAUSE
    assert breaker.allowance(now=later - SECOND) == 0
    assert [breaker.allowance(now=later) for _ in range(3)] == [1, 0, 0]


def test_it_is_tried_less_and_less_often() -> None:
    fail(4)
    pauses = []
    for _ in range(6):
        breaker.server_failed(reason="refused", now=NOW)
        probe_at = MailBreaker.objects.get().probe_at
        assert probe_at
        pauses.append(int((probe_at - NOW).total_seconds()))
    assert pauses == [30, 60, 120, 240, 300, 300]


def test_a_mail_that_is_taken_closes_it() -> None:
    fail(7)
    breaker.server_ok()
    row = MailBreaker.objects.get()
    assert (row.failures, row.opened_at, row.probe_at, row.detail) == (0, None, None, "")
    assert breaker.allowance(now=NOW) is None


def test_it_says_since_when_and_why() -> None:
    fail(5)
    breaker.server_failed(reason="still refused", now=NOW + SECOND)
    row = MailBreaker.objects.get()
    assert (row.opened_at, row.detail) == (NOW, "still refused")
