"""Mails to attendees who moved up from the waiting list, if they still have the seat."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from events.domain.access import answerlinks
from events.domain.attendance import attendees
from events.domain.delivery import delivery
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Delivery, Event
from tests import factories
from tests.factories import NOW
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

LATER = NOW + timedelta(minutes=3)
Partstat = Attendee.Partstat


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


@pytest.fixture
def event() -> Event:
    return factories.event(capacity=1, title="Going Global")


@pytest.fixture
def first(event: Event) -> Attendee:
    return accepted(event, "first@example.org")


@pytest.fixture
def waiting(event: Event, first: Attendee) -> Attendee:
    row = accepted(event, "waiting@example.org")
    assert row.seat == "waitlisted"
    return row


def accepted(event: Event, email: str) -> Attendee:
    person = factories.person(email=email)
    row = attendees.invite(event=event, person=person, now=NOW)
    attendees.answer(attendee=row, partstat=Partstat.ACCEPTED, now=NOW)
    return row


def told(server: Sink) -> list[str]:
    delivery.tick(now=LATER)
    return [envelope.rcpt_tos[0] for envelope in server.envelopes]


def test_who_moves_up_gets_one_mail(server: Sink, first: Attendee, waiting: Attendee) -> None:
    attendees.answer(attendee=first, partstat=Partstat.DECLINED, now=NOW)
    assert told(server) == ["waiting@example.org"]
    [mail] = server.messages
    assert mail["Subject"] == "You have a seat: Going Global · Wednesday 2 December 2026, 09:30"
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert answerlinks.link(attendee=waiting) + "?answer=decline" in body.get_content()
    assert told(server) == ["waiting@example.org"]


def test_more_room_is_told_to_all_who_find_some(
    server: Sink, event: Event, waiting: Attendee
) -> None:
    for name in ("second", "third"):
        accepted(event, f"{name}@example.org")
    event.refresh_from_db()
    event.capacity = 3
    lifecycle.save(event=event, now=NOW)
    assert told(server) == ["waiting@example.org", "second@example.org"]


def test_who_had_a_place_from_the_first_is_told_nothing(server: Sink, first: Attendee) -> None:
    assert told(server) == []


def gives_it_up(row: Attendee) -> None:
    attendees.answer(attendee=row, partstat=Partstat.DECLINED, now=NOW)


def is_taken_off(row: Attendee) -> None:
    attendees.release(attendee=row, now=NOW)


def is_called_off(row: Attendee) -> None:
    lifecycle.cancel(event=row.event, reason="Rain", now=NOW)


def loses_the_address(row: Attendee) -> None:
    assert row.person
    row.person.email = ""
    row.person.save()


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        (gives_it_up, "stays_away"),
        (is_taken_off, "stays_away"),
        (is_called_off, "event_off"),
        (loses_the_address, "no_address"),
    ],
)
def test_what_is_not_so_any_more_is_not_told(
    first: Attendee, waiting: Attendee, between: Callable[[Attendee], None], reason: str
) -> None:
    attendees.answer(attendee=first, partstat=Partstat.DECLINED, now=NOW)
    between(waiting)
    delivery.tick(now=LATER)
    row = Delivery.objects.get(kind="promoted")
    assert (row.state in ("skipped", "cancelled"), row.reason) == (True, reason)


def test_who_waits_and_moves_up_again_is_told_again(
    server: Sink, event: Event, first: Attendee, waiting: Attendee
) -> None:
    attendees.answer(attendee=first, partstat=Partstat.DECLINED, now=NOW)
    told(server)
    attendees.answer(attendee=waiting, partstat=Partstat.DECLINED, now=LATER)
    attendees.answer(attendee=first, partstat=Partstat.ACCEPTED, now=LATER)
    attendees.answer(attendee=waiting, partstat=Partstat.ACCEPTED, now=LATER)
    attendees.answer(attendee=first, partstat=Partstat.DECLINED, now=LATER + timedelta(minutes=1))
    delivery.tick(now=LATER + timedelta(minutes=4))
    assert [each.rcpt_tos[0] for each in server.envelopes] == ["waiting@example.org"] * 2


def test_who_cannot_be_reached_moves_up_all_the_same(event: Event, first: Attendee) -> None:
    row = accepted(event, "")
    attendees.answer(attendee=first, partstat=Partstat.DECLINED, now=NOW)
    row.refresh_from_db()
    assert row.seat == "confirmed"
    assert not Delivery.objects.filter(kind="promoted").exists()
