"""The environment and the standard input of commands under test."""

import io
import os
import sys

import pytest

from tests.conftest import database_url


def environment() -> dict[str, str]:
    """Return the environment with which a process sees the rows that the test commits."""
    ours = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
    return os.environ | ours


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    class Pipe:
        buffer = io.BytesIO(raw)

    monkeypatch.setattr(sys, "stdin", Pipe)
