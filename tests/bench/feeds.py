"""What a poll of a calendar costs: our feeds, the plain way, a bare view and nginx, by turns.

All requests of ours go through the whole application, middleware included, in this process; what
is measured is the processor time of it and of its PostgreSQL process. `make feeds` prints
the tables of docs/performance.md.
"""

import argparse
import gzip
import io
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from datetime import time as clock_time
from typing import Any
from wsgiref.util import setup_testing_defaults

import icalendar
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from config import urls
from events.domain import lifecycle, subscriptions
from events.models import Attendee, CalendarFeed, Event, FeedState, Person, Place, RenderedEvent
from events.models.teams import Team
from events.values import dates
from tests.bench import rows
from tests.bench.domain import clocks, create, use

NOW = rows.NOW
FIRST = date(2027, 1, 4)
SIZE = 500  # events of the feed
SCALES = (10, 100, 1_000, 10_000)
CROWDS = (1_000, 100_000)


def bare(request: HttpRequest) -> HttpResponse:
    """What no view can undercut: a word, behind the same middleware."""
    return HttpResponse("ok")


def plain(request: HttpRequest) -> HttpResponse:
    """The same events as most programs write them: rows, icalendar, bytes, at each request."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Plain//EN")
    calendar.add("version", "2.0")
    events = Event.objects.filter(parent__slug="mission").select_related("place", "parent")
    for row in events.order_by("start_at", "pk"):
        event = icalendar.Event()
        event.add("uid", row.ical_uid)
        event.add("dtstamp", row.changed_at)
        event.add("dtstart", row.start_at.astimezone(UTC))
        event.add("dtend", row.end_at.astimezone(UTC))
        event.add("summary", row.title)
        event.add("description", row.description)
        event.add("location", str(row.place or ""))
        event.add("status", "CONFIRMED")
        event.add("sequence", row.sequence)
        event.add("last-modified", row.changed_at)
        event.add("created", row.created_at)
        event.add("categories", [row.get_kind_display()])
        event.add("url", row.get_absolute_url())
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


urlpatterns = [path("bare", bare), path("plain", plain), *urls.urlpatterns]


@dataclass
class Case:
    """A request, what comes before each (not measured), and what it took, in ms."""

    name: str
    ask: Callable[[], int]
    status: int = 200
    before: Callable[[], None] = lambda: None
    took: list[float] = field(default_factory=list)

    def visit(self, measured: bool = True) -> None:
        self.before()
        start = clocks()
        status = self.ask()
        _wall, own, database = (after - then for after, then in zip(clocks(), start, strict=True))
        if status != self.status:
            raise SystemExit(f"{self.name}: {status} instead of {self.status}")
        if measured:
            self.took.append(own + database)

    @property
    def cost(self) -> float:
        """The mean of the better half: neighbours slow a visit down, never speed it up."""
        better = sorted(self.took)[: max(1, len(self.took) // 2)]
        return sum(better) / len(better)


class Server:
    """The application as a web server calls it."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.tag = ""

    def get(self, url: str, **headers: str) -> int:
        address, _, query = url.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": address, "QUERY_STRING": query, **headers}
        setup_testing_defaults(environ)
        environ["wsgi.input"] = io.BytesIO()
        told: list[Any] = []
        answer = self.handler(
            environ, lambda status, names, _info=None: told.append((status, names))
        )
        self.body = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        status, names = told[0][:2]
        self.tag = dict(names).get("ETag", self.tag)
        return int(status.split()[0])


# The data


def prepare() -> None:
    create("feeds")
    use("feeds")
    call_command("migrate", verbosity=0)


def programme(slug: str, size: int, team: Team, place: Place) -> Event:
    """Store a mission with so many sessions, one after the other from 2027 on."""
    mission = session(slug, 0, team, place)
    mission.kind, mission.visibility = Event.Kind.TRADE_MISSION, Event.Visibility.PARTICIPANTS
    [root] = rows.store([mission])
    rows.store(session(f"{slug}-{n}", n, team, place, parent=root) for n in range(size))
    return root


