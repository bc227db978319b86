"""Screenshots of a running Attaché: python -m tests.browser.screenshots [ADDRESS [FOLDER [WORD]]].

Without FOLDER it takes the picture of the README. With FOLDER it takes all public pages, and with
LOGIN=name:password in the environment those of the admin. WORD is a pattern that limits the pages
of the admin to names that match.
"""

import os
import re
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import office

README = Path(__file__).parents[2] / "docs" / "screenshot.png"
NOVEMBER = "?month=2025-11"
HUBS = "events/gathering-in-shanghai-2024-09-25/"
PAGES = {"month": NOVEMBER, "list": "?view=list", "event": HUBS, "missing": "no/such/page/"}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LANGUAGES = ("en", "zh-hans", "zh-hant")
WIDTHS = {"desktop": 1280, "phone": 390}
HEIGHT = 1100  # a month of five weeks fits


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


def take_office(browser: Browser, address: str, folder: Path, login: str, word: str) -> None:
    """Take the pages of the admin whose names match the pattern."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context()
    office.sign_in(context.new_page(), address, login)
    found = office.addresses(context.new_page(), address)
    state = context.storage_state()
    context.close()
    for language, screen in product(LANGUAGES, WIDTHS):
        size = {"width": WIDTHS[screen], "height": HEIGHT}
        context = browser.new_context(viewport=size, storage_state=state)  # type: ignore[arg-type]
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        for name, url in found.items():
            file = folder / f"{name}-{language}-{screen}"
            if re.search(word, file.name):
                take_page(context, url, file, paper=name.endswith("print"))
        context.close()


def take_page(context: BrowserContext, url: str, file: Path, *, paper: bool) -> None:
    """Take a page as on the screen; a page for printing also as a PDF."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(300)  # scripts open the tabs
    if paper:
        page.pdf(path=f"{file}.pdf", prefer_css_page_size=True)
        page.emulate_media(media="print")
    page.screenshot(path=f"{file}.png", full_page=True)
    page.close()


def main(address: str = "http://127.0.0.1:8000", folder: str = "", word: str = "") -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        if folder:
            if not word:
                take_all(browser, address, Path(folder))
            if login := os.environ.get("LOGIN"):
                take_office(browser, address, Path(folder), login, word)
        else:
            README.parent.mkdir(exist_ok=True)
            url = f"{address}/{NOVEMBER}"
            take(browser, url, README, width=1280, scheme="light", whole=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
