"""Planning of reminders: when they fall due, for whom, and how edits of the event move them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from events.domain.attendance import attendees
from events.domain.delivery import delivery
from events.domain.lifecycle import lifecycle
from events.domain.reminders import audiences, fanout, reminders
from events.models import Attendee, Delivery, Event, Person, ReminderOccurrence, ReminderRule
from tests import factories
from tests.examples import examples
from tests.factories import NOW

pytestmark = pytest.mark.django_db

State = ReminderOccurrence.State
DAYS, MINUTES = ReminderRule.OffsetKind.NOMINAL_DAYS, ReminderRule.OffsetKind.EXACT_MINUTES
HOUR = timedelta(hours=1)
# 09:00 in Shanghai on the day before the event of `factories.event()`.
DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)


RULES = st.fixed_dictionaries(
    {
        "roles": st.sampled_from([[], ["speaker"], ["speaker", "delegate"]]),
        "answers": st.sampled_from(ReminderRule.Answers.values),
        "tag": st.sampled_from(["", "", "press"]),
        "subtree": st.sampled_from([False, False, True]),
    }
)
PEOPLE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["speaker", "delegate", "media"]),
        "tags": st.sampled_from([[], ["press"]]),
    }
).flatmap(
    lambda columns: st.sampled_from(
        [
            {**columns, "partstat": partstat, "seat": seat}
            for partstat in Attendee.Partstat.values
            for seat in Attendee.Seat.values
            if partstat not in Attendee.SAID_NO or seat in ("none", "cancelled")
        ]
    )
)


def planned(*, rule: dict[str, Any] | None = None, **columns: Any) -> ReminderOccurrence:
    """Return the occurrence that one rule plans for an event."""
    row = factories.rule(event=factories.event(**columns), **(rule or {}))
    reminders.plan(event=row.event, now=NOW)
    return ReminderOccurrence.objects.get(rule=row)


def snapshot() -> list[dict[str, Any]]:
    return list(ReminderOccurrence.objects.order_by("pk").values())


def rows(event: Event) -> list[tuple[int, str, datetime]]:
    return [
        (row.schedule_epoch, row.state, row.due_at)
        for row in event.reminder_occurrences.order_by("pk")
    ]


def hand_over(occurrence: ReminderOccurrence, state: str = "sent") -> Delivery:
    """Mark the occurrence as fanned out; return its one delivery, in this state."""
    occurrence.state, occurrence.claim_at = State.EXPANDED, None
    occurrence.save()
    attendee = factories.attendee(event=occurrence.event)
    return Delivery.objects.create(
        occurrence=occurrence,
        event=occurrence.event,
        team=occurrence.event.team,
        attendee=attendee,
        person=attendee.person,
        dedup_key=str(factories.number()),
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        state=state,
        claim_at=occurrence.due_at if state == "pending" else None,
    )


def move(event: Event, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=DUE + HOUR)


@pytest.mark.both_databases
class TestPlanning:
    def test_days_before_fall_due_at_nine_at_the_event(self) -> None:
        row = planned()
        assert (row.state, row.due_at, row.claim_at) == (State.PLANNED, DUE, DUE)

    def test_days_before_keep_the_wall_clock_when_the_clocks_change(self) -> None:
        """In New York, summer time ends on 1 November 2026."""
        row = planned(start_on=date(2026, 11, 2), timezone="America/New_York", rule={"offset": 2})
        assert row.due_at == datetime(2026, 10, 31, 13, tzinfo=UTC)

    def test_minutes_before_count_real_time_when_the_clocks_change(self) -> None:
        """24 hours before 09:30 EST it is 10:30 EDT."""
        row = planned(
            start_on=date(2026, 11, 1),
            timezone="America/New_York",
            rule={"offset_kind": MINUTES, "offset": 24 * 60},
        )
        assert row.due_at == datetime(2026, 10, 31, 14, 30, tzinfo=UTC)

    def test_a_time_that_the_clocks_skip_moves_forward(self) -> None:
        """In Berlin, 28 March 2027 has no 02:30."""
        row = planned(
            start_on=date(2027, 3, 29),
            timezone="Europe/Berlin",
            rule={"at_local_time": time(2, 30)},
        )
        assert row.due_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)

    def test_a_time_that_the_clocks_repeat_is_the_first(self) -> None:
        row = planned(
            start_on=date(2026, 10, 26),
            timezone="Europe/Berlin",
            rule={"at_local_time": time(2, 30)},
        )
        assert row.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_whole_days_count_from_nine_at_the_event(self) -> None:
        """US-11, 1."""
        row = planned(precision="day", rule={"offset_kind": MINUTES, "offset": 60})
        assert row.due_at == datetime(2026, 12, 2, 0, tzinfo=UTC)

    def test_vancouver_follows_the_pinned_zone_data(self) -> None:
        """Vancouver is at UTC-7 all year from 2026 on."""
        row = planned(start_on=date(2026, 12, 3), timezone="America/Vancouver")
        assert row.due_at == datetime(2026, 12, 2, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("rule", "useful_for"),
        [
            ({"offset": 7}, timedelta(hours=24)),
            ({"offset": 1}, timedelta(hours=6)),
            ({"offset_kind": MINUTES, "offset": 60}, timedelta(minutes=55)),
            ({"offset_kind": MINUTES, "offset": 24 * 60}, timedelta(hours=6)),
            ({"offset": 0}, timedelta(minutes=25)),
            ({"offset_kind": MINUTES, "offset": 3}, timedelta(minutes=5)),
        ],
    )
    def test_a_reminder_is_useful_for_a_while(
        self, rule: dict[str, Any], useful_for: timedelta
    ) -> None:
        row = planned(rule=rule)
        assert row.expires_at - row.due_at == useful_for

    def test_what_would_come_after_the_start_is_missed(self) -> None:
        row = planned(rule={"offset": 0}, start_time=time(8))
        assert (row.state, row.claim_at) == (State.MISSED, None)

    def test_on_a_whole_day_it_is_useful_through_the_morning(self) -> None:
        row = planned(precision="day", rule={"offset": 0})
        assert row.expires_at - row.due_at == timedelta(hours=6)

    def test_what_is_past_when_planned_is_missed(self) -> None:
        """US-11, 4."""
        event = factories.event()
        factories.rule(event=event, offset=7)
        factories.rule(event=event, offset=1)
        reminders.plan(event=event, now=DUE - HOUR)
        week = DUE - timedelta(days=6)
        assert rows(event) == [(0, State.MISSED, week), (0, State.PLANNED, DUE)]

    @pytest.mark.parametrize(
        "columns",
        [
            {"origin": "reported", "team": None},
            {"status": "draft"},
            {"status": "postponed"},
            {"status": "cancelled"},
            {"precision": "month", "start_on": date(2026, 12, 1), "end_on": date(2026, 12, 31)},
            {"precision": "unknown", "start_on": None},
        ],
    )
    def test_nothing_is_planned_for(self, columns: dict[str, Any]) -> None:
        event = factories.event(**columns)
        factories.rule(event=event)
        reminders.plan(event=event, now=NOW)
        assert rows(event) == []

    def test_a_rule_that_is_off_plans_nothing(self) -> None:
        event = factories.rule(enabled=False).event
        reminders.plan(event=event, now=NOW)
        assert rows(event) == []

    @pytest.mark.parametrize("do", [reminders.plan, reminders.replan])
    def test_planning_twice_changes_nothing(self, do: Callable[..., None]) -> None:
        event = factories.rule().event
        do(event=event, now=NOW)
        before = snapshot()
        do(event=event, now=DUE + HOUR)
        assert snapshot() == before


@pytest.mark.both_databases
class TestEdits:
    def test_what_was_sent_follows_the_event_to_another_team(self) -> None:
        row, other = planned(), factories.team()
        sent, elsewhere = hand_over(row), hand_over(planned())
        move(row.event, team=other)
        sent.refresh_from_db()
        elsewhere.refresh_from_db()
        assert sent.team == other
        assert elsewhere.team == elsewhere.event.team != other

    def test_a_new_rule_is_planned_beside_the_others(self) -> None:
        event = planned().event
        factories.rule(event=event, offset=2)
        reminders.replan(event=event, now=NOW)
        two_days = DUE - timedelta(days=1)
        assert rows(event) == [(0, State.PLANNED, DUE), (0, State.PLANNED, two_days)]

    def test_an_edit_that_moves_nothing_leaves_a_due_row_alone(self) -> None:
        row = planned()
        before = snapshot()
        row.event.title_en = "Another title"
        lifecycle.save(event=row.event, now=DUE + timedelta(seconds=3))
        assert snapshot() == before

    def test_a_moved_event_moves_its_row(self) -> None:
        """US-11, 3."""
        row = planned()
        pk, event = row.pk, row.event
        event.start_on = date(2026, 12, 9)
        lifecycle.save(event=event, now=NOW)
        week_later = DUE + timedelta(days=7)
        assert rows(event) == [(0, State.PLANNED, week_later)]
        assert event.reminder_occurrences.get().pk == pk
        assert event.reminder_occurrences.get().claim_at == week_later

    def test_moved_to_where_its_moment_is_past_it_is_missed(self) -> None:
        event = planned().event
        event.start_on = date(2026, 6, 2)
        lifecycle.save(event=event, now=NOW)
        assert rows(event) == [(0, State.MISSED, datetime(2026, 6, 1, 1, tzinfo=UTC))]

    def test_what_was_missed_is_planned_when_the_event_moves_ahead(self) -> None:
        event = planned(start_on=date(2026, 6, 1)).event
        event.start_on = date(2026, 12, 2)
        lifecycle.save(event=event, now=NOW)
        assert rows(event) == [(0, State.PLANNED, DUE)]

    def test_a_rule_switched_off_is_cancelled_and_planned_again_when_on(self) -> None:
        row = planned()
        rule, event = row.rule, row.event
        rule.enabled = False
        rule.save()
        reminders.replan(event=event, now=NOW)
        assert rows(event) == [(0, State.CANCELLED, DUE)]
        rule.enabled = True
        rule.save()
        reminders.replan(event=event, now=NOW)
        assert rows(event) == [(0, State.PLANNED, DUE)]

    def test_a_deleted_rule_takes_its_rows_along(self) -> None:
        row = planned()
        row.rule.delete()
        reminders.replan(event=row.event, now=NOW)
        assert rows(row.event) == []

    def test_a_changed_rule_moves_its_row(self) -> None:
        row = planned()
        ReminderRule.objects.filter(pk=row.rule_id).update(offset=2)
        reminders.replan(event=row.event, now=NOW)
        assert rows(row.event) == [(0, State.PLANNED, DUE - timedelta(days=1))]

    def test_a_rule_changed_after_it_was_sent_reminds_again(self) -> None:
        row = planned(rule={"offset": 7})
        hand_over(row)
        ReminderRule.objects.filter(pk=row.rule_id).update(offset=1)
        reminders.replan(event=row.event, now=row.due_at + HOUR)
        assert rows(row.event)[1:] == [(1, State.PLANNED, DUE)]

    def test_a_cancelled_event_cancels_what_is_planned_and_what_waits(self) -> None:
        row = planned(rule={"offset": 7})
        factories.rule(event=row.event)
        reminders.plan(event=row.event, now=NOW)
        sent, waiting = hand_over(row), hand_over(row, "pending")
        event = row.event
        event.status = "cancelled"
        lifecycle.save(event=event, now=row.due_at + HOUR)
        assert [state for _, state, _ in rows(event)] == [State.EXPANDED, State.CANCELLED]
        assert list(event.deliveries.order_by("pk").values_list("pk", "state", "claim_at")) == [
            (sent.pk, "sent", None),
            (waiting.pk, "cancelled", None),
        ]

    def test_an_event_that_is_on_again_reminds_those_who_still_waited(self) -> None:
        row = planned()
        sent, waiting = hand_over(row), hand_over(row, "pending")
        move(row.event, status="postponed")
        move(row.event, status="confirmed")
        assert list(row.event.deliveries.order_by("pk").values_list("pk", "state", "claim_at")) == [
            (sent.pk, "sent", None),
            (waiting.pk, "pending", DUE),
        ]

    def test_a_small_move_after_sending_reminds_nobody_twice(self) -> None:
        row = planned()
        hand_over(row)
        move(row.event, start_time=time(11, 30))
        assert rows(row.event) == [(0, State.EXPANDED, DUE)]

    def test_a_small_move_puts_what_waits_to_the_new_time(self) -> None:
        row = planned(rule={"offset_kind": MINUTES, "offset": 60})
        waiting = hand_over(row, "pending")
        move(row.event, start_time=time(11, 30))
        waiting.refresh_from_db()
        assert (waiting.state, waiting.claim_at) == ("pending", row.due_at + 2 * HOUR)

    def test_another_day_after_sending_reminds_once_more(self) -> None:
        row = planned()
        sent, waiting = hand_over(row), hand_over(row, "pending")
        move(row.event, start_on=date(2026, 12, 9))
        assert rows(row.event) == [
            (0, State.EXPANDED, DUE),
            (1, State.PLANNED, DUE + timedelta(days=7)),
        ]
        assert Event.objects.get(pk=row.event_id).schedule_epoch == 1
        states = {d.pk: d.state for d in Delivery.objects.all()}
        assert states == {sent.pk: "sent", waiting.pk: "cancelled"}

    def test_six_hours_later_on_the_same_day_reminds_once_more(self) -> None:
        row = planned(rule={"offset_kind": MINUTES, "offset": 60})
        hand_over(row)
        move(row.event, start_on=date(2026, 12, 2), start_time=time(15, 30))
        assert rows(row.event)[1:] == [(1, State.PLANNED, row.due_at + 6 * HOUR)]

    def test_past_midnight_is_another_day(self) -> None:
        row = planned(start_time=time(23, 30), end_time=None, rule={"offset_kind": MINUTES})
        hand_over(row)
        move(row.event, start_on=date(2026, 12, 3), start_time=time(0, 30))
        assert [epoch for epoch, _, _ in rows(row.event)] == [0, 1]

    def test_a_second_rule_that_was_sent_is_not_sent_again(self) -> None:
        """A new epoch of one rule does not affect a rule whose moment has not moved."""
        row = planned(rule={"offset": 7})
        factories.rule(event=row.event, offset=1)
        reminders.plan(event=row.event, now=NOW)
        for occurrence in row.event.reminder_occurrences.all():
            hand_over(occurrence)
        ReminderRule.objects.filter(pk=row.rule_id).update(offset=0)
        reminders.replan(event=row.event, now=DUE + HOUR)
        assert [epoch for epoch, _, _ in rows(row.event)] == [0, 0, 1]

    def test_replanning_a_new_epoch_twice_changes_nothing(self) -> None:
        row = planned()
        hand_over(row)
        move(row.event, start_on=date(2026, 12, 9))
        before = snapshot()
        reminders.replan(event=row.event, now=DUE + 2 * HOUR)
        assert snapshot() == before


class TestAfter:
    """The event of `factories.event()` ends on 2 December 2026 at 17:00 in Shanghai, 09:00 UTC."""

    @pytest.mark.parametrize(
        ("kind", "offset", "columns", "due"),
        [
            ("minutes_after", 30, {}, datetime(2026, 12, 2, 9, 30, tzinfo=UTC)),
            ("days_after", 1, {}, datetime(2026, 12, 3, 1, tzinfo=UTC)),
            # Never before the event is over.
            ("days_after", 0, {}, datetime(2026, 12, 2, 9, tzinfo=UTC)),
            # Events of whole days end at 18:00 local time.
            ("minutes_after", 30, {"precision": "day"}, datetime(2026, 12, 2, 10, 30, tzinfo=UTC)),
            (
                "days_after",
                2,
                {"precision": "day", "end_on": date(2026, 12, 4)},
                datetime(2026, 12, 6, 1, tzinfo=UTC),
            ),
            # A transfer ends in the zone of its destination.
            (
                "days_after",
                1,
                {"end_timezone": "Asia/Qatar", "end_time": time(22)},
                datetime(2026, 12, 3, 6, tzinfo=UTC),
            ),
        ],
    )
    def test_thanks_fall_due(
        self, kind: str, offset: int, columns: dict[str, Any], due: datetime
    ) -> None:
        rule = {"topic": "thanks", "offset_kind": kind, "offset": offset}
        row = planned(rule=rule, **columns)
        assert (row.due_at, row.expires_at) == (due, due + reminders.USEFUL_AFTER_END)

    def test_hours_before_count_real_time(self) -> None:
        row = planned(rule={"offset_kind": "exact_hours", "offset": 2})
        assert row.due_at == datetime(2026, 12, 1, 23, 30, tzinfo=UTC)

    def test_a_deadline_reminds_like_any_event(self) -> None:
        row = planned(kind="deadline", end_time=None, rule={"offset": 3})
        assert row.due_at == DUE - timedelta(days=2)

    def test_a_moved_event_that_was_thanked_for_thanks_again(self) -> None:
        row = planned(rule={"topic": "thanks", "offset_kind": "minutes_after", "offset": 30})
        hand_over(row)
        move(row.event, start_on=date(2026, 12, 9), end_on=date(2026, 12, 9))
        assert rows(row.event)[1:] == [(1, State.PLANNED, row.due_at + timedelta(days=7))]


class TestDefaults:
    """The rules of a team apply to its events without rules of their own."""

    def test_an_event_without_rules_follows_its_team(self) -> None:
        event = factories.event()
        rule = ReminderRule.objects.create(team=event.team, offset=1)
        other = factories.event()
        for each in (event, other):
            reminders.plan(event=each, now=NOW)
        assert list(ReminderOccurrence.objects.values_list("rule", "event")) == [
            (rule.pk, event.pk)
        ]

    def test_its_own_rules_take_their_place(self) -> None:
        event = factories.event()
        ReminderRule.objects.create(team=event.team, offset=1)
        reminders.plan(event=event, now=NOW)
        factories.rule(event=event, offset=2)
        reminders.replan(event=event, now=NOW)
        two_days = DUE - timedelta(days=1)
        assert rows(event) == [(0, State.CANCELLED, DUE), (0, State.PLANNED, two_days)]

    def test_also_when_they_are_off(self) -> None:
        event = factories.event()
        ReminderRule.objects.create(team=event.team, offset=1)
        factories.rule(event=event, offset=2, enabled=False)
        reminders.plan(event=event, now=NOW)
        assert rows(event) == []

    def test_an_event_may_do_without(self) -> None:
        event = factories.event()
        ReminderRule.objects.create(team=event.team, offset=1)
        reminders.plan(event=event, now=NOW)
        event.team_reminders = False
        lifecycle.save(event=event, now=NOW)
        assert rows(event) == [(0, State.CANCELLED, DUE)]

    def test_one_rule_plans_for_many_events(self) -> None:
        team = factories.team()
        ReminderRule.objects.create(team=team, offset=1)
        for _ in range(3):
            reminders.plan(event=factories.event(team=team), now=NOW)
        assert ReminderOccurrence.objects.count() == 3

    def test_a_new_rule_of_a_team_is_planned_for_what_is_to_come(self) -> None:
        team = factories.team()
        coming = factories.event(team=team)
        own = factories.rule(event=factories.event(team=team)).event
        without = factories.event(team=team, team_reminders=False)
        reported = factories.event(team=team, origin="reported")
        past = factories.event(team=team, start_on=date(2026, 1, 5))
        factories.event()
        for event in (coming, own, without, reported, past):
            lifecycle.save(event=event, now=NOW)
        rule = ReminderRule.objects.create(team=team, offset=1)
        reminders.replan_team(team=team, now=NOW)
        assert list(rule.occurrences.values_list("event", "due_at")) == [(coming.pk, DUE)]
        rule.enabled = False
        rule.save()
        reminders.replan_team(team=team, now=NOW)
        assert list(rule.occurrences.values_list("state", flat=True)) == [State.CANCELLED]


@pytest.mark.both_databases
class TestAudience:
    def names(self, event: Event, **rule: Any) -> list[str]:
        row = factories.rule(event=event, **rule)
        return [str(a.person.family_name) for a in audiences.of(rule=row, event=event) if a.person]

    @pytest.fixture
    def event(self) -> Event:
        event = factories.event()
        for name, columns in {
            "Speaker": {"role": "speaker"},
            "Silent": {"partstat": "needs_action", "seat": "none"},
            "Tagged": {"tags": ["press", "vip"], "role": "media"},
            "Away": {"partstat": "declined"},
            "Missed": {"attendance": "no_show"},
        }.items():
            factories.attendee(event=event, person=factories.person(family_name=name), **columns)
        return event

    @pytest.mark.parametrize(
        ("rule", "names"),
        [
            ({}, ["Speaker", "Silent", "Tagged", "Missed"]),
            ({"roles": ["speaker", "media"]}, ["Speaker", "Tagged"]),
            ({"answers": "accepted"}, ["Speaker", "Tagged", "Missed"]),
            ({"answers": "unanswered"}, ["Silent"]),
            ({"tag": "press"}, ["Tagged"]),
            ({"tag": "pres"}, []),
            ({"tag": "vip", "roles": ["speaker"]}, []),
            (
                {"topic": "thanks", "offset_kind": "days_after"},
                ["Speaker", "Silent", "Tagged"],
            ),
        ],
    )
    def test_a_rule_means(self, event: Event, rule: dict[str, Any], names: list[str]) -> None:
        assert self.names(event, **rule) == names

    @examples(80)
    @given(rule=RULES, columns=PEOPLE, elsewhere=st.booleans())
    def test_what_is_told_without_a_question_is_what_the_question_says(
        self, rule: dict[str, Any], columns: dict[str, Any], elsewhere: bool
    ) -> None:
        whole = factories.event()
        event = factories.event(parent=whole, team=whole.team)
        waits = {"waitlisted_at": NOW} if columns["seat"] == "waitlisted" else {}
        attendee = factories.attendee(event=whole if elsewhere else event, **columns, **waits)
        row = factories.rule(event=event, **rule)
        found = audiences.of(rule=row, event=event, person_id=attendee.person_id)
        is_simple = not (elsewhere or row.subtree or row.tag or row.is_after)
        told = audiences.is_for(rule=row, event=event, attendee=attendee)
        assert told == (is_simple and found == [attendee])

    def test_who_attends_any_part_is_meant_once(self) -> None:
        mission = factories.event(kind="trade_mission")
        parts = [factories.event(team=mission.team, parent=mission) for _ in range(2)]
        off = factories.event(team=mission.team, parent=mission, status="cancelled")
        deep = factories.event(team=mission.team, parent=parts[0])
        both, guest, nobody, far = (
            factories.person(family_name=name) for name in ("Both", "Guest", "Nobody", "Far")
        )
        own = None
        for event, person in [
            (parts[0], both), (parts[1], both), (mission, both), (parts[1], guest),
            (off, nobody), (deep, far),
        ]:  # fmt: skip
            row = factories.attendee(event=event, person=person)
            own = row if event == mission else own
        rule = factories.rule(event=mission, subtree=True)
        found = audiences.of(rule=rule, event=mission)
        assert {a.person for a in found} == {both, guest, far}
        assert len(found) == 3
        assert own in found
        assert self.names(mission, offset=3) == ["Both"]


@pytest.mark.both_databases
class TestPartsForEverybody:
    """A session without attendees of its own concerns all attendees of its conference."""

    @pytest.fixture
    def session(self) -> Event:
        whole = factories.event()
        return factories.event(kind="session", parent=whole, team=whole.team)

    def expanded(self, event: Event, **rule: Any) -> set[str]:
        """Save the event with a rule, fan out on the day before; return who gets a mail."""
        factories.rule(event=event, **rule)
        lifecycle.save(event=event, now=NOW)
        fanout.expand_due(now=DUE)
        rows = Delivery.objects.filter(event=event, attendee__person=F("person"))
        return {row.person.family_name for row in rows}

    def attend(self, event: Event | None, *names: str, **columns: Any) -> None:
        for name in names:
            person = Person.objects.filter(family_name=name).first()
            person = person or factories.person(family_name=name)
            factories.attendee(event=event, person=person, **columns)

    def test_a_rule_reaches_all_who_attend_the_whole(self, session: Event) -> None:
        self.attend(session.parent, "Chan", "Lee")
        assert self.expanded(session) == {"Chan", "Lee"}

    def test_each_once_and_not_who_stays_away_from_either(self, session: Event) -> None:
        self.attend(session.parent, "Chan", "Lee", "Ho", "Lost")
        self.attend(session.parent, "Away", partstat="declined")
        self.attend(session, "Chan", role="speaker")
        self.attend(session, "Ho", partstat="declined")
        self.attend(session, "Lost", seat="cancelled")
        assert self.expanded(session) == {"Chan", "Lee"}
        assert Delivery.objects.get(person__family_name="Chan").attendee == (
            Attendee.objects.get(event=session, person__family_name="Chan")
        )

    def test_through_all_levels_unless_one_between_is_refused(self, session: Event) -> None:
        talk = factories.event(kind="address", parent=session, team=session.team)
        self.attend(session.parent, "Chan", "Ho")
        self.attend(session, "Ho", partstat="declined")
        self.attend(session, "Lee")
        assert self.expanded(talk) == {"Chan", "Lee"}

    def test_guests_from_outside_hear_nothing_of_what_the_delegation_sees(
        self, session: Event
    ) -> None:
        session.visibility = Event.Visibility.DELEGATION
        self.attend(session.parent, "Chan", role="delegate")
        self.attend(session.parent, "Guest", role="participant")
        assert self.expanded(session) == {"Chan"}

    @pytest.mark.parametrize(
        ("name", "value"), [("audience", "invited"), ("kind", "leg"), ("visibility", "internal")]
    )
    def test_what_is_for_some_reaches_these_alone(
        self, session: Event, name: str, value: str
    ) -> None:
        setattr(session, name, value)
        self.attend(session.parent, "Chan")
        self.attend(session, "Lee")
        assert self.expanded(session) == {"Lee"}

    def test_the_rule_chooses_by_what_they_are_at_the_whole(self, session: Event) -> None:
        self.attend(session.parent, "Chan", role="speaker")
        self.attend(session.parent, "Lee", role="delegate")
        assert self.expanded(session, roles=["speaker"]) == {"Chan"}

    def test_the_default_of_a_team_is_no_mail_for_each_session(self, session: Event) -> None:
        self.attend(session.parent, "Chan")
        self.attend(session, "Lee")
        ReminderRule.objects.create(team=session.team, offset=1)
        lifecycle.save(event=session, now=NOW)
        fanout.expand_due(now=DUE)
        assert {row.person.family_name for row in Delivery.objects.all()} == {"Lee"}

    def test_it_is_sent_unless_they_stay_away_by_then(self, session: Event) -> None:
        self.attend(session.parent, "Chan", "Ho")
        assert self.expanded(session) == {"Chan", "Ho"}
        self.attend(session, "Ho", partstat="declined")
        delivery.tick(now=DUE)
        states = Delivery.objects.values_list("person__family_name", "state", "reason")
        assert set(states) == {("Chan", "sent", ""), ("Ho", "skipped", Delivery.Reason.STAYS_AWAY)}


# 09:00 in the zone of each reader, on the day before the event starts there.
NINE = {
    "America/Los_Angeles": datetime(2026, 11, 30, 17, tzinfo=UTC),  # starts on 1 December there
    "Pacific/Auckland": datetime(2026, 11, 30, 20, tzinfo=UTC),
    "": DUE,
    "Europe/London": datetime(2026, 12, 1, 9, tzinfo=UTC),
}


def due_at(event: Event) -> dict[str, datetime]:
    """Return when the single reminder of each reader is due, by the reader's zone."""
    rows = event.deliveries.exclude(occurrence=None).exclude(state="cancelled").order_by("pk")
    rows = rows.values_list("person__timezone", "due_at")
    assert len(rows) == len(dict(rows))
    return dict(rows)


