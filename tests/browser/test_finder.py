"""The search of the header in a real browser: by keyboard, on a phone, with a slow server."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Event, Place
from tests import factories
from tests.office import address

OPEN_KEY = "Control+k"
FOCUSED = "document.activeElement.id || document.activeElement.name"


@pytest.fixture
def rows(transactional_db: None) -> dict[str, Event | Place]:
    team = factories.team()
    venue = factories.place(name_en="Kowloon Harbour Centre", kind="venue")
    hall = factories.place(name_en="Gulf Hall", kind="room", parent=venue)
    expo = factories.event(team=team, title_en="Gulf", place=hall)
    part = factories.event(team=team, title_en="Gulf Lunch", parent=expo)
    factories.person(family_name="Chan", given_name="Tai-man", name_zh_hant="陳大文")
    return {"expo": expo, "part": part, "hall": hall}


@pytest.fixture
def desk(rows: dict[str, Event | Place], page: Page, live_server: LiveServer) -> Iterator[Page]:
    """The start page of a superuser; afterwards neither an error nor a warning was logged."""
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning") and "Failed to load" not in message.text
            else None
        ),
    )
    page.goto(f"{live_server.url}/admin/")
    yield page
    assert complaints == []


def box(page: Page) -> Callable[[str], None]:
    """Open the box with its key; return a function that types into it and waits for the answer."""
    page.keyboard.press(OPEN_KEY)
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()

    def search(text: str) -> None:
        with page.expect_response("**/admin/search/**"):
            page.keyboard.type(text)

    return search


def chosen(page: Page) -> str:
    """The option that a screen reader reads: the one that the field names as active."""
    key = page.get_by_role("combobox", name="Find anything").get_attribute("aria-activedescendant")
    option = page.locator(f"#{key}")
    expect(option).to_have_attribute("aria-selected", "true")
    return option.locator(".finder-title").inner_text()


def test_enter_opens_the_first_row(desk: Page, rows: dict[str, Event]) -> None:
    box(desk)("gulf")
    expect(desk.get_by_role("option")).to_have_count(3)
    assert chosen(desk) == "Gulf"
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{address(rows['expo'], 'home')}")


@pytest.mark.thorough
def test_enter_before_the_answer_opens_the_first_row_too(
    desk: Page, rows: dict[str, Event]
) -> None:
    box(desk)
    desk.keyboard.type("gulf hall")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{address(rows['hall'], 'change')}")


@pytest.mark.thorough
def test_arrows_choose_across_groups_and_round_the_ends(desk: Page, rows: dict[str, Event]) -> None:
    box(desk)("gulf")
    expect(desk.get_by_role("option")).to_have_count(3)
    names = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        desk.keyboard.press(key)
        names.append(chosen(desk))
    hall = "Gulf Hall · Kowloon Harbour Centre"
    assert names == ["Gulf Lunch", hall, "Gulf", hall]
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{address(rows['hall'], 'change')}")


def test_escape_closes_and_gives_the_focus_back(desk: Page) -> None:
    button = desk.get_by_role("link", name="Find anything")
    button.focus()
    button.press("Enter")
    expect(desk.get_by_role("combobox", name="Find anything")).to_be_focused()
    desk.keyboard.type("gu")
    desk.keyboard.press("Escape")
    expect(desk.locator("#finder")).to_be_hidden()
    expect(button).to_be_focused()


def test_nothing_found_is_said_and_enter_is_no_error(desk: Page) -> None:
    box(desk)("zzzz")
    says = desk.locator("#finder [role=status]")
    expect(says).to_contain_text("Nothing found for “zzzz”.")
    desk.keyboard.press("Enter")
    expect(says).to_contain_text("Nothing found for “zzzz”.")
    assert desk.url.endswith("/admin/")


def test_enter_in_the_empty_box_is_no_error(desk: Page) -> None:
    box(desk)
    for key in ("Enter", "ArrowDown", "ArrowUp", "Enter"):
        desk.keyboard.press(key)
    assert desk.url.endswith("/admin/")


@pytest.mark.thorough
def test_an_old_answer_does_not_replace_a_newer_one(desk: Page) -> None:
    def slowly(route: Route) -> None:
        if "s=gulf&" in route.request.url:
            time.sleep(1)
        route.continue_()

    desk.route("**/admin/search/**", slowly)
    box(desk)
    desk.keyboard.type("gulf")
    desk.wait_for_timeout(300)
    desk.keyboard.type(" lunch")
    expect(desk.get_by_role("option")).to_have_count(1)
    desk.wait_for_timeout(1200)
    expect(desk.get_by_role("option")).to_have_count(1)
    assert chosen(desk) == "Gulf Lunch"


@pytest.mark.thorough
def test_a_key_asks_once_for_fast_typing(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    box(desk)("gulf expo")
    expect(desk.locator("#finder [role=status]")).to_contain_text("Nothing found")
    assert len([url for url in asked if "/search/" in url]) == 1


def test_a_server_that_fails_is_told(desk: Page) -> None:
    desk.route("**/admin/search/**", lambda route: route.abort())
    box(desk)
    desk.keyboard.type("gulf")
    says = desk.locator("#finder [role=status]")
    expect(says).to_have_text("The search did not answer. Try it again.")
    desk.unroute("**/admin/search/**")


def test_a_person_is_found_by_pinyin(desk: Page) -> None:
    box(desk)("chen daw")
    expect(desk.get_by_role("option")).to_have_count(1)
    assert chosen(desk) == "CHAN Tai-man 陳大文"


@pytest.mark.thorough
def test_on_a_phone_the_button_is_there_and_the_box_fits(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.get_by_role("link", name="Find anything").click()
    desk.keyboard.type("gulf")
    expect(desk.get_by_role("option")).to_have_count(3)
    held = desk.locator("#finder").bounding_box()
    assert held
    assert held["x"] >= 0
    assert held["x"] + held["width"] <= 390
    assert all(
        (size := option.bounding_box()) and size["height"] >= 44
        for option in desk.get_by_role("option").all()
    )
    desk.get_by_role("option", name="Gulf Lunch").click()
    desk.wait_for_url(re.compile(r"/admin/events/event/\d+/$"))
