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
TOLD = (
    "{people} will be told in two minutes."
    ' <a href="/admin/events/delivery/?state__exact=pending&amp;{list}" class="text-link">'
    "Show the mails</a>"
)
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
    page = look(client, verb, rows)
    chosen = {"_telling": page.context["chosen"]} if page.context["told"] else {}
    sent = {"verb": verb, "id": [row.pk for row in rows], "seen": page.context["seen"]}
    return client.post(DECIDE, {**sent, **chosen, **values})


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
    assert said(answer, organiser) == [
        "Accepted: 3 · on the waiting list: 2",
        TOLD.format(people="5 people", list=f"event__id__exact={mission.mission_id}"),
    ]
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
    sent = {"verb": "accept", "id": [rows[0].pk], "seen": seen, "_telling": "now", **UNTIL}
    answer = organiser.post(DECIDE, sent)
    assert answer.status_code == 409
    assert statuses(rows) == ["submitted"]
    assert organiser.post(DECIDE, {**sent, "seen": answer.context["seen"]}).status_code == 302
    assert statuses(rows) == ["waitlisted"]


def test_the_page_says_who_would_be_told_and_asks(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 1, 1)
    page = look(organiser, "decline", rows)
    assert page.context["who"].startswith("2 people would be told by mail: ")
    assert page.context["kinds"] == ["2 × decision"]
    unasked = {"verb": "decline", "id": [row.pk for row in rows], "seen": page.context["seen"]}
    answer = organiser.post(DECIDE, {**unasked, "reason": "No stand left"})
    assert answer.context["told"].people == 2
    assert statuses(rows) == ["submitted"] * 2
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("choice", "state", "reason"),
    [("now", "pending", ""), ("later", "held", ""), ("never", "cancelled", "withheld")],
)
def test_the_mails_of_a_round_go_as_was_chosen(
    mission: Delegation, organiser: Client, choice: str, state: str, reason: str
) -> None:
    rows = applied(mission, 1, 1)
    take(organiser, "decline", rows, reason="No stand left", _telling=choice)
    found = Delivery.objects.values_list("state", "reason")
    assert list(found) == [(state, reason)] * 2


def test_a_single_decision_asks_as_well(mission: Delegation, organiser: Client) -> None:
    [row] = applied(mission, 1)
    url = f"/admin/delegations/application/{row.pk}/step/decline/"
    assert organiser.get(url).context["told"].people == 1
    organiser.post(url, {"reason": "No stand left", "_telling": "never"})
    assert [mail.reason for mail in Delivery.objects.all()] == ["withheld"]


def test_an_address_that_the_reader_may_not_see_is_counted_and_not_named(
    mission: Delegation, organiser: Client
) -> None:
    hidden = factories.person(team=factories.team(), family_name="CANARY")
    rows = applied(mission, 1, contact=hidden)
    page = look(organiser, "decline", rows)
    assert page.context["who"] == "1 person would be told by mail"
    assert b"CANARY" not in page.content


def undo_of(answer: Any, client: Client) -> str:
    """Return the address of “Undo” in the message about a round."""
    first, *_others = client.get(answer.url).context["messages"]
    return str(first.extra_tags)


def test_a_round_is_undone_and_its_mails_are_called_back(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 1, 1, 2)
    url = undo_of(take(organiser, "accept", rows, **UNTIL), organiser)
    assert statuses(rows) == ["accepted", "accepted", "waitlisted"]
    assert said(organiser.post(url), organiser) == ["3 steps undone."]
    assert statuses(rows) == ["submitted"] * 3
    assert {mail.state for mail in Delivery.objects.all()} == {"cancelled"}


def test_a_round_whose_mails_have_left_asks_whom_the_undo_tells(
    mission: Delegation, organiser: Client
) -> None:
    rows = applied(mission, 1, 1)
    url = undo_of(take(organiser, "decline", rows, reason="No stand left"), organiser)
    sent = {"state": "sent", "sent_at": NOW, "claim_at": None}
    Delivery.objects.filter(person=rows[0].contact).update(**sent)
    page = organiser.post(url)
    assert page.context["who"] == f"1 person would be told by mail: {rows[0].contact}"
    assert statuses(rows) == ["declined"] * 2
    answer = organiser.post(url, {"_telling": "now"})
    assert said(answer, organiser)[0] == "2 steps undone."
    assert statuses(rows) == ["submitted"] * 2
    [mail] = Delivery.objects.filter(state="pending")
    assert mail.person == rows[0].contact


def test_what_changed_after_a_round_stays(mission: Delegation, organiser: Client) -> None:
    rows = applied(mission, 1, 1)
    url = undo_of(take(organiser, "admit", rows), organiser)
    changed = Application.objects.get(pk=rows[0].pk)
    changed.statement = "Newer"
    changed.save()
    first, second = said(organiser.post(url), organiser)
    assert first == "1 step undone."
    assert "has changed since" in second
    assert statuses(rows) == ["confirmed", "submitted"]


def test_who_lost_the_right_meanwhile_undoes_no_round(
    mission: Delegation, organiser: Client, ours: Team
) -> None:
    rows = applied(mission, 1)
    url = undo_of(take(organiser, "admit", rows), organiser)
    ours.memberships.update(role="viewer")
    assert organiser.post(url).status_code == 403
    assert statuses(rows) == ["confirmed"]


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
