"""A real subscriber: vdirsyncer fetches a feed over HTTP, khal shows it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from events.domain.attendance import attendees
from events.domain.feeds import feeds, subscriptions
from events.domain.ical import writing
from events.domain.lifecycle import lifecycle
from events.models import Attendee, CalendarFeed, Event
from tests import factories
from tests.calendars import readers
from tests.calendars.feeds import FEEDS, PUBLIC
from tests.calendars.goldenfiles import GOLDEN, expected
from tests.calendars.goldenrows import wanted as wanted_of
from tests.calendars.readers import Subscriber
from tests.calendars.rows import ROWS
from tests.factories import NOW

DAY = timedelta(days=1)


@contextmanager
def served(bodies: dict[str, bytes]) -> Iterator[list[str]]:
    """Serve calendars on the loopback interface; yield their URLs in the same order."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = bodies[self.path.removeprefix("/")]
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Write no access log."""

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
    body = writing.render(calendar=PUBLIC, entries=list(entries.values()))
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


def stored(**columns: Any) -> Event:
    """Return an event stored through `lifecycle.save`, as the admin does, so it has a history."""
    event = factories.event(visibility="participants", **columns)
    lifecycle.save(event=event, now=NOW)
    return event


def entries(subscriber: Subscriber) -> set[tuple[str, datetime | date, str]]:
    return {(event.title, event.start, event.status) for event in subscriber.seen()}


@pytest.mark.django_db(transaction=True)
def test_a_real_subscriber_of_a_secret_feed_sees_each_change_and_its_end(
    live_server: LiveServer, tmp_path: Path
) -> None:
    team = factories.team()
    stays, leaves = (stored(team=team, title_en=title) for title in ("Reception", "Forum"))
    person = factories.person(team=team)
    attends = [attendees.invite(event=each, person=person, now=NOW) for each in (stays, leaves)]
    feed = CalendarFeed(name="Laptop", team=team, person=person, past_days=30_000)
    address = subscriptions.hand_out(feed=feed, now=NOW)
    url = address.replace(settings.SITE_URL, live_server.url)
    subscriber = Subscriber(tmp_path, url)

    subscriber.sync()
    files = subscriber.files()
    subscriber.sync()
    assert subscriber.files() == files, "nothing has changed, so nothing is touched"
    start = datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
    reception, forum = ("Reception", start, "CONFIRMED"), ("Forum", start, "CONFIRMED")
    assert entries(subscriber) == {reception, forum}

    lifecycle.move(event=stays, when=stays.when.moved(1), now=NOW)
    subscriber.sync()
    moved = ("Reception", start + DAY, "CONFIRMED")
    assert entries(subscriber) == {moved, forum}
    kept = files.items() & subscriber.files().items()
    assert [b"Forum" in body for _name, (_time, body) in kept] == [True]

    attendees.answer(attendee=attends[1], partstat=Attendee.Partstat.DECLINED, now=NOW)
    subscriber.sync()
    assert entries(subscriber) == {moved, ("Cancelled: Forum", start, "CANCELLED")}

    subscriptions.revoke(feed=feed, now=NOW)
    files = subscriber.files()
    assert "Gone" in subscriber.refused()
    assert subscriber.files() == files


@pytest.mark.django_db
def test_a_subscriber_of_the_former_public_feed_loses_the_items_and_nothing_else(
    tmp_path: Path,
) -> None:
    team = factories.team()
    expo = factories.event(title_en="Expo", kind="expo", team=team, **factories.days(1, 4))
    forum = factories.event(title_en="Forum", kind="promotion_conference", parent=expo, team=team)
    own = {"Expo", "Forum", "Reception", "Talk"}
    factories.event(title_en="Reception", kind="reception", parent=forum, team=team)
    factories.event(title_en="Talk", kind="session", team=team)
    items = {"Registration", "Keynote", "Networking lunch"}
    for title, kind in (("Registration", "registration"), ("Keynote", "keynote")):
        factories.event(title_en=title, kind=kind, parent=forum, team=team)
    factories.event(title_en="Networking lunch", kind="meal", parent=forum, team=team)
    everything = feeds.public(parameters={"parts": ["yes"]}, now=NOW)
    bodies = {"public.ics": everything.body.replace(b"?parts=yes", b"")}
    with served(bodies) as [url]:
        subscriber = Subscriber(tmp_path, url)
        subscriber.sync()
        before = subscriber.files()
        assert {title for title, _start, _status in entries(subscriber)} == own | items

        bodies["public.ics"] = feeds.public(parameters={}, now=NOW).body
        subscriber.sync()

    after = subscriber.files()
    assert {(title, status) for title, _start, status in entries(subscriber)} == {
        (title, "CONFIRMED") for title in own
    }
    assert after.items() <= before.items(), "neither bytes nor time of a file have changed"
    assert (len(before), len(after)) == (7, 4)
