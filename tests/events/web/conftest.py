"""Fetch a public page as an anonymous client, and parse it strictly."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.events.web.html import Page

Read = Callable[..., Page]
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """A Sunday in November 2026."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def read(client: Client, db: None) -> Read:
    """Fetch a page, check the status, and refuse invalid HTML."""

    def read(path: str, status: int = 200) -> Page:
        response = client.get(path)
        assert response.status_code == status
        page = Page(response.content.decode())
        assert page.wrong == []
        return page

    return read
