"""How answers get in: piped into a command, or fetched by a task where a mailbox is configured."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.celery import app, read_replies
from events import tasks
from events.domain.attendance import replymails
from events.models import Attendee, Reply
from tests import factories
from tests import replymails as mails
from tests.commands import environment, pipe
from tests.imap import Mailbox, mailbox


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    with mailbox() as here:
        settings.IMAP_URL = here.url
        yield here


@pytest.mark.django_db
def test_a_mail_that_is_piped_in_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.UID_HOST = "attache.example"
    attendee = factories.attendee(partstat="needs_action")
    pipe(monkeypatch, mails.apple(mails.of(attendee)))
    call_command("read_replies")
    assert capsys.readouterr().out == "applied\n"
    attendee.refresh_from_db()
    assert attendee.partstat == "accepted"


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"x", b"x" * (2 * replymails.MAX_MAIL_BYTES)])
def test_whatever_is_piped_in_the_mail_server_need_not_try_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raw: bytes
) -> None:
    pipe(monkeypatch, raw)
    call_command("read_replies")
    assert capsys.readouterr().out.startswith("open ")


@pytest.mark.django_db(transaction=True)
def test_a_real_pipe(settings: Settings) -> None:
    attendee = factories.attendee(partstat="needs_action")
    command = [sys.executable, "manage.py", "read_replies"]
    raw = mails.outlook(mails.of(attendee))
    done = subprocess.run(command, input=raw, env=environment(), capture_output=True, check=True)
    assert done.stdout == b"applied\n"
    assert Attendee.objects.get(pk=attendee.pk).partstat == "accepted"


@pytest.mark.django_db
def test_a_mailbox_is_read_by_the_command_and_by_the_task(
    box: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    box.put(b"Subject: One\r\n\r\nx", b"Subject: Two\r\n\r\ny")
    call_command("read_replies", "--mailbox")
    assert capsys.readouterr().out == "read: 2\n"
    box.put(b"Subject: Three\r\n\r\nz")
    tasks.read_replies()
    assert Reply.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "IMAP_URL is not set"),
        ("http://x", "names no mailbox"),
        ("imap://127.0.0.1:1/", "does not answer"),
    ],
)
def test_what_is_wrong_with_the_mailbox_is_told(settings: Settings, url: str, words: str) -> None:
    settings.IMAP_URL = url
    with pytest.raises(CommandError, match=words):
        call_command("read_replies", "--mailbox")


def test_the_mailbox_is_looked_into_where_there_is_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "read what has come back to invitations"
    schedule: dict[str, Any] = {}
    monkeypatch.setattr(app.conf, "beat_schedule", schedule)
    read_replies(app)
    assert schedule == {}
    settings.IMAP_URL = "imap://mail.example.org/"
    read_replies(app)
    app.loader.import_default_modules()
    assert schedule[name]["task"] in app.tasks
