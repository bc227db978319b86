"""Every page of the admin, found through its routes: no violation of WCAG 2.2 AA in any tab."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.accessibility import axe
from tests.events.admin import addresses, screens
from tests.events.admin.addresses import Route
from tests.invitations import invite
from tests.office import address
from tests.samples import first_of

ROWS = ("object_id", "id")
# What a popup runs to hand its choice to the page that opened it; nobody sees it.
CLOSES_A_POPUP = ("events_person_take",)
named = pytest.mark.parametrize(
    "model", first_of(screens.SCREENS), ids=lambda model: model.__name__
)


@pytest.fixture
def examiner(page: Page, live_server: LiveServer) -> Iterator[axe.Examiner]:
    """A browser of a superuser; what it finds wrong fails the test."""
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 1280, "height": 900})
    examiner = axe.Examiner(page, live_server.url)
    yield examiner
    assert not examiner.faults, axe.readable(examiner.faults)


def paths(route: Route, rows: list[Any]) -> Iterator[str]:
    """Yield the addresses of a route for the first of these rows, or for the first two."""
    given = {"one": rows[:1], "other": rows[1:2], **dict.fromkeys(ROWS, rows[:1])}
    targets = {type(row): rows for row in rows}
    values = [
        [row.pk for row in given[name]]
        if name in given
        else addresses._values(route, name, targets)
        for name in route.parameters
    ]
    for chosen in product(*values):
        kwargs = dict(zip(route.parameters, chosen, strict=True))
        yield reverse(f"admin:{route.name}", kwargs=kwargs)


@named
def test_no_page_of_a_screen_violates_wcag(model: type[Model], examiner: axe.Examiner) -> None:
    team = factories.team()
    rows = [screens.MAKERS[model](team, word) for word in ("One", "Other")]
    screens.fill(rows[0], "Detail")
    for route in addresses.routes():
        if route.model is model and route.name not in CLOSES_A_POPUP:
            for path in paths(route, rows):
                if examiner.open(path):
                    examiner.open_tabs()
    assert examiner.opened >= 4


def test_no_page_of_invitations_violates_wcag(examiner: axe.Examiner) -> None:
    now = timezone.now()
    event = factories.event(start_on=now.date() + timedelta(days=60))
    for word in ("One", "Other"):
        screens.attendee(event.team, word, event=event, partstat="needs_action")
    invite(event, now - timedelta(days=2))
    event.deliveries.update(state="sent", sent_at=now - timedelta(days=2), claim_at=None)
    for role, tags in (("speaker", ["vip"]), ("media", [])):
        values = {"role": role, "tags": tags, "partstat": "needs_action"}
        screens.attendee(event.team, role, event=event, **values)
    for verb in ("invite", "invite_again"):
        assert examiner.open(address(event, "step", verb))
        examiner.page.click(".invitees summary")
        examiner.examine(".invitees")
    examiner.open(f"{address(event, 'invitation')}?for=again")


@pytest.mark.thorough
def test_no_page_beside_the_screens_violates_wcag(examiner: axe.Examiner) -> None:
    screens.event(factories.team(), "Coming", start_on=factories.NOW.date().replace(year=2099))
    for route in addresses.routes():
        if route.model is None and "content_type_id" not in route.parameters:
            for path in paths(route, []):
                examiner.open(path)
    assert examiner.opened >= 4
