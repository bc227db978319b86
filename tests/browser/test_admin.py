"""The admin in a real browser: language tabs work, and no other host is contacted."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from delegations.models import Delegate, Delegation, Leg
from events.models import Event
from tests import factories
from tests.events.admin import screens
from tests.factories import days
from tests.office import address
from tests.samples import first_of

# Fonts are loaded, and Alpine has set the visibility of all elements.
STEADY = "document.fonts.status == 'loaded' && Alpine && !document.querySelector('[x-cloak]')"


def test_titles_are_written_in_tabs_of_languages(signed_in: Page, live_server: LiveServer) -> None:
    event = factories.event(title_en="Going Global", title_zh_hant="走出去")
    signed_in.goto(f"{live_server.url}/admin/events/event/{event.pk}/change/")
    expect(signed_in.locator("#id_title_en")).to_be_visible()
    expect(signed_in.locator("#id_title_zh_hant")).to_be_hidden()
    signed_in.get_by_role("tab", name="繁體中文").first.click()
    expect(signed_in.locator("#id_title_en")).to_be_hidden()
    signed_in.locator("#id_title_zh_hant").fill("走出去推介會")
    signed_in.get_by_role("button", name="Save", exact=True).click()
    expect(signed_in.get_by_text("was changed successfully")).to_be_visible()
    event = Event.objects.get()
    assert (event.title_en, event.title_zh_hant) == ("Going Global", "走出去推介會")


def test_an_attendee_is_found_and_added_from_the_home_of_the_event(
    signed_in: Page, live_server: LiveServer
) -> None:
    event = factories.event(title_en="Going Global", end_on=date(2026, 12, 2))
    person = factories.person(family_name="Lü", given_name="Wei")
    signed_in.goto(f"{live_server.url}{address(event, 'home')}")
    signed_in.get_by_role("link", name="Add an attendee").click()
    signed_in.locator(".field-person .select2-selection").click()
    signed_in.locator(".select2-dropdown .select2-search__field").fill("lyu")
    signed_in.locator(".select2-results__option", has_text="LÜ Wei").click()
    signed_in.get_by_role("button", name="Save", exact=True).click()
    expect(signed_in.locator("#attendees").get_by_role("link", name="LÜ Wei")).to_be_visible()
    assert signed_in.url.endswith(address(event, "home"))
    assert event.attendees.get().person == person


@pytest.mark.parametrize("width", first_of([390, 1400]))
@pytest.mark.parametrize(
    "path", ["", "events/event/", "events/event/add/", "events/event/{}/", "events/delivery/"]
)
def test_no_page_is_wider_than_the_screen(
    path: str, width: int, signed_in: Page, live_server: LiveServer
) -> None:
    event = factories.event(title_en="A very long title " * 10)
    factories.event(title_en="Another " * 20, parent=event, kind="session", team=event.team)
    path = path.format(event.pk)
    signed_in.set_viewport_size({"width": width, "height": 900})
    signed_in.goto(f"{live_server.url}/admin/{path}")
    signed_in.wait_for_function(STEADY)
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width


def roster() -> Delegation:
    """A delegation to two places, with a named head, a named member and an unnamed one."""
    team = factories.team()
    mission = screens.event(team, "Mission of friendship and clean energy", **days(5, 9))
    row = screens.delegation(team, "Delegation of friendship and clean energy", mission=mission)
    for first in (5, 7):
        columns = {"kind": "leg", "parent": mission, **days(first, first + 1)}
        stay = screens.event(team, "A stay in a city with a rather long name", **columns)
        Leg.objects.create(delegation=row, stay=stay)
    for rank in (1, 2):
        member = screens.delegate(row, f"Member {rank}")
        Delegate.objects.filter(pk=member.pk).update(precedence=rank)
    Delegate.objects.create(delegation=row, label_en="An interpreter", capacity="interpreter")
    return row


@pytest.mark.parametrize("width", first_of([390, 1280]))
def test_a_roster_is_in_view_and_ordered_by_keys(
    width: int, signed_in: Page, live_server: LiveServer
) -> None:
    delegation = roster()
    signed_in.set_viewport_size({"width": width, "height": 900})
    signed_in.goto(f"{live_server.url}{address(delegation, 'change')}#delegates")
    group = signed_in.locator("#delegates-group")
    expect(group.locator("input[type=checkbox][name$='-counted']").first).to_be_visible()
    for box in group.locator("td:visible").all():
        held = box.bounding_box()
        assert held
        assert held["x"] >= 0
        assert held["x"] + held["width"] <= width
    group.get_by_role("button", name="Move up or down").nth(1).press("ArrowUp")
    signed_in.get_by_role("button", name="Save and continue editing").click()
    expect(signed_in.get_by_text("was changed successfully")).to_be_visible()
    assert [str(row.person)[:8] for row in delegation.delegates.in_order()[:2]] == [
        "MEMBER 2", "MEMBER 1",
    ]  # fmt: skip
