"""Sending invitations from the page of an event, which shows the recipients first."""

import pytest
from django.test import Client

from events.domain.lifecycle import lifecycle
from events.models import Attendee, Delivery, Event, Team
from tests import factories
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
