"""The search of the header: its answers, and the choices of fields, which are ranked alike."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event, Team
from tests import factories
from tests.events.admin import canaries
from tests.missions import MARKS
from tests.office import address
from tests.samples import quick

pytestmark = pytest.mark.both_databases
SEARCH = "/admin/search/"


def shown(client: Client, text: str, **query: str) -> str:
    page = client.get(SEARCH, {"s": text, "part": "", **query})
    assert page.status_code == 200
    return str(page.content.decode())


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


def offered(client: Client, model: str, field: str, term: str) -> list[str]:
    query = {"app_label": "events", "model_name": model, "field_name": field, "term": term}
    answer = client.get(reverse("admin:autocomplete"), query)
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def test_each_row_leads_to_its_page(ours: Team, organiser: Client) -> None:
    event = factories.event(team=ours, title_en="Gulf Expo")
    person = factories.person(team=ours, family_name="Gulf")
    html = shown(organiser, "gulf")
    assert links(html) == [address(event, "home"), address(person, "change")]
    assert html.count('role="option"') == 2


def test_nothing_found_says_so_and_what_was_typed_is_escaped(organiser: Client) -> None:
    html = shown(organiser, "<b>no such")
    assert "Nothing found for “&lt;b&gt;no such”." in html
    assert links(html) == []


def test_more_rows_are_in_the_list_which_finds_the_same(ours: Team, organiser: Client) -> None:
    for number in range(8):
        factories.event(team=ours, title_en=f"Gulf Expo {number}", title_zh_hant="海灣博覽會")
    rest = links(shown(organiser, "haiwan"))[-1]
    assert rest == "/admin/events/event/?q=haiwan"
    assert organiser.get(rest).context["cl"].result_count == 8


def test_screens_are_found_by_their_names(organiser: Client) -> None:
    assert links(shown(organiser, "expos")) == ["/admin/events/expo/"]
    assert "/admin/events/user/" not in links(shown(organiser, "users"))


def test_without_javascript_there_is_a_page(ours: Team, organiser: Client) -> None:
    factories.event(team=ours, title_en="Gulf Expo")
    page = organiser.get(SEARCH, {"s": "gulf"})
    assert page.templates[0].name == "events/admin/finder/page.html"
    assert b"Gulf Expo" in page.content
    assert b'role="option"' not in page.content
    assert organiser.get(SEARCH).status_code == 200


def test_the_header_of_each_page_has_the_button(organiser: Client) -> None:
    for path in ("/admin/", "/admin/events/event/", "/admin/events/event/add/", SEARCH):
        page = organiser.get(path).content.decode()
        assert page.count("data-finder-opens") == 1, path
        assert page.count('id="finder"') == 1, path


def test_an_answer_is_not_kept_for_others(ours: Team, organiser: Client, viewer: Client) -> None:
    """Unfold keeps answers for five minutes: what was added or hidden since would be wrong."""
    assert links(shown(organiser, "gulf")) == []
    event = factories.event(team=ours, title_en="Gulf Expo")
    assert links(shown(organiser, "gulf")) == [address(event, "home")]
    Event.objects.filter(pk=event.pk).update(visibility="internal")
    assert links(shown(viewer, "gulf")) == []


def test_a_choice_offers_the_exact_name_first(organiser: Client) -> None:
    for name in ("Guangdong-Hong Kong-Macao Greater Bay Area", "Hong Kong Park", "Hong Kong"):
        factories.place(name_en=name)
    assert offered(organiser, "event", "place", "hong kong") == [
        "Hong Kong", "Hong Kong Park", "Guangdong-Hong Kong-Macao Greater Bay Area",
    ]  # fmt: skip


def test_a_choice_of_rooms_names_their_venues(ours: Team, organiser: Client) -> None:
    for name in ("Harbour Centre", "Peak Hotel"):
        venue = factories.place(name_en=name, kind="venue")
        factories.place(name_en="Grand Hall", kind="room", parent=venue)
    hidden = factories.place(name_en="Canary", kind="venue", team=factories.team())
    factories.place(name_en="Grand Hall", kind="room", parent=hidden)
    assert sorted(offered(organiser, "event", "place", "grand")) == [
        "Grand Hall", "Grand Hall · Harbour Centre", "Grand Hall · Peak Hotel",
    ]  # fmt: skip


def test_a_choice_of_people_and_events_tells_them_apart(ours: Team, organiser: Client) -> None:
    factories.person(team=ours, family_name="Chan", given_name="Tai-man", name_zh_hant="陳大文")
    gulf = factories.event(team=ours, title_en="Gulf")
    factories.event(team=ours, title_en="Lunch", parent=gulf, end_on=gulf.start_on)
    assert offered(organiser, "attendee", "person", "chen dawen") == ["CHAN Tai-man 陳大文"]
    assert offered(organiser, "attendee", "event", "lunch") == [
        "Lunch · 2 December 2026, 09:30–17:00 · Part of Gulf"
    ]


def test_all_choices_are_offered_before_somebody_types(ours: Team, organiser: Client) -> None:
    for name in ("B", "A"):
        factories.place(name_en=name, slug=name.lower(), team=ours)
    assert offered(organiser, "event", "place", "") == ["A", "B"]


@pytest.mark.parametrize("field", ["person", "event"])
def test_a_choice_takes_as_many_queries_for_any_number_of_rows(
    ours: Team, organiser: Client, field: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for number in (1, 3, 12):
        for _row in range(number):
            place = factories.place(kind="room", parent=factories.place(team=ours), team=ours)
            above = factories.event(team=ours, title_en="Above")
            factories.event(team=ours, title_en="Hall", parent=above, place=place)
            person = factories.person(team=ours, family_name="Hall")
            body = factories.organisation(team=ours)
            person.appointments.create(title_en="Head", organisation=body)
        with django_assert_max_num_queries(20) as queries:
            assert len(offered(organiser, "attendee", field, "hall")) >= number
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("model", ["event", "person", "place", "organisation", "attendee"])
def test_a_long_query_is_no_error(organiser: Client, model: str) -> None:
    assert organiser.get(f"/admin/events/{model}/", {"q": "a " * 3000}).status_code == 200


def test_lists_find_by_pinyin(ours: Team, organiser: Client) -> None:
    event = factories.event(team=ours, title_en="Fair", title_zh_hans="重庆博览会")
    place = factories.place(team=ours, name_en="Hall", name_zh_hans="重庆大厅")
    person = factories.person(team=ours, family_name="Zeng", name_zh_hans="曾重庆")
    for row in (event, place, person):
        page = organiser.get(f"/admin/events/{row._meta.model_name}/", {"q": "chong qing"})
        assert [each.pk for each in page.context["cl"].result_list] == [row.pk]


WORDS = ("canary", "member", "one", "mission", "conference", "firm", "shared", "foreign")


@pytest.mark.parametrize("role", quick(MARKS, among=["liaison"]))
def test_no_role_finds_or_is_offered_what_it_may_not_see(role: str, db: None) -> None:
    office = canaries.build()
    client, mark = office.client(role), MARKS[role]
    answers = [shown(client, text) for text in WORDS]
    assert not [html for html in answers if mark in html]
    assert any(links(html) for html in answers)
    choices = (("event", "place"), ("attendee", "event"), ("attendee", "person"))
    for model, field in (*choices, ("attendee", "representing"), ("event", "parent")):
        assert mark not in " ".join(offered(client, model, field, "")), (model, field)
