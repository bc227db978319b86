"""How long the grid of a programme of 120 parts takes: its page, its data, an edit, a block moved.

`make bench-grid` prints the table of docs/performance.md on PostgreSQL. The conference has 300
attendees who are told of each edit, so that an edit holds their mails.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import (
    Event,
    EventOrganisation,
    Place,
    Team,
)
from tests import factories
from tests.bench.databases import analyse, clocks, create, use

PARTS, ROOMS, GUESTS, VISITS = 120, 6, 300, 3
DAY = date(2026, 12, 2)
LENGTH = timedelta(minutes=20)


@dataclass(frozen=True)
class Result:
    name: str
    work: float
    queries: int
    size: int


class Grid:
    """A conference of three days in six rooms, and an organiser who works in its grid."""

    def __init__(self) -> None:
        self.team = Team.objects.create(name="Desk", slug="desk")
        self.event, self.parts = conference(self.team)
        self.client = Client()
        self.client.force_login(factories.user(member_of=self.team))

    def url(self, view: str = "") -> str:
        return reverse("admin:events_event_programme", args=[self.event.pk]) + view

    def get(self, view: str = "", **query: str) -> Any:
        return self.client.get(self.url(view), query)

    def send(self, *edits: Any) -> Any:
        body = json.dumps({"edits": edits})
        answer = self.client.post(self.url("edits/"), body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer

    def move(self, number: int) -> Any:
        """Let a part of its own end five minutes later, and back."""
        row = Event.objects.get(pk=self.parts[number].pk)
        was = f"{row.end_time:%H:%M}"
        later = datetime.combine(DAY, row.end_time or time()) + timedelta(minutes=5)
        edit = {"op": "set", "id": row.pk, "was": {"to": was}, "to": {"to": f"{later:%H:%M}"}}
        return self.send(edit)

    def shift(self, number: int) -> Any:
        ids = [row.pk for row in self.parts[:number]]
        return self.send({"op": "shift", "ids": ids, "minutes": 1})


def conference(team: Team) -> tuple[Event, list[Event]]:
    venue = factories.place(team=team, name="Centre", kind="venue")
    rooms = [
        factories.place(team=team, name=f"Hall {n}", kind="room", parent=venue)
        for n in range(ROOMS)
    ]
    event = factories.event(
        team=team, place=venue, start_on=DAY, end_on=DAY + timedelta(days=2), start_time=time(7),
        end_time=time(22), kind="conference",
    )  # fmt: skip
    EventOrganisation.objects.create(
        event=event, organisation=factories.organisation(team=team), role="organiser"
    )
    for _ in range(GUESTS):
        factories.attendee(event=event, person=factories.person(team=team))
    return event, [part(event, rooms, number) for number in range(PARTS)]


def part(event: Event, rooms: list[Place], number: int) -> Event:
    day, slot = DAY + timedelta(days=number % 3), number // 3 // ROOMS
    start = datetime.combine(day, time(8)) + slot * 2 * LENGTH
    row = factories.event(
        team=event.team, parent=event, place=rooms[number // 3 % ROOMS], kind="session",
        title_en=f"Session {number} on trade and investment", title_zh_hans=f"贸易专题{number}",
        title_zh_hant=f"貿易專題{number}", start_on=day, end_on=day, start_time=start.time(),
        end_time=(start + LENGTH).time(), status="draft" if number > PARTS - 10 else "confirmed",
    )  # fmt: skip
    factories.attendee(event=row, role="speaker", person=factories.person(team=event.team))
    return row


def measured(name: str, do: Callable[[], Any]) -> Result:
    do()
    works, size, queries = [], 0, 0
    for _visit in range(VISITS):
        with CaptureQueriesContext(connection) as asked:
            _time, own, database = clocks()
            answer = do()
            _time, own_after, database_after = clocks()
        works.append(own_after - own + database_after - database)
        size, queries = len(answer.content), len(asked)
    return Result(name, min(works), queries, size)


def results(grid: Grid) -> list[Result]:
    stamp = grid.get("data/").json()["stamp"]
    later = datetime.fromisoformat(stamp) + timedelta(hours=1)
    return [
        measured("page", grid.get),
        measured("data of 120 parts", lambda: grid.get("data/")),
        measured("nothing new since", lambda: grid.get("data/", since=later.isoformat())),
        measured("one edit of a draft", lambda: grid.move(PARTS - 1)),
        measured(f"one edit that {GUESTS} people are told of later", lambda: grid.move(0)),
        measured("a block of 40 parts shifted", lambda: grid.shift(40)),
    ]


def main() -> None:
    create("grid")
    use("grid")
    call_command("migrate", verbosity=0)
    grid = Grid()
    analyse()
    print("| | work, ms | queries | kB |\n|---|---|---|---|")  # noqa: T201
    for row in results(grid):
        print(f"| {row.name} | {row.work:.0f} | {row.queries} | {row.size / 1000:.0f} |")  # noqa: T201


if __name__ == "__main__":
    main()
