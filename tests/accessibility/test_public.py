"""Every public page, found through the routes, in three languages: no violation of WCAG 2.2 AA."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from events.domain.access import answerlinks
from events.domain.feeds import subscriptions
from events.domain.mail import optouts
from events.models import CalendarFeed, Event
from tests import factories
from tests.accessibility import axe
from tests.events.admin import screens
from tests.samples import first_of


@dataclass(frozen=True)
class Route:
    """A route outside the admin: its name, and the parameters in its address."""

    name: str
    parameters: tuple[str, ...]


def routes(patterns: Iterable[Any]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield Route(pattern.name, tuple(pattern.pattern.regex.groupindex))


# Swagger draws this page in colours and sizes of its own; docs/openapi.yaml says the same.
FOREIGN: Final = {"api-docs"}
ROUTES: Final = tuple(
    route for route in routes(get_resolver().url_patterns) if route.name not in FOREIGN
)
# Pages that look different with a query.
QUERIES: Final = {"home": ("", "?view=list", "?kind=nope", "?month=2026-12")}


@pytest.fixture
def event(transactional_db: None) -> Event:
    """A conference with everything that its page may show."""
    event = screens.event(factories.team(), "Conference", visibility="public", status="confirmed")
    screens.fill(event, "Detail")
    return event


@pytest.fixture
def values(event: Event) -> Callable[[Route, str], list[Any]]:
    """What stands in the addresses; a parameter that nobody knows fails the tests."""
    attendee = event.attendees.order_by("pk").first()
    assert attendee
    feed = CalendarFeed(name="Feed", team=event.team, person=attendee.person)
    secret = subscriptions.hand_out(feed=feed, now=factories.NOW)
    tokens = {
        "secret-page": last(secret).removesuffix(".ics"),
        "answer": last(answerlinks.link(attendee=attendee)),
        "opt-out": last(optouts.link(person=attendee.person, kind="reminder")),
    }
    slugs = {"slug": event.slug}

    def of(route: Route, parameter: str) -> list[Any]:
        known = {"token": tokens.get(route.name, "unknown"), **slugs}
        assert parameter in known, (
            f"The tests do not know what <{parameter}> is in the public route “{route.name}”."
        )
        return [known[parameter]]

    return of


def last(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


def paths(route: Route, values: Callable[[Route, str], list[Any]], language: str) -> Iterator[str]:
    """Yield the addresses of a route; pages behind a signed link are asked for in the language."""
    signed = (f"?lang={language}",) if "token" in route.parameters else ("",)
    for chosen in product(*(values(route, name) for name in route.parameters)):
        path = reverse(route.name, kwargs=dict(zip(route.parameters, chosen, strict=True)))
        yield from (path + query for query in QUERIES.get(route.name, signed))


@pytest.mark.parametrize("language", first_of(code for code, _name in settings.LANGUAGES))
def test_no_public_page_violates_wcag(
    language: str, page: Page, live_server: LiveServer, values: Callable[[Route, str], list[Any]]
) -> None:
    examiner = axe.Examiner(page, live_server.url)
    with translation.override(language):
        pages = [path for route in ROUTES for path in paths(route, values, language)]
    for path in pages:
        examiner.open(path)
    examiner.open("/no/such/page/")
    assert examiner.opened >= 6
    assert not examiner.faults, axe.readable(examiner.faults)
