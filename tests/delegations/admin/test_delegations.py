"""The screens of delegations and trade missions."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from delegations.models import Delegate, Delegation, Leg, TradeMission
from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.forms import form_of, save

ADD = "/admin/delegations/trademission/add/"


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


def mission_of(team: Team) -> Event:
    return screens.event(
        team, "mission", kind="trade_mission", precision="day", end_on=date(2026, 12, 5)
    )


def test_a_new_trade_mission_has_its_kind(ours: Team, organiser: Client) -> None:
    data = {**form_of(organiser.get(ADD)), "name_zh_hant": "海灣貿易代表團"}
    assert organiser.post(ADD, {**data, "mission": mission_of(ours).pk}).status_code == 302
    row = Delegation.objects.get()
    assert (row.kind, row.team, row.status) == ("trade_mission", ours, "planning")
    assert row.mission.title_en == "mission"


def test_the_screen_of_trade_missions_lists_nothing_else(ours: Team, organiser: Client) -> None:
    rows = [screens.delegation(ours, "row", kind=kind) for kind in Delegation.Kind.values]
    page = organiser.get(screens.address(TradeMission, "changelist"))
    assert [row.pk for row in page.context["cl"].queryset] == [rows[0].pk]
    page = organiser.get(screens.address(Delegation, "changelist"))
    assert len(page.context["cl"].queryset) == len(rows)


def test_legs_and_members_are_added_on_the_page(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    added: dict[str, Any] = {
        "legs-TOTAL_FORMS": 1,
        "legs-0-place": factories.place(team=ours).pk,
        "legs-0-first": "2026-12-02",
        "legs-0-last": "2026-12-02",
        "delegates-TOTAL_FORMS": 1,
        "delegates-0-person": screens.person(ours, "Chan").pk,
        "delegates-0-capacity": "head",
        "delegates-0-counted": "on",
    }
    assert save(organiser, row, **added).status_code == 302
    assert (Leg.objects.get().delegation, Delegate.objects.get().capacity) == (row, "head")


def test_a_second_head_is_refused_in_words(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    Delegate.objects.create(delegation=row, label_en="first", capacity="head")
    added = {
        "delegates-TOTAL_FORMS": 2,
        "delegates-1-person": screens.person(ours, "Chan").pk,
        "delegates-1-capacity": "head",
    }
    page = save(organiser, row, **added)
    assert page.status_code == 200
    assert Delegate.objects.count() == 1


def test_places_of_other_teams_cannot_be_chosen(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    foreign = factories.place(team=factories.team())
    days = {"legs-0-first": "2026-12-02", "legs-0-last": "2026-12-02"}
    added = {"legs-TOTAL_FORMS": 1, "legs-0-place": foreign.pk, **days}
    assert save(organiser, row, **added).status_code == 200
    assert not Leg.objects.exists()


def test_members_change_places_as_the_browser_numbers_them(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    for rank in (1, 2, 3):
        member = screens.delegate(row, f"Member {rank}")
        Delegate.objects.filter(pk=member.pk).update(precedence=rank)
    before = list(row.delegates.in_order())
    moved = {f"delegates-{number}-precedence": rank for number, rank in enumerate((1, 0, 2))}
    assert save(organiser, row, **moved).status_code == 302
    assert list(row.delegates.in_order()) == [before[1], before[0], before[2]]


def test_a_deputy_that_is_added_stands_after_the_head(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "row")
    head = Delegate.objects.create(delegation=row, label_en="Head", capacity="head", precedence=1)
    member = Delegate.objects.create(delegation=row, label_en="Member", precedence=2)
    added = {
        "delegates-TOTAL_FORMS": 3,
        "delegates-2-person": screens.person(ours, "Chan").pk,
        "delegates-2-capacity": "deputy",
        "delegates-2-counted": "on",
        "delegates-2-precedence": 2,
    }
    assert save(organiser, row, **added).status_code == 302
    deputy = row.delegates.get(capacity="deputy")
    assert list(row.delegates.in_order()) == [head, deputy, member]


def test_what_members_lead_to_and_the_user_may_not_see_is_neither_named_nor_lost(
    ours: Team, organiser: Client
) -> None:
    row, theirs = screens.delegation(ours, "row"), factories.team()
    body, person = screens.organisation(theirs, "CANARY"), screens.person(theirs, "CANARY")
    known = Delegate.objects.create(
        delegation=row, person=screens.person(ours, "known"), organisation=body
    )
    hidden = Delegate.objects.create(delegation=row, person=person)
    page = organiser.get(screens.address(Delegation, "change", row.pk))
    assert b"CANARY" not in page.content
    assert b"(not visible)" in page.content
    assert save(organiser, row, name_en="Another name").status_code == 302
    for member, who, of in ((known, known.person, body), (hidden, person, None)):
        member.refresh_from_db()
        assert (member.person, member.organisation) == (who, of)


def test_a_description_that_stood_in_for_english_follows_the_chinese_one(
    ours: Team, organiser: Client
) -> None:
    row = screens.delegation(ours, "row")
    member = Delegate.objects.create(delegation=row, label_en="待定", label_zh_hans="待定")
    organiser.cookies["django_language"] = "zh-hans"
    page = organiser.get(screens.address(Delegation, "change", row.pk))
    (name,) = (key for key, value in form_of(page).items() if value == "待定")
    organiser.post(page.request["PATH_INFO"], {**form_of(page), name: "译员待定"})
    member.refresh_from_db()
    assert (member.label_en, member.label_zh_hans) == ("译员待定", "译员待定")
