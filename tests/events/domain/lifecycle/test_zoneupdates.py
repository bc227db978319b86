"""Updates of the time zone database: wall times stay, UTC times are recomputed.

An event stored under an older database is simulated by UTC times of the older rules.
"""

from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import icalendar
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.domain.feeds import feeds
from events.domain.lifecycle import lifecycle, zoneupdates
from events.domain.reminders import reminders
from events.models import Delivery, Event, ReminderOccurrence, ReminderRule
from events.models.base import clock
from events.values import dates
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
# Wall times in Vancouver, which stays at UTC-7 from 2026 on.
START = datetime(2027, 12, 2, 16, 30, tzinfo=UTC)
END = datetime(2027, 12, 3, 0, tzinfo=UTC)
Moments = tuple[datetime | None, datetime | None]


def vancouver(**columns: Any) -> Event:
    """Return an event of December 2027, 09:30 to 17:00 in Vancouver."""
    values = {"start_on": date(2027, 12, 2), "timezone": "America/Vancouver", **columns}
    return factories.event(**values)


def older(event: Event, by: timedelta = HOUR) -> Event:
    """Set the UTC times of an older database, whose offset from UTC was smaller by `by`."""
    Event.objects.filter(pk=event.pk).update(
        start_at=event.start_at and event.start_at + by, end_at=event.end_at and event.end_at + by
    )
    return Event.objects.get(pk=event.pk)


def moments(event: Event) -> Moments:
    row = Event.objects.get(pk=event.pk)
    return row.start_at, row.end_at


def counts(event: Event) -> tuple[int, int, datetime]:
    row = Event.objects.get(pk=event.pk)
    return row.sequence, row.revision, row.changed_at


def everything() -> list[list[dict[str, Any]]]:
    tables = (Event, ReminderOccurrence, Delivery)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_the_moments_follow_the_law_of_the_zone() -> None:
    event = older(vancouver())
    report = zoneupdates.recompute(now=LATER)
    assert moments(event) == (START, END)
    assert counts(event) == (1, 1, LATER)
    [move] = report.moved
    assert (move.event, move.before, move.after) == (
        event,
        (START + HOUR, END + HOUR),
        (START, END),
    )
    assert (report.looked_at, report.failed) == (1, [])


def test_the_wall_time_stays() -> None:
    event = older(vancouver())
    zoneupdates.recompute(now=LATER)
    assert Event.objects.get(pk=event.pk).when == event.when


def test_a_second_run_finds_nothing() -> None:
    older(vancouver())
    zoneupdates.recompute(now=LATER)
    stored = everything()
    report = zoneupdates.recompute(now=LATER + HOUR)
    assert (report.looked_at, report.moved, everything()) == (1, [], stored)


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    event = older(vancouver())
    factories.rule(event=event)
    reminders.plan(event=event, now=NOW)
    stored = everything()
    rehearsal = zoneupdates.recompute(now=LATER, dry_run=True)
    assert everything() == stored
    assert rehearsal == zoneupdates.recompute(now=LATER)


def test_the_reminder_moves_along() -> None:
    event = older(vancouver())
    minutes = ReminderRule.OffsetKind.EXACT_MINUTES
    rule = factories.rule(event=event, offset_kind=minutes, offset=60)
    reminders.plan(event=event, now=NOW)
    old = rule.occurrences.get()
    rule.occurrences.update(  # as planned under the older database
        due_at=old.due_at + HOUR, claim_at=old.due_at + HOUR, expires_at=old.expires_at + HOUR
    )
    zoneupdates.recompute(now=LATER)
    new = rule.occurrences.get()
    assert (new.state, new.due_at, new.claim_at) == ("planned", START - HOUR, START - HOUR)
    assert new.expires_at == old.expires_at


@pytest.mark.parametrize("state", ["pending", "leased"])
def test_mails_that_wait_move_along_and_those_sent_stay(state: str) -> None:
    event = older(vancouver())
    minutes = ReminderRule.OffsetKind.EXACT_MINUTES
    rule = factories.rule(event=event, offset_kind=minutes, offset=60)
    reminders.plan(event=event, now=NOW)
    rule.occurrences.update(state="expanded", claim_at=None, due_at=START)
    waiting, sent = (delivery(rule.occurrences.get(), state) for state in (state, "sent"))
    zoneupdates.recompute(now=LATER)
    waiting.refresh_from_db()
    sent.refresh_from_db()
    assert (waiting.state, waiting.due_at, waiting.claim_at) == ("pending", *[START - HOUR] * 2)
    assert (sent.state, sent.due_at) == ("sent", START)


def delivery(occurrence: ReminderOccurrence, state: str) -> Delivery:
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


def test_whole_days_are_the_same_appointment_for_a_calendar_shows_no_moment_of_them() -> None:
    event = older(vancouver(precision="day", end_on=date(2027, 12, 3)))
    before = days(event)
    zoneupdates.recompute(now=LATER)
    assert moments(event) == (
        datetime(2027, 12, 2, 7, tzinfo=UTC),
        datetime(2027, 12, 4, 7, tzinfo=UTC),
    )
    assert counts(event) == (0, 1, LATER)
    assert days(event) == before == [b"20271202", b"20271204"]


