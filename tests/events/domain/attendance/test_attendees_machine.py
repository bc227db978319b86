"""Random calls on the attendees of an event with two hubs, compared with a plain Python model."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.domain.attendance import attendees
from events.domain.lifecycle import lifecycle
from events.models import Attendee, EventPlace, Person
from tests import factories
from tests.examples import examples

REFUSALS = (attendees.AttendeeRefusal, attendees.NotAllowed)

END = datetime(2026, 12, 2, 9, tzinfo=UTC)
OUT = ("declined", "delegated")
REPLIES = {"accept": "accepted", "accept_tentatively": "tentative", "decline": "declined"}
PRESENCES = {
    ("expected", "checked_in"),
    ("checked_in", "attended"),
    ("expected", "no_show"),
}
venue = st.integers(0, 2)  # 0 is the main venue, 1 and 2 are the hubs
capacity = st.none() | st.integers(0, 3)


@dataclass
class Guest:
    """State of an attendee in the model."""

    row: Attendee
    venue: int
    person: Person | None
    partstat: str = "needs_action"
    seat: str = "none"
    attendance: str = "expected"

    @property
    def is_out(self) -> bool:
        return self.partstat in OUT or self.seat == "cancelled"

    def state(self) -> tuple[str, str, str]:
        return self.partstat, self.seat, self.attendance


class Guests(RuleBasedStateMachine):
    guests: Bundle[Guest] = Bundle("guests")

    @initialize(capacities=st.tuples(capacity, capacity, capacity))
    def begin(self, capacities: tuple[int | None, ...]) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = END - timedelta(hours=30)  # check-in is open
        self.capacities = list(capacities)
        self.event = factories.event(capacity=capacities[0])
        self.hubs: list[EventPlace | None] = [
            None,
            *(factories.hub(event=self.event, capacity=each) for each in capacities[1:]),
        ]
        self.known: dict[int, Guest] = {}
        self.queues: list[list[Guest]] = [[], [], []]
        self.before: dict[int, tuple[str, str, str]] = {}
        self.taken_before = [0, 0, 0]

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # The model: seats and queues.

    @property
    def over(self) -> bool:
        return self.now >= END

    def taken(self, venue: int) -> int:
        return sum(g.venue == venue and g.seat == "confirmed" for g in self.known.values())

    def has_room(self, venue: int) -> bool:
        limit = self.capacities[venue]
        return limit is None or self.taken(venue) < limit

    def learn(self, row: Attendee, venue: int, person: Person | None) -> Guest:
        guest = self.known[row.pk] = Guest(row, venue, person)
        return guest

    def enter(self, guest: Guest) -> None:
        if self.has_room(guest.venue):
            guest.seat = "confirmed"
        else:
            guest.seat = "waitlisted"
            self.queues[guest.venue].append(guest)

    def leave(self, guest: Guest, place: str) -> None:
        if guest.seat == "waitlisted":
            self.queues[guest.venue].remove(guest)
        guest.seat = place

    def let_in(self) -> None:
        for number, queue in enumerate(self.queues):
            while queue and not self.over and self.has_room(number):
                queue.pop(0).seat = "confirmed"

    def say(self, guest: Guest, answer: str) -> None:
        guest.partstat = answer
        if answer == "accepted":
            if guest.seat not in ("confirmed", "waitlisted"):
                self.enter(guest)
        elif answer == "tentative":
            self.leave(guest, "none")
        elif guest.seat != "none":
            self.leave(guest, "cancelled")

    # The calls: the outcome of each is compared with what the model expects.

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def attempt(self, guest: Guest, verb: str, function: str = "", **values: Any) -> Any:
        """Make a call; return its result or refusal. A refusal must agree with `next_steps`.

        NoPlaceLeft and AlreadyInvited may also depend on the arguments of the call.
        """
        now = self.tick()
        fresh = Attendee.objects.select_related("event").get(pk=guest.row.pk)
        foreseen = verb in attendees.next_steps(attendee=fresh, now=now)
        if verb != "name":
            values["now"] = now
        try:
            done = getattr(attendees, function or verb)(attendee=guest.row, **values)
        except (attendees.NoPlaceLeft, attendees.AlreadyInvited) as refusal:
            return refusal
        except REFUSALS as refusal:
            assert not foreseen
            return refusal
        assert foreseen
        return done

    @rule(target=guests, venue=venue)
    def invite(self, venue: int) -> Guest:
        person = factories.person()
        row = attendees.invite(event=self.event, person=person, hub=self.hubs[venue], now=self.now)
        return self.learn(row, venue, person)

    @rule(target=guests, venue=venue, size=st.integers(1, 3))
    def register_group(self, venue: int, size: int) -> MultipleResults[Guest]:
        call = partial(
            attendees.register_group,
            event=self.event,
            representing=factories.organisation(),
            contact=factories.person(),
            size=size,
            hub=self.hubs[venue],
            now=self.tick(),
        )
        if self.over:
            with pytest.raises(attendees.Over):
                call()
            return multiple()
        group = [self.learn(row, venue, None) for row in call()]
        for guest in group:
            self.say(guest, "accepted")
        return multiple(*group)

    @rule(guest=guests, verb=st.sampled_from(sorted(REPLIES)))
    def answer(self, guest: Guest, verb: str) -> None:
        answer = REPLIES[verb]
        has_place = guest.seat in ("confirmed", "waitlisted")
        if guest.partstat == answer and (answer != "accepted" or has_place):
            return  # the model knows this answer already
        done = self.attempt(guest, verb, "answer", partstat=Attendee.Partstat(answer))
        if self.over or guest.attendance != "expected":
            assert isinstance(done, REFUSALS)
        else:
            assert done is None
            self.say(guest, answer)
            self.let_in()

    @rule(target=guests, guest=guests)
    def substitute(self, guest: Guest) -> Guest | MultipleResults[Guest]:
        person = factories.person()
        done = self.attempt(guest, "substitute", person=person)
        unable = self.over or guest.is_out or not guest.person or guest.attendance != "expected"
        assert isinstance(done, REFUSALS) is unable
        if unable:
            return multiple()
        other = self.learn(done, guest.venue, person)
        self.hand_over(guest, other)
        return other

    @rule(guest=guests, other=guests)
    def substitute_by_somebody_known(self, guest: Guest, other: Guest) -> None:
        if other.person is None:
            return
        done = self.attempt(guest, "substitute", person=other.person)
        unable = self.over or guest.is_out or not guest.person or guest.attendance != "expected"
        assert isinstance(done, REFUSALS) is (unable or not other.is_out)
        if not isinstance(done, REFUSALS):
            assert done.pk == other.row.pk
            other.venue = guest.venue
            self.hand_over(guest, other)

    def hand_over(self, guest: Guest, other: Guest) -> None:
        if guest.seat == "waitlisted":
            queue = self.queues[guest.venue]
            queue[queue.index(guest)] = other
        if guest.seat in ("confirmed", "waitlisted"):
            other.seat, guest.seat = guest.seat, "cancelled"
        guest.partstat = "delegated"
        self.say(other, "accepted")

    @rule(guest=guests)
    def release(self, guest: Guest) -> None:
        done = self.attempt(guest, "release")
        if guest.is_out or guest.attendance != "expected":
            assert isinstance(done, attendees.NotAllowed)
        else:
            assert done is None
            self.leave(guest, "cancelled")
            self.let_in()

    @rule(guest=guests)
    def check_in(self, guest: Guest) -> None:
        done = self.attempt(guest, "check_in")
        waits = guest.seat == "waitlisted"
        homeless = guest.seat == "none" and not self.has_room(guest.venue)
        if guest.attendance in ("checked_in", "attended"):
            assert isinstance(done, attendees.AlreadyCheckedIn)
        elif guest.is_out or guest.attendance == "no_show":
            assert isinstance(done, attendees.NotAllowed)
        elif waits or homeless:
            assert isinstance(done, attendees.NoPlaceLeft)
        else:
            assert done is None
            guest.partstat, guest.seat, guest.attendance = "accepted", "confirmed", "checked_in"

    @rule(guest=guests)
    def mark_attended(self, guest: Guest) -> None:
        done = self.attempt(guest, "mark_attended")
        assert (done is None) is (guest.attendance == "checked_in")
        if done is None:
            guest.attendance = "attended"

    @rule(guest=guests)
    def mark_no_show(self, guest: Guest) -> None:
        done = self.attempt(guest, "mark_no_show")
        expected = guest.attendance == "expected" and not guest.is_out
        missing = self.over and expected and guest.seat != "waitlisted"
        assert (done is None) is missing
        if missing:
            guest.attendance = "no_show"

    @rule(guest=guests)
    def name(self, guest: Guest) -> None:
        person = factories.person()
        done = self.attempt(guest, "name", person=person)
        assert (done is None) is (guest.person is None)
        if done is None:
            guest.person = person

    @rule(guest=guests, venue=venue)
    def move(self, guest: Guest, venue: int) -> None:
        row = Attendee.objects.get(pk=guest.row.pk)
        row.hub, now = self.hubs[venue], self.tick()
        moves = guest.venue != venue
        full = guest.seat == "confirmed" and not self.has_room(venue)
        if moves and (full or guest.attendance != "expected"):
            with pytest.raises((attendees.NoPlaceLeft, attendees.NotAllowed)):
                attendees.save(attendee=row, now=now)
            return
        attendees.save(attendee=row, now=now)
        if moves and guest.seat == "waitlisted":
            self.leave(guest, "none")
            guest.venue = venue
            self.enter(guest)
        guest.venue = venue
        self.let_in()

    @rule(venue=venue, capacity=capacity)
    def set_capacity(self, venue: int, capacity: int | None) -> None:
        self.capacities[venue] = capacity
        if hub := self.hubs[venue]:
            hub.capacity = capacity
            hub.save()
            lifecycle.touch(event=self.event, now=self.now)
        else:
            self.event.capacity = capacity
            lifecycle.save(event=self.event, now=self.now)
        self.let_in()

    @precondition(lambda self: len(self.known) > 4)
    @rule(guest=consumes(guests))
    def end(self, guest: Guest) -> None:
        """Move past the end of the event; the guest is dropped from the bundle."""
        self.now = max(self.now, END)

    # Invariants.

    @invariant()
    def database_and_model_agree(self) -> None:
        rows = {row.pk: row for row in Attendee.objects.filter(event=self.event)}
        assert rows.keys() == self.known.keys()
        for pk, guest in self.known.items():
            row, hub, person = rows[pk], self.hubs[guest.venue], guest.person
            assert (row.partstat, row.seat, row.attendance) == guest.state()
            assert (row.hub_id, row.person_id) == (hub and hub.pk, person and person.pk)

    @invariant()
    def the_queues_are_those_of_the_database(self) -> None:
        waiting = list(Attendee.objects.waiting().filter(event=self.event))
        for hub, queue in zip(self.hubs, self.queues, strict=True):
            there = [row for row in waiting if row.hub_id == (hub and hub.pk)]
            assert there == [guest.row for guest in queue]

    @invariant()
    def places_are_kept(self) -> None:
        """No venue exceeds its capacity, except by seats given before it was lowered."""
        for number, limit in enumerate(self.capacities):
            taken = self.taken(number)
            assert limit is None or taken <= max(limit, self.taken_before[number])
            assert self.over or not (self.queues[number] and self.has_room(number))
            self.taken_before[number] = taken

    @invariant()
    def only_legal_steps_are_taken(self) -> None:
        for pk, guest in self.known.items():
            before = self.before.get(pk, guest.state())
            assert before[2] == guest.attendance or (before[2], guest.attendance) in PRESENCES
            assert (before[1], guest.seat) != ("confirmed", "waitlisted")
            assert not (guest.partstat in OUT and guest.seat in ("confirmed", "waitlisted"))
            self.before[pk] = guest.state()


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_any_calls_in_any_order_keep_places_queues_and_rows_right() -> None:
    run_state_machine_as_test(Guests, settings=examples(12, steps=25))
