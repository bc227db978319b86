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
PAST_MENU: Final = """target => document.activeElement === document.body
  && Boolean(target.closest("#main")) && Boolean(document.querySelector(".skip"))"""
# Whether the focus lies in the table of this link, where Shift and Enter add a row.
IN_TABLE: Final = """link => Boolean(
  link.closest("[data-inline-type]")?.contains(document.activeElement)
)"""
SHORTCUTS: Final = {
    "Save": "Control+Enter",
    "Save all": "Control+Enter",
    "Save and add another": "Control+Shift+Enter",
}
TEXT_FIELD: Final = """() => document.activeElement.matches(
  "input:not([type=checkbox], [type=radio], [type=hidden])"
) && !document.activeElement.closest(".select2-container")"""
RESULT: Final = ".select2-results__option:not(.loading-results, .select2-results__message)"
LABEL: Final = "field => field.labels[0].textContent.trim()"
# Which of the offered options is chosen already; -1 if none is.
CHOSEN: Final = """all => all.findIndex(each => each.getAttribute("aria-selected") === "true")"""
# Mark the row that has the focus, as a new one has, as the row that is worked on.
MARK_ROW: Final = """() => {
  const row = document.activeElement.closest(".form-group, .guest, .rows-row");
  document.querySelector("[data-row]")?.removeAttribute("data-row");
  row?.setAttribute("data-row", "");
  return Boolean(row);
}"""
# Whether the focus has left the row that was worked on last, as it does when a new one is there.
IN_ANOTHER_ROW: Final = """() => !document.activeElement.closest("[data-row]")"""
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
        self.within: Locator | None = None  # the row whose fields are meant
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
        self.lead(self.page.locator("#nav-sidebar").get_by_role("link", name=entry, exact=False))

    def follow(self, text: str) -> None:
        """Follow a link within the page."""
        link = self.page.locator("#content").get_by_role("link", name=text, exact=False)
        self.lead(link.locator("visible=true").first)

    def add(self) -> None:
        """Begin a new record of the list that is open."""
        self.lead(self.page.locator("a.addlink").first)

    def press(self, text: str) -> None:
        """Press a button, or a link that looks like one, which leads to another page."""
        main = self.page.locator("#main")
        name = re.compile(rf"(^|\s){re.escape(text)}$")
        button = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        self.lead(button.locator("visible=true").first)
        self._check()

    def tab(self, name: str) -> None:
        """Open a tab of the page, or of the form within it."""
        tab = self.page.get_by_role("tab", name=re.compile(rf"^{re.escape(name)}\b"))
        self._open_tab(tab.locator("visible=true").first)

    @contextmanager
    def row(self, noun: str) -> Iterator[None]:
        """Add a row to one of the tables of the form, and mean its fields; it takes the focus."""
        self._add_row(self.page.locator(".add-row:visible", has_text=f"Add another {noun}"))
        self.wait(IN_ANOTHER_ROW)
        with self.this_row():
            yield

    @contextmanager
    def this_row(self) -> Iterator[None]:
        """Mean the fields of the row in which the focus is."""
        self._wait(lambda: self.page.wait_for_function(MARK_ROW))
        self.within = self.page.locator("[data-row]")
        yield
        self.within = None

    def type(self, label: str, text: str) -> None:
        """Type a text into a field, in place of what is there, unless it says so already."""
        field = self._field(":is(input, textarea)", label)
        if field.input_value() == text:
            return
        self._reach(field)
        if field.input_value():
            self.chord("Control+A")
        self.keys(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list, unless it is chosen already."""
        select = self._field("select", label)
        if _shown(select) != option:
            self._choose(select, option)
        assert _shown(select) == option, f"{label}: {_shown(select)} instead of {option}"

    def find(self, label: str, words: str, result: str = "") -> None:
        """Search for a record in a field by some words, and take it."""
        combobox = self._among(".select2-selection").and_(
            self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*($|×)", re.IGNORECASE))
        )
        box = combobox.locator("visible=true").first
        if words in box.inner_text():
            return
        self._open(box)
        self.keys(words)
        wanted = result or re.compile(rf"^\s*{re.escape(words)}")  # a room is shown with its venue
        found = self.page.locator(RESULT, has_text=wanted)
        self._wait(found.first.wait_for)
        self._take(found.first)

    def enter(self, text: str) -> None:
        """Type a text into the field that has the focus, and go on to the next."""
        self.keys(text)
        self.chord("Enter")

    def enter_into(self, label: str, text: str) -> None:
        """Go on from the field that has the focus, which type would replace, unless it says so."""
        field = self.page.locator(":focus")
        assert label in field.evaluate(LABEL).casefold(), label
        self.enter("" if field.input_value() == text else text)

    def take(self, words: str, result: str) -> None:
        """Type some words into the field that has the focus, and take what it offers."""
        self.keys(words)
        offered = self.page.locator("[role=option]")
        self._wait(offered.filter(has_text=result).first.wait_for)
        chosen = offered.evaluate_all(CHOSEN)
        names = offered.all_inner_texts()
        wanted = next(at for at, name in enumerate(names) if result in name)
        for _ in range(wanted - chosen):
            self.chord("ArrowDown")
        self.chord("Enter")

    def save(self) -> None:
        self._save("Save")
        self._check()

    def save_all(self) -> None:
        """Store a page of rows."""
        self._save("Save all")
        self._check()

    def save_and_next(self) -> None:
        self._save("Save and add another")
        self._check()

    def stay(self, target: Locator) -> None:
        """Use what changes the page without leading away from it."""
        self._wait(target.wait_for)
        self._use(target)

    def reach(self, target: Locator) -> None:
        """Bring the focus to a field or a part, unless it is there."""
        self._reach(target)

    def wait(self, until: str) -> None:
        """Wait until a condition of the page is true, in JavaScript."""
        self._wait(lambda: self.page.wait_for_function(until))

    # ------------------------------------------------------------ what it is made of

    def keys(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count.keys += len(text)

    def chord(self, keys: str) -> None:
        """Press one key, or several at once."""
        self.page.keyboard.press(keys)
        self.count.keys += len(keys.split("+"))

    def held(self, modifier: str, key: str, *, times: int) -> None:
        """Hold one key and press another several times."""
        self.page.keyboard.down(modifier)
        for _ in range(times):
            self.page.keyboard.press(key)
        self.page.keyboard.up(modifier)
        self.count.keys += 1 + times

    def _field(self, selector: str, label: str) -> Locator:
        end = r"\b" if self.within else r"[\s:*]*$"  # labels in rows may hold the field itself
        name = re.compile(rf"^\s*{re.escape(label)}{end}", re.IGNORECASE)
        named = self._among(selector).and_(self.page.get_by_label(name))
        return named.locator("visible=true").first

    def _among(self, selector: str) -> Locator:
        """Return what the row that is worked on has; without a row, what lies in no row."""
        outside = self.page.locator(f"{selector}:not(:is(.form-group, .guest, .rows-row) *)")
        return self.within.locator(selector) if self.within else outside

    def lead(self, target: Locator) -> None:
        """Use what leads to another page, and wait for that page."""
        target.wait_for()
        self._approach(target)
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

    def _approach(self, target: Locator) -> None:
        """Go to what leads to another page; going past the menu is a navigation of its own."""

    def _choose(self, select: Locator, option: str) -> None:
        raise NotImplementedError

    def _use(self, target: Locator) -> None:
        raise NotImplementedError

    def _reach(self, target: Locator) -> None:
        raise NotImplementedError

    def _open_tab(self, tab: Locator) -> None:
        raise NotImplementedError

    def _take(self, result: Locator) -> None:
        raise NotImplementedError

    def _add_row(self, link: Locator) -> None:
        raise NotImplementedError

    def _open(self, box: Locator) -> None:
        """Get ready to type into a field in which a record is searched for."""
        raise NotImplementedError

    def _save(self, name: str) -> None:
        raise NotImplementedError


class Mouse(Desk):
    """Points and clicks; types with the keyboard."""

    hand = "mouse"

    def _choose(self, select: Locator, option: str) -> None:
        """One click opens the list, which may be written only then, one takes the option."""
        select.hover()
        select.select_option(label=option)
        self.count.clicks += 2

    def _use(self, target: Locator) -> None:
        target.click()
        self.count.clicks += 1

    def _reach(self, target: Locator) -> None:
        if target.evaluate(WHERE) != 0:
            self._use(target)

    _open_tab = _use
    _take = _use
    _add_row = _use
    _open = _use

    def _save(self, name: str) -> None:
        self.lead(self.page.get_by_role("button", name=name, exact=True))


class Keyboard(Desk):
    """Never touches the mouse."""

    hand = "keyboard"

    def _choose(self, select: Locator, option: str) -> None:
        """Use the arrow keys, or in a long list the first letters."""
        self._reach(select)
        names = [name.strip() for name in select.locator("option").all_inner_texts()]
        steps = names.index(option) - int(select.evaluate("select => select.selectedIndex"))
        if abs(steps) > FAR:
            self.keys(option)
        else:
            for _ in range(abs(steps)):
                self.chord("ArrowDown" if steps > 0 else "ArrowUp")

    def _open(self, box: Locator) -> None:
        self._reach(box)  # the first letter opens it

    def _reach(self, target: Locator) -> None:
        if target.evaluate(PAST_MENU):
            self.chord("Tab")  # the link past the menu, unless the address names a section
            if self.page.locator(".skip:focus").count():
                self.chord("Enter")
        for _ in range(MOST_TABS):
            where = target.evaluate(WHERE)
            if where == 0:
                return
            self.chord("Tab" if where > 0 else "Shift+Tab")
        raise AssertionError(f"The keyboard does not reach {target}")

    def _approach(self, target: Locator) -> None:
        self._reach(target)

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

    def _take(self, result: Locator) -> None:
        for _ in range(self.page.locator(RESULT).count()):
            if "highlighted" in (result.get_attribute("class") or ""):
                break
            self.chord("ArrowDown")
        self.chord("Enter")

    def _add_row(self, link: Locator) -> None:
        if link.evaluate(IN_TABLE):
            self.chord("Shift+Enter")
        else:
            self._use(link)

    def _save(self, name: str) -> None:
        """Press Enter in a text field, which saves; elsewhere the shortcut."""
        keys = SHORTCUTS[name]
        if name == "Save" and self.page.evaluate(TEXT_FIELD):
            keys = "Enter"
        began = monotonic()
        with self.page.expect_navigation():
            self.chord(keys)
        self.page.wait_for_function(READY)
        self.count.waited += monotonic() - began


def _shown(select: Locator) -> str:
    """Return the chosen option of a list."""
    return str(select.evaluate("select => select.selectedOptions[0]?.textContent.trim() ?? ''"))


HANDS: Final = (Mouse, Keyboard)
