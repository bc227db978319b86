"""Itineraries compared with a plain model: a forest of events, and the answers of one person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from events.domain.pages import itineraries
from events.domain.pages.itineraries import Day, Item, Itinerary
from events.models import Event
from events.values import dates
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db
ZONES = ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Honolulu", "Europe/London"]
NODES = st.fixed_dictionaries(
    {
        "above": st.integers(0, 100),
        "audience": st.sampled_from(["everybody", "everybody", "invited"]),
        "kind": st.sampled_from(["session", "session", "leg", "deadline"]),
        "status": st.sampled_from(["confirmed", "confirmed", "tentative", "draft", "cancelled"]),
        "visibility": st.sampled_from(["participants", "delegation", "internal"]),
        "zone": st.sampled_from(ZONES),
        "day": st.integers(0, 3),
        "hour": st.none() | st.integers(0, 23),
        "length": st.none() | st.integers(0, 30),
        "attends": st.sampled_from(["", "", "", "accepted", "needs_action", "declined"]),
        "role": st.sampled_from(["delegate", "participant"]),
        "lost": st.sampled_from(["none", "none", "confirmed", "cancelled"]),
    }
)


class World:
    """A forest of events and the answers of one person, as rows and as plain dictionaries."""

    def __init__(self, nodes: list[dict[str, Any]]) -> None:
        self.person = factories.person(timezone="Asia/Tokyo")
        self.team = factories.team()
        self.nodes: dict[int, dict[str, Any]] = {}
        for node in nodes:
            self._plant(node)

    def _plant(self, node: dict[str, Any]) -> None:
        room = [None, *(pk for pk, above in self.nodes.items() if above["level"] < 4)]
        parent = room[node["above"] % len(room)]
        event = factories.event(
            parent_id=parent, team=self.team, **_when(node), **{
                name: node[name] for name in ("audience", "kind", "status", "visibility")
            },
        )  # fmt: skip
        level = self.nodes[parent]["level"] + 1 if parent else 1
        self.nodes[event.pk] = {**node, "parent": parent, "level": level, "event": event}
        if node["attends"]:
            lost = "none" if node["attends"] == "declined" else node["lost"]
            answer = {"partstat": node["attends"], "seat": lost, "role": node["role"]}
            factories.attendee(person=self.person, event=event, **answer)

    def concerns(self, pk: int | None, members_only: bool = False) -> bool:
        if pk is None:
            return False
        node = self.nodes[pk]
        if node["attends"]:
            if members_only and node["role"] == "participant":
                return False
            return node["attends"] != "declined" and node["lost"] != "cancelled"
        inherits = node["audience"] == "everybody" and node["kind"] != "leg"
        members_only = members_only or node["visibility"] == "delegation"
        return inherits and self.concerns(node["parent"], members_only)

    def lies_within(self, pk: int | None, root: int) -> bool:
        return pk is not None and (pk == root or self.lies_within(self.nodes[pk]["parent"], root))

    def shown(self, internal: bool, cancelled: bool) -> set[int]:
        hidden = {"draft"} if cancelled else {"draft", "cancelled"}
        return {
            pk
            for pk, node in self.nodes.items()
            if node["status"] not in hidden and (internal or node["visibility"] != "internal")
        }


def _when(node: dict[str, Any]) -> dict[str, Any]:
    start = datetime(2025, 3, 7 + node["day"], node["hour"] or 0, tzinfo=dates.zone(node["zone"]))
    if node["hour"] is None:
        last = start.date() + timedelta(days=(node["length"] or 0) // 12)
        days = {"start_on": start.date(), "end_on": last}
        return {"precision": "day", "timezone": node["zone"], **days}
    end = (start.astimezone(UTC) + timedelta(hours=node["length"] or 0)).astimezone(start.tzinfo)
    return {
        "timezone": node["zone"],
        "start_on": start.date(),
        "start_time": start.time(),
        "end_on": None if node["length"] is None else end.date(),
        "end_time": None if node["length"] is None else end.time(),
    }


def all_events(made: Itinerary) -> list[int]:
    spans = {span.event.pk for day in made.days for span in day.spans}
    return sorted([*spans, *(row.event.pk for _day, row in placed(made))])


def placed(made: Itinerary) -> list[tuple[Day, Item]]:
    return [(day, row) for day in made.days for row in day.items]


def in_order(day: Day) -> bool:
    keys = [
        (
            row.clock is not None,
            row.event.start_at,
            (row.event.start_at or factories.NOW) - (row.event.end_at or row.event.start_at),
            row.event.pk,
        )
        for row in day.items
    ]
    return keys == sorted(keys)  # type: ignore[type-var]


@examples(20)
@given(st.lists(NODES, min_size=1, max_size=9), st.booleans(), st.booleans(), st.integers(0, 100))
def test_an_itinerary_is_what_a_plain_model_says(
    nodes: list[dict[str, Any]], internal: bool, cancelled: bool, chosen: int
) -> None:
    with transaction.atomic():
        world = World(nodes)
        shown = world.shown(internal, cancelled)
        root = list(world.nodes)[chosen % len(nodes)]
        below = {pk for pk in shown if world.lies_within(pk, root)}
        mine = {pk for pk in shown if world.concerns(pk)}
        event = Event.objects.get(pk=root)
        how = {"internal": internal, "cancelled": cancelled}
        of_everything = itineraries.of_person(person=world.person, **how)
        of_part = itineraries.of_person(person=world.person, within=event, **how)
        of_event = itineraries.of_event(event=event, **how)
        assert all_events(of_everything) == sorted(mine)
        assert all_events(of_part) == sorted(mine & below)
        assert all_events(of_event) == sorted(below)
        for made in (of_everything, of_part, of_event):
            assert [day.on for day in made.days] == sorted({day.on for day in made.days})
            assert all(in_order(day) for day in made.days)
            assert all(
                row.on == row.event.start_on == day.on for day in made.days for row in day.items
            )
        transaction.set_rollback(True)
