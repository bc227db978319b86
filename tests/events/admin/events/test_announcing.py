"""The pages that announce a programme: what is preset, what they say, what they do."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.factories import MANY
from tests.office import Office, address


@pytest.fixture
def office(organiser: Client) -> Office:
    return Office(organiser)


def conference(ours: Team, **columns: Any) -> Event:
    event = screens.event(ours, "Conference", **columns)
    factories.organiser(event)
    return event


def part(of: Event, title: str, **columns: Any) -> Event:
    values = {"kind": "session", "status": "draft", "visibility": "internal", **columns}
    return factories.event(parent=of, title_en=title, place=of.place, **{"team": of.team, **values})


def lines(office: Office, event: Event) -> list[str]:
    return [str(line) for line in office.open(address(event, "change")).context["lines"]]


def states(event: Event) -> list[tuple[str, str]]:
    rows = Event.objects.filter(parent=event).order_by("pk")
    return list(rows.values_list("status", "visibility"))


def test_an_event_says_how_much_of_its_programme_is_not_announced(
    ours: Team, office: Office
) -> None:
    event = conference(ours)
    assert lines(office, event) == []
    part(event, "One")
    part(event, "Two")
    part(event, "Three", status="tentative")
    assert lines(office, event) == [
        "2 items of the programme are not announced.",
        "1 item of the programme is not confirmed.",
    ]
    assert "announce" in office.buttons(event)
    Event.objects.filter(pk=event.pk).update(status="draft")
    assert lines(office, event) == []
    assert "announce" not in office.buttons(event)


def test_one_step_confirms_an_event_with_its_whole_programme(ours: Team, office: Office) -> None:
    event = conference(ours, status="tentative")
    for title in ("Registration", "Opening", "Lunch"):
        part(event, title)
    said = office.step(event, "confirm")
    assert "3 items of its programme are confirmed as well, unless you take them out below." in said
    assert event.status == "confirmed"
    assert states(event) == [("confirmed", "public")] * 3


def test_the_choice_shows_when_what_and_in_which_state(ours: Team, office: Office) -> None:
    event = conference(ours, status="draft")
    part(event, "Opening")
    part(event, "Dinner", start_on=date(2026, 12, 1), end_on=date(2026, 12, 1))
    page = office.open(address(event, "step", "propose"))
    form = page.context["form"]
    assert [label for _value, label in form.fields["parts"].choices] == [
        "1 December 2026, 09:30–17:00 · Dinner · draft · internal",
        "09:30–17:00 · Opening · draft · internal",
    ]
    assert form.fields["visible"].label == (
        "Make the 2 internal items as visible as the event: public"
    )


def test_cues_of_the_team_stay_internal_and_what_is_taken_out_stays_a_draft(
    ours: Team, office: Office
) -> None:
    event = conference(ours)
    first = part(event, "Lights on")
    part(event, "Perhaps")
    office.step(event, "announce", parts=[first.pk], visible="")
    assert states(event) == [("confirmed", "internal"), ("draft", "internal")]


def test_a_programme_is_announced_as_far_as_the_user_may_change_it(
    ours: Team, theirs: Team, office: Office
) -> None:
    event = conference(ours)
    mine = part(event, "Mine")
    other = part(event, "CANARY", team=theirs)
    page = office.open(address(event, "step", "announce"))
    assert list(page.context["form"].fields["parts"].queryset) == [mine]
    assert "CANARY" not in page.content.decode()
    refused = office.client.post(address(event, "step", "announce"), {"parts": [other.pk]})
    assert refused.context["form"].errors["parts"] == ["A part is announced by now. Look again."]
    assert lines(office, event) == ["1 item of the programme is not announced."]


def test_a_part_that_lacks_something_is_named(ours: Team, office: Office) -> None:
    event = conference(ours)
    bad = part(event, "Keynote")
    Event.objects.filter(pk=bad.pk).update(place=None)
    assert office.refused_step(event, "announce", parts=[bad.pk]) == (
        "Nothing has changed, because parts still need something: “Keynote” (a place)."
    )


def test_an_event_without_a_programme_is_confirmed_as_before(ours: Team, office: Office) -> None:
    event = conference(ours, status="tentative")
    page = office.open(address(event, "step", "confirm"))
    assert list(page.context["form"].fields) == []
    office.step(event, "confirm")
    assert event.status == "confirmed"


def test_the_visibility_is_not_asked_of_an_internal_event(ours: Team, office: Office) -> None:
    event = conference(ours, visibility="internal")
    part(event, "Cue")
    page = office.open(address(event, "step", "announce"))
    assert list(page.context["form"].fields) == ["parts"]


def test_each_part_costs_what_storing_it_costs(ours: Team, organiser: Client) -> None:
    """The page takes the step and rolls it back, to say who would be told."""
    event = conference(ours)
    url, asked = address(event, "step", "announce"), []
    for number in (1, 2, MANY - 3):
        for _ in range(number):
            part(event, "Part")
        asked.append(screens.cost(organiser, url))
    storing = (asked[1] - asked[0]) / 2
    assert asked[2] - asked[1] == (MANY - 3) * storing
