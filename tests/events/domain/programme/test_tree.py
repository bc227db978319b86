"""The tree of events: its invariants, also under concurrent changes."""

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.models import Event, Team
from events.models.base.locks import NoTransaction, hold_tree
from tests import factories
from tests.factories import NOW, days
from tests.races import overlapping, race

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def team(db: None) -> Team:
    return factories.team()


def put(event: Event, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=LATER)


class TestShape:
    def test_an_event_is_no_part_of_itself_over_any_number_of_levels(self, team: Team) -> None:
        top = factories.event(team=team)
        middle = factories.event(team=team, parent=top)
        bottom = factories.event(team=team, parent=middle)
        for below in (top, middle, bottom):
            with pytest.raises(tree.Cycle):
                put(Event.objects.get(pk=top.pk), parent=below)
        assert Event.objects.get(pk=top.pk).parent is None

    def test_four_levels_are_allowed_and_a_fifth_is_not(self, team: Team) -> None:
        rows = [factories.event(team=team) for _ in range(5)]
        for above, below in pairwise(rows[:4]):
            put(below, parent=above)
        with pytest.raises(tree.TooDeep):
            put(rows[4], parent=rows[3])

    def test_two_trees_of_three_levels_do_not_go_into_one_another(self, team: Team) -> None:
        roots = []
        for _ in range(2):
            top = factories.event(team=team)
            middle = factories.event(team=team, parent=top)
            roots.append((top, middle, factories.event(team=team, parent=middle)))
        with pytest.raises(tree.TooDeep):
            put(roots[0][0], parent=roots[1][1])
        put(roots[0][1], parent=roots[1][0])

    def test_reported_events_make_no_circles_either(self, db: None) -> None:
        top = factories.event(origin="reported")
        part = factories.event(origin="reported", parent=top)
        with pytest.raises(tree.Cycle):
            put(top, parent=part)

    def test_parts_come_level_by_level_and_ancestors_nearest_first(self, team: Team) -> None:
        top = factories.event(team=team)
        late = factories.event(team=team, parent=top, start_on=date(2026, 12, 3))
        early = factories.event(team=team, parent=top)
        deep = factories.event(team=team, parent=early)
        assert tree.below(event=top) == [early, late, deep]
        assert tree.above(event=deep) == [early, top]


class TestDays:
    """US-02, 1: the expo runs from the 5th to the 10th."""

    @pytest.fixture
    def expo(self, team: Team) -> Event:
        return factories.event(team=team, title="Expo", **days(5, 10))

    @pytest.mark.parametrize(("first", "last"), [(4, 4), (4, 6), (10, 11), (11, 11), (3, 20)])
    def test_a_part_outside_is_refused(self, expo: Event, first: int, last: int) -> None:
        part = factories.event(team=expo.team)
        with pytest.raises(tree.OutsideParent) as refused:
            put(part, parent=expo, **days(first, last, start_time=None, end_time=None))
        assert (refused.value.parent, refused.value.parts) == (expo, (part,))
        assert Event.objects.get(pk=part.pk).parent is None

    @pytest.mark.parametrize(("first", "last"), [(5, 10), (5, 5), (10, 10), (6, 7)])
    def test_a_part_inside_is_taken(self, expo: Event, first: int, last: int) -> None:
        put(factories.event(team=expo.team, **days(1)), parent=expo, **days(first, last))

    def test_only_days_count_and_not_the_hours(self, expo: Event) -> None:
        part = factories.event(team=expo.team, **days(10), parent=expo)
        put(part, precision="time", start_time=time(20), end_time=time(23, 59))

    @pytest.mark.parametrize("kind", ["deadline", "review"])
    def test_what_closes_or_follows_an_event_lies_where_it_will(
        self, expo: Event, kind: str
    ) -> None:
        put(factories.event(team=expo.team, **days(1), kind=kind), parent=expo)

    def test_a_deadline_that_becomes_a_session_lies_inside(self, expo: Event) -> None:
        part = factories.event(team=expo.team, parent=expo, kind="deadline", **days(1))
        with pytest.raises(tree.OutsideParent):
            put(part, kind="session")

    def test_a_coarse_date_is_not_outside(self, expo: Event) -> None:
        coarse = {"precision": "year", "start_on": date(2026, 1, 1), "end_on": date(2026, 12, 31)}
        part = factories.event(team=expo.team, status="draft", **coarse)
        put(part, parent=expo)
        put(expo, title_en="The Expo")

    def test_an_open_end_holds_all_that_comes_after_the_start(self, expo: Event) -> None:
        put(expo, end_on=None)
        put(factories.event(team=expo.team, **days(30)), parent=expo)
        with pytest.raises(tree.OutsideParent):
            put(factories.event(team=expo.team, **days(4)), parent=expo)

    def test_days_do_not_shrink_around_their_parts_and_the_parts_are_named(
        self, expo: Event
    ) -> None:
        first, last = (factories.event(team=expo.team, parent=expo, **days(day)) for day in (5, 10))
        with pytest.raises(tree.OutsideParent) as refused:
            put(expo, **days(6, 9))
        assert (refused.value.parent, refused.value.parts) == (expo, (first, last))
        put(Event.objects.get(pk=expo.pk), **days(1, 10))

    @pytest.mark.parametrize("status", ["postponed", "cancelled"])
    def test_the_days_of_what_is_off_bind_nobody(self, expo: Event, status: str) -> None:
        factories.event(team=expo.team, parent=expo, status=status, **days(5))
        put(expo, **days(6, 10))

    def test_reported_events_may_contradict_each_other(self, db: None) -> None:
        expo = factories.event(origin="reported", **days(5, 10))
        part = factories.event(origin="reported", **days(11))
        put(part, parent=expo)
        put(expo, **days(6, 9))
        assert (tree.is_outside(event=part), tree.strays(event=expo)) == (True, [part])

    def test_our_own_part_of_a_reported_event_lies_inside_it(self, team: Team) -> None:
        expo = factories.event(origin="reported", **days(5, 10))
        with pytest.raises(tree.OutsideParent):
            put(factories.event(team=team, **days(11)), parent=expo)

    def test_an_event_that_already_contradicts_can_still_be_renamed(self, expo: Event) -> None:
        part = factories.event(team=expo.team, parent=expo, **days(20))
        put(part, title_en="Renamed")
        assert Event.objects.get(pk=part.pk).title_en == "Renamed"


