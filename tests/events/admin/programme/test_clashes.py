"""The page of clashes, the form, the home and the itinerary that lead there, and the grid's way."""

import json
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from events.models import ClashOverride, Event
from tests import factories
from tests.events.admin import forms
from tests.events.domain.programme.clashing import Office

pytestmark = pytest.mark.django_db

CANARY = "Secret summit"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def client(office: Office, client: Client) -> Client:
    client.force_login(office.user)
    return client


@pytest.fixture
def pair(office: Office) -> tuple[Event, Event]:
    one = office.event("09:00", "10:00", title="Keynote")
    other = office.event("09:30", "11:00", title="Panel")
    person = factories.person(family_name="Ng", given_name="Mei", team=office.team)
    office.attend(person, one, other)
    return one, other


def page(name: str, event: Event) -> str:
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def test_the_page_names_both_and_leads_to_their_forms(
    client: Client, pair: tuple[Event, Event]
) -> None:
    html = client.get(page("clashes", pair[0])).content.decode()
    assert "NG Mei" in html
    assert "at “Keynote” and at “Panel” at once: 2 December 2026, 09:30–10:00" in html
    for event in pair:
        assert f'href="{page("change", event)}#when"' in html


def test_a_clash_is_accepted_with_a_reason_and_counts_again(
    client: Client, office: Office, pair: tuple[Event, Event]
) -> None:
    (clash,) = office.of(pair[0])
    url = page("clashes", pair[0])
    html = client.post(url, {"key": clash.key, "reason": "By video"}, follow=True).content.decode()
    assert "Accepted: “By video”" in html
    html = client.post(url, {"key": clash.key, "reopen": "1"}, follow=True).content.decode()
    assert "By video" not in html
    assert not ClashOverride.objects.exists()


@pytest.mark.parametrize("name", ["change", "home", "clashes", "itinerary"])
def test_of_another_team_nothing_is_known(client: Client, office: Office, name: str) -> None:
    ours = office.event("09:00", "10:00", title="Keynote", place=office.hall)
    theirs = office.event(
        "09:30", "11:00", title=CANARY, place=office.hall, team=office.others,
        visibility="internal",
    )  # fmt: skip
    office.attend(factories.person(team=office.team), ours, theirs)
    html = client.get(page(name, ours)).content.decode()
    assert CANARY not in html
    assert "11:00" not in html.split("clash", 1)[-1].split("</section>")[0]
    assert "lash" in html


def test_form_home_and_itinerary_tell_of_it(client: Client, pair: tuple[Event, Event]) -> None:
    words = "at “Keynote” and at “Panel” at once"
    assert words in client.get(page("change", pair[0])).content.decode()
    assert words in client.get(page("itinerary", pair[0])).content.decode()
    home = client.get(page("home", pair[0])).content.decode()
    assert "1 clash" in home
    assert page("clashes", pair[0]) in home


def test_the_grid_reads_and_accepts_clashes(client: Client, office: Office) -> None:
    top = office.event("09:00", "17:00", title="Forum")
    one = office.event("09:00", "10:00", parent=top, title="Keynote", place=office.hall)
    other = office.event("09:30", "11:00", parent=top, title="Panel", place=office.hall)
    data = client.get(f"{page('programme', top)}data/").json()
    (clash,) = data["clashes"]
    assert (clash["kind"], clash["soft"], clash["subject"]) == ("room", False, "Hall")
    assert clash["ids"] == [one.pk, other.pk]
    assert clash["overridden"] is None

    def send(**values: Any) -> Any:
        url = page("programme_clashes", top)
        return client.post(url, json.dumps(values), content_type="application/json")

    refused = send(key=clash["key"], reason="")
    assert refused.status_code == 409
    assert refused.json()["refused"][0]["reason"] == "Say in a few words why this is all right."
    (told,) = send(key=clash["key"], reason="It is large").json()["clashes"]
    assert told["overridden"]["reason"] == "It is large"
    assert send(key="unknown", reason="x").status_code == 409
    broken = client.post(page("programme_clashes", top), "[", content_type="text/plain")
    assert broken.status_code == 409


def test_a_viewer_reads_but_does_not_accept(office: Office, pair: tuple[Event, Event]) -> None:
    viewer = factories.user(member_of=office.team, role="viewer")
    client = Client()
    client.force_login(viewer)
    url = page("clashes", pair[0])
    assert 'name="reason"' not in client.get(url).content.decode()
    (clash,) = office.of(pair[0])
    assert client.post(url, {"key": clash.key, "reason": "x"}).status_code == 403
    assert not ClashOverride.objects.exists()


def test_saving_a_form_says_what_it_clashes_with(client: Client, pair: tuple[Event, Event]) -> None:
    answer = forms.save(client, pair[0], title_en="Opening")
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("at “Opening” and at “Panel” at once" in text for text in said), said
