"""Itineraries on screen and paper: permissions, languages, and contents."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from events.models import Event, EventPlace, Person, Team
from tests import factories
from tests.events.admin.screens import ELSEWHERE, queries

MAY = date(2027, 5, 11)
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)")


def address(row: Event | Person, **query: Any) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/admin/events/{row._meta.model_name}/{row.pk}/itinerary/?{words}"


def read(client: Client, row: Event | Person, **query: Any) -> str:
    page = client.get(address(row, **query))
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def mission(ours: Team) -> Event:
    days = {"precision": "day", "start_on": date(2027, 5, 10), "end_on": date(2027, 5, 12)}
    titles = {"title_en": "To the Gulf", "title_zh_hant": "海灣之行"}
    return factories.event(team=ours, kind="trade_mission", **days, **titles)


@pytest.fixture
def head(ours: Team, mission: Event) -> Person:
    names = {"family_name": "Leung", "western_name": "Grace", "name_zh_hant": "梁示惠"}
    person = factories.person(team=ours, language="zh-hant", timezone="Asia/Hong_Kong", **names)
    factories.attendee(event=mission, person=person, role="head")
    return person


def talk(mission: Event, title: str = "Talk", **columns: Any) -> Event:
    values = {"title_en": title, "kind": "session", "start_on": MAY, "visibility": "delegation"}
    return factories.event(**{"team": mission.team, "parent": mission, **values, **columns})


# Permissions


def test_an_organiser_reads_the_whole_and_that_of_each(
    organiser: Client, mission: Event, head: Person
) -> None:
    everybody = talk(mission, "For everybody")
    talk(mission, "For the invited", audience="invited")
    assert "For the invited" in read(organiser, mission)
    page = read(organiser, mission, person=head.pk, lang="en")
    assert "For the invited" not in page
    assert everybody.title in page
    assert "Grace LEUNG Siu-ming" in page
    assert "head of delegation" in page
    assert everybody.title in read(organiser, head)


@pytest.mark.parametrize("who", ["organiser", "viewer"])
def test_what_another_team_owns_does_not_exist(
    who: str, theirs: Team, mission: Event, head: Person, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)
    event, person = factories.event(team=theirs), factories.person(team=theirs)
    for url in (address(event), address(person), address(mission, person=person.pk)):
        assert client.get(url).status_code == 404, url
    assert client.get(address(event, person=head.pk)).status_code == 404


@pytest.mark.parametrize("key", ["", "0", "999999", "9" * 30, "abc", "1 OR 1=1", "²"])
def test_nobody_is_no_person(key: str, organiser: Client, mission: Event) -> None:
    assert organiser.get(address(mission, person=key)).status_code == 404


def test_of_a_shared_person_everybody_reads_what_they_may_see(
    organiser: Client, superuser: Client, mission: Event, theirs: Team
) -> None:
    shared = factories.person(language="en")
    for event in (talk(mission), factories.event(team=theirs, title_en="CANARY")):
        factories.attendee(event=event, person=shared)
    page = read(organiser, shared)
    assert "Talk" in page
    assert "CANARY" not in page.replace("CANARY desk", "")
    assert "CANARY" in read(superuser, shared)


def test_strangers_are_sent_to_the_door(client: Client, mission: Event, head: Person) -> None:
    client.force_login(factories.user(is_staff=False, member_of=mission.team))
    for url in (address(mission), address(head)):
        for visitor in (Client(), client):
            assert visitor.get(url).headers["Location"].startswith("/admin/login/")


def test_internal_items_are_for_organisers_who_ask(
    organiser: Client, viewer: Client, mission: Event, head: Person
) -> None:
    talk(mission, "Cue", visibility="internal")
    for row in (mission, head):
        assert "Cue" not in read(organiser, row)
        assert "Cue" in read(organiser, row, internal=1)
        assert "Cue" not in read(viewer, row, internal=1)
    assert "Show internal items" in read(organiser, mission, lang="en")
    assert "Hide internal items" in read(organiser, mission, lang="en", internal=1)
    assert "internal" not in read(viewer, mission, lang="en")


def test_the_heads_secretary_reads_internal_items_of_the_heads_day(
    mission: Event, head: Person
) -> None:
    talk(mission, "Cue", visibility="internal")
    talk(mission, "Not theirs", visibility="internal", audience="invited")
    secretary = factories.person(team=mission.team)
    factories.attendee(event=mission, person=secretary, role="secretary")
    client = Client()
    client.force_login(factories.user(member_of=mission.team, role="secretary", person=secretary))
    for row in (mission, head):
        page = read(client, row, internal=1)
        assert "Cue" in page
        assert "Not theirs" not in page


def test_a_liaison_officer_reads_their_own_leg(mission: Event) -> None:
    days = {"precision": "day", "end_on": MAY, "kind": "leg"}
    mine, other = (talk(mission, title, **days) for title in ("My leg", "Other leg"))
    talk(mine, "Here")
    talk(other, "There")
    guest = factories.person(team=mission.team, language="en")
    for event in (mission, mine, other):
        factories.attendee(event=event, person=guest, role="delegate")
    liaison = factories.person(team=mission.team)
    factories.attendee(event=mine, person=liaison, role="liaison")
    client = Client()
    client.force_login(factories.user(member_of=mission.team, role="liaison", person=liaison))
    for page in (read(client, mine), read(client, guest), read(client, mission)):
        assert "Here" in page
        assert "There" not in page
    assert client.get(address(other)).status_code == 404


# Contents


def test_the_reader_sees_both_clocks(organiser: Client, mission: Event, head: Person) -> None:
    doha = factories.place(name_en="Doha", timezone="Asia/Qatar")
    factories.place(name_en="Hong Kong", name_zh_hant="香港", timezone="Asia/Hong_Kong")
    hours = {"start_time": time(10, 30), "end_time": time(12), "timezone": "Asia/Qatar"}
    talk(mission, place=doha, **hours)
    page = read(organiser, head, lang="en")
    for words in ("10:30–12:00", "Doha, UTC+3", "15:30–17:00 Hong Kong", "Tuesday 11 May 2027"):
        assert words in page


def test_what_was_cancelled_is_struck_and_only_shown_when_asked(
    organiser: Client, mission: Event
) -> None:
    talk(mission, "Breakfast", status="cancelled")
    assert "Breakfast" not in read(organiser, mission, lang="en")
    page = read(organiser, mission, lang="en", cancelled=1)
    assert re.search(r"<s>.*Breakfast.*</s>", page)
    assert "Hide what was cancelled" in page


@pytest.mark.parametrize("status", ["tentative", "postponed"])
def test_what_is_not_certain_says_so(status: str, organiser: Client, mission: Event) -> None:
    talk(mission, status=status)
    assert f'<span class="mark">{status}</span>' in read(organiser, mission, lang="en")


def test_without_an_hour_a_hub_shows_the_date_of_the_place(
    organiser: Client, mission: Event
) -> None:
    shanghai = factories.place(name="Shanghai")
    columns = {"precision": "day", "place": shanghai, "timezone": "Asia/Shanghai"}
    event = talk(mission, "Gathering", **columns)
    manila = factories.place(name="Manila", timezone="Asia/Manila")
    hub = EventPlace.objects.create(event=event, place=manila, role="hub")
    guest = factories.person(team=mission.team, language="en")
    factories.attendee(event=event, person=guest, hub=hub)
    for row in (event, guest):
        assert "Manila: 11 May 2027 (Shanghai date)" in read(organiser, row)


def test_whoever_has_nothing_to_do_is_told_so_kindly(organiser: Client, ours: Team) -> None:
    nobody = factories.person(team=ours, language="en")
    assert "Nothing here yet." in read(organiser, nobody)


def test_texts_cannot_break_out(organiser: Client, mission: Event, head: Person) -> None:
    evil = "<script>alert(1)</script>"
    factories.attendee(event=talk(mission, evil), person=None, label_en=evil)
    for row in (mission, head):
        page = read(organiser, row)
        assert evil not in page
        assert "&lt;script&gt;" in page


# Languages and paper


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ({}, "zh-Hant"),
        ({"lang": "en"}, "en"),
        ({"lang": "zh-hans"}, "zh-Hans"),
        ({"lang": "x"}, "zh-Hant"),
    ],
)
def test_a_person_reads_it_in_their_language_unless_another_is_chosen(
    query: dict[str, str], tag: str, organiser: Client, mission: Event, head: Person
) -> None:
    for url in (address(head, **query), address(mission, person=head.pk, **query)):
        page = organiser.get(url)
        assert f'<html lang="{tag}">' in page.content.decode()
        assert page.headers["Content-Language"] == tag.lower()
        translation.deactivate()


def test_a_mission_is_read_in_the_language_of_the_screens(
    organiser: Client, mission: Event
) -> None:
    organiser.cookies["django_language"] = "zh-hant"
    page = read(organiser, mission)
    assert '<html lang="zh-Hant">' in page
    assert "海灣之行" in page


def test_links_to_other_languages_keep_what_was_asked(
    organiser: Client, mission: Event, head: Person
) -> None:
    page = read(organiser, mission, person=head.pk, internal=1, lang="en")
    assert f"?person={head.pk}&amp;internal=1&amp;lang=zh-hans" in page


def test_the_page_has_no_style_and_no_script_of_its_own_and_asks_nobody_else(
    organiser: Client, mission: Event, head: Person
) -> None:
    talk(mission)
    for row in (mission, head):
        page = read(organiser, row)
        assert INLINE.findall(page) == []
        assert ELSEWHERE.findall(page.encode()) == []
        assert "/static/events/print.css" in page
        assert "/static/events/itinerary.css" in page


@pytest.mark.parametrize("who", ["organiser", "viewer"])
def test_the_screens_lead_there(
    who: str, mission: Event, head: Person, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)
    for row in (mission, head):
        url = f"/admin/events/{row._meta.model_name}/{row.pk}/"
        assert f"{url}itinerary/" in client.get(f"{url}change/").content.decode()


def test_30_items_cost_as_many_queries_as_1(
    organiser: Client, mission: Event, head: Person
) -> None:
    urls = [address(mission), address(mission, person=head.pk), address(head)]
    counts = []
    for more in (1, 2, 27):
        for _ in range(more):
            event = talk(mission, place=factories.place(parent=factories.place()))
            factories.attendee(event=event, representing=factories.organisation())
        counts.append([queries(organiser, url) for url in urls])
    assert counts[1:] == counts[:1] * 2


# What is hidden


def test_an_itinerary_says_how_many_internal_items_it_hides_and_offers_them(
    organiser: Client, viewer: Client, mission: Event
) -> None:
    talk(mission, "Flight", visibility="internal")
    talk(mission, "Briefing", visibility="internal")
    talk(mission, "Perhaps", visibility="internal", status="draft")
    page = read(organiser, mission, lang="en")
    assert "2 internal items are hidden." in page
    assert "2 internal items of this day are hidden." in page
    assert page.count("Nothing is planned for this day.") == 2
    assert f'href="/admin/events/event/{mission.pk}/itinerary/?lang=en&amp;internal=1"' in page
    shown = read(organiser, mission, lang="en", internal=1)
    assert "Briefing" in shown
    assert "hidden." not in shown
    assert "hidden." not in read(viewer, mission, lang="en")


def test_hidden_items_of_one_person_are_counted_for_that_person(
    organiser: Client, mission: Event, head: Person
) -> None:
    talk(mission, "Car", visibility="internal")
    talk(mission, "Of another", visibility="internal", audience="invited")
    assert "1 internal item is hidden." in read(organiser, mission, person=head.pk, lang="en")


def test_an_itinerary_of_hidden_items_alone_is_not_called_empty(
    ours: Team, organiser: Client
) -> None:
    person = factories.person(team=ours)
    meeting = factories.event(team=ours, visibility="internal")
    factories.attendee(event=meeting, person=person)
    page = read(organiser, person, lang="en")
    assert "1 internal item is hidden." in page
    assert "Nothing here yet" not in page
