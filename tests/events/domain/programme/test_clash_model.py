"""Clashes found by query are those of the plain quadratic model, in any programme."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from events.domain.programme import clashes, collisions, slots
from events.models import Attendee, Event, EventPlace, Person, Place, Team
from events.values import dates
from tests import factories
from tests.events.domain.programme import clashmodel
from tests.events.domain.programme.clashmodel import Found
from tests.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ZONES = (*["Asia/Shanghai"] * 4, "Europe/London", "America/New_York")
# Around a day on which London's clocks go back, New York's go on, and an ordinary one.
STARTS = (date(2026, 10, 24), date(2026, 3, 7), date(2026, 12, 1))
KINDS = ("session", "session", "session", "meal", "transfer", "leg", "deadline", "free_time")
STATUSES = (*["confirmed"] * 8, "draft", "tentative", "cancelled", "postponed")
ANSWERS = (*["accepted"] * 5, "needs_action", "tentative", "declined", "delegated")
SEATS = ("none", "none", "none", "confirmed", "waitlisted", "cancelled")
MINUTES = (None, 0, 30, 30, 60, 60, 90, 480, 1500)

numbers = count(1)


@dataclass
class World:
    places: list[Place | None]
    people: list[Person]
    team: Team


@pytest.fixture
def world(db: None) -> World:
    def place(kind: str, parent: Place | None = None, **columns: Any) -> Place:
        return factories.place(kind=kind, parent=parent, **columns)

    here, there = place("city"), place("city", latitude="48.85", longitude="2.35")
    centre = place("venue", here, latitude="31.2", longitude="121.4", capacity=2)
    hall = place("room", centre, capacity=1)
    half, salon = place("room", hall), place("room", centre)
    hotel = place("venue", here, latitude="31.29", longitude="121.45")
    far, online = place("venue", there), place("online")
    return World(
        places=[None, here, centre, hall, hall, half, salon, hotel, far, online],
        people=[factories.person() for _ in range(3)],
        team=factories.team(),
    )


def event(pick: Random, first: date, number: int) -> dict[str, Any]:
    """Return an event of a programme, a part of one before it or not, with guests and a hub."""
    on, start = first + timedelta(days=pick.choice((0, 0, 0, 1))), pick.randrange(30, 47)
    dated = whole(on, pick.choice((0, 1, 2, 3))) if pick.random() < 0.15 else timed(pick, on, start)
    return {
        "parent": pick.randrange(number) if number and pick.random() < 0.3 else None,
        "columns": {
            "kind": pick.choice(KINDS),
            "status": pick.choice(STATUSES),
            "timezone": pick.choice(ZONES),
            "attendance_mode": pick.choice(("in_person",) * 5 + ("online",)),
            "capacity": pick.choice((None, None, 1)),
            **dated,
        },
        "place": pick.randrange(10),
        "end_place": pick.randrange(10),
        "hub": pick.randrange(1, 9) if pick.random() < 0.3 else None,
        "guests": [
            (person, pick.choice(ANSWERS), pick.choice(SEATS), pick.random() < 0.3)
            for person in pick.sample(range(3), pick.choice((1, 2, 3)))
        ],
    }


def whole(on: date, days: int) -> dict[str, Any]:
    return {"precision": "day", "start_on": on, "end_on": on + timedelta(days=days)}


def timed(pick: Random, on: date, half: int) -> dict[str, Any]:
    start = datetime.combine(on, time()) + timedelta(minutes=30 * half)
    found = {"precision": "time", "start_on": on, "start_time": start.time(), "end_time": None}
    minutes = pick.choice(MINUTES)
    if minutes is not None:
        end = start + timedelta(minutes=minutes)
        found |= {"end_on": end.date(), "end_time": end.time()}
    return found


def build(world: World, drawn: list[dict[str, Any]]) -> list[Event]:
    rows: list[Event] = []
    for each in drawn:
        parent = rows[each["parent"]] if each["parent"] is not None else None
        if parent and len(clashmodel.lineage(parent)) == 4:
            parent = None
        ends = world.places[each["end_place"]] if each["columns"]["kind"] == "transfer" else None
        row = Event(
            slug=f"drawn-{next(numbers)}", title="Drawn", team=world.team, parent=parent,
            place=world.places[each["place"]], end_place=ends, created_at=factories.NOW,
            changed_at=factories.NOW, **each["columns"],
        )  # fmt: skip
        start, end = dates.instants(row.when)
        if start and end and end < start:  # the clocks skip the hour of its end
            row.end_time = row.end_on = None
        row.save()
        _furnish(world, row, each)
        rows.append(row)
    return rows


def _furnish(world: World, row: Event, each: dict[str, Any]) -> None:
    hub = None
    if each["hub"] is not None:
        hub = EventPlace.objects.create(
            event=row, place=world.places[each["hub"]], role="hub", capacity=1
        )
    said_no = Attendee.SAID_NO
    Attendee.objects.bulk_create(
        Attendee(
            event=row, person=world.people[person], partstat=answer,
            seat="cancelled" if answer in said_no and seat != "none" else seat,
            waitlisted_at=factories.NOW if seat == "waitlisted" and answer not in said_no else None,
            hub=hub if joins else None,
        )
        for person, answer, seat, joins in each["guests"]
    )  # fmt: skip


def found(events: list[Event]) -> set[Found]:
    ours = slots.by_key(keys=[event.pk for event in events])
    return {_plain(row) for row in clashes._all(ours)} if ours else set()


def _plain(row: collisions.Collision) -> Found:
    events = tuple(sorted(use.slot.pk for use in row.uses))
    return row.kind.value, row.soft, events, str(row.subject or None)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Take back what is stored within the block: examples share one transaction."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


@given(seed=st.integers(0, 2**32), size=st.integers(6, 9), asked=st.sets(st.integers(0, 8)))
@examples(25)
def test_clashes_are_those_of_the_model(
    world: World, seed: int, size: int, asked: set[int]
) -> None:
    """The programme comes from the seed: what hypothesis draws itself hardly ever meets."""
    pick = Random(seed)
    first = pick.choice(STARTS)
    with rolled_back():
        events = build(world, [event(pick, first, number) for number in range(size)])
        every = clashmodel.clashes()
        assert found(events) == every
        ours = [event for number, event in enumerate(events) if number in asked]
        keys = {event.pk for event in ours}
        assert found(ours) == {row for row in every if keys & set(row[2])}
