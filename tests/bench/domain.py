"""How long the screens of the admin take, and whether rows of other teams slow them down.

Two databases contain the same work of one team, one with that of 39 other teams, the other with a
tenth of theirs. Each page is opened in both alternately, so that other load on the machine affects
both. `make bench` prints the table of docs/performance.md; ARGS="--rounds 1 --visits 2" is quicker,
ARGS="--explain --only people" prints the plans of PostgreSQL, ARGS="--profile --only people" where
Python spends its time. `make bench-sqlite` measures the same on SQLite, which counts no blocks.
"""

import argparse
import cProfile
import gzip
import io
import json
import pstats
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from delegations.models import Application, Delegate, Delegation
from events.domain.pages.itineraries import of_person
from events.domain.programme import clashes, slots
from events.models import (
    Attendee,
    Delivery,
    Event,
    Membership,
    Organisation,
    Person,
    Place,
    Team,
    User,
)
from tests.bench import rows
from tests.bench.databases import analyse, blocks, clocks, create, use

AIM = 300  # milliseconds
BIG = 500  # attendees of one event
MEMBER, BUSY = 3, 30  # people of the first block: one on its mission, one at all expos
TEAMS = 40
# Blocks up to these numbers are of our team, without a team, of a tenth of the others, of all.
OURS, SHARED, TENTH, ALL = 50, 60, 104, 500
COUNTED = (Event, Attendee, Person, Organisation, Delegation, Delegate, Application, Delivery)
DATABASES = ("tenth", "whole")


# What is measured


@dataclass(frozen=True)
class Sample:
    """One visit: milliseconds of both processes and of PostgreSQL, elapsed ones; bytes of the page.

    The work is the processor time of this process and of its PostgreSQL process. They wait for each
    other, so on an idle machine it equals the elapsed time. Other load can only slow a visit down,
    so the minimum of several visits is the best estimate.
    """

    work: float
    database: float
    time: float
    queries: int
    size: int


@dataclass
class Task:
    """A request of a user, with its samples for each database."""

    name: str
    do: Callable[[], Any]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)

    def of(self, database: str, column: str) -> float:
        return min(getattr(sample, column) for sample in self.samples[database])


