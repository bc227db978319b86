"""Pictures of a running Attaché: python -m tests.browser.screenshots [ADDRESS [FOLDER]].

The first is the picture in the README; with a FOLDER all pages are taken, to be looked at.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

README = Path(__file__).parents[2] / "docs" / "screenshot.png"
NOVEMBER = "?month=2025-11"
HUBS = "events/gathering-in-shanghai-2024-09-25/"
PAGES = {"month": NOVEMBER, "list": "?view=list", "event": HUBS, "missing": "no/such/page/"}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
WIDTHS = {"desktop": 1280, "phone": 390}
HEIGHT = 1100  # holds a month of five weeks


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
        for language in ("", "zh-hans/", "zh-hant/"):
            for screen, width in WIDTHS.items():
                for scheme in ("light", "dark"):
                    file = folder / f"{name}-{language.strip('/') or 'en'}-{screen}-{scheme}.png"
                    url = f"{address}/{language}{path}"
                    take(browser, url, file, width=width, scheme=scheme, whole=True)


def main(address: str = "http://127.0.0.1:8000", folder: str = "") -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        if folder:
            take_all(browser, address, Path(folder))
        else:
            README.parent.mkdir(exist_ok=True)
            url = f"{address}/{NOVEMBER}"
            take(browser, url, README, width=1280, scheme="light", whole=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
