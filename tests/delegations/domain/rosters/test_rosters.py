"""Rosters: members, capacities and order, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from delegations.domain.rosters import rosters
from delegations.domain.rosters.rosters import (
    AlreadyMember,
    AlreadyNamed,
    Closed,
    ForeignLeg,
    NoHead,
    NoSeatsLeft,
    NotAMember,
    TooManyOf,
    TwoHeads,
)
from delegations.models import Delegate, Delegation, Leg
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

LATER = NOW + timedelta(days=1)


def add(delegation: Delegation, label: str = "Member", **values: Any) -> Delegate:
    return rosters.add(delegation=delegation, label=label, now=NOW, **values)


def roster(delegation: Delegation) -> list[tuple[str, int | None]]:
    return [(str(row), row.precedence) for row in delegation.delegates.in_order()]


def leg_of(delegation: Delegation) -> Leg:
    stay = factories.event(kind="leg", parent=delegation.mission, team=delegation.team)
    return Leg.objects.create(delegation=delegation, stay=stay)


class TestMembers:
    def test_head_and_deputies_stand_before_the_others(self) -> None:
        delegation = factories.delegation()
        for label, capacity in (
            ("A", "delegate"), ("D1", "deputy"), ("H", "head"), ("I", "media"), ("D2", "deputy"),
        ):  # fmt: skip
            add(delegation, label, capacity=capacity)
        assert roster(delegation) == [("H", 1), ("D1", 2), ("D2", 3), ("A", 4), ("I", 5)]

    def test_a_member_stands_at_the_end(self) -> None:
        delegation = factories.delegation()
        person, firm = factories.person(), factories.organisation()
        office = person.appointments.create(title_en="Director")
        add(delegation, "Head", capacity="head")
        row = rosters.add(
            delegation=delegation,
            person=person,
            organisation=firm,
            appointment=office,
            legs=[leg_of(delegation)],
            now=NOW,
        )
        row.refresh_from_db()
        assert (row.person, row.organisation, row.appointment) == (person, firm, office)
        assert (row.capacity, row.precedence, row.counted) == ("delegate", 2, True)
        assert row.legs.count() == 1

    @pytest.mark.parametrize("capacity", Delegate.Capacity.values)
    def test_who_travels_along_is_not_counted(self, capacity: str) -> None:
        row = add(factories.delegation(), capacity=capacity)
        along = {"interpreter", "media", "security", "liaison", "advance"}
        assert row.counted == (capacity not in along)

    def test_unless_the_organiser_says_so(self) -> None:
        assert add(factories.delegation(), capacity="media", counted=True).counted

    def test_a_member_is_named_later(self) -> None:
        delegation, person = factories.delegation(), factories.person()
        row = add(delegation)
        rosters.name(delegate=row, person=person, now=LATER)
        assert (row.person, row.label) == (person, "Member")

    def test_who_has_a_name_keeps_it(self) -> None:
        row = rosters.add(delegation=factories.delegation(), person=factories.person(), now=NOW)
        with pytest.raises(AlreadyNamed) as refusal:
            rosters.name(delegate=row, person=factories.person(), now=NOW)
        assert refusal.value.delegate == row

    def test_nobody_is_a_member_twice(self) -> None:
        delegation, person = factories.delegation(), factories.person()
        known = rosters.add(delegation=delegation, person=person, now=NOW)
        with pytest.raises(AlreadyMember) as refusal:
            rosters.add(delegation=delegation, person=person, now=NOW)
        assert refusal.value.delegate == known
        unnamed = add(delegation)
        with pytest.raises(AlreadyMember):
            rosters.name(delegate=unnamed, person=person, now=NOW)

    def test_a_change_keeps_what_it_does_not_name(self) -> None:
        firm = factories.organisation()
        row = add(factories.delegation(), organisation=firm)
        rosters.change(delegate=row, capacity="adviser", now=LATER)
        assert (row.capacity, row.organisation, row.counted) == ("adviser", firm, True)

    def test_another_capacity_tells_anew_whether_they_are_counted(self) -> None:
        row = add(factories.delegation())
        rosters.change(delegate=row, capacity="interpreter", now=LATER)
        assert not row.counted
        rosters.change(delegate=row, counted=True, now=LATER)
        assert row.counted

    def test_legs_are_of_the_same_delegation(self) -> None:
        delegation, foreign = factories.delegation(), leg_of(factories.delegation())
        with pytest.raises(ForeignLeg) as refusal:
            add(delegation, legs=[foreign])
        assert refusal.value.leg == foreign
        row = add(delegation, legs=[leg_of(delegation)])
        with pytest.raises(ForeignLeg):
            rosters.change(delegate=row, legs=[foreign], now=NOW)
        row.legs.add(foreign)
        with pytest.raises(ForeignLeg):
            rosters.sync(delegation=delegation, now=NOW)

    @pytest.mark.parametrize(
        "columns", [{"status": "concluded"}, {"status": "cancelled"}, {"origin": "reported"}]
    )
    def test_the_roster_of_what_is_over_or_reported_stays(self, columns: dict[str, str]) -> None:
        delegation = factories.delegation(**columns)
        with pytest.raises(Closed) as refusal:
            add(delegation)
        assert refusal.value.delegation == delegation
        assert not delegation.delegates.exists()


class TestHeads:
    def test_there_is_one(self) -> None:
        delegation = factories.delegation()
        head = add(delegation, capacity="head")
        with pytest.raises(TwoHeads) as refusal:
            add(delegation, capacity="head")
        assert refusal.value.heads[0] == head
        other = add(delegation)
        with pytest.raises(TwoHeads):
            rosters.change(delegate=other, capacity="head", now=NOW)
        assert other.capacity == "delegate"

    def test_another_one_makes_the_former_a_deputy(self) -> None:
        delegation = factories.delegation(status="confirmed")
        former = Delegate.objects.create(delegation=delegation, label_en="A", capacity="head")
        other = add(delegation, capacity="interpreter")
        rosters.appoint_head(delegate=other, now=LATER)
        former.refresh_from_db()
        assert (former.capacity, other.capacity, other.counted) == ("deputy", "head", True)
        rosters.appoint_head(delegate=other, now=LATER)
        assert delegation.delegates.filter(capacity="head").count() == 1

    def test_a_confirmed_delegation_keeps_its_head(self) -> None:
        delegation = factories.delegation(status="confirmed")
        head = Delegate.objects.create(delegation=delegation, label_en="A", capacity="head")
        with pytest.raises(NoHead):
            rosters.remove(delegate=head, now=LATER)
        with pytest.raises(NoHead):
            rosters.change(delegate=head, capacity="deputy", now=LATER)
        with pytest.raises(NoHead):
            rosters.check(delegation=delegation, members=[])

    def test_before_that_there_may_be_none(self) -> None:
        delegation = factories.delegation()
        head = add(delegation, capacity="head")
        rosters.remove(delegate=head, now=LATER)
        assert not delegation.delegates.exists()


class TestQuotas:
    def test_members_and_acceptances_are_no_more_than_the_quota(self) -> None:
        delegation = factories.delegation(quota=3)
        factories.application(delegation=delegation, seats=2, status="accepted")
        add(delegation)
        add(delegation, capacity="interpreter")
        with pytest.raises(NoSeatsLeft) as refusal:
            add(delegation)
        assert refusal.value.needed == 4

    def test_nor_than_the_quota_that_is_about_to_be_stored(self) -> None:
        delegation = factories.delegation(quota=3)
        members = [add(delegation), add(delegation)]
        delegation.quota = 1
        with pytest.raises(NoSeatsLeft):
            rosters.check(delegation=delegation, members=members)

    def test_an_organisation_sends_no_more_than_its_share(self) -> None:
        delegation = factories.delegation(organisation_quota=2)
        firm = factories.organisation()
        factories.application(delegation=delegation, organisation=firm, status="accepted")
        add(delegation, organisation=firm)
        add(delegation, organisation=firm, capacity="interpreter")
        with pytest.raises(TooManyOf) as refusal:
            add(delegation, organisation=firm)
        assert (refusal.value.organisation, refusal.value.needed) == (firm, 3)
        other = add(delegation)
        with pytest.raises(TooManyOf):
            rosters.change(delegate=other, organisation=firm, now=NOW)

    def test_members_of_no_organisation_are_not_one(self) -> None:
        delegation = factories.delegation(organisation_quota=1)
        assert add(delegation).counted
        assert add(delegation).counted

    def test_a_new_delegation_is_checked_before_it_is_stored(self) -> None:
        members = [Delegate(label_en="A", capacity="head"), Delegate(label_en="B")]
        rosters.check(delegation=Delegation(quota=2), members=members)
        with pytest.raises(NoSeatsLeft):
            rosters.check(delegation=Delegation(quota=1), members=members)

    def test_reports_may_contradict_themselves(self) -> None:
        delegation = factories.delegation(origin="reported", status="concluded", quota=1)
        rosters.check(delegation=delegation, members=[Delegate(label_en="A") for _ in range(3)])


class TestOrder:
    def test_ranks_follow_the_order(self) -> None:
        delegation = factories.delegation()
        one, two, three = (add(delegation, name) for name in ("one", "two", "three"))
        rosters.reorder(delegation=delegation, delegates=[three, one, two], now=LATER)
        assert roster(delegation) == [("three", 1), ("one", 2), ("two", 3)]

    def test_who_is_left_out_follows(self) -> None:
        delegation = factories.delegation()
        one, two, three = (add(delegation, name) for name in ("one", "two", "three"))
        Delegate.objects.create(delegation=delegation, label_en="unranked")
        rosters.remove(delegate=one, now=NOW)
        rosters.reorder(delegation=delegation, delegates=[three], now=LATER)
        assert roster(delegation) == [("three", 1), ("two", 2), ("unranked", 3)]
        assert str(two) == "two"

    def test_only_who_moves_is_changed(self) -> None:
        delegation = factories.delegation()
        rows = [add(delegation, name) for name in ("one", "two", "three")]
        rosters.reorder(delegation=delegation, delegates=[rows[1], rows[0], rows[2]], now=LATER)
        assert [row.history.count() for row in rows] == [2, 2, 1]

    def test_strangers_have_no_rank(self) -> None:
        delegation, stranger = factories.delegation(), add(factories.delegation())
        with pytest.raises(NotAMember) as refusal:
            rosters.reorder(delegation=delegation, delegates=[stranger], now=LATER)
        assert refusal.value.delegate == stranger
