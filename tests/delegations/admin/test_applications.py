"""The screen of an application: saved and submitted in one step, with nominees that fit."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from delegations.models import Application, Delegation, Nominee
from events.models import Team
from tests import factories
from tests.events.admin.forms import form_of, save
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ADD = "/admin/delegations/application/add/"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


@pytest.fixture
def mission(ours: Team) -> Delegation:
    return factories.delegation(team=ours, quota=2)


def filled(client: Client, mission: Delegation, nominees: int) -> dict[str, Any]:
    firm = factories.organisation(team=mission.team)
    data = {**form_of(client.get(ADD)), "delegation": mission.pk, "organisation": firm.pk}
    for number in range(nominees):
        data[f"nominees-{number}-label_en"] = f"Member {number}"
        data[f"nominees-{number}-capacity"] = "delegate"
    return {**data, "nominees-TOTAL_FORMS": nominees}


def test_it_is_saved_and_submitted_in_one_step(mission: Delegation, organiser: Client) -> None:
    there = f"/admin/delegations/delegation/{mission.pk}/applications/"
    data = {**filled(organiser, mission, 2), "_submit_now": ""}
    answer = organiser.post(f"{ADD}?next={there}", data)
    assert answer.url == there
    row = Application.objects.get()
    assert (row.status, row.submitted_at, row.nominees.count()) == ("submitted", NOW, 2)


def test_it_can_be_saved_as_a_draft(mission: Delegation, organiser: Client) -> None:
    assert organiser.post(ADD, filled(organiser, mission, 0)).status_code == 302
    assert Application.objects.get().status == "draft"


def test_without_nominees_it_is_not_submitted_and_nothing_typed_is_lost(
    mission: Delegation, organiser: Client
) -> None:
    data = {**filled(organiser, mission, 0), "statement": "We seek buyers", "_submit_now": ""}
    page = organiser.post(ADD, data)
    assert page.status_code == 200
    assert "Propose at least one member" in " ".join(map(str, page.context["errors"]))
    assert page.context["adminform"].form["statement"].value() == "We seek buyers"
    assert not Application.objects.exists()


def test_only_new_ones_and_drafts_offer_it(mission: Delegation, organiser: Client) -> None:
    assert b"_submit_now" in organiser.get(ADD).content
    for status, is_offered in (("draft", True), ("submitted", False)):
        row = factories.application(delegation=mission, status=status)
        page = organiser.get(f"/admin/delegations/application/{row.pk}/change/")
        assert (b"_submit_now" in page.content) == is_offered


def test_who_holds_seats_proposes_no_more_than_there_are(
    mission: Delegation, organiser: Client
) -> None:
    row = factories.application(delegation=mission, seats=2, status="accepted")
    more = {
        "nominees-TOTAL_FORMS": 3,
        "nominees-2-label_en": "More",
        "nominees-2-capacity": "delegate",
    }
    page = save(organiser, row, **more)
    assert page.status_code == 200
    assert "3 would be needed" in " ".join(map(str, page.context["errors"]))
    assert Nominee.objects.count() == 2


def test_who_waits_moves_up_when_fewer_are_proposed(mission: Delegation, organiser: Client) -> None:
    row = factories.application(delegation=mission, seats=3, status="waitlisted")
    assert save(organiser, row, **{"nominees-0-DELETE": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.status == "accepted"


def test_nominees_are_typed_without_a_click(mission: Delegation, organiser: Client) -> None:
    firm = factories.organisation(team=mission.team)
    data = form_of(organiser.get(ADD))
    assert data["nominees-TOTAL_FORMS"] == 3
    data |= {"delegation": mission.pk, "organisation": firm.pk, "nominees-0-label_en": "Chair"}
    assert organiser.post(ADD, data).status_code == 302
    assert [str(row) for row in Nominee.objects.all()] == ["Chair"]