def session(slug: str, n: int, team: Team, place: Place, parent: Event | None = None) -> Event:
    event = Event(
        slug=slug,
        title_en=f"Session {n}: clean energy, storage and grids",
        title_zh_hans=f"第{n}场 清洁能源、储能与电网",
        title_zh_hant=f"第{n}場 潔淨能源、儲能與電網",
        description_en="Buyers and investors meet. " * 6,
        kind=Event.Kind.SESSION,
        status=Event.Status.CONFIRMED,
        visibility=Event.Visibility.PARTICIPANTS,
        precision="time",
        start_on=FIRST + timedelta(days=n // 8),
        start_time=clock_time(9 + n % 8),
        end_on=FIRST + timedelta(days=n // 8),
        end_time=clock_time(9 + n % 8, 45),
        timezone="America/New_York",
        place=place,
        team=team,
        parent=parent,
        created_at=NOW,
        changed_at=NOW,
    )
    event.start_at, event.end_at = dates.instants(event.when)
    return event


def reader(event: Event, n: int) -> Person:
    person = Person.objects.create(slug=f"{event.slug}-{n}", family_name=f"Reader {n}")
    Attendee.objects.create(event=event, person=person, answer="accepted")
    return person


def address(feed: CalendarFeed) -> str:
    return "/" + subscriptions.hand_out(feed=feed, now=NOW).split("/", 3)[3]


def personal(event: Event, n: int = 0) -> str:
    return address(CalendarFeed(name="Phone", team=event.team, person=reader(event, n)))


# What is measured


def polls(server: Server, team: Team, place: Place) -> list[Case]:
    """The costs of one feed, while others' events keep changing."""
    mission = programme("mission", SIZE, team, place)
    other = programme("other", 1, team, place)
    url = personal(mission)
    server.get(url)
    tag = server.tag
    turn = itertools.count()

    def change_another() -> None:
        if next(turn) % 5 == 0:
            lifecycle.touch(event=other, now=NOW)

    def forget_state() -> None:
        FeedState.objects.all().delete()

    def forget() -> None:
        RenderedEvent.objects.all().delete()
        FeedState.objects.all().delete()

    return [
        Case("bare view", lambda: server.get("/bare")),
        Case(
            "unchanged: 304",
            lambda: server.get(url, HTTP_IF_NONE_MATCH=tag),
            304,
            change_another,
        ),
        Case("warm: 200", lambda: server.get(url)),
        Case("warm: 200, gzip", lambda: server.get(url, HTTP_ACCEPT_ENCODING="gzip")),
        Case("written for others before: 200", lambda: server.get(url), before=forget_state),
        Case("cold: 200", lambda: server.get(url), before=forget),
        Case("the plain way: 200", lambda: server.get("/plain")),
    ]


def sizes(server: Server, team: Team, place: Place) -> Iterator[Case]:
    for size in SCALES:
        url = personal(programme(f"of-{size}", size, team, place))
        server.get(url)
        tag = server.tag
        yield Case(
            f"304 of {size:,} events", lambda u=url, t=tag: server.get(u, HTTP_IF_NONE_MATCH=t), 304
        )


def crowd(event: Event, number: int) -> None:
    """Let so many more people attend and subscribe."""
    people = rows.store(
        Person(slug=f"{event.slug}-crowd-{n}", family_name=f"Crowd {n}") for n in range(number)
    )
    rows.store(Attendee(event=event, person=person, answer="accepted") for person in people)
    rows.store(
        CalendarFeed(
            name="Phone", team=event.team, person=person, token_hash=f"{event.pk}-{n}",
            created_at=NOW,
        )
        for n, person in enumerate(people)
    )  # fmt: skip


def crowds(server: Server, team: Team, place: Place) -> Iterator[tuple[Case, Case]]:
    """The same poll and the same edit, however many subscribe to the event."""
    for number in CROWDS:
        event = programme(f"crowd-{number}", 50, team, place)
        crowd(event, number)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        url = personal(event)
        poll = Case(
            f"304 among {number:,} subscribers",
            lambda u=url: server.get(u, HTTP_IF_NONE_MATCH=server.tag),
            304,
            lambda u=url: ask_first(server, u),
        )
        edit = Case(f"an edit with {number:,} subscribers", lambda e=event: change(e))
        yield poll, edit


def ask_first(server: Server, url: str) -> None:
    """Know the tag of the present."""
    server.get(url)


def change(event: Event) -> int:
    lifecycle.touch(event=event, now=NOW)
    return 200


def writes(case: Case) -> int:
    """How many statements that write an edit takes."""
    heard: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        case.visit(measured=False)
    return sum(sql.startswith(("INSERT", "UPDATE", "DELETE")) for sql in heard)


def by_turns(cases: list[Case], rounds: int) -> None:
    for case in cases:
        case.visit(measured=False)
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        for case in cases:
            case.visit()


# Telling


def table(cases: list[Case], base: Case, name: str) -> Iterator[str]:
    yield f"| request | s of CPU for 1,000 | {name} |"
    yield "| --- | ---: | ---: |"
    for case in cases:
        yield f"| {case.name} | {case.cost:.2f} | {case.cost / base.cost:.2f} |"


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    live = sys.stderr.isatty()
    sys.stderr.write(f"\r\033[K{text}" if live else "")
    sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make feeds")
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    begun = time.perf_counter()
    with override_settings(ROOT_URLCONF="tests.bench.feeds"):
        measure(rounds)
    say(f"\n{time.perf_counter() - begun:.0f} s in all")


def measure(rounds: int) -> None:
    prepare()
    # As dear as with a limit that is not reached.
    subscriptions.OWN = replace(subscriptions.OWN, most=10**9)  # type: ignore[misc]
    server = Server()
    team = Team.objects.create(name="Team", slug="team")
    place = Place.objects.create(slug="hall", name_en="Hall 5", timezone="America/New_York")
    cases = polls(server, team, place)
    by_turns(cases, rounds)
    bare_view, _unchanged, warm, _packed, composed, cold, plain_way = cases
    server.get("/plain")
    size, packed = len(server.body), len(gzip.compress(server.body))
    say(f"{SIZE} events; the plain way {size:,} bytes, {packed:,} compressed\n")
    for text in table(cases, bare_view, "÷ bare view"):
        say(text)
    for case in (warm, composed, cold):
        say(f"the plain way ÷ {case.name}: {plain_way.cost / case.cost:.1f}")
    say()
    scaled = list(sizes(server, team, place))
    by_turns(scaled, rounds)
    for text in table(scaled, scaled[0], "÷ ten events"):
        say(text)
    say()
    pairs = list(crowds(server, team, place))
    polled, edits = [list(group) for group in zip(*pairs, strict=True)]
    by_turns([*polled, *edits], rounds)
    for text in table([*polled, *edits], polled[0], "÷ a poll among few"):
        say(text)
    say(f"\nstatements that write, for one edit: {[writes(case) for case in edits]}")


if __name__ == "__main__":
    main()
