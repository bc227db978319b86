"""A person at the desk, who works with the mouse or with the keyboard alone, and what it costs.

The scenarios speak this small vocabulary; each word counts what a person would do for it. The
keyboard reaches a thing by pressing Tab until it has the focus, and fails where it never gets it.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Final, Self

from playwright.sync_api import Locator, Page

CLICK: Final = 2.5  # seconds: to find, to point, to press
KEY: Final = 0.25  # seconds
FAR: Final = 12  # so many options are passed with the arrow keys; beyond them the name is typed
MOST_TABS: Final = 300
READY: Final = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector("html[x-cloak]")"""
# Where the target lies from the focus: 0 here, 1 after it, -1 before it.
WHERE: Final = """target => {
  const here = document.activeElement;
  if (here === target || (here !== document.body && target.contains(here))) return 0;
  return here === document.body || here.compareDocumentPosition(target) & 4 ? 1 : -1;
}"""
IN_CONTENT: Final = """target => document.activeElement === document.body
  && Boolean(target.closest("#content")) && Boolean(document.querySelector(".skip"))"""
TEXT_FIELD: Final = """() => document.activeElement.matches(
  "input:not([type=checkbox], [type=radio], [type=hidden])"
) && !document.activeElement.closest(".select2-container")"""
RESULT: Final = ".select2-results__option:not(.loading-results, .select2-results__message)"
FAULTS: Final = "#content .errornote, #content div.mt-2.text-red-600"


@dataclass
class Count:
    """What work costs."""

    clicks: int = 0
    keys: int = 0
    loads: int = 0
    refused: int = 0
    waited: float = 0.0  # seconds

    @property
    def minutes(self) -> float:
        return (CLICK * self.clicks + KEY * self.keys + self.waited) / 60

    def __add__(self, other: Self) -> Self:
        mine, more = asdict(self), asdict(other)
        return type(self)(**{name: mine[name] + more[name] for name in mine})


