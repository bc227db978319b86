"""The desk by keyboard alone: tabs, menus, rows, filters, windows, and refused forms."""

import re

import pytest
from django.db.models import Model
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Attendee, Event, Organisation, Person, Team
from tests import factories
from tests.events.admin import screens
from tests.office import address
from tests.samples import first_of

# What a click can choose, but Tab does not reach: nothing may be left.
UNREACHED = """() => [...document.querySelectorAll("[x-on\\\\:click], .delete-template, .add-row")]
  .filter(e => e.checkVisibility() && e.tabIndex < 0 && !e.matches("[role=tab], [role=menuitem]"))
  .filter(e => !e.matches("#changelist-filter-close, h2, h3") && !e.querySelector("input"))
  .map(e => e.outerHTML.slice(0, 160))"""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, server: LiveServer, path: str) -> None:
    page.goto(server.url + path)
    page.wait_for_function("document.readyState === 'complete'")


def chosen(page: Page, bar: str) -> str:
    """Return the text of the chosen tab of a bar."""
    return page.locator(f"{bar} > [role=tab][aria-selected=true]").inner_text().strip()


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_a_link_leads_past_the_menu(signed_in: Page, live_server: LiveServer) -> None:
    go(signed_in, live_server, "/admin/events/event/")
    press(signed_in, "Tab")
    expect(focused(signed_in)).to_have_text("Skip to the content")
    expect(focused(signed_in)).to_be_in_viewport()
    press(signed_in, "Enter", "Tab")
    assert signed_in.evaluate("!!document.activeElement.closest('#content')")


def test_tabs_are_walked_through_with_arrow_keys(signed_in: Page, live_server: LiveServer) -> None:
    person = factories.person()
    go(signed_in, live_server, address(person, "change"))
    bar = signed_in.locator("#tabs-items")
    expect(bar).to_have_attribute("role", "tablist")
    signed_in.locator("#tabs-items > [role=tab][tabindex='0']").focus()
    press(signed_in, "ArrowRight")
    assert chosen(signed_in, "#tabs-items").startswith("Appointments")
    expect(signed_in.locator("#appointments-group")).to_be_visible()
    expect(signed_in.locator("#appointments-group")).to_have_attribute("role", "tabpanel")
    press(signed_in, "Home")
    assert chosen(signed_in, "#tabs-items") == "General"
    inner = "nav[role=tablist]:not(#tabs-items)"
    signed_in.locator(f"{inner} > [role=tab][tabindex='0']").focus()
    press(signed_in, "ArrowRight")
    assert chosen(signed_in, inner) == "Contact"
    expect(signed_in.locator("[name=email]")).to_be_visible()
    press(signed_in, "Tab")
    expect(focused(signed_in)).to_have_attribute("name", "email")


@pytest.mark.thorough
def test_languages_are_chosen_with_arrow_keys(signed_in: Page, live_server: LiveServer) -> None:
    go(signed_in, live_server, address(factories.place(), "change"))
    signed_in.get_by_role("tab", name="English").first.focus()
    press(signed_in, "ArrowRight")
    expect(signed_in.locator("#id_name_zh_hans")).to_be_visible()
    press(signed_in, "Tab")
    expect(focused(signed_in)).to_have_attribute("id", "id_name_zh_hans")


def test_a_menu_opens_and_closes_by_keyboard(signed_in: Page, live_server: LiveServer) -> None:
    go(signed_in, live_server, address(Person, "add") + "#appointments")
    signed_in.locator("#appointments-group .add-row").focus()
    press(signed_in, "Enter")
    expect(focused(signed_in)).to_have_attribute("name", re.compile("appointments-0-"))
    button = signed_in.locator("#appointments-group [aria-haspopup=menu]:visible")
    for key in ("Enter", "Space"):
        button.focus()
        press(signed_in, key)
        expect(button).to_have_attribute("aria-expanded", "true")
        expect(focused(signed_in)).to_have_attribute("role", "menuitem")
        expect(focused(signed_in)).to_contain_text("Add another")
        press(signed_in, "Escape")
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.thorough
def test_a_related_record_is_made_in_a_window(signed_in: Page, live_server: LiveServer) -> None:
    factories.team()
    go(signed_in, live_server, address(Person, "add") + "#appointments")
    signed_in.locator("#appointments-group .add-row").focus()
    press(signed_in, "Enter")
    expect(focused(signed_in)).to_have_attribute("name", re.compile("appointments-0-"))
    signed_in.locator("#appointments-group [aria-haspopup=menu]:visible").focus()
    press(signed_in, "Enter")
    expect(focused(signed_in)).to_contain_text("Add another")
    with signed_in.expect_popup() as opened:
        press(signed_in, "Enter")
    window = opened.value
    window.wait_for_function("document.readyState === 'complete'")
    assert window.evaluate("innerWidth") >= 1100
    expect(focused(window)).to_have_attribute("id", "id_name_en")
    with window.expect_event("close"):
        window.keyboard.type("Port Authority")
        window.keyboard.press("Enter")
    expect(signed_in.locator("#appointments-group .select2-selection:visible")).to_contain_text(
        "Port Authority"
    )
    assert Organisation.objects.get().name_en == "Port Authority"
    assert signed_in.evaluate("!!document.activeElement.closest('#appointments-group')")


def test_a_new_row_takes_the_focus(signed_in: Page, live_server: LiveServer) -> None:
    event = factories.event()
    go(signed_in, live_server, address(event, "change") + "#organisers")
    signed_in.locator("#organisation_roles-group .add-row").focus()
    press(signed_in, "Enter")
    expect(focused(signed_in)).to_have_role("combobox")
    expect(focused(signed_in)).to_have_accessible_name(re.compile("^Organisation"))