def days(event: Event) -> list[bytes]:
    feed = feeds.single(slug=event.slug, parameters={}, now=NOW)
    [entry] = icalendar.Calendar.from_ical(feed.body).events
    return [entry[name].to_ical() for name in ("DTSTART", "DTEND")]


def test_the_reminder_of_whole_days_is_due_at_the_hour_of_the_new_law() -> None:
    event = older(vancouver(precision="day"))
    rule = factories.rule(event=event)
    reminders.plan(event=event, now=NOW)
    due_at = rule.occurrences.get().due_at
    rule.occurrences.update(due_at=due_at + HOUR, claim_at=due_at + HOUR)
    zoneupdates.recompute(now=LATER)
    occurrence = rule.occurrences.get()
    assert (occurrence.due_at, occurrence.claim_at) == (due_at, due_at)


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "deadline", "end_time": None},
        {"kind": "leg", "precision": "day", "end_on": date(2027, 12, 5)},
        {"status": "draft"},
        {"status": "cancelled"},
        {"status": "postponed"},
        {"origin": "reported"},
        {"end_time": None, "end_on": date(2027, 12, 4)},
    ],
)
def test_everything_with_a_day_is_looked_at(columns: dict[str, Any]) -> None:
    event = older(vancouver(**columns))
    [move] = zoneupdates.recompute(now=LATER).moved
    assert moments(event) == move.after == dates.instants(event.when)


def test_a_flight_lands_by_the_law_of_where_it_lands() -> None:
    """Eastward over the date line it lands on the day before; only its end has moved."""
    event = vancouver(
        kind="transfer",
        start_on=date(2027, 12, 3),
        start_time=time(1),
        end_on=date(2027, 12, 2),
        end_time=time(17, 30),
        timezone="Asia/Shanghai",
        end_timezone="America/Vancouver",
    )
    start_at, end_at = event.start_at, event.end_at
    Event.objects.filter(pk=event.pk).update(end_at=end_at + HOUR)
    [move] = zoneupdates.recompute(now=LATER).moved
    assert move.after == (start_at, end_at) == moments(event)
    assert move.before == (start_at, end_at + HOUR)
    assert counts(event) == (1, 1, LATER)


def test_dates_without_a_day_have_no_moment_that_could_move() -> None:
    factories.event(precision="unknown", start_on=None)
    factories.event(precision="year", start_on=date(2027, 1, 1), end_on=date(2027, 12, 31))
    assert zoneupdates.recompute(now=LATER) == zoneupdates.Report()


class TestOver:
    """An event is over when it has ended by the stored times and by the recomputed ones."""

    def test_what_is_over_stays_as_it_was(self) -> None:
        older(vancouver())
        stored = everything()
        report = zoneupdates.recompute(now=END + HOUR)
        assert (report, everything()) == (zoneupdates.Report(), stored)

    @pytest.mark.parametrize("by", [HOUR, -HOUR])
    def test_what_ends_later_by_one_of_them_is_not(self, by: timedelta) -> None:
        event = older(vancouver(), by)
        zoneupdates.recompute(now=max(END, END + by) - timedelta(seconds=1))
        assert moments(event) == (START, END)

    @pytest.mark.parametrize("by", [HOUR, -HOUR])
    def test_without_an_hour_of_the_end_its_last_day_counts(self, by: timedelta) -> None:
        event = older(vancouver(end_time=None), by)
        midnight = datetime(2027, 12, 3, 7, tzinfo=UTC)
        assert zoneupdates.recompute(now=midnight).moved == []
        zoneupdates.recompute(now=midnight - timedelta(seconds=1))
        assert moments(event) == (START, None)


