"""Inviting, and asking again, from the page of an event, which shows the recipients first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events.domain.attendance import invitations
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Delivery, Event, InvitationText, Team
from tests import factories
from tests.events.admin.screens import cost
from tests.factories import NOW
from tests.invitations import invite
from tests.office import Office, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def office(team: Team) -> Office:
    client = Client()
    client.force_login(factories.user(member_of=team))
    return Office(client)


@pytest.fixture
def event(team: Team) -> Event:
    return factories.event(team=team)


def guest(event: Event, **columns: object) -> Attendee:
    person = columns.pop("person", None) or factories.person(team=event.team)
    return factories.attendee(event=event, person=person, partstat="needs_action", **columns)


def test_those_who_get_one_are_shown_and_get_it(office: Office, event: Event) -> None:
    known, unreachable = guest(event), factories.person(team=event.team, email="")
    guest(event, person=unreachable)
    page = office.open(address(event, "step", "invite")).content.decode()
    assert f"{known.person} · {known.person.email}" in page
    said = office.step(event, "invite")
    assert "1 attendee has no mail address and gets none." in said
    row = Delivery.objects.get()
    assert (row.attendee, row.kind, row.state) == (known, "request", "pending")
    assert "invite" not in office.buttons(event)


def test_the_page_of_an_attendee_says_how_far_it_has_got(office: Office, event: Event) -> None:
    attendee = guest(event)
    url = address(attendee, "change")
    assert "invitation: " not in office.open(url).content.decode()
    invite(event, NOW)
    assert "invitation: waiting" in office.open(url).content.decode()


def test_who_is_left_out_gets_none(office: Office, event: Event) -> None:
    first, second = guest(event), guest(event)
    office.step(event, "invite", attendees=[first.pk])
    assert list(Delivery.objects.values_list("attendee", flat=True)) == [first.pk]
    assert "invite" in office.buttons(event)
    page = office.open(address(event, "step", "invite")).content.decode()
    assert second.person.email in page
    assert first.person.email not in page


def test_who_has_come_to_the_list_meanwhile_gets_none_unseen(office: Office, event: Event) -> None:
    url, first = address(event, "step", "invite"), guest(event)
    office.open(url)
    guest(event)
    office.client.post(url, {"attendees": [first.pk]})
    assert Delivery.objects.count() == 1


def test_what_is_no_key_is_refused(office: Office, event: Event) -> None:
    url = address(event, "step", "invite")
    guest(event)
    for key in ("x", "9" * 19, "9" * 5_000):
        page = office.client.post(url, {"attendees": [key]})
        assert page.context["form"].errors["attendees"]
    assert not Delivery.objects.exists()


def test_a_second_organiser_is_told(office: Office, event: Event) -> None:
    url, first, _second = address(event, "step", "invite"), guest(event), guest(event)
    office.client.post(url, {"attendees": [first.pk]})
    again = office.client.post(url, {"attendees": [first.pk]})
    assert b"Somebody has an invitation by now." in again.content
    assert Delivery.objects.count() == 1


def test_of_somebody_who_may_not_be_seen_no_name_and_no_address(
    office: Office, event: Event
) -> None:
    stranger = factories.person(team=factories.team(), family_name="Hidden")
    guest(event, person=stranger)
    page = office.open(address(event, "step", "invite")).content.decode()
    assert "(not visible)" in page
    assert "HIDDEN" not in page
    assert stranger.email not in page


def test_a_cancelled_event_invites_nobody(office: Office, event: Event) -> None:
    guest(event)
    lifecycle.cancel(event=event, reason="", now=NOW)
    answer = office.client.post(address(event, "step", "invite"), {"attendees": []})
    assert answer.status_code == 409
    assert "invite" not in office.buttons(event)


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_only_who_runs_the_event_invites(team: Team, event: Event, role: str) -> None:
    attendee, client = guest(event), Client()
    client.force_login(factories.user(member_of=team, role=role))
    client.post(address(event, "step", "invite"), {"attendees": [attendee.pk]})
    assert not Delivery.objects.exists()


def test_who_was_invited_stays_on_record(office: Office, event: Event) -> None:
    attendee = guest(event)
    url = address(attendee, "delete")
    assert office.client.get(url).status_code == 200
    invite(event, NOW)
    assert office.client.post(url, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [attendee.pk], "post": "yes"}
    office.client.post(address(Attendee, "changelist"), chosen)
    assert Attendee.objects.filter(pk=attendee.pk).exists()


def asked(event: Event, days: int) -> None:
    """Send the invitations that are due, so many days ago."""
    then = timezone.now() - timedelta(days=days)
    invite(event, then)
    Delivery.objects.filter(state="pending").update(state="sent", sent_at=then, claim_at=None)


def test_they_are_chosen_by_role_and_tag(office: Office, event: Event) -> None:
    speaker = guest(event, role="speaker", tags=["vip"])
    guest(event, tags=["press"])
    guest(event)
    url = address(event, "step", "invite")
    page = office.open(url)
    text = page.content.decode()
    assert page.context["form"]["attendees"].label == "3 people get it"
    assert {"Speaker (1)", "Participant (2)", "press (1)", "vip (1)"} == {
        label
        for name in ("roles", "tags")
        for _value, label in page.context["form"].narrowing.fields[name].choices
    }
    assert "Invited already" not in text
    page = office.open(url, roles="speaker", tags="vip")
    assert page.context["form"]["attendees"].label == "1 person gets it"
    assert f"<bdi>{speaker.person}</bdi>" in page.content.decode()
    answer = office.client.post(f"{url}?roles=speaker", {"attendees": [speaker.pk]})
    assert answer.status_code == 302
    assert [row.attendee for row in Delivery.objects.all()] == [speaker]


def test_what_all_share_is_not_offered(office: Office, event: Event) -> None:
    guest(event)
    page = office.open(address(event, "step", "invite"))
    assert list(page.context["form"].narrowing.fields) == []
    assert b"narrowing" not in page.content


def test_it_says_which_text_they_read(office: Office, event: Event) -> None:
    guest(event)
    url = address(event, "step", "invite")
    assert b"They read the standard text." in office.open(url).content
    InvitationText.objects.create(event=event, text_en="x", subject_zh_hant="y")
    text = office.open(url).content.decode()
    assert "In English, 繁體中文 they read what you have written" in text
    assert f'href="{address(event, "invitation")}?for=first"' in text


def test_who_has_not_answered_is_asked_again(office: Office, event: Event) -> None:
    long_ago = guest(event)
    asked(event, 9)
    lately = guest(event)
    asked(event, 2)
    guest(event)
    assert "invite_again" in office.buttons(event)
    url = address(event, "step", "invite_again")
    page = office.open(url, days=7)
    assert page.context["form"]["attendees"].label == "1 person gets it"
    assert str(long_ago.person) in page.content.decode()
    said = office.step(event, "invite_again")
    assert "1 was not invited yet" in said
    chosen = Delivery.objects.filter(is_again=True).order_by("pk")
    assert [row.attendee for row in chosen] == [long_ago, lately]
    assert "invite_again" not in office.buttons(event)


def test_who_has_answered_meanwhile_gets_none_of_a_page_that_is_old(
    office: Office, event: Event
) -> None:
    rows = [guest(event), guest(event)]
    asked(event, 2)
    url = address(event, "step", "invite_again")
    office.open(url)
    Attendee.objects.filter(pk=rows[0].pk).update(partstat="accepted")
    answer = office.client.post(url, {"attendees": [row.pk for row in rows]})
    assert b"Somebody has an invitation by now" in answer.content
    assert not Delivery.objects.filter(is_again=True).exists()


def test_many_mails_are_said_to_be_held(office: Office, event: Event, settings: Settings) -> None:
    settings.HOLD_ABOVE = 1
    rows = [guest(event), guest(event)]
    url = address(event, "step", "invite")
    answer = office.client.post(url, {"attendees": [row.pk for row in rows]}, follow=True)
    assert "2 mails are written and held back" in answer.content.decode()
    assert {row.state for row in Delivery.objects.all()} == {"held"}


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_only_who_runs_the_event_asks_again(team: Team, event: Event, role: str) -> None:
    attendee, client = guest(event), Client()
    asked(event, 2)
    client.force_login(factories.user(member_of=team, role=role))
    client.post(address(event, "step", "invite_again"), {"attendees": [attendee.pk]})
    assert not Delivery.objects.filter(is_again=True).exists()


@pytest.mark.parametrize("verb", ["invite", "invite_again"])
def test_many_invitees_cost_no_more_queries(office: Office, event: Event, verb: str) -> None:
    costs = []
    for number in (1, 2, 9):
        for _each in range(number):
            guest(event, tags=["vip"])
        if verb == "invite_again":
            asked(event, 2)
        costs.append(cost(office.client, address(event, "step", verb)))
    assert costs[0] == costs[1] == costs[2]
    assert invitations.uninvited(event=event).count() == (12 if verb == "invite" else 0)
