"""Races between attendees: real transactions in threads, on either database."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from events.domain.attendance import attendees, capacity
from events.domain.attendance.capacity import Capacity
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Event, EventPlace
from tests import factories
from tests.factories import NOW
from tests.races import at_once, race

pytestmark = [pytest.mark.both_databases, race, pytest.mark.django_db(transaction=True)]

Partstat = Attendee.Partstat


def invited(event: Event, hub: EventPlace | None = None) -> Attendee:
    return factories.attendee(event=event, hub=hub, partstat="needs_action")


def answers(attendee: Attendee, answer: Partstat = Partstat.ACCEPTED) -> Callable[[], None]:
    """Return a call that answers with an attendee read now, as from a page opened earlier."""
    stale = Attendee.objects.get(pk=attendee.pk)
    return partial(attendees.answer, attendee=stale, partstat=answer, now=NOW)


@pytest.mark.parametrize("at_hub", [False, True], ids=["event", "hub"])
def test_two_take_the_last_place_and_one_gets_it(at_hub: bool) -> None:
    event = factories.event(capacity=None if at_hub else 1)
    hub = factories.hub(event=event, capacity=1) if at_hub else None
    for round_ in range(1, 4):
        people = [invited(event, hub) for _ in range(4)]
        assert at_once(*map(answers, people)) == []
        here = capacity.of(event=event)[-1]
        assert here == Capacity(hub=hub, capacity=1, taken=1, waiting=4 * round_ - 1)


def test_a_place_that_is_given_up_while_somebody_asks_is_not_lost() -> None:
    event = factories.event(capacity=1)
    for _ in range(5):
        first, second = invited(event), invited(event)
        answers(first)()
        assert at_once(answers(first, Partstat.DECLINED), answers(second)) == []
        assert list(Attendee.objects.seated()) == [second]
        attendees.release(attendee=second, now=NOW)


def test_a_capacity_lowered_while_somebody_accepts_takes_nobodys_place() -> None:
    event = factories.event(capacity=2)
    holder, late = invited(event), invited(event)
    answers(holder)()
    event.capacity = 1
    lower = partial(lifecycle.save, event=event, now=NOW + timedelta(hours=1))
    assert at_once(lower, answers(late)) == []
    holder.refresh_from_db()
    late.refresh_from_db()
    assert holder.seat == "confirmed"
    assert late.seat in ("confirmed", "waitlisted")  # depends on which of the two came first
    nobody_more = invited(event)
    answers(nobody_more)()
    assert nobody_more in Attendee.objects.waiting()


def test_a_capacity_raised_while_somebody_asks_leaves_nobody_waiting() -> None:
    hub = factories.hub(capacity=0)
    attendee = invited(hub.event, hub)
    hub.capacity = 1

    def raise_capacity() -> None:
        with transaction.atomic():
            hub.save()
            lifecycle.touch(event=hub.event, now=NOW)

    assert at_once(raise_capacity, answers(attendee)) == []
    assert capacity.of(event=hub.event)[1] == Capacity(hub=hub, capacity=1, taken=1, waiting=0)


def test_two_check_ins_of_one_person_let_them_in_once() -> None:
    attendee = factories.attendee()
    rows = [Attendee.objects.get(pk=attendee.pk) for _ in range(2)]
    start = attendee.event.start_at
    assert start is not None
    calls = [partial(attendees.check_in, attendee=row, now=start) for row in rows]
    assert [type(error) for error in at_once(*calls)] == [attendees.AlreadyCheckedIn]


def test_two_name_one_person_and_one_is_refused() -> None:
    event, person = factories.event(), factories.person()
    rows = [factories.attendee(event=event, person=None, label="A guest") for _ in range(2)]
    calls = [partial(attendees.name, attendee=row, person=person) for row in rows]
    assert [type(error) for error in at_once(*calls)] == [attendees.AlreadyInvited]
    assert Attendee.objects.filter(person=person).count() == 1
