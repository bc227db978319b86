"""Random sequences of actions on a delegation keep its rules after each step."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from delegations.domain.applications import applications, rounds
from delegations.domain.lifecycle import lifecycle
from delegations.domain.rosters import legs, quotas, rosters
from delegations.models import Application, Delegation, Nominee, RosterAttendee
from events.domain.refusals import Refusal
from events.models import Attendee
from tests import factories
from tests.examples import examples
from tests.factories import NOW

REFUSALS = tuple(
    one
    for module in (applications, legs, lifecycle, rosters)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, Refusal) and one.__module__ == module.__name__
)
# The states that applications and delegations can reach in one step.
MOVES: dict[str | None, str] = {
    None: "draft",
    "draft": "submitted withdrawn",
    "submitted": "under_review info_requested accepted confirmed waitlisted declined withdrawn",
    "under_review": "info_requested accepted confirmed waitlisted declined withdrawn",
    "info_requested": "under_review declined withdrawn",
    "waitlisted": "accepted lapsed declined withdrawn under_review",
    "accepted": "confirmed lapsed withdrawn under_review",
    "confirmed": "withdrawn",
    "declined": "under_review",
    "lapsed": "",
    "withdrawn": "",
}
STATES = {
    "planning": "recruiting selecting cancelled",
    "recruiting": "selecting cancelled",
    "selecting": "confirmed cancelled",
    "confirmed": "concluded cancelled",
    "concluded": "",
    "cancelled": "",
}
STEPS = ("open_call", "close_call", "select_directly", "confirm", "conclude")
CAPACITIES = ("head", "delegate", "delegate", "adviser", "interpreter", "liaison")
some = st.integers(0, 5)


class Now:
    """All rows as they are now."""

    def __init__(self, pk: int) -> None:
        self.delegation = Delegation.objects.select_related("mission").get(pk=pk)
        self.state = self.delegation.status
        self.applications = {row.pk: row for row in self.delegation.applications.all()}
        nominees = Nominee.objects.filter(application__in=self.applications)
        self.asked = Counter(row.application_id for row in nominees if row.is_counted)
        self.members = list(self.delegation.delegates.prefetch_related("legs"))
        self.legs = list(self.delegation.legs.select_related("stay").in_order())
        rows = Attendee.objects.values("pk", "event", "event__kind", "person", "seat")
        self.attendees = {row["pk"]: row for row in rows}
        self.kept = dict(RosterAttendee.objects.values_list("attendee", "delegate"))


class Life(RuleBasedStateMachine):
    """One delegation, on which all actions are tried."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.time = NOW
        self.delegation = factories.delegation(
            status="planning", kind="official_delegation", quota=4, organisation_quota=2
        )
        self.firms = [factories.organisation(name=f"Firm {n}") for n in range(4)]
        self.people = [factories.person(family_name=f"P{n}") for n in range(5)]
        self.place = factories.place()
        self.guests: set[int] = set()
        self.now = Now(self.delegation.pk)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(stops=st.integers(0, 2), is_open=st.booleans())
    def begin(self, stops: int, is_open: bool) -> None:
        """In many runs the call is open, and there are some applications."""
        for number in range(stops):
            self.add_leg(first=10 + 2 * number, officer=number)
        if is_open:
            self.call(lifecycle.open_call, delegation=self.delegation)
            for firm in range(3):
                self.apply(firm=firm, seats=firm % 2 + 1, along=False)

    # Actions

    @rule(verb=st.sampled_from(STEPS))
    def step(self, verb: str) -> None:
        if verb == "conclude" and self.now.state == "confirmed":
            self.time = max(self.time, NOW + timedelta(days=170))
            Attendee.objects.filter(event=self.delegation.mission).update(attendance="attended")
        self.call(getattr(lifecycle, verb), delegation=self.delegation)

    @rule(seriously=st.integers(0, 9))
    def cancel(self, seriously: int) -> None:
        if seriously == 9:
            self.call(lifecycle.cancel, delegation=self.delegation, reason="War")

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.time += timedelta(days=days)
        self.call(applications.lapse)

    @rule(firm=st.integers(0, 3), seats=st.integers(0, 3), along=st.booleans())
    def apply(self, firm: int, seats: int, along: bool) -> None:
        row = self.call(
            applications.draft, delegation=self.delegation, organisation=self.firms[firm]
        )
        if row is None:
            return
        for _ in range(seats):
            Nominee.objects.create(application=row, label_en="Somebody")
        if along:
            Nominee.objects.create(application=row, label_en="Aide", capacity="interpreter")
        self.call(applications.submit, application=row)
        self.call(applications.review, application=row)

    @rule(which=some, choice=some)
    def decide(self, which: int, choice: int) -> None:
        row = self.one_of(self.delegation.applications.live(), which)
        steps = applications.next_steps(application=row) if row else ()
        if steps:
            self.take(row, steps[choice % len(steps)])

    @rule(which=some)
    def accept(self, which: int) -> None:
        row = self.one_of(self.delegation.applications.filter(status="under_review"), which)
        if row:
            self.take(row, "accept")

    @rule(which=st.sets(some, min_size=1), verb=st.sampled_from([*rounds.STEPS]))
    def decide_together(self, which: set[int], verb: str) -> None:
        """What a round foresees is what happens."""
        live = list(self.delegation.applications.live().order_by("pk"))
        keys = [live[number].pk for number in which if number < len(live)]
        foreseen = rounds.plan(keys=keys, verb=verb, now=self.time)
        asks = {**self.asks().get(verb, {}), "user": None}
        self.call(rounds.take, keys=keys, verb=verb, **asks)
        for each in foreseen:
            rising = dict.fromkeys((row.pk for row in each.rising), "accepted")
            expected = {o.application.pk: o.status for o in each.outcomes} | rising
            rows = Application.objects.filter(pk__in=expected)
            assert dict(rows.values_list("pk", "status")) == expected

    @rule(which=some)
    def propose_another(self, which: int) -> None:
        if row := self.one_of(self.delegation.applications.live(), which):
            self.call(_propose, application=row)

    @rule(who=some, capacity=st.sampled_from(CAPACITIES), firm=some, stop=some)
    def join(self, who: int, capacity: str, firm: int, stop: int) -> None:
        self.call(
            rosters.add,
            delegation=self.delegation,
            person=self.person(who),
            label="Somebody",
            capacity=capacity,
            organisation=self.firms[firm] if firm < len(self.firms) else None,
            legs=self.stops(stop),
        )

    @rule(which=some, who=some)
    def name(self, which: int, who: int) -> None:
        row = self.one_of(self.delegation.delegates.filter(person=None), which)
        if row:
            self.call(rosters.name, delegate=row, person=self.people[who % 5])

    @rule(which=some, capacity=st.sampled_from(CAPACITIES), stop=some)
    def change(self, which: int, capacity: str, stop: int) -> None:
        if row := self.one_of(self.delegation.delegates, which):
            self.call(rosters.change, delegate=row, capacity=capacity, legs=self.stops(stop))

    @rule(which=some)
    def lead(self, which: int) -> None:
        if row := self.one_of(self.delegation.delegates, which):
            self.call(rosters.appoint_head, delegate=row)

    @rule(which=some)
    def leave(self, which: int) -> None:
        if row := self.one_of(self.delegation.delegates, which):
            self.call(rosters.remove, delegate=row)

    @rule(which=some, other=some)
    def rank(self, which: int, other: int) -> None:
        rows = [self.one_of(self.delegation.delegates, number) for number in (which, other)]
        order = list(dict.fromkeys(filter(None, rows)))
        self.call(rosters.reorder, delegation=self.delegation, delegates=order)

    @rule(first=st.integers(10, 14), officer=some)
    def add_leg(self, first: int, officer: int) -> None:
        days = date(2026, 11, first), date(2026, 11, first + 1)
        taken = [(leg.stay.start_on, leg.stay.end_on) for leg in self.now.legs]
        try:
            legs.check(delegation=self.delegation, spans=[*taken, days])
        except legs.Overlap:
            return
        values = {"place": self.place, "first": days[0], "last": days[1]}
        self.call(legs.add, delegation=self.delegation, liaison=self.person(officer), **values)

    @rule(which=some, officer=some)
    def look_after(self, which: int, officer: int) -> None:
        if leg := self.one_of(self.delegation.legs, which):
            values = {"first": leg.stay.start_on, "last": leg.stay.end_on, "place": self.place}
            self.call(legs.change, leg=leg, liaison=self.person(officer), **values)

    @rule(which=some)
    def strike_leg(self, which: int) -> None:
        if leg := self.one_of(self.delegation.legs, which):
            self.call(legs.remove, leg=leg)

    @rule(quota=st.integers(0, 6))
    def resize(self, quota: int) -> None:
        self.call(_resize, delegation=self.delegation, quota=quota)

    @rule(who=some, stop=some)
    def invite(self, who: int, stop: int) -> None:
        """Somebody is added as an attendee by hand, and has not answered."""
        leg = self.one_of(self.delegation.legs, stop)
        event = leg.stay if leg else self.delegation.mission
        row, is_new = Attendee.objects.get_or_create(event=event, person=self.people[who % 5])
        if is_new:
            self.guests.add(row.pk)
        self.call(rosters.sync, delegation=self.delegation)

    # Helpers

    def call(self, function: Callable[..., Any], **values: Any) -> Any:
        """Call the function, ignore refusals, and check all rows afterwards."""
        try:
            with transaction.atomic():
                return function(**values, now=self.time)
        except REFUSALS:
            return None
        finally:
            self.look()

    def asks(self) -> dict[str, dict[str, Any]]:
        return {
            "accept": {"confirm_by": self.time + timedelta(days=10), "user": None},
            "admit": {"user": None},
            "waitlist": {"user": None},
            "decline": {"user": None, "reason": "No"},
            "request_info": {"question": "?"},
            "reply": {"reply": "!"},
        }

    def take(self, row: Application, verb: str) -> None:
        self.call(getattr(applications, verb), application=row, **self.asks().get(verb, {}))

    def one_of(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def person(self, number: int) -> Any:
        return self.people[number] if number < len(self.people) else None

    def stops(self, number: int) -> list[Any]:
        """Return one leg, or none, which means all legs."""
        leg = self.one_of(self.delegation.legs, number)
        return [leg] if leg and number % 2 else []

    def look(self) -> None:
        """States changed only as allowed, and no row was deleted."""
        before, now = self.now, Now(self.delegation.pk)
        assert now.state in (before.state, *STATES[before.state].split())
        for pk, row in now.applications.items():
            old = before.applications[pk].status if pk in before.applications else None
            assert row.status in (old, *MOVES[old].split())
        assert before.attendees.keys() <= now.attendees.keys()
        self.now, self.delegation = now, now.delegation

    @invariant()
    def the_rules_hold(self) -> None:
        for holds in RULES:
            holds(self.now)
        nobody_waits_in_vain(self.now, self.time)
        self.guests -= self.now.kept.keys()  # attendees on the roster belong to it from then on
        assert {self.now.attendees[pk]["seat"] for pk in self.guests} <= {"none"}


def _propose(*, application: Application, now: datetime) -> None:
    nominee = Nominee(application=application, label_en="One more")
    nominees = [*application.nominees.all(), nominee]
    applications.check(application=application, nominees=nominees)
    nominee.save()
    quotas.promote(delegation=application.delegation, now=now)


def _resize(*, delegation: Delegation, quota: int, now: datetime) -> None:
    delegation.quota = quota
    rosters.check(delegation=delegation, members=list(delegation.delegates.all()))
    delegation.save(update_fields=["quota"])
    rosters.sync(delegation=delegation, now=now)


# Invariants


def there_is_one_head(now: Now) -> None:
    heads = sum(member.capacity == "head" for member in now.members)
    assert heads == 1 if now.state in ("confirmed", "concluded") else heads <= 1


def seats_suffice(now: Now) -> None:
    taken = Counter(member.organisation_id for member in now.members if member.counted)
    for pk, row in now.applications.items():
        if row.status == "accepted":
            taken[row.organisation_id] += now.asked[pk]
    assert taken.total() <= now.delegation.quota
    del taken[None]
    assert max(taken.values(), default=0) <= now.delegation.organisation_quota


def ranks_are_apart(now: Now) -> None:
    ranks = [member.precedence for member in now.members]
    assert None not in ranks
    assert len(set(ranks)) == len(ranks)


def members_who_applied_are_confirmed(now: Now) -> None:
    for member in now.members:
        if member.application_id:
            assert now.applications[member.application_id].status == "confirmed"


def legs_follow_each_other(now: Now) -> None:
    for one, other in pairwise(now.legs):
        assert one.stay.end_on <= other.stay.start_on


def attendees_are_in_step(now: Now) -> None:
    """Those on the roster, and no others, have a seat at the mission and at each of their stays."""
    if not now.delegation.is_open:
        return
    expected = defaultdict(set)
    for member in now.members:
        somebody = ("person", member.person_id) if member.person_id else ("seat", member.pk)
        stays = {leg.stay_id for leg in member.legs.all() or now.legs}
        for event in (now.delegation.mission_id, *stays):
            expected[event].add(somebody)
    for leg in now.legs:
        if leg.liaison_id:
            expected[leg.stay_id].add(("person", leg.liaison_id))
    live = defaultdict(list)
    for pk, row in now.attendees.items():
        if row["seat"] == "confirmed" and row["event__kind"] != "transfer":
            seat = ("person", row["person"]) if row["person"] else ("seat", now.kept[pk])
            live[row["event"]].append(seat)
    assert {event: sorted(people) for event, people in live.items()} == {
        event: sorted(people) for event, people in expected.items() if people
    }


def nobody_waits_in_vain(now: Now, time: datetime) -> None:
    """The first application on the waiting list does not fit, while promotion is possible."""
    waiting = [row for row in now.applications.values() if row.status == "waitlisted"]
    is_filling = now.state in ("recruiting", "selecting", "confirmed")
    if waiting and is_filling and time < now.delegation.mission.start_at:
        first = min(waiting, key=lambda row: (row.submitted_at, row.pk))
        assert not quotas.fits(application=first, asked=now.asked[first.pk])


RULES = (
    there_is_one_head,
    seats_suffice,
    ranks_are_apart,
    members_who_applied_are_confirmed,
    legs_follow_each_other,
    attendees_are_in_step,
)


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_whatever_is_tried_the_rules_hold() -> None:
    run_state_machine_as_test(Life, settings=examples(12, steps=20))