class Desk:
    """The vocabulary; how a thing is reached and used is said by the mouse and by the keyboard."""

    hand = ""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.tasks: dict[str, Count] = {}
        self.count = Count()
        page.on("load", lambda _page: self._loaded())

    @contextmanager
    def task(self, name: str) -> Iterator[None]:
        """Count what happens within as the cost of one task."""
        self.count = Count()
        yield
        self.tasks[name] = self.count
        sys.stderr.write(f"{self.hand}: {name}: {self.count}\n")

    # ------------------------------------------------------------ the vocabulary

    def start(self, path: str = "/admin/") -> None:
        """Begin at an address; this costs nothing."""
        self.page.goto(self.server + path)
        self.page.wait_for_function(READY)
        self.count = Count()

    def menu(self, entry: str) -> None:
        """Open a list from the menu at the left."""
        self._lead(self.page.locator("#nav-sidebar").get_by_role("link", name=entry, exact=False))

    def follow(self, text: str) -> None:
        """Follow a link within the page."""
        link = self.page.locator("#content").get_by_role("link", name=text, exact=False)
        self._lead(link.locator("visible=true").first)

    def add(self) -> None:
        """Begin a new record of the list that is open."""
        self._lead(self.page.locator("a.addlink").first)

    def press(self, text: str) -> None:
        """Press a button, or a link that looks like one, which leads to another page."""
        main = self.page.locator("#main")
        name = re.compile(rf"(^|\s){re.escape(text)}$")
        button = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        self._lead(button.locator("visible=true").first)
        self._check()

    def tab(self, name: str) -> None:
        """Open a tab of the page, or of the form within it."""
        tab = self.page.get_by_role("tab", name=re.compile(rf"^{re.escape(name)}\b"))
        self._open_tab(tab.locator("visible=true").first)

    def add_row(self) -> None:
        """Add a row to the table of the open tab; it takes the focus."""
        rows = self.page.locator(".form-group:visible").count()
        self._use(self.page.locator(".add-row:visible").first)
        self._wait(lambda: self.page.locator(".form-group:visible").nth(rows).wait_for())
        self.page.wait_for_timeout(50)

    def type(self, label: str, text: str) -> None:
        """Type a text into a field, in place of what is there."""
        field = self._field(label)
        self._reach(field)
        if field.input_value():
            self.chord("Control+A")
        self.keys(text)

    def choose(self, label: str, option: str) -> None:
        raise NotImplementedError

    def find(self, label: str, words: str, result: str = "") -> None:
        """Search for a record in a field by some words, and take it."""
        combobox = self.page.locator(".select2-selection").and_(
            self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*($|×)", re.IGNORECASE))
        )
        self._open_search(combobox.locator("visible=true").last)
        self.keys(words)
        found = self.page.locator(RESULT, has_text=result or words)
        self._wait(found.first.wait_for)
        self._take(found.first)

    def save(self) -> None:
        self._save("Save")
        self._check()

    def save_and_next(self) -> None:
        self._lead(self.page.get_by_role("button", name="Save and add another"))
        self._check()

    def save_and_stay(self) -> None:
        self._lead(self.page.get_by_role("button", name="Save and continue editing"))
        self._check()

    # ------------------------------------------------------------ what it is made of

    def keys(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count.keys += len(text)

    def chord(self, keys: str) -> None:
        """Press one key, or several at once."""
        self.page.keyboard.press(keys)
        self.count.keys += len(keys.split("+"))

    def _field(self, label: str) -> Locator:
        name = re.compile(rf"^\s*{re.escape(label)}[\s:*]*$", re.IGNORECASE)
        field = self.page.get_by_label(name).and_(self.page.locator("input, select, textarea"))
        return field.locator("visible=true").last

    def _lead(self, target: Locator) -> None:
        """Use what leads to another page, and wait for that page."""
        began = monotonic()
        target.wait_for()
        with self.page.expect_navigation():
            self._use(target)
            began = monotonic()
        self.page.wait_for_function(READY)
        self.count.waited += monotonic() - began

    def _wait(self, until: Callable[[], object]) -> None:
        began = monotonic()
        until()
        self.count.waited += monotonic() - began

    def _check(self) -> None:
        """Count a refused form, and stop: the script does not know what to do about it."""
        if faults := self.page.locator(FAULTS).all_inner_texts():
            self.count.refused += 1
            raise AssertionError(f"Refused: {' '.join(faults)}")

    def _loaded(self) -> None:
        self.count.loads += 1

    def _use(self, target: Locator) -> None:
        raise NotImplementedError

    def _reach(self, target: Locator) -> None:
        raise NotImplementedError

    def _open_tab(self, tab: Locator) -> None:
        raise NotImplementedError

    def _open_search(self, combobox: Locator) -> None:
        raise NotImplementedError

    def _take(self, result: Locator) -> None:
        raise NotImplementedError

    def _save(self, name: str) -> None:
        raise NotImplementedError


class Mouse(Desk):
    """Points and clicks; types with the keyboard."""

    hand = "mouse"

    def choose(self, label: str, option: str) -> None:
        """Choose from a list: one click opens it, one takes the option."""
        self._field(label).select_option(label=option)
        self.count.clicks += 2

    def _use(self, target: Locator) -> None:
        target.click()
        self.count.clicks += 1

    def _reach(self, target: Locator) -> None:
        if target.evaluate(WHERE) != 0:
            self._use(target)

    _open_tab = _use
    _open_search = _use
    _take = _use

    def _save(self, name: str) -> None:
        self._lead(self.page.get_by_role("button", name=name, exact=True))


class Keyboard(Desk):
    """Never touches the mouse."""

    hand = "keyboard"

    def choose(self, label: str, option: str) -> None:
        """Choose from a list by arrow keys, or from a long one by the first letters."""
        select = self._field(label)
        self._reach(select)
        names = [name.strip() for name in select.locator("option").all_inner_texts()]
        steps = names.index(option) - int(select.evaluate("select => select.selectedIndex"))
        if abs(steps) > FAR:
            self.keys(option)
        else:
            for _ in range(abs(steps)):
                self.chord("ArrowDown" if steps > 0 else "ArrowUp")
        shown = select.evaluate("select => select.selectedOptions[0].textContent.trim()")
        assert shown == option, f"{label}: {shown} instead of {option}"

    def _reach(self, target: Locator) -> None:
        if target.evaluate(IN_CONTENT):
            self.chord("Tab")  # the link past the menu
            self.chord("Enter")
        for _ in range(MOST_TABS):
            where = target.evaluate(WHERE)
            if where == 0:
                return
            self.chord("Tab" if where > 0 else "Shift+Tab")
        raise AssertionError(f"The keyboard does not reach {target}")

    def _use(self, target: Locator) -> None:
        self._reach(target)
        self.chord("Enter")

    def _open_tab(self, tab: Locator) -> None:
        """Go to the bar, and along it with the arrow keys."""
        bar = tab.locator("xpath=..")
        self._reach(bar.locator("> [role=tab][tabindex='0']"))
        all_tabs = bar.locator("> [role=tab]")
        wanted = tab.evaluate("tab => [...tab.parentElement.children].indexOf(tab)")
        here = all_tabs.evaluate_all("tabs => tabs.indexOf(document.activeElement)")
        for _ in range(abs(wanted - here)):
            self.chord("ArrowRight" if wanted > here else "ArrowLeft")

    def _open_search(self, combobox: Locator) -> None:
        self._use(combobox)

    def _take(self, result: Locator) -> None:
        names = self.page.locator(RESULT).all_inner_texts()
        marked = self.page.locator(".select2-results__option--highlighted")
        for _ in names:
            if marked.inner_text() == result.inner_text():
                break
            self.chord("ArrowDown")
        self.chord("Enter")

    def _save(self, name: str) -> None:
        """Press Enter in a text field, which saves; elsewhere go to the button."""
        button = self.page.get_by_role("button", name=name, exact=True)
        if not self.page.evaluate(TEXT_FIELD):
            return self._lead(button)
        began = monotonic()
        with self.page.expect_navigation():
            self.chord("Enter")
        self.page.wait_for_function(READY)
        self.count.waited += monotonic() - began
        return None


HANDS: Final = (Mouse, Keyboard)
