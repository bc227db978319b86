"""The public pages in Chromium: narrow screens, keyboard, without JavaScript, no console errors."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from events.models import EventPlace, Evidence, Source
from tests import factories
from tests.samples import first_of

PATHS = [
    "/?month=2025-11",
    "/?view=list&kind=expo",
    "/events/expo/",
    "/events/hybrid/",
    "/events/gone/",
    "/?kind=nope",
]
# An expression that names the focused element.
NAME = """const name = e => e.getAttribute("href") || e.id || e.name || e.textContent.trim();"""
FOCUSED = f"() => {{ {NAME} return name(document.activeElement) }}"
# Visible links, fields and buttons.
VISIBLE = f"""() => {{ {NAME}
  const all = "a, summary, select, input:not([type=hidden]), button, [tabindex='0']";
  return [...document.querySelectorAll(all)].filter(e => e.checkVisibility()).map(name)
}}"""


@pytest.fixture(autouse=True)
def rows(transactional_db: None) -> None:
    """An expo over two weeks, a hybrid conference with hubs, and long names without spaces."""
    city = factories.place(name="Shanghai", kind="city", country="CN", slug="shanghai")
    expo = factories.event(
        slug="expo",
        title="China International Import Expo",
        title_zh_hant="中國國際進口博覽會",
        kind="expo",
        precision="day",
        start_on=date(2025, 11, 5),
        end_on=date(2025, 11, 10),
        place=city,
        origin="reported",
        status="cancelled",
    )
    source = Source.objects.create(slug="a", name="Report", publisher="China Daily")
    for number in range(3):
        Evidence.objects.create(
            target=expo,
            field="title",
            basis="stated",
            source=source,
            line=1,
            note="n" * number * 90,
        )
    hybrid = factories.event(
        slug="hybrid",
        title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        start_on=date(2025, 11, 25),
        start_time=time(9, 30),
        place=city,
        parent=expo,
    )
    hub = factories.place(name="Vancouver", timezone="America/Vancouver")
    EventPlace.objects.create(event=hybrid, place=hub, role="hub")


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """Open a page in a new context; console errors and blocked resources fail the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 40" not in message.text:
            complaints.append(message.text)

    def visit(path: str, **options: Any) -> Page:
        page = browser.new_context(**options).new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield visit
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", first_of(["light", "dark"]))
@pytest.mark.parametrize("path", PATHS)
def test_narrow_screen_scrolls_in_one_direction_only(path: str, scheme: str, visit: Visit) -> None:
    page = visit(path, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_targets_are_large_enough_for_a_thumb(visit: Visit) -> None:
    page = visit("/?month=2025-11", viewport={"width": 360, "height": 740})
    small = page.evaluate(
        """() => [...document.querySelectorAll("header a, nav a, summary, .button, footer a")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
        .map(e => e.textContent)"""
    )
    assert small == []


def test_month_is_a_grid_on_a_desk_and_an_agenda_on_a_phone(visit: Visit) -> None:
    page = visit("/?month=2025-11", viewport={"width": 1280, "height": 900})
    assert page.locator(".grid").is_visible()
    first, second = page.locator(".bar", has_text="Import Expo").all()
    one, other = first.bounding_box(), second.bounding_box()
    assert one
    assert other
    assert one["width"] > 4 * other["width"]
    assert other["y"] > one["y"] + one["height"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.locator(".grid").is_visible()
    assert page.locator(".agenda").is_visible()


def test_bars_of_one_week_do_not_cover_each_other(visit: Visit) -> None:
    for number in range(4):
        factories.event(
            title=f"Parallel {number}",
            precision="day",
            start_on=date(2025, 11, 4 + number),
            end_on=date(2025, 11, 8),
        )
    page = visit("/?month=2025-11", viewport={"width": 1280, "height": 900})
    boxes = [bar.bounding_box() for bar in page.locator(".week:nth-child(2) .bar").all()]
    spans = sorted((box["y"], box["y"] + box["height"]) for box in boxes if box)
    assert len(spans) == 5
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "path", first_of(["/?month=2025-11", "/?view=list&kind=expo", "/events/expo/"])
)
def test_keyboard_reaches_everything(path: str, visit: Visit) -> None:
    page = visit(path, viewport={"width": 1280, "height": 900})
    wanted = page.evaluate(VISIBLE)
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert reached == wanted
    assert reached[0] == "#main"


def test_focus_can_be_seen(visit: Visit) -> None:
    page = visit("/", viewport={"width": 1280, "height": 900})
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_everything_works_without_javascript(visit: Visit) -> None:
    page = visit("/", viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page.get_by_text("Filter").click()
    page.get_by_label("Kind").select_option("expo")
    page.get_by_role("button", name="Show").click()
    assert "kind=expo" in page.url
    page.get_by_text("Subscribe").click()
    assert "kind=expo&lang=en" in page.get_by_label("Address of the feed").input_value()
    page.get_by_role("link", name="List", exact=True).click()
    page.get_by_role("link", name="China International Import Expo").click()
    assert page.url.endswith("/events/expo/")
    assert page.get_by_role("heading", level=1).text_content()


def test_language_switch_keeps_the_page(visit: Visit) -> None:
    page = visit("/?view=list&kind=expo")
    page.get_by_role("link", name="繁體中文").click()
    assert page.url.endswith("/zh-hant/?view=list&kind=expo")
    page.get_by_role("link", name="中國國際進口博覽會").click()
    assert page.url.endswith("/zh-hant/events/expo/")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/events/expo/")
    assert "zh" not in page.url


@pytest.mark.parametrize("scheme", first_of(["light", "dark"]))
@pytest.mark.parametrize("path", ["/?month=2025-11", "/events/expo/"])
def test_text_has_enough_contrast(path: str, scheme: str, visit: Visit) -> None:
    page = visit(path, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    assert page.evaluate(TOO_PALE) == []


# WCAG 2.2, 1.4.3: a contrast of 4.5 to 1 between text and the nearest painted background.
TOO_PALE = """() => {
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => c.map(v => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const e of document.body.querySelectorAll("*")) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) pale.push(e.className + " " + e.textContent.trim().slice(0, 30) + " " + ratio);
  }
  return pale;
}"""
