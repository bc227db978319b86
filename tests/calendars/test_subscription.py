"""A real subscriber: vdirsyncer fetches a feed over HTTP, khal shows it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from events.domain import calendars
from tests.calendars import readers
from tests.calendars.feeds import FEEDS, PUBLIC
from tests.calendars.readers import Subscriber
from tests.calendars.rows import ROWS
from tests.calendars.test_golden import GOLDEN, expected
from tests.calendars.test_golden_rows import wanted as wanted_of


@contextmanager
def served(bodies: dict[str, bytes]) -> Iterator[list[str]]:
    """Serve calendars on the loopback interface; their addresses in the same order."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = bodies[self.path.removeprefix("/")]
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield [f"http://127.0.0.1:{server.server_address[1]}/{name}" for name in bodies]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_khal_shows_every_event_of_a_feed_that_vdirsyncer_fetched(tmp_path: Path) -> None:
    entries = {entry.uid: entry for _, feed in FEEDS.values() for entry in feed}
    body = calendars.render(calendar=PUBLIC, entries=list(entries.values()))
    with served({"public.ics": body}) as [url]:
        found = readers.read_khal(url, tmp_path)
    wanted = {replace(event, uid="") for name in FEEDS for event in expected(name)}
    assert sorted(replace(event, uid="") for event in found) == sorted(wanted)


def test_khal_shows_every_event_of_the_golden_feeds_of_rows(tmp_path: Path) -> None:
    bodies = {f"{name}.ics": (GOLDEN / f"{name}.ics").read_bytes() for name in ROWS}
    with served(bodies) as urls:
        subscriber = Subscriber(tmp_path, *urls)
        subscriber.sync()
    wanted = {replace(event, uid="") for name in ROWS for event in wanted_of(name)}
    assert {replace(event, uid="") for event in subscriber.seen()} == wanted
