"""Parts as rows in a real browser: by keyboard alone, also by who types faster than the server."""

from collections.abc import Callable
from datetime import date, time

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Event, Place
from tests import factories

DAY = date(2027, 3, 18)


@pytest.fixture
def event(transactional_db: None) -> Event:
    team = factories.team()
    venue = factories.place(team=team, name="Harbour Centre", kind="venue")
    for name in ("Grand Hall", "Pearl Room"):
        factories.place(team=team, name=name, kind="room", parent=venue)
    return factories.event(
        team=team, title_en="Conference", place=venue, start_on=DAY, end_on=DAY,
        start_time=time(8, 30), end_time=time(17), status="draft",
    )  # fmt: skip


@pytest.fixture
def opened(event: Event, signed_in: Page, live_server: LiveServer) -> Callable[[], Page]:
    def go() -> Page:
        signed_in.goto(f"{live_server.url}/admin/events/event/{event.pk}/programme/rows/")
        return signed_in

    return go


def stored() -> list[tuple[str, str, str]]:
    parts = Event.objects.exclude(parent=None).select_related("place").order_by("start_at")
    return [(str(part), f"{part.start_time:%H:%M}", str(part.place)) for part in parts]


def enter(page: Page, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def test_a_programme_is_written_with_one_key_between_fields(opened: Callable[[], Page]) -> None:
    page = opened()
    expect(page.locator("[name=p0-title]")).to_be_focused()
    enter(page, "Registration", "", "09:00")
    with page.expect_response("**/rows/?find=**"):
        page.keyboard.type("pearl")
    option = page.locator("[role=option][aria-selected=true]")
    expect(option).to_contain_text("Pearl Room")
    page.keyboard.press("Enter")
    expect(page.locator("[name=p0-place]")).to_have_value("Pearl Room")
    enter(page, "")
    expect(page.locator("[name=p1-title]")).to_be_focused()
    expect(page.locator("[name=p1-start]")).to_have_value("09:00")
    enter(page, "Opening", "0915", "0930", "", "")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save all")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert stored() == [
        ("Registration", "08:30", "Pearl Room"), ("Opening", "09:15", "Harbour Centre"),
    ]  # fmt: skip


@pytest.mark.thorough
def test_who_types_faster_than_the_server_gets_the_best_place(opened: Callable[[], Page]) -> None:
    page = opened()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/rows/?find=**", slowly)
    enter(page, "Opening", "", "", "grand")
    expect(page.locator("[name=p0-speaker]")).to_be_focused()
    expect(page.locator("[name=p0-place]")).to_have_value("Grand Hall")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert stored() == [("Opening", "08:30", "Grand Hall")]
    assert Place.objects.count() == 3


def test_it_can_be_used_on_a_phone_and_without_its_script(opened: Callable[[], Page]) -> None:
    page = opened()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("More", exact=True).first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.route("**/rows*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    opened()
    expect(page.locator("#guest-rows .guest:visible")).to_have_count(5)
    page.locator("[name=p2-title]").fill("Opening")
    page.locator("[name=p2-start]").fill("9:00")
    page.locator("[name=p2-place]").fill("Grand Hall")
    page.get_by_role("button", name="Save all").click()
    page.wait_for_url("**/#programme")
    assert stored() == [("Opening", "09:00", "Grand Hall")]
