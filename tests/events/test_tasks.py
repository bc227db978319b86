"""What starts the tick: Celery with a real Valkey, and a command without either."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery.signals import task_prerun
from django.conf import settings as configured
from django.core.management import call_command
from django.db.models import F
from pytest_django import Settings

from config.celery import app
from events import tasks
from events.domain.access import ratelimits
from events.domain.access.ratelimits import Limit
from events.domain.feeds import changes
from events.domain.lifecycle import lifecycle, zoneupdates
from events.models import CalendarChange, Delivery, Event, RateLimitCounter, ReminderRule
from events.models.base import clock
from tests import factories
from tests.commands import environment
from tests.conftest import process, wait_until
from tests.samples import first_of

pytestmark = pytest.mark.both_databases

HOUR = timedelta(hours=1)


def due_now() -> Event:
    """Return an event with one attendee, whose reminder has fallen due just now."""
    start = clock.now() + HOUR
    local = start.replace(second=0, microsecond=0)
    event = factories.event(
        timezone="UTC", start_on=local.date(), start_time=local.time(), end_time=None
    )
    rule = factories.rule(event=event, offset_kind=ReminderRule.OffsetKind.EXACT_MINUTES, offset=60)
    factories.attendee(event=event)
    lifecycle.save(event=event, now=start - 2 * HOUR)
    assert rule.occurrences.get().state == "planned"
    return event


def is_sent() -> bool:
    return Delivery.objects.filter(state="sent").exists()


@pytest.mark.django_db
def test_the_clock_is_the_databases() -> None:
    before, theirs, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before - timedelta(milliseconds=1) <= theirs <= after  # SQLite cuts off what is finer
    assert theirs.utcoffset() == timedelta(0)


@pytest.mark.django_db
def test_the_clock_knows_parts_of_a_second() -> None:
    assert {clock.now().microsecond for _ in range(5)} != {0}


TASKS = [tasks.tick, tasks.export_feeds, tasks.prune, tasks.recompute_times]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.django_db
def test_a_task_takes_what_a_newer_version_may_send(
    task: Callable[..., None], settings: Settings, tmp_path: Path
) -> None:
    settings.FEEDS_FOLDER = tmp_path
    assert task(unknown="keyword") is None


def test_celery_knows_every_task_of_its_table() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks


def every(name: str) -> timedelta:
    """Return how often a task of the table runs."""
    table = app.conf.beat_schedule.values()
    [entry] = [entry for entry in table if entry["task"] == f"events.tasks.{name}"]
    return timedelta(seconds=entry["schedule"])


def test_the_times_are_derived_anew_every_week() -> None:
    assert every("recompute_times") == timedelta(weeks=1)


def test_what_has_served_its_time_is_forgotten_every_hour() -> None:
    assert every("prune") == HOUR


@pytest.mark.django_db
def test_what_has_served_its_time_is_forgotten() -> None:
    limit, long_ago = Limit("guesses", 3, HOUR), clock.now() - timedelta(days=31)
    for now in (clock.now() - 2 * HOUR, clock.now()):
        ratelimits.count(limit=limit, who="192.0.2.1", now=now)
        changes.note_person(person=factories.person(), now=now)
    first = CalendarChange.objects.order_by("pk")[:1]
    CalendarChange.objects.filter(pk__in=first.values("pk")).update(at=long_ago)
    tasks.prune()
    assert (RateLimitCounter.objects.count(), CalendarChange.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_weekly_task_moves_what_another_law_of_a_zone_moves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    event = factories.event(start_on=clock.now().date() + timedelta(days=30))
    start_at, end_at = event.start_at, event.end_at
    Event.objects.update(start_at=start_at - HOUR, end_at=end_at - HOUR)
    tasks.recompute_times()
    event.refresh_from_db()
    assert (event.start_at, event.end_at, event.sequence) == (start_at, end_at, 1)
    assert event.slug in caplog.text


@pytest.mark.django_db
def test_the_weekly_task_sends_itself_again_until_all_have_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each message is short: what comes meanwhile is not behind the last of them."""
    monkeypatch.setattr(zoneupdates, "MAX_MOVES_PER_RUN", 2)
    monkeypatch.setattr(app.conf, "task_always_eager", True)
    heard: list[int] = []
    day = clock.now().date() + timedelta(days=30)
    for _ in range(5):
        factories.event(start_on=day)
    Event.objects.update(start_at=F("start_at") - HOUR, end_at=F("end_at") - HOUR)

    @task_prerun.connect(sender=tasks.recompute_times)
    def hear(kwargs: dict[str, int], **_more: object) -> None:
        heard.append(kwargs["after"])

    tasks.recompute_times()
    keys = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert heard == [keys[1], keys[3]]
    assert set(Event.objects.values_list("sequence", flat=True)) == {1}


@pytest.mark.django_db
def test_the_command_sends_what_is_due_and_says_so(
    capsys: pytest.CaptureFixture[str], mailoutbox: list[object]
) -> None:
    due_now()
    call_command("deliver")
    assert capsys.readouterr().out == "sent: 1\n"
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_what_is_due(valkey: str, worker: "subprocess.Popen[bytes]") -> None:
    due_now()
    for _ in range(5):
        tasks.tick.delay()
    wait_until(is_sent, log=configured.DATA / "worker.log")
    row = Delivery.objects.get()
    assert (configured.DATA / "mail" / f"{row.public_uuid}.eml").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", first_of([signal.SIGTERM, signal.SIGINT]))
def test_the_loop_sends_and_ends_in_peace(tmp_path: Path, number: signal.Signals) -> None:
    due_now()
    log = tmp_path / "log"
    command = [sys.executable, "manage.py", "deliver", "--loop"]
    with process(command, log, environment()) as running:
        wait_until(is_sent, log=log)
        running.send_signal(number)
        assert running.wait(10) == 0, log.read_text()


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_nothing(tmp_path: Path, settings: Settings) -> None:
    """US-11, 2: kill -9, three times, while thirty mails go out, each to its one file."""
    event = due_now()
    for _ in range(29):
        factories.attendee(event=event)
    command = [sys.executable, "manage.py", "deliver", "--loop"]
    sent = Delivery.objects.filter(state="sent")
    for goal in (1, 8, 16):
        with process(command, tmp_path / "log", environment()) as running:
            wait_until(lambda goal=goal: sent.count() >= goal, log=tmp_path / "log")
            os.kill(running.pid, signal.SIGKILL)
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=clock.now() - HOUR)
    settings.EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
    call_command("deliver")
    assert sent.count() == Delivery.objects.count() == 30