class TestLegs:
    """US-06, 1: Doha from the 11th to the 12th, Kuwait from the 12th to the 14th."""

    @pytest.fixture
    def doha(self, team: Team) -> Event:
        mission = factories.event(team=team, kind="trade_mission", **days(10, 15))
        return factories.event(team=team, kind="leg", parent=mission, title="Doha", **days(11, 12))

    @pytest.mark.parametrize(("first", "last"), [(12, 14), (12, 12), (13, 14), (10, 11), (11, 11)])
    def test_legs_share_a_travel_day(self, doha: Event, first: int, last: int) -> None:
        leg = factories.event(team=doha.team, kind="leg", **days(first, last))
        put(leg, parent=doha.parent)

    @pytest.mark.parametrize(("first", "last"), [(11, 14), (10, 12), (11, 12), (10, 15)])
    def test_legs_overlap_no_more_than_that(self, doha: Event, first: int, last: int) -> None:
        leg = factories.event(team=doha.team, kind="leg", **days(first, last))
        with pytest.raises(tree.LegsOverlap) as refused:
            put(leg, parent=doha.parent)
        assert refused.value.other == doha

    def test_what_is_no_leg_overlaps_freely(self, doha: Event) -> None:
        put(factories.event(team=doha.team, **days(10, 15)), parent=doha.parent)

    def test_a_cancelled_leg_makes_room(self, doha: Event) -> None:
        lifecycle.cancel(event=doha, reason="", now=LATER)
        put(factories.event(team=doha.team, kind="leg", **days(11, 12)), parent=doha.parent)

    def test_legs_of_another_mission_do_not_count(self, doha: Event) -> None:
        other = factories.event(team=doha.team, **days(10, 15))
        put(factories.event(team=doha.team, kind="leg", **days(11, 12)), parent=other)


class TestStatus:
    @pytest.mark.parametrize("status", ["postponed", "cancelled"])
    def test_nothing_stands_in_what_is_off(self, team: Team, status: str) -> None:
        off = factories.event(team=team, status=status)
        part = factories.event(team=team, parent=off, status="draft")
        deep = factories.event(team=team, status="tentative")
        for parent in (off, part):
            with pytest.raises(tree.ParentOff) as refused:
                put(deep, parent=parent)
            assert refused.value.parent == off

    def test_what_is_postponed_may_wait_in_what_is_postponed_but_not_in_what_is_cancelled(
        self, team: Team
    ) -> None:
        part = factories.event(team=team, status="draft")
        factories.event(team=team, status="postponed", parent=part)
        put(part, parent=factories.event(team=team, status="postponed"))
        with pytest.raises(tree.ParentOff):
            put(part, parent=factories.event(team=team, status="cancelled"))

    def test_a_draft_may_wait_there(self, team: Team) -> None:
        off = factories.event(team=team, status="postponed")
        put(factories.event(team=team, status="draft"), parent=off)


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_nothing_would_end_is_refused() -> None:
    with pytest.raises(NoTransaction):
        hold_tree()


