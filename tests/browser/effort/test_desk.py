"""The counter of `make effort`: each word of the vocabulary costs what a person does for it."""

import pytest
from playwright.sync_api import Page

from tests.browser.effort import figures
from tests.browser.effort.desk import Count, Desk, Keyboard, Mouse

PAGE = """<div id="main"><div id="content">
  <label for="a">Title</label><input id="a">
  <label for="b">Kind</label>
  <select id="b"><option>one</option><option>two</option><option>three</option></select>
  <a href="about:blank">Further</a>
  <span id="far" tabindex="-1">far</span>
</div></div>
<script>var presses = 0; addEventListener("mousedown", () => presses++)</script>"""


def desk(hand: type[Desk], page: Page, html: str = PAGE) -> Desk:
    page.set_content(html)
    return hand(page, "")


def test_a_click_a_key_and_a_second_of_waiting_cost_time() -> None:
    assert Count(clicks=24).minutes == 1
    assert Count(keys=240).minutes == 1
    assert Count(waited=60).minutes == 1
    assert Count(1, 2, 3, 4, 5) + Count(1, 1, 1, 1, 1) == Count(2, 3, 4, 5, 6)


def test_the_mouse_clicks_into_a_field_and_twice_for_a_choice(page: Page) -> None:
    mouse = desk(Mouse, page)
    mouse.type("Title", "abc")
    assert (mouse.count.clicks, mouse.count.keys) == (1, 3)
    mouse.type("Title", "d")  # it has the focus: Ctrl and A, and the letter
    assert (mouse.count.clicks, mouse.count.keys) == (1, 6)
    assert page.locator("#a").input_value() == "d"
    mouse.choose("Kind", "three")
    assert (mouse.count.clicks, mouse.count.keys) == (3, 6)


def test_the_keyboard_counts_each_step_on_its_way(page: Page) -> None:
    keyboard = desk(Keyboard, page)
    keyboard.type("Title", "abc")
    assert keyboard.count == Count(keys=1 + 3)
    keyboard.choose("Kind", "three")
    assert keyboard.count == Count(keys=4 + 1 + 2)
    keyboard.type("Title", "d")  # Shift and Tab, Ctrl and A, and the letter
    assert keyboard.count == Count(keys=7 + 2 + 2 + 1)
    assert page.evaluate("[a.value, b.value, presses]") == ["d", "three", 0]


def test_another_page_is_waited_for_and_counted(page: Page) -> None:
    mouse = desk(Mouse, page)
    mouse.follow("Further")
    assert (mouse.count.clicks, mouse.count.loads) == (1, 1)
    assert mouse.count.waited > 0


@pytest.mark.thorough
def test_what_tab_does_not_reach_fails_the_keyboard(page: Page) -> None:
    keyboard = desk(Keyboard, page)
    with pytest.raises(AssertionError, match="does not reach"):
        keyboard._use(page.locator("#far"))


def test_a_refused_form_is_counted_and_stops_the_work(page: Page) -> None:
    mouse = desk(Mouse, page, '<div id="content"><p class="errornote">No.</p></div>')
    with pytest.raises(AssertionError, match="Refused: No"):
        mouse._check()
    assert mouse.count.refused == 1


def test_the_table_has_the_figures_of_before_beside() -> None:
    text = figures.table(
        "mission", "mouse", {"2a first": Count(clicks=1), "2b next": Count(keys=2)}
    )
    assert "| 2a first | 1 | 0 | 0 | 0 | 0 s | 0.0 | – |" in text
    assert (
        "| **mission in all** | 1 | 2 | 0 | 0 | 0 s | 0.1 | 250 clicks, 600 keys, 25 min |" in text
    )
