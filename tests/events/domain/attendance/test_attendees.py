"""Attendees: invitations, answers, seats, waiting lists, attendance."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.domain.attendance import attendees, capacity
from events.domain.attendance.attendees import (
    AlreadyCheckedIn,
    AlreadyInvited,
    AlreadyNamed,
    NoPlaceLeft,
    NotAllowed,
    NotOpen,
    NotOver,
    Over,
    WrongHub,
)
from events.domain.attendance.capacity import Capacity
from events.domain.delivery import delivery
from events.domain.lifecycle import lifecycle
from events.domain.reminders import reminders
from events.models import Attendee, Delivery, Event
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

Partstat = Attendee.Partstat
LATER = NOW + timedelta(hours=1)
THERE = datetime(2026, 12, 2, 1, tzinfo=UTC)  # half an hour before the factory's event begins
AFTERWARDS = datetime(2026, 12, 2, 9, tzinfo=UTC)  # the end of the factory's event


def invited(event: Event | None = None, **columns: Any) -> Attendee:
    """An attendee who has not answered."""
    return factories.attendee(partstat="needs_action", event=event, **columns)


def accept(*people: Attendee, now: datetime = NOW) -> None:
    for number, attendee in enumerate(people):
        moment = now + timedelta(minutes=number)
        attendees.answer(attendee=attendee, partstat=Partstat.ACCEPTED, now=moment)


def decline(attendee: Attendee, now: datetime = LATER) -> None:
    attendees.answer(attendee=attendee, partstat=Partstat.DECLINED, now=now)


def state(attendee: Attendee) -> tuple[str, str, str]:
    row = Attendee.objects.get(pk=attendee.pk)
    return row.partstat, row.seat, row.attendance


def full_event(**columns: Any) -> tuple[Event, list[Attendee]]:
    """An event with one seat and three who accepted: one has it, two are on the waiting list."""
    event = factories.event(capacity=1, **columns)
    people = [invited(event) for _ in range(3)]
    accept(*people)
    return event, people


class TestInvitations:
    def test_who_is_invited_has_neither_answer_nor_place(self) -> None:
        event, person = factories.event(), factories.person()
        attendee = attendees.invite(event=event, person=person, role="speaker", now=NOW)
        row = Attendee.objects.get()
        assert (row, row.event, row.person, row.role) == (attendee, event, person, "speaker")
        assert state(attendee) == ("needs_action", "none", "expected")

    def test_a_label_is_enough(self) -> None:
        attendees.invite(event=factories.event(), label="A minister", now=NOW)
        assert str(Attendee.objects.get()) == "A minister"

    def test_a_person_is_invited_once_and_the_refusal_says_as_whom(self) -> None:
        known = invited(role="speaker")
        assert known.person
        with pytest.raises(AlreadyInvited) as refusal:
            attendees.invite(event=known.event, person=known.person, now=NOW)
        assert refusal.value.attendee == known

    def test_nobody_is_invited_to_what_is_cancelled(self) -> None:
        event = factories.event(status="cancelled")
        with pytest.raises(NotOpen):
            attendees.invite(event=event, person=factories.person(), now=NOW)

    def test_a_draft_may_have_a_list_of_guests_already(self) -> None:
        event = factories.event(status="draft")
        attendees.invite(event=event, person=factories.person(), now=NOW)
        assert Attendee.objects.get().event == event

    def test_a_hub_belongs_to_the_event(self) -> None:
        event, elsewhere = factories.event(), factories.hub()
        with pytest.raises(WrongHub):
            attendees.invite(event=event, person=factories.person(), hub=elsewhere, now=NOW)

    def test_a_further_place_that_is_no_hub_cannot_be_joined(self) -> None:
        site = factories.hub(role="site")
        with pytest.raises(WrongHub):
            attendees.invite(event=site.event, person=factories.person(), hub=site, now=NOW)

    def test_a_new_row_brings_no_answer_of_its_own(self) -> None:
        row = Attendee(event=factories.event(), person=factories.person(), partstat="accepted")
        attendees.save(attendee=row, now=NOW)
        assert state(row) == ("needs_action", "none", "expected")

    def test_a_form_opened_earlier_does_not_turn_an_answer_back(self) -> None:
        attendee = invited()
        stale = Attendee.objects.get(pk=attendee.pk)
        accept(attendee)
        stale.notes = "vegetarian"
        attendees.save(attendee=stale, now=LATER)
        assert state(attendee) == ("accepted", "confirmed", "expected")
        assert Attendee.objects.get().notes == "vegetarian"

    def test_who_has_a_name_does_not_become_another(self) -> None:
        attendee = invited()
        attendee.person = factories.person()
        with pytest.raises(AlreadyNamed):
            attendees.save(attendee=attendee, now=NOW)


class TestAnswers:
    @pytest.mark.parametrize(
        ("answer", "place"),
        [("accepted", "confirmed"), ("tentative", "none"), ("declined", "none")],
    )
    def test_only_who_accepts_takes_a_place(self, answer: str, place: str) -> None:
        attendee = invited()
        attendees.answer(attendee=attendee, partstat=Partstat(answer), now=NOW)
        assert state(attendee) == (answer, place, "expected")

    def test_the_count_follows_the_answers(self) -> None:
        event = factories.event(capacity=3)
        people = [invited(event) for _ in range(3)]
        accept(*people)
        decline(people[0])
        attendees.answer(attendee=people[1], partstat=Partstat.TENTATIVE, now=LATER)
        assert capacity.of(event=event) == [Capacity(hub=None, capacity=3, taken=1, waiting=0)]

    def test_the_same_answer_once_more_changes_nothing(self) -> None:
        _event, (_first, second, _third) = full_event()
        since = second.waitlisted_at
        accept(second, now=LATER)
        second.refresh_from_db()
        assert (second.seat, second.waitlisted_at) == ("waitlisted", since)

    @pytest.mark.parametrize("status", ["draft", "cancelled"])
    def test_a_draft_and_a_cancelled_event_take_no_answers(self, status: str) -> None:
        attendee = invited(factories.event(status=status))
        with pytest.raises(NotOpen) as refusal:
            accept(attendee)
        assert refusal.value.attendee == attendee
        assert state(attendee) == ("needs_action", "none", "expected")

    def test_after_the_end_nobody_answers(self) -> None:
        attendee = invited()
        accept(attendee, now=AFTERWARDS - timedelta(seconds=1))
        with pytest.raises(Over):
            decline(attendee, AFTERWARDS)

    def test_a_postponed_event_takes_answers_even_after_its_old_date(self) -> None:
        attendee = invited(factories.event(status="postponed"))
        accept(attendee, now=AFTERWARDS)
        assert state(attendee) == ("accepted", "confirmed", "expected")

    def test_an_event_without_a_date_is_never_over(self) -> None:
        attendee = invited(factories.event(precision="unknown", start_on=None, timezone=""))
        accept(attendee, now=AFTERWARDS)
        assert state(attendee) == ("accepted", "confirmed", "expected")

    def test_delegating_needs_to_say_to_whom(self) -> None:
        with pytest.raises(NotAllowed):
            attendees.answer(attendee=invited(), partstat=Partstat.DELEGATED, now=NOW)

    def test_who_is_there_does_not_decline_any_more(self) -> None:
        attendee = invited()
        attendees.check_in(attendee=attendee, now=THERE)
        with pytest.raises(NotAllowed):
            decline(attendee)


class TestWaitingList:
    def test_who_accepts_too_late_waits_and_keeps_the_moment(self) -> None:
        _event, people = full_event()
        rows = Attendee.objects.order_by("pk").values_list("seat", "waitlisted_at")
        assert list(rows) == [
            ("confirmed", None),
            ("waitlisted", NOW + timedelta(minutes=1)),
            ("waitlisted", NOW + timedelta(minutes=2)),
        ]
        assert list(Attendee.objects.waiting()) == people[1:]

    @pytest.mark.parametrize("verb", ["decline", "tentative", "release"])
    def test_a_place_that_is_given_up_goes_to_whoever_waits_longest(self, verb: str) -> None:
        _event, (first, second, third) = full_event()
        match verb:
            case "decline":
                decline(first)
            case "tentative":
                attendees.answer(attendee=first, partstat=Partstat.TENTATIVE, now=LATER)
            case "release":
                attendees.release(attendee=first, now=LATER)
        assert state(second) == ("accepted", "confirmed", "expected")
        assert state(third) == ("accepted", "waitlisted", "expected")

    def test_the_moment_of_waiting_counts_and_then_the_row(self) -> None:
        event = factories.event(capacity=1)
        holder, late, early, same = (invited(event) for _ in range(4))
        accept(holder)
        accept(late, now=LATER)
        accept(early, now=NOW + timedelta(minutes=1))
        accept(same, now=NOW + timedelta(minutes=1))
        assert list(Attendee.objects.waiting()) == [early, same, late]
        turns = Attendee.objects.with_turn().order_by("pk").values_list("turn", flat=True)
        assert list(turns) == [None, 3, 1, 2]

    def test_who_leaves_the_list_loses_the_turn(self) -> None:
        event, (first, second, third) = full_event()
        decline(second)
        accept(second, now=LATER)
        assert list(Attendee.objects.waiting()) == [third, second]
        decline(first)
        assert list(Attendee.objects.seated()) == [third]
        assert capacity.of(event=event) == [Capacity(hub=None, capacity=1, taken=1, waiting=1)]

    def test_who_lost_a_place_and_accepts_again_waits_at_the_end(self) -> None:
        _event, (first, second, third) = full_event()
        attendees.release(attendee=first, now=LATER)
        accept(first, now=LATER)
        assert list(Attendee.objects.waiting()) == [third, first]
        assert state(second) == ("accepted", "confirmed", "expected")

    def test_a_larger_capacity_lets_people_in_at_once(self) -> None:
        event, (_first, second, third) = full_event()
        event.capacity = 2
        lifecycle.save(event=event, now=LATER)
        assert list(Attendee.objects.waiting()) == [third]
        event.capacity = None
        lifecycle.save(event=event, now=LATER)
        assert list(Attendee.objects.seated().order_by("pk"))[1:] == [second, third]

    def test_a_smaller_capacity_takes_nobodys_place(self) -> None:
        event = factories.event(capacity=2)
        people = [invited(event) for _ in range(3)]
        accept(*people)
        event.capacity = 1
        lifecycle.save(event=event, now=LATER)
        assert capacity.of(event=event) == [Capacity(hub=None, capacity=1, taken=2, waiting=1)]
        decline(people[0])
        assert capacity.of(event=event) == [Capacity(hub=None, capacity=1, taken=1, waiting=1)]

    def test_after_the_end_nobody_is_let_in_any_more(self) -> None:
        _event, (first, second, _third) = full_event()
        attendees.release(attendee=first, now=AFTERWARDS)
        assert state(second) == ("accepted", "waitlisted", "expected")

    def test_no_place_at_all_is_a_capacity_too(self) -> None:
        attendee = invited(factories.event(capacity=0))
        accept(attendee)
        assert state(attendee) == ("accepted", "waitlisted", "expected")

    def test_whoever_waits_is_not_reminded_until_they_have_a_place(self) -> None:
        rule = factories.rule(event=factories.event(capacity=1))
        first, second = invited(rule.event), invited(rule.event)
        accept(first, second)
        reminders.plan(event=rule.event, now=NOW)
        decline(first)
        delivery.tick(now=datetime(2026, 12, 1, 1, tzinfo=UTC))
        rows = Delivery.objects.filter(kind="reminder")
        assert [row.person for row in rows] == [second.person]


class TestHubs:
    def test_each_hub_has_places_of_its_own(self) -> None:
        event = factories.event(capacity=1)
        hub = factories.hub(event=event, capacity=1)
        here, there, late = invited(event), invited(event, hub=hub), invited(event, hub=hub)
        accept(here, there, late)
        assert capacity.of(event=event) == [
            Capacity(hub=None, capacity=1, taken=1, waiting=0),
            Capacity(hub=hub, capacity=1, taken=1, waiting=1),
        ]
        decline(here)
        assert state(late) == ("accepted", "waitlisted", "expected")
        decline(there)
        assert state(late) == ("accepted", "confirmed", "expected")

    def test_turns_are_counted_in_each_hub(self) -> None:
        event = factories.event(capacity=0)
        hub = factories.hub(event=event, capacity=0)
        here, there = invited(event), invited(event, hub=hub)
        accept(here, there)
        turns = Attendee.objects.with_turn().values_list("pk", "turn")
        assert dict(turns) == {here.pk: 1, there.pk: 1}

    def test_a_larger_hub_lets_people_in(self) -> None:
        hub = factories.hub(capacity=0)
        attendee = invited(hub.event, hub=hub)
        accept(attendee)
        hub.capacity = 1
        hub.save()
        lifecycle.touch(event=hub.event, now=LATER)
        assert state(attendee) == ("accepted", "confirmed", "expected")

    def test_a_move_frees_the_place_here_and_takes_one_there(self) -> None:
        event, (first, second, _third) = full_event()
        first.hub = hub = factories.hub(event=event, capacity=1)
        attendees.save(attendee=first, now=LATER)
        assert state(second) == ("accepted", "confirmed", "expected")
        assert capacity.of(event=event) == [
            Capacity(hub=None, capacity=1, taken=1, waiting=1),
            Capacity(hub=hub, capacity=1, taken=1, waiting=0),
        ]

    def test_nobody_loses_a_place_by_a_move_to_a_full_hub(self) -> None:
        event, (first, _second, _third) = full_event()
        first.hub = factories.hub(event=event, capacity=0)
        with pytest.raises(NoPlaceLeft):
            attendees.save(attendee=first, now=LATER)
        assert Attendee.objects.get(pk=first.pk).hub is None

    def test_who_waits_here_may_find_a_place_there_or_wait_at_its_end(self) -> None:
        event, (_first, second, third) = full_event()
        second.hub = third.hub = factories.hub(event=event, capacity=1)
        for attendee in (second, third):
            attendees.save(attendee=attendee, now=LATER)
        third.refresh_from_db()
        assert state(second) == ("accepted", "confirmed", "expected")
        assert (third.seat, third.waitlisted_at) == ("waitlisted", LATER)

    def test_who_is_there_does_not_move(self) -> None:
        attendee = invited()
        attendees.check_in(attendee=attendee, now=THERE)
        attendee.hub = factories.hub(event=attendee.event)
        with pytest.raises(NotAllowed):
            attendees.save(attendee=attendee, now=NOW)


class TestSubstitutes:
    def test_a_substitute_takes_over_place_part_and_hub(self) -> None:
        event = factories.event()
        hub = factories.hub(event=event, capacity=1)
        firm, person = factories.organisation(), factories.person()
        first = invited(event, hub=hub, role="speaker", representing=firm, position=3)
        accept(first)
        other = attendees.substitute(attendee=first, person=person, now=LATER)
        assert state(first) == ("delegated", "cancelled", "expected")
        assert state(other) == ("accepted", "confirmed", "expected")
        row = Attendee.objects.get(pk=other.pk)
        assert (row.person, row.hub, row.role) == (person, hub, "speaker")
        assert (row.representing, row.position, row.substitute_for) == (firm, 3, first)

    def test_the_next_on_the_list_does_not_slip_in_between(self) -> None:
        _event, (first, second, _third) = full_event()
        other = attendees.substitute(attendee=first, person=factories.person(), now=LATER)
        assert list(Attendee.objects.seated()) == [other]
        assert state(second) == ("accepted", "waitlisted", "expected")

    def test_a_substitute_takes_over_the_turn(self) -> None:
        _event, (first, second, third) = full_event()
        other = attendees.substitute(attendee=second, person=factories.person(), now=LATER)
        assert list(Attendee.objects.waiting()) == [other, third]
        decline(first)
        assert state(other) == ("accepted", "confirmed", "expected")

    def test_who_has_not_answered_sends_somebody_who_accepts(self) -> None:
        event, _people = full_event()
        fourth = invited(event)
        other = attendees.substitute(attendee=fourth, person=factories.person(), now=LATER)
        assert state(fourth) == ("delegated", "none", "expected")
        assert list(Attendee.objects.waiting())[-1] == other

    def test_who_comes_anyway_cannot_come_instead(self) -> None:
        event = factories.event()
        first, second = invited(event), invited(event)
        assert first.person
        assert second.person
        for person in (first.person, second.person):
            with pytest.raises(AlreadyInvited) as refusal:
                attendees.substitute(attendee=first, person=person, now=NOW)
            assert refusal.value.attendee.person == person
        assert state(first) == ("needs_action", "none", "expected")

    def test_who_had_declined_may_come_instead(self) -> None:
        event = factories.event(capacity=1)
        first, second = invited(event), invited(event)
        accept(first)
        decline(second)
        assert second.person
        other = attendees.substitute(attendee=first, person=second.person, now=LATER)
        assert other == second
        assert state(second) == ("accepted", "confirmed", "expected")

    def test_who_sent_a_substitute_and_accepts_again_queues(self) -> None:
        event = factories.event(capacity=1)
        first = invited(event)
        accept(first)
        attendees.substitute(attendee=first, person=factories.person(), now=NOW)
        accept(first, now=LATER)
        assert state(first) == ("accepted", "waitlisted", "expected")

    def test_somebody_unnamed_or_out_sends_nobody(self) -> None:
        unnamed = invited(person=None, label="A guest")
        declined = factories.attendee(partstat="declined")
        for attendee in (unnamed, declined):
            with pytest.raises(NotAllowed):
                attendees.substitute(attendee=attendee, person=factories.person(), now=NOW)


class TestGroups:
    def test_a_group_registers_and_its_members_are_named_later(self) -> None:
        chamber = factories.organisation(
            name_en="Thailand Shanghai Chamber", name_zh_hans="泰国上海总商会"
        )
        ding, event = factories.person(family_name="Ding", given_name="Yi"), factories.event()
        group = attendees.register_group(
            event=event, representing=chamber, contact=ding, size=2, now=NOW
        )
        assert [row.label_en for row in group] == [
            "Thailand Shanghai Chamber 1",
            "Thailand Shanghai Chamber 2",
        ]
        assert [row.label_zh_hans for row in group] == ["泰国上海总商会 1", "泰国上海总商会 2"]
        rows = Attendee.objects.order_by("pk")
        assert {(row.representing, row.invited_by, row.role) for row in rows} == {
            (chamber, ding, "representative")
        }
        assert {state(row) for row in rows} == {("accepted", "confirmed", "expected")}
        attendees.name(attendee=group[0], person=ding)
        assert [row.person for row in rows.all()] == [ding, None]

    def test_a_later_group_of_the_same_organisation_counts_on(self) -> None:
        event, firm, contact = factories.event(), factories.organisation(), factories.person()
        for size in (1, 2):
            group = attendees.register_group(
                event=event, representing=firm, contact=contact, size=size, now=NOW
            )
        assert [str(row).split()[-1] for row in group] == ["2", "3"]

    def test_a_group_fills_what_is_left_and_the_rest_waits(self) -> None:
        hub = factories.hub(capacity=2)
        group = attendees.register_group(
            event=hub.event,
            representing=factories.organisation(),
            contact=factories.person(),
            size=3,
            hub=hub,
            now=NOW,
        )
        assert [row.seat for row in group] == ["confirmed", "confirmed", "waitlisted"]

    def test_each_member_of_a_group_has_a_turn_that_a_substitute_takes_over(self) -> None:
        event = factories.event(capacity=0)
        first, second = attendees.register_group(
            event=event,
            representing=factories.organisation(),
            contact=factories.person(),
            size=2,
            now=NOW,
        )
        attendees.name(attendee=first, person=factories.person())
        other = attendees.substitute(attendee=first, person=factories.person(), now=LATER)
        assert list(Attendee.objects.waiting()) == [other, second]

    def test_a_group_cannot_register_for_a_draft(self) -> None:
        with pytest.raises(NotOpen):
            attendees.register_group(
                event=factories.event(status="draft"),
                representing=factories.organisation(),
                contact=factories.person(),
                size=1,
                now=NOW,
            )
        assert not Attendee.objects.exists()

    def test_who_has_a_name_gets_no_other(self) -> None:
        with pytest.raises(AlreadyNamed):
            attendees.name(attendee=invited(), person=factories.person())

    def test_a_member_cannot_be_somebody_on_the_list(self) -> None:
        known = invited()
        unnamed = invited(known.event, person=None, label="A guest")
        assert known.person
        with pytest.raises(AlreadyInvited) as refusal:
            attendees.name(attendee=unnamed, person=known.person)
        assert refusal.value.attendee == known
        assert Attendee.objects.get(pk=unnamed.pk).person is None


class TestPresence:
    def test_a_check_in_is_recorded_once_and_a_second_says_since_when(self) -> None:
        attendee = invited()
        accept(attendee)
        attendees.check_in(attendee=attendee, now=THERE)
        with pytest.raises(AlreadyCheckedIn) as refusal:
            attendees.check_in(attendee=attendee, now=THERE + timedelta(minutes=1))
        assert refusal.value.attendee.checked_in_at == THERE
        assert state(attendee) == ("accepted", "confirmed", "checked_in")

    def test_who_comes_without_an_answer_takes_a_place(self) -> None:
        attendee = invited(factories.event(capacity=1))
        attendees.check_in(attendee=attendee, now=THERE)
        assert state(attendee) == ("accepted", "confirmed", "checked_in")

    def test_nobody_comes_in_without_a_place(self) -> None:
        event, (_first, second, _third) = full_event()
        for attendee in (second, invited(event)):
            with pytest.raises(NoPlaceLeft) as refusal:
                attendees.check_in(attendee=attendee, now=THERE)
            assert refusal.value.attendee == attendee

    def test_who_declined_says_yes_first(self) -> None:
        attendee = factories.attendee(partstat="declined")
        with pytest.raises(NotAllowed):
            attendees.check_in(attendee=attendee, now=THERE)

    @pytest.mark.parametrize("status", ["draft", "postponed", "cancelled"])
    def test_nobody_is_at_what_does_not_take_place(self, status: str) -> None:
        attendee = factories.attendee(event=factories.event(status=status))
        with pytest.raises(NotOpen):
            attendees.check_in(attendee=attendee, now=THERE)
        with pytest.raises(NotOpen):
            attendees.mark_no_show(attendee=attendee, now=AFTERWARDS)

    def test_attended_comes_after_the_check_in(self) -> None:
        attendee = factories.attendee()
        with pytest.raises(NotAllowed):
            attendees.mark_attended(attendee=attendee, now=NOW)
        attendees.check_in(attendee=attendee, now=THERE)
        attendees.mark_attended(attendee=attendee, now=LATER)
        assert state(attendee) == ("accepted", "confirmed", "attended")

    def test_a_no_show_is_known_after_the_end(self) -> None:
        attendee = factories.attendee()
        with pytest.raises(NotOver):
            attendees.mark_no_show(attendee=attendee, now=AFTERWARDS - timedelta(seconds=1))
        attendees.mark_no_show(attendee=attendee, now=AFTERWARDS)
        assert state(attendee) == ("accepted", "none", "no_show")

    @pytest.mark.parametrize(
        "columns",
        [
            {"partstat": "declined"},
            {"partstat": "delegated"},
            {"seat": "cancelled"},
            {"seat": "waitlisted", "waitlisted_at": NOW},
            {"attendance": "checked_in", "checked_in_at": NOW},
            {"attendance": "attended"},
            {"attendance": "no_show"},
        ],
        ids=str,
    )
    def test_who_was_not_expected_is_no_no_show(self, columns: dict[str, Any]) -> None:
        attendee = factories.attendee(**columns)
        with pytest.raises(NotAllowed):
            attendees.mark_no_show(attendee=attendee, now=AFTERWARDS)

    def test_an_event_that_lasts_all_day_is_over_at_midnight_there(self) -> None:
        event = factories.event(precision="day", start_on=date(2026, 12, 2), end_on=None)
        attendee = factories.attendee(event=event)
        midnight = datetime(2026, 12, 2, 16, tzinfo=UTC)
        with pytest.raises(NotOver):
            attendees.mark_no_show(attendee=attendee, now=midnight - timedelta(seconds=1))
        attendees.mark_no_show(attendee=attendee, now=midnight)

    def test_who_is_there_is_not_released(self) -> None:
        attendee = factories.attendee()
        attendees.check_in(attendee=attendee, now=THERE)
        with pytest.raises(NotAllowed):
            attendees.release(attendee=attendee, now=NOW)

    def test_nobody_is_released_twice(self) -> None:
        attendee = factories.attendee()
        attendees.release(attendee=attendee, now=NOW)
        assert state(attendee) == ("accepted", "cancelled", "expected")
        with pytest.raises(NotAllowed):
            attendees.release(attendee=attendee, now=NOW)


class TestNextSteps:
    @pytest.mark.parametrize(
        ("columns", "steps"),
        [
            (
                {"partstat": "needs_action"},
                "accept accept_tentatively decline substitute release check_in",
            ),
            ({"seat": "confirmed"}, "accept_tentatively decline substitute release check_in"),
            (
                {"seat": "waitlisted", "waitlisted_at": NOW},
                "accept_tentatively decline substitute release",
            ),
            (
                {"partstat": "declined", "seat": "cancelled"},
                "accept accept_tentatively",
            ),
            ({"partstat": "delegated"}, "accept accept_tentatively decline"),
            (
                {"person": None, "label": "A guest", "seat": "confirmed"},
                "accept_tentatively decline name release check_in",
            ),
            ({"attendance": "checked_in", "checked_in_at": NOW}, "mark_attended"),
            ({"attendance": "attended"}, ""),
            ({"attendance": "no_show"}, ""),
        ],
        ids=str,
    )
    def test_before_the_end(self, columns: dict[str, Any], steps: str) -> None:
        attendee = factories.attendee(**columns)
        assert attendees.next_steps(attendee=attendee, now=THERE) == tuple(steps.split())

    @pytest.mark.parametrize(
        ("columns", "steps"),
        [
            ({"seat": "confirmed"}, "release check_in mark_no_show"),
            ({"seat": "waitlisted", "waitlisted_at": NOW}, "release"),
            ({"partstat": "declined", "seat": "cancelled"}, ""),
            ({"attendance": "checked_in", "checked_in_at": NOW}, "mark_attended"),
        ],
        ids=str,
    )
    def test_after_the_end(self, columns: dict[str, Any], steps: str) -> None:
        attendee = factories.attendee(**columns)
        assert attendees.next_steps(attendee=attendee, now=AFTERWARDS) == tuple(steps.split())

    @pytest.mark.parametrize(
        ("status", "steps"),
        [
            ("draft", "release"),
            ("postponed", "accept accept_tentatively decline substitute release"),
            ("cancelled", "release"),
        ],
    )
    def test_of_an_event_that_does_not_stand(self, status: str, steps: str) -> None:
        attendee = invited(factories.event(status=status))
        assert attendees.next_steps(attendee=attendee, now=NOW) == tuple(steps.split())
