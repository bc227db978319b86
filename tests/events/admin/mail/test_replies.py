"""The screen of replies: organisers see those about their events, and decide on them."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from events.domain.attendance import replies
from events.models import Attendee, Reply, Team
from tests import factories
from tests import replymails as mails
from tests.office import Office, address

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


def at_work(**columns: object) -> Office:
    client = Client()
    client.force_login(factories.user(**columns))
    return Office(client)


@pytest.fixture
def attendee(team: Team, settings: Settings) -> Attendee:
    settings.UID_HOST = "attache.example"
    event = factories.event(team=team)
    person = factories.person(team=team)
    return factories.attendee(event=event, person=person, partstat="needs_action")


@pytest.fixture
def forged(attendee: Attendee) -> Reply:
    assert attendee.person
    said = mails.of(attendee, sender="other@example.com", attendee=attendee.person.email)
    return replies.read(raw=mails.gmail(said), now=mails.NOW)


@pytest.fixture
def unmatched() -> Reply:
    return replies.read(raw=b"Subject: Hello\r\n\r\nHello", now=mails.NOW)


def test_who_sees_which(team: Team, forged: Reply, unmatched: Reply) -> None:
    assert at_work(member_of=team).found(Reply) == [forged]
    assert set(at_work(is_superuser=True).found(Reply)) == {forged, unmatched}
    for role in ("viewer", "liaison", "secretary"):
        assert at_work(member_of=team, role=role).found(Reply) == []
    assert at_work(member_of=factories.team()).found(Reply) == []


def test_what_is_to_look_at_comes_first(team: Team, attendee: Attendee, forged: Reply) -> None:
    later = replies.read(
        raw=mails.gmail(mails.of(attendee, message_id="<2@x>")), now=mails.NOW + DAY
    )
    assert later.state == "applied"
    assert at_work(member_of=team).found(Reply) == [forged, later]


def test_it_follows_the_event_to_another_team(team: Team, forged: Reply) -> None:
    other = factories.team()
    assert forged.event
    forged.event.team = other
    forged.event.save()
    assert at_work(member_of=team).found(Reply) == []
    assert at_work(member_of=other).found(Reply) == [forged]


def test_an_organiser_takes_the_answer(team: Team, attendee: Attendee, forged: Reply) -> None:
    office = at_work(member_of=team)
    page = office.open(address(forged, "change")).content.decode()
    assert "The sender is not who it speaks of" in page or "not who it speaks of" in page
    assert office.buttons(forged) == ["apply", "dismiss"]
    said = office.step(forged, "apply")
    assert "other@example.com" in said
    attendee.refresh_from_db()
    assert attendee.partstat == "accepted"
    assert forged.state == "applied"
    assert office.buttons(forged) == []
    assert office.client.post(address(forged, "step", "apply")).status_code == 409


def test_or_puts_it_away(team: Team, attendee: Attendee, forged: Reply) -> None:
    at_work(member_of=team).step(forged, "dismiss")
    attendee.refresh_from_db()
    assert (attendee.partstat, forged.state) == ("needs_action", "dismissed")


def test_a_proposed_time_is_shown_at_the_clock_of_the_event(team: Team, attendee: Attendee) -> None:
    said = mails.of(
        attendee, method="COUNTER", start="DTSTART:20261203T020000Z", end="DTEND:20261203T040000Z"
    )
    row = replies.read(raw=mails.outlook(said), now=mails.NOW)
    page = at_work(member_of=team).open(address(row, "change")).content.decode()
    assert "Thursday 3 December 2026, 10:00 (UTC+8) – Thursday 3 December 2026, 12:00" in page


def test_a_proposed_time_does_not_move_the_event_and_the_step_says_so(
    team: Team, attendee: Attendee
) -> None:
    said = mails.of(attendee, method="COUNTER", partstat="TENTATIVE")
    row = replies.read(raw=mails.outlook(said), now=mails.NOW)
    said_there = at_work(member_of=team).step(row, "apply")
    assert "To take the proposed time, move the event." in said_there


def test_where_nothing_can_be_taken_it_is_said_what_to_do(forged: Reply, unmatched: Reply) -> None:
    office = at_work(is_superuser=True)
    assert office.open(address(forged, "change")).context["lines"] == []
    (line,) = office.open(address(unmatched, "change")).context["lines"]
    assert "Read it in the mailbox" in str(line)


def test_the_start_page_leads_to_those_to_look_at(team: Team, forged: Reply) -> None:
    office = at_work(member_of=team)
    urgent, *others = office.open("/admin/").context["todo"]
    assert urgent["text"] == "1 reply is set aside and waits for you."
    assert list(office.open(urgent["url"]).context["cl"].queryset) == [forged]
    office.step(forged, "dismiss")
    assert office.open("/admin/").context["todo"] == others


@pytest.mark.parametrize("verb", ["apply", "dismiss"])
def test_nobody_else_decides(team: Team, attendee: Attendee, forged: Reply, verb: str) -> None:
    strangers = [at_work(member_of=team, role="viewer"), at_work(member_of=factories.team())]
    for office in strangers:
        assert office.client.post(address(forged, "step", verb)).status_code == 404
    forged.refresh_from_db()
    assert forged.state == "open"


def test_what_the_domain_refuses_is_told(team: Team, attendee: Attendee, forged: Reply) -> None:
    attendee.event.status = "cancelled"
    attendee.event.save()
    office = at_work(member_of=team)
    answer = office.client.post(address(forged, "step", "apply"))
    assert answer.status_code == 409
    forged.refresh_from_db()
    assert forged.state == "open"
