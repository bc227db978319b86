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
from tests.calendars.test_golden import expected


@contextmanager
def served(body: bytes) -> Iterator[str]:
    """Serve one calendar on the loopback interface."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
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
        yield f"http://127.0.0.1:{server.server_address[1]}/public.ics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_khal_shows_every_event_of_a_feed_that_vdirsyncer_fetched(tmp_path: Path) -> None:
    entries = {entry.uid: entry for _, feed in FEEDS.values() for entry in feed}
    body = calendars.render(calendar=PUBLIC, entries=list(entries.values()))
    with served(body) as url:
        found = readers.read_khal(url, tmp_path)
    wanted = {replace(event, uid="") for name in FEEDS for event in expected(name)}
    assert sorted(replace(event, uid="") for event in found) == sorted(wanted)
