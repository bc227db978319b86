"""The members of a delegation as rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.domain.rosters import rosters
from delegations.models import Delegate, Delegation
from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.models import Event, Team
from tests import factories
from tests.events.admin import screens
from tests.factories import NOW

FAR = timezone.now().date() + timedelta(days=90)


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


@pytest.fixture
def delegation(ours: Team) -> Delegation:
    mission = factories.event(team=ours, kind="trade_mission")
    return factories.delegation(team=ours, mission=mission, quota=3)


def address(delegation: Delegation) -> str:
    return f"/admin/delegations/delegation/{delegation.pk}/guests/"


def send(client: Client, delegation: Delegation, **values: Any) -> Any:
    data = {
        name if name.startswith("_") else name.replace("_", "-"): value
        for name, value in values.items()
    }
    return client.post(address(delegation), {"_save": "1", **data})


def member(delegation: Delegation, name: str, capacity: str = "delegate") -> Delegate:
    person = factories.person(team=delegation.team, family_name=name, given_name="Tai-man")
    return rosters.add(delegation=delegation, person=person, capacity=capacity, now=NOW)


def test_lines_become_members(delegation: Delegation, organiser: Client) -> None:
    lines = "Chan Tai-man; Example Port; head of delegation\nJane Smith; Example Port"
    page = organiser.post(address(delegation), {"_read": "1", "paste": lines})
    assert [row.values["role"] for row in page.context["rows"]] == ["head", "delegate"]
    send(organiser, delegation, g0_name="Jane Smith", g1_name="Chan Tai-man", g1_role="head")
    assert [str(row) for row in delegation.delegates.in_order()] == ["CHAN Tai-man", "Jane SMITH"]


def test_a_quota_that_does_not_suffice_is_told_and_all_rows_stay(
    delegation: Delegation, organiser: Client
) -> None:
    rows = {f"g{number}_name": f"Guest{number} Smith" for number in range(4)}
    page = send(organiser, delegation, **rows)
    assert "The seats do not suffice: 4 would be needed." in page.content.decode()
    assert len(page.context["rows"]) == 4
    assert not Delegate.objects.exists()


def test_capacities_are_changed_and_members_taken_off_in_place(
    delegation: Delegation, organiser: Client
) -> None:
    first, second = member(delegation, "Chan", "head"), member(delegation, "Lee")
    third = member(delegation, "Wong")
    send(
        organiser,
        delegation,
        **{
            f"role_{second.pk}": "head",
            f"was_role_{second.pk}": "delegate",
            f"off_{third.pk}": "on",
        },
    )
    found = {row.pk: row.capacity for row in delegation.delegates.all()}
    assert found == {first.pk: "deputy", second.pk: "head"}


def test_whoever_would_be_mailed_is_told_of_first(
    delegation: Delegation, organiser: Client
) -> None:
    mission = delegation.mission
    assert mission
    Event.objects.update(status="confirmed", start_on=FAR, end_on=FAR)
    row = member(delegation, "Chan")
    keys = list(mission.attendees.values_list("pk", flat=True))
    invitations.send(event=mission, attendees=keys, now=timezone.now())
    delivery.tick(now=timezone.now())
    page = send(organiser, delegation, **{f"off_{row.pk}": "on"}, g0_name="Jane Smith")
    assert page.context["told"].people == 1
    assert Delegate.objects.count() == 1
    page = send(
        organiser, delegation, **{f"off_{row.pk}": "on", "_telling": "back"}, g0_name="Jane Smith"
    )
    assert page.context["listed"][0].leaves
    assert page.context["rows"][0].values["name"] == "Jane Smith"


def test_a_closed_roster_has_no_such_page(delegation: Delegation, organiser: Client) -> None:
    Delegation.objects.update(status="cancelled")
    assert organiser.get(address(delegation)).status_code == 403


def test_another_teams_roster_is_not_there(organiser: Client) -> None:
    foreign = factories.delegation(team=factories.team())
    assert organiser.get(address(foreign)).status_code == 403
    assert send(organiser, foreign, g0_name="Jane Smith").status_code == 403


@pytest.mark.parametrize("number", [1, 3, 12])
def test_a_roster_takes_the_same_queries_for_any_number(
    delegation: Delegation, organiser: Client, number: int
) -> None:
    Delegation.objects.update(quota=None)
    for each in range(number):
        member(delegation, f"Chan{each}")
    assert screens.cost(organiser, address(delegation)) == 8
