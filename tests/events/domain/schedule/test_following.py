"""`after` holds when the first moves: in one programme, in a chain, in another tree; told once."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from events.domain import telling
from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.domain.reminders import notices
from events.domain.schedule import edits
from events.models import Delivery, Event, Team, Telling, User
from tests import factories
from tests.events.domain.schedule.grids import apply, conference, hours, part, set_
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


@pytest.fixture
def event(team: Team) -> Event:
    return conference(team, end_on=date(2026, 12, 4))


def shift(minutes: int, *parts: Event) -> dict[str, Any]:
    return {"op": "shift", "ids": [row.pk for row in parts], "minutes": minutes}


def test_back_to_back_parts_stay_so_in_a_chain(event: Event, user: User) -> None:
    one = part(event, "One", "10:00", "10:30")
    two = part(event, "Two", "10:30", "11:00", after=one)
    three = part(event, "Three", "11:00", "11:30", after=two)
    done = apply(event, user, shift(20, one))
    assert hours(one, two, three) == ["10:20–10:50", "10:50–11:20", "11:20–11:50"]
    assert (done.followed, done.touched) == ({two.pk, three.pk}, {one.pk, two.pk, three.pk})
    apply(event, user, *done.undo)
    assert hours(one, two, three) == ["10:00–10:30", "10:30–11:00", "11:00–11:30"]
    apply(event, user, set_(one, to="10:40"))
    assert hours(one, two, three) == ["10:00–10:40", "10:40–11:10", "11:10–11:40"]
    apply(event, user, set_(one, from_="09:00", to="09:40"))
    assert hours(two, three) == ["09:40–10:10", "10:10–10:40"]


def test_a_part_that_follows_with_a_gap_moves_only_if_it_must(event: Event, user: User) -> None:
    one = part(event, "One", "10:00", "10:30")
    two = part(event, "Two", "11:00", "11:30", after=one)
    early = part(event, "Early", "10:15", "10:45", after=one)
    apply(event, user, shift(20, one))
    assert hours(two, early) == ["11:00–11:30", "10:15–10:45"]
    apply(event, user, shift(20, one))
    assert hours(one, two) == ["10:40–11:10", "11:20–11:50"]
    apply(event, user, shift(-60, one))
    assert hours(one, two) == ["09:40–10:10", "11:20–11:50"]


def test_what_is_shifted_itself_follows_nobody_twice(event: Event, user: User) -> None:
    one = part(event, "One", "10:00", "10:30")
    two = part(event, "Two", "10:30", "11:00", after=one)
    one.after = two  # a circle ends, too
    one.save()
    done = apply(event, user, shift(20, one, two))
    assert hours(one, two) == ["10:20–10:50", "10:50–11:20"]
    assert done.followed == set()


def test_a_follower_takes_its_parts_along_and_leaves_others_where_they_are(
    event: Event, user: User
) -> None:
    one = part(event, "One", "10:00", "10:30")
    two = part(event, "Two", "10:30", "11:30", after=one)
    talk = part(two, "Talk", "10:30", "11:00")
    off = part(event, "Off", "10:30", "11:00", after=one, status="cancelled")
    apply(event, user, shift(20, one))
    assert hours(two, talk, off) == ["10:50–11:50", "10:50–11:20", "10:30–11:00"]


def test_a_follower_that_the_user_may_not_change_stays(event: Event, user: User) -> None:
    one = part(event, "One", "10:00", "10:30")
    theirs = factories.event(after=one, start_time=time(10, 30), end_time=time(11))
    apply(event, user, shift(20, one))
    assert hours(theirs) == ["10:30–11:00"]


def test_a_follower_that_does_not_fit_refuses_the_move(event: Event, user: User) -> None:
    one = part(event, "One", "10:00", "10:30", start_on=date(2026, 12, 4), end_on=date(2026, 12, 4))
    late = {"start_on": date(2026, 12, 4), "end_on": date(2026, 12, 4), "after": one}
    two = part(event, "Two", "23:30", "23:50", **late)
    Event.objects.filter(pk=one.pk).update(end_time=time(23, 30))
    with pytest.raises(edits.Refused):
        apply(event, user, shift(30, one))
    assert hours(two) == ["23:30–23:50"]


def moved(event: Event, days: int) -> None:
    by = timedelta(days=days)
    when = event.when
    assert when.start_on
    assert when.end_on
    when = replace(when, start_on=when.start_on + by, end_on=when.end_on + by)
    with telling.planning(choice=Telling.NOW, now=NOW):
        lifecycle.move(event=event, when=when, now=NOW)


@pytest.mark.parametrize("days", [1, -1])
def test_a_meeting_in_another_tree_follows_a_conference_that_moves_by_days(
    team: Team, days: int
) -> None:
    event = conference(team, status="confirmed", end_time=time(17))
    dinner = part(event, "Dinner", "12:00", "13:00", status="confirmed")
    mission = factories.event(
        team=team, start_on=date(2026, 11, 30), end_on=date(2026, 12, 5), kind="trade_mission"
    )
    times = {"start_time": time(17, 30), "end_time": time(18, 30), "end_on": date(2026, 12, 2)}
    meeting = factories.event(team=team, parent=mission, after=event, **times)
    guest = factories.attendee(event=event).person
    factories.attendee(event=meeting, person=guest)
    moved(event, days)
    for row in (dinner, meeting):
        row.refresh_from_db()
        assert (row.start_on, row.end_on) == (date(2026, 12, 2 + days),) * 2
    notices.expand_due(now=NOW + notices.DEBOUNCE)
    assert [mail.person for mail in Delivery.objects.filter(kind="notice")] == [guest]


def test_a_conference_stays_if_what_follows_cannot(team: Team) -> None:
    event = conference(team, status="confirmed")
    mission = factories.event(team=team, end_on=date(2026, 12, 2), kind="trade_mission")
    times = {"start_time": time(18, 30), "end_time": time(19), "end_on": date(2026, 12, 2)}
    factories.event(team=team, parent=mission, after=event, **times)
    with pytest.raises(tree.OutsideParent):
        moved(event, 1)
    event.refresh_from_db()
    assert event.start_on == date(2026, 12, 2)
