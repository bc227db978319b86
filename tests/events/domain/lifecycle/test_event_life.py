"""Random calls on a small forest of events: in any order, the trees stay legal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from events.domain.lifecycle import clones, lifecycle
from events.domain.programme import revisions, tree
from events.models import Event, ReminderOccurrence
from events.values.dates import BadDate, Precision, When
from tests import factories
from tests.examples import examples
from tests.factories import NOW, days

REFUSALS = (
    lifecycle.Begun,
    lifecycle.NotAllowed,
    lifecycle.Incomplete,
    lifecycle.InUse,
    tree.Cycle,
    tree.TooDeep,
    tree.ParentOff,
    tree.OutsideParent,
    tree.LegsOverlap,
    tree.NoSuchTime,
    clones.NoTeam,
    BadDate,
)
STANDING, OFF = {"tentative", "confirmed"}, {"postponed", "cancelled"}
LEGAL = {
    ("draft", "tentative"),
    ("tentative", "confirmed"),
    ("postponed", "confirmed"),
    ("tentative", "postponed"),
    ("confirmed", "postponed"),
    ("postponed", "tentative"),
    ("tentative", "cancelled"),
    ("confirmed", "cancelled"),
    ("postponed", "cancelled"),
    ("cancelled", "tentative"),
}
COLUMNS = ["id", "uid", *{*revisions.VISIBLE, *revisions.MANAGED, "team_id", "audience"}]
CONTRADICTIONS = {*product(STANDING, OFF), ("postponed", "cancelled")}
Rows = dict[int, dict[str, Any]]


@dataclass
class Call:
    """A call on one event of the forest; some calls take another event as well."""

    verb: str
    on: int
    other: int
    first: int
    length: int
    along: bool
    able: bool  # whether to choose among events whose status allows the verb, if there are any

    def make(self, now: Any) -> None:
        events = list(Event.objects.order_by("pk"))
        able = [event for event in events if self.verb in lifecycle.STEPS[event.status]]
        chosen = (able if self.able else []) or events
        event, other = chosen[self.on % len(chosen)], events[self.other % len(events)]
        CALLS[self.verb](self, event, other, now)

    @property
    def when(self) -> When:
        first = date(2026, 12, self.first)
        last = first + timedelta(days=self.length)
        return When(precision=Precision.DAY, start_on=first, end_on=last, timezone="Asia/Shanghai")


def put(event: Event, now: Any, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=now)


CALLS: dict[str, Callable[[Call, Event, Event, Any], Any]] = {
    "propose": lambda call, event, other, now: lifecycle.propose(event=event, now=now),
    "confirm": lambda call, event, other, now: lifecycle.confirm(event=event, now=now),
    "postpone": lambda call, event, other, now: lifecycle.postpone(event=event, now=now),
    "reinstate": lambda call, event, other, now: lifecycle.reinstate(
        event=event, when=call.when, with_programme=call.along, now=now
    ),
    "move": lambda call, event, other, now: lifecycle.move(
        event=event, when=call.when, with_programme=call.along, now=now
    ),
    "cancel": lambda call, event, other, now: lifecycle.cancel(event=event, reason="x", now=now),
    "delete": lambda call, event, other, now: lifecycle.delete(event=event, now=now),
    "clone": lambda call, event, other, now: clones.make(
        event=event, days=call.length, team=other.team, now=now
    ),
    "adopt": lambda call, event, other, now: put(event, now, parent=other),
    "free": lambda call, event, other, now: put(event, now, parent=None),
    "stretch": lambda call, event, other, now: put(event, now, when=call.when),
    "rename": lambda call, event, other, now: put(event, now, title_en=f"Title {call.first}"),
    "hide": lambda call, event, other, now: put(event, now, visibility="internal"),
    "make a leg": lambda call, event, other, now: put(event, now, kind="leg"),
    "make a session": lambda call, event, other, now: put(event, now, kind="session"),
}
calls = st.lists(
    st.builds(
        Call,
        verb=st.sampled_from(sorted(CALLS)),
        on=st.integers(0, 9),
        other=st.integers(0, 9),
        first=st.integers(9, 16),
        length=st.integers(0, 4),
        along=st.booleans(),
        able=st.booleans(),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture
def forest(db: None) -> None:
    """A mission with two legs, a draft with a part, a postponed event, a reported one."""
    team, hall = factories.team(), factories.place()

    def event(**columns: Any) -> Event:
        row = factories.event(team=team, place=hall, **{"kind": "session", **columns})
        factories.rule(event=row)
        lifecycle.save(event=row, now=NOW)
        return row

    mission = event(status="tentative", **days(10, 15))
    doha = event(parent=mission, kind="leg", **days(11, 12))
    event(parent=mission, kind="leg", status="draft", **days(12, 14))
    event(parent=doha, status="tentative", **days(11))
    event(parent=mission, kind="deadline", **days(1))
    conference = event(status="draft", **days(11, 13))
    event(parent=conference, status="draft", after=mission, **days(12))
    forum = event(status="postponed", **days(11))
    event(parent=forum, status="postponed", **days(11))
    factories.event(origin="reported", **days(5, 20))
    factories.organiser(mission)
    factories.organiser(conference)


def snapshot() -> Rows:
    return {row["id"]: row for row in Event.objects.order_by("pk").values(*COLUMNS)}


@examples(20)
@given(calls=calls)
def test_a_forest_stays_legal(forest: None, calls: list[Call]) -> None:
    with transaction.atomic():
        before = snapshot()
        for number, call in enumerate(calls):
            try:
                call.make(NOW + timedelta(minutes=number))
            except REFUSALS:
                assert snapshot() == before, "a refusal changes nothing"
                continue
            after = snapshot()
            check_changes(before, after)
            check_tree(after)
            check_days(after)
            check_reminders()
            before = after
        transaction.set_rollback(True)


def check_changes(before: Rows, after: Rows) -> None:
    for key in before.keys() - after.keys():
        assert before[key]["status"] == "draft", "only drafts are ever gone"
    for key in after.keys() - before.keys():
        assert after[key]["status"] == "draft", "what is new is a draft"
    for key in before.keys() & after.keys():
        check_change(before, after, key)


def check_change(before: Rows, after: Rows, key: int) -> None:
    old, new = before[key], after[key]
    assert new["uid"] == old["uid"]
    assert old["status"] == new["status"] or (old["status"], new["status"]) in LEGAL
    scheduled = differ(old, new, revisions.SCHEDULE)
    assert new["sequence"] - old["sequence"] == scheduled
    above = new["parent_id"]
    inherited = above in before and differ(before[above], after[above], revisions.SHOWN_BELOW)
    seen = differ(old, new, revisions.VISIBLE) or inherited
    assert new["revision"] - old["revision"] == seen
    assert (new["changed_at"] > old["changed_at"]) == seen


def differ(old: dict[str, Any], new: dict[str, Any], names: tuple[str, ...]) -> bool:
    return any((old[name] or None) != (new[name] or None) for name in names)


def line(rows: Rows, key: int) -> list[dict[str, Any]]:
    """The event and those above it, nearest first."""
    found = [rows[key]]
    while (above := found[-1]["parent_id"]) is not None:
        assert len(found) < 4, "too deep, or a circle"
        found.append(rows[above])
    return found


def check_tree(rows: Rows) -> None:
    for key in rows:
        event, *above = line(rows, key)
        if all(row["origin"] == "managed" for row in [event, *above]):
            for status in (row["status"] for row in above):
                assert (event["status"], status) not in CONTRADICTIONS


def check_days(rows: Rows) -> None:
    counted = [row for row in rows.values() if row["origin"] == "managed"]
    counted = [row for row in counted if row["status"] not in OFF]
    for child in counted:
        for parent in counted:
            if child["parent_id"] == parent["id"] and child["kind"] != "deadline":
                assert parent["start_on"] <= child["start_on"], (parent, child)
                assert child["end_on"] <= parent["end_on"], (parent, child)
    legs = [row for row in counted if row["kind"] == "leg" and row["parent_id"]]
    for one in legs:
        for other in legs:
            if one["id"] < other["id"] and one["parent_id"] == other["parent_id"]:
                first, second = sorted(
                    (one, other), key=lambda row: (row["start_on"], row["end_on"])
                )
                assert first["end_on"] <= second["start_on"] or (
                    first["start_on"] == second["start_on"] == second["end_on"]
                ), (one, other)


def check_reminders() -> None:
    planned = ReminderOccurrence.objects.filter(state="planned")
    assert not planned.exclude(event__status__in=STANDING, event__origin="managed").exists()
    standing = Event.objects.filter(status__in=STANDING, origin="managed")
    assert not standing.filter(reminder_rules__occurrences=None, reminder_rules__pk__gt=0).exists()