@pytest.mark.thorough
def test_a_row_is_removed_by_keyboard(signed_in: Page, live_server: LiveServer) -> None:
    person = screens.person(factories.team(), "Smith")
    go(signed_in, live_server, address(person, "change") + "#appointments")
    signed_in.get_by_role("checkbox", name="Remove this row").first.focus()
    press(signed_in, "Space")
    expect(signed_in.get_by_text("This item will be deleted.")).to_be_visible()
    press(signed_in, "Space")
    expect(signed_in.get_by_text("This item will be deleted.")).to_be_hidden()


@pytest.mark.thorough
def test_filters_open_close_and_keep_the_focus(signed_in: Page, live_server: LiveServer) -> None:
    factories.event()
    go(signed_in, live_server, "/admin/events/event/")
    button = signed_in.get_by_role("button", name="Filters")
    button.focus()
    press(signed_in, "Enter")
    sheet = signed_in.get_by_role("dialog", name="Filters")
    expect(sheet).to_be_visible()
    for _ in range(30):
        assert signed_in.evaluate("!!document.activeElement.closest('#changelist-filter')")
        press(signed_in, "Tab")
    press(signed_in, "Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()


def test_a_refused_form_shows_the_first_fault(signed_in: Page, live_server: LiveServer) -> None:
    person = factories.person(email="jane@example.org")
    go(signed_in, live_server, address(person, "change") + "#appointments")
    signed_in.locator("#id_email").evaluate("field => field.value = 'nowhere'")
    signed_in.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(signed_in.locator("#id_email")).to_be_focused()
    expect(signed_in.locator("#id_email")).to_be_visible()
    expect(signed_in.locator("#id_email")).to_have_accessible_description(re.compile("valid email"))


@pytest.mark.thorough
def test_the_next_new_record_begins_on_the_first_tab(
    signed_in: Page, live_server: LiveServer
) -> None:
    factories.team()
    go(signed_in, live_server, address(Person, "add"))
    signed_in.keyboard.type("Smith")
    expect(signed_in.locator("#id_family_name")).to_have_value("Smith")
    signed_in.locator("#tabs-items").get_by_text("Appointments").click()
    signed_in.get_by_role("button", name="Save and add another").press("Enter")
    expect(signed_in.get_by_text("was added successfully")).to_be_visible()
    expect(signed_in.locator("#id_family_name")).to_be_focused()


def test_a_new_record_begins_at_its_first_field(signed_in: Page, live_server: LiveServer) -> None:
    """The tabs of languages, which are built late, do not take the focus away."""
    factories.team()
    go(signed_in, live_server, address(Event, "add"))
    signed_in.locator(".ui-tabs-anchor").first.wait_for()
    expect(signed_in.locator("#id_title_en")).to_be_focused()


@pytest.mark.thorough
def test_a_new_detail_begins_after_what_it_belongs_to(
    signed_in: Page, live_server: LiveServer
) -> None:
    event = factories.event()
    go(signed_in, live_server, f"{address(Attendee, 'add')}?event={event.pk}")
    expect(focused(signed_in)).to_have_accessible_name(re.compile("^Person"))


@pytest.mark.parametrize("model", first_of([Event, Person, Team]))
def test_whatever_a_click_chooses_the_keyboard_reaches(
    model: type[Model], signed_in: Page, live_server: LiveServer
) -> None:
    row = screens.MAKERS[model](factories.team(), "Row")
    screens.fill(row, "Detail")
    for path in (address(model, "changelist"), address(row, "change"), address(model, "add")):
        go(signed_in, live_server, path)
        assert signed_in.evaluate(UNREACHED) == []


def test_shortcuts_save_go_on_and_add_rows(signed_in: Page, live_server: LiveServer) -> None:
    go(signed_in, live_server, "/admin/events/place/add/")
    expect(signed_in.locator("#id_name_en")).to_be_focused()
    signed_in.keyboard.type("Oslo")
    with signed_in.expect_navigation():
        press(signed_in, "Control+Shift+Enter")
    assert "/place/add/?kind=city" in signed_in.url
    expect(signed_in.locator("#id_name_en")).to_be_focused()
    signed_in.keyboard.type("Bergen")
    signed_in.get_by_role("combobox", name="Lies in").first.focus()  # which Enter alone would open
    with signed_in.expect_navigation():
        press(signed_in, "Control+Enter")
    assert signed_in.url.endswith("/place/")
    go(signed_in, live_server, "/admin/events/promotionconference/add/")
    signed_in.locator(".add-row:visible", has_text="Add another Reminder").click()
    expect(signed_in.locator("[name=reminder_rules-0-offset]")).to_be_focused()
    press(signed_in, "Shift+Enter")
    expect(signed_in.locator("[name=reminder_rules-1-offset]")).to_be_focused()


@pytest.mark.thorough
def test_a_calendar_opens_from_its_field_and_is_no_stop(
    signed_in: Page, live_server: LiveServer
) -> None:
    go(signed_in, live_server, "/admin/events/promotionconference/add/")
    signed_in.locator("#id_start_on").focus()
    press(signed_in, "Alt+ArrowDown")
    expect(signed_in.locator("#calendarbox0")).to_be_visible()
    press(signed_in, "Escape")
    expect(signed_in.locator("#id_start_on")).to_be_focused()
    press(signed_in, "Tab")
    expect(signed_in.locator("#id_start_time")).to_be_focused()
