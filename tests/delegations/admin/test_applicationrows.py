"""Applications as rows."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.models import Application, Delegation, Nominee
from events.models import Organisation, Person, Team
from tests import factories
from tests.events.admin import screens


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
    year = timezone.now().year + 1
    closes = factories.event(
        team=ours, kind="deadline", precision="day", timezone="Asia/Hong_Kong",
        start_on=timezone.now().date().replace(year=year, day=1),
    )  # fmt: skip
    return factories.delegation(team=ours, mission=mission, quota=9, applications_close=closes)


def address(delegation: Delegation) -> str:
    return f"/admin/delegations/delegation/{delegation.pk}/applications/rows/"


def save(client: Client, delegation: Delegation, *rows: dict[str, str], **more: str) -> Any:
    data = {"_save": "1", **more}
    for number, row in enumerate(rows):
        data |= {f"g{number}-{name}": value for name, value in row.items()}
    return client.post(address(delegation), data)


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


JANE = {
    "name": "Jane Smith", "organisation": "Alpha Solar", "email": "jane@example.org",
    "role": "head", "language": "zh-hans",
}  # fmt: skip
CHAN = {"name": "Chan Tai-man", "organisation": "Beta Wind", "role": "delegate"}


def test_five_rows_are_five_submitted_applications(
    delegation: Delegation, organiser: Client
) -> None:
    rows = [{**CHAN, "name": f"Guest{at} Smith", "organisation": f"Firm {at}"} for at in range(5)]
    page = save(organiser, delegation, *rows, _continue="1")
    assert page.status_code == 302
    page = organiser.get(page.url)
    assert said(page) == [
        "5 applications were submitted. 5 people are new. 5 organisations are new."
    ]
    assert [each.name for each in page.context["listed"]] == [f"Firm {at}" for at in range(5)]
    assert set(Application.objects.values_list("status", flat=True)) == {"submitted"}


def test_address_language_and_capacity_are_kept(delegation: Delegation, organiser: Client) -> None:
    save(organiser, delegation, JANE)
    (nominee,) = Nominee.objects.select_related("person", "application__contact")
    assert nominee.capacity == "head"
    assert nominee.application.contact == nominee.person
    person = Person.objects.get()
    assert (person.email, person.language) == ("jane@example.org", "zh-hans")


def test_lines_become_rows_and_who_has_applied_already_is_left_out(
    delegation: Delegation, organiser: Client, ours: Team
) -> None:
    known = factories.organisation(team=ours, name="Alpha Solar")
    factories.application(delegation=delegation, organisation=known)
    lines = "Jane Smith; Alpha Solar; jane@example.org\n陳大文; 示例港務; 團長; chan@example.org"
    page = organiser.post(address(delegation), {"_read": "1", "paste": lines})
    first, second = page.context["rows"]
    assert first.is_left_out
    assert first.notes == ["This organisation has an application already."]
    assert second.values["role"] == "head"
    assert not second.is_left_out


def test_refused_rows_name_field_and_reason_and_keep_what_was_typed(
    delegation: Delegation, organiser: Client, ours: Team
) -> None:
    known = factories.organisation(team=ours, name="Beta Wind")
    factories.application(delegation=delegation, organisation=known)
    page = save(organiser, delegation, JANE, CHAN)
    first, second = page.context["rows"]
    assert first.errors == {}
    assert second.errors == {"organisation": "This organisation has an application already."}
    assert "Nobody is added yet: mend the marked rows." in page.content.decode()
    assert first.values["email"] == "jane@example.org"
    assert not Nominee.objects.filter(person__family_name="Smith").exists()
    page = save(organiser, delegation, JANE, {**CHAN, "organisation": ""})
    errors = [row.errors for row in page.context["rows"]]
    assert errors == [{}, {"organisation": "Write an organisation, or choose one."}]
    assert Application.objects.count() == 1


def test_nothing_typed_is_nothing_stored(delegation: Delegation, organiser: Client) -> None:
    page = save(organiser, delegation, {"name": "", "role": "delegate"})
    assert page.url == f"/admin/delegations/delegation/{delegation.pk}/"
    assert said(organiser.get(page.url)) == ["Nothing was to be saved."]


def test_a_call_that_is_not_open_takes_nobody_and_the_rows_stay(
    delegation: Delegation, organiser: Client
) -> None:
    Delegation.objects.update(status="draft")
    page = save(organiser, delegation, JANE)
    assert "takes no applications" in page.content.decode()
    assert page.context["rows"][0].values["name"] == "Jane Smith"
    assert not Organisation.objects.filter(name_en="Alpha Solar").exists()


def test_another_teams_applications_are_not_there(organiser: Client) -> None:
    foreign = factories.delegation(team=factories.team())
    assert organiser.get(address(foreign)).status_code in (403, 404)
    assert save(organiser, foreign, JANE).status_code in (403, 404)
    assert not Application.objects.exists()


def test_viewers_and_a_concluded_delegation_add_none(
    delegation: Delegation, organiser: Client, ours: Team
) -> None:
    viewer = Client()
    viewer.force_login(factories.user(member_of=ours, role="viewer"))
    assert viewer.get(address(delegation)).status_code == 403
    Delegation.objects.update(status="cancelled")
    assert organiser.get(address(delegation)).status_code == 403


def test_the_home_leads_there(delegation: Delegation, organiser: Client) -> None:
    home = organiser.get(f"/admin/delegations/delegation/{delegation.pk}/")
    assert address(delegation) in home.content.decode()


@pytest.mark.parametrize("number", [1, 3, 12])
def test_the_page_takes_the_same_queries_for_any_number(
    delegation: Delegation, organiser: Client, ours: Team, number: int
) -> None:
    for at in range(number):
        body = factories.organisation(team=ours, name=f"Firm {at}")
        factories.application(delegation=delegation, organisation=body, seats=2)
    assert screens.cost(organiser, address(delegation)) == 10
