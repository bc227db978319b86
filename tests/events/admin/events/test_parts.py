"""Adding parts: what a new part takes from what it is part of, and where saving leads."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import form_of
from tests.factories import days

ADD = "/admin/events/event/add/"


@pytest.fixture
def conference(ours: Team) -> Event:
    hall = screens.place(ours, "Hall")
    return screens.event(ours, "Conference", place=hall, end_on=date(2026, 12, 2))


def part(conference: Event, first: int, last: int | None = None, **columns: Any) -> Event:
    """A part from one full hour to another, or without an end."""
    hours = {"start_time": time(first), "end_time": time(last) if last else None}
    day = {"end_on": date(2026, 12, 2)}
    team = columns.pop("team", conference.team)
    return screens.event(team, f"Part at {first}", parent=conference, **day, **hours, **columns)


def sent(client: Client, query: str = "", **values: Any) -> Any:
    """Fill in the form of a new event as a browser does, with the values that it was opened with.

    A value of None is a field that the browser does not send.
    """
    page = client.get(ADD + query)
    form = page.context["adminform"].form
    opened = {
        bound.html_initial_name: data
        for bound in form
        if bound.field.show_hidden_initial
        and (data := form_of(page).get(bound.html_name)) is not None
    }
    return client.post(ADD + query, {**form_of(page), **opened, **values})


def made(answer: Any) -> Event:
    assert answer.status_code == 302, answer.context["errors"]
    return Event.objects.order_by("-pk")[0]


def columns_of(event: Event) -> tuple[Any, ...]:
    return (
        event.kind, event.status, event.visibility, event.team, event.place, event.timezone,
        event.start_on, event.start_time, event.precision,
    )  # fmt: skip


def test_a_part_opened_from_a_programme_takes_what_the_event_says(
    conference: Event, organiser: Client
) -> None:
    event = made(sent(organiser, f"?parent={conference.pk}", title_en="Opening"))
    assert columns_of(event) == (
        "session", "draft", "public", conference.team, conference.place, "Asia/Shanghai",
        date(2026, 12, 2), time(9, 30), "time",
    )  # fmt: skip


def test_a_part_whose_parent_is_chosen_in_the_form_takes_the_same(
    conference: Event, organiser: Client
) -> None:
    part(conference, 10, 11)
    event = made(sent(organiser, parent=conference.pk, title_en="Opening"))
    assert columns_of(event) == (
        "session", "draft", "public", conference.team, conference.place, "Asia/Shanghai",
        date(2026, 12, 2), time(11), "time",
    )  # fmt: skip


def test_what_was_typed_stays(ours: Team, conference: Event, organiser: Client) -> None:
    dubai = screens.place(ours, "Dubai", timezone="Asia/Dubai")
    values = {"kind": "panel", "visibility": "internal", "place": dubai.pk, "start_time": "15:00"}
    for event in (
        made(sent(organiser, f"?parent={conference.pk}", title_en="One", **values)),
        made(sent(organiser, parent=conference.pk, title_en="Two", **values)),
    ):
        assert columns_of(event) == (
            "panel", "draft", "internal", ours, dubai, "Asia/Dubai",
            date(2026, 12, 2), time(15), "time",
        )  # fmt: skip


def test_what_was_taken_away_stays_empty(conference: Event, organiser: Client) -> None:
    cleared = {"place": "", "start_time": ""}
    event = made(sent(organiser, f"?parent={conference.pk}", title_en="Anywhere", **cleared))
    assert (event.place, event.start_on, event.start_time, event.precision) == (
        None, date(2026, 12, 2), None, "day",
    )  # fmt: skip


def test_a_preset_team_gives_way_to_that_of_the_event(ours: Team) -> None:
    user = factories.user(member_of=factories.team(name="A team before ours"))
    user.memberships.create(team=ours, role="organiser")
    client = Client()
    client.force_login(user)
    conference = screens.event(ours, "Conference")
    assert made(sent(client, parent=conference.pk, title_en="Talk")).team == ours


@pytest.mark.parametrize(
    ("siblings", "start"),
    [
        ([], time(9, 30)),
        ([(9, 10), (10, 12), (9, 11)], time(12)),
        ([(9, 10), (14, None)], time(14)),
    ],
    ids=str,
)
def test_a_part_starts_when_the_one_before_ends(
    siblings: list[Any], start: time, conference: Event, organiser: Client
) -> None:
    for hours in siblings:
        part(conference, *hours)
    assert made(sent(organiser, f"?parent={conference.pk}", title_en="Next")).start_time == start


def test_parts_that_are_off_and_parts_of_others_do_not_set_the_start(
    conference: Event, theirs: Team, organiser: Client
) -> None:
    part(conference, 11, 12, status="cancelled")
    part(conference, 15, 16, team=theirs, visibility="internal")
    part(conference, 16, 17, kind="deadline")
    event = made(sent(organiser, f"?parent={conference.pk}", title_en="Next"))
    assert event.start_time == time(9, 30)


def test_the_end_of_a_flight_is_read_at_the_clock_of_the_journey(
    ours: Team, organiser: Client
) -> None:
    mission = screens.event(ours, "Mission", **days(1, 5))
    hours = {"start_time": time(9), "end_time": time(12), "end_timezone": "Asia/Dubai"}
    day = {"end_on": date(2026, 12, 2)}
    screens.event(ours, "Flight", kind="transfer", parent=mission, **day, **hours)
    event = made(sent(organiser, f"?parent={mission.pk}", title_en="Next"))
    assert (event.start_on, event.start_time, event.timezone) == (
        date(2026, 12, 2), time(16), "Asia/Shanghai",
    )  # fmt: skip


def test_a_part_of_an_undated_event_is_as_undated(ours: Team, organiser: Client) -> None:
    month = {"precision": "month", "start_on": date(2026, 12, 1), "end_on": date(2026, 12, 31)}
    roadshow = screens.event(ours, "Roadshow", **month)
    for answer in (
        sent(organiser, f"?parent={roadshow.pk}", title_en="Stop"),
        sent(organiser, parent=roadshow.pk, title_en="Stop"),
    ):
        event = made(answer)
        assert (event.precision, event.start_on, event.end_on) == (
            "month", date(2026, 12, 1), date(2026, 12, 31),
        )  # fmt: skip


def test_the_kinds_of_a_programme_come_first_for_a_part(
    conference: Event, organiser: Client
) -> None:
    page = organiser.get(f"{ADD}?parent={conference.pk}")
    _blank, (_heading, first), (_other, rest) = (
        page.context["adminform"].form.fields["kind"].choices
    )
    kinds = [kind for kind, _label in first]
    assert kinds[:4] == ["session", "registration", "keynote", "panel"]
    assert {"break", "meal", "photo_call"} < set(kinds)
    assert {*kinds, *(kind for kind, _label in rest)} == set(Event.Kind)


def test_an_event_that_is_no_part_says_its_kind_itself(organiser: Client) -> None:
    page = sent(organiser, title_en="What is it?", precision="unknown")
    assert list(page.context["adminform"].form.errors) == ["kind"]


def test_a_new_event_is_internal_unless_told_otherwise(organiser: Client) -> None:
    event = made(sent(organiser, title_en="Forum", precision="unknown", kind="forum"))
    assert event.visibility == "internal"


def test_saving_a_part_leads_back_to_the_programme(conference: Event, organiser: Client) -> None:
    query = f"?parent={conference.pk}"
    back = f"/admin/events/event/{conference.pk}/#programme"
    added = sent(organiser, query, title_en="Opening")
    assert added.url == back
    url = screens.address(Event, "change", made(added).pk)
    data = form_of(organiser.get(url))
    assert organiser.post(url, data).url == back
    assert organiser.post(url, {**data, "_continue": "1"}).url == url


def test_save_and_add_another_moves_on_to_the_next_start(
    conference: Event, organiser: Client
) -> None:
    again = {"_addanother": "1"}
    query = f"?parent={conference.pk}"
    first = sent(organiser, query, title_en="One", end_time="10:15", **again)
    assert first.url == ADD + query
    chosen = sent(organiser, parent=conference.pk, title_en="Two", end_time="11:00", **again)
    assert chosen.url == ADD + query
    starts = [part.start_time for part in conference.children.order_by("pk")]
    assert starts == [time(9, 30), time(10, 15)]


def test_an_event_that_is_no_part_leads_to_its_home(organiser: Client) -> None:
    answer = sent(organiser, title_en="Forum", precision="unknown", kind="forum")
    assert answer.url == f"/admin/events/event/{made(answer).pk}/"


def test_a_secretary_adds_internal_parts(ours: Team) -> None:
    person = factories.person()
    user = factories.user(member_of=ours, role="secretary", person=person)
    mission = screens.event(ours, "Mission", **days(1, 5))
    factories.attendee(event=mission, role="head")
    factories.attendee(event=mission, role="secretary", person=person)
    client = Client()
    client.force_login(user)
    query = f"?parent={mission.pk}"
    assert made(sent(client, query, title_en="Car at nine")).visibility == "internal"


def test_the_form_presets_nothing_of_an_event_that_cannot_be_seen(
    theirs: Team, organiser: Client
) -> None:
    hidden = screens.event(theirs, "CANARY", visibility="internal", start_on=date(2026, 11, 3))
    page = organiser.get(f"{ADD}?parent={hidden.pk}")
    assert page.context["adminform"].form["start_on"].value() is None
    assert "CANARY" not in page.content.decode()
