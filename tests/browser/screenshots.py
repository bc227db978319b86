"""Pictures of a running Attaché: python -m tests.browser.screenshots [ADDRESS [FOLDER]].

The first is the picture in the README. With a FOLDER all pages are taken, to be looked at, and with
LOGIN=name:password in the environment those of the office too.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

README = Path(__file__).parents[2] / "docs" / "screenshot.png"
NOVEMBER = "?month=2025-11"
HUBS = "events/gathering-in-shanghai-2024-09-25/"
PAGES = {"month": NOVEMBER, "list": "?view=list", "event": HUBS, "missing": "no/such/page/"}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LANGUAGES = ("en", "zh-hans", "zh-hant")
WIDTHS = {"desktop": 1280, "phone": 390}
HEIGHT = 1100  # holds a month of five weeks
# A list of the office, the row to open there, and the tabs of its page.
OFFICE = {
    "delegation": (
        "delegations/trademission/?q=Sample",
        ("general", "legs", "applications", "delegates", "delegates-2"),
    ),
    "conference": (
        "events/promotionconference/?q=Sample",
        ("general", "children", "place_roles", "attendees"),
    ),
    "person": ("events/person/?q=Alex", ("general",)),
    "place": ("events/place/?q=singapore", ("general",)),
}


def take(browser: Browser, url: str, path: Path, *, width: int, scheme: str, whole: bool) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(url)
    page.screenshot(path=path, full_page=whole)
    context.close()


def take_all(browser: Browser, address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in PAGES.items():
        for language in LANGUAGES:
            for screen, width in WIDTHS.items():
                for scheme in ("light", "dark"):
                    file = folder / f"{name}-{language}-{screen}-{scheme}.png"
                    prefix = "" if language == "en" else f"{language}/"
                    url = f"{address}/{prefix}{path}"
                    take(browser, url, file, width=width, scheme=scheme, whole=True)


def take_office(browser: Browser, address: str, folder: Path, login: str) -> None:
    """Take the pages of the office, tab by tab."""
    for language in LANGUAGES:
        for screen, width in WIDTHS.items():
            context = browser.new_context(viewport={"width": width, "height": HEIGHT})
            page = context.new_page()
            sign_in(page, address, login)
            host = address.split("://")[1].split(":", maxsplit=1)[0]
            cookie = {"name": "django_language", "value": language, "domain": host, "path": "/"}
            context.add_cookies([cookie])  # type: ignore[list-item]
            for name in office_pages(page, address):
                page.screenshot(path=folder / f"{name}-{language}-{screen}.png", full_page=True)
            context.close()


def sign_in(page: Page, address: str, login: str) -> None:
    name, password = login.split(":", 1)
    page.goto(f"{address}/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")


def office_pages(page: Page, address: str) -> Iterator[str]:
    """Go from page to page; yield the name of each once it is there."""
    yield "overview"
    for name, (found, tabs) in OFFICE.items():
        page.goto(f"{address}/admin/{found}")
        yield f"{name}-list"
        page.locator("#result_list a[href*='/change/']").first.click()
        row = page.url.split("?")[0]
        for tab in tabs:
            page.goto(f"{row}#{tab}")
            page.reload()
            page.wait_for_timeout(400)
            yield f"{name}-{tab}"
        steps = page.locator("#next-steps a[href*='/step/']")
        if steps.count():
            page.goto(address + (steps.last.get_attribute("href") or ""))
            yield f"{name}-step"
        if name == "delegation":
            page.goto(f"{row}#delegates-2")
            href = page.locator("a[href*='/itinerary/?person=']").first.get_attribute("href")
            page.emulate_media(media="print")
            page.goto(f"{address}{href}")
            yield "itinerary-print"
            page.emulate_media(media="screen")


def main(address: str = "http://127.0.0.1:8000", folder: str = "") -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        if folder:
            take_all(browser, address, Path(folder))
            if login := os.environ.get("LOGIN"):
                take_office(browser, address, Path(folder), login)
        else:
            README.parent.mkdir(exist_ok=True)
            url = f"{address}/{NOVEMBER}"
            take(browser, url, README, width=1280, scheme="light", whole=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
