"""The fixtures with real servers and processes."""

import smtplib

import pytest
from playwright.sync_api import Page

from config.celery import app
from events.models import Team
from tests.conftest import wait_until
from tests.smtp import Sink

pytestmark = pytest.mark.both_databases


def test_valkey_is_empty_at_first(valkey):
    with app.connection_for_read() as broker:
        assert broker.default_channel.client.dbsize() == 0


def test_a_worker_takes_tasks_and_sees_the_database(worker):
    Team.objects.create(name="Trade", slug="trade")
    app.send_task("events.tasks.tick")
    with app.connection_for_read() as broker:
        wait_until(lambda: broker.default_channel.client.llen("celery") == 0)
    assert worker.poll() is None


def test_the_smtp_server_remembers_what_it_took(smtp: Sink):
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: 你好\n\nHi".encode())
    assert [message["Subject"] for message in smtp.messages] == ["你好"]
    assert smtp.envelopes[0].rcpt_tos == ["b@example.org"]


@pytest.mark.django_db(transaction=True)
def test_the_browser_shows_a_page(live_server, page: Page):
    page.goto(f"{live_server.url}/healthz")
    assert page.inner_text("body") == "ok"
