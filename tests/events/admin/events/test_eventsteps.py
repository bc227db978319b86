"""Steps that are refused: a sentence, nothing is stored, hidden names are redacted."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from events.domain.lifecycle import lifecycle
from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.factories import days
from tests.office import Office


@pytest.fixture
def office(organiser: Client) -> Office:
    return Office(organiser)


def refused(office: Office, row: Event, verb: str, **values: Any) -> str:
    """Return the reason, and check that the event has not changed."""
    before = Event.objects.values().get(pk=row.pk)
    reason = office.refused_step(row, verb, **values)
    assert Event.objects.values().get(pk=row.pk) == before
    return reason


def test_a_part_does_not_move_out_of_what_it_is_part_of(ours: Team, office: Office) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    opening = screens.event(ours, "Opening", parent=expo, **days(5))
    assert refused(office, opening, "move", start_on="2026-12-11") == (
        "Outside the days of “Expo” would lie: Opening."
    )


def test_an_event_does_not_move_away_from_its_parts_and_hidden_ones_have_no_name(
    ours: Team, theirs: Team, office: Office
) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    screens.event(ours, "Opening", parent=expo, **days(5))
    screens.event(theirs, "CANARY", parent=expo, **days(6))
    reason = refused(office, expo, "move", start_on="2026-12-07", end_on="2026-12-10")
    assert reason == "Outside the days of “Expo” would lie: Opening; (not visible)."


def test_a_leg_does_not_move_into_the_next(ours: Team, office: Office) -> None:
    mission = screens.event(ours, "Mission", **days(10, 15))
    leg = {"kind": "leg", "parent": mission}
    doha = screens.event(ours, "Doha", **leg, **days(11, 12))
    screens.event(ours, "Kuwait", **leg, **days(13, 14))
    reason = refused(office, doha, "move", start_on="2026-12-12", end_on="2026-12-14")
    assert reason == "Overlaps with “Kuwait”: two legs share a day of travel at most."


def test_no_part_comes_back_before_what_it_is_part_of(ours: Team, office: Office) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    opening = screens.event(ours, "Opening", parent=expo, **days(5))
    office.step(expo, "postpone")
    opening.refresh_from_db()
    reason = refused(office, opening, "reinstate", start_on="2026-12-06", status="tentative")
    assert reason == "“Expo”, which it is part of, is postponed or cancelled."


def test_a_part_does_not_move_into_an_hour_that_the_clocks_skip(ours: Team, office: Office) -> None:
    berlin = {"timezone": "Europe/Berlin"}
    expo = screens.event(ours, "Expo", **days(5), **berlin)
    hours = {"start_time": time(2, 30), "end_time": time(3, 10), "precision": "time"}
    day = {"start_on": date(2026, 12, 5), "end_on": date(2026, 12, 5)}
    night = screens.event(ours, "Night talk", parent=expo, **day, **hours, **berlin)
    values = {"start_on": "2027-03-28", "end_on": "2027-03-28", "with_programme": "on"}
    reason = refused(office, expo, "move", **values)
    assert reason.startswith("“Night talk” would end before it starts: the clocks skip an hour")
    night.refresh_from_db()
    assert night.start_on == date(2026, 12, 5)


def test_the_page_of_a_step_names_no_part_of_another_team(
    ours: Team, theirs: Team, office: Office
) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    screens.event(ours, "Opening", parent=expo, **days(5))
    screens.event(theirs, "CANARY", parent=expo, **days(6))
    said = office.step(expo, "postpone")
    assert "2 parts of its programme go along: Opening and 1 more." in said
    assert "CANARY" not in said


def test_a_seventh_part_is_counted_and_not_named(ours: Team, office: Office) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    for number in range(7):
        screens.event(ours, f"Part {number}", parent=expo, **days(6))
    assert "Part 4 and 2 more." in office.step(expo, "cancel", reason="Storm")


def test_what_needs_an_event_is_not_named_to_who_may_not_see_it(ours: Team, theirs: Team) -> None:
    expo = screens.event(ours, "Expo", **days(5))
    rows = (screens.person(ours, "Known"), screens.person(theirs, "CANARY"))
    said = lifecycle.InUse(expo, rows).sentence(user=factories.user(member_of=ours))
    assert said == f"“Expo” is needed by: {rows[0]}; (not visible)."
