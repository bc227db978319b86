"""Two organisers in one grid at once: real transactions in threads, on both databases."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from events.domain import telling
from events.domain.schedule import edits
from events.models import Delivery, Event, NoticeBatch, Telling, User
from tests import factories
from tests.events.domain.schedule.grids import conference, part, set_
from tests.factories import NOW
from tests.races import at_once, race

pytestmark = [pytest.mark.both_databases, race, pytest.mark.django_db(transaction=True)]


def sends(event: Event, *sent: dict[str, Any]) -> Callable[[], None]:
    """Return a call in which an organiser of their own sends edits, with the mails held."""
    user = factories.user(member_of=event.team)
    return partial(_send, event.pk, user.pk, list(sent))


def _send(event: int, user: int, sent: list[dict[str, Any]]) -> None:
    with telling.planning(choice=Telling.LATER, now=NOW, joins=True):
        edits.apply(
            event=Event.objects.get(pk=event),
            edits=sent,
            user=User.objects.get(pk=user),
            now=NOW,
        )


@pytest.fixture
def event() -> Event:
    row = conference(factories.team(), status="confirmed")
    factories.organiser(row)
    factories.attendee(event=row)
    return row


def test_one_of_two_changes_of_the_same_value_is_refused(event: Event) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    failed = at_once(*(sends(event, set_(talk, to=to)) for to in ("10:40", "10:50")))
    assert [type(error) for error in failed] == [edits.Refused]
    talk.refresh_from_db()
    assert f"{talk.end_time:%H:%M}" in ("10:40", "10:50")


def test_changes_of_different_values_are_both_kept(event: Event) -> None:
    talk = part(event, "Talk", "10:00", "10:30")
    changes = (set_(talk, to="10:50"), set_(talk, titles__en="Speech"), set_(talk, kind="panel"))
    assert at_once(*(sends(event, change) for change in changes)) == []
    talk.refresh_from_db()
    assert (f"{talk.end_time:%H:%M}", talk.title_en, talk.kind) == ("10:50", "Speech", "panel")


def test_changes_at_once_make_one_held_mail(event: Event) -> None:
    talks = [part(event, f"Talk {n}", "10:00", "10:30", status="confirmed") for n in range(4)]
    assert at_once(*(sends(event, set_(talk, to="10:50")) for talk in talks)) == []
    assert (NoticeBatch.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_room_that_two_make_at_once_is_made_once(event: Event) -> None:
    make = {"op": "room", "key": "r", "name": "Pearl Room", "parent_place": None}
    assert at_once(sends(event, make), sends(event, make)) == []
    assert event.place
    assert event.place.children.count() == 1
