"""Applications in a list: several are chosen and decided together, as the page said beforehand."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from delegations.models import Application, Delegation
from events.models import Delivery, Team
from tests import factories
from tests.events.admin.screens import queries
from tests.factories import NOW

pytestmark = pytest.mark.django_db

DECIDE = "/admin/delegations/application/decide/"
UNTIL = {"confirm_by_0": "2026-06-20", "confirm_by_1": "18:00"}


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
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
    return factories.delegation(team=ours, quota=3)


def page_of(mission: Delegation) -> str:
    return f"/admin/delegations/delegation/{mission.pk}/applications/"


def applied(mission: Delegation, *seats: int, **columns: Any) -> list[Application]:
    rows = [factories.application(delegation=mission, seats=n) for n in seats]
    for row in rows:
        values = {"contact": factories.person(team=mission.team), **columns}
        Application.objects.filter(pk=row.pk).update(**values)
        row.refresh_from_db()
    return rows


def look(client: Client, verb: str, rows: list[Application]) -> Any:
    return client.get(DECIDE, {"verb": verb, "id": [row.pk for row in rows]})


def take(client: Client, verb: str, rows: list[Application], **values: Any) -> Any:
    """Look at the page of a step, then take it."""
    seen = look(client, verb, rows).context["seen"]
    sent = {"verb": verb, "id": [row.pk for row in rows], "seen": seen, **values}
    return client.post(DECIDE, sent)


def said(answer: Any, client: Client) -> list[str]:
    return [str(message) for message in client.get(answer.url).context["messages"]]


def statuses(rows: list[Application]) -> list[str]:
    return [Application.objects.get(pk=row.pk).status for row in rows]


def test_the_page_of_a_mission_groups_its_applications(
    mission: Delegation, organiser: Client
) -> None:
    applied(mission, 1, 2)
    factories.application(delegation=mission, status="declined", reason="No stand left")
    page = organiser.get(page_of(mission))
    groups = {group["name"]: len(group["rows"]) for group in page.context["groups"]}
    assert groups == {"undecided": 2, "ended": 1}
    assert [step.verb for step in page.context["verbs"]] == [
        "accept",
        "admit",
        "request_info",
        "decline",
    ]
    assert page.content.count(b'name="id"') == 2
    assert organiser.get(f"{page_of(mission)}?choose=undecided").content.count(b"checked") == 2


def test_the_page_says_beforehand_what_happens_to_each(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 2, 2, 1)
    page = look(organiser, "accept", rows)
    [shown] = page.context["rounds"]
    assert [(row["label"], row["why"], row["left"]) for row in shown["rows"]] == [
        ("accepted", "", "1 of 3 seats are left after it"),
        (
            "on the waiting list",
            "They ask for 2 seats; left: 1 seat.",
            "",
        ),
        ("accepted", "", "0 of 3 seats are left after it"),
    ]
    assert statuses(rows) == ["submitted"] * 3


def test_five_applications_are_accepted_with_one_form(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 1, 1, 1, 1, 1)
    answer = take(organiser, "accept", rows, **UNTIL, next=page_of(mission))
    assert answer.url == page_of(mission)
    assert statuses(rows) == ["accepted"] * 3 + ["waitlisted"] * 2
    assert said(answer, organiser) == ["Accepted: 3 · on the waiting list: 2"]
    assert Delivery.objects.count() == 5
    moment = Application.objects.get(pk=rows[0].pk).confirm_by
    assert moment is not None
    assert moment.isoformat() == "2026-06-20T10:00:00+00:00"


def test_one_reason_is_given_to_all(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 1, 1)
    assert take(organiser, "decline", rows, reason="").context["form"].errors
    take(organiser, "decline", rows, reason="No stand left")
    assert {row.reason for row in Application.objects.all()} == {"No stand left"}


def test_whom_nobody_can_tell_is_named_before_and_after(
    mission: Delegation, organiser: Client
) -> None:
    [mute] = applied(mission, 1, contact=None)
    told = applied(mission, 1)
    page = look(organiser, "accept", [mute, *told])
    assert page.context["rounds"][0]["untold"] == 1
    assert b"cannot be told by mail" in page.content
    answer = take(organiser, "accept", [mute, *told], **UNTIL)
    assert f"Nobody could be told by mail: {mute.organisation}." in said(answer, organiser)


def test_who_is_refused_is_named_with_the_reason(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 1, 1)
    Application.objects.filter(pk=rows[0].pk).update(status="withdrawn")
    answer = take(organiser, "accept", rows, **UNTIL)
    assert statuses(rows) == ["withdrawn", "accepted"]
    assert "is withdrawn, so this is not possible" in said(answer, organiser)[1]


def test_nobody_is_put_on_the_waiting_list_while_seats_are_free(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 1)
    page = look(organiser, "waitlist", rows)
    assert page.context["form"] is None
    assert "nothing to wait for" in page.context["rounds"][0]["rows"][0]["why"]
    change = f"/admin/delegations/application/{rows[0].pk}/change/"
    verbs = [button["step"].verb for button in organiser.get(change).context["buttons"]]
    assert "waitlist" not in verbs
    alone = organiser.get(f"/admin/delegations/application/{rows[0].pk}/step/waitlist/")
    assert alone.status_code == 409
    assert "nothing to wait for" in alone.context["refusal"]


def test_what_has_changed_meanwhile_is_shown_first(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 2)
    seen = look(organiser, "accept", rows).context["seen"]
    factories.application(delegation=mission, seats=2, status="accepted")
    sent = {"verb": "accept", "id": [rows[0].pk], "seen": seen, **UNTIL}
    answer = organiser.post(DECIDE, sent)
    assert answer.status_code == 409
    assert statuses(rows) == ["submitted"]
    assert organiser.post(DECIDE, {**sent, "seen": answer.context["seen"]}).status_code == 302
    assert statuses(rows) == ["waitlisted"]


def test_a_time_that_has_passed_is_refused_for_all(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 1)
    past = {"confirm_by_0": "2026-05-01", "confirm_by_1": "18:00"}
    assert "must lie ahead" in take(organiser, "accept", rows, **past).context["refusal"]
    assert statuses(rows) == ["submitted"]


def test_without_a_choice_it_leads_back(mission: Delegation, organiser: Client) -> None:
    answer = organiser.get(DECIDE, {"verb": "accept", "next": page_of(mission)})
    assert said(answer, organiser) == ["Choose applications first."]
    assert organiser.get(DECIDE, {"verb": "annul"}).status_code == 404
    away = organiser.get(DECIDE, {"verb": "accept", "next": "https://evil.example/"})
    assert away.url == "/admin/delegations/application/"


def test_only_who_may_change_them_decides(mission: Delegation, ours: Team) -> None:
    rows = applied(mission, 1)
    for member, role in ((ours, "viewer"), (factories.team(), "organiser")):
        client = Client()
        client.force_login(factories.user(member_of=member, role=role))
        sent = {"verb": "accept", "id": [rows[0].pk], **UNTIL}
        assert client.post(DECIDE, sent).status_code in {302, 403}
    assert statuses(rows) == ["submitted"]


def test_the_list_of_all_applications_has_the_same_steps(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 1, 1)
    url = "/admin/delegations/application/"
    chosen = [row.pk for row in rows]
    answer = organiser.post(url, {"action": "accept_together", "_selected_action": chosen})
    page = organiser.get(answer.url)
    assert len(page.context["rounds"][0]["rows"]) == 2
    assert page.context["back"] == url
    actions = [
        name for name, _label in organiser.get(url).context["action_form"].fields["action"].choices
    ]
    assert "delete_selected" not in actions


def test_a_single_step_warns_before_and_after(mission: Delegation, organiser: Client) -> None:
    [row] = applied(mission, 1, contact=None)
    change = f"/admin/delegations/application/{row.pk}/change/"
    assert "has no contact" in str(organiser.get(change).context["lines"][0])
    step = f"/admin/delegations/application/{row.pk}/step/accept/"
    assert "has no contact" in " ".join(organiser.get(step).context["sentences"])
    assert "Nobody was told by mail" in said(organiser.post(step, UNTIL), organiser)[0]


def test_many_applications_cost_as_many_queries_as_one(
    mission: Delegation, organiser: Client
) -> None:
    counts: dict[str, set[int]] = {}
    applied(mission, 1)
    organiser.get(page_of(mission))
    for more in (0, 2, factories.MANY - 3):
        applied(mission, *[1] * more)
        keys = "".join(f"&id={row.pk}" for row in mission.applications.all())
        urls = [f"{DECIDE}?verb={verb}{keys}" for verb in ("accept", "decline", "admit")]
        for url in (page_of(mission), *urls):
            name = url.partition("&")[0]
            counts.setdefault(name, set()).add(queries(organiser, url))
    assert {url: len(found) for url, found in counts.items()} == dict.fromkeys(counts, 1), counts
