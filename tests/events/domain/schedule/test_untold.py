"""What the edits of a programme have to tell: held, joined, and decided once for all."""

from datetime import timedelta
from typing import Any

import pytest

from events.domain import telling
from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.domain.schedule import edits, untold
from events.domain.schedule.edits import Done
from events.domain.schedule.untold import Waiting
from events.models import Delivery, Event, NoticeBatch, Telling, User
from tests import factories
from tests.events.domain.schedule.grids import conference, part, set_
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
MINUTES = timedelta(minutes=3)


@pytest.fixture
def event() -> Event:
    """A confirmed conference with two guests."""
    row = conference(factories.team(), status="confirmed")
    factories.organiser(row)
    for _ in range(2):
        factories.attendee(event=row)
    return row


@pytest.fixture
def user(event: Event) -> User:
    return factories.user(member_of=event.team)


@pytest.fixture
def talks(event: Event) -> list[Event]:
    hours = (("10:00", "10:30"), ("11:00", "11:30"), ("12:00", "12:30"))
    return [part(event, f"Talk {start}", start, end, status="confirmed") for start, end in hours]


def apply(event: Event, user: User, *sent: dict[str, Any], now: Any = NOW) -> Done:
    with telling.planning(choice=Telling.LATER, now=now, joins=True):
        return edits.apply(event=event, edits=list(sent), user=user, now=now)


def waiting(event: Event) -> tuple[int, int]:
    found = untold.waiting(event=event)
    return found.changes, found.people


def test_many_edits_make_one_held_mail_for_each_person(
    event: Event, user: User, talks: list[Event]
) -> None:
    assert untold.waiting(event=event) == Waiting(changes=0, people=0)
    for talk in talks:
        apply(event, user, set_(talk, to="12:50"))
    assert waiting(event) == (3, 2)
    mails = Delivery.objects.filter(kind="notice")
    assert [mail.state for mail in mails] == ["held", "held"]
    assert NoticeBatch.objects.count() == 1


def test_drafts_tell_nobody(event: Event, user: User) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    apply(event, user, set_(talk, to="10:50"))
    assert waiting(event) == (0, 0)


def test_what_is_undone_leaves_nothing_to_tell(
    event: Event, user: User, talks: list[Event]
) -> None:
    first = apply(event, user, {"op": "shift", "ids": [row.pk for row in talks], "minutes": 20})
    second = apply(event, user, set_(talks[0], to="10:55"))
    assert waiting(event) == (3, 2)
    apply(event, user, *second.undo)
    assert waiting(event) == (3, 2)
    apply(event, user, *first.undo)
    assert waiting(event) == (0, 0)
    again = apply(event, user, set_(talks[0], to="10:40"))
    assert waiting(event) == (1, 2)
    apply(event, user, *again.undo)
    assert not Delivery.objects.exists()


def test_those_who_were_invited_are_told_of_nothing_that_was_undone(
    event: Event, user: User, talks: list[Event]
) -> None:
    talk = talks[0]
    guest = factories.attendee(event=talk, partstat="needs_action")
    invitations.send(event=talk, attendees=[guest.pk], now=NOW)
    delivery.tick(now=NOW + MINUTES)
    assert Delivery.objects.get().state == "sent"
    done = apply(event, user, set_(talk, to="10:50"))
    assert Delivery.objects.get(kind="request", state="held").attendee == guest
    apply(event, user, *done.undo)
    assert not Delivery.objects.filter(kind="request", state__in=Delivery.UNSENT).exists()
    assert waiting(event) == (0, 0)


def test_they_are_told_at_once(event: Event, user: User, talks: list[Event]) -> None:
    apply(event, user, set_(talks[0], to="10:50"))
    assert untold.tell(event=event, choice=Telling.LATER, now=NOW) == 2
    assert waiting(event) == (1, 2)
    assert untold.tell(event=event, choice=Telling.NOW, now=NOW) == 2
    assert waiting(event) == (0, 0)
    delivery.tick(now=NOW + MINUTES)
    assert {mail.state for mail in Delivery.objects.filter(kind="notice")} == {"sent"}
    apply(event, user, set_(talks[1], to="11:50"), now=NOW + MINUTES)
    assert waiting(event) == (1, 2)
    assert NoticeBatch.objects.count() == 2


def test_they_are_never_told_until_the_next_change(
    event: Event, user: User, talks: list[Event]
) -> None:
    talk = talks[0]
    guest = factories.attendee(event=talk, partstat="needs_action")
    invitations.send(event=talk, attendees=[guest.pk], now=NOW)
    delivery.tick(now=NOW + MINUTES)
    apply(event, user, set_(talk, to="10:50"))
    assert waiting(event) == (1, 3)
    untold.tell(event=event, choice=Telling.NEVER, now=NOW)
    assert waiting(event) == (0, 0)
    assert not Delivery.objects.filter(state__in=Delivery.UNSENT).exists()
    assert Delivery.objects.withheld().filter(kind="request").count() == 1
    apply(event, user, set_(talk, to="10:55"))
    assert waiting(event) == (1, 3)


def test_a_first_invitation_that_is_held_is_not_told_by_the_grid(
    event: Event, user: User, talks: list[Event]
) -> None:
    guest = factories.attendee(event=talks[0], partstat="needs_action")
    with telling.planning(choice=Telling.LATER, now=NOW):
        invitations.send(event=talks[0], attendees=[guest.pk], now=NOW)
    untold.tell(event=event, choice=Telling.NOW, now=NOW)
    assert Delivery.objects.get(kind="request").state == "held"
