"""Fields in which a record is searched for: no letter is lost, and the best hit is taken."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories

FIELD = ".select2-search--dropdown .select2-search__field"


@pytest.fixture
def form(transactional_db: None, signed_in: Page, live_server: LiveServer) -> Iterator[Page]:
    team = factories.team()
    for name in ("Harbour Centre", "Harbour Hall", "Grand Hotel"):
        factories.place(team=team, name=name, kind="venue")
    signed_in.goto(f"{live_server.url}/admin/events/place/add/")
    signed_in.wait_for_function(
        "document.readyState === 'complete' && document.querySelector('.select2-selection')"
    )
    show_where(signed_in)
    yield signed_in
    signed_in.unroute_all(behavior="ignoreErrors")


def show_where(page: Page) -> None:
    """Show the field “lies in”."""
    box = page.get_by_role("combobox", name="Lies in").first
    if not box.is_visible():
        page.get_by_role("tab", name="Where").click()
    box.focus()


def lies_in(page: Page) -> str:
    return str(page.locator("#id_parent").evaluate("s => s.selectedOptions[0]?.textContent ?? ''"))


def slow(page: Page) -> None:
    def wait(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/autocomplete/**", wait)


def test_letters_open_a_picker_and_none_is_lost(form: Page) -> None:
    form.keyboard.type("harbour ha")
    expect(form.locator(FIELD)).to_have_value("harbour ha")
    form.keyboard.press("Escape")
    form.keyboard.press("Enter")
    form.keyboard.type("harbour ce")
    expect(form.locator(FIELD)).to_have_value("harbour ce")


def test_the_best_hit_is_taken_before_the_server_has_answered(form: Page) -> None:
    slow(form)
    form.keyboard.type("harbour ha")
    form.keyboard.press("Enter")
    expect(form.locator(FIELD)).to_have_count(0)
    assert lies_in(form).startswith("Harbour Hall")
    expect(form.get_by_role("combobox", name="Lies in").first).to_be_focused()


def test_tab_takes_it_and_goes_on(form: Page) -> None:
    for quick in (False, True):
        show_where(form)
        form.keyboard.type("grand" if quick else "harbour ce")
        if quick:
            slow(form)
        else:
            expect(form.locator(".select2-results__option--highlighted")).to_contain_text("Centre")
        form.keyboard.press("Tab")
        expect(form.locator(FIELD)).to_have_count(0)
        assert lies_in(form).startswith("Grand Hotel" if quick else "Harbour Centre")
        assert not form.evaluate("document.activeElement.matches('.select2-selection, body')")


@pytest.mark.thorough
def test_what_is_typed_on_counts_and_nothing_found_takes_nothing(form: Page) -> None:
    slow(form)
    form.keyboard.type("harbour")
    form.keyboard.press("Enter")
    form.keyboard.type(" xyz")
    form.keyboard.press("Enter")
    expect(form.locator(".select2-results__message")).to_be_visible()
    assert lies_in(form) in ("", "---------")
