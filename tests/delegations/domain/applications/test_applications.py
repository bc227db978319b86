"""Applications: the call, seats, the waiting list, and the effects of decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from delegations.domain.applications import applications
from delegations.domain.applications.applications import (
    AlreadyApplied,
    CallClosed,
    Lapsed,
    NoNominees,
    NoReason,
    NoSeatsLeft,
    NotAllowed,
    SeatsLeft,
    TooSoon,
)
from delegations.domain.rosters import quotas, rosters
from delegations.domain.rosters.quotas import Room
from delegations.models import Application, Delegation, Nominee
from events.models import Attendee
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

# 31 July 2026, 18:00 in Hong Kong
DEADLINE = datetime(2026, 7, 31, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(days=14)
MINUTE = timedelta(minutes=1)


def status(application: Application) -> str:
    return Application.objects.get(pk=application.pk).status


def statuses(*rows: Application) -> list[str]:
    return [status(row) for row in rows]


def examined(delegation: Delegation, seats: int = 1, **columns: Any) -> Application:
    """An application under review."""
    columns = {"status": "under_review", **columns}
    return factories.application(delegation=delegation, seats=seats, **columns)


def accept(*rows: Application, confirm_by: datetime = UNTIL) -> list[str]:
    return [
        applications.accept(application=row, confirm_by=confirm_by, user=None, now=LATER)
        for row in rows
    ]


class TestTheCall:
    def test_it_is_open_until_the_moment_of_the_deadline_where_the_organiser_is(self) -> None:
        delegation = factories.delegation()
        assert applications.closes_at(delegation=delegation) == DEADLINE
        late, early = (
            factories.application(delegation=delegation, status="draft") for _ in range(2)
        )
        with pytest.raises(CallClosed) as refusal:
            applications.submit(application=late, now=DEADLINE)
        assert refusal.value.delegation == delegation
        applications.submit(application=early, now=DEADLINE - MINUTE)
        assert statuses(late, early) == ["draft", "submitted"]
        assert early.submitted_at == DEADLINE - MINUTE

    def test_a_deadline_that_is_a_day_ends_with_it(self) -> None:
        day = factories.event(
            kind="deadline", precision="day", timezone="Asia/Hong_Kong", start_on=DEADLINE.date()
        )
        delegation = factories.delegation(applications_close=day)
        midnight = datetime(2026, 7, 31, 16, tzinfo=UTC)
        assert applications.closes_at(delegation=delegation) == midnight

    @pytest.mark.parametrize("deadline", [None, "cancelled"])
    def test_without_a_deadline_there_is_no_call(self, deadline: str | None) -> None:
        event = factories.event(kind="deadline", status=deadline) if deadline else None
        row = factories.application(
            delegation=factories.delegation(applications_close=event), status="draft"
        )
        with pytest.raises(CallClosed):
            applications.submit(application=row, now=NOW)

    @pytest.mark.parametrize("state", ["planning", "selecting", "confirmed"])
    def test_only_while_recruiting(self, state: str) -> None:
        delegation = factories.delegation(status=state)
        row = factories.application(delegation=delegation, status="draft")
        assert applications.next_steps(application=row) == ("withdraw",)
        with pytest.raises(NotAllowed) as refusal:
            applications.submit(application=row, now=NOW)
        assert (refusal.value.row, refusal.value.verb) == (row, "submit")

    def test_who_proposes_nobody_cannot_submit(self) -> None:
        row = factories.application(status="draft", seats=0)
        with pytest.raises(NoNominees):
            applications.submit(application=row, now=NOW)

    def test_an_organisation_applies_once(self) -> None:
        known = factories.application(status="waitlisted")
        with pytest.raises(AlreadyApplied) as refusal:
            applications.draft(
                delegation=known.delegation, organisation=known.organisation, now=NOW
            )
        assert refusal.value.application == known

    @pytest.mark.parametrize("end", ["declined", "lapsed", "withdrawn"])
    def test_and_anew_when_that_came_to_nothing(self, end: str) -> None:
        known = factories.application(status=end, reason="No stand left")
        contact = factories.person()
        row = applications.draft(
            delegation=known.delegation,
            organisation=known.organisation,
            contact=contact,
            statement="Once more",
            now=NOW,
        )
        assert (status(row), row.contact, row.statement) == ("draft", contact, "Once more")

    def test_no_draft_is_begun_after_the_deadline(self) -> None:
        delegation = factories.delegation()
        with pytest.raises(CallClosed):
            applications.draft(
                delegation=delegation, organisation=factories.organisation(), now=DEADLINE
            )


class TestExamination:
    def test_whoever_decides_at_once_has_examined(self) -> None:
        delegation = factories.delegation(quota=1)
        rows = [factories.application(delegation=delegation) for _ in range(3)]
        accept(rows[0])
        applications.waitlist(application=rows[1], user=None, now=LATER)
        applications.decline(application=rows[2], reason="Too late", user=None, now=LATER)
        assert statuses(*rows) == ["accepted", "waitlisted", "declined"]

    def test_a_question_waits_for_its_reply(self) -> None:
        row = factories.application()
        applications.review(application=row, now=LATER)
        applications.request_info(application=row, question="Which market?", now=LATER)
        assert (row.status, row.question, row.reply) == ("info_requested", "Which market?", "")
        applications.reply(application=row, reply="Qatar", now=LATER)
        assert (row.status, row.question, row.reply) == ("under_review", "Which market?", "Qatar")

    @pytest.mark.parametrize(
        ("state", "steps"),
        [
            ("draft", ("submit", "withdraw")),
            (
                "submitted",
                ("accept", "admit", "waitlist", "decline", "request_info", "review", "withdraw"),
            ),
            (
                "under_review",
                ("accept", "admit", "waitlist", "decline", "request_info", "withdraw"),
            ),
            ("info_requested", ("reply", "withdraw")),
            ("accepted", ("confirm", "withdraw", "reconsider")),
            ("waitlisted", ("decline", "withdraw", "reconsider")),
            ("confirmed", ("withdraw",)),
            ("declined", ("reconsider",)),
            ("lapsed", ()),
            ("withdrawn", ()),
        ],
    )
    def test_each_state_has_its_steps(self, state: str, steps: tuple[str, ...]) -> None:
        row = factories.application(status=state, reason="Because")
        assert applications.next_steps(application=row) == steps

    @pytest.mark.parametrize("state", ["concluded", "cancelled"])
    def test_nothing_is_decided_when_the_delegation_is_over(self, state: str) -> None:
        row = examined(factories.delegation(status=state))
        assert applications.next_steps(application=row) == ()
        with pytest.raises(NotAllowed):
            accept(row)

    def test_a_decision_says_who_took_it_and_when(self) -> None:
        user = factories.user()
        row = examined(factories.delegation())
        applications.accept(application=row, confirm_by=UNTIL, user=user, now=LATER)
        assert (row.decided_by, row.decided_at, row.confirm_by) == (user, LATER, UNTIL)

    def test_who_is_declined_reads_why(self) -> None:
        row = examined(factories.delegation())
        with pytest.raises(NoReason):
            applications.decline(application=row, reason=" ", user=None, now=LATER)
        applications.decline(application=row, reason="No stand left", user=None, now=LATER)
        assert (status(row), row.reason, row.decided_at) == ("declined", "No stand left", LATER)

    def test_who_is_accepted_has_time_to_confirm(self) -> None:
        row = examined(factories.delegation())
        with pytest.raises(TooSoon) as refusal:
            accept(row, confirm_by=LATER)
        assert refusal.value.confirm_by == LATER
        assert status(row) == "under_review"

    def test_what_was_refused_leaves_the_row_in_hand_as_it_was(self) -> None:
        row = examined(factories.delegation())
        with pytest.raises(TooSoon):
            accept(row, confirm_by=NOW)
        assert (row.status, row.decided_at) == ("under_review", None)


class TestSeats:
    def test_members_and_acceptances_take_them(self) -> None:
        delegation = factories.delegation(quota=10)
        rosters.add(delegation=delegation, label="Head", capacity="head", now=NOW)
        rosters.add(delegation=delegation, label="Interpreter", capacity="interpreter", now=NOW)
        factories.application(delegation=delegation, seats=2, status="accepted")
        factories.application(delegation=delegation, seats=9, status="waitlisted")
        examined(delegation, seats=3)
        assert applications.room(delegation=delegation) == Room(10, taken=3, free=7, waiting=1)

    def test_without_a_quota_there_is_always_room(self) -> None:
        delegation = factories.delegation(quota=None)
        assert accept(examined(delegation, seats=50)) == ["accepted"]
        assert applications.room(delegation=delegation) == Room(None, 50, None, 0)

    def test_who_comes_too_late_waits(self) -> None:
        delegation = factories.delegation(quota=3)
        first, second, third = (
            examined(delegation, 2),
            examined(delegation, 2),
            examined(delegation),
        )
        assert accept(first, second, third) == ["accepted", "waitlisted", "accepted"]
        assert second.confirm_by is None

    def test_who_travels_along_needs_no_seat(self) -> None:
        delegation = factories.delegation(quota=1)
        row = examined(delegation)
        Nominee.objects.create(application=row, label_en="Interpreter", capacity="interpreter")
        assert applications.seats(application=row) == 1
        assert accept(row) == ["accepted"]

    def test_one_organisation_gets_so_many_and_no_more(self) -> None:
        delegation = factories.delegation(quota=10, organisation_quota=2)
        firm = factories.organisation()
        rosters.add(delegation=delegation, label="Chair", organisation=firm, now=NOW)
        assert accept(examined(delegation, 2, organisation=firm)) == ["waitlisted"]
        assert accept(examined(delegation, 2)) == ["accepted"]

    def test_nobody_waits_for_what_is_there(self) -> None:
        delegation = factories.delegation(quota=1)
        row = examined(delegation)
        with pytest.raises(SeatsLeft):
            applications.waitlist(application=row, user=None, now=LATER)
        assert status(row) == "under_review"
        accept(examined(delegation))
        applications.waitlist(application=row, user=None, now=LATER)
        assert status(row) == "waitlisted"

    def test_who_holds_seats_proposes_no_more_than_there_are(self) -> None:
        delegation = factories.delegation(quota=3)
        row, other = examined(delegation, 2), examined(delegation)
        accept(row, other)
        nominees = list(row.nominees.all())
        applications.check(application=row, nominees=nominees)
        travels = Nominee(application=row, label_en="Interpreter", capacity="interpreter")
        applications.check(application=row, nominees=[*nominees, travels])
        with pytest.raises(NoSeatsLeft) as refusal:
            applications.check(application=row, nominees=[*nominees, Nominee(label_en="More")])
        assert refusal.value.needed == 3

    def test_who_is_on_the_roster_is_proposed_no_more(self) -> None:
        row = factories.application(status="confirmed")
        nominees = list(row.nominees.all())
        applications.check(application=row, nominees=nominees)
        with pytest.raises(NotAllowed):
            applications.check(application=row, nominees=[*nominees, Nominee(label_en="More")])
        nominees[0].capacity = "interpreter"
        with pytest.raises(NotAllowed):
            applications.check(application=row, nominees=nominees)

    def test_others_propose_as_many_as_they_like(self) -> None:
        row = factories.application(status="waitlisted")
        applications.check(application=row, nominees=[Nominee() for _ in range(99)])
        applications.check(application=Application(), nominees=[Nominee()])


class TestTheWaitingList:
    def test_who_submitted_first_moves_up_first(self) -> None:
        delegation = factories.delegation(quota=1)
        has = examined(delegation)
        early, late = examined(delegation), examined(delegation)
        accept(has, late, early)
        applications.withdraw(application=has, now=LATER)
        assert statuses(has, early, late) == ["withdrawn", "accepted", "waitlisted"]
        early.refresh_from_db()
        assert early.confirm_by == LATER + timedelta(days=7)

    def test_nobody_overtakes_by_asking_for_less(self) -> None:
        delegation = factories.delegation(quota=3)
        has, also = examined(delegation), examined(delegation)
        big, small = examined(delegation, 3), examined(delegation, 2)
        accept(has, also, big, small)
        applications.withdraw(application=has, now=LATER)
        assert statuses(big, small) == ["waitlisted", "waitlisted"]
        applications.withdraw(application=also, now=LATER)
        assert statuses(big, small) == ["accepted", "waitlisted"]

    def test_several_move_up_at_once(self) -> None:
        delegation = factories.delegation(quota=2)
        has = examined(delegation, 2)
        rows = [examined(delegation) for _ in range(3)]
        accept(has, *rows)
        applications.withdraw(application=has, now=LATER)
        assert statuses(*rows) == ["accepted", "accepted", "waitlisted"]

    def test_when_the_first_gives_up_the_next_may_fit(self) -> None:
        delegation = factories.delegation(quota=3)
        accept(examined(delegation, 2))
        big, small = examined(delegation, 2), examined(delegation)
        accept(big)
        applications.waitlist(application=small, user=None, now=LATER)
        applications.decline(application=big, reason="Too many", user=None, now=LATER)
        assert status(small) == "accepted"

    def test_who_asks_for_more_than_there_are_holds_nobody_up(self) -> None:
        delegation = factories.delegation(quota=2)
        has, huge, small = examined(delegation, 2), examined(delegation, 3), examined(delegation)
        accept(has, huge, small)
        applications.withdraw(application=has, now=LATER)
        assert statuses(huge, small) == ["waitlisted", "accepted"]

    def test_time_to_confirm_ends_with_the_start_of_the_mission(self) -> None:
        delegation = factories.delegation(quota=1)
        has, waits = examined(delegation), examined(delegation)
        accept(has, waits)
        start = delegation.mission.start_at
        applications.withdraw(application=has, now=start - MINUTE)
        waits.refresh_from_db()
        assert (waits.status, waits.confirm_by) == ("accepted", start)

    def test_nobody_moves_up_once_the_mission_has_begun(self) -> None:
        delegation = factories.delegation(quota=1)
        has, waits = examined(delegation), examined(delegation)
        accept(has, waits)
        applications.withdraw(application=has, now=delegation.mission.start_at)
        assert status(waits) == "waitlisted"

    def test_a_greater_quota_lets_them_in(self) -> None:
        delegation = factories.delegation(quota=1)
        accept(examined(delegation))
        waits = examined(delegation)
        accept(waits)
        delegation.quota = 2
        delegation.save()
        rosters.sync(delegation=delegation, now=LATER)
        assert status(waits) == "accepted"

    def test_so_does_a_member_who_leaves(self) -> None:
        delegation = factories.delegation(quota=1)
        member = rosters.add(delegation=delegation, label="Member", now=NOW)
        waits = examined(delegation)
        accept(waits)
        rosters.remove(delegate=member, now=LATER)
        assert status(waits) == "accepted"

    def test_fewer_nominees_may_fit(self) -> None:
        delegation = factories.delegation(quota=2)
        waits = examined(delegation, 2)
        accept(examined(delegation), waits)
        waits.nominees.first().delete()
        quotas.promote(delegation=delegation, now=LATER)
        assert status(waits) == "accepted"


class TestConfirmation:
    def test_whom_they_propose_become_members(self) -> None:
        delegation = factories.delegation()
        rosters.add(delegation=delegation, label="Head", capacity="head", now=NOW)
        row = factories.application(delegation=delegation, seats=0, status="accepted")
        person = factories.person()
        office = person.appointments.create(title_en="Director")
        Nominee.objects.create(application=row, person=person, appointment=office)
        Nominee.objects.create(
            application=row, label_en="Interpreter", label_zh_hans="译员", capacity="interpreter"
        )
        applications.confirm(application=row, now=LATER)
        assert row.status == "confirmed"
        members = list(delegation.delegates.in_order())[1:]
        assert [
            (m.person, m.label_zh_hans, m.capacity, m.counted, m.precedence) for m in members
        ] == [
            (person, None, "delegate", True, 2),
            (None, "译员", "interpreter", False, 3),
        ]
        assert {(m.application, m.organisation) for m in members} == {(row, row.organisation)}
        assert members[0].appointment == office
        attendee = Attendee.objects.get(event=delegation.mission, person=person)
        assert (attendee.seat, attendee.representing) == ("confirmed", row.organisation)

    def test_not_when_the_time_is_over(self) -> None:
        row = factories.application(status="accepted", confirm_by=UNTIL)
        with pytest.raises(Lapsed):
            applications.confirm(application=row, now=UNTIL)
        assert status(row) == "accepted"

    def test_not_when_nobody_is_proposed_any_more(self) -> None:
        row = factories.application(status="accepted", seats=0)
        with pytest.raises(NoNominees):
            applications.confirm(application=row, now=LATER)

    def test_who_is_a_member_already_cannot_be_one_twice(self) -> None:
        row = factories.application(status="accepted", seats=0)
        person = factories.person()
        member = rosters.add(delegation=row.delegation, person=person, now=NOW)
        Nominee.objects.create(application=row, person=person)
        with pytest.raises(rosters.AlreadyMember) as refusal:
            applications.confirm(application=row, now=LATER)
        assert refusal.value.delegate == member
        assert (status(row), row.status) == ("accepted", "accepted")

    def test_confirmed_seats_are_not_counted_twice(self) -> None:
        delegation = factories.delegation(quota=2)
        row = factories.application(delegation=delegation, seats=2, status="accepted")
        applications.confirm(application=row, now=LATER)
        assert applications.room(delegation=delegation) == Room(2, 2, 0, 0)

    def test_who_withdraws_leaves_the_roster_and_its_events(self) -> None:
        delegation = factories.delegation(quota=2)
        stays = rosters.add(delegation=delegation, label="Member", now=NOW)
        row = factories.application(delegation=delegation, status="accepted")
        applications.confirm(application=row, now=LATER)
        waits = examined(delegation)
        accept(waits)
        applications.withdraw(application=row, now=LATER)
        assert statuses(row, waits) == ["withdrawn", "accepted"]
        assert list(delegation.delegates.all()) == [stays]
        places = Attendee.objects.filter(event=delegation.mission).order_by("pk")
        assert [attendee.seat for attendee in places] == ["confirmed", "cancelled"]


class TestAdmission:
    """Accepted and confirmed in one step, because they have agreed already."""

    def test_whom_they_propose_are_members_at_once(self) -> None:
        user, row = factories.user(), factories.application()
        applications.admit(application=row, user=user, now=LATER)
        assert (row.status, row.decided_by, row.confirm_by) == ("confirmed", user, None)
        assert [member.application for member in row.delegation.delegates.all()] == [row]

    def test_without_seats_nothing_happens(self) -> None:
        delegation = factories.delegation(quota=1)
        row = factories.application(delegation=delegation, seats=2)
        with pytest.raises(rosters.NoSeatsLeft):
            applications.admit(application=row, user=None, now=LATER)
        assert (status(row), row.status) == ("submitted", "submitted")
        assert not delegation.delegates.exists()

    def test_without_nominees_there_is_nobody_to_admit(self) -> None:
        row = examined(factories.delegation(), seats=0)
        with pytest.raises(NoNominees):
            applications.admit(application=row, user=None, now=LATER)


class TestLapse:
    def test_what_is_not_confirmed_in_time_lapses_and_the_next_moves_up(self) -> None:
        delegation = factories.delegation(quota=1)
        has, waits = examined(delegation), examined(delegation)
        accept(has, waits)
        assert applications.lapse(now=UNTIL - MINUTE) == 0
        assert applications.lapse(now=UNTIL) == 1
        assert statuses(has, waits) == ["lapsed", "accepted"]
        assert applications.lapse(now=UNTIL) == 0

    def test_all_that_are_due_lapse_whatever_the_delegation(self) -> None:
        rows = [factories.application(status="accepted", confirm_by=UNTIL) for _ in range(3)]
        assert applications.lapse(now=UNTIL) == 3
        assert statuses(*rows) == ["lapsed"] * 3
