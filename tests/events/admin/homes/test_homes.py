"""The homes of events and delegations: what leads there, what they show, what they cost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from delegations.models import Delegation, TradeMission
from events.models import Event, Expo, PromotionConference, Team
from tests import factories, missions
from tests.events.admin import screens
from tests.events.admin.forms import save
from tests.events.admin.screens import ELSEWHERE, queries
from tests.office import Office
from tests.samples import first_of, quick

MAX_BYTES = 150_000
LANGUAGES = ("en", "zh-hans", "zh-hant")
HOMES = (Event, PromotionConference, Expo, Delegation, TradeMission)
FAR = date(2099, 12, 2)
with_homes = pytest.mark.parametrize("model", HOMES, ids=lambda model: model.__name__)


def home(row: Model, model: type[Model] | None = None) -> str:
    return screens.address(model or type(row), "home", row.pk)


@with_homes
def test_lists_lead_to_the_home_and_so_does_saving(
    model: type[Model], ours: Team, organiser: Client
) -> None:
    row = screens.MAKERS[model](ours, "row", **({"end_on": FAR} if model is Event else {}))
    page = organiser.get(screens.address(model, "changelist"))
    assert f'href="{home(row, model)}' in page.content.decode()
    proxy = model._default_manager.get(pk=row.pk)
    if isinstance(proxy, Event):
        Event.objects.filter(pk=row.pk).update(end_on=row.start_on)
    answer = save(organiser, proxy)
    assert (answer.status_code, answer.url) == (302, home(row, model))
    assert organiser.get(answer.url).status_code == 200


def test_a_step_leads_back_to_the_home(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", status="draft", start_on=FAR)
    answer = organiser.post(screens.address(Event, "step", event.pk, "propose"))
    assert answer.url == home(event)


@with_homes
@pytest.mark.parametrize("language", quick(LANGUAGES, among=["zh-hant"]))
def test_a_home_is_shown_in_three_languages_and_asks_nobody_else(
    model: type[Model], language: str, ours: Team, organiser: Client
) -> None:
    row = screens.MAKERS[model](ours, "row")
    screens.fill(row, "detail")
    organiser.cookies["django_language"] = language
    page = organiser.get(home(row, model))
    assert page.status_code == 200
    assert ELSEWHERE.findall(page.content) == []


@with_homes
@pytest.mark.parametrize("who", first_of(["organiser", "viewer"]))
def test_a_home_costs_the_same_for_1_3_and_many_rows(
    who: str, model: type[Model], ours: Team, request: pytest.FixtureRequest, settings: Any
) -> None:
    settings.SIMPLE_HISTORY_ENABLED = False
    client: Client = request.getfixturevalue(who)
    row = screens.MAKERS[model](ours, "row")
    url = home(row, model)
    screens.fill(row, "detail")
    assert client.get(url).status_code == 200
    counts = []
    for more in (0, 2, factories.MANY - 3):
        for _ in range(more):
            screens.fill(row, "detail")
        counts.append(queries(client, url))
    assert counts[1:] == counts[:1] * 2


def test_what_a_user_may_not_see_has_no_home(theirs: Team, organiser: Client) -> None:
    for row in (screens.event(theirs, "CANARY"), screens.delegation(theirs, "CANARY")):
        assert organiser.get(home(row)).status_code == 404


def conference(team: Team) -> Event:
    """A conference of 40 items and 300 attendees."""
    event = screens.event(team, "Conference", start_on=FAR, end_on=FAR, capacity=250)
    for number in range(40):
        factories.event(team=team, parent=event, kind="session", title_en=f"Item {number}")
    for number in range(300):
        person = factories.person(team=team, family_name=f"Guest {number}")
        answer = "accepted" if number % 3 else "needs_action"
        factories.attendee(event=event, person=person, partstat=answer)
    return event


def test_figures_lead_to_lists_of_as_many_rows(ours: Team, organiser: Client) -> None:
    event = conference(ours)
    page = organiser.get(home(event))
    assert len(page.content) < MAX_BYTES
    figures = page.context["figures"]
    assert [figure["number"] for figure in figures] == [300, 0, 200, 0, 0, 0, 0]
    for figure in figures:
        found = organiser.get(figure["url"]).context["cl"].queryset
        assert found.count() == figure["number"], figure["label"]
    (gap,) = (item for item in page.context["todo"] if "not invited" in item["text"])
    assert organiser.get(gap["url"]).context["cl"].queryset.count() == 100


def test_attendees_are_sought_in_place(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", start_on=FAR)
    lyu = factories.person(team=ours, family_name="Lü", given_name="Wei", name_zh_hant="呂偉")
    factories.attendee(event=event, person=lyu)
    factories.attendee(event=event, person=factories.person(team=ours, family_name="Chan"))
    for words in ("lyu", "呂"):
        guests = organiser.get(home(event), {"q": words}).context["guests"]
        assert [row["name"] for row in guests["rows"]] == ["LÜ Wei"]
        assert organiser.get(guests["all_url"]).context["cl"].queryset.count() == 1
    page = organiser.get(home(event), {"q": "nobody"})
    assert b"Nobody on the list is found this way." in page.content


def test_the_next_steps_stand_in_the_order_of_the_work(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", status="tentative", start_on=FAR, place=None)
    factories.event(team=ours, parent=event, status="draft", kind="session", start_on=FAR)
    items = [item["text"] for item in organiser.get(home(event)).context["todo"]]
    assert [str(item) for item in items] == [
        "There is no place yet.",
        "No organiser or host is named yet.",
        "1 item of the programme is not announced.",
        "Confirm",
        "Nobody is on the list yet.",
    ]


def test_the_programme_stands_by_day_in_the_order_of_time(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", **factories.days(2, 4))
    third = factories.event(team=ours, parent=event, **factories.days(3))
    second = factories.event(team=ours, parent=event, end_on=date(2026, 12, 2))
    below = factories.event(team=ours, parent=second, end_on=date(2026, 12, 2))
    days = organiser.get(home(event)).context["days"]
    assert [day["title"] for day in days] == ["2 December 2026", "3 December 2026"]
    shown = [(row["depth"], row["event"], row["when"]) for day in days for row in day["rows"]]
    assert shown == [
        (1, second, "09:30–17:00"),
        (2, below, "09:30–17:00"),
        (1, third, ""),
    ]


def test_planned_and_sent_mails_have_their_dates(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "row", start_on=FAR, end_on=FAR)
    office = Office(organiser)
    row = {"offset": 1, "offset_kind": "nominal_days", "at_local_time": "09:00", "enabled": "on"}
    more = {"clock": "event", "topic": "reminder", "answers": "expected"}
    office.add_detail(event, "reminder_rules", **row, **more)
    screens.delivery(None, "word", event=event, kind="request", state="failed")
    mails = organiser.get(home(event)).context["mails"]
    assert [(row["what"], row["at"]) for row in mails["planned"]] == [
        ("reminder", "Tuesday 1 December 2099, 09:00 (UTC+8)")
    ]
    (sent,) = mails["sent"]
    assert (sent["number"], str(sent["state"])) == (1, "failed")
    assert organiser.get(sent["url"]).context["cl"].queryset.count() == 1


def test_the_last_changes_are_told_to_those_who_may_change_it(
    ours: Team, organiser: Client, viewer: Client
) -> None:
    event = screens.event(ours, "row", end_on=date(2026, 12, 2))
    save(organiser, event, title_en="Renamed")
    entries = organiser.get(home(event)).context["changes"]
    assert entries[0]["changes"][0]["after"] == "Renamed"
    assert viewer.get(home(event)).context["changes"] == []


def test_a_part_names_what_it_is_part_of_with_a_link(ours: Team, organiser: Client) -> None:
    event = screens.event(ours, "Big conference")
    part = factories.event(team=ours, parent=event, kind="session")
    page = organiser.get(home(part)).content.decode()
    assert f'<a class="text-link" href="{home(event)}" dir="auto">Big conference</a>' in page
    assert "figures" not in page


def test_mission_and_delegation_lead_to_each_other(ours: Team, organiser: Client) -> None:
    row = screens.delegation(ours, "Gulf mission")
    leg = screens.leg(row, "Doha")
    assert row.mission
    mission = home(row.mission)
    assert mission in organiser.get(home(row)).content.decode()
    for event in (row.mission, leg.stay):
        links = [link["url"] for link in organiser.get(home(event)).context["links"]]
        assert home(row) in links


def test_the_home_of_a_mission_says_what_is_missing_and_who_travels(
    ours: Team, organiser: Client
) -> None:
    row = factories.delegation(team=ours, quota=None, applications_close=None, status="planning")
    row.delegates.create(label_en="To be named")
    factories.application(delegation=row)
    page = organiser.get(home(row))
    items = [str(item["text"]) for item in page.context["todo"]]
    assert items == [
        "There is no place yet.",
        "No organiser or host is named yet.",
        "The quota is not set yet.",
        "It is not said yet when applications close.",
        "Open the call",
        "1 application waits for a decision.",
        "1 member is not named yet.",
    ]
    figures = {str(f["label"]): f for f in page.context["figures"]}
    assert {label: f["number"] for label, f in figures.items()} == {
        "members": 1,
        "applications: submitted": 1,
    }
    listed = organiser.get(figures["applications: submitted"]["url"])
    assert listed.context["cl"].queryset.count() == 1


@pytest.mark.parametrize("role", quick(missions.MARKS, among=["liaison"]))
def test_no_home_names_what_a_role_may_not_see(role: str, db: None) -> None:
    mission = missions.build()
    client = Client()
    client.force_login(mission.users[role])
    seen = 0
    for row in (mission.delegation, *mission.events.values()):
        page = client.get(home(row))
        assert page.status_code in {200, 404}
        assert missions.MARKS[role].encode() not in page.content
        seen += page.status_code == 200
    assert seen > 3


def test_days_to_go_are_said(ours: Team, organiser: Client) -> None:
    day = timezone.localdate() + timedelta(days=20)
    event = screens.event(ours, "row", start_on=day, end_on=day, timezone="UTC")
    assert organiser.get(home(event)).context["countdown"] == "in 20 days"
