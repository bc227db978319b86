"""The days of a mission and of its deadline are entered on its form, which makes their events."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client

from delegations.domain.applications import applications
from delegations.domain.rosters import legs
from delegations.models import Delegation, TradeMission
from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import form_of, save
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ADD = "/admin/delegations/trademission/add/"
DAYS = {"first_day": "2026-11-10", "last_day": "2026-11-15"}


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


def add(client: Client, **values: Any) -> Any:
    return client.post(ADD, {**form_of(client.get(ADD)), "name_en": "Gulf mission", **values})


def added(client: Client, **values: Any) -> Delegation:
    answer = add(client, **values)
    assert answer.status_code == 302, answer.context["errors"]
    return Delegation.objects.get()


def faults(page: Any) -> dict[str, str]:
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    return {name: " ".join(map(str, told)) for name, told in errors.items()}


def test_its_event_is_made_along_with_it(ours: Team, organiser: Client) -> None:
    doha = factories.place(team=ours, name="Doha", timezone="Asia/Qatar")
    row = added(organiser, **DAYS, name_zh_hant="海灣代表團", mission_place=doha.pk)
    event = row.mission
    assert (event.title_en, event.title_zh_hant) == ("Gulf mission", "海灣代表團")
    assert (event.kind, event.status, event.visibility, event.team) == (
        "trade_mission", "draft", "delegation", ours,
    )  # fmt: skip
    assert (event.precision, event.start_on, event.end_on) == (
        "day", date(2026, 11, 10), date(2026, 11, 15),
    )  # fmt: skip
    assert (event.place, event.timezone) == (doha, "Asia/Qatar")


def test_who_sends_it_organises_it_unless_somebody_else_is_named(
    ours: Team, organiser: Client
) -> None:
    council, agency = (factories.organisation(team=ours, name=name) for name in "AB")
    row = added(organiser, sending_organisation=council.pk)
    assert row.organiser == council
    row.delete()
    assert (
        added(organiser, sending_organisation=council.pk, organiser=agency.pk).organiser == agency
    )


def test_a_new_one_is_a_trade_mission_unless_the_address_says_otherwise(
    ours: Team, organiser: Client
) -> None:
    url = "/admin/delegations/delegation/add/"
    assert form_of(organiser.get(url))["kind"] == "trade_mission"
    assert form_of(organiser.get(f"{url}?kind=duty_visit"))["kind"] == "duty_visit"


def test_no_two_fields_have_the_same_label(ours: Team, organiser: Client) -> None:
    fields = organiser.get("/admin/delegations/delegation/add/").context["adminform"].form.fields
    labels = [str(field.label).casefold() for field in fields.values()]
    assert sorted(set(labels)) == sorted(labels)


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("official_delegation", "official_visit"),
        ("duty_visit", "official_visit"),
        ("business_delegation", "trade_mission"),
    ],
)
def test_the_kind_of_the_event_follows_the_kind_of_the_delegation(
    kind: str, made: str, ours: Team, organiser: Client
) -> None:
    url = "/admin/delegations/delegation/add/"
    data = {**form_of(organiser.get(url)), "name_en": "Visit", "kind": kind}
    assert organiser.post(url, data).status_code == 302
    assert Event.objects.get().kind == made


def test_until_its_days_are_known_a_month_will_do(ours: Team, organiser: Client) -> None:
    row = added(organiser, about="2027-03")
    assert (row.mission.precision, row.mission.start_on) == ("month", date(2027, 3, 1))
    page = organiser.get(screens.address(TradeMission, "change", row.pk))
    assert "March 2027" in str(page.context["adminform"].form.fields["first_day"].help_text)
    assert save(organiser, TradeMission.objects.get(), **DAYS).status_code == 302
    row.mission.refresh_from_db()
    assert (row.mission.precision, row.mission.start_on) == ("day", date(2026, 11, 10))


def test_a_name_is_enough(ours: Team, organiser: Client) -> None:
    assert added(organiser).mission.precision == "unknown"


def test_the_deadline_is_a_moment_where_the_organiser_is(ours: Team, organiser: Client) -> None:
    hong_kong = factories.place(team=ours, timezone="Asia/Hong_Kong")
    body = factories.organisation(team=ours, place=hong_kong)
    row = added(
        organiser, **DAYS, organiser=body.pk, closes_on="2026-07-31", closes_at="18:00"
    )  # fmt: skip
    deadline = row.applications_close
    assert (deadline.kind, deadline.parent, deadline.team) == ("deadline", row.mission, ours)
    assert deadline.title_en == "Applications close: Gulf mission"
    assert applications.closes_at(delegation=row) == datetime(2026, 7, 31, 10, tzinfo=UTC)


def test_a_deadline_without_an_hour_ends_with_its_day(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS, closes_on="2026-07-31")
    assert (row.applications_close.precision, row.applications_close.timezone) == ("day", "UTC")


def test_days_are_changed_where_they_were_entered(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS, closes_on="2026-07-31", closes_at="18:00")
    changed = {"first_day": "2026-11-09", "closes_at": "12:00", "name_en": "Mission to the Gulf"}
    assert save(organiser, TradeMission.objects.get(), **changed).status_code == 302
    row = Delegation.objects.get()
    assert (row.mission.start_on, row.mission.end_on) == (date(2026, 11, 9), date(2026, 11, 15))
    assert row.mission.title_en == "Mission to the Gulf"
    assert row.applications_close.start_time == time(12)
    assert Event.objects.count() == 2


def test_saving_without_a_change_changes_no_event(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS, closes_on="2026-07-31")
    before = list(Event.objects.order_by("pk").values())
    assert save(organiser, TradeMission.objects.get(pk=row.pk)).status_code == 302
    assert list(Event.objects.order_by("pk").values()) == before


def test_a_title_of_its_own_is_kept(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS)
    Event.objects.filter(pk=row.mission_id).update(title_en="Journey to the Gulf")
    save(organiser, TradeMission.objects.get(), name_en="Another", first_day="2026-11-09")
    row.mission.refresh_from_db()
    assert (row.mission.title_en, row.mission.start_on) == (
        "Journey to the Gulf",
        date(2026, 11, 9),
    )


def test_a_deadline_that_is_cleared_is_gone(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS, closes_on="2026-07-31")
    save(organiser, TradeMission.objects.get(), closes_on="")
    assert Delegation.objects.get().applications_close is None
    assert list(Event.objects.all()) == [row.mission]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_day": "2026-11-10", "last_day": "2026-11-09"}, "last_day"),
        ({"about": "soon"}, "about"),
        ({**DAYS, "closes_at": "18:00"}, "closes_on"),
        ({"first_day": "9999-01-01"}, "first_day"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_entered(
    values: dict[str, str], field: str, ours: Team, organiser: Client
) -> None:
    assert list(faults(add(organiser, **values))) == [field]
    assert not Event.objects.exists()


def test_legs_outside_the_days_are_named(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS)
    place = factories.place(team=ours, name="Doha")
    first, last = date(2026, 11, 12), date(2026, 11, 15)
    legs.add(delegation=row, place=place, first=first, last=last, now=NOW)
    page = save(organiser, TradeMission.objects.get(), last_day="2026-11-13")
    assert "Doha" in faults(page)["first_day"]
    assert "Move" in faults(page)["first_day"]


def test_an_event_that_exists_can_be_chosen(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "Journey", kind="trade_mission", precision="day")
    assert faults(add(organiser, mission=event.pk, **DAYS)).keys() == {"mission"}
    assert added(organiser, mission=event.pk).mission == event
    assert Event.objects.get(pk=event.pk).title_en == "Journey"


def test_its_events_follow_it_to_another_team(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS, closes_on="2026-07-31")
    place = factories.place(name="Doha")
    days = {"first": date(2026, 11, 12), "last": date(2026, 11, 15)}
    legs.add(delegation=row, place=place, now=NOW, **days)
    other = factories.team()
    boss = Client()
    boss.force_login(factories.user(is_superuser=True))
    assert save(boss, TradeMission.objects.get(), team=other.pk).status_code == 302
    assert {event.team for event in Event.objects.all()} == {other}


def test_a_mission_of_others_is_neither_shown_nor_changed(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row", kind="trade_mission")
    theirs = screens.event(factories.team(), "CANARY", precision="day", start_on=date(2031, 5, 4))
    Delegation.objects.filter(pk=row.pk).update(mission=theirs, applications_close=theirs)
    url = screens.address(TradeMission, "change", row.pk)
    page = organiser.get(url)
    assert b"2031" not in page.content
    data = {**form_of(page), **DAYS, "closes_on": "2026-07-31", "name_en": "New name"}
    assert organiser.post(url, data).status_code == 302
    theirs.refresh_from_db()
    assert (theirs.title_en, theirs.start_on) == ("CANARY", date(2031, 5, 4))


def test_the_page_leads_to_its_event(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS)
    page = organiser.get(screens.address(TradeMission, "change", row.pk)).content.decode()
    assert f'href="/admin/events/event/{row.mission_id}/change/"' in page
    assert "10–15 November 2026" in page


def test_who_only_reads_sees_the_days(ours: Team, organiser: Client) -> None:
    row = added(organiser, **DAYS)
    viewer = Client()
    viewer.force_login(factories.user(member_of=ours, role="viewer"))
    page = viewer.get(screens.address(TradeMission, "change", row.pk))
    assert page.status_code == 200
    assert "10–15 November 2026" in page.content.decode()


def test_a_delegation_that_is_only_reported_chooses_among_events() -> None:
    boss = Client()
    boss.force_login(factories.user(is_superuser=True))
    event = factories.event(team=None, origin="reported", precision="day")
    row = screens.delegation(None, "row", mission=event)
    other = factories.event(team=None, origin="reported", precision="day")
    page = boss.get(screens.address(Delegation, "change", row.pk))
    assert "first_day" not in page.context["adminform"].form.fields
    assert save(boss, row, mission=other.pk).status_code == 302
    row.refresh_from_db()
    assert row.mission == other