class Desk:
    """A user of the admin."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client(headers={"accept-encoding": "gzip"}, raise_request_exception=True)
        self.client.force_login(user)

    def page(self, name: str, url: str, **query: Any) -> Task:
        return Task(name, lambda: self.open(url, query))

    def open(self, url: str, query: dict[str, Any]) -> Any:
        answer = self.client.get(url, query)
        if answer.status_code != 200:
            raise SystemExit(f"{url}?{urlencode(query)} answers {answer.status_code}")
        return answer

    def list(self, model: type[Model], name: str = "first page", **query: Any) -> Task:
        words = f"{model._meta.verbose_name_plural}: {name}"
        return self.page(words, address(model, "changelist"), **query)

    def form(self, name: str, row: Model) -> Task:
        return self.page(name, address(row, "change"))

    def home(self, name: str, row: Model) -> Task:
        return self.page(f"home of {name}", address(row, "home"))

    def choice(self, column: str, words: str) -> Task:
        """The choices that the field of an attendee offers while somebody types."""
        query = {"app_label": "events", "model_name": "attendee", "field_name": column}
        name = f"choosing: {column} “{words}”"
        return self.page(name, reverse("admin:autocomplete"), term=words, **query)


def address(row: Model | type[Model], view: str) -> str:
    keys = [row.pk] if isinstance(row, Model) else []
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{view}", args=keys)


def tasks(desks: dict[str, Desk]) -> Iterator[Task]:
    organiser = desks["organiser"]
    yield from itineraries(organiser)
    yield organiser.page("start page", reverse("admin:index"))
    yield from lists(organiser)
    yield from forms(organiser)
    yield from clashing(organiser)
    yield organiser.choice("person", "lyu")
    yield organiser.choice("event", "expo")
    yield organiser.choice("representing", "robotics")
    yield from searches(desks)
    for role in ("viewer", "liaison", "secretary"):
        for model in (Event, Attendee, Person, Delegation):
            yield desks[role].list(model, f"first page, as {role}")


def searches(desks: dict[str, Desk]) -> Iterator[Task]:
    """Find anything: what is rare, what is found in each block, and by each role."""
    organiser = desks["organiser"]
    for words in (
        "lyu ming",
        "呂明",
        "liu tao",
        "a",
        "robotics",
        "director",
        "bolanhui 12",
        "zzzz",
    ):
        yield organiser.page(f"finding “{words}”", reverse("admin:search"), s=words, part="")
    for role in ("viewer", "liaison", "secretary"):
        query = {"s": "robotics", "part": ""}
        yield desks[role].page(f"finding “robotics”, as {role}", reverse("admin:search"), **query)


def itineraries(desk: Desk) -> Iterator[Task]:
    """Of a member of a mission who is also at an expo, of a person at fifty expos, of a mission."""
    member, busy = (Person.objects.get(slug=f"person-0-{n}") for n in (MEMBER, BUSY))
    mission = Event.objects.get(delegation__slug="delegation-0")
    yield Task("itinerary of a member", lambda: of_person(person=member))
    yield desk.page("itinerary of a member, as a page", address(member, "itinerary"))
    yield desk.page("the same on the mission", address(mission, "itinerary"), person=member.pk)
    yield desk.page(f"itinerary of somebody at {OURS} expos", address(busy, "itinerary"))
    yield desk.page("itinerary of a mission", address(mission, "itinerary"))


def lists(desk: Desk) -> Iterator[Task]:
    yield desk.list(Event)
    yield desk.list(Event, "last page", p=(OURS + 10) * 20 // 50)
    yield desk.list(Event, "confirmed sessions", status__exact="confirmed", kind__exact="session")
    yield desk.list(Event, "of one month", start_on__year=2026, start_on__month=6)
    yield desk.list(Event, "search “robotics”", q="robotics")
    yield desk.list(Event, "search “博览会1”", q="博览会1")
    yield desk.list(Attendee)
    yield desk.list(Attendee, "who declined", partstat__exact="declined")
    yield desk.list(Attendee, "at cancelled events", event__status__exact="cancelled")
    yield desk.list(Attendee, "search “lyu”", q="lyu")
    yield desk.list(Attendee, "search “robotics”", q="robotics")
    yield desk.list(Person)
    yield desk.list(Person, "who read 繁體", language__exact="zh-hant")
    yield desk.list(Person, "search “lyu”", q="lyu")
    yield desk.list(Person, "search “呂明”", q="呂明")
    yield desk.list(Person, "search a mail address", q="person-3-7@example.org")
    yield desk.list(Organisation)
    yield desk.list(Organisation, "search “robotics”", q="robotics")
    yield desk.list(Delegation)
    yield desk.list(Delegation, "recruiting", status__exact="recruiting")
    yield desk.list(Delegation, "search “代表团4”", q="代表团4")
    yield desk.list(Application)
    yield desk.list(Application, "on the waiting list", status__exact="waitlisted")
    yield desk.list(Application, "search “logistics”", q="logistics")
    yield desk.list(Delivery)
    yield desk.list(Delivery, "waiting", state__exact="pending")
    yield desk.list(Delivery, "search “lyu”", q="lyu")
    yield desk.list(Place)


def forms(desk: Desk) -> Iterator[Task]:
    expo = Event.objects.get(slug="expo-0-0")
    delegation = Delegation.objects.get(slug="delegation-0")
    assert delegation.mission
    conference = Event.objects.get(slug=rows.CONFERENCE)
    large = f"a conference of {rows.ITEMS} items and {rows.GUESTS} attendees"
    yield desk.home(large, conference)
    yield desk.home(f"an expo with {BIG} attendees", expo)
    yield desk.home(f"a delegation of {rows.MEMBERS}", delegation)
    yield desk.form(large, conference)
    yield desk.form(f"an expo with {BIG} attendees", expo)
    yield desk.form("the mission of a delegation", delegation.mission)
    yield desk.form(f"a delegation of {rows.MEMBERS}", delegation)
    yield desk.form("a person", Person.objects.get(slug=f"person-0-{MEMBER}"))
    yield desk.form("an attendee", Attendee.objects.filter(event=expo).earliest("pk"))
    yield desk.form("an application", delegation.applications.earliest("pk"))


def clashing(desk: Desk) -> Iterator[Task]:
    """What one edit asks: of an item, of an event with many guests, and of a whole programme."""
    conference = Event.objects.get(slug=rows.CONFERENCE)
    full = slots.counting(Event.objects.all()).annotate(come=Count("attendees"))
    crowd = full.filter(team=conference.team).exclude(pk=conference.pk).latest("come", "pk")
    items = [row.pk for row in Event.objects.filter(parent=conference).order_by("start_at", "pk")]
    everything = (
        ("an item of it", items[:1]),
        (f"an event with {crowd.come} attendees", [crowd.pk]),
        (f"a conference with its {rows.ITEMS} items", [conference.pk, *items]),
    )
    for name, keys in everything:
        yield Task(f"clashes of {name}", partial(clashes.of, events=keys, user=desk.user))


# The two databases


def build() -> dict[str, Desk]:
    """Fill both databases: our team and a tenth of the others first, the rest in a copy."""
    create("tenth")
    use("tenth")
    call_command("migrate", verbosity=0)
    ground = rows.lay_ground()
    teams = rows.store(Team(name=f"Team {n}", slug=f"team-{n}") for n in range(TEAMS))
    owners = {n: owner(n, teams) for n in range(ALL)}
    fill(range(TENTH), owners, ground)
    expos = Event.objects.filter(team=teams[0], kind="expo").order_by("pk")
    people = Person.objects.filter(team=teams[0]).order_by("pk")
    rows.gather(expos[:1], people[:BIG])
    rows.gather(expos, people.filter(slug=f"person-0-{BUSY}"))
    rows.hold_conference(teams[0], people[: rows.GUESTS], ground)
    desks = {role: Desk(worker(role, teams[0])) for role in Membership.Role.values}
    create("whole", template="tenth")
    use("whole")
    fill(range(TENTH, ALL), owners, ground)
    for name in DATABASES:
        use(name)
        analyse()
    return desks


def known() -> dict[str, Desk]:
    """Return the desks of an earlier run, whose files ATTACHE_TESTS has kept."""
    use("whole")
    return {role: Desk(User.objects.get(username=role)) for role in Membership.Role.values}


def fill(numbers: range, owners: dict[int, Team | None], ground: rows.Ground) -> None:
    for number in rows.fill(numbers, owners, ground):
        progress(f"{number} of {ALL} blocks filled")


def owner(block: int, teams: list[Team]) -> Team | None:
    if block < SHARED:
        return teams[0] if block < OURS else None
    return teams[1 + block % (TEAMS - 1)]


def worker(role: str, team: Team) -> User:
    """Return a user of our team; `rows` gives their role on the mission of the first block."""
    part = {"liaison": rows.LIAISON, "secretary": rows.SECRETARY}.get(role)
    person = Person.objects.get(slug=f"person-0-{part}") if part else None
    user = User.objects.create_user(role, is_staff=True, person=person)
    Membership.objects.create(user=user, team=team, role=role)
    return user


# Measuring


@contextmanager
def listening(heard: list[tuple[str, Any]]) -> Iterator[None]:
    """Collect the text and the parameters of each query."""

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield


def visit(task: Task) -> Sample:
    heard: list[tuple[str, Any]] = []
    with listening(heard):
        before = clocks()
        answer = task.do()
        took, own, database = (after - then for after, then in zip(clocks(), before, strict=True))
    size = len(unpacked(answer)) if isinstance(answer, HttpResponse) else 0
    return Sample(own + database, database, took, len(heard), size)


def unpacked(answer: HttpResponse) -> bytes:
    """Return the bytes of a page as they were before gzip."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.content) if packed else answer.content


