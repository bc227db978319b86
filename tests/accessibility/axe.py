"""axe-core in Chromium: what of a page violates WCAG 2.2 AA."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

SCRIPT: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN: Final = """async ([within, tags]) => {
  const what = within.length ? {include: within.map(selector => [selector])} : document;
  const found = await axe.run(what, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id} (${rule.impact}): ${node.html.slice(0, 200)}`
  ));
}"""
# What Chromium says of every page whose status is an error.
STATUS: Final = "Failed to load resource: the server responded with a status of "
# Fonts are loaded, Alpine has begun, and nothing moves any more.
STEADY: Final = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector("[x-cloak]:is(html)")
  && document.getAnimations().every(one => one.playState === "finished")"""


def script() -> str:
    """Return axe-core; without it skip the test, or fail it in CI."""
    if not SCRIPT.exists():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("There is no axe-core: npm ci --prefix tests/accessibility")
    return SCRIPT.read_text()


@dataclass
class Examiner:
    """Opens pages, and keeps what is wrong with each."""

    page: Page
    server: str
    faults: list[str] = field(default_factory=list)
    opened: int = 0
    source: str = field(default_factory=script)

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        self.page.on("request", self._watch)

    def open(self, path: str) -> bool:
        """Open an address and examine the page; False if it is no page but, say, a file."""
        # Chromium replaces an answer without a body by an error page of its own, sometimes only
        # while the next address is opened. An answer is therefore looked at before it is opened.
        answer = self.page.request.get(self.server + path)
        if "<html" not in answer.text():
            return False
        self.page.goto(self.server + path)
        if answer.status >= 500:
            self._note(f"status {answer.status}")
        self.page.wait_for_function(STEADY)
        self.page.evaluate(self.source)
        self.opened += 1
        self.examine()
        return True

    def examine(self, *within: str, name: str = "") -> None:
        """Examine the page, or the parts of it that these selectors find."""
        found = self.page.evaluate(RUN, [list(within), TAGS])
        for fault in found:
            self._note(f"{name} {fault}")

    def open_tabs(self) -> None:
        """Open each tab of the page in turn, also the tabs within it, and examine what it shows."""
        for bar in ("#tabs-items", "nav[role=tablist]:not(#tabs-items)"):
            for tab in self.page.locator(f"{bar} > [role=tab]").all():
                if tab.is_visible() and tab.get_attribute("aria-selected") == "false":
                    tab.click()
                    self.page.wait_for_function(STEADY)
                    panels = (tab.get_attribute("aria-controls") or "").split()
                    shown = [f"[id='{panel}']" for panel in panels]
                    self.examine(*shown, name=f"[{' '.join(tab.inner_text().split())}]")

    def _note(self, fault: str) -> None:
        url = urlsplit(self.page.url)
        self.faults.append(f"{url.path}{'?' if url.query else ''}{url.query} {fault}")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(STATUS):
            self._note(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:")):
            self._note(f"asks elsewhere: {request.url}")


def readable(faults: list[str]) -> str:
    """Return the faults, each once, as one text."""
    return "\n".join(dict.fromkeys(faults))