class TestByTheClocksOfReaders:
    @pytest.fixture
    def event(self) -> Event:
        event = factories.event()
        factories.rule(event=event, clock="reader")
        for zone in NINE:
            self.reader(event, zone)
        reminders.plan(event=event, now=NOW)
        return event

    def reader(self, event: Event, zone: str, since: datetime = NOW) -> None:
        person = factories.person(timezone=zone)
        factories.attendee(event=event, person=person, created_at=since)

    def hand_over(self, event: Event, until: datetime = DUE + 100 * HOUR) -> list[datetime]:
        """Run each fan-out that is due by `until`; return when they were."""
        done = []
        claimable = event.reminder_occurrences.filter(claim_at__lte=until)
        while row := claimable.order_by("claim_at").first():
            assert row.claim_at is not None
            fanout.expand_due(now=row.claim_at)
            done.append(row.claim_at)
        return done

    def test_it_is_nine_wherever_they_are(self, event: Event) -> None:
        moments = self.hand_over(event)
        assert due_at(event) == NINE
        assert set(NINE.values()) < set(moments)
        [row] = event.reminder_occurrences.all()
        assert (row.state, row.claim_at) == (State.EXPANDED, None)

    def test_nobody_is_written_to_before(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        assert set(due_at(event)) == set(NINE) - {"Europe/London"}

    def test_minutes_before_are_the_same_everywhere(self, event: Event) -> None:
        event.reminder_rules.update(offset_kind=MINUTES, offset=60)
        reminders.replan(event=event, now=NOW)
        assert len(self.hand_over(event)) == 1
        assert set(due_at(event).values()) == {datetime(2026, 12, 2, 0, 30, tzinfo=UTC)}

    def test_who_registers_meanwhile_is_reminded_with_their_zone(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        self.reader(event, "Africa/Lagos", since=DUE)
        self.reader(event, "Asia/Tokyo", since=DUE)  # 10:00 there, so the moment has passed
        self.hand_over(event)
        assert due_at(event) == {
            **NINE,
            "Africa/Lagos": datetime(2026, 12, 1, 8, tzinfo=UTC),
        }

    def test_those_for_whom_it_is_past_when_it_is_planned_get_none(self) -> None:
        event = factories.event()
        factories.rule(event=event, clock="reader")
        for zone in NINE:
            self.reader(event, zone)
        reminders.plan(event=event, now=DUE - HOUR)
        self.hand_over(event)
        assert set(due_at(event)) == {"", "Europe/London"}

    def test_who_attends_two_parts_is_written_to_once(self) -> None:
        whole = factories.event()
        parts = [factories.event(parent=whole, team=whole.team) for _ in range(2)]
        person = factories.person(timezone="")
        first, last = (factories.attendee(event=part, person=person) for part in parts)
        factories.rule(event=whole, clock="reader", subtree=True)
        reminders.plan(event=whole, now=NOW)
        self.hand_over(whole, until=DUE)
        for row in (last, first):
            attendees.answer(attendee=row, partstat=Attendee.Partstat.DECLINED, now=DUE + HOUR)
            attendees.answer(attendee=row, partstat=Attendee.Partstat.ACCEPTED, now=DUE + HOUR)
            Attendee.objects.filter(pk=last.pk).update(partstat="declined", seat="none")
            self.hand_over(whole, until=DUE + 3 * HOUR)
        assert due_at(whole) == {"": DUE}

    def test_those_who_were_written_to_do_not_count_among_too_many(
        self, event: Event, settings: Settings
    ) -> None:
        settings.HOLD_ABOVE = 2
        self.hand_over(event)
        assert set(event.deliveries.values_list("state", flat=True)) == {"pending"}

    def test_who_was_due_when_the_event_moved_a_little_is_reminded(self, event: Event) -> None:
        """No worker ran between an hour before 09:00 and the change, which came an hour after."""
        self.hand_over(event, until=DUE - HOUR)
        move(event, start_time=time(10))  # saved an hour after the reminder was due
        self.hand_over(event)
        assert due_at(event) == NINE

    def test_what_waits_is_not_called_back_on_the_same_day(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        move(event, start_time=time(15, 30))
        assert set(due_at(event)) == set(NINE) - {"Europe/London"}

    def test_a_whole_day_is_reminded_of_on_its_morning(self) -> None:
        event = factories.event(precision="day")
        factories.rule(event=event, clock="reader", offset=0)
        self.reader(event, "Asia/Shanghai")
        reminders.plan(event=event, now=NOW)
        self.hand_over(event)
        assert due_at(event) == {"Asia/Shanghai": DUE + 24 * HOUR}

    def test_another_hour_of_the_rule_moves_what_waits(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        event.reminder_rules.update(at_local_time=time(18))
        reminders.replan(event=event, now=DUE)
        assert due_at(event) == {
            zone: at + 9 * HOUR for zone, at in NINE.items() if zone != "Europe/London"
        }

    def test_a_small_move_in_between_reminds_nobody_twice(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        move(event, start_time=time(10, 30))
        self.hand_over(event)
        assert due_at(event) == NINE

    def test_another_day_reminds_all_once_more(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        move(event, start_on=date(2026, 12, 3), end_on=date(2026, 12, 3))
        self.hand_over(event)
        assert due_at(event) == {zone: at + 24 * HOUR for zone, at in NINE.items()}

    def test_what_a_cancellation_stopped_goes_on(self, event: Event) -> None:
        self.hand_over(event, until=DUE)
        lifecycle.postpone(event=event, now=DUE + HOUR)
        assert self.hand_over(event) == []
        lifecycle.reinstate(event=event, when=event.when, now=DUE + 2 * HOUR)
        self.hand_over(event)
        assert due_at(event) == NINE

    def test_planning_twice_changes_nothing(self, event: Event) -> None:
        for until in (DUE, DUE + 100 * HOUR):
            self.hand_over(event, until=until)
            before = snapshot()
            reminders.replan(event=event, now=until)
            assert snapshot() == before

    def test_thanks_follow_the_day_on_which_it_ended_there(self, event: Event) -> None:
        """The event ends at 17:00 in Shanghai, 01:00 in Los Angeles and 22:00 in Auckland."""
        event.reminder_rules.update(offset_kind="days_after", topic="thanks")
        reminders.replan(event=event, now=NOW)
        self.hand_over(event, until=DUE + 200 * HOUR)
        assert due_at(event) == {
            "America/Los_Angeles": datetime(2026, 12, 3, 17, tzinfo=UTC),
            "Pacific/Auckland": datetime(2026, 12, 2, 20, tzinfo=UTC),
            "": datetime(2026, 12, 3, 1, tzinfo=UTC),
            "Europe/London": datetime(2026, 12, 3, 9, tzinfo=UTC),
        }
