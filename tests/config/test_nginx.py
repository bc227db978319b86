"""The sample in docs/nginx.conf, run by a real nginx in front of the real application."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import icalendar
import pytest
from django.conf import settings as configured
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from events.domain.feeds import feeds
from events.domain.lifecycle import lifecycle
from events.models import Event
from tests import factories
from tests.config.nginx import Site, free_port, serving
from tests.factories import NOW

PUBLIC = "/calendar/public.ics"
TOKEN = "T0kenThatNobodyMayRead"
LANGUAGES = {"en": "Expo", "zh-hans": "博览会", "zh-hant": "博覽會"}


@pytest.fixture
def event(transactional_db: None, tmp_path: Path, settings: Settings) -> Event:
    """Return an event that is in the exported files, below the folder of nginx."""
    settings.FEEDS_FOLDER = tmp_path / "data" / "feeds"
    titles = {f"title_{code.replace('-', '_')}": title for code, title in LANGUAGES.items()}
    row = factories.event(**titles)
    assert len(feeds.export(now=NOW)) == 3
    return row


@pytest.fixture
def site(event: Event, tmp_path: Path, live_server: LiveServer) -> Iterator[Site]:
    """Run nginx in front of an application with the rows of these files."""
    with serving(tmp_path, live_server.url.removeprefix("http://")) as running:
        yield running


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[Site]:
    """Run nginx in front of an application that does not answer."""
    with serving(tmp_path, f"127.0.0.1:{free_port()}") as running:
        yield running


def titles(body: bytes) -> list[str]:
    return [str(entry["SUMMARY"]) for entry in icalendar.Calendar.from_ical(body).events]


def exported(site: Site, language: str = "en", ending: str = "") -> bytes:
    return (site.folder / "data" / "feeds" / f"public.{language}.ics{ending}").read_bytes()


class TestFeed:
    def test_the_file_is_a_calendar_that_anybody_may_keep(self, site: Site) -> None:
        answer = site.ask(PUBLIC)
        assert (answer.status, answer.body) == (200, exported(site))
        wanted = {
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'inline; filename="attache.ics"',
            "Cache-Control": "public, max-age=900",
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
            "Last-Modified": "Mon, 01 Jun 2026 08:00:00 GMT",
            "Server": "nginx",
        }
        assert {name: answer.headers.get_all(name) for name in wanted} == {
            name: [value] for name, value in wanted.items()
        }
        assert answer.headers["Content-Encoding"] is None
        assert answer.headers["Set-Cookie"] is None

    def test_it_says_what_the_application_says(self, site: Site) -> None:
        file, ours = site.ask(PUBLIC + "?lang=en"), site.ask(PUBLIC + "?lang=en&lang=en")
        assert icalendar.Calendar.from_ical(file.body).events == (
            icalendar.Calendar.from_ical(ours.body).events
        )
        for name in ("Content-Type", "Content-Disposition", "Cache-Control", "Last-Modified"):
            assert file.headers[name] == ours.headers[name]

    @pytest.mark.parametrize("language", [code for code, _ in configured.LANGUAGES])
    def test_each_language_has_its_file(self, site: Site, language: str) -> None:
        answer = site.ask(f"{PUBLIC}?lang={language}")
        assert (answer.status, answer.body) == (200, exported(site, language))
        assert titles(answer.body) == [LANGUAGES[language]]

    def test_it_is_sent_packed_to_those_who_can_read_that(self, site: Site) -> None:
        answer = site.ask(PUBLIC, accept_encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.body == exported(site, ending=".gz")
        assert gzip.decompress(answer.body) == exported(site)
        assert answer.headers["ETag"] != site.ask(PUBLIC).headers["ETag"]

    @pytest.mark.parametrize("encoding", ["gzip", "identity"])
    def test_an_unchanged_feed_is_not_sent_again(self, site: Site, encoding: str) -> None:
        first = site.ask(PUBLIC, accept_encoding=encoding)
        tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        for headers in (
            {"if_none_match": tag},
            {"if_none_match": f'"other", W/{tag}'},
            {"if_modified_since": modified},
            {"if_none_match": tag, "if_modified_since": modified},
        ):
            answer = site.ask(PUBLIC, accept_encoding=encoding, **headers)
            assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
            assert answer.headers["Cache-Control"] == "public, max-age=900"

    def test_head_says_the_same_without_the_body(self, site: Site) -> None:
        get, head = site.ask(PUBLIC), site.ask(PUBLIC, "HEAD")
        assert (head.status, head.body) == (200, b"")
        for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type"):
            assert head.headers[name] == get.headers[name]

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_only_reading_is_allowed(self, site: Site, method: str) -> None:
        assert site.ask(PUBLIC, method, content_length="0").status == 405

    @pytest.mark.parametrize("encoding", ["gzip", "identity"])
    def test_an_edit_changes_tag_and_bytes_and_nothing_else_does(
        self, site: Site, event: Event, encoding: str
    ) -> None:
        def ask() -> tuple[str, bytes]:
            answer = site.ask(PUBLIC, accept_encoding=encoding)
            return answer.headers["ETag"], answer.body

        first = ask()
        feeds.export(now=NOW)
        assert ask() == first
        event.title_en = "Fair"  # of the same length as before
        lifecycle.save(event=event, now=NOW)
        feeds.export(now=NOW)
        second = ask()
        assert second[0] != first[0]
        assert second[1] != first[1]
        answer = site.ask(PUBLIC, accept_encoding=encoding, if_none_match=first[0])
        assert (answer.status, answer.body) == (200, second[1])

    def test_another_query_is_answered_by_the_application(self, site: Site) -> None:
        factories.event(title="Forum", kind="forum")
        assert titles(site.ask(PUBLIC).body) == ["Expo"]  # the file is unchanged
        assert titles(site.ask(PUBLIC + "?kind=forum").body) == ["Forum"]
        assert titles(site.ask(PUBLIC + "?lang=en&kind=forum").body) == ["Forum"]
        assert site.ask(PUBLIC + "?lang=fr").status == 400
        assert site.ask(PUBLIC + "?LANG=en").status == 400

    def test_without_a_file_the_application_answers(self, site: Site) -> None:
        for path in (site.folder / "data" / "feeds").iterdir():
            path.unlink()
        answer = site.ask(PUBLIC)
        assert (answer.status, titles(answer.body)) == (200, ["Expo"])


class TestRest:
    def test_pages_come_from_the_application(self, site: Site, event: Event) -> None:
        answer = site.ask(event.get_absolute_url())
        assert answer.status == 200
        assert "Expo" in answer.body.decode()

    def test_what_came_without_encryption_comes_again_with_it(self, site: Site) -> None:
        answer = site.ask(PUBLIC + "?lang=en", plain=True)
        assert answer.status == 301
        assert answer.headers["Location"] == f"https://127.0.0.1{PUBLIC}?lang=en"

    def test_django_learns_how_and_where_it_was_asked_whatever_clients_claim(
        self, tmp_path: Path
    ) -> None:
        with echo() as address, serving(tmp_path, address) as site:
            claims = {"X_Forwarded_Proto": "http", "X_Forwarded_For": "203.0.113.9"}
            told = json.loads(site.ask("/admin/?q=1%2F2", host="events.example.org", **claims).body)
        assert told == {
            "path": "/admin/?q=1%2F2",
            "Host": "events.example.org",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
        }

    def test_static_files_are_files(self, lonely: Site) -> None:
        folder = lonely.folder / "data" / "static"
        folder.mkdir(parents=True)
        for name in ("a.css", "a.0123456789ab.css"):
            (folder / name).write_bytes(b"a {}")
            (folder / f"{name}.gz").write_bytes(gzip.compress(b"a {}"))
        plain = lonely.ask("/static/a.css")
        hashed = lonely.ask("/static/a.0123456789ab.css", accept_encoding="gzip")
        assert (plain.body, gzip.decompress(hashed.body)) == (b"a {}", b"a {}")
        assert plain.headers["Content-Type"] == "text/css"
        assert plain.headers["Cache-Control"] == "public, max-age=60"
        assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        for outside in ("/static/../feeds/", "/static/%2e%2e/site.conf", "/static../site.conf"):
            assert lonely.ask(outside).status in {400, 502}

    def test_a_body_that_is_too_long_is_refused(self, lonely: Site) -> None:
        assert lonely.ask("/admin/", "POST", content_length=str(7 * 2**20)).status == 413


class Echo(BaseHTTPRequestHandler):
    """Answers with the path and the headers that tell an application its public address."""

    def do_GET(self) -> None:
        names = ("Host", "X-Forwarded-Proto", "X-Forwarded-For")
        told = {"path": self.path} | {name: self.headers[name] for name in names}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def echo() -> Iterator[str]:
    """Run a server that answers with what it received; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


