"""Guests as rows in a real browser: by keyboard alone, on a phone, and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Attendee, Event, Person
from tests import factories

PHONE = {"width": 390, "height": 844}
GUESTS = [
    ("Jane Smith", "Example Port", "jane@example.org"),
    ("CHAN Tai-ming", "Example Port", "ming@example.org"),
    ("王小明", "示例港务", "wang@example.org"),
]


@pytest.fixture
def event(transactional_db: None) -> Event:
    team = factories.team()
    known = factories.person(
        team=team, family_name="Chan", given_name="Tai-man", name_zh_hant="陳大文"
    )
    event = factories.event(team=team, title_en="Conference")
    event.known = known  # type: ignore[attr-defined]
    return event


@pytest.fixture
def opened(event: Event, signed_in: Page, live_server: LiveServer) -> Callable[[], Page]:
    def go() -> Page:
        signed_in.goto(f"{live_server.url}/admin/events/event/{event.pk}/guests/")
        return signed_in

    return go


def listed() -> list[tuple[str, str, str]]:
    rows = Attendee.objects.order_by("pk").select_related("person", "representing")
    return [(str(row), str(row.representing or ""), row.role) for row in rows]


def test_guests_are_typed_with_two_keys_between_them(opened: Callable[[], Page]) -> None:
    page = opened()
    expect(page.locator("[name=g0-name]")).to_be_focused()
    page.locator("[name=g0-role]").select_option("media")
    page.locator("[name=g0-name]").focus()
    for guest in GUESTS:
        for text in guest:
            page.keyboard.type(text)
            page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Conference").first).to_be_visible()  # its home
    assert listed() == [
        ("Jane SMITH", "Example Port", "media"),
        ("CHAN Tai-ming", "Example Port", "media"),
        ("王小明", "示例港务", "media"),
    ]


def test_somebody_on_record_is_chosen_with_the_arrows(
    event: Event, opened: Callable[[], Page]
) -> None:
    page = opened()
    with page.expect_response("**/guests/?find=**"):
        page.keyboard.type("陈大")
    box = page.get_by_role("combobox", name="Full name").first
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    option = page.locator("[role=option][aria-selected=true]")
    expect(option).to_contain_text("CHAN Tai-man 陳大文")
    key = option.get_attribute("id")
    expect(box).to_have_attribute("aria-activedescendant", str(key))
    page.keyboard.press("Enter")
    expect(page.locator("[name=g0-organisation]")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[name=g1-name]")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert Attendee.objects.get().person == event.known  # type: ignore[attr-defined]
    assert Person.objects.count() == 1


@pytest.mark.thorough
def test_escape_keeps_what_was_typed(opened: Callable[[], Page]) -> None:
    page = opened()
    with page.expect_response("**/guests/?find=**"):
        page.keyboard.type("Chan")
    expect(page.locator(".guest-found > li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".guest-found > li")).to_have_count(0)
    expect(page.locator("[name=g0-name]")).to_have_value("Chan")


def test_lines_are_pasted_on_a_phone_and_seen_before_they_are_stored(
    opened: Callable[[], Page],
) -> None:
    page = opened()
    page.set_viewport_size(PHONE)
    page.get_by_text("Paste a list", exact=True).click()
    page.get_by_role("textbox", name="One guest a line").fill(
        "Jane Smith <jane@example.org>\nChan Tai-man; Example Port"
    )
    page.get_by_role("button", name="Show as rows").click()
    expect(page.locator("#guest-rows .guest:visible")).to_have_count(2)
    assert not Attendee.objects.exists()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    page.get_by_role("button", name="Save all").click()
    who = page.get_by_role("combobox", name="Is it one of these?")
    expect(who).to_be_visible()
    who.select_option("none of these: a new person")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".guests-list > li")).to_have_count(2)
    assert Person.objects.count() == 3


@pytest.mark.thorough
def test_without_its_script_there_are_plain_fields(opened: Callable[[], Page], page: Page) -> None:
    page.route("**/rows*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    opened()
    expect(page.locator("#guest-rows .guest:visible")).to_have_count(5)
    page.locator("[name=g3-name]").fill("Jane Smith")
    page.get_by_role("button", name="More rows").click()
    expect(page.locator("#guest-rows .guest:visible")).to_have_count(6)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".guests-list > li")).to_have_count(1)
    assert listed() == [("Jane SMITH", "", "participant")]
