"""The rundown of a programme: its days and places, who appears, the clocks of its hubs."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import translation

from events.domain.schedule import rundowns
from events.domain.schedule.rundowns import Line, Rundown, Speaker
from events.models import Appointment, Event, Place, User
from tests import factories

DAY = date(2026, 12, 9)
pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return factories.event(title="Conference", start_on=DAY, end_on=DAY + timedelta(days=1))


@pytest.fixture
def hall(event: Event) -> Place:
    return factories.place(name="Grand Hall", kind="room", team=event.team)


def part(event: Event, title: str, start: time | None, end: time | None, **columns: Any) -> Event:
    values = {"start_on": DAY, "end_on": DAY, "start_time": start, "end_time": end, **columns}
    return factories.event(parent=event, team=event.team, title=title, kind="session", **values)


def made(event: Event, user: User | None = None, **asked: bool) -> Rundown:
    choices = {"by_place": False, "internal": True, "called_off": False, **asked}
    return rundowns.of(event=event, user=user or factories.user(member_of=event.team), **choices)


def lines(found: Rundown) -> list[Line]:
    return [line for sheet in found.sheets for line in sheet.lines]


def titles(found: Rundown) -> list[list[str]]:
    return [[line.event.title for line in sheet.lines] for sheet in found.sheets]


def test_parts_stand_on_their_day_in_the_order_of_time(event: Event, hall: Place) -> None:
    part(event, "Opening", time(9), time(9, 30), place=hall)
    part(event, "Closing", time(15), None, start_on=date(2026, 12, 10), end_on=None)
    part(event, "Registration", time(8), time(9))
    part(event, "Exhibition", None, None, precision="day")
    found = made(event)
    assert [sheet.on for sheet in found.sheets] == [DAY, date(2026, 12, 10)]
    assert titles(found) == [["Exhibition", "Registration", "Opening"], ["Closing"]]
    assert [line.minutes for line in lines(found)] == [None, 60, 30, None]


def test_a_part_of_a_part_says_in_what_it_is(event: Event) -> None:
    lab = part(event, "Lab", time(9), time(12))
    part(lab, "Demo", time(10), time(11))
    part(event, "Signing", time(9, 30), time(11))
    assert [(line.event.title, line.within) for line in lines(made(event))] == [
        ("Lab", ""), ("Signing", ""), ("Demo", "Lab"),
    ]  # fmt: skip


def test_each_place_may_have_a_sheet_of_its_own(event: Event, hall: Place) -> None:
    part(event, "Opening", time(9), time(9, 30), place=hall)
    part(event, "Registration", time(8), time(9))
    found = made(event, by_place=True)
    assert [(sheet.on, sheet.place) for sheet in found.sheets] == [(DAY, "Grand Hall"), (DAY, "")]


def test_what_is_internal_or_called_off_is_shown_if_asked_for(event: Event) -> None:
    part(event, "Opening", time(9), time(10))
    part(event, "Briefing", time(8), time(9), visibility="internal")
    part(event, "Dropped", time(7), time(8), status="cancelled")
    assert titles(made(event)) == [["Briefing", "Opening"]]
    assert titles(made(event, internal=False)) == [["Opening"]]
    assert titles(made(event, called_off=True)) == [["Dropped", "Briefing", "Opening"]]
    assert (made(event).has_internal, made(event).has_called_off) == (True, True)


def test_a_viewer_is_told_of_no_internal_part(event: Event) -> None:
    part(event, "Briefing", time(8), time(9), visibility="internal")
    found = made(event, factories.user(member_of=event.team, role="viewer"))
    assert (found.sheets, found.has_internal) == ((), False)


def test_hubs_have_clocks_of_their_own_unless_they_show_the_same(event: Event) -> None:
    for name, zone in (
        ("Mumbai", "Asia/Kolkata"),
        ("New York", "America/New_York"),
        ("Hong Kong", "Asia/Hong_Kong"),
    ):
        factories.hub(event=event, place=factories.place(name=name, timezone=zone))
    part(event, "Opening", time(9), time(9, 30))
    found = made(event)
    assert found.hubs == ("Mumbai", "New York")
    there = {name: f"{at:%d %H:%M}" for name, at in lines(found)[0].hubs}
    assert there == {"Mumbai": "09 06:30", "New York": "08 20:00"}


def test_speakers_bear_the_office_in_which_they_speak_or_their_highest(event: Event) -> None:
    body = factories.organisation(name="Trade Council", team=event.team)
    opening = part(event, "Opening", time(9), time(10))
    person = factories.person(team=event.team)
    for rank, title in ((1, "Member"), (5, "Chair")):
        Appointment.objects.create(person=person, organisation=body, title=title, rank=rank)
    row = factories.attendee(event=opening, person=person, role="speaker")
    factories.attendee(event=opening, role="participant")
    assert lines(made(event))[0].speakers == (
        Speaker(name=str(person), titles="Chair, Trade Council"),
    )
    row.appointment = Appointment.objects.get(title="Member")
    row.save()
    assert lines(made(event))[0].speakers[0].titles == "Member, Trade Council"


def test_who_may_not_be_seen_is_not_named(event: Event) -> None:
    opening = part(event, "Opening", time(9), time(10))
    factories.attendee(
        event=opening, person=factories.person(team=factories.team()), role="speaker"
    )
    assert lines(made(event))[0].speakers == ()


def test_it_is_written_in_the_active_language(event: Event) -> None:
    part(event, "Opening", time(9), time(10), title_zh_hans="开幕")
    with translation.override("zh-hans"):
        assert titles(made(event)) == [["开幕"]]


def test_it_costs_as_many_queries_for_many_parts_as_for_one(
    event: Event, hall: Place, django_assert_num_queries: Any
) -> None:
    user = factories.user(member_of=event.team)
    counts = set()
    for more in (1, 2, 9):
        for _ in range(more):
            row = part(event, "Opening", time(9), time(10), place=hall)
            factories.attendee(event=row, person=factories.person(team=event.team), role="speaker")
        with django_assert_num_queries(14, exact=False) as asked:
            made(event, User.objects.get(pk=user.pk))
        counts.add(len(asked))
    assert len(counts) == 1
