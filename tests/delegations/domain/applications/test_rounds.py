"""Rounds: what is foreseen for several applications is what happens to them."""

from datetime import timedelta
from typing import Any

import pytest

from delegations.domain.applications import applications, rounds
from delegations.domain.mail.decisions import Silence
from delegations.domain.rosters import rosters
from delegations.models import Application, Decision, Delegation
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(days=14)
VALUES: dict[str, dict[str, Any]] = {
    "accept": {"confirm_by": UNTIL},
    "decline": {"reason": "No stand left"},
    "request_info": {"question": "Which market?"},
}


def applied(delegation: Delegation, *seats: int, **columns: Any) -> list[Application]:
    return [factories.application(delegation=delegation, seats=n, **columns) for n in seats]


def plan(rows: list[Application], verb: str) -> rounds.Round:
    [found] = rounds.plan(keys=[row.pk for row in rows], verb=verb, now=LATER)
    return found


def take(rows: list[Application], verb: str, **values: Any) -> rounds.Round:
    keys = [row.pk for row in rows]
    values = {**VALUES.get(verb, {}), **values}
    [found] = rounds.take(keys=keys, verb=verb, user=None, now=LATER, **values)
    for row in rows:
        row.refresh_from_db()
    return found


def statuses(rows: list[Application]) -> list[str]:
    return [Application.objects.get(pk=row.pk).status for row in rows]


def test_seats_are_counted_down_in_the_order_of_submission() -> None:
    delegation = factories.delegation(quota=4)
    rows = applied(delegation, 2, 3, 2)
    for found in (plan([*reversed(rows)], "accept"), take(rows, "accept")):
        assert (found.room.taken, found.room.free) == (0, 4)
        assert [(o.application, o.asked, o.status, o.free) for o in found.outcomes] == [
            (rows[0], 2, "accepted", 2),
            (rows[1], 3, "waitlisted", 2),
            (rows[2], 2, "accepted", 0),
        ]
    assert statuses(rows) == ["accepted", "waitlisted", "accepted"]
    assert [row.confirm_by for row in rows] == [UNTIL, None, UNTIL]


def test_to_foresee_changes_nothing() -> None:
    rows = applied(factories.delegation(quota=1), 1, 1)
    for verb in rounds.STEPS:
        plan(rows, verb)
    assert statuses(rows) == ["submitted", "submitted"]


def test_who_cannot_is_refused_and_the_others_go_on() -> None:
    delegation = factories.delegation(quota=1)
    [gone] = applied(delegation, 1, status="withdrawn")
    rows = applied(delegation, 1)
    found = take([gone, *rows], "accept")
    assert [type(o.refusal) for o in found.outcomes] == [applications.NotAllowed, type(None)]
    assert statuses([gone, *rows]) == ["withdrawn", "accepted"]


def test_nobody_waits_while_seats_are_free_for_them() -> None:
    delegation = factories.delegation(quota=2)
    rows = applied(delegation, 1, 2)
    found = take(rows, "waitlist")
    assert [type(o.refusal) for o in found.outcomes] == [applications.SeatsLeft] * 2
    accepted = applied(delegation, 1)
    take(accepted, "accept")
    found = take(rows, "waitlist")
    assert [type(o.refusal) for o in found.outcomes] == [applications.SeatsLeft, type(None)]
    assert statuses(rows) == ["submitted", "waitlisted"]


def test_who_is_declined_together_does_not_move_up_in_between() -> None:
    delegation = factories.delegation(quota=3)
    take(applied(delegation, 2), "accept")
    big, small, last = applied(delegation, 2, 1, 1)
    take([big], "accept")
    take([small, last], "waitlist")
    assert statuses([big, small, last]) == ["waitlisted"] * 3
    for found in (plan([big, small], "decline"), take([big, small], "decline")):
        assert list(found.rising) == [last]
    assert statuses([big, small, last]) == ["declined", "declined", "accepted"]
    assert [row.reason for row in (big, small)] == ["No stand left"] * 2


def test_who_has_agreed_is_on_the_roster_at_once() -> None:
    delegation = factories.delegation(quota=3)
    rows = applied(delegation, 2, 2, 1)
    found = take(rows, "admit")
    assert [o.status for o in found.outcomes] == ["confirmed", "submitted", "confirmed"]
    assert isinstance(found.outcomes[1].refusal, rosters.NoSeatsLeft)
    assert delegation.delegates.count() == 3
    assert not Decision.objects.exists()


def test_acceptances_are_confirmed_together() -> None:
    delegation = factories.delegation(quota=3)
    rows = applied(delegation, 2, 1, status="accepted", confirm_by=UNTIL)
    late = applied(delegation, 0, status="accepted", confirm_by=LATER)
    found = take([*rows, *late], "confirm")
    assert [type(o.refusal) for o in found.outcomes[2:]] == [applications.Lapsed]
    assert statuses(rows) == ["confirmed", "confirmed"]
    assert [member.precedence for member in delegation.delegates.in_order()] == [1, 2, 3]


def test_a_question_is_put_to_all() -> None:
    rows = applied(factories.delegation(), 1, 1)
    take(rows, "request_info")
    assert {(row.status, row.question) for row in rows} == {("info_requested", "Which market?")}


def test_it_says_who_is_told_and_who_cannot_be() -> None:
    delegation = factories.delegation(quota=9)
    [told] = applied(delegation, 1, contact=factories.person())
    [mute] = applied(delegation, 1, contact=factories.person(email=""))
    [alone] = applied(delegation, 1)
    found = take([told, mute, alone], "accept")
    expected = [None, Silence.NO_ADDRESS, Silence.NO_CONTACT]
    assert [o.silence for o in found.outcomes] == expected
    assert [row.application for row in Decision.objects.all()] == [told]


def test_what_no_application_could_take_is_refused_for_all() -> None:
    rows = applied(factories.delegation(), 1)
    with pytest.raises(applications.TooSoon):
        take(rows, "accept", confirm_by=NOW)
    with pytest.raises(applications.NoReason):
        take(rows, "decline", reason=" ")
    assert statuses(rows) == ["submitted"]


def test_each_delegation_has_its_own_seats() -> None:
    user = factories.user()
    rows = [*applied(factories.delegation(quota=1), 1), *applied(factories.delegation(quota=1), 1)]
    keys = [row.pk for row in rows]
    found = rounds.take(keys=keys, verb="accept", user=user, now=LATER, confirm_by=UNTIL)
    assert [each.delegation for each in found] == [row.delegation for row in rows]
    assert statuses(rows) == ["accepted", "accepted"]
    assert {row.decided_by for row in Application.objects.all()} == {user}


def test_many_cost_as_many_queries_as_few(django_assert_num_queries: Any) -> None:
    delegation = factories.delegation(quota=5)
    applied(delegation, 1)
    for more in (0, 2, factories.MANY - 3):
        applied(delegation, *[1] * more)
        keys = list(delegation.applications.values_list("pk", flat=True))
        for verb in rounds.STEPS:
            with django_assert_num_queries(4):
                rounds.plan(keys=keys, verb=verb, now=LATER)
