"""The page that asks before a Save mails anybody is reached by sending a form only."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from events.models import Delivery, Event, Team, User
from tests import factories
from tests.accessibility import axe
from tests.factories import NOW
from tests.office import address
from tests.samples import first_of

MANY = 14  # more people than are named, and more changed events than are


@pytest.fixture
def team(transactional_db: None) -> Team:
    return factories.team()


@pytest.fixture
def examiner(page: Page, live_server: LiveServer, team: Team) -> Any:
    """A browser of an organiser; what it finds wrong fails the test."""
    client = Client()
    user: User = factories.user(member_of=team)
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    examiner = axe.Examiner(page, live_server.url)
    yield examiner
    assert not examiner.faults, axe.readable(examiner.faults)


def invited(team: Team) -> Event:
    """Return an event, far ahead, whose guests have got their invitations."""
    day = date(2098, 12, 2)
    event = factories.event(team=team, start_on=day, end_on=day, place=factories.place())
    for number in range(MANY):
        person = factories.person(team=team, given_name=f"Guest {number}")
        guest = factories.attendee(event=event, person=person)
        Delivery.objects.create(
            kind="request", attendee=guest, person=person, event=event, team=team,
            dedup_key=f"{guest.pk}", due_at=NOW, expires_at=NOW, state="sent", sent_at=NOW,
            sequence=0, revision=0,
        )  # fmt: skip
    return event


@pytest.mark.parametrize("width", first_of([1280, 390]))
def test_the_question_of_a_save_violates_no_rule(
    examiner: axe.Examiner, team: Team, width: int
) -> None:
    page, event = examiner.page, invited(team)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(examiner.server + address(event, "change"))
    page.wait_for_function(axe.STEADY)
    page.fill("[name=title_en]", "Going Further")
    page.locator("#event_form").evaluate("form => form.submit()")
    page.wait_for_selector("button.tell")
    names = page.locator("button.tell").all_inner_texts()
    assert names == ["Tell them", "Not now", "Never"]
    page.wait_for_function(axe.STEADY)
    page.evaluate(examiner.source)
    examiner.examine(name="the question")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
