"""The pictures of docs/handbook, of a temporary installation with the sample: `make handbook`.

The installation lies in a folder of its own and has an SQLite database and a web server, but no
worker, so no mail leaves. Its rows are those of the sample: every person in a picture is made up.
"""

import base64
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import office

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "handbook" / "pictures"
SWITCHES: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD: Final = "handbook"
MAX_BYTES: Final = 80_000
SECONDS_TO_START: Final = 90
ROW: Final = "#result_list tbody th a"
# Lists whose first row is meant.
CONFERENCE: Final = "events/promotionconference/?q=Sample"
CHECK: Final = "events/event/?q=Line+check"
MISSION: Final = "delegations/delegation/?q=Sample"


@dataclass(frozen=True)
class Picture:
    """A page: a list and the row of it that is opened, what follows its address, and its height."""

    name: str
    rows: str = ""
    path: str = ""
    height: int = 760
    at: str = ""  # what is scrolled to


SHOWN: Final = (
    Picture("start"),
    Picture("sample", path="sample/", height=700),
    Picture("conference", CONFERENCE, height=900),
    Picture("form", CONFERENCE, "change/", height=900),
    Picture("guests", CHECK, "guests/", height=620),
    Picture("event", CHECK, height=900),
    Picture("write", CHECK, "invitation/", height=900),
    Picture("invite", CHECK, "step/invite/"),
    Picture("move", CHECK, "step/move/"),
    Picture("mission", MISSION, height=900),
    Picture("applications", MISSION, "applications/", height=900),
    Picture("roster", MISSION, at="#roster", height=640),
    Picture("itinerary", "events/event/?q=Trade+Mission+to", "itinerary/", height=900),
)

# Taken last, once the programme of the conference has been filled.
OF_A_PROGRAMME: Final = (
    Picture("programme", CONFERENCE, "programme/", height=900),
    Picture("rundown", CONFERENCE, "programme/rundown/", height=760),
)
ROOMS: Final = ("Grand Hall", "Pearl Room")
# Title, kind, start, end, number of the room.
ITEMS: Final = (
    ("Registration", "registration", "08:30", "09:00", None),
    ("Opening", "ceremony", "09:00", "09:20", 0),
    ("Keynote: the harbour in 2040", "keynote", "09:20", "10:00", 0),
    ("Coffee", "break", "10:00", "10:30", None),
    ("Panel: green shipping", "panel", "10:30", "11:30", 0),
    ("Workshop: customs in one click", "session", "10:30", "12:00", 1),
    ("Signing", "signing", "11:30", "12:00", 0),
    ("Lunch", "meal", "12:00", "13:15", None),
    ("One-to-one meetings", "one_to_one", "13:15", "15:30", 1),
    ("Panel: capital markets", "panel", "13:15", "14:15", 0),
)
SEND: Final = """async edits => {
  const found = performance.getEntriesByType("resource").map(({name}) => name);
  const {store} = await import(found.find(name => /programme.store/.test(name)));
  const on = store.event.on;
  for (const {op, to} of edits) if (op === "add") Object.assign(to, {on, until_on: on});
  return store.send(edits);
}"""

# The pixels of a picture as numbers of the 128 most frequent colours, or of the nearest of them.
PALETTE: Final = """async picture => {
  const image = await createImageBitmap(
    await (await fetch("data:image/png;base64," + picture)).blob());
  const {width, height} = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, width, height).data, counts = new Map();
  const colour = at => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
  for (let at = 0; at < data.length; at += 4)
    counts.set(colour(at), (counts.get(colour(at)) || 0) + 1);
  const parts = one => [one >> 16, (one >> 8) & 255, one & 255];
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 128);
  const palette = frequent.map(([one]) => parts(one)), nearest = new Map();
  const distance = (one, other) => one.reduce((sum, x, i) => sum + (x - other[i]) ** 2, 0);
  for (const one of counts.keys()) {
    const all = palette.map(other => distance(parts(one), other));
    nearest.set(one, all.indexOf(Math.min(...all)));
  }
  let text = "";
  for (let at = 0; at < data.length; at += 4)
    text += String.fromCharCode(nearest.get(colour(at)));
  return {size: [width, height], palette: palette.flat(), pixels: btoa(text)};
}"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def installation() -> Iterator[str]:
    """Start a web server on the sample; give its address."""
    with TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            **os.environ,
            "DEBUG": "on",
            "ATTACHE_DATA": folder,
            "DATABASE_URL": f"sqlite:///{folder}/handbook.sqlite3",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        for words in ("migrate", "seed --sample", "createsuperuser --noinput --username desk"):
            more = ["--email", "desk@example.org"] if words.startswith("create") else []
            command = [*manage, *words.split(), *more]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"]
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(serve, env=environment, stdout=quiet, stderr=quiet)
        try:
            yield wait_for(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> str:
    for _ in range(SECONDS_TO_START):
        try:
            urlopen(f"{address}/healthz").close()
        except URLError:
            time.sleep(1)
        else:
            return address
    raise TimeoutError(address)


def take(browser: Browser, page: Page, address: str, picture: Picture) -> None:
    """Open the page of the picture and store what is seen of it."""
    page.set_viewport_size({"width": 1100, "height": picture.height})
    show(page, address, picture)
    if picture.at:
        page.locator(picture.at).scroll_into_view_if_needed()
        page.locator(picture.at).evaluate("part => part.scrollIntoView()")
    page.wait_for_timeout(400)  # scripts open what they open
    path = PICTURES / f"{picture.name}.png"
    store(browser, path, page.screenshot())
    if path.stat().st_size > MAX_BYTES:
        print(f"{path.name} has {path.stat().st_size:,} bytes")  # noqa: T201 -- a script


def show(page: Page, address: str, picture: Picture) -> None:
    page.goto(f"{address}/admin/{picture.rows or picture.path}")
    if picture.rows:
        page.goto(str(page.locator(ROW).first.evaluate("link => link.href")).split("?")[0])
        if picture.path:
            page.goto(f"{page.url.split('?')[0].removesuffix('change/')}{picture.path}")


def fill(page: Page, address: str) -> None:
    """Add rooms and items to the programme of the conference, as its page does."""
    show(page, address, OF_A_PROGRAMME[0])
    page.wait_for_selector("#timetable:not([hidden])")
    edits = [
        {"op": "room", "key": f"room{number}", "name": name} for number, name in enumerate(ROOMS)
    ]
    for number, (title, kind, start, end, room) in enumerate(ITEMS):
        to = {"title": title, "kind": kind, "from": start, "to": end, "visibility": "public"}
        to |= {} if room is None else {"room": f"room{room}"}
        edits.append({"op": "add", "key": f"item{number}", "to": to})
    done = page.evaluate(SEND, edits)
    assert done["ok"], done


def store(browser: Browser, path: Path, picture: bytes) -> None:
    """Store the picture with a palette of 128 colours, a third of the size of what was taken."""
    page = browser.new_page()
    found = page.evaluate(PALETTE, base64.b64encode(picture).decode())
    page.close()
    width, height = found["size"]
    pixels = base64.b64decode(found["pixels"])
    rows = (b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", bytes(found["palette"]))
        + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, data: bytes) -> bytes:
    whole = name + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with installation() as address, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser: Browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        page = browser.new_page()
        office.sign_in(page, address, f"desk:{PASSWORD}")
        for picture in SHOWN:
            take(browser, page, address, picture)
        fill(page, address)
        for picture in OF_A_PROGRAMME:
            take(browser, page, address, picture)
        browser.close()


if __name__ == "__main__":
    main()
