"""`/readyz` and `/metrics` answer the monitoring, and no other clients."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from events.models import Delivery, Heartbeat, MailBreaker, NoticeBatch
from events.models.base import clock
from tests import factories

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ADDRESSES = ("/readyz", "/metrics")


def ticked(ago: timedelta) -> None:
    Heartbeat.objects.create(name="tick", at=clock.now() - ago)


def due(ago: timedelta) -> None:
    at = clock.now() - ago
    NoticeBatch.objects.create(team=factories.team(), opened_at=at, claim_at=at)


def figures(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {
        name: float(value)
        for name, value in re.findall(r"^(attache\S+) (\S+)$", text, re.MULTILINE)
    }


def test_all_is_well(client: Client) -> None:
    ticked(5 * SECOND)
    due(290 * SECOND)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "problems": []})
    assert answer["Cache-Control"] == "no-store"


def test_before_the_first_tick_it_is_not(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["There has been no tick yet"]


def test_what_stands_still_is_said(client: Client) -> None:
    ticked(70 * SECOND)
    due(310 * SECOND)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    still, overdue = answer.json()["problems"]
    assert re.fullmatch(r"The last tick was 7\d s ago", still)
    assert re.fullmatch(r"Something has been due for 31\d s", overdue)


def test_a_database_that_does_not_answer_is_said(client: Client) -> None:
    def broken(*_args: Any) -> None:
        raise DatabaseError

    with connection.execute_wrapper(broken):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The database does not answer: DatabaseError"]


def test_the_figures(client: Client) -> None:
    ticked(5 * SECOND)
    due(30 * SECOND)
    row = factories.attendee()
    for state in ("sent", "sent", "presumed"):
        at = clock.now()
        Delivery.objects.create(
            person=row.person, event=row.event, dedup_key=str(factories.number()), due_at=at,
            expires_at=at, state=state,
        )  # fmt: skip
    MailBreaker.objects.create(probe_at=clock.now())
    found = figures(client)
    assert 5 <= found["attache_tick_age_seconds"] < 30
    assert 30 <= found["attache_oldest_overdue_seconds"] < 60
    assert found["attache_due"] == 1
    assert found["attache_mail_breaker_open"] == 1
    assert found['attache_deliveries{state="sent"}'] == 2
    assert found['attache_deliveries{state="presumed"}'] == 1
    assert found['attache_deliveries{state="unknown"}'] == 0
    assert client.get("/metrics")["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize(
    ("proxies", "heard", "address", "is_open"),
    [
        (0, None, "127.0.0.1", True),
        (0, None, "::1", True),
        (0, None, "192.0.2.7", False),
        (0, None, "", False),
        (0, "127.0.0.1", "127.0.0.1", False),  # through a proxy that is not configured
        (1, "192.0.2.7", "127.0.0.1", False),
        (1, "127.0.0.1, 192.0.2.7", "127.0.0.1", False),
        (1, "127.0.0.1", "127.0.0.1", True),
        (1, None, "127.0.0.1", True),
        (2, "127.0.0.1", "127.0.0.1", False),
    ],
)
def test_only_this_machine_is_answered(
    settings: Settings, url: str, proxies: int, heard: str | None, address: str, is_open: bool
) -> None:
    ticked(SECOND)
    settings.PROXIES = proxies
    sent = {"REMOTE_ADDR": address, **({"HTTP_X_FORWARDED_FOR": heard} if heard else {})}
    assert Client().get(url, **sent).status_code == (200 if is_open else 404)


@pytest.mark.parametrize("url", ADDRESSES)
def test_or_who_knows_the_token(settings: Settings, url: str) -> None:
    ticked(SECOND)
    afar = Client(REMOTE_ADDR="192.0.2.7")
    for token, sent, status in [
        ("", "Bearer ", 404),
        ("", "", 404),
        ("secret", "Bearer secret", 200),
        ("secret", "Bearer secre", 404),
        ("secret", "secret", 404),
        ("secret", "", 404),
    ]:
        settings.MONITORING_TOKEN = token
        answer = afar.get(url, headers={"Authorization": sent} if sent else {})
        assert answer.status_code == status, (token, sent)


@pytest.mark.parametrize("url", ADDRESSES)
def test_they_take_no_other_method(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405
