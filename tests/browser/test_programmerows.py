"""The rows of a programme in a browser: typed by keys, pasted, merged with others, taken back."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Attendee, Event
from tests import factories
from tests.accessibility import axe
from tests.events.domain.schedule.grids import conference, hours, part, room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event() -> Event:
    row = conference(factories.team(), status="confirmed")
    factories.organiser(row)
    factories.attendee(event=row)
    return row


def opened(page: Page, live_server: LiveServer, event: Event) -> None:
    page.goto(f"{live_server.url}/admin/events/event/{event.pk}/programme/")
    expect(page.locator("#rows .rows-new")).to_be_visible()


def row(page: Page, part: Event) -> Locator:
    return page.locator(f"#rows .rows-row[data-id='{part.pk}']")


def stored(page: Page) -> None:
    expect(page.locator("#rows .rows-saving")).to_have_count(0)
    expect(page.locator("#rows-live")).to_have_text("Stored.")


def test_a_programme_is_typed_by_keys(
    signed_in: Page, live_server: LiveServer, event: Event
) -> None:
    opened(signed_in, live_server, event)
    keys = signed_in.keyboard
    signed_in.get_by_role("button", name="Add a part").last.click()
    opening = ("0930", "Opening", "Pearl Room", "Jane Smith", "")
    for text in (*opening, "1030", "開幕典禮", "", ""):
        keys.type(text)
        keys.press("Enter")
    for title in ("Opening", "開幕典禮"):
        expect(signed_in.get_by_role("group", name=title, exact=True)).to_be_visible()
    one, two = Event.objects.filter(parent=event).order_by("start_at")
    assert hours(one, two) == ["08:00–09:30", "09:30–10:30"]
    assert (str(one.place), str(one.attendees.get()), two.title_zh_hant or two.title_en) == (
        "Pearl Room", "Jane SMITH", "開幕典禮",
    )  # fmt: skip


def test_two_work_in_it_at_once_and_what_was_done_is_taken_back(
    signed_in: Page, live_server: LiveServer, event: Event
) -> None:
    talk = part(event, "Talk", "10:00", "10:30", status="confirmed")
    opened(signed_in, live_server, event)
    title = row(signed_in, talk).locator("[data-field='titles.en']")
    title.fill("Mine")
    theirs = Event.objects.get(pk=talk.pk)
    theirs.title_en = "Theirs"
    theirs.save()
    row(signed_in, talk).locator("[data-field=to]").fill("10.45")
    signed_in.keyboard.press("ArrowDown")
    expect(row(signed_in, talk)).to_contain_text("now Theirs, you wrote Mine")
    row(signed_in, talk).get_by_role("button", name="Keep mine").click()
    stored(signed_in)
    talk.refresh_from_db()
    assert (talk.title_en, hours(talk)) == ("Mine", ["10:00–10:45"])
    expect(signed_in.locator("#programme-telling")).to_contain_text("1 change, 1 person")
    signed_in.locator("#rows [data-name=undo]").click()
    expect(title).to_have_value("Theirs")
    assert hours(talk) == ["10:00–10:30"]
    expect(signed_in.locator("#programme-telling")).to_be_hidden()


def test_lines_with_errors_are_pasted_and_mended(
    signed_in: Page, live_server: LiveServer, event: Event
) -> None:
    room(event, "Hall")
    opened(signed_in, live_server, event)
    signed_in.get_by_role("button", name="Paste lines").click()
    lines = "Time\tSession\tRoom\n9:00-9:30\tOpening\tHall\nten past\tTalk\tHall\n11:00\t\tHall\n"
    signed_in.locator("dialog textarea").fill(lines)
    signed_in.get_by_role("button", name="Read", exact=True).click()
    expect(signed_in.locator(".rows-pasted .rows-row")).to_have_count(3)
    signed_in.get_by_role("button", name="Store those in order").click()
    expect(signed_in.locator(".rows-pasted .rows-row")).to_have_count(2)
    signed_in.locator(".rows-pasted [data-field=from]").first.fill("10:10")
    signed_in.locator(".rows-pasted [data-field='titles.en']").last.fill("Closing")
    signed_in.get_by_role("button", name="Store all").click()
    expect(signed_in.locator(".rows-pasted")).to_be_hidden()
    found = Event.objects.filter(parent=event).order_by("start_at")
    assert [(str(row), f"{row.start_time:%H:%M}", str(row.place)) for row in found] == [
        ("Opening", "09:00", "Hall"), ("Talk", "10:10", "Hall"), ("Closing", "11:00", "Hall"),
    ]  # fmt: skip
    assert not Attendee.objects.filter(event__in=found).exists()


@pytest.mark.thorough
@pytest.mark.parametrize("width", [1280, 390])
def test_rows_at_work_violate_no_rule(signed_in: Page, live_server: LiveServer, width: int) -> None:
    event = conference(factories.team(), status="confirmed")
    factories.attendee(event=event)
    one = part(event, "Opening", "09:00", "09:30", place=room(event, "Hall"), status="confirmed")
    part(event, "Keynote", "09:30", "10:15", status="cancelled")
    factories.attendee(event=one, role="speaker")
    signed_in.set_viewport_size({"width": width, "height": 900})
    examiner = axe.Examiner(signed_in, live_server.url)
    examiner.open(f"/admin/events/event/{event.pk}/programme/")
    row = signed_in.locator(f".rows-row[data-id='{one.pk}']")
    row.locator(".rows-choose input").check()
    row.locator(".rows-what button").click()
    row.locator("[data-field=to]").fill("9:40")
    signed_in.locator("#rows [data-name=paste]").click()
    signed_in.locator("dialog textarea").fill("ten past\tBroken\tHall\n9:00\tTalk\tHall\n")
    signed_in.get_by_role("button", name="Read", exact=True).click()
    expect(signed_in.locator(".rows-pasted .rows-row")).to_have_count(2)
    expect(signed_in.locator("#programme-telling")).to_be_visible()
    examiner.examine(name="[at work]")
    assert not examiner.faults, axe.readable(examiner.faults)
