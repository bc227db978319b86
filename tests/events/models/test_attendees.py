"""The people whom an event concerns, from the side of the event and of the attendee."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Attendee, Event, Person, Team
from tests import factories
from tests.examples import examples

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

PARTS = st.fixed_dictionaries(
    {
        "above": st.integers(0, 100),
        "audience": st.sampled_from(["everybody", "everybody", "invited"]),
        "kind": st.sampled_from(["session", "session", "leg"]),
        "visibility": st.sampled_from(["public", "participants", "delegation"]),
        "partstat": st.sampled_from(["", "", "accepted", "needs_action", "declined", "delegated"]),
        "role": st.sampled_from(["delegate", "participant"]),
        "seat": st.sampled_from(["none", "none", "confirmed", "cancelled"]),
    }
)


@examples(60)
@given(parts=st.lists(PARTS, min_size=1, max_size=7))
def test_both_sides_agree(parts: list[dict[str, Any]]) -> None:
    person, team = factories.person(), factories.team()
    events: list[Event] = []
    for part in parts:
        events.append(_plant(part, events, person, team))
    mine = Attendee.objects.filter(person=person)
    rows = Event.objects.filter(team=team).for_attendees_of(
        mine.expected().values("event"),
        travelling=mine.expected().travelling().values("event"),
        refused=mine.staying_away().values("event"),
    )
    from_above = {event.pk for event in rows}
    of_event = {event.pk: mine.concerned_by(event).expected().exists() for event in events}
    assert {pk for pk, is_concerned in of_event.items() if is_concerned} == from_above


def test_an_internal_item_is_not_told_to_those_above() -> None:
    whole = factories.event()
    item = factories.event(parent=whole, team=whole.team, visibility="internal")
    factories.attendee(event=whole)
    own = factories.attendee(event=item)
    assert list(Attendee.objects.concerned_by(item)) == [own]


def _plant(part: dict[str, Any], events: list[Event], person: Person, team: Team) -> Event:
    room = [None, *(event for event in events if len(_above(event)) < 3)]
    names = ("audience", "kind", "visibility")
    event = factories.event(
        parent=room[part["above"] % len(room)], team=team, **{name: part[name] for name in names}
    )
    if partstat := part["partstat"]:
        seat = "none" if partstat in Attendee.SAID_NO else part["seat"]
        factories.attendee(
            event=event, person=person, partstat=partstat, seat=seat, role=part["role"]
        )
    return event


def _above(event: Event) -> list[Event]:
    return [event.parent, *_above(event.parent)] if event.parent else []
