"""Groups of attendees: their conditions, and that they divide the list."""

from typing import Any

import pytest

from events.domain.attendance import invitations
from events.domain.overview import standings
from events.domain.overview.standings import Standing
from events.models import Attendee, Event
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PARTS = set(Standing.values) - {"listed", "invited", "unreachable"}


def guest(event: Event, **columns: Any) -> Attendee:
    return factories.attendee(event=event, **columns)


@pytest.fixture
def event() -> Event:
    """An event with guests in every state, of whom three are invited by mail."""
    event = factories.event()
    asked = [guest(event, partstat="needs_action") for _ in range(2)]
    asked.append(guest(event, partstat="accepted", seat="confirmed"))
    invitations.send(event=event, attendees=[row.pk for row in asked], now=NOW)
    guest(event, partstat="accepted", seat="confirmed")
    guest(event, partstat="accepted", seat="waitlisted", waitlisted_at=NOW)
    guest(event, partstat="tentative")
    guest(event, partstat="declined", seat="cancelled")
    guest(event, partstat="needs_action")
    guest(event, partstat="needs_action", person=factories.person(email=""))
    guest(event, partstat="needs_action", person=None, label="An interpreter")
    # These two are off the list.
    guest(event, partstat="delegated", seat="cancelled")
    guest(event, partstat="accepted", seat="cancelled")
    return event


def test_each_group_has_its_people(event: Event) -> None:
    assert standings.counts(rows=event.attendees.all()) == {
        "listed": 10,
        "invited": 3,
        "accepted": 2,
        "tentative": 1,
        "declined": 1,
        "waiting": 1,
        "unanswered": 2,
        "uninvited": 3,
        "unreachable": 2,
    }


def test_the_list_of_a_group_has_as_many_rows_as_are_counted(event: Event) -> None:
    rows = event.attendees.all()
    counted = standings.counts(rows=rows)
    listed = {name: standings.among(rows=rows, standing=name).count() for name in Standing}
    assert listed == counted


def test_the_groups_divide_the_list(event: Event) -> None:
    rows = event.attendees.all()
    groups = [set(standings.among(rows=rows, standing=name)) for name in sorted(PARTS)]
    assert sum(map(len, groups)) == len(set().union(*groups))
    assert set().union(*groups) == set(standings.among(rows=rows, standing="listed"))


def test_a_mail_that_was_called_back_is_no_invitation(event: Event) -> None:
    event.deliveries.all().call_back()
    counted = standings.counts(rows=event.attendees.all())
    assert (counted["invited"], counted["unanswered"], counted["uninvited"]) == (0, 0, 5)
