"""The steps of an event: what moves along, what is counted, what is refused."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions, tree
from events.domain.reminders import reminders
from events.models import (
    Attendee,
    Delivery,
    Event,
    EventOrganisation,
    EventPlace,
    PromotionConference,
    ReminderOccurrence,
)
from events.values.dates import BadDate, Precision, When
from tests import factories
from tests.factories import NOW, days

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def counts(event: Event) -> tuple[int, int, datetime]:
    row = Event.objects.get(pk=event.pk)
    return row.sequence, row.revision, row.changed_at


def test_a_new_event_is_created_now() -> None:
    event = factories.event()
    event.pk, event.slug = None, "copy"
    event.uid = uuid.uuid4()
    event._state.adding = True
    lifecycle.save(event=event, now=LATER.replace(microsecond=5))
    row = Event.objects.get(slug="copy")
    assert (row.created_at, row.changed_at, row.sequence, row.revision) == (LATER, LATER, 0, 0)


def test_a_save_without_a_change_counts_nothing() -> None:
    event = factories.event()
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 0, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"start_on": date(2026, 12, 1)},
        {"start_time": time(10)},
        {"end_time": None},
        {"timezone": "Asia/Tokyo"},
        {"status": "tentative"},
        {"precision": "day", "start_time": None, "end_time": None},
    ],
)
def test_another_time_or_status_is_another_appointment(change: dict[str, Any]) -> None:
    event = factories.event()
    for name, value in change.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (1, 1, LATER)


def test_another_place_is_another_appointment() -> None:
    event = factories.event()
    event.place = factories.place()
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (1, 1, LATER)


@pytest.mark.parametrize("name", ["title_en", "title_zh_hant", "description_zh_hans", "url"])
def test_other_words_are_a_revision(name: str) -> None:
    event = factories.event()
    setattr(event, name, "https://example.org/")
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 1, LATER)


def test_a_title_in_the_active_language_is_a_revision() -> None:
    event = factories.event()
    with translation.override("zh-hans"):
        event.title = "推介会"
        lifecycle.save(event=event, now=LATER)
    assert Event.objects.get(pk=event.pk).title_zh_hans == "推介会"
    assert counts(event) == (0, 1, LATER)


def test_an_empty_translation_is_no_change_whether_null_or_blank() -> None:
    event = factories.event()
    event.title_zh_hans = "" if event.title_zh_hans is None else None
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 0, NOW)


def test_another_team_is_stored_and_not_seen() -> None:
    event = factories.event()
    event.team = factories.team()
    lifecycle.save(event=event, now=LATER)
    assert Event.objects.get(pk=event.pk).team == event.team
    assert counts(event) == (0, 0, NOW)


def test_two_changes_within_a_second_bear_two_times() -> None:
    event = factories.event()
    for title in ("One", "Two"):
        event.title_en = title
        lifecycle.save(event=event, now=LATER.replace(microsecond=300_000))
    assert counts(event) == (0, 2, LATER + timedelta(seconds=1))


def test_the_times_never_go_back() -> None:
    event = factories.event()
    event.title_en = "Another"
    lifecycle.save(event=event, now=NOW - timedelta(days=1))
    assert counts(event) == (0, 1, NOW + timedelta(seconds=1))


def test_a_form_opened_earlier_does_not_turn_the_counters_back() -> None:
    event = factories.event()
    stale = Event.objects.get(pk=event.pk)
    event.status = "tentative"
    lifecycle.save(event=event, now=LATER)
    stale.title_en = "Another"
    stale.status = "tentative"
    lifecycle.save(event=stale, now=LATER)
    assert counts(event) == (1, 2, LATER + timedelta(seconds=1))


def test_a_change_beside_the_event_is_a_revision() -> None:
    event = factories.event()
    lifecycle.touch(event=event, now=LATER)
    assert counts(event) == (0, 1, LATER)
    assert event.changed_at == LATER


def test_saving_plans_the_reminders() -> None:
    event = factories.rule().event
    lifecycle.save(event=event, now=NOW)
    assert event.reminder_occurrences.get().due_at == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_every_field_that_counts_exists() -> None:
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert set(revisions.VISIBLE) - columns == set()
    assert len(revisions.VISIBLE) == len(set(revisions.VISIBLE))


def test_every_column_is_either_visible_counted_derived_or_known_to_be_private() -> None:
    derived = {"id", "uid", "title", "description", "start_at", "end_at", "search_key"}
    private = {"team_id", "audience", "team_reminders", "cue", "vehicle_id"}
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - {*revisions.VISIBLE, *revisions.MANAGED} == derived | private


def a_day(day: int, last: int | None = None, zone: str = "Asia/Shanghai") -> When:
    return When(
        precision=Precision.DAY,
        start_on=date(2026, 12, day),
        end_on=date(2026, 12, last or day),
        timezone=zone,
    )


MAY = When(precision=Precision.MONTH, start_on=date(2027, 5, 1), end_on=date(2027, 5, 31))
STEPS: dict[str, Callable[[Event], None]] = {
    "propose": lambda event: lifecycle.propose(event=event, now=LATER),
    "confirm": lambda event: lifecycle.confirm(event=event, now=LATER),
    "postpone": lambda event: lifecycle.postpone(event=event, now=LATER),
    "reinstate": lambda event: lifecycle.reinstate(event=event, when=a_day(9), now=LATER),
    "move": lambda event: lifecycle.move(event=event, when=a_day(9), now=LATER),
    "cancel": lambda event: lifecycle.cancel(event=event, reason="Storm", now=LATER),
    "delete": lambda event: lifecycle.delete(event=event, now=LATER),
}
# The status that each step leads to; combinations that are missing here are refused.
LEADS = {
    ("draft", "propose"): "tentative",
    ("draft", "move"): "draft",
    ("draft", "delete"): None,
    ("tentative", "confirm"): "confirmed",
    ("tentative", "move"): "tentative",
    ("tentative", "postpone"): "postponed",
    ("tentative", "cancel"): "cancelled",
    ("confirmed", "move"): "confirmed",
    ("confirmed", "postpone"): "postponed",
    ("confirmed", "cancel"): "cancelled",
    ("postponed", "reinstate"): "tentative",
    ("postponed", "confirm"): "confirmed",
    ("postponed", "move"): "postponed",
    ("postponed", "cancel"): "cancelled",
    ("cancelled", "reinstate"): "tentative",
}


def ready(**columns: Any) -> Event:
    """Return an event that is complete enough to be confirmed."""
    event = factories.event(**{"place": factories.place(), **columns})
    factories.organiser(event)
    return event


def state(event: Event) -> str | None:
    return Event.objects.filter(pk=event.pk).values_list("status", flat=True).first()


def part_of(event: Event, **columns: Any) -> Event:
    return factories.event(**{"team": event.team, "parent": event, **columns})


class TestSteps:
    @pytest.mark.parametrize("verb", STEPS)
    @pytest.mark.parametrize("status", Event.Status.values)
    def test_each_state_allows_some_steps_and_refuses_the_others(
        self, status: str, verb: str
    ) -> None:
        event = ready(status=status)
        allowed = (status, verb) in LEADS
        assert (verb in lifecycle.next_steps(event=event)) == allowed
        if allowed:
            STEPS[verb](event)
            assert state(event) == LEADS[status, verb]
        else:
            with pytest.raises(lifecycle.NotAllowed) as refused:
                STEPS[verb](event)
            assert (refused.value.row, refused.value.verb) == (event, verb)
            assert (state(event), counts(event)) == (status, (0, 0, NOW))

    @pytest.mark.parametrize(("status", "verb"), [key for key in LEADS if LEADS[key]])
    def test_a_step_is_another_appointment_and_the_event_at_hand_knows(
        self, status: str, verb: str
    ) -> None:
        event = ready(status=status)
        STEPS[verb](event)
        assert counts(event) == (1, 1, LATER)
        assert (event.status, event.sequence, event.changed_at) == (LEADS[status, verb], 1, LATER)

    def test_a_screen_for_one_kind_takes_the_same_steps(self) -> None:
        event = PromotionConference.objects.get(pk=ready(status="tentative").pk)
        lifecycle.confirm(event=event, now=LATER)
        assert (event.status, state(event)) == ("confirmed", "confirmed")

    def test_what_somebody_else_changed_meanwhile_is_not_undone(self) -> None:
        event = ready(status="tentative")
        stale = Event.objects.get(pk=event.pk)
        event.title_en = "Renamed"
        lifecycle.save(event=event, now=NOW)
        lifecycle.confirm(event=stale, now=LATER)
        assert (stale.title_en, counts(event)[:2]) == ("Renamed", (1, 2))

    @pytest.mark.parametrize("verb", ["propose", "confirm", "reinstate"])
    @pytest.mark.parametrize("off", ["postponed", "cancelled"])
    def test_nothing_starts_below_what_is_off(self, off: str, verb: str) -> None:
        event = factories.event(status=off)
        between = part_of(event, status="draft")
        status = {"propose": "draft", "confirm": "tentative", "reinstate": "postponed"}[verb]
        part = part_of(between, status=status)
        assert verb not in lifecycle.next_steps(event=part)
        with pytest.raises(lifecycle.NotAllowed) as refused:
            STEPS[verb](part)
        assert refused.value.row == event

    @pytest.mark.parametrize(("old", "new"), [("cancelled", "confirmed"), ("tentative", "draft")])
    def test_no_save_brings_back_what_is_over(self, old: str, new: str) -> None:
        event = factories.event(status=old)
        event.status = new
        with pytest.raises(lifecycle.NotAllowed):
            lifecycle.save(event=event, now=LATER)
        assert state(event) == old

    def test_a_report_may_be_corrected_to_any_state(self) -> None:
        event = factories.event(origin="reported", status="cancelled")
        event.status = "confirmed"
        lifecycle.save(event=event, now=LATER)
        assert state(event) == "confirmed"


class TestConfirming:
    @pytest.mark.parametrize(
        ("columns", "missing"),
        [
            ({"precision": "month", "start_on": MAY.start_on, "end_on": MAY.end_on}, ("day",)),
            (
                {"precision": "unknown", "start_on": None, "timezone": "", "start_time": None},
                ("day", "zone"),
            ),
            ({"place": None}, ("place",)),
        ],
        ids=str,
    )
    def test_it_needs(self, columns: dict[str, Any], missing: tuple[str, ...]) -> None:
        event = ready(status="tentative", **columns)
        with pytest.raises(lifecycle.Incomplete) as refused:
            lifecycle.confirm(event=event, now=LATER)
        assert (refused.value.event, refused.value.missing) == (event, missing)
        assert (event.status, state(event)) == ("tentative", "tentative")

    def test_all_that_is_missing_is_said_at_once(self) -> None:
        event = factories.event(status="tentative", precision="unknown", start_on=None, timezone="")
        with pytest.raises(lifecycle.Incomplete) as refused:
            lifecycle.confirm(event=event, now=LATER)
        assert refused.value.missing == ("day", "zone", "place", "organiser")

    @pytest.mark.parametrize("role", ["main", "site"])
    def test_a_further_place_is_a_place(self, role: str) -> None:
        event = ready(status="tentative", place=None)
        EventPlace.objects.create(event=event, place=factories.place(), role=role)
        lifecycle.confirm(event=event, now=LATER)
        assert state(event) == "confirmed"

    @pytest.mark.parametrize("role", ["hub", "topic"])
    def test_a_hub_or_a_topic_is_none(self, role: str) -> None:
        event = ready(status="tentative", place=None)
        EventPlace.objects.create(event=event, place=factories.place(), role=role)
        with pytest.raises(lifecycle.Incomplete):
            lifecycle.confirm(event=event, now=LATER)

    @pytest.mark.parametrize(
        "columns", [{"attendance_mode": "online"}, {"kind": "deadline"}, {"kind": "review"}]
    )
    def test_some_take_place_nowhere(self, columns: dict[str, Any]) -> None:
        event = ready(status="tentative", place=None, **columns)
        lifecycle.confirm(event=event, now=LATER)
        assert state(event) == "confirmed"

    @pytest.mark.parametrize("role", ["host", "organiser"])
    def test_parts_inherit_the_organiser(self, role: str) -> None:
        event = factories.event()
        factories.organiser(event, role=role)
        part = part_of(part_of(event), status="tentative", place=factories.place())
        lifecycle.confirm(event=part, now=LATER)
        assert state(part) == "confirmed"

    def test_a_sponsor_is_no_organiser(self) -> None:
        event = factories.event(status="tentative", place=factories.place())
        factories.organiser(event, role=EventOrganisation.Role.SPONSOR)
        with pytest.raises(lifecycle.Incomplete) as refused:
            lifecycle.confirm(event=event, now=LATER)
        assert refused.value.missing == ("organiser",)

    def test_a_report_says_no_more_than_it_knows(self) -> None:
        event = factories.event(origin="reported", status="tentative")
        lifecycle.confirm(event=event, now=LATER)
        assert state(event) == "confirmed"

    def test_its_days_fit_what_it_is_part_of(self) -> None:
        """Another leg may have taken the days while this one was postponed."""
        mission = factories.event(**days(10, 15))
        doha = ready(team=mission.team, parent=mission, kind="leg", **days(11, 13))
        lifecycle.postpone(event=doha, now=LATER)
        part_of(mission, kind="leg", **days(12, 13))
        with pytest.raises(tree.LegsOverlap):
            lifecycle.confirm(event=doha, now=LATER)

    def test_the_reason_why_it_was_off_goes(self) -> None:
        event = ready()
        lifecycle.postpone(event=event, reason="Typhoon", now=LATER)
        assert event.cancellation_reason == "Typhoon"
        lifecycle.confirm(event=event, now=LATER)
        assert event.cancellation_reason == ""


class TestCallingOff:
    @pytest.fixture
    def mission(self) -> Event:
        """A mission with one part of each status, and a part below each of them."""
        mission = factories.event(title="mission", **days(10, 15))
        for status in Event.Status.values:
            part = part_of(mission, title=status, status=status, **days(11))
            part_of(part, title=f"below {status}", status=status, **days(11))
        return mission

    def states(self) -> dict[str, str]:
        return dict(Event.objects.order_by("pk").values_list("title_en", "status"))

    @pytest.mark.parametrize(
        ("verb", "reached"),
        [
            (
                "cancel",
                {"tentative": "cancelled", "confirmed": "cancelled", "postponed": "cancelled"},
            ),
            ("postpone", {"tentative": "postponed", "confirmed": "postponed"}),
        ],
    )
    def test_the_programme_goes_along_but_for_drafts(
        self, mission: Event, verb: str, reached: dict[str, str]
    ) -> None:
        STEPS[verb](mission)
        states = self.states()
        assert states.pop("mission") == {"cancel": "cancelled", "postpone": "postponed"}[verb]
        for status in Event.Status.values:
            assert states.pop(status) == reached.get(status, status)
            assert states.pop(f"below {status}") == reached.get(status, status)
        assert states == {}

    def test_a_cancelled_programme_says_why(self, mission: Event) -> None:
        lifecycle.cancel(event=mission, reason="Storm", now=LATER)
        said = Event.objects.filter(cancellation_reason="Storm")
        assert said.count() == 7
        assert not said.exclude(status="cancelled").exists()

    def test_each_counts_its_own_change_once(self, mission: Event) -> None:
        lifecycle.cancel(event=mission, reason="", now=LATER)
        for event in Event.objects.filter(status="cancelled").exclude(title_en__contains="cancel"):
            assert (event.sequence, event.revision) == (1, 1), event
        # A draft shows its parent: its page changes (revision), its date does not (SEQUENCE).
        draft = Event.objects.get(title_en="draft")
        assert (draft.sequence, draft.revision, draft.changed_at) == (0, 1, LATER)
        assert counts(Event.objects.get(title_en="below draft")) == (0, 0, NOW)

    @pytest.mark.parametrize("verb", ["cancel", "postpone"])
    def test_nobody_is_reminded_of_what_is_off(self, verb: str) -> None:
        event = factories.event()
        part = part_of(event)
        for row in (event, part):
            factories.rule(event=row)
            reminders.plan(event=row, now=NOW)
        STEPS[verb](event)
        assert set(ReminderOccurrence.objects.values_list("state", flat=True)) == {"cancelled"}

    def test_a_postponed_event_keeps_its_old_slot(self) -> None:
        event = factories.event()
        before = event.when
        lifecycle.postpone(event=event, now=LATER)
        assert Event.objects.get(pk=event.pk).when == before


class TestReinstating:
    @pytest.fixture
    def event(self) -> Event:
        event = ready(**days(10, 12))
        part_of(event, title="part", precision="time", start_on=date(2026, 12, 11))
        part_of(event, title="draft", status="draft", **days(12))
        lifecycle.postpone(event=event, reason="Typhoon", now=NOW)
        return event

    def test_it_comes_back_with_its_programme_on_other_days(self, event: Event) -> None:
        lifecycle.reinstate(event=event, when=a_day(20, 22), now=LATER)
        assert (event.status, event.when, event.cancellation_reason) == (
            "tentative", a_day(20, 22), "",
        )  # fmt: skip
        part, draft = Event.objects.filter(parent=event).in_time_order()
        assert (part.status, part.start_on, part.start_time) == (
            "tentative", date(2026, 12, 21), time(9, 30),
        )  # fmt: skip
        assert (draft.status, draft.start_on) == ("draft", date(2026, 12, 22))

    def test_alone_it_leaves_its_programme_postponed(self, event: Event) -> None:
        lifecycle.reinstate(
            event=event, when=a_day(10, 13), status="confirmed", with_programme=False, now=LATER
        )
        assert event.status == "confirmed"
        assert state(Event.objects.get(title_en="part")) == "postponed"

    def test_elsewhere(self, event: Event) -> None:
        place = factories.place()
        lifecycle.reinstate(event=event, when=a_day(20, 22), place=place, now=LATER)
        assert event.place == place

    def test_it_needs_a_day(self, event: Event) -> None:
        with pytest.raises(lifecycle.Incomplete) as refused:
            lifecycle.reinstate(event=event, when=MAY, now=LATER)
        assert refused.value.missing == ("day",)

    def test_confirmed_it_needs_all_the_rest(self, event: Event) -> None:
        event.organisation_roles.all().delete()
        with pytest.raises(lifecycle.Incomplete) as refused:
            lifecycle.reinstate(event=event, when=a_day(20, 22), status="confirmed", now=LATER)
        assert refused.value.missing == ("organiser",)

    def test_it_stands_in_no_other_state(self, event: Event) -> None:
        with pytest.raises(ValueError, match="cancelled"):
            lifecycle.reinstate(event=event, when=a_day(20), status="cancelled", now=LATER)

    def test_people_are_reminded_of_the_new_day(self, event: Event) -> None:
        factories.rule(event=event)
        lifecycle.reinstate(event=event, when=a_day(20, 22), now=LATER)
        assert event.reminder_occurrences.get().due_at == datetime(2026, 12, 19, 1, tzinfo=UTC)


class TestMoving:
    def test_the_programme_moves_by_as_many_days_at_the_same_hours(self) -> None:
        """Over the end of summer time in New York: the wall times stay."""
        zone = "America/New_York"
        first, last = date(2026, 10, 30), date(2026, 10, 31)
        event = factories.event(timezone=zone, precision="day", start_on=first, end_on=last)
        part = part_of(event, timezone=zone, start_on=date(2026, 10, 31))
        deep = part_of(part, timezone="Asia/Shanghai", start_on=date(2026, 10, 31))
        new = replace(event.when, start_on=date(2026, 11, 3), end_on=date(2026, 11, 4))
        lifecycle.move(event=event, when=new, now=LATER)
        for row, hour in ((part, 14), (deep, 1)):
            row.refresh_from_db()
            assert (row.start_on, row.start_time) == (date(2026, 11, 4), time(9, 30))
            assert row.start_at == datetime(2026, 11, 4, hour, 30, tzinfo=UTC)
            assert counts(row) == (1, 1, LATER)
        assert event.when == new

    def test_what_is_cancelled_stays_and_all_else_moves(self) -> None:
        event = factories.event(**days(2))
        parts = {status: part_of(event, status=status, **days(2)) for status in Event.Status.values}
        lifecycle.move(event=event, when=a_day(9), now=LATER)
        moved = {
            status: Event.objects.get(pk=part.pk).start_on.day for status, part in parts.items()
        }
        assert moved == {"cancelled": 2, **dict.fromkeys(set(parts) - {"cancelled"}, 9)}

    def test_a_part_without_a_day_stays_undated_and_a_month_stays_a_month(self) -> None:
        event = factories.event(**{**days(1), "end_on": date(2027, 6, 30)})
        undated = part_of(event, precision="unknown", start_on=None)
        coarse = part_of(event, precision="month", start_on=MAY.start_on, end_on=MAY.end_on)
        lifecycle.move(
            event=event, when=replace(event.when, start_on=date(2026, 12, 31)), now=LATER
        )
        for part in (undated, coarse):
            part.refresh_from_db()
        assert undated.start_on is None
        assert (coarse.start_on, coarse.end_on) == (date(2027, 6, 1), date(2027, 6, 30))

    def test_to_another_hour_of_the_day_moves_no_part(self) -> None:
        event = factories.event()
        part = part_of(event)
        lifecycle.move(event=event, when=replace(event.when, start_time=time(8)), now=LATER)
        assert counts(part) == (0, 0, NOW)

    def test_to_another_place_keeps_the_date_and_where_it_comes_from(self) -> None:
        hall, gate = factories.place(), factories.place()
        event = factories.event(kind="transfer", basis="stated", place=gate)
        lifecycle.move(event=event, when=event.when, place=hall, end_place=gate, now=LATER)
        assert (event.place, event.end_place, event.basis) == (hall, gate, "stated")
        assert counts(event) == (1, 1, LATER)

    def test_a_place_that_is_not_given_stays(self) -> None:
        event = factories.event(place=factories.place(), basis="stated")
        before = event.place
        lifecycle.move(event=event, when=a_day(9), now=LATER)
        assert (event.place, event.basis) == (before, "entered")

    def test_alone_it_does_not_leave_its_programme_outside(self) -> None:
        event = factories.event(**days(2))
        part = part_of(event, **days(2))
        with pytest.raises(tree.OutsideParent) as refused:
            lifecycle.move(event=event, when=a_day(9), with_programme=False, now=LATER)
        assert refused.value.parts == (part,)
        assert event.start_on == Event.objects.get(pk=event.pk).start_on == date(2026, 12, 2)

    def test_alone_it_may_grow_around_its_programme(self) -> None:
        event = factories.event(**days(2))
        part = part_of(event, **days(2))
        lifecycle.move(event=event, when=a_day(1, 9), with_programme=False, now=LATER)
        assert counts(part) == (0, 0, NOW)

    def test_it_does_not_leave_what_it_is_part_of(self) -> None:
        expo = factories.event(**days(5, 10))
        part = part_of(expo, **days(5))
        with pytest.raises(tree.OutsideParent) as refused:
            lifecycle.move(event=part, when=a_day(11), now=LATER)
        assert refused.value.parent == expo

    def test_a_date_that_contradicts_itself_is_refused(self) -> None:
        event = factories.event()
        with pytest.raises(BadDate):
            lifecycle.move(event=event, when=a_day(9, 8), now=LATER)

    def test_hours_that_the_clocks_skip_are_refused_and_the_part_named(self) -> None:
        """On 28 March 2027 Berlin has no time from 02:00 to 03:00."""
        zone = "Europe/Berlin"
        day = date(2027, 3, 27)
        event = factories.event(timezone=zone, precision="day", start_on=day, end_on=day)
        part = part_of(
            event,
            timezone=zone,
            start_on=event.start_on,
            start_time=time(2, 30),
            end_time=time(3, 10),
        )
        day = date(2027, 3, 28)
        with pytest.raises(tree.NoSuchTime) as refused:
            lifecycle.move(
                event=event, when=replace(event.when, start_on=day, end_on=day), now=LATER
            )
        assert refused.value.event == part

    @pytest.mark.parametrize("status", ["tentative", "confirmed"])
    def test_who_knows_the_day_does_not_lose_it(self, status: str) -> None:
        event = factories.event(status=status)
        with pytest.raises(lifecycle.Incomplete):
            lifecycle.move(event=event, when=MAY, now=LATER)
        event.when = MAY
        with pytest.raises(lifecycle.Incomplete):
            lifecycle.save(event=event, now=LATER)

    def test_a_stop_of_the_first_half_year_gets_a_day(self) -> None:
        """US-04, 4; the UID stays too."""
        half = {"start_on": date(2027, 1, 1), "end_on": date(2027, 6, 30)}
        event = ready(status="tentative", precision="half_year", **half)
        uid = event.uid
        lifecycle.move(event=event, when=MAY, now=LATER)
        lifecycle.move(event=event, when=a_day(9), now=LATER)
        lifecycle.confirm(event=event, now=LATER)
        assert (event.status, event.uid, event.sequence) == ("confirmed", uid, 3)


class TestDeleting:
    def test_a_draft_goes_with_its_drafts_and_their_details(self) -> None:
        event = factories.event(status="draft")
        part = part_of(event, status="draft")
        after = part_of(event, status="draft", after=part, previous_related=event)
        deadline = part_of(event, status="draft", kind="deadline")
        event.registration_closes = deadline
        lifecycle.save(event=event, now=NOW)
        factories.organiser(after)
        factories.attendee(event=part)
        factories.rule(event=event)
        other = factories.event(status="draft")
        lifecycle.delete(event=event, now=LATER)
        assert list(Event.objects.all()) == [other]
        assert not Attendee.objects.exists()

    def test_a_part_that_people_know_of_keeps_it(self) -> None:
        event = factories.event(status="draft")
        part = part_of(part_of(event, status="draft"), status="tentative")
        assert "delete" not in lifecycle.next_steps(event=event)
        with pytest.raises(lifecycle.NotAllowed) as refused:
            lifecycle.delete(event=event, now=LATER)
        assert refused.value.row == part
        assert Event.objects.count() == 3

    def test_what_others_need_stays_whole(self) -> None:
        event = factories.event(status="draft")
        part = part_of(event, status="draft")
        later = factories.event(after=part)
        with pytest.raises(lifecycle.InUse) as refused:
            lifecycle.delete(event=event, now=LATER)
        assert (refused.value.event, refused.value.rows) == (event, (later,))
        assert Event.objects.get(pk=part.pk).parent == event

    def test_its_history_stays(self) -> None:
        event = factories.event(status="draft")
        lifecycle.delete(event=event, now=LATER)
        kept = Event.history.filter(uid=event.uid)  # type: ignore[attr-defined]
        assert [row.history_type for row in kept.order_by("pk")] == ["+", "-"]


class TestConsequences:
    def test_parts_people_and_reminders_are_counted(self) -> None:
        event = factories.event()
        part, draft = part_of(event), part_of(event, status="draft")
        both = factories.attendee(event=event).person
        factories.attendee(event=part, person=both)
        factories.attendee(event=part, person=None, label="Two from Doha")
        factories.attendee(event=part, person=None, label="One from Kuwait")
        factories.attendee(event=event, partstat="declined")
        factories.attendee(event=event, seat="cancelled")
        factories.attendee(event=draft)
        for row in (event, part):
            factories.rule(event=row)
            reminders.plan(event=row, now=NOW)
        seen = lifecycle.consequences(event=event, verb="cancel")
        assert (seen.parts, seen.people, seen.reminders) == ([part], 3, 2)
        assert lifecycle.consequences(event=event, verb="move").parts == [part, draft]

    def test_mails_that_wait_count_and_those_that_are_sent_do_not(self) -> None:
        event = factories.rule().event
        person = factories.person()
        for status in ("pending", "leased", "sent", "cancelled"):
            Delivery.objects.create(
                event=event,
                person=person,
                dedup_key=status,
                due_at=NOW,
                expires_at=LATER,
                state=status,
            )
        assert lifecycle.consequences(event=event, verb="cancel").reminders == 2

    def test_a_part_for_everybody_concerns_the_people_above(self) -> None:
        event = factories.event()
        factories.attendee(event=event)
        part = part_of(event)
        closed = part_of(event, audience="invited")
        factories.attendee(event=closed)
        assert lifecycle.consequences(event=part, verb="move").people == 1
        assert lifecycle.consequences(event=closed, verb="move").people == 1
        assert lifecycle.consequences(event=event, verb="move").people == 2

    @pytest.mark.parametrize(("status", "verb"), LEADS)
    def test_the_parts_that_are_announced_are_those_that_change(
        self, status: str, verb: str
    ) -> None:
        event = ready(status=status, **days(2))
        possible = {
            "delete": ["draft"],
            "reinstate": ["draft", "postponed", "cancelled"],
            "confirm": ["draft", "postponed", "cancelled"],
        }
        for each in possible.get(verb, Event.Status.values):
            part_of(event, status=each, **days(2))
        announced = lifecycle.consequences(event=event, verb=verb).parts
        before = set(Event.objects.exclude(pk=event.pk))
        STEPS[verb](event)
        left = Event.objects.filter(pk__in=[part.pk for part in before])
        changed = {part for part in before if part not in left}
        changed |= {part for part in left if part.sequence}
        assert set(announced) == changed

    def test_they_cost_as_many_queries_for_30_parts_as_for_1(self) -> None:
        event = factories.event()
        costs = []
        for more in (1, 2, 27):
            for _ in range(more):
                factories.attendee(event=part_of(event))
            with CaptureQueriesContext(connection) as asked:
                lifecycle.consequences(event=event, verb="cancel")
                lifecycle.next_steps(event=event)
            costs.append(len(asked))
        assert costs[1:] == costs[:1] * 2


class TestInherited:
    @pytest.mark.parametrize(
        ("change", "seen"),
        [
            ({"title_en": "Renamed"}, 1),
            ({"slug": "renamed"}, 1),
            ({"visibility": "internal"}, 1),
            ({"capacity": 5}, 0),
            ({"start_time": time(8)}, 0),
        ],
        ids=str,
    )
    def test_parts_show_some_changes_of_what_they_are_part_of(
        self, change: dict[str, Any], seen: int
    ) -> None:
        event = factories.event()
        part = part_of(event)
        deep = part_of(part)
        for name, value in change.items():
            setattr(event, name, value)
        lifecycle.save(event=event, now=LATER)
        assert counts(part) == (0, seen, LATER if seen else NOW)
        assert counts(deep) == (0, 0, NOW)

    def test_an_organisation_is_shown_by_what_it_has_a_role_in(self) -> None:
        event, other = factories.event(), factories.event()
        body = factories.organiser(event, role="sponsor").organisation
        factories.organiser(other)
        lifecycle.touch_shown_with(organisation=body, now=LATER)
        assert (counts(event), counts(other)) == ((0, 1, LATER), (0, 0, NOW))

    def test_a_place_is_shown_by_all_that_happens_there_or_in_a_part_of_it(self) -> None:
        city = factories.place()
        hall = factories.place(parent=city)
        shown = [
            factories.event(place=city),
            factories.event(place=hall),
            factories.event(end_place=hall),
            factories.event(),
        ]
        for role in ("hub", "topic"):
            EventPlace.objects.create(event=shown[-1], place=hall, role=role)
        other = factories.event(place=factories.place())
        lifecycle.touch_shown_with(place=city, now=LATER)
        assert [counts(event) for event in shown] == [(0, 1, LATER)] * 4
        assert counts(other) == (0, 0, NOW)

    def test_nothing_shown_touches_nothing(self) -> None:
        event = factories.event()
        lifecycle.touch_shown_with(now=LATER)
        assert counts(event) == (0, 0, NOW)

    def test_times_that_rise_for_many_rise_as_for_one(self) -> None:
        event = factories.event()
        part = part_of(event)
        for seconds in (0, 0, -9000):
            now = LATER + timedelta(seconds=seconds, microseconds=9)
            lifecycle.touch_shown_with(event=event, now=now)
        assert counts(part) == (0, 3, LATER + timedelta(seconds=2))
        assert Event.objects.filter(changed_at=LATER + timedelta(seconds=2)).count() == 1
