"""A browser in which a superuser is signed in, and which must have no errors."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests import factories


@dataclass
class Watch:
    """Errors in the browser, and the addresses that it requested."""

    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def signed_in(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A page of a superuser; afterwards the browser must have had no errors."""
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    watch = Watch()
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", lambda request: watch.asked.append(request.url))
    yield page
    assert watch.errors == []
    ours = (live_server.url, "data:", "blob:")
    assert [url for url in watch.asked if not url.startswith(ours)] == []
