"""The page on which an invitation is written: what it shows, stores, sends, and to whom."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from events.domain.mail import invitationtexts
from events.models import Attendee, Delivery, Event, InvitationText, Team
from tests import factories
from tests.events.admin.screens import cost
from tests.office import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def client(team: Team) -> Client:
    found = Client()
    found.force_login(factories.user(member_of=team, email="wing@office.example"))
    return found


@pytest.fixture
def event(team: Team) -> Event:
    return factories.event(team=team, title_en="Going Global")


def guest(event: Event, **columns: Any) -> Attendee:
    person = columns.pop("person", None) or factories.person(team=event.team, **columns)
    return factories.attendee(event=event, person=person, partstat="needs_action")


def post(client: Client, event: Event, **sent: Any) -> Any:
    url = address(event, "invitation")
    seen = client.get(url).context["form"]["seen"].value()
    return client.post(url, {"seen": seen, **sent})


def test_the_home_leads_to_it_and_it_leads_back(client: Client, event: Event) -> None:
    url = address(event, "invitation")
    assert f'href="{url}"' in client.get(address(event, "home")).content.decode()
    assert client.get(url).context["back"] == address(event, "home")


def test_texts_are_stored_by_language_and_shown_again(client: Client, event: Event) -> None:
    answer = post(client, event, _save=1, subject_en="Come", text_zh_hant="\r\n請來\r\n\r\n見面 ")
    assert answer.status_code == 302
    row = InvitationText.objects.get(event=event)
    assert (row.subject_en, row.text_zh_hant) == ("Come", "請來\n\n見面")
    page = client.get(address(event, "invitation"))
    assert page.context["form"]["subject_en"].value() == "Come"
    history = client.get(address(event, "history")).context["entries"]
    assert history[0]["what"].startswith("Text of invitations")


def test_the_second_invitation_has_texts_of_its_own(client: Client, event: Event) -> None:
    url = f"{address(event, 'invitation')}?for=again"
    InvitationText.objects.create(event=event, text_en="First")
    page = client.get(url)
    assert "again_text_en" in page.context["form"].fields
    assert "text_en" not in page.context["form"].fields
    assert page.context["mail"].subject.startswith("Please answer: ")
    sent = {"seen": page.context["form"]["seen"].value(), "again_text_en": "Second", "_save": 1}
    assert client.post(url, sent).headers["Location"] == url
    row = InvitationText.objects.get()
    assert (row.text_en, row.again_text_en) == ("First", "Second")


def test_an_unknown_placeholder_is_refused_by_field_and_name(client: Client, event: Event) -> None:
    for button in ("_save", "_test", "_preview"):
        answer = post(client, event, **{button: 1, "text_zh_hans": "Hello {{titel}}"})
        text = answer.content.decode()
        assert "Text · 简体中文</a>: " in text
        assert "There is no placeholder “{{titel}}”" in text
        assert answer.context["form"]["text_zh_hans"].value() == "Hello {{titel}}"
    assert not InvitationText.objects.exists()
    assert mail.outbox == []


def test_the_preview_shows_what_is_typed_to_whom_is_chosen(client: Client, event: Event) -> None:
    guest(event)
    row = guest(event, language="zh-hant", family_name="陳", name_zh_hant="陳小明")
    typed = {"text_en": "Hello", "text_zh_hant": "{{salutation}}請來"}
    for button in ("_preview", "_live"):
        answer = post(client, event, **{button: 1, "reader": row.pk, **typed})
        assert "請來" in answer.context["mail"].text
        assert "srcdoc=" in answer.content.decode()
        assert 'sandbox=""' in answer.content.decode()
    answer = post(client, event, _preview=1, reader="en", **typed)
    assert "Dear Prof. Chan Tai-man," in answer.context["mail"].text
    assert not InvitationText.objects.exists()


def test_the_script_gets_no_preview_of_a_wrong_text(client: Client, event: Event) -> None:
    assert post(client, event, _live=1, text_en="{{x}}").status_code == 204


def test_the_test_goes_to_me_and_stores_nothing(client: Client, event: Event) -> None:
    row = guest(event)
    answer = post(client, event, _test=1, text_en="Draft", reader=row.pk)
    assert [each.to for each in mail.outbox] == [["wing@office.example"]]
    assert mail.outbox[0].subject.startswith("[Test] ")
    assert "Draft" in answer.content.decode()
    assert "on its way to wing@office.example" in answer.content.decode()
    assert not InvitationText.objects.exists()
    assert not Delivery.objects.exists()


def test_without_an_address_the_test_says_so(team: Team, event: Event) -> None:
    client = Client()
    client.force_login(factories.user(member_of=team))
    assert "You have no mail address" in post(client, event, _test=1).content.decode()
    assert mail.outbox == []


def test_a_text_that_somebody_else_has_changed_is_kept_and_mine_is_shown(
    client: Client, event: Event
) -> None:
    seen = invitationtexts.stamp(row=InvitationText())
    InvitationText.objects.create(event=event, text_en="Theirs")
    sent = {"seen": seen, "text_en": "Mine", "_save": 1}
    answer = client.post(address(event, "invitation"), sent)
    assert answer.status_code == 409
    shown = answer.context["form"]
    assert shown["text_en"].value() == "Mine"
    assert InvitationText.objects.get().text_en == "Theirs"
    again = {**sent, "seen": shown["seen"].value()}
    assert client.post(address(event, "invitation"), again).status_code == 302
    assert InvitationText.objects.get().text_en == "Mine"


def test_what_holds_in_an_empty_language_is_said(client: Client, event: Event) -> None:
    part = factories.event(team=event.team, parent=event)
    InvitationText.objects.create(event=event, text_en="Above")
    said = [each["empty"] for each in client.get(address(part, "invitation")).context["sections"]]
    assert said == [
        "Empty: the text of “Going Global” goes, which this is part of.",
        "Empty: the standard text of this language goes.",
        "Empty: the standard text of this language goes.",
    ]


def test_of_somebody_who_may_not_be_seen_no_name(client: Client, event: Event) -> None:
    stranger = factories.person(team=factories.team(), family_name="Hidden")
    row = guest(event, person=stranger)
    page = client.get(address(event, "invitation"), {"reader": row.pk})
    assert "Hidden" not in page.content.decode()
    assert "HIDDEN" not in page.content.decode()


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_only_who_runs_the_event_writes(team: Team, event: Event, role: str) -> None:
    client = Client()
    client.force_login(factories.user(member_of=team, role=role))
    sent = {"seen": invitationtexts.stamp(row=InvitationText()), "text_en": "x", "_save": 1}
    assert client.post(address(event, "invitation"), sent).status_code in (403, 404)
    assert not InvitationText.objects.exists()


def test_many_on_the_list_cost_no_more_queries(client: Client, event: Event) -> None:
    costs = []
    for number in (1, 2, 9):
        for _each in range(number):
            guest(event)
        costs.append(cost(client, address(event, "invitation")))
    assert costs[0] == costs[1] == costs[2]


def test_a_test_link_explains_itself(client: Client) -> None:
    page = client.get("/a/test")
    assert page.status_code == 200
    assert "This link is a test" in page.content.decode()
    assert client.post("/a/test", {"answer": "accept"}).status_code == 200
