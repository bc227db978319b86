"""Two transactions at the same time: one is first, and both end without a fault."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from delegations.domain.applications import applications
from delegations.domain.applications.applications import AlreadyApplied, NotAllowed
from delegations.domain.rosters import legs, rosters
from delegations.domain.rosters.rosters import NoSeatsLeft, TwoHeads
from delegations.models import Application, Delegate, Delegation
from events.models import Attendee
from tests import factories
from tests.factories import NOW
from tests.races import at_once, outcomes, race

pytestmark = [pytest.mark.both_databases, race, pytest.mark.django_db(transaction=True)]

LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(days=14)


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


def test_of_two_acceptances_for_the_last_seats_one_waits() -> None:
    delegation = factories.delegation(quota=3)
    rows = [
        factories.application(delegation=delegation, seats=2, status="under_review")
        for _ in range(2)
    ]
    assert sorted(outcomes(*map(accepting, rows))) == ["accepted", "waitlisted"]
    assert applications.room(delegation=delegation).taken == 2


def test_a_seat_given_back_reaches_who_is_accepted_at_that_instant() -> None:
    delegation = factories.delegation(quota=1)
    has = factories.application(delegation=delegation, status="accepted")
    comes = factories.application(delegation=delegation, status="under_review")
    outcomes(partial(applications.withdraw, application=has, now=LATER), accepting(comes))
    assert statuses(has, comes) == ["withdrawn", "accepted"]


def test_a_confirmation_at_the_last_moment_counts_or_lapses_and_never_both() -> None:
    delegation = factories.delegation(quota=1)
    row = factories.application(delegation=delegation, status="accepted", confirm_by=UNTIL)
    waits = factories.application(delegation=delegation, status="waitlisted")
    confirming = partial(
        applications.confirm, application=row, now=UNTIL - timedelta(milliseconds=1)
    )
    said, lapsed = outcomes(confirming, partial(applications.lapse, now=UNTIL))
    if said is None:
        assert (lapsed, statuses(row, waits)) == (0, ["confirmed", "waitlisted"])
    else:
        assert (type(said), lapsed) == (NotAllowed, 1)
        assert statuses(row, waits) == ["lapsed", "accepted"]
    assert delegation.delegates.count() == (said is None)
    assert applications.room(delegation=delegation).taken == 1


def test_of_two_heads_one_is() -> None:
    delegation = factories.delegation()
    ends = outcomes(
        *(
            partial(rosters.add, delegation=delegation, label=label, capacity="head", now=LATER)
            for label in ("one", "other")
        )
    )
    assert Counter(map(type, ends)) == {Delegate: 1, TwoHeads: 1}
    assert delegation.delegates.filter(capacity="head").count() == 1


def test_of_two_who_are_made_head_one_becomes_deputy() -> None:
    delegation = factories.delegation()
    rows = [rosters.add(delegation=delegation, label=name, now=NOW) for name in ("one", "other")]
    ends = outcomes(*(partial(rosters.appoint_head, delegate=row, now=LATER) for row in rows))
    assert ends == [None, None]
    capacities = delegation.delegates.values_list("capacity", flat=True)
    assert sorted(capacities) == ["deputy", "head"]
    assert is_in_step(delegation)


def test_of_two_members_for_the_last_seat_one_gets_it() -> None:
    delegation = factories.delegation(quota=1)
    ends = outcomes(
        *(
            partial(rosters.add, delegation=delegation, label=label, now=LATER)
            for label in ("one", "other")
        )
    )
    assert NoSeatsLeft in map(type, ends)
    assert delegation.delegates.count() == 1


def test_of_two_applications_of_one_organisation_one_is_there_already() -> None:
    delegation, firm = factories.delegation(), factories.organisation()
    draft = partial(applications.draft, delegation=delegation, organisation=firm, now=LATER)
    ends = outcomes(draft, draft)
    assert AlreadyApplied in map(type, ends)
    assert Application.objects.count() == 1


def test_a_new_member_attends_the_leg_that_is_new_at_that_instant() -> None:
    delegation, place = factories.delegation(), factories.place()
    mission = delegation.mission
    assert mission
    leg, member = outcomes(
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
    assert at_once(*ranking, *joining) == []
    ranks = delegation.delegates.values_list("precedence", flat=True)
    assert sorted(ranks, key=lambda rank: rank or 0) == [1, 2, 3, 4, 5, 6]
    assert is_in_step(delegation)
