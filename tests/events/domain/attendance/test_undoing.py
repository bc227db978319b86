"""Steps of attendees taken back: what comes back, what stays, what is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.domain.attendance import attendees, undoing
from events.domain.attendance.attendees import NotAllowed, NotOpen, Over
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Event, User
from tests import factories
from tests.factories import NOW
from tests.races import at_once, race

pytestmark = pytest.mark.django_db

Partstat = Attendee.Partstat
DAY = datetime.fromisoformat("2026-12-02T01:00:00+00:00")  # half an hour before it begins
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def user() -> User:
    return factories.user()


def by(user: User | None, attendee: Attendee) -> Attendee:
    """Return the attendee, whose next changes are recorded as those of the user."""
    attendee._history_user = user  # type: ignore[attr-defined]
    return attendee


def state(attendee: Attendee) -> dict[str, Any]:
    return Attendee.objects.values(*attendees.STATE).get(pk=attendee.pk)


def short(attendee: Attendee) -> tuple[str, str, str]:
    found = state(attendee)
    return found["partstat"], found["seat"], found["attendance"]


class TestPresence:
    @pytest.mark.parametrize(
        "columns",
        [
            {"partstat": "accepted", "seat": "confirmed", "answered_at": NOW},
            {"partstat": "needs_action", "seat": "none"},
            {"partstat": "tentative", "seat": "none", "answered_at": NOW},
        ],
    )
    def test_a_check_in_leaves_no_trace_but_in_the_history(self, columns: dict[str, Any]) -> None:
        attendee = factories.attendee(**columns)
        before = state(attendee)
        attendees.check_in(attendee=attendee, now=DAY)
        undoing.undo_check_in(attendee=attendee, now=DAY)
        assert state(attendee) == before

    def test_the_place_of_a_walk_in_goes_to_who_waits(self) -> None:
        event = factories.event(capacity=1)
        walk_in = factories.attendee(event=event, partstat="needs_action")
        attendees.check_in(attendee=walk_in, now=DAY)
        waits = factories.attendee(event=event, partstat="needs_action")
        attendees.answer(attendee=waits, partstat=Partstat.ACCEPTED, now=DAY)
        undoing.undo_check_in(attendee=walk_in, now=DAY)
        assert short(waits) == ("accepted", "confirmed", "expected")

    def test_attended_leads_back_to_checked_in(self) -> None:
        attendee = factories.attendee(seat="confirmed")
        attendees.check_in(attendee=attendee, now=DAY)
        before = state(attendee)
        attendees.mark_attended(attendee=attendee, now=DAY)
        undoing.undo_attended(attendee=attendee, now=DAY)
        assert state(attendee) == before

    def test_a_no_show_is_expected_again(self) -> None:
        attendee = factories.attendee(seat="confirmed")
        before = state(attendee)
        attendees.mark_no_show(attendee=attendee, now=DAY + timedelta(days=1))
        undoing.undo_no_show(attendee=attendee, now=DAY + timedelta(days=2))
        assert state(attendee) == before

    @pytest.mark.parametrize("verb", undoing.CHECKS)
    def test_without_the_step_there_is_nothing_to_take_back(self, verb: str) -> None:
        attendee = factories.attendee(seat="confirmed")
        assert undoing.next_steps(attendee=attendee, now=NOW) == ()
        with pytest.raises(NotAllowed):
            getattr(undoing, verb)(attendee=attendee, now=NOW)


class TestCheckInOpens:
    def test_not_before_the_day_before(self) -> None:
        attendee = factories.attendee(seat="confirmed")
        start = attendee.event.start_at
        assert start is not None
        with pytest.raises(attendees.TooEarly) as refused:
            attendees.check_in(attendee=attendee, now=NOW)
        said = refused.value.sentence(user=None)
        assert "2 December 2026" in said
        assert "Check-in opens a day before it begins." in said
        assert "check_in" not in attendees.next_steps(attendee=attendee, now=NOW)
        attendees.check_in(attendee=attendee, now=start - timedelta(hours=24))
        assert short(attendee)[2] == "checked_in"

    def test_of_a_date_that_is_not_known_nobody_knows_what_is_too_early(self) -> None:
        event = factories.event(precision="unknown", start_on=None)
        attendee = factories.attendee(event=event, seat="confirmed")
        attendees.check_in(attendee=attendee, now=NOW)
        assert short(attendee)[2] == "checked_in"


class TestAnswers:
    def test_a_decline_entered_by_mistake_gives_the_place_back(self, user: User) -> None:
        attendee = factories.attendee(seat="confirmed", answered_at=NOW)
        before = state(attendee)
        attendees.answer(attendee=by(user, attendee), partstat=Partstat.DECLINED, now=LATER)
        assert undoing.next_steps(attendee=attendee, now=LATER) == ("undo_answer",)
        undoing.undo_answer(attendee=attendee, now=LATER)
        assert state(attendee) == before

    def test_if_the_place_is_gone_they_wait_ahead_of_later_answers(self, user: User) -> None:
        event = factories.event(capacity=1)
        first, second, third = (
            factories.attendee(event=event, partstat="needs_action") for _ in range(3)
        )
        for number, each in enumerate((first, second, third)):
            at = NOW + timedelta(minutes=number)
            attendees.answer(attendee=each, partstat=Partstat.ACCEPTED, now=at)
        attendees.answer(attendee=by(user, first), partstat=Partstat.DECLINED, now=LATER)
        undoing.undo_answer(attendee=first, now=LATER)
        assert [short(each)[1] for each in (first, second, third)] == [
            "waitlisted", "confirmed", "waitlisted",
        ]  # fmt: skip
        queue = Attendee.objects.waiting().values_list("pk", flat=True)
        assert list(queue) == [first.pk, third.pk]

    def test_an_acceptance_frees_its_place(self, user: User) -> None:
        event = factories.event(capacity=1)
        attendee = factories.attendee(event=event, partstat="needs_action")
        waits = factories.attendee(event=event, partstat="needs_action")
        for each in (attendee, waits):
            attendees.answer(attendee=by(user, each), partstat=Partstat.ACCEPTED, now=NOW)
        undoing.undo_answer(attendee=attendee, now=LATER)
        assert short(attendee) == ("needs_action", "none", "expected")
        assert short(waits) == ("accepted", "confirmed", "expected")

    def test_a_guests_own_answer_is_not_taken_back(self) -> None:
        attendee = factories.attendee(partstat="needs_action")
        attendees.answer(attendee=attendee, partstat=Partstat.DECLINED, now=NOW)
        assert undoing.next_steps(attendee=attendee, now=NOW) == ()
        with pytest.raises(NotAllowed):
            undoing.undo_answer(attendee=attendee, now=NOW)

    def test_a_release_by_mistake_leads_back_on_the_list(self, user: User) -> None:
        attendee = factories.attendee(seat="confirmed", answered_at=NOW)
        before = state(attendee)
        attendees.release(attendee=attendee, now=LATER)
        assert undoing.next_steps(attendee=attendee, now=LATER) == ("undo_release",)
        undoing.undo_release(attendee=attendee, now=LATER)
        assert state(attendee) == before

    def test_not_when_the_event_is_off_or_over(self, user: User) -> None:
        attendee = factories.attendee(seat="confirmed", answered_at=NOW)
        attendees.release(attendee=attendee, now=LATER)
        with pytest.raises(Over):
            undoing.undo_release(attendee=attendee, now=DAY + timedelta(days=2))
        lifecycle.cancel(event=attendee.event, reason="", now=LATER)
        with pytest.raises(NotOpen):
            undoing.undo_release(attendee=attendee, now=LATER)


@race
@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once() -> None:
    event = factories.event(capacity=1)
    out, comes = (factories.attendee(event=event, partstat="needs_action") for _ in range(2))
    attendees.answer(attendee=out, partstat=Partstat.ACCEPTED, now=NOW)
    attendees.release(attendee=out, now=NOW)
    errors = at_once(
        lambda: undoing.undo_release(attendee=Attendee.objects.get(pk=out.pk), now=LATER),
        lambda: attendees.answer(
            attendee=Attendee.objects.get(pk=comes.pk), partstat=Partstat.ACCEPTED, now=LATER
        ),
    )
    assert errors == []
    assert sorted(short(each)[1] for each in (out, comes)) == ["confirmed", "waitlisted"]
    assert Event.objects.get(pk=event.pk).capacity == 1
