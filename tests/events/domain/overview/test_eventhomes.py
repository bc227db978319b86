"""The read model of the home of an event: what each role reads, and what is missing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from events.domain.overview import eventhomes
from events.domain.overview.eventhomes import MAX_GUESTS, EventHome
from events.models import Event, User
from tests import factories, missions
from tests.events.admin import screens
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def read(event: Event, user: User, **asked: str) -> EventHome:
    return eventhomes.of(event=event, user=user, now=NOW, **asked)


def organiser(event: Event) -> User:
    return factories.user(member_of=event.team)


def missing(event: Event) -> dict[str, int]:
    return {gap.name: gap.number for gap in read(event, organiser(event)).gaps}


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), 2),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), 1),
        (datetime(2026, 12, 2, 12, tzinfo=UTC), 0),
        (datetime(2026, 12, 4, 12, tzinfo=UTC), -2),
    ],
    ids=str,
)
def test_days_are_counted_at_the_clock_of_the_event(now: datetime, days: int) -> None:
    assert eventhomes.days_to_go(event=factories.event(), now=now) == days


def test_an_event_without_a_day_has_no_days_to_go() -> None:
    values = {"precision": "month", "start_on": date(2026, 12, 1), "end_on": date(2026, 12, 31)}
    assert eventhomes.days_to_go(event=factories.event(**values), now=NOW) is None


def test_what_is_missing_is_named_with_its_number() -> None:
    event = factories.event(end_on=date(2026, 12, 2), capacity=1)
    part: dict[str, Any] = {"parent": event, "team": event.team, "kind": "session"}
    factories.event(**part, status="draft")
    factories.event(**part, visibility="internal")
    factories.event(**part, start_on=date(2026, 12, 3), end_on=date(2026, 12, 3))
    factories.event(**part, status="cancelled", visibility="internal")
    for _ in range(2):
        factories.attendee(event=event, seat="confirmed")
    factories.attendee(event=event, partstat="needs_action", person=factories.person(email=""))
    screens.reply(None, "word", event=event)
    screens.delivery(None, "word", event=event, state="held")
    screens.delivery(None, "word", event=event, state="dead")
    assert missing(event) == {
        "place": 1,
        "organiser": 1,
        "unannounced": 1,
        "internal": 1,
        "outside": 1,
        "uninvited": 1,
        "unreachable": 1,
        "overbooked": 1,
        "replies": 1,
        "held": 1,
        "failed": 1,
    }


def test_a_complete_event_lacks_nothing_but_people() -> None:
    event = factories.event(place=factories.place())
    factories.organiser(event)
    assert missing(event) == {"nobody": 1}
    factories.attendee(event=event)
    assert missing(event) == {}


def test_a_part_inherits_its_organiser_and_needs_no_people_of_its_own() -> None:
    event = factories.event(place=factories.place())
    factories.organiser(event)
    part = factories.event(parent=event, team=event.team, kind="session", place=event.place)
    assert missing(part) == {}


@pytest.mark.parametrize(
    "columns",
    [
        {"origin": "reported", "team": None},
        {"status": "cancelled"},
        {"start_on": date(2026, 5, 2), "end_on": date(2026, 5, 2)},
    ],
    ids=["reported", "cancelled", "over"],
)
def test_what_nobody_prepares_any_more_lacks_nothing(columns: dict[str, Any]) -> None:
    event = factories.event(**columns)
    boss = factories.user(is_superuser=True)
    assert read(event, boss).gaps == []


def test_attendees_are_found_in_any_script_and_by_group() -> None:
    event = factories.event()
    lyu = factories.person(team=event.team, family_name="Lü", given_name="Wei", name_zh_hant="呂偉")
    found = factories.attendee(event=event, person=lyu)
    factories.attendee(event=event, person=factories.person(team=event.team))
    label = factories.attendee(event=event, person=None, label_en="Two interpreters")
    user = organiser(event)
    for words in ("lyu", "呂偉", "LÜ"):
        assert read(event, user, words=words).guests.first == [found], words
    assert read(event, user, words="interpreters").guests.first == [label]
    assert read(event, user, standing="declined").guests.first == []
    assert read(event, user, standing="nonsense").guests.number == 3


def test_the_first_attendees_are_read_and_all_are_counted() -> None:
    event = factories.event()
    for _ in range(MAX_GUESTS + 2):
        factories.attendee(event=event)
    guests = read(event, organiser(event)).guests
    assert (len(guests.first), guests.number) == (MAX_GUESTS, MAX_GUESTS + 2)


def test_a_part_names_what_it_is_part_of() -> None:
    top = factories.event()
    middle = factories.event(parent=top, team=top.team)
    part = factories.event(parent=middle, team=top.team)
    assert read(part, organiser(top)).above == [top, middle]


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_a_role_reads_what_it_may_see_of_a_mission(role: str) -> None:
    mission = missions.build()
    home = read(mission.events["mission"], mission.users[role])
    assert (home.gaps, home.planned, home.sent, home.takes_guests) == ([], [], [], False)
    seen = {row: cells[role] != "–" for row, cells in missions.EVENTS.items()}
    assert {part.pk for _depth, part in home.parts} == {
        mission.events[name].pk
        for name in ("one", "one_visit", "one_cue", "two", "two_visit", "briefing", "dinner")
        if seen[name] and (name != "one_cue" or seen["one_visit"])
    }
    people = {"viewer": 4, "liaison": 0, "secretary": 4}
    assert home.standings["listed"] == people[role]
