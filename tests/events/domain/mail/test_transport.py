"""Handing mails to the backend that writes them to a folder."""

from email import message_from_bytes
from pathlib import Path

import pytest
from django.core import mail as django_mail
from pytest_django import Settings

from events.domain.mail import transport

KEY = "6f1f3f9e-8c55-4d6c-9f0e-2f6f0f5d9a11"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


def message() -> transport.Message:
    return transport.Message(
        "Subject", "Text", headers={"Message-ID": f"<{KEY}.0@attache.example>"}
    )


def test_a_mail_that_has_no_delivery_gets_a_file_too(folder: Path) -> None:
    django_mail.send_mail("Your password", "…", None, ["someone@example.org"])
    (path,) = folder.glob("*.eml")
    assert message_from_bytes(path.read_bytes())["Subject"] == "Your password"


def test_writing_leaves_no_draft_behind(folder: Path) -> None:
    for _ in range(2):
        transport.send(
            recipient="someone@example.org",
            compose=message,
            note=lambda _phase: None,
            deadline=float("inf"),
        )
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.eml"]