@race
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Of two concurrent changes, each legal alone, the second is refused, on both databases."""

    def test_two_events_do_not_become_parts_of_each_other(self) -> None:
        team = factories.team()
        one, two = (factories.event(team=team) for _ in range(2))
        # Loaded before the changes, as by forms that were opened earlier.
        first, second = (Event.objects.get(pk=row.pk) for row in (one, two))
        refusals = overlapping(lambda: put(first, parent=two), lambda: put(second, parent=one))
        assert [type(error) for error in refusals] == [tree.Cycle]
        parents = Event.objects.order_by("pk").values_list("parent", flat=True)
        assert list(parents) == [two.pk, None]

    def test_four_levels_do_not_become_five(self) -> None:
        team = factories.team()
        top = factories.event(team=team)
        second = factories.event(team=team, parent=top)
        third, fourth = (factories.event(team=team) for _ in range(2))
        last = factories.event(team=team, parent=fourth)
        refusals = overlapping(
            lambda: put(Event.objects.get(pk=third.pk), parent=second),
            lambda: put(Event.objects.get(pk=fourth.pk), parent=third),
        )
        assert [type(error) for error in refusals] == [tree.TooDeep]
        assert tree.above(event=last) == [fourth]

    def test_no_part_is_left_outside_of_what_shrinks(self) -> None:
        expo = factories.event(**days(5, 10))
        part = factories.event(team=expo.team, **days(10))
        refusals = overlapping(
            lambda: put(Event.objects.get(pk=expo.pk), **days(5, 9)),
            lambda: put(Event.objects.get(pk=part.pk), parent=expo),
        )
        assert [type(error) for error in refusals] == [tree.OutsideParent]
        assert not Event.objects.filter(parent=expo).exists()

    def test_no_part_moves_out_of_what_moves_away(self) -> None:
        expo = factories.event(**days(5, 10))
        part = factories.event(team=expo.team, parent=expo, **days(6))
        refusals = overlapping(
            lambda: put(Event.objects.get(pk=part.pk), **days(10)),
            lambda: put(Event.objects.get(pk=expo.pk), **days(5, 9)),
        )
        assert [type(error) for error in refusals] == [tree.OutsideParent]
        assert Event.objects.get(pk=expo.pk).end_on == date(2026, 12, 10)

    def test_two_legs_do_not_take_the_same_days(self) -> None:
        mission = factories.event(**days(10, 15))
        refusals = overlapping(
            *[
                lambda: put(
                    factories.event(team=mission.team, kind="leg", **days(11, 13)), parent=mission
                )
            ]
            * 2
        )
        assert [type(error) for error in refusals] == [tree.LegsOverlap]
        assert Event.objects.filter(kind="leg", parent=mission).count() == 1

    def test_nothing_starts_in_what_is_called_off(self) -> None:
        expo = factories.event()
        part = factories.event(team=expo.team, parent=expo, status="draft")
        refusals = overlapping(
            lambda: lifecycle.cancel(event=expo, reason="", now=LATER),
            lambda: lifecycle.propose(event=part, now=LATER),
        )
        assert [type(error) for error in refusals] == [lifecycle.NotAllowed]
        assert Event.objects.get(pk=part.pk).status == "draft"

    def test_a_form_does_not_bring_back_what_was_cancelled_meanwhile(self) -> None:
        event = factories.event()
        form = Event.objects.get(pk=event.pk)
        refusals = overlapping(
            lambda: lifecycle.cancel(event=event, reason="", now=LATER),
            lambda: put(form, title_en="Renamed"),
        )
        assert [type(error) for error in refusals] == [lifecycle.NotAllowed]
        row = Event.objects.get(pk=event.pk)
        assert (row.status, row.title_en) == ("cancelled", "Promotion Conference")

    def test_a_title_and_a_capacity_are_stored_one_after_the_other(self) -> None:
        event = factories.event()
        part = factories.event(team=event.team, parent=event)
        refusals = overlapping(
            lambda: put(Event.objects.get(pk=part.pk), capacity=9),
            lambda: put(Event.objects.get(pk=event.pk), title_en="Renamed"),
            lambda: lifecycle.touch_shown_with(event=event, now=LATER),
        )
        assert refusals == []
        assert Event.objects.get(pk=part.pk).revision == 3
