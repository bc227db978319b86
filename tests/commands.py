"""What a command gets from whoever starts it: an environment, and something to read."""

import io
import os
import sys

import pytest

from tests.conftest import database_url


def environment() -> dict[str, str]:
    """Return what a process of ours needs to see what the test commits."""
    ours = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
    return os.environ | ours


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    class Pipe:
        buffer = io.BytesIO(raw)

    monkeypatch.setattr(sys, "stdin", Pipe)
