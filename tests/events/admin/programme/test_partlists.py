"""Parts as rows: what they take from the event, what is refused, that all or none are stored."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from events.admin.programme import partrows
from events.models import Attendee, Event, Place, Team
from tests import factories
from tests.events.admin import screens

TIMES = ("start_time", "end_time", "start_at", "end_at")
DAY = date(2027, 3, 18)


@pytest.fixture
def venue(ours: Team) -> Place:
    return factories.place(team=ours, name="Harbour Centre", kind="venue", slug="harbour")


@pytest.fixture
def event(ours: Team, venue: Place) -> Event:
    return screens.event(
        ours, "Conference", place=venue, visibility="public", start_on=DAY, end_on=DAY,
        start_time=time(8, 30), end_time=time(17), timezone="Asia/Shanghai", status="draft",
    )  # fmt: skip


def address(event: Event) -> str:
    return f"/admin/events/event/{event.pk}/programme/rows/"


def save(client: Client, event: Event, *rows: dict[str, str], **more: str) -> Any:
    data = {"_save": "1", **more}
    for number, row in enumerate(rows):
        data |= {f"p{number}-{name}": value for name, value in row.items()}
    return client.post(address(event), data)


def rows(page: Any) -> list[Any]:
    assert page.status_code == 200, "the page was taken"
    return list(page.context["rows"])


def room(ours: Team, name: str, parent: Place | None) -> Place:
    return factories.place(team=ours, name=name, kind="room", parent=parent)


OPENING = {"title": "Opening", "kind": "session", "start": "9:00", "end": "930"}
LUNCH = {"title": "Lunch", "kind": "meal", "start": "1200", "end": "13:30"}


def test_parts_take_what_they_do_not_say_from_the_event(event: Event, organiser: Client) -> None:
    page = save(organiser, event, OPENING, LUNCH)
    assert page.status_code == 302
    assert page.url == f"/admin/events/event/{event.pk}/#programme"
    first, second = Event.objects.filter(parent=event).order_by("start_at")
    assert (first.title_en, first.kind, first.start_time, first.end_time) == (
        "Opening", "session", time(9), time(9, 30),
    )  # fmt: skip
    assert (second.kind, second.start_time, second.end_time) == ("meal", time(12), time(13, 30))
    for part in (first, second):
        taken = (part.team, part.visibility, part.place, part.timezone, part.start_on, part.status)
        assert taken == (event.team, "public", event.place, "Asia/Shanghai", DAY, "draft")


def test_a_room_of_the_venue_comes_before_one_elsewhere(
    event: Event, venue: Place, ours: Team, organiser: Client
) -> None:
    room(ours, "Grand Hall", factories.place(team=ours, name="Other", slug="other"))
    here = room(ours, "Grand Hall", venue)
    found = organiser.get(f"{address(event)}?find=grand&what=place").json()["found"]
    assert found[0]["key"] == here.pk
    save(organiser, event, {**OPENING, "place": "grand hall"})
    assert Event.objects.get(parent=event).place == here


def test_a_place_that_was_chosen_counts(event: Event, ours: Team, organiser: Client) -> None:
    there = room(ours, "Pearl Room", None)
    save(organiser, event, {**OPENING, "place": "Pearl", "room": str(there.pk)})
    assert Event.objects.get(parent=event).place == there


def test_who_speaks_is_found_or_made(event: Event, ours: Team, organiser: Client) -> None:
    known = factories.person(team=ours, family_name="Chan", given_name="Tai-man")
    save(
        organiser, event,
        {**OPENING, "speaker": "Chan Tai-man", "who": str(known.pk), "shown": "on"},
        {**LUNCH, "speaker": "Jane Smith"},
    )  # fmt: skip
    found = [(str(row.event), str(row.person), row.role) for row in Attendee.objects.order_by("pk")]
    assert found == [("Opening", str(known), "speaker"), ("Lunch", "Jane SMITH", "speaker")]
    shown = Attendee.objects.order_by("pk").values_list("shown_in_public", flat=True)
    assert list(shown) == [True, False]


def test_refused_rows_name_field_and_reason_and_nothing_is_stored(
    event: Event, ours: Team, organiser: Client
) -> None:
    for name in ("One", "Two"):
        room(ours, "Twin", factories.place(team=ours, name=name, slug=name.lower()))
    page = save(
        organiser, event, OPENING,
        {**LUNCH, "title": "", "place": "Nowhere"},
        {**LUNCH, "start": "noon", "place": "Twin"},
        {**LUNCH, "start": "14:00"},
        {**LUNCH, "until": "2020-01-01", "kind": "feast"},
    )  # fmt: skip
    errors = [row.errors for row in rows(page)]
    assert errors[0] == {}
    assert errors[1]["place"] == "This place is not on record; choose one, or add it first."
    assert errors[1]["title"].startswith("Write a title.")
    assert sorted(errors[2]) == ["place", "start"]
    assert errors[2]["place"] == "Several places have this name: choose one."
    assert "end" in errors[3] or "start" in errors[3]
    assert {"until", "kind"} <= set(errors[4])
    assert "Nothing is stored yet: mend the marked rows." in page.content.decode()
    assert not Event.objects.filter(parent=event).exists()


def test_what_may_not_be_seen_is_no_place_and_no_speaker(event: Event, organiser: Client) -> None:
    hidden = factories.place(team=factories.team(), name="CANARY room", slug="canary")
    person = factories.person(team=factories.team(), family_name="CANARY")
    (row,) = rows(save(organiser, event, {**OPENING, "place": "x", "room": str(hidden.pk)}))
    assert "place" in row.errors
    (row,) = rows(save(organiser, event, {**OPENING, "place": "CANARY room"}))
    assert row.errors == {"place": "This place is not on record; choose one, or add it first."}
    (row,) = rows(save(organiser, event, {**OPENING, "speaker": "x", "who": str(person.pk)}))
    assert "speaker" in row.errors
    assert not Event.objects.filter(parent=event).exists()


def test_titles_go_into_the_column_of_their_script(event: Event, organiser: Client) -> None:
    save(organiser, event, {**OPENING, "title": "開幕典禮"}, {**LUNCH, "title": "午餐会"})
    first, second = Event.objects.filter(parent=event).order_by("start_at")
    assert (first.title_zh_hant, second.title_zh_hans) == ("開幕典禮", "午餐会")


def test_more_than_one_day_is_chosen_from(event: Event, organiser: Client) -> None:
    Event.objects.filter(pk=event.pk).update(end_on=date(2027, 3, 20))
    page = organiser.get(address(event))
    assert [key for key, _label in page.context["days"]] == [
        "2027-03-18", "2027-03-19", "2027-03-20",
    ]  # fmt: skip
    save(organiser, event, {**OPENING, "on": "2027-03-19"}, {**LUNCH, "on": "2027-03-20"})
    found = Event.objects.filter(parent=event).order_by("start_at")
    assert [part.start_on for part in found] == [date(2027, 3, 19), date(2027, 3, 20)]


def test_it_begins_where_the_programme_ends(event: Event, organiser: Client) -> None:
    assert organiser.get(address(event)).context["blank"][0].values["start"] == "08:30"
    save(organiser, event, OPENING)
    page = organiser.get(address(event))
    assert page.context["blank"][0].values["start"] == "09:30"
    assert "Opening" in page.content.decode()


def test_the_grid_leads_there_without_script_and_whoever_may_not_change_it_is_refused(
    event: Event, organiser: Client, ours: Team
) -> None:
    grid = organiser.get(f"/admin/events/event/{event.pk}/programme/").content.decode()
    assert address(event) in grid.split("<noscript>")[1].split("</noscript>")[0]
    viewer = Client()
    viewer.force_login(factories.user(member_of=ours, role="viewer"))
    assert viewer.get(address(event)).status_code == 403
    assert save(viewer, event, OPENING).status_code == 403
    foreign = screens.event(factories.team(), "Foreign")
    assert save(organiser, foreign, OPENING).status_code in (403, 404)
    months = {"precision": "month", "start_on": date(2027, 3, 1), "end_on": date(2027, 3, 31)}
    Event.objects.filter(pk=event.pk).update(**months, **dict.fromkeys(TIMES))
    assert organiser.get(address(event)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "read"),
    [("830", "8:30"), ("0830", "08:30"), ("8.30", "8:30"), ("8", "8:00"), ("noon", "noon")],
)
def test_hours_are_read_as_people_write_them(typed: str, read: str) -> None:
    assert partrows.clock(typed) == read


@pytest.mark.parametrize("number", [1, 3, 12])
def test_the_page_takes_the_same_queries_for_any_number(
    event: Event, organiser: Client, ours: Team, number: int
) -> None:
    for at in range(number):
        factories.event(parent=event, team=ours, kind="session", title_en=f"Part {at}")
    assert screens.cost(organiser, address(event)) == 14
