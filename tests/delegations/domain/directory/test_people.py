"""Merging two records of one person keeps attendees in step with the rosters."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from delegations.domain.directory import people
from delegations.domain.rosters import legs, rosters
from delegations.models import Delegate, Delegation, Leg, Nominee
from events.domain.directory import merging
from events.models import Attendee, Person
from tests import factories
from tests.events.domain.pages import worlds
from tests.examples import examples
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def merge(keep: Person, drop: Person) -> None:
    people.merge(keep=keep, drop=drop, now=NOW)


def stop(delegation: Delegation, first: int, last: int, **values: Any) -> Leg:
    mission = delegation.mission
    assert mission
    assert mission.start_on
    return legs.add(
        delegation=delegation,
        place=factories.place(),
        first=mission.start_on.replace(day=first),
        last=mission.start_on.replace(day=last),
        now=NOW,
        **values,
    )


def add(delegation: Delegation, person: Person, **values: Any) -> Delegate:
    return rosters.add(delegation=delegation, person=person, now=NOW, **values)


def live(leg: Leg) -> list[Person | None]:
    return [row.person for row in leg.stay.attendees.filter(seat="confirmed").order_by("pk")]


def test_one_member_of_the_legs_of_both_is_left() -> None:
    body, keep, drop = factories.delegation(), factories.person(), factories.person()
    doha, kuwait = stop(body, 11, 12), stop(body, 12, 14)
    kept = add(body, keep, legs=[doha])
    add(body, drop, capacity="head", legs=[kuwait])
    merge(keep, drop)
    member = body.delegates.get()
    assert (member.pk, member.capacity, member.precedence) == (kept.pk, "head", 1)
    assert [live(doha), live(kuwait)] == [[keep], [keep]]
    assert body.mission
    assert [row.role for row in body.mission.attendees.all()] == ["head"]


def test_a_member_who_is_also_the_liaison_officer_stays_both() -> None:
    body, keep, drop = factories.delegation(), factories.person(), factories.person()
    doha = stop(body, 11, 12, liaison=drop)
    add(body, keep)
    merge(keep, drop)
    doha.refresh_from_db()
    assert doha.liaison == keep
    assert [(row.person, row.role) for row in doha.stay.attendees.all()] == [(keep, "liaison")]


def test_a_seat_that_both_held_goes_to_the_next() -> None:
    body, keep, drop = factories.delegation(quota=2), factories.person(), factories.person()
    add(body, keep)
    add(body, drop)
    waiting = factories.application(delegation=body, status="waitlisted")
    merge(keep, drop)
    waiting.refresh_from_db()
    assert waiting.status == "accepted"


def test_a_seat_that_was_promised_twice_goes_to_the_next() -> None:
    body, keep, drop = factories.delegation(quota=2), factories.person(), factories.person()
    accepted = factories.application(delegation=body, status="accepted", seats=0)
    for person in (keep, drop):
        Nominee.objects.create(application=accepted, person=person)
    waiting = factories.application(delegation=body, status="waitlisted")
    merge(keep, drop)
    waiting.refresh_from_db()
    assert waiting.status == "accepted"


def test_a_refusal_changes_nothing() -> None:
    body, keep, drop = factories.delegation(), factories.person(), factories.person()
    for person in (keep, drop):
        add(body, person)
        factories.user(person=person)
    before = worlds.rows()
    with pytest.raises(merging.Overlap):
        merge(keep, drop)
    assert worlds.rows() == before


def test_who_was_a_member_once_and_is_invited_under_another_name_stays_invited() -> None:
    body, keep, drop = factories.delegation(), factories.person(), factories.person()
    doha = stop(body, 11, 12)
    rosters.remove(delegate=add(body, keep), now=NOW)
    factories.attendee(event=doha.stay, person=drop, role="speaker")
    merge(keep, drop)
    rosters.sync(delegation=body, now=NOW)
    assert [(row.person, row.seat) for row in doha.stay.attendees.all()] == [(keep, "none")]


@examples(6)
@given(random=st.randoms(use_true_random=False))
def test_whatever_the_roster_the_attendees_are_in_step_afterwards(random: Random) -> None:
    with transaction.atomic():
        keep, drop, other = (factories.person() for _ in range(3))
        for _ in range(2):
            some_roster(random, [keep, drop, other])
        heads = headed()
        merge(keep, drop)
        assert headed() == heads
        before = worlds.rows()
        for body in Delegation.objects.all():
            rosters.sync(delegation=body, now=NOW)
        assert worlds.rows() == before
        assert not Attendee.objects.filter(person=None).exists()
        transaction.set_rollback(True)


def headed() -> list[int]:
    return sorted(Delegate.objects.filter(capacity="head").values_list("delegation", flat=True))


def some_roster(random: Random, crowd: list[Person]) -> None:
    body = factories.delegation()
    officers = [None, *crowd]
    stops = [
        stop(body, first, first + 1, liaison=random.choice(officers)) for first in (11, 12, 13)
    ]
    ranks = ["head", *random.sample(Delegate.Capacity.values[1:], 2)]
    random.shuffle(ranks)
    for person, capacity in zip(random.sample(crowd, random.randrange(4)), ranks, strict=False):
        member = add(
            body, person, capacity=capacity, legs=random.sample(stops, random.randrange(4))
        )
        if random.random() < 0.3:
            rosters.remove(delegate=member, now=NOW + timedelta(minutes=1))
    for one in stops:
        for person in crowd:
            if random.random() < 0.3 and not one.stay.attendees.filter(person=person).exists():
                factories.attendee(event=one.stay, person=person, role="speaker")
