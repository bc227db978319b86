"""The timetable of a programme in a real browser: moved by mouse, by keyboard alone, as a block."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.domain.lifecycle import lifecycle
from events.models import ClashOverride, Event, Place
from tests import factories

DAY = date(2027, 3, 18)
ITEMS = (
    ("Registration", "08:30", "09:00", None),
    ("Opening", "09:00", "09:30", "Grand Hall"),
    ("Keynote", "09:30", "10:15", "Grand Hall"),
    ("Panel", "10:30", "11:30", "Grand Hall"),
    ("Workshop", "09:00", "10:00", "Pearl Room"),
)


@pytest.fixture
def event(transactional_db: None) -> Event:
    team = factories.team()
    venue = factories.place(team=team, name="Harbour Centre", kind="venue")
    rooms = {
        name: factories.place(team=team, name=name, kind="room", parent=venue)
        for name in ("Grand Hall", "Pearl Room")
    }
    event = factories.event(
        team=team, title_en="Conference", place=venue, start_on=DAY, end_on=DAY,
        start_time=time(8, 30), end_time=time(17),
    )  # fmt: skip
    for title, start, end, room in ITEMS:
        factories.event(
            team=team, parent=event, title_en=title, kind="session", place=rooms.get(room or ""),
            start_on=DAY, end_on=DAY, start_time=time.fromisoformat(start),
            end_time=time.fromisoformat(end),
        )  # fmt: skip
    return event


@pytest.fixture
def opened(event: Event, signed_in: Page, live_server: LiveServer) -> Page:
    signed_in.set_viewport_size({"width": 1280, "height": 1100})
    signed_in.goto(f"{live_server.url}/admin/events/event/{event.pk}/programme/")
    expect(part(signed_in, "Opening")).to_be_visible()
    return signed_in


def part(page: Page, title: str) -> Locator:
    return page.locator("#timetable [role=option]", has_text=title)


def live(page: Page) -> Locator:
    return page.locator("#timetable .tt-live")


def stored(title: str) -> tuple[str, str, str]:
    row = Event.objects.select_related("place").get(title_en=title)
    return f"{row.start_time:%H:%M}", f"{row.end_time:%H:%M}", str(row.place or "")


def saved(page: Page, act: Callable[[], Any]) -> None:
    """Do something that stores edits, and wait for the answer."""
    with page.expect_response("**/programme/edits/") as answer:
        act()
    assert answer.value.ok


def drag(page: Page, what: Locator, where: Locator, *, down: int = 0) -> None:
    """Drag a part into a column, so many minutes further down."""
    box, column = what.bounding_box(), where.bounding_box()
    assert box
    assert column
    first, last = where.evaluate("element => element.closest('.tt-day').range")
    y = box["y"] + 6 + down * column["height"] / (last - first)
    page.mouse.move(box["x"] + 20, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(column["x"] + 40, y, steps=4)
    page.mouse.up()


def test_a_part_is_dragged_into_another_room_and_taken_back(opened: Page) -> None:
    pearl = opened.get_by_role("group", name="Pearl Room")
    saved(opened, lambda: drag(opened, part(opened, "Keynote"), pearl, down=60))
    assert stored("Keynote") == ("10:30", "11:15", "Pearl Room")
    expect(live(opened)).to_have_text("Moved: 10:30–11:15, Thu, Mar 18, Pearl Room")
    saved(opened, lambda: opened.locator("#timetable [data-name=undo]").click())
    assert stored("Keynote") == ("09:30", "10:15", "Grand Hall")


def test_a_clash_is_told_and_accepted_with_a_reason(opened: Page) -> None:
    pearl = opened.get_by_role("group", name="Pearl Room")
    saved(opened, lambda: drag(opened, part(opened, "Keynote"), pearl))
    opened.get_by_role("button", name="1 clash").click()
    clash = opened.locator("#timetable .tt-clashes li")
    expect(clash).to_contain_text("Pearl Room")
    for title in ("Keynote", "Workshop"):
        expect(clash).to_contain_text(title)
        expect(part(opened, title)).to_contain_text("Clash")
    clash.get_by_role("button", name="Accept with a reason").click()
    opened.keyboard.type("The workshop leaves the stage free")
    with opened.expect_response("**/programme/clashes/"):
        opened.keyboard.press("Enter")
    expect(clash).to_contain_text("Accepted: The workshop leaves the stage free")
    expect(opened.get_by_role("button", name="0 clashes")).to_be_visible()
    override = ClashOverride.objects.get()
    assert override.reason == "The workshop leaves the stage free"


def test_a_part_is_moved_and_stretched_by_keyboard_alone(opened: Page) -> None:
    keys = opened.keyboard
    part(opened, "Opening").focus()
    keys.press("ArrowDown")
    expect(part(opened, "Keynote")).to_be_focused()
    keys.press("m")
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    expect(live(opened)).to_have_text("09:35–10:20, Thu, Mar 18, Pearl Room; clashes with Workshop")
    saved(opened, lambda: keys.press("Enter"))
    assert stored("Keynote") == ("09:35", "10:20", "Pearl Room")
    expect(part(opened, "Keynote")).to_be_focused()
    saved(opened, lambda: keys.press("Shift+ArrowDown"))
    saved(opened, lambda: keys.press("Alt+ArrowUp"))
    assert stored("Keynote") == ("09:30", "10:20", "Pearl Room")
    keys.press("m")
    keys.press("ArrowLeft")
    keys.press("Escape")
    expect(live(opened)).to_have_text("Left where it was.")
    saved(opened, lambda: keys.press("Control+z"))
    assert stored("Keynote") == ("09:35", "10:25", "Pearl Room")


@pytest.mark.thorough
def test_who_types_faster_than_the_server_loses_no_key(opened: Page) -> None:
    part(opened, "Panel").focus()
    for key in ("Alt+ArrowDown", "Alt+ArrowDown", "Shift+ArrowDown"):
        opened.keyboard.press(key)
    expect(opened.locator("#timetable [data-name=undo]")).to_be_enabled()
    for _ in range(3):
        opened.keyboard.press("Control+z")
    expect(opened.locator("#timetable [data-name=undo]")).to_be_disabled(timeout=10_000)
    expect(part(opened, "Panel")).to_contain_text("10:30–11:30")
    expect(opened.locator("#timetable .tt-refusal")).to_have_count(0)
    assert stored("Panel") == ("10:30", "11:30", "Grand Hall")


def test_what_follows_is_shifted_by_twenty_minutes_in_three_clicks(opened: Page) -> None:
    part(opened, "Keynote").click()
    opened.get_by_role("button", name="What follows in this room").click()
    expect(opened.get_by_role("spinbutton", name="Minutes")).to_be_focused()
    opened.keyboard.type("20")
    saved(opened, lambda: opened.get_by_role("button", name="Later", exact=True).click())
    assert [stored(title)[0] for title, *_ in ITEMS] == [
        "08:30", "09:00", "09:50", "10:50", "09:00",
    ]  # fmt: skip


def test_what_another_has_changed_is_refused_with_both_values(opened: Page, event: Event) -> None:
    part(opened, "Keynote").focus()
    opened.keyboard.press("m")
    Event.objects.filter(title_en="Keynote").update(start_time=time(9, 45))
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    refusal = opened.get_by_role("alert").filter(has_text="Nothing was changed")
    expect(refusal).to_contain_text("now 09:45, you wanted 09:35")
    assert stored("Keynote")[0] == "09:45"


@pytest.mark.thorough
def test_what_another_does_appears_while_a_part_has_the_focus(opened: Page) -> None:
    part(opened, "Keynote").focus()
    now = timezone.now()
    row = Event.objects.get(title_en="Opening")
    row.title_en, row.start_time, row.end_time = "Welcome", time(10), time(10, 30)
    lifecycle.save(event=row, now=now)
    expect(part(opened, "Welcome")).to_be_visible(timeout=12_000)
    expect(live(opened)).to_have_text("Changed by somebody else: Welcome")
    expect(part(opened, "Keynote")).to_be_focused()


CLOCKS = """async (address) => {
  const clock = await import(address);
  const layout = await import(address.replace("clock", "timetable/layout"));
  const there = (on, time, from, to) => {
    const wall = clock.convert(clock.wallOf(on, time), from, to);
    return `${clock.dayText(clock.dayOf(wall))} ${clock.clockText(wall)}`;
  };
  const part = { id: 1, on: "2026-12-09", from: "22:00", until_on: "2026-12-10", to: "01:30",
    zone: "Asia/Shanghai", end_zone: "" };
  const times = layout.timesOf(part, "Asia/Shanghai");
  const long = layout.timesOf({ ...part, to: "09:00" }, "Asia/Shanghai");
  return {
    half: there("2026-12-09", "09:00", "Asia/Shanghai", "Asia/Kolkata"),
    before: there("2026-12-09", "06:00", "Asia/Shanghai", "Europe/London"),
    summer: ["00:30", "01:30"].map((at) => there("2026-03-29", at, "Europe/London", "Asia/Tokyo")),
    skipped: there("2026-03-29", "02:30", "Europe/Berlin", "UTC"),
    twice: there("2026-10-25", "02:30", "Europe/Berlin", "UTC"),
    night: layout.segmentsOf(part, times).map(({ on, from, to }) => [on, from, to]),
    long: layout.segmentsOf(part, long).map(({ on, from, to }) => [on, from, to]),
    fields: layout.fieldsOf(part, { start: times.start + 130, end: times.end + 130 }, part.zone),
  };
}"""


@pytest.mark.thorough
def test_clocks_are_right_across_zones_midnights_and_summer_times(opened: Page) -> None:
    address = opened.evaluate(
        "performance.getEntriesByType('resource').map(({name}) => name)"
        ".find((name) => name.includes('programme/clock'))"
    )
    found = opened.evaluate(CLOCKS, address)
    assert found == {
        "half": "2026-12-09 06:30",
        "before": "2026-12-08 22:00",
        "summer": ["2026-03-29 09:30", "2026-03-29 10:30"],
        "skipped": "2026-03-29 01:30",
        "twice": "2026-10-25 00:30",
        "night": [["2026-12-09", 1320, 1530]],
        "long": [["2026-12-09", 1320, 1440], ["2026-12-10", 0, 540]],
        "fields": {
            "on": "2026-12-10", "from": "00:10", "until_on": "2026-12-10", "to": "03:40",
        },
    }  # fmt: skip


def test_a_viewer_sees_it_and_moves_nothing(
    event: Event, opened: Page, live_server: LiveServer
) -> None:
    client = Client()
    client.force_login(factories.user(member_of=event.team, role="viewer"))
    cookie = client.cookies["sessionid"].value
    opened.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    opened.reload()
    part(opened, "Keynote").click()
    expect(opened.get_by_role("button", name="Open", exact=True)).to_be_visible()
    timetable = opened.locator("#timetable")
    for name in ("Move", "Later", "Undo", "Room"):
        expect(timetable.get_by_role("button", name=name, exact=True)).to_have_count(0)
    drag(opened, part(opened, "Keynote"), opened.get_by_role("group", name="Pearl Room"))
    opened.keyboard.press("m")
    expect(live(opened)).to_have_text("This cannot be moved.")
    assert stored("Keynote") == ("09:30", "10:15", "Grand Hall")


@pytest.mark.thorough
@pytest.mark.parametrize(("language", "name"), [("zh-hans", "时间表"), ("zh-hant", "時間表")])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_in_other_languages(
    language: str, name: str, width: int, opened: Page, live_server: LiveServer
) -> None:
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    opened.context.add_cookies([cookie])  # type: ignore[list-item]
    opened.set_viewport_size({"width": width, "height": 844})
    opened.reload()
    part(opened, "Keynote").click()
    expect(opened.get_by_role("region", name=name, exact=True)).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.thorough
def test_on_a_phone_a_part_is_moved_by_large_buttons(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    part(opened, "Keynote").click()
    opened.get_by_role("button", name="Move", exact=True).click()
    for name in ("5 min later", "Next room"):
        button = opened.get_by_role("button", name=name)
        expect(button).to_be_visible()
        size = button.bounding_box()
        assert size
        assert size["height"] >= 44
        button.click()
    saved(opened, lambda: opened.get_by_role("button", name="Set here").click())
    assert stored("Keynote") == ("09:35", "10:20", "Pearl Room")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    assert Place.objects.filter(kind="room").count() == 2


@pytest.mark.thorough
def test_a_finger_scrolls_and_after_a_rest_drags(
    event: Event, signed_in: Page, live_server: LiveServer
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/admin/events/event/{event.pk}/programme/")
    page.get_by_role("combobox", name="Room", exact=True).select_option("Grand Hall")
    keynote = part(page, "Keynote")
    keynote.scroll_into_view_if_needed()
    box = keynote.bounding_box()
    assert box
    touches = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", box["x"] + 40, box["y"] + 10)
    page.wait_for_selector("#timetable.tt-dragging")
    for step in range(1, 9):
        touch("touchMove", box["x"] + 40, box["y"] + 10 + 3 * step)
    saved(page, lambda: touch("touchEnd"))
    assert stored("Keynote")[0] > "09:30"
