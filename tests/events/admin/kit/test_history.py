"""The history of a row: who changed what and when, for users who may change the row."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.models import Delegate, Delegation, TradeMission
from events.domain.lifecycle import lifecycle
from events.models import (
    Attendee,
    CalendarFeed,
    Delivery,
    Event,
    Evidence,
    Expo,
    Person,
    Place,
    PromotionConference,
    Reply,
    Team,
    User,
)
from events.models.base import history as kept
from tests import factories, missions
from tests.events.admin import screens
from tests.office import address, form_of


@pytest.fixture
def desk(ours: Team) -> Client:
    """An organiser with a name."""
    client = Client()
    client.force_login(factories.user(member_of=ours, first_name="Wing", last_name="Lam"))
    return client


def save(client: Client, row: Any, **values: Any) -> None:
    url = address(row, "change")
    assert client.post(url, {**form_of(client.get(url)), **values}).status_code == 302


def entries(client: Client, row: Any) -> list[dict[str, Any]]:
    return client.get(address(row, "history")).context["entries"]


def changes(entry: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {change["label"]: (change["before"], change["after"]) for change in entry["changes"]}


def test_who_changed_what_is_said_before_and_after(ours: Team, desk: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    hall = factories.place(team=ours, name_en="Hall 7")
    before = str(event.place)
    save(desk, event, title_en="Going Global", place=hall.pk, visibility="delegation", capacity=40)
    last, first = entries(desk, event)
    assert (last["by"], str(last["done"]), last["what"]) == ("Wing Lam", "changed", "")
    assert changes(last) == {
        "Title (English)": ("row", "Going Global"),
        "Place": (before, "Hall 7"),
        "Visibility": ("public", "delegation"),
        "Capacity": ("–", "40"),
    }
    assert (str(first["done"]), first["changes"]) == ("added", [])


@pytest.mark.parametrize(
    ("language", "label", "values"),
    [("zh-hans", "可见范围", "公开"), ("zh-hant", "可見範圍", "公開")],
)
def test_names_and_choices_are_in_the_language_of_the_reader(
    language: str, label: str, values: str, ours: Team, desk: Client
) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    save(desk, event, visibility="internal")
    desk.cookies["django_language"] = language
    change = entries(desk, event)[0]["changes"][0]
    assert (change["label"], change["before"]) == (label, values)


def test_what_nobody_did_before_a_screen_was_the_system(ours: Team, desk: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    event.title_en = "Moved at night"
    lifecycle.save(event=event, now=factories.NOW)
    assert entries(desk, event)[0]["by"] == "the system"


@pytest.mark.parametrize(
    ("screen", "kind"),
    [(PromotionConference, "promotion_conference"), (Expo, "expo")],
)
def test_what_is_saved_on_a_screen_of_one_kind_is_kept(
    screen: type[Event], kind: str, ours: Team, desk: Client
) -> None:
    row = screens.event(ours, "row", kind=kind, end_on=date(2026, 12, 2))
    save(desk, screen.objects.get(pk=row.pk), title_en="Renamed")
    for page in (row, screen.objects.get(pk=row.pk)):
        assert changes(entries(desk, page)[0]) == {"Title (English)": ("row", "Renamed")}


def test_what_is_saved_on_the_screen_of_trade_missions_is_kept(ours: Team, desk: Client) -> None:
    days = {"precision": "day", "end_on": date(2026, 12, 5)}
    row = screens.delegation(
        ours, "row", kind="trade_mission", mission=screens.event(ours, "mission", **days)
    )
    save(desk, TradeMission.objects.get(pk=row.pk), name_en="Renamed")
    assert changes(entries(desk, row)[0]) == {"Name (English)": ("row", "Renamed")}


def test_the_history_of_an_event_holds_who_was_taken_off_its_list(ours: Team, desk: Client) -> None:
    event = screens.event(ours, "row")
    attendee = screens.attendee(ours, "Chan", event=event)
    attendee.role = Attendee.Role.SPEAKER
    attendee.save()
    attendee.delete()
    found = [(str(each["done"]), each["what"]) for each in entries(desk, event)]
    assert found == [
        ("removed", f"Attendee: {attendee.person}"),
        ("changed", f"Attendee: {attendee.person}"),
        ("added", f"Attendee: {attendee.person}"),
        ("added", ""),
    ]


def test_the_history_of_a_delegation_holds_its_legs_and_members(ours: Team, desk: Client) -> None:
    row = screens.delegation(ours, "row")
    screens.leg(row, "Doha")
    member = screens.delegate(row, "Chan")
    member.capacity = Delegate.Capacity.DEPUTY
    member.save()
    last, *earlier = entries(desk, row)
    assert last["what"] == f"Delegate: {member.person}"
    assert changes(last) == {"Capacity": ("delegate", "deputy head")}
    assert [each["what"] for each in earlier] == [f"Delegate: {member.person}", "Leg: Doha", ""]


def test_what_the_reader_may_not_see_is_not_named(ours: Team, theirs: Team, desk: Client) -> None:
    event = screens.event(ours, "row")
    event.parent = screens.event(theirs, "CANARY")
    event.save()
    event.parent = None
    event.save()
    page = desk.get(address(event, "history"))
    assert b"CANARY" not in page.content
    back, there = page.context["entries"][:2]
    assert changes(back) == {"Part of": ("not to be seen any more", "–")}
    assert changes(there) == {"Part of": ("–", "not to be seen any more")}


def test_a_history_is_for_those_who_may_change_the_row(db: None) -> None:
    mission = missions.build()
    may = {
        "one_visit": {"organiser", "liaison", "superuser"},
        "one_cue": {"organiser", "secretary", "superuser"},
        "mission": {"organiser", "superuser"},
        "shared": {"superuser"},
    }
    for name, who in may.items():
        event = mission.events[name]
        read = set()
        for role, user in mission.users.items():
            client = Client()
            client.force_login(user)
            answer = client.get(address(event, "history"))
            assert answer.status_code in {200, 403, 404}
            if answer.status_code == 200:
                read.add(role)
            shown = client.get(address(event, "change"))
            if shown.status_code == 200:
                assert (address(event, "history") in shown.text) is (role in who)
        assert read == who, name


@pytest.mark.parametrize("model", [Event, Person, Place, Delegation])
def test_of_a_row_that_is_gone_there_is_no_history(
    model: Any, ours: Team, theirs: Team, desk: Client, superuser: Client
) -> None:
    for team in (ours, theirs):
        row = {
            Event: lambda team: factories.event(team=team),
            Person: lambda team: factories.person(team=team),
            Place: lambda team: factories.place(team=team),
            Delegation: lambda team: screens.delegation(team, "CANARY"),
        }[model](team)
        url = address(row, "history")
        row.delete()
        for client in (desk, superuser):
            answer = client.get(url)
            assert answer.status_code == 404
            assert b"CANARY" not in answer.content


def test_no_address_leads_to_a_version(ours: Team, desk: Client) -> None:
    event = screens.event(ours, "row")
    version = event.history.get().pk  # type: ignore[attr-defined]
    url = f"{address(event, 'history')}{version}/"
    assert desk.get(url).status_code in {302, 404}
    assert desk.post(url, {"title_en": "turned back"}).status_code in {302, 404}
    event.refresh_from_db()
    assert event.title_en == "row"


def test_a_long_history_has_pages_that_cost_as_much_as_a_short_one(
    ours: Team, desk: Client
) -> None:
    event = screens.event(ours, "row")
    people = [factories.person(team=ours) for _ in range(3)]
    url = address(event, "history")
    costs = []
    for more in (1, 2, 27):
        for number in range(more):
            event.title_en, event.place = f"{number} of {more}", factories.place(team=ours)
            event.save()
            attendee = factories.attendee(event=event, person=people[number % 3])
            attendee.delete()
        desk.get(url)
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(url)
        costs.append(len(asked))
    assert costs[1:] == costs[:1] * 2
    assert len(page.context["entries"]) == 50
    older = desk.get(url, {"p": 2}).context["entries"]
    assert len(older) == 1 + 3 * 30 - 50
    assert (str(older[-1]["done"]), older[-1]["what"]) == ("added", "")


def inlines(screen: Any) -> list[type[Model]]:
    """Return the tables whose rows are edited or shown on the pages of a screen."""
    return [inline.model for inline in screen.inlines]


# Tables that are shown in the admin and keep no history, each with the reason.
NO_HISTORY: dict[type[Model], str] = {
    Delivery: "a mail is changed by the worker alone, and says itself when and why",
    Reply: "a received mail is stored as it came; a decision about it is kept with the attendee",
    Evidence: "only the catalogue writes it, and its file has a history",
}


def test_all_that_is_edited_in_the_admin_has_a_history() -> None:
    screens_ = admin.site._registry
    edited = {model._meta.concrete_model for model in screens_}
    edited |= {model for screen in screens_.values() for model in inlines(screen)}
    ours = {model for model in edited if model and model._meta.app_label in screens.OURS}
    assert {model for model in ours if kept.of(model) is None} == set(NO_HISTORY)


def test_no_history_contains_a_secret() -> None:
    for model, columns in {User: {"password", "last_login"}, CalendarFeed: {"token_hash"}}.items():
        changes = kept.of(model)
        assert changes is not None
        assert not columns & {field.name for field in changes.model._meta.concrete_fields}


def test_the_rows_of_tabs_are_kept_with_their_values_before_and_after(
    ours: Team, desk: Client
) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    hub = factories.hub(event=event, place=factories.place(name_en="Manila"), capacity=20)
    rule = factories.rule(event=event, offset=1)
    role = factories.organiser(event, organisation=factories.organisation(name_en="Agency"))
    page = form_of(desk.get(address(event, "change")))
    sent = {
        "place_roles-0-capacity": 30,
        "reminder_rules-0-offset": 2,
        "organisation_roles-0-stand": "A12",
    }
    assert desk.post(address(event, "change"), {**page, **sent}).status_code == 302
    found = {each["what"]: changes(each) for each in entries(desk, event) if each["changes"]}
    assert found == {
        f"Further place: {hub}": {"Capacity": ("20", "30")},
        "Reminder: 2 days before, 09:00": {"How long before or after": ("1", "2")},
        f"Organisation’s role: {role}": {"Stand": ("–", "A12")},
    }
    assert all(each["by"] == "Wing Lam" for each in entries(desk, event) if each["changes"])
    assert rule.pk


def test_the_page_of_a_team_says_who_was_made_what(ours: Team, superuser: Client) -> None:
    user = factories.user(member_of=ours, role="viewer", username="amy")
    page = form_of(superuser.get(address(ours, "change")))
    answer = superuser.post(address(ours, "change"), {**page, "memberships-0-role": "organiser"})
    assert answer.status_code == 302
    last = entries(superuser, ours)[0]
    assert last["what"] == "Membership: amy · Our desk"
    assert changes(last) == {"Role": ("viewer", "organiser")}
    assert changes(entries(superuser, user)[0]) == {"Role": ("viewer", "organiser")}


def test_a_login_leaves_no_entry(ours: Team, superuser: Client) -> None:
    user = factories.user(member_of=ours)
    before = len(entries(superuser, user))
    assert Client().login(username=user.username, password="secret")
    assert len(entries(superuser, user)) == before


def test_no_entry_says_that_nothing_was_changed(ours: Team, desk: Client) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    factories.attendee(event=event, person=factories.person(team=ours))
    series = screens.series(ours, "Fair")
    for row in (event, series, factories.person(team=ours), factories.organisation(team=ours)):
        save(desk, row)
        row.save()
        if isinstance(row, Event):
            lifecycle.touch(event=row, now=factories.NOW)
        said = [(each["done"], each["changes"]) for each in entries(desk, row)]
        assert [done for done, changed in said if str(done) == "changed" and not changed] == []


def test_feeds_of_an_event_are_no_part_of_its_history(
    ours: Team, theirs: Team, desk: Client
) -> None:
    event = screens.event(ours, "row")
    screens.calendar_feed(theirs, "CANARY", event=event)
    assert "CANARY" not in str(entries(desk, event))
