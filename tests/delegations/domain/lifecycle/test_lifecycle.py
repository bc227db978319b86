"""The states of a delegation from planning to the end, and the steps between them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from delegations.domain.lifecycle import lifecycle
from delegations.domain.lifecycle.lifecycle import (
    AttendanceOpen,
    Consequences,
    DeadlinePassed,
    Incomplete,
    NoReason,
    NotAllowed,
    NotOver,
)
from delegations.models import Application, Delegate, Delegation, Leg
from events.models import Attendee, Event
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
DEADLINE = datetime(2026, 7, 31, 10, tzinfo=UTC)
# The mission ends with 15 November in Hong Kong.
OVER = datetime(2026, 11, 15, 16, tzinfo=UTC)


def ready(**columns: object) -> Delegation:
    """A delegation with a head and a leg."""
    delegation = factories.delegation(**{"status": "selecting", **columns})
    stay = factories.event(kind="leg", parent=delegation.mission, team=delegation.team)
    Leg.objects.create(delegation=delegation, stay=stay)
    Delegate.objects.create(delegation=delegation, label_en="Head", capacity="head")
    return delegation


def stored(delegation: Delegation) -> str:
    return Delegation.objects.get(pk=delegation.pk).status


def test_from_planning_to_the_end() -> None:
    delegation = ready(status="planning")
    said = []
    for verb, now in (
        ("open_call", NOW),
        ("close_call", LATER),
        ("confirm", LATER),
        ("conclude", OVER),
    ):
        assert verb in lifecycle.next_steps(delegation=delegation)
        getattr(lifecycle, verb)(delegation=delegation, now=now)
        said.append((delegation.status, stored(delegation)))
    assert said == [(s, s) for s in ("recruiting", "selecting", "confirmed", "concluded")]


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("planning", ("open_call", "cancel")),
        ("recruiting", ("close_call", "cancel")),
        ("selecting", ("confirm", "cancel")),
        ("confirmed", ("conclude", "cancel")),
        ("concluded", ()),
        ("cancelled", ()),
    ],
)
def test_each_state_has_its_steps(state: str, steps: tuple[str, ...]) -> None:
    delegation = ready(status=state)
    assert lifecycle.next_steps(delegation=delegation) == steps
    for verb in ("open_call", "close_call", "select_directly", "confirm", "conclude"):
        if verb not in steps:
            with pytest.raises(NotAllowed) as refusal:
                getattr(lifecycle, verb)(delegation=delegation, now=NOW)
            assert refusal.value.verb == verb
    assert stored(delegation) == state


@pytest.mark.parametrize(
    ("kind", "is_appointed"),
    [
        ("official_delegation", True),
        ("duty_visit", True),
        ("trade_mission", False),
        ("business_delegation", False),
    ],
)
def test_only_who_represents_a_government_is_chosen_without_a_call(
    kind: str, is_appointed: bool
) -> None:
    delegation = factories.delegation(status="planning", kind=kind)
    assert ("select_directly" in lifecycle.next_steps(delegation=delegation)) == is_appointed
    if is_appointed:
        lifecycle.select_directly(delegation=delegation, now=NOW)
        assert stored(delegation) == "selecting"


def test_what_others_report_takes_no_steps() -> None:
    delegation = factories.delegation(status="planning", origin="reported")
    assert lifecycle.next_steps(delegation=delegation) == ()
    with pytest.raises(NotAllowed):
        lifecycle.cancel(delegation=delegation, reason="No", now=NOW)


class TestTheCall:
    def test_it_needs_a_deadline_a_quota_and_a_purpose(self) -> None:
        delegation = factories.delegation(
            status="planning", quota=None, purpose_en=" ", applications_close=None
        )
        with pytest.raises(Incomplete) as refusal:
            lifecycle.open_call(delegation=delegation, now=NOW)
        assert refusal.value.missing == ("deadline", "quota", "purpose")

    def test_a_deadline_that_is_not_known_to_the_day_is_none(self) -> None:
        coarse = factories.event(
            kind="deadline",
            precision="month",
            start_on=DEADLINE.date().replace(day=1),
            end_on=DEADLINE.date(),
        )
        delegation = factories.delegation(status="planning", applications_close=coarse)
        with pytest.raises(Incomplete) as refusal:
            lifecycle.open_call(delegation=delegation, now=NOW)
        assert refusal.value.missing == ("deadline",)

    def test_it_does_not_open_after_its_end(self) -> None:
        delegation = factories.delegation(status="planning")
        with pytest.raises(DeadlinePassed) as refusal:
            lifecycle.open_call(delegation=delegation, now=DEADLINE)
        assert refusal.value.closes_at == DEADLINE
        assert stored(delegation) == "planning"


class TestConfirmation:
    def test_it_needs_a_head_a_leg_and_decisions(self) -> None:
        delegation = factories.delegation(status="selecting")
        factories.application(delegation=delegation, status="info_requested")
        with pytest.raises(Incomplete) as refusal:
            lifecycle.confirm(delegation=delegation, now=LATER)
        assert refusal.value.missing == ("head", "leg", "decisions")

    @pytest.mark.parametrize("state", ["draft", "accepted", "waitlisted", "confirmed", "lapsed"])
    def test_others_may_still_confirm_or_wait(self, state: str) -> None:
        delegation = ready()
        factories.application(delegation=delegation, status=state)
        lifecycle.confirm(delegation=delegation, now=LATER)
        assert stored(delegation) == "confirmed"


class TestTheEnd:
    def test_not_before_the_mission_is_over_where_it_is(self) -> None:
        delegation = ready(status="confirmed")
        with pytest.raises(NotOver):
            lifecycle.conclude(delegation=delegation, now=OVER - timedelta(seconds=1))

    def test_of_a_mission_without_an_end_only_its_day_is_known(self) -> None:
        """It is over at local midnight, not at its start; waiting lists use the same rule."""
        delegation = ready(status="confirmed")
        row = Event.objects.get(delegation=delegation)
        row.precision, row.start_time = Event.Precision.TIME, time(9)
        row.end_on = row.end_time = None
        row.save()
        midnight = datetime.combine(row.start_on or date.min, time(16), UTC)  # in Hong Kong
        delegation.refresh_from_db()
        with pytest.raises(NotOver):
            lifecycle.conclude(delegation=delegation, now=midnight - timedelta(seconds=1))
        lifecycle.conclude(delegation=delegation, now=midnight)
        assert stored(delegation) == "concluded"

    @pytest.mark.parametrize("state", ["postponed", "cancelled", "draft"])
    def test_nor_if_it_has_not_taken_place(self, state: str) -> None:
        delegation = ready(status="confirmed")
        Event.objects.filter(delegation=delegation).update(status=state)
        with pytest.raises(NotOver):
            lifecycle.conclude(delegation=delegation, now=OVER)

    def test_not_before_it_is_known_who_came(self) -> None:
        delegation = ready(status="confirmed")
        mission = delegation.mission
        expected = factories.attendee(event=mission)
        there = factories.attendee(event=mission, attendance="checked_in", checked_in_at=NOW)
        factories.attendee(event=mission, attendance="attended")
        factories.attendee(event=mission, attendance="no_show")
        factories.attendee(event=mission, partstat="declined")
        factories.attendee(event=mission, seat="cancelled")
        with pytest.raises(AttendanceOpen) as refusal:
            lifecycle.conclude(delegation=delegation, now=OVER)
        assert refusal.value.attendees == [expected, there]
        Attendee.objects.filter(attendance__in=["expected", "checked_in"]).update(
            attendance="attended"
        )
        lifecycle.conclude(delegation=delegation, now=OVER)
        assert stored(delegation) == "concluded"

    def test_who_still_waits_waits_no_more(self) -> None:
        delegation = ready(status="confirmed")
        rows = {
            state: factories.application(delegation=delegation, status=state)
            for state in ("draft", "accepted", "waitlisted", "confirmed")
        }
        lifecycle.conclude(delegation=delegation, now=OVER)
        assert {
            state: Application.objects.get(pk=row.pk).status for state, row in rows.items()
        } == {
            "draft": "withdrawn",
            "accepted": "lapsed",
            "waitlisted": "lapsed",
            "confirmed": "confirmed",
        }


class TestCancellation:
    def test_the_mission_and_the_call_are_off_and_so_are_the_applications(self) -> None:
        delegation = ready(status="recruiting")
        rows = {
            state: factories.application(delegation=delegation, status=state, reason=old)
            for state, old in [
                ("draft", ""),
                ("submitted", ""),
                ("under_review", ""),
                ("info_requested", ""),
                ("accepted", ""),
                ("waitlisted", ""),
                ("confirmed", ""),
                ("declined", "Long ago"),
                ("withdrawn", ""),
            ]
        }
        lifecycle.cancel(delegation=delegation, reason="War", now=LATER)
        found = {state: Application.objects.get(pk=row.pk) for state, row in rows.items()}
        assert {state: (row.status, row.reason) for state, row in found.items()} == {
            "draft": ("withdrawn", ""),
            "submitted": ("declined", "War"),
            "under_review": ("declined", "War"),
            "info_requested": ("declined", "War"),
            "accepted": ("lapsed", ""),
            "waitlisted": ("lapsed", ""),
            "confirmed": ("confirmed", ""),
            "declined": ("declined", "Long ago"),
            "withdrawn": ("withdrawn", ""),
        }
        assert found["submitted"].decided_at == LATER
        for event in Event.objects.filter(kind__in=["trade_mission", "deadline"]):
            assert (event.status, event.cancellation_reason) == ("cancelled", "War")
        assert stored(delegation) == "cancelled"

    @pytest.mark.parametrize("state", ["draft", "cancelled"])
    def test_what_nobody_knows_of_or_what_is_off_already_stays(self, state: str) -> None:
        delegation = factories.delegation(status="planning", applications_close=None)
        Event.objects.filter(delegation=delegation).update(status=state)
        lifecycle.cancel(delegation=delegation, reason="War", now=LATER)
        mission = Event.objects.get(delegation=delegation)
        assert (mission.status, mission.cancellation_reason) == (state, "")

    def test_it_is_said_why(self) -> None:
        delegation = factories.delegation()
        with pytest.raises(NoReason):
            lifecycle.cancel(delegation=delegation, reason=" ", now=LATER)
        assert stored(delegation) == "recruiting"


def test_a_step_says_before_whom_it_concerns() -> None:
    delegation = ready(status="recruiting")
    for state in ("draft", "submitted", "info_requested", "accepted", "waitlisted", "confirmed"):
        factories.application(delegation=delegation, status=state)
    assert lifecycle.consequences(delegation=delegation, verb="cancel") == Consequences(
        members=1, drafts=1, undecided=2, open=2
    )
