"""Two transactions at the same time: one is first, and both end without a fault."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from delegations.domain.applications import applications
from delegations.domain.applications.applications import AlreadyApplied, Lapsed, NotAllowed
from delegations.domain.rosters import legs, rosters
from delegations.domain.rosters.rosters import NoSeatsLeft, TwoHeads
from delegations.models import Application, Delegate, Delegation
from events.models import Attendee
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(days=14)
REFUSALS = (AlreadyApplied, Lapsed, NotAllowed, NoSeatsLeft, TwoHeads)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return what each call returned, or the class of its refusal."""
    barrier = Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(30)
            outcomes[number] = call()
        except REFUSALS as refusal:
            outcomes[number] = type(refusal)
        except Exception as fault:  # a thread would swallow it
            outcomes[number] = fault
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def accepting(application: Application) -> Callable[[], str]:
    return partial(
        applications.accept, application=application, confirm_by=UNTIL, user=None, now=LATER
    )


def statuses(*rows: Application) -> list[str]:
    return [Application.objects.get(pk=row.pk).status for row in rows]


def is_in_step(delegation: Delegation) -> bool:
    """Whether another `sync` would change nothing."""
    before = list(Attendee.objects.order_by("pk").values())
    rosters.sync(delegation=delegation, now=LATER)
    return before == list(Attendee.objects.order_by("pk").values())


@pytest.mark.parametrize("_round", range(3))
def test_of_two_acceptances_for_the_last_seats_one_waits(_round: int) -> None:
    delegation = factories.delegation(quota=3)
    rows = [
        factories.application(delegation=delegation, seats=2, status="under_review")
        for _ in range(2)
    ]
    assert sorted(at_once(*map(accepting, rows))) == ["accepted", "waitlisted"]
    assert applications.room(delegation=delegation).taken == 2


@pytest.mark.parametrize("_round", range(3))
def test_a_seat_given_back_reaches_who_is_accepted_at_that_instant(_round: int) -> None:
    delegation = factories.delegation(quota=1)
    has = factories.application(delegation=delegation, status="accepted")
    comes = factories.application(delegation=delegation, status="under_review")
    at_once(partial(applications.withdraw, application=has, now=LATER), accepting(comes))
    assert statuses(has, comes) == ["withdrawn", "accepted"]


@pytest.mark.parametrize("_round", range(3))
def test_a_confirmation_at_the_last_moment_counts_or_lapses_and_never_both(_round: int) -> None:
    delegation = factories.delegation(quota=1)
    row = factories.application(delegation=delegation, status="accepted", confirm_by=UNTIL)
    waits = factories.application(delegation=delegation, status="waitlisted")
    confirming = partial(
        applications.confirm, application=row, now=UNTIL - timedelta(milliseconds=1)
    )
    said, lapsed = at_once(confirming, partial(applications.lapse, now=UNTIL))
    if said is None:
        assert (lapsed, statuses(row, waits)) == (0, ["confirmed", "waitlisted"])
    else:
        assert (said, lapsed) == (NotAllowed, 1)
        assert statuses(row, waits) == ["lapsed", "accepted"]
    assert delegation.delegates.count() == (said is None)
    assert applications.room(delegation=delegation).taken == 1


@pytest.mark.parametrize("_round", range(3))
def test_of_two_heads_one_is(_round: int) -> None:
    delegation = factories.delegation()
    outcomes = at_once(
        *(
            partial(rosters.add, delegation=delegation, label=label, capacity="head", now=LATER)
            for label in ("one", "other")
        )
    )
    assert Counter(map(type, outcomes))[Delegate] == 1
    assert TwoHeads in outcomes
    assert delegation.delegates.filter(capacity="head").count() == 1


def test_of_two_who_are_made_head_one_becomes_deputy() -> None:
    delegation = factories.delegation()
    rows = [rosters.add(delegation=delegation, label=name, now=NOW) for name in ("one", "other")]
    outcomes = at_once(*(partial(rosters.appoint_head, delegate=row, now=LATER) for row in rows))
    assert outcomes == [None, None]
    capacities = delegation.delegates.values_list("capacity", flat=True)
    assert sorted(capacities) == ["deputy", "head"]
    assert is_in_step(delegation)


@pytest.mark.parametrize("_round", range(3))
def test_of_two_members_for_the_last_seat_one_gets_it(_round: int) -> None:
    delegation = factories.delegation(quota=1)
    outcomes = at_once(
        *(
            partial(rosters.add, delegation=delegation, label=label, now=LATER)
            for label in ("one", "other")
        )
    )
    assert NoSeatsLeft in outcomes
    assert delegation.delegates.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_of_two_applications_of_one_organisation_one_is_there_already(_round: int) -> None:
    delegation, firm = factories.delegation(), factories.organisation()
    draft = partial(applications.draft, delegation=delegation, organisation=firm, now=LATER)
    outcomes = at_once(draft, draft)
    assert AlreadyApplied in outcomes
    assert Application.objects.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_a_new_member_attends_the_leg_that_is_new_at_that_instant(_round: int) -> None:
    delegation, place = factories.delegation(), factories.place()
    mission = delegation.mission
    assert mission
    leg, member = at_once(
        partial(
            legs.add,
            delegation=delegation,
            place=place,
            first=date(2026, 11, 11),
            last=date(2026, 11, 12),
            now=LATER,
        ),
        partial(rosters.add, delegation=delegation, person=factories.person(), now=LATER),
    )
    there = Attendee.objects.filter(person=member.person, seat="confirmed")
    assert {row.event for row in there} == {mission, leg.stay}
    assert is_in_step(delegation)


def test_six_who_rank_and_join_at_once_keep_their_ranks_apart() -> None:
    delegation = factories.delegation(quota=None)
    rows = [rosters.add(delegation=delegation, label=str(n), now=NOW) for n in range(3)]
    ranking = [
        partial(rosters.reorder, delegation=delegation, delegates=[row], now=LATER) for row in rows
    ]
    joining = [
        partial(rosters.add, delegation=delegation, label=f"new {n}", now=LATER) for n in range(3)
    ]
    outcomes = at_once(*ranking, *joining)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    ranks = delegation.delegates.values_list("precedence", flat=True)
    assert sorted(ranks, key=lambda rank: rank or 0) == [1, 2, 3, 4, 5, 6]
    assert is_in_step(delegation)
