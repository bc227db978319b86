"""The step that clones an event: what it says, where it leads, and who may take it."""

from datetime import date

import pytest
from django.test import Client

from events.models import Event, Team
from tests import missions
from tests.events.admin import screens
from tests.factories import days
from tests.office import Office, address


@pytest.fixture
def office(organiser: Client) -> Office:
    return Office(organiser)


def clone_of(event: Event) -> Event:
    return Event.objects.exclude(pk=event.pk).get(title_en=event.title_en)


def test_a_clone_is_a_draft_of_the_whole_programme_on_the_days_that_were_asked_for(
    ours: Team, office: Office
) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    opening = screens.event(ours, "Opening", parent=expo, **days(6))
    said = office.step(expo, "clone", start_on="2027-12-04")
    assert "1 part of its programme is copied along: Opening." in said
    assert "this event of 5–10 December 2026; the event itself stays as it is" in said
    clone, first = clone_of(expo), clone_of(opening)
    assert (clone.status, clone.start_on, clone.end_on) == (
        "draft", date(2027, 12, 4), date(2027, 12, 9),
    )  # fmt: skip
    assert (first.parent, first.start_on) == (clone, date(2027, 12, 5))
    assert expo.start_on == date(2026, 12, 5)


def test_the_step_leads_to_the_clone(ours: Team, organiser: Client) -> None:
    expo = screens.event(ours, "Expo", **days(5))
    url = address(expo, "step", "clone")
    values = {"start_on": "2027-12-04", "team": ours.pk}
    answer = organiser.post(url, values, follow=True)
    assert answer.context["original"] == clone_of(expo)
    assert "This is the draft of “Expo” for 4 December 2027." in answer.text


def test_it_becomes_the_next_edition_of_its_series(ours: Team, office: Office) -> None:
    series = screens.series(ours, "Expos")
    expo = screens.event(ours, "Expo", series=series, edition=8, **days(5))
    said = office.step(expo, "clone")
    assert "It becomes the next edition of “Expos”." in said
    assert (clone_of(expo).edition, clone_of(expo).start_on) == (9, date(2027, 12, 4))


def test_what_all_teams_share_is_cloned_for_ones_own(ours: Team, office: Office) -> None:
    expo = screens.event(None, "Expo", **days(5))
    assert office.buttons(expo) == ["clone"]
    office.step(expo, "clone", team=ours.pk)
    assert (clone_of(expo).team, clone_of(expo).origin) == (ours, "managed")


def test_nobody_clones_for_a_team_that_they_do_not_run(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "Expo", **days(5))
    values = {"start_on": "2027-12-04", "team": theirs.pk}
    answer = organiser.post(address(expo, "step", "clone"), values)
    assert "team" in answer.context["form"].errors
    assert Event.objects.filter(title_en="Expo").get() == expo


def test_who_looks_on_clones_nothing(ours: Team, viewer: Client) -> None:
    expo = screens.event(ours, "Expo", **days(5))
    assert Office(viewer).buttons(expo) == []
    assert viewer.get(address(expo, "step", "clone")).status_code == 403


def test_what_has_no_date_is_not_cloned(ours: Team, office: Office) -> None:
    expo = screens.event(
        ours, "Expo", status="draft", precision="unknown", start_on=None, end_on=None, basis=""
    )
    assert "clone" not in office.buttons(expo)


def test_a_series_leads_to_the_clone_of_its_latest_edition(ours: Team, organiser: Client) -> None:
    series = screens.series(ours, "Expos")
    screens.event(ours, "Eighth", series=series, edition=8, **days(5))
    ninth = screens.event(ours, "Ninth", series=series, edition=9, **days(9))
    answer = organiser.get(address(series, "next_edition"))
    assert answer.headers["Location"] == address(ninth, "step", "clone")


def test_a_series_without_editions_says_so(ours: Team, organiser: Client) -> None:
    series = screens.series(ours, "Expos")
    answer = organiser.get(address(series, "next_edition"), follow=True)
    assert "No edition has a date yet that the next could follow." in answer.text
    assert answer.context["original"] == series


def test_the_series_of_another_team_leads_nowhere(theirs: Team, organiser: Client) -> None:
    series = screens.series(theirs, "CANARY")
    assert organiser.get(address(series, "next_edition")).status_code == 404


def test_what_all_share_is_cloned_by_those_alone_who_run_a_team(ours: Team) -> None:
    mission = missions.build(ours)
    shared = screens.event(None, "Shared", **days(5))
    series = screens.series(None, "Series")
    for role in ("liaison", "secretary"):
        client = Client()
        client.force_login(mission.users[role])
        assert "clone" not in Office(client).buttons(shared)
        assert client.post(address(shared, "step", "clone")).status_code == 403
        assert b"Next edition" not in client.get(address(series, "change")).content


@pytest.mark.parametrize("day", ["9999-12-31", "0999-01-01"])
def test_a_year_out_of_reach_is_refused_beside_its_field(
    day: str, ours: Team, organiser: Client
) -> None:
    expo = screens.event(ours, "Expo", **days(5, 10))
    page = organiser.post(address(expo, "step", "clone"), {"start_on": day, "team": ours.pk})
    assert list(page.context["form"].errors) == ["start_on"]


def test_a_liaison_officer_clones_parts_of_the_own_leg_and_not_the_leg(ours: Team) -> None:
    mission = missions.build(ours)
    client = Client()
    client.force_login(mission.users["liaison"])
    office = Office(client)
    assert "clone" in office.buttons(mission.events["one_visit"])
    assert "clone" not in office.buttons(mission.events["one"])
    assert client.post(address(mission.events["one"], "step", "clone")).status_code == 403