def explained(task: Task) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the plan of PostgreSQL for each query of the task."""
    if connection.vendor != "postgresql":
        return
    heard: list[tuple[str, Any]] = []
    with listening(heard):
        task.do()
    with connection.cursor() as cursor:
        for sql, params in heard:
            if sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                answer = cursor.fetchone()[0]
                yield (json.loads(answer) if isinstance(answer, str) else answer)[0], sql


def measure(task: Task, rounds: int, visits: int) -> None:
    """Visit alternately in both databases; the first visit after each change is not counted."""
    for _round in range(rounds):
        for database in DATABASES:
            use(database)
            visit(task)
            samples = task.samples.setdefault(database, [])
            samples += [visit(task) for _visit in range(visits)]
    for database in DATABASES:
        use(database)
        task.blocks[database] = sum(blocks(plan) for plan, _sql in explained(task))


# Reporting


HEAD = (
    "page", "kB", "queries", "blocks", "÷ a tenth", "work", "of it PostgreSQL", "÷ a tenth", "time",
    "p95",
)  # fmt: skip


def table(measured: Iterable[Task]) -> Iterator[str]:
    yield line(HEAD)
    yield line(("---", *("---:" for _column in HEAD[1:])))
    for task in measured:
        yield line(cells(task))


def line(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def cells(task: Task) -> tuple[str, ...]:
    """The cells for the columns of HEAD; ratios compare the full database with the tenth."""
    times = [sample.time for sample in task.samples["whole"]]
    high = quantiles([*times, max(times)], n=20, method="inclusive")[-1]
    queries = {database: round(task.of(database, "queries")) for database in DATABASES}
    counts = dict.fromkeys(str(queries[database]) for database in ("whole", "tenth"))
    return (
        task.name,
        f"{task.of('whole', 'size') / 1000:.0f}",
        " / ".join(counts),
        f"{task.blocks['whole']:,}",
        ratio(task.blocks["whole"], task.blocks["tenth"]),
        f"{task.of('whole', 'work'):.0f}",
        f"{task.of('whole', 'database'):.0f}",
        ratio(task.of("whole", "work"), task.of("tenth", "work")),
        f"{median(times):.0f}",
        f"{high:.0f}",
    )


def ratio(full: float, tenth: float) -> str:
    return f"{full / tenth:.2f}" if tenth else "–"


def sizes() -> Iterator[str]:
    """Yield the number of rows in each database."""
    for database in DATABASES:
        use(database)
        counts = (
            f"{model._default_manager.count():,} {model._meta.verbose_name_plural}"
            for model in COUNTED
        )
        yield f"{database}: {', '.join(counts)}"


def plans(task: Task, least: int) -> Iterator[str]:
    """Yield queries of the task that read many blocks in the full database, with their plans."""
    use("whole")
    yield f"\n== {task.name}"
    for plan, sql in explained(task):
        if blocks(plan) >= least or plan["Execution Time"] > 10:
            took = f"{plan['Planning Time']:.0f} + {plan['Execution Time']:.0f} ms"
            yield f"-- {blocks(plan):,} blocks, {took}: {sql}"
            yield from outline(plan["Plan"], 1)


def profile(task: Task) -> str:
    """Return where Python spends the time of a page, and how many bytes the page has."""
    use("whole")
    task.do()
    clock = cProfile.Profile()
    answer = clock.runcall(task.do)
    written = io.StringIO()
    pstats.Stats(clock, stream=written).sort_stats("tottime").print_stats(25)
    size = len(unpacked(answer)) if isinstance(answer, HttpResponse) else 0
    return f"\n== {task.name}: {size:,} bytes\n{written.getvalue()}"


def outline(node: dict[str, Any], depth: int) -> Iterator[str]:
    names = (
        "Node Type",
        "Subplan Name",
        "Relation Name",
        "Index Name",
        "Filter",
        "Index Cond",
        "Hash Cond",
        "Join Filter",
    )
    what = " · ".join(str(node[name]) for name in names if name in node)
    seen = node["Shared Hit Blocks"] + node["Shared Read Blocks"]
    rows_ = f"{node['Actual Rows']}×{node['Actual Loops']} (expected {node['Plan Rows']})"
    yield f"{'  ' * depth}{what} [{rows_}, {node['Actual Total Time']:.1f} ms, {seen:,} blocks]"
    for child in node.get("Plans", ()):
        yield from outline(child, depth + 1)


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    """Show the progress: in one line on a terminal, else one line for each text."""
    live = sys.stderr.isatty()
    sys.stderr.write(f"\r\033[K{text}" if live else f"… {text}\n" if text else "")
    sys.stderr.flush()


def main() -> None:
    options = chosen_options()
    begun = time.perf_counter()
    desks = known() if options.again else build()
    filled = f"filled in {time.perf_counter() - begun:.0f} s"
    progress("")
    for text in (*sizes(), filled, ""):
        say(text)
    chosen = [task for task in tasks(desks) if re.search(options.only, task.name)]
    for number, task in enumerate(chosen, 1):
        progress(f"{number} of {len(chosen)}: {task.name}")
        if options.explain:
            say("\n".join(plans(task, least=200)))
        elif options.profile:
            say(profile(task))
        else:
            measure(task, options.rounds, options.visits)
    progress("")
    if not (options.explain or options.profile):
        report(chosen)
    say(f"\n{time.perf_counter() - begun:.0f} s in all")


def chosen_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=3, help="between the databases")
    parser.add_argument("--visits", type=int, default=3, help="in each round, of each page")
    parser.add_argument("--only", default="", help="a pattern in the names of the pages")
    parser.add_argument("--explain", action="store_true", help="print the plans of their queries")
    parser.add_argument("--profile", action="store_true", help="print where Python spends the time")
    parser.add_argument("--again", action="store_true", help="take the SQLite files of before")
    return parser.parse_args()


def report(measured: list[Task]) -> None:
    for text in table(measured):
        say(text)
    slow = [task.name for task in measured if task.of("whole", "work") > AIM]
    say(f"\nabove {AIM} ms: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