class TestBatches:
    """Events are read in batches; the result does not depend on the size of a batch."""

    @pytest.fixture(autouse=True)
    def two_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zoneupdates, "BATCH_SIZE", 2)

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
    def test_all_of_them_move_once(self, count: int) -> None:
        events = [older(vancouver()) for _ in range(count)]
        heard: list[tuple[int, int]] = []
        report = zoneupdates.recompute(now=LATER, tell=lambda *numbers: heard.append(numbers))
        assert [move.event for move in report.moved] == events
        assert {counts(event) for event in events} <= {(1, 1, LATER)}
        assert heard == [(min(done, count), count) for done in (2, 4, 6)[: (count + 1) // 2]]

    def test_those_that_did_not_move_cost_a_query_a_batch(self) -> None:
        for _ in range(6):
            vancouver()
        with CaptureQueriesContext(connection) as queries:
            assert zoneupdates.recompute(now=LATER).looked_at == 6
        assert len(queries) == 5  # the count, three batches, and the empty one


class TestParts:
    """Each task recomputes a few events, so that reminders do not wait for all of them."""

    def test_one_after_the_other_they_move_all_and_each_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(zoneupdates, "MAX_MOVES_PER_RUN", 2)
        events = [older(vancouver()) for _ in range(5)]
        vancouver(timezone="Asia/Shanghai")
        moved, after, numbers = [], 0, []
        while after is not None:
            report, after = zoneupdates.recompute_some(now=LATER, after=after)
            moved += [move.event for move in report.moved]
            numbers.append(report.looked_at)
        assert moved == events
        assert numbers == [2, 2, 2]

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
    def test_those_that_need_not_move_end_with_the_last(
        self, monkeypatch: pytest.MonkeyPatch, count: int
    ) -> None:
        monkeypatch.setattr(zoneupdates, "BATCH_SIZE", 2)
        events = [vancouver() for _ in range(count)]
        report, after = zoneupdates.recompute_some(now=LATER)
        assert report.looked_at == min(count, 2)
        assert after == (events[1].pk if count > 2 else None)

    def test_one_that_fails_is_not_looked_at_for_ever(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(zoneupdates, "BATCH_SIZE", 1)
        lost, _next = vancouver(), vancouver()
        Event.objects.filter(pk=lost.pk).update(timezone="America/Atlantis")
        report, after = zoneupdates.recompute_some(now=LATER)
        assert (len(report.failed), after) == (1, lost.pk)
        assert zoneupdates.recompute_some(now=LATER, after=lost.pk)[1] is None


class TestFailures:
    def test_a_zone_that_no_longer_exists_stops_no_other(self) -> None:
        events = [older(vancouver()) for _ in range(3)]
        Event.objects.filter(pk=events[1].pk).update(timezone="America/Atlantis")
        report = zoneupdates.recompute(now=LATER)
        assert [move.event for move in report.moved] == [events[0], events[2]]
        [failure] = report.failed
        assert failure.event == events[1]
        assert "America/Atlantis" in str(failure)
        assert counts(events[1]) == (0, 0, NOW)
        assert moments(events[1]) == (START + HOUR, END + HOUR)

    def test_an_end_that_a_gap_puts_before_the_start_stops_no_other(self) -> None:
        """A gap in the clocks puts the end before the start: this row is refused, others change."""
        columns = {"start_time": time(1), "end_time": time(1, 30)}
        event = vancouver(end_timezone="America/Edmonton", **{**columns, "end_time": time(2, 30)})
        Event.objects.filter(pk=event.pk).update(end_timezone="Asia/Shanghai")
        other = older(vancouver())
        report = zoneupdates.recompute(now=LATER)
        assert [failure.event for failure in report.failed] == [event]
        assert [move.event for move in report.moved] == [other]
        assert counts(event) == (0, 0, NOW)


class TestMeanwhile:
    """An event may change after its batch was read."""

    def test_what_they_wrote_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        event = older(vancouver())
        [stale] = Event.objects.all()
        Event.objects.update(title_en="Another title", start_on=date(2028, 12, 2), end_on=None)
        move = zoneupdates._settle(stale, LATER)
        row = Event.objects.get(pk=event.pk)
        assert (row.title_en, row.start_at) == ("Another title", START.replace(year=2028))
        assert move is not None
        assert move.event.start_on == date(2028, 12, 2)

    def test_what_they_removed_or_saved_is_done(self) -> None:
        removed, saved = (older(vancouver()) for _ in range(2))
        lifecycle.save(event=Event.objects.get(pk=saved.pk), now=LATER)
        Event.objects.filter(pk=removed.pk).delete()
        assert [zoneupdates._settle(event, LATER + HOUR) for event in (removed, saved)] == [
            None,
            None,
        ]
        assert counts(saved) == (1, 1, LATER)


def test_an_edit_of_something_else_counts_the_move_that_comes_with_it() -> None:
    event = older(vancouver())
    event.title_en = "Another title"
    lifecycle.save(event=event, now=LATER)
    assert moments(event) == (START, END)
    assert counts(event) == (1, 1, LATER)


class TestCommand:
    @pytest.fixture(autouse=True)
    def next_year(self) -> Event:
        year = clock.now().year + 1
        return older(vancouver(title="Forum", slug="forum", start_on=date(year, 12, 2)))

    def run(self, *options: str) -> str:
        said = StringIO()
        call_command("recompute_times", *options, stdout=said)
        return said.getvalue()

    def test_it_says_what_would_move_then_moves_it(self) -> None:
        year = clock.now().year + 1
        sentence = (
            f"“Forum” (forum, America/Vancouver) starts at {year}-12-02 16:30 UTC,"
            f" not {year}-12-02 17:30 UTC and ends at {year}-12-03 00:00 UTC,"
            f" not {year}-12-03 01:00 UTC.\n"
        )
        assert self.run("--dry-run") == sentence + "1 of 1 future events would move.\n"
        assert self.run() == sentence + "1 of 1 future events moved.\n"
        assert self.run() == "0 of 1 future events moved.\n"

    def test_it_names_what_it_could_not_reckon(self) -> None:
        Event.objects.update(timezone="America/Atlantis")
        said = StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command("recompute_times", stdout=said)
        assert said.getvalue() == (
            "“Forum” (forum) is left as it was:"
            " timezone: “America/Atlantis” is not an IANA time zone.\n"
            "0 of 1 future events moved.\n"
        )
        assert refusal.value.returncode == 1
        assert str(refusal.value) == (
            "1 of 1 future events could not be reckoned; their time zones: America/Atlantis."
        )
