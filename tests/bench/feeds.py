"""What a poll of a feed costs: our feeds, a plain implementation, a bare view, and nginx.

They are measured alternately. Requests go over one connection to the gunicorn of `make run` and to
nginx with docs/nginx.conf. Measured is the processor time of the answering processes: of gunicorn
and its PostgreSQL connections, or of nginx; not that of the client or of edits in between. `make
bench-feeds` prints the tables of docs/performance.md; `make bench-feeds-sqlite` is for SQLite.
"""

import argparse
import gzip
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as clock_time
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections, connection

from config.runtime import processes
from events.domain.feeds import feeds, subscriptions
from events.domain.lifecycle import lifecycle
from events.models import Attendee, CalendarFeed, Event, FeedState, Person, Place, RenderedEvent
from events.models.base.teams import Team
from events.values import dates
from tests.bench import rows
from tests.bench.databases import clocks, create, use
from tests.config import nginx
from tests.conftest import process, wait_until

NOW = rows.NOW
FIRST = date(2027, 1, 4)
SIZE = 500  # events of the feed
SCALES = (10, 100, 1_000, 10_000)
CROWDS = (1_000, 100_000)
MANY = 50  # requests of one visit, for requests that cost very little
PUBLIC = "/calendar/public.ics"


@dataclass
class Case:
    """A request, and what each visit took, in ms of the processes that the meter reads.

    `before` runs before a visit and is not measured. `beside` runs before each of its requests, in
    processes that the meter does not read.
    """

    name: str
    ask: Callable[[], int]
    meter: Callable[[], float]
    status: int = 200
    before: Callable[[], object] = lambda: None
    beside: Callable[[], object] = lambda: None
    times: int = 1  # requests of a visit
    took: list[float] = field(default_factory=list)

    def visit(self, measured: bool = True) -> None:
        self.before()
        start = self.meter()
        for _ in range(self.times):
            self.beside()
            status = self.ask()
            if status != self.status:
                raise SystemExit(f"{self.name}: {status} instead of {self.status}")
        if measured:
            self.took.append((self.meter() - start) / self.times)

    @property
    def cost(self) -> float:
        """The mean of the faster half: other load can only slow a visit down."""
        better = sorted(self.took)[: max(1, len(self.took) // 2)]
        return sum(better) / len(better)


@dataclass
class Server:
    """A running web server, as seen by a client on one connection."""

    connection: HTTPConnection
    answering: Callable[[], list[int]]  # the processes whose time is measured
    tag: str = ""
    body: bytes = b""

    def get(self, url: str, method: str = "GET", **headers: str) -> int:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request(method, url, headers=names)
            answer = self.connection.getresponse()
        except ConnectionError:  # a server closes a connection that is idle for two seconds
            self.connection.close()
            self.connection.request(method, url, headers=names)
            answer = self.connection.getresponse()
        self.body = answer.read()
        self.tag = answer.headers.get("ETag", self.tag)
        return answer.status

    def case(self, name: str, url: str, *, status: int = 200, **options: Any) -> Case:
        """A request that does not depend on earlier responses."""
        headers, method = options.pop("headers", {}), options.pop("method", "GET")
        return Case(name, lambda: self.get(url, method, **headers), self.spent, status, **options)

    def unchanged(self, name: str, url: str, **options: Any) -> Case:
        """The same request again, conditional on the present ETag."""
        self.get(url)
        return self.case(name, url, status=304, headers={"If_None_Match": self.tag}, **options)

    def spent(self) -> float:
        """Return the processor time of all threads of the answering processes, in ms."""
        return sum(nanoseconds(pid) for pid in self.answering()) / 1e6


def nanoseconds(pid: int) -> int:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def family(pid: int) -> list[int]:
    """Return the keys of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *map(int, children.split())]


@contextmanager
def attache(folder: Path) -> Iterator[Server]:
    """Run gunicorn as `make run` does, but with one process; its connections are measured too."""
    port = nginx.free_port()
    command = [
        part.replace("config.wsgi", "tests.bench.server") for part in processes.web(port).command
    ]
    command = [part.replace("--workers=2", "--workers=1") for part in command]
    log = folder / "gunicorn.log"
    with process(command, log, environment()) as running:
        wait_until(lambda: nginx.answers(port), log=log)
        with closing(HTTPConnection("127.0.0.1", port)) as client:
            yield Server(client, lambda: [*family(running.pid), *backends()])


def environment() -> dict[str, str]:
    """Return the environment of a process that uses the database of prepare()."""
    if connection.vendor == "sqlite":
        return dict(os.environ)
    url = os.environ["DATABASE_URL"].replace("/postgres?", "/feeds?")
    return os.environ | {"DATABASE_URL": url}


def backends() -> list[int]:
    """Return the PostgreSQL processes of other connections than ours."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


@contextmanager
def web_server(folder: Path, upstream: int) -> Iterator[Server]:
    """Run nginx with docs/nginx.conf and exported public feeds."""
    settings.FEEDS_FOLDER = folder / "data" / "feeds"
    feeds.export(now=NOW)
    with nginx.serving(folder, f"127.0.0.1:{upstream}") as site:
        client = HTTPSConnection("127.0.0.1", site.secure, context=site.trust)
        with closing(client):
            yield Server(client, lambda: [site.pid])


# The data


def prepare() -> None:
    if connection.vendor == "postgresql":
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
    Attendee.objects.create(event=event, person=person, partstat="accepted")
    return person


def address(feed: CalendarFeed) -> str:
    return "/" + subscriptions.hand_out(feed=feed, now=NOW).split("/", 3)[3]


def personal(event: Event, n: int = 0) -> str:
    return address(CalendarFeed(name="Phone", team=event.team, person=reader(event, n)))


# What is measured


def polls(server: Server, mission: Event, other: Event) -> list[Case]:
    """The costs of one feed, while events of others keep changing."""
    url = personal(mission)
    turn = itertools.count()

    def change_another() -> None:
        if next(turn) % 5 == 0:
            lifecycle.touch(event=other, now=NOW)
            close_old_connections()  # as at the end of a request

    def forget_state() -> None:
        FeedState.objects.all().delete()

    def forget() -> None:
        RenderedEvent.objects.all().delete()
        FeedState.objects.all().delete()

    server.get(url)
    packed = {"Accept_Encoding": "gzip"}
    return [
        server.case("bare view", "/bare", times=MANY, beside=change_another),
        server.unchanged("unchanged: 304", url, times=MANY, beside=change_another),
        server.case("HEAD: 200", url, times=MANY, method="HEAD", beside=change_another),
        server.case("warm: 200", url, times=MANY, beside=change_another),
        server.case("warm: 200, gzip", url, times=MANY, headers=packed, beside=change_another),
        server.case("cold, its events written ahead: 200", url, before=forget_state),
        server.case("cold, nothing written: 200", url, before=forget),
        server.case("the plain way: 200", "/plain"),
    ]


def public_polls(server: Server, front: Server) -> list[Case]:
    """The public feed: from Attaché, and from nginx out of a file."""
    return [
        server.unchanged("public, by Attaché: 304", PUBLIC, times=MANY),
        server.case("public, by Attaché, HEAD: 200", PUBLIC, times=MANY, method="HEAD"),
        server.case("public, by Attaché: 200", PUBLIC),
        front.unchanged("public, by nginx: 304", PUBLIC, times=MANY),
        front.case("public, by nginx: 200", PUBLIC, times=MANY),
    ]


def sizes(server: Server, team: Team, place: Place) -> Iterator[Case]:
    for size in SCALES:
        url = personal(programme(f"of-{size}", size, team, place))
        server.get(url)
        yield server.unchanged(f"304 of {size:,} events", url, times=MANY)


def crowd(event: Event, number: int) -> None:
    """Add so many people who attend and subscribe."""
    people = rows.store(
        Person(slug=f"{event.slug}-crowd-{n}", family_name=f"Crowd {n}") for n in range(number)
    )
    rows.store(Attendee(event=event, person=person, partstat="accepted") for person in people)
    rows.store(
        CalendarFeed(
            name="Phone", team=event.team, person=person, token_hash=f"{event.pk}-{n}",
            created_at=NOW,
        )
        for n, person in enumerate(people)
    )  # fmt: skip


def crowds(server: Server, team: Team, place: Place) -> Iterator[tuple[Case, Case]]:
    """The same poll and the same edit with different numbers of subscribers to the event."""
    for number in CROWDS:
        event = programme(f"crowd-{number}", 50, team, place)
        crowd(event, number)
        analyse()
        url = personal(event)
        poll = Case(
            f"304 among {number:,} subscribers",
            lambda u=url: server.get(u, If_None_Match=server.tag),
            server.spent,
            304,
            before=lambda u=url: server.get(u),
            times=MANY,
        )
        edit = Case(f"an edit with {number:,} subscribers", lambda e=event: change(e), ours)
        yield poll, edit


def analyse() -> None:
    """Run VACUUM ANALYZE, as autovacuum does within minutes; SQLite has no such process."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def ours() -> float:
    """Return the processor time of this process and of its PostgreSQL process, in ms."""
    return sum(clocks()[1:])


def change(event: Event) -> int:
    lifecycle.touch(event=event, now=NOW)
    return 200


def writes(case: Case) -> int:
    """Return the number of writing statements of an edit."""
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


# Reporting


def tell(cases: list[Case], name: str) -> None:
    """Print a table; the last column is the ratio to the first case."""
    say(f"| request | s of CPU for 1,000 | {name} |")
    say("| --- | ---: | ---: |")
    for case in cases:
        say(f"| {case.name} | {case.cost:.2f} | {case.cost / cases[0].cost:.2f} |")
    say()


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    live = sys.stderr.isatty()
    sys.stderr.write(f"\r\033[K{text}" if live else "")
    sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-feeds")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="attache-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        prepare()
        team = Team.objects.create(name="Team", slug="team")
        place = Place.objects.create(slug="hall", name_en="Hall 5", timezone="America/New_York")
        server = stack.enter_context(attache(folder))
        measure_polls(server, team, place, rounds)
        measure_public(server, stack, folder, rounds)
        measure_growth(server, team, place, rounds)
    say(f"\n{time.perf_counter() - begun:.0f} s in all")


def measure_polls(server: Server, team: Team, place: Place, rounds: int) -> None:
    mission = programme("mission", SIZE, team, place)
    other = programme("other", 1, team, place)
    analyse()
    cases = polls(server, mission, other)
    by_turns(cases, rounds)
    _bare_view, unchanged, head, *ours, plain_way = cases
    server.get("/plain")
    size, packed = len(server.body), len(gzip.compress(server.body))
    say(f"{SIZE} events; the plain way {size:,} bytes, {packed:,} compressed\n")
    tell(cases, "÷ bare view")
    say(f"HEAD ÷ unchanged: {head.cost / unchanged.cost:.2f}")
    for case in ours:
        say(f"the plain way ÷ {case.name}: {plain_way.cost / case.cost:.1f}")
    say()


def measure_public(server: Server, stack: ExitStack, folder: Path, rounds: int) -> None:
    Event.objects.filter(parent__slug="mission").update(visibility=Event.Visibility.PUBLIC)
    front = stack.enter_context(web_server(folder, server.connection.port))
    cases = [server.case("bare view", "/bare", times=MANY), *public_polls(server, front)]
    by_turns(cases, rounds)
    tell(cases, "÷ bare view")


def measure_growth(server: Server, team: Team, place: Place, rounds: int) -> None:
    scaled = list(sizes(server, team, place))
    by_turns(scaled, rounds)
    tell(scaled, "÷ ten events")
    pairs = list(crowds(server, team, place))
    polled, edits = [list(group) for group in zip(*pairs, strict=True)]
    by_turns([*polled, *edits], rounds)
    tell([*polled, *edits], "÷ a poll among few")
    say(f"statements that write, for one edit: {[writes(case) for case in edits]}")


if __name__ == "__main__":
    main()