SECRET = [
    f"/calendar/f/{TOKEN}.ics",
    f"/calendar/f/{TOKEN}.ics?lang=en",
    f"//calendar//f//{TOKEN}.ics",
    f"/calendar/./x/../f/{TOKEN}.ics",
    f"/%63alendar/%66/{TOKEN}.ics",
    f"/calendar%2Ff%2F{TOKEN}.ics",
    f"/Calendar/F/{TOKEN}.ics",
    f"/calendar/f/{TOKEN}/more",
    f"/calendar/f/{TOKEN}{'x' * 20_000}",
    f"/a/{TOKEN}/",
    f"/zh-hans/a/{TOKEN}/yes/",
    f"/?token={TOKEN}",
    f"/events/expo/?lang=en&Access_Token={TOKEN}",
    f"{PUBLIC}?token={TOKEN}",
]


class TestLog:
    """The address of a secret calendar gives access, so no log may contain it."""

    @pytest.mark.parametrize("address", SECRET)
    def test_no_secret_address_is_written_down(self, lonely: Site, address: str) -> None:
        """Also when the application does not answer, which is logged as an error."""
        referer = f"https://events.example.org{address}"
        for plain in (True, False):
            for method in ("GET", "HEAD"):
                lonely.ask(address, method, plain=plain)
            lonely.ask("/", plain=plain, referer=referer)
            lonely.ask(PUBLIC, plain=plain, referer=referer)
        lonely.log(8)
        assert TOKEN not in lonely.everything_logged()

    def test_the_application_still_gets_the_whole_address(self, tmp_path: Path) -> None:
        with echo() as address, serving(tmp_path, address) as site:
            told = json.loads(site.ask(f"/calendar/f/{TOKEN}.ics?x=1").body)
            assert "/calendar/f/***?x=1" in site.log(1)[0]
            assert TOKEN not in site.everything_logged()
        assert told["path"] == f"/calendar/f/{TOKEN}.ics?x=1"

    def test_what_was_no_request_is_not_written_down(self, lonely: Site) -> None:
        with socket.create_connection(("127.0.0.1", lonely.plain), timeout=30) as line:
            line.sendall(f"GET /calendar/f/{TOKEN}.ics with spaces\r\n\r\n".encode())
            assert b"400" in line.recv(1000)
        assert TOKEN not in "".join(lonely.log(1))

    def test_what_is_open_stands_there_in_full(self, site: Site) -> None:
        site.ask("/events/expo/?lang=en", referer="https://example.com/list?page=2")
        site.ask(PUBLIC)
        site.ask(PUBLIC + "?kind=expo", user_agent="Calendar/1")
        site.ask(f"/calendar/f/{TOKEN}.ics")
        lines = [line.partition("] ")[2] for line in site.log(4)]
        assert lines[0].startswith('"GET /events/expo/?lang=en HTTP/1.1" 404 ')
        assert lines[0].endswith(' "https://example.com/list?page=2" "-"')
        assert lines[1].startswith('"GET /public.en.ics HTTP/1.1" 200 ')  # logged as the file
        assert lines[2].startswith('"GET /calendar/public.ics?kind=expo HTTP/1.1" 200 ')
        assert lines[2].endswith(' "-" "Calendar/1"')
        assert lines[3].startswith('"GET /calendar/f/*** HTTP/1.1" 404 ')
