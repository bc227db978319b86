"""The start page: each sentence counts the rows of the list that it leads to."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from events.domain.attendance import invitations
from events.domain.reminders import reminders
from events.models import Delivery, Event, Team
from tests import factories, missions
from tests.events.admin import screens
from tests.events.admin.screens import ELSEWHERE, queries

START = "/admin/"
FAR = date(2099, 12, 2)
LANGUAGES = ("en", "zh-hans", "zh-hant")


def lines(client: Client) -> dict[str, dict[str, Any]]:
    """Return the lines of the start page by the kind of work that they lead to."""
    page = client.get(START)
    assert page.status_code == 200
    return {line["url"].rpartition("=")[2]: line for line in page.context["todo"]}


def far(team: Team, **columns: Any) -> Event:
    return factories.event(team=team, **{"start_on": FAR, "end_on": FAR, **columns})


def work(team: Team) -> None:
    """Make rows of every kind of work for the team, two of each and others beside them."""
    now = timezone.now()
    later, ago = now + timedelta(days=9), now - timedelta(days=8)
    event = far(team)
    for _ in range(2):
        screens.reply(None, "word", event=event)
        screens.delivery(None, "word", event=event, state="held", expires_at=later)
        screens.delivery(None, "word", event=event, state="dead", expires_at=later)
        factories.attendee(event=event, answered_at=now)
        factories.attendee(event=event, partstat="needs_action")
        far(team, parent=event, status="draft", kind="session")
        far(team, status="draft")
        silent = far(team)
        asked = factories.attendee(event=silent, partstat="needs_action")
        invitations.send(event=silent, attendees=[asked.pk], now=ago)
        day = (now + timedelta(days=2)).date()
        soon = far(team, start_on=day, end_on=day, start_time=time(23), end_time=None)
        factories.rule(event=soon)
        reminders.plan(event=soon, now=now)
        closes = far(team, kind="deadline", start_on=day, end_on=day, end_time=None)
        call = factories.delegation(team=team, applications_close=closes)
        factories.application(delegation=call)
        factories.application(delegation=call, status="declined", reason="word")
    Delivery.objects.filter(due_at=ago).update(state="sent", sent_at=ago, claim_at=None)


@pytest.mark.both_databases
def test_each_line_leads_to_a_list_of_exactly_as_many_rows(
    ours: Team, theirs: Team, organiser: Client
) -> None:
    work(ours)
    work(theirs)
    found = lines(organiser)
    assert set(found) == {
        "replies", "held", "failed", "answered", "uninvited", "silent", "unannounced", "drafts",
        "reminded", "undecided", "closing",
    }  # fmt: skip
    for name, line in found.items():
        page = organiser.get(line["url"])
        assert page.context["cl"].queryset.count() == line["number"], name
        assert str(line["number"]) in line["text"], name
    assert {line["number"] for line in found.values()} == {2}


def test_there_is_nothing_to_do_for_who_may_change_nothing(
    ours: Team, theirs: Team, organiser: Client, viewer: Client
) -> None:
    work(theirs)
    assert lines(organiser) == {}
    assert b"Nothing waits for you." in organiser.get(START).content
    work(ours)
    assert lines(viewer) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_ahead_and_the_next_events_are_shown(
    language: str, ours: Team, organiser: Client
) -> None:
    organiser.cookies["django_language"] = language
    tomorrow = timezone.now().date() + timedelta(days=1)
    with override("en"):  # the language of the request before is still active in this thread
        near = far(ours, title_en="Near conference", start_on=tomorrow, end_on=tomorrow)
        far(ours, title_en="Far conference")
    page = organiser.get(START)
    entries = [entry["event"] for day in page.context["days"] for entry in day["events"]]
    assert entries == [near]
    assert b"Far conference" in page.content
    assert ELSEWHERE.findall(page.content) == []


def test_an_hour_on_the_start_page_has_its_distance_from_utc(ours: Team, organiser: Client) -> None:
    day = factories.NOW.date().replace(year=2099)
    factories.event(team=ours, start_on=day, end_on=day)
    factories.event(team=ours, start_on=day, end_on=day, precision="day")
    shown = [row["when"] for row in organiser.get(START).context["next"]]
    assert shown == ["1 June 2099", "1 June 2099, 09:30–17:00 (UTC+8)"]


def test_an_empty_installation_says_where_to_begin(superuser: Client) -> None:
    items = [item["url"] for item in superuser.get(START).context["begin"]]
    assert items[0] == "/admin/events/team/add/"
    assert "/admin/events/promotionconference/add/" in items
    for url in items:
        assert superuser.get(url).status_code == 200
    far(factories.team())
    assert superuser.get(START).context["begin"] == []


def test_a_viewer_is_told_to_begin_nothing(viewer: Client) -> None:
    assert viewer.get(START).context["begin"] == []


@pytest.fixture
def counts(ours: Team, organiser: Client) -> Iterator[int]:
    """The numbers of queries of the start page with one of all kinds of work, then with more."""

    def counted() -> Iterator[int]:
        for _ in range(3):
            work(ours)
            organiser.get(START)
            yield queries(organiser, START)

    return counted()


def test_the_start_page_costs_as_many_queries_with_much_work(counts: Iterator[int]) -> None:
    assert len(set(counts)) == 1


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_nothing_is_named_that_a_role_may_not_see(role: str, db: None) -> None:
    mission = missions.build()
    day = timezone.now().date()
    Event.objects.update(start_on=day, end_on=day)
    client = Client()
    client.force_login(mission.users[role])
    assert missions.MARKS[role].encode() not in client.get(START).content


def test_today_is_that_of_the_user(ours: Team) -> None:
    zone = "Pacific/Kiritimati"
    client = Client()
    client.force_login(factories.user(member_of=ours, timezone=zone))
    first = client.get(START).context["days"][0]["on"]
    assert first == timezone.localdate(timezone=ZoneInfo(zone))
