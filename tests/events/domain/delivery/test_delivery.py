"""Delivery: each mail that is due is sent once, whatever fails on the way."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from events.domain import claims
from events.domain.delivery import attempts, delivery, journal, leases
from events.domain.delivery.delivery import Summary
from events.domain.lifecycle import lifecycle
from events.domain.mail import outbox
from events.domain.mail.smtp import Phase
from events.domain.reminders import fanout, reminders
from events.models import (
    Attendee,
    Delivery,
    Event,
    EventChange,
    MailBreaker,
    NoticeBatch,
    Person,
    ReminderOccurrence,
    ReminderRule,
    Suppression,
)
from tests import factories
from tests.factories import NOW
from tests.races import at_once, race
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

State = Delivery.State
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# 09:00 in Shanghai, the day before the factory's event.
DUE = datetime(2026, 12, 1, 1, tzinfo=UTC)
# Just longer than a lease.
LEASED = leases.LEASE + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder that mail is written to, as in the embedded default."""
    settings.EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def server(settings: Settings, smtp: Sink) -> Sink:
    """A real mail server, used instead of the folder."""
    use(settings, smtp.port)
    return smtp


def use(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def due_event(*, people: int = 1, **columns: Any) -> Event:
    """Return an event whose reminder falls due at DUE for some people."""
    event = factories.rule(event=factories.event(**columns)).event
    for _ in range(people):
        factories.attendee(event=event)
    reminders.plan(event=event, now=NOW)
    return event


def results(summary: Summary) -> dict[str, int]:
    return dict(summary.results)


def tries() -> Iterator[datetime]:
    """Yield the time of each retry of the one pending row, until it is settled."""
    while waiting := Delivery.objects.filter(claim_at__isnull=False).first():
        assert waiting.claim_at is not None
        yield waiting.claim_at


def in_state(state: State, **columns: Any) -> Delivery:
    """Return a delivery that a worker left in this state; its lease ends at DUE + 2 minutes."""
    event = due_event()
    fanout.expand_due(now=DUE)
    row = Delivery.objects.get(event=event)
    values = {
        "state": state,
        "claim_at": None,
        "attempts": 1,
        "lease_token": uuid.uuid4(),
        "lease_until": DUE + 2 * MINUTE,
        **columns,
    }
    Delivery.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


class TestHandingOver:
    def test_nothing_is_sent_before_its_time(self) -> None:
        due_event()
        assert delivery.tick(now=DUE - SECOND) == Summary()

    def test_each_person_gets_one_mail(self, folder: Path) -> None:
        due_event(people=3)
        summary = delivery.tick(now=DUE)
        assert summary == Summary(expanded=1, results=Counter(sent=3))
        names = {f"{key}.eml" for key in Delivery.objects.values_list("public_uuid", flat=True)}
        assert {path.name for path in folder.iterdir()} == names

    def test_a_second_tick_sends_nothing(self, folder: Path) -> None:
        """US-11, 2: the beat runs twice."""
        due_event()
        delivery.tick(now=DUE)
        assert delivery.tick(now=DUE) == Summary()
        assert len(list(folder.iterdir())) == 1

    def test_the_row_records_how_it_was_sent(self) -> None:
        event = due_event(people=0)
        person = factories.person(timezone="America/Vancouver", language="zh-hant")
        factories.attendee(event=event, person=person)
        delivery.tick(now=DUE)
        row = Delivery.objects.get()
        assert (row.state, row.language, row.zone, row.attempts, row.lease_token) == (
            State.SENT,
            "zh-hant",
            "America/Vancouver",
            1,
            None,
        )
        assert row.sent_at is not None
        assert DUE <= row.sent_at < DUE + MINUTE

    @pytest.mark.parametrize(
        ("attendees", "persons", "used"),
        [("en", "zh-hant", "en"), ("", "zh-hant", "zh-hant"), ("", "", "en")],
    )
    def test_the_attendees_language_comes_first_then_the_persons_then_the_sites(
        self, attendees: str, persons: str, used: str
    ) -> None:
        event = due_event(people=0)
        person = factories.person(language=persons)
        factories.attendee(event=event, person=person, language=attendees)
        delivery.tick(now=DUE)
        assert Delivery.objects.get().language == used

    @pytest.mark.parametrize(
        "columns",
        [
            {"partstat": "declined"},
            {"partstat": "delegated"},
            {"seat": "cancelled"},
            {"seat": "waitlisted", "waitlisted_at": NOW},
            {"person": None, "label": "A member to be named"},
            {"created_at": DUE + SECOND},
        ],
    )
    def test_no_mail_for_an_attendee_with(self, columns: dict[str, Any]) -> None:
        """US-11, 4, among others: an attendee who registers late gets no reminder of the past."""
        event = due_event(people=0)
        factories.attendee(event=event, **columns)
        assert delivery.tick(now=DUE + MINUTE) == Summary(expanded=1)

    def test_no_mail_without_an_address(self) -> None:
        event = due_event(people=0)
        factories.attendee(event=event, person=factories.person(email=""))
        assert delivery.tick(now=DUE) == Summary(expanded=1)

    def test_what_nobody_sent_in_time_is_missed(self) -> None:
        event = due_event()
        assert delivery.tick(now=DUE + 6 * HOUR) == Summary()
        assert event.reminder_occurrences.get().state == ReminderOccurrence.State.MISSED

    def test_a_mail_belongs_to_the_team_of_its_event(self) -> None:
        event = due_event()
        delivery.tick(now=DUE)
        assert event.team is not None
        assert Delivery.objects.get().team == event.team

    def test_handing_over_twice_writes_no_second_row(self) -> None:
        event = due_event()
        delivery.tick(now=DUE)
        event.reminder_occurrences.update(state="planned", claim_at=DUE)
        assert delivery.tick(now=DUE + MINUTE) == Summary(expanded=1)

    def test_the_key_is_one_of_a_list_not_of_a_text(self) -> None:
        assert outbox.dedup_key("a", 1, 23) != outbox.dedup_key("a", 12, 3)

    def test_a_tick_that_fills_its_batch_runs_on(self) -> None:
        due_event(people=2 * delivery.BATCH_SIZE + 1)
        assert results(delivery.tick(now=DUE)) == {"sent": 2 * delivery.BATCH_SIZE + 1}

    def test_a_tick_out_of_time_leaves_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        due_event(people=2)
        monkeypatch.setattr(attempts, "MAX_TICK_TIME", timedelta(microseconds=1))
        assert delivery.tick(now=DUE) == Summary(expanded=1)
        monkeypatch.undo()
        assert results(delivery.tick(now=DUE)) == {"sent": 2}


class TestHeldBack:
    def test_what_was_called_back_and_revived_is_still_held(self, settings: Settings) -> None:
        settings.HOLD_ABOVE = 2
        event = due_event(people=4)
        delivery.tick(now=DUE)
        for is_on in (False, True):
            event.reminder_rules.update(enabled=is_on)
            reminders.replan(event=event, now=DUE + MINUTE)
        assert delivery.tick(now=DUE + 2 * MINUTE) == Summary()
        rows = Delivery.objects.values_list("state", "reason")
        assert set(rows) == {("held", "")}

    def test_a_reminder_that_cannot_be_handed_over_stops_no_other(self) -> None:
        factories.rule(event=due_event(), clock="reader")
        Event.objects.get().reminder_rules.filter(clock="event").delete()
        Person.objects.update(timezone="Nowhere/Nowhere")
        reminders.plan(event=Event.objects.get(), now=NOW)
        due_event()
        assert results(delivery.tick(now=DUE)) == {"sent": 1}
        stuck = ReminderOccurrence.objects.get(rule__clock="reader")
        assert stuck.claim_at == DUE + claims.RETRY_AFTER


class TestLastLook:
    """Changes between the claim and the sending."""

    @pytest.fixture
    def claimed(self) -> Delivery:
        due_event()
        fanout.expand_due(now=DUE)
        (row,) = delivery._claim(DUE)
        return row

    def deliver(self, row: Delivery, after: timedelta = SECOND) -> str:
        return attempts.deliver(row=row, budget=attempts.TickBudget(DUE + after))

    def test_a_cancelled_event_is_not_announced(self, claimed: Delivery, folder: Path) -> None:
        event = claimed.event
        event.status = Event.Status.CANCELLED
        lifecycle.save(event=event, now=DUE)
        assert self.deliver(claimed) == "lost"
        claimed.refresh_from_db()
        assert (claimed.state, folder.exists()) == (State.CANCELLED, False)

    def test_nor_one_that_was_cancelled_past_our_door(self, claimed: Delivery) -> None:
        Event.objects.update(status="cancelled")
        assert self.deliver(claimed) == "cancelled"

    def test_a_moved_event_is_not_announced_for_the_old_day(
        self, claimed: Delivery, folder: Path
    ) -> None:
        """US-11, 3: the old reminder is cancelled, the new one falls due."""
        event = claimed.event
        event.start_on = date(2026, 12, 9)
        lifecycle.save(event=event, now=DUE)
        assert self.deliver(claimed) == "lost"
        assert not folder.exists()
        # The reminder, and the notice about the move.
        assert results(delivery.tick(now=DUE + timedelta(days=7))) == {"sent": 2}

    def test_a_moment_that_moved_calls_the_row_back(self, claimed: Delivery) -> None:
        ReminderRule.objects.update(at_local_time="11:00")
        reminders.replan(event=claimed.event, now=DUE)
        assert self.deliver(claimed) == "lost"
        assert results(delivery.tick(now=DUE + HOUR)) == {}
        assert results(delivery.tick(now=DUE + 2 * HOUR)) == {"sent": 1}

    def test_a_rule_that_is_off_sends_nothing(self, claimed: Delivery) -> None:
        ReminderRule.objects.update(enabled=False)
        assert self.deliver(claimed) == "cancelled"

    def test_a_deleted_rule_sends_nothing(self, claimed: Delivery) -> None:
        ReminderRule.objects.all().delete()
        assert self.deliver(claimed) == "cancelled"

    def test_a_reported_event_never_sends(self, claimed: Delivery) -> None:
        """US-11, 5."""
        Event.objects.update(origin="reported")
        assert self.deliver(claimed) == "cancelled"

    def test_a_rule_that_means_others_by_now_sends_nothing(self, claimed: Delivery) -> None:
        ReminderRule.objects.update(roles=["head"])
        assert self.deliver(claimed) == "skipped"

    def test_who_joins_elsewhere_by_now_is_told_so(self, claimed: Delivery, folder: Path) -> None:
        Attendee.objects.update(hub=factories.hub(event=claimed.event))
        assert self.deliver(claimed) == "sent"
        assert "Manila" in (folder / f"{claimed.public_uuid}.eml").read_text()

    def test_who_declined_gets_nothing(self, claimed: Delivery) -> None:
        Attendee.objects.update(partstat="declined")
        assert self.deliver(claimed) == "skipped"

    def test_who_was_replaced_gets_nothing(self, claimed: Delivery) -> None:
        Attendee.objects.update(person=factories.person())
        assert self.deliver(claimed) == "skipped"

    def test_who_left_gets_nothing(self, claimed: Delivery) -> None:
        Attendee.objects.all().delete()
        assert self.deliver(claimed) == "skipped"

    def test_who_has_no_address_any_more_gets_nothing(self, claimed: Delivery) -> None:
        Person.objects.update(email="")
        assert self.deliver(claimed) == "skipped"

    def test_too_late_is_too_late(self, claimed: Delivery) -> None:
        assert self.deliver(claimed, after=6 * HOUR) == "expired"

    def test_a_row_that_another_worker_took_over_is_left_to_it(
        self, claimed: Delivery, folder: Path
    ) -> None:
        delivery._reap(DUE + 3 * MINUTE)
        assert self.deliver(claimed, after=3 * MINUTE) == "lost"
        assert not folder.exists()

    def test_the_mail_shows_the_title_of_now(self, claimed: Delivery, folder: Path) -> None:
        event = claimed.event
        event.title_en = "A better title"
        lifecycle.save(event=event, now=DUE)
        assert self.deliver(claimed) == "sent"
        assert "A better title" in (folder / f"{claimed.public_uuid}.eml").read_text()


class TestDeadWorkers:
    """US-11, 2: a worker is killed; once its lease has ended, the next tick decides."""

    AFTER = DUE + 3 * MINUTE

    def test_while_the_lease_runs_nobody_touches_the_row(self) -> None:
        in_state(State.LEASED)
        assert delivery.tick(now=DUE + MINUTE) == Summary()

    def test_killed_before_sending_it_is_sent_by_another(self, folder: Path) -> None:
        in_state(State.LEASED)
        assert results(delivery.tick(now=self.AFTER)) == {"sent": 1}
        assert len(list(folder.iterdir())) == 1

    def test_killed_while_writing_a_file_writes_the_same_file(self, folder: Path) -> None:
        row = in_state(State.SENDING)
        folder.mkdir()
        (folder / f"{row.public_uuid}.eml").write_text("as far as the dead worker came")
        assert results(delivery.tick(now=self.AFTER)) == {"sent": 1}
        (path,) = folder.iterdir()
        assert "Promotion Conference" in path.read_text()

    @pytest.mark.parametrize(
        ("phase", "state"),
        [
            (Phase.BODY, State.SENT),  # nothing was delivered, so the mail is sent
            (Phase.NOT_DELIVERED, State.SENT),
            (Phase.DOT, State.PRESUMED),
            (Phase.ACCEPTED, State.SENT),
        ],
    )
    def test_killed_while_sending_the_journal_decides(
        self, server: Sink, phase: Phase, state: State
    ) -> None:
        row = in_state(State.SENDING, leased_by=f"{journal.location()}.1")
        journal.own.note(Phase.BODY, leases.name(row=row))
        journal.own.note(phase, leases.name(row=row))
        delivery.tick(now=self.AFTER)
        row.refresh_from_db()
        assert (row.state, row.lease_token) == (state, None)
        assert len(server.messages) == (phase in (Phase.BODY, Phase.NOT_DELIVERED))
        assert delivery.tick(now=self.AFTER + HOUR) == Summary()

    @pytest.mark.parametrize("grace", [timedelta(0), delivery.REMOTE_JOURNAL_GRACE])
    def test_without_a_journal_it_is_sent_once_more_and_never_again(
        self, server: Sink, grace: timedelta
    ) -> None:
        holder = "another.machine.1" if grace else f"{journal.location()}.1"
        row = in_state(State.SENDING, leased_by=holder)
        if grace:
            assert delivery.tick(now=self.AFTER) == Summary()
        now = self.AFTER + grace
        assert delivery.tick(now=now) == Summary()
        row.refresh_from_db()
        assert (row.state, row.unknown_count, row.claim_at) == (State.PENDING, 1, now + 5 * MINUTE)
        Delivery.objects.update(
            state=State.SENDING, claim_at=None, leased_by=holder, lease_until=now
        )
        assert delivery.tick(now=now + delivery.REMOTE_JOURNAL_GRACE + SECOND) == Summary()
        row.refresh_from_db()
        assert (row.state, row.unknown_count, bool(row.detail)) == (State.UNKNOWN, 2, True)
        assert server.messages == []

    def test_killed_before_a_server_had_it_is_sent(self, server: Sink) -> None:
        in_state(State.LEASED)
        assert results(delivery.tick(now=self.AFTER)) == {"sent": 1}
        assert len(server.messages) == 1

    @pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNKNOWN, State.DEAD])
    def test_what_has_ended_stays_so(self, state: State) -> None:
        in_state(state, lease_token=None, lease_until=None)
        assert delivery.tick(now=self.AFTER) == Summary()

    def test_a_row_that_kills_its_workers_is_given_up(self) -> None:
        row = in_state(State.LEASED, attempts=attempts.MAX_ATTEMPTS)
        assert results(delivery.tick(now=self.AFTER)) == {"dead": 1}
        row.refresh_from_db()
        assert (row.state, row.claim_at, row.lease_token) == (State.DEAD, None, None)

    def test_the_neighbours_of_a_row_that_kills_its_workers_are_sent(self) -> None:
        """The worker dies in the middle of the first row, each time that it is claimed."""
        due_event(people=3)
        fanout.expand_due(now=DUE)
        culprit = min(Delivery.objects.values_list("pk", flat=True))
        for n in range(attempts.MAX_ATTEMPTS + 4):
            for row in delivery._claim(DUE + n * LEASED):
                if row.pk == culprit and row.attempts <= attempts.MAX_ATTEMPTS:
                    break
                attempts.deliver(row=row, budget=attempts.TickBudget(DUE + n * LEASED))
            delivery._reap(DUE + (n + 1) * LEASED)
        states = dict(Delivery.objects.values_list("pk", "state"))
        assert states.pop(culprit) == "dead"
        assert set(states.values()) == {"sent"}


class TestStumbling:
    def test_a_refusal_that_cannot_be_put_on_record_is_one(
        self, server: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The disk is full."""
        due_event()
        server.on_data = "554 5.6.0 Not this one"
        note = journal.own.note

        def fails(phase: Phase, mail: str) -> None:
            if phase == Phase.NOT_DELIVERED:
                raise OSError(28, "No space left on device")
            note(phase, mail)

        monkeypatch.setattr(journal.own, "note", fails)
        assert results(delivery.tick(now=DUE)) == {"failed": 1}

    @pytest.fixture
    def poisoned(self) -> Delivery:
        """The first of three rows; the address of its person cannot be written into a mail."""
        event = due_event(people=3)
        fanout.expand_due(now=DUE)
        row = Delivery.objects.order_by("pk").first()
        assert row is not None
        Person.objects.filter(pk=row.person_id).update(email="no address")
        assert event.attendees.count() == 3
        return row

    def test_a_row_that_cannot_be_composed_does_not_stop_the_rest(self, poisoned: Delivery) -> None:
        assert results(delivery.tick(now=DUE)) == {"pending": 1, "sent": 2}
        poisoned.refresh_from_db()
        assert (poisoned.state, poisoned.attempts) == (State.PENDING, 1)
        assert poisoned.detail != ""
        assert poisoned.claim_at is not None
        assert poisoned.claim_at > DUE

    def test_after_five_attempts_it_is_dead(self, poisoned: Delivery) -> None:
        assert results(delivery.tick(now=DUE)) == {"pending": 1, "sent": 2}
        assert [results(delivery.tick(now=when)) for when in tries()] == [
            *[{"pending": 1}] * 4,
            {"dead": 1},
        ]


@race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", [1, 50])
def test_ticks_at_the_same_time_send_one_mail_each(server: Sink, people: int) -> None:
    """Four workers, real transactions, a real mail server."""
    due_event(people=people)
    assert at_once(*[partial(delivery.tick, now=DUE)] * 4) == []
    recipients = [message["To"] for message in server.messages]
    assert sorted(recipients) == sorted({*recipients})
    assert len(recipients) == people
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


class TestMailServers:
    def test_it_takes_one_mail_for_each_person(self, server: Sink) -> None:
        due_event(people=3)
        assert results(delivery.tick(now=DUE)) == {"sent": 3}
        assert [len(envelope.rcpt_tos) for envelope in server.envelopes] == [1, 1, 1]

    def test_451_is_tried_again_until_it_is_taken(self, server: Sink) -> None:
        due_event()
        server.on_data = "451 4.7.1 Greylisted"
        assert results(delivery.tick(now=DUE)) == {"pending": 1}
        row = Delivery.objects.get()
        assert (row.attempts, row.detail) == (0, "451 4.7.1 Greylisted")
        assert row.claim_at is not None
        assert 48 * SECOND <= row.claim_at - DUE <= 75 * SECOND
        assert delivery.tick(now=DUE + 30 * SECOND) == Summary()
        server.on_data = "250 Accepted"
        assert results(delivery.tick(now=DUE + 2 * MINUTE)) == {"sent": 1}
        assert len(server.messages) == 1

    def test_451_without_end_expires(self, server: Sink) -> None:
        due_event()
        server.on_rcpt = "451 4.3.0 Later"
        delivery.tick(now=DUE)
        *before, last = [(when, results(delivery.tick(now=when))) for when in tries()]
        assert {state for _, result in before for state in result} == {"pending"}
        assert last[1] == {"expired": 1}
        assert DUE + 5 * HOUR < last[0] < DUE + 6 * HOUR
        assert 12 < len(before) < 40

    @pytest.mark.parametrize(
        "reply",
        [
            "554 5.7.1 Relay access denied",
            "530 5.7.0 Authentication required",
            "552 5.2.2 Mailbox full",
            "554 Relay access denied",
        ],
    )
    def test_a_server_that_refuses_us_calls_no_address_wrong(
        self, server: Sink, reply: str
    ) -> None:
        due_event(people=12)
        server.on_rcpt = reply
        assert results(delivery.tick(now=DUE)) == {"failed": 5, "pending": 7}
        assert MailBreaker.objects.get().probe_at is not None
        assert not Suppression.objects.exists()

    def test_failures_among_successes_are_not_in_a_row(self, server: Sink) -> None:
        due_event(people=12)
        refusals = cycle(("554 5.6.0 Not this one", "250 Accepted"))

        async def takes_every_other(*args: Any) -> str:
            return next(refusals)

        server.handle_DATA = takes_every_other  # type: ignore[method-assign]
        assert results(delivery.tick(now=DUE)) == {"failed": 6, "sent": 6}

    @pytest.mark.parametrize("phase", ["on_rcpt", "on_data"])
    def test_550_is_the_end_of_it(self, server: Sink, phase: str) -> None:
        due_event(people=2)
        setattr(server, phase, "550 5.1.1 No such user")
        assert results(delivery.tick(now=DUE)) == {"failed": 2}
        assert set(Delivery.objects.values_list("detail", flat=True)) == {"550 5.1.1 No such user"}
        assert delivery.tick(now=DUE + HOUR) == Summary()

    def test_an_address_that_does_not_exist_is_not_tried_again(self, server: Sink) -> None:
        event = due_event()
        server.on_rcpt = "550 5.1.1 No such user"
        delivery.tick(now=DUE)
        person = event.attendees.get().person
        assert person
        later = factories.rule(event=factories.event()).event
        factories.attendee(event=later, person=person)
        reminders.plan(event=later, now=NOW)
        server.on_rcpt = "250 OK"
        assert results(delivery.tick(now=DUE + MINUTE)) == {"suppressed": 1}
        Person.objects.update(email="new@example.org")
        another = factories.rule(event=factories.event()).event
        factories.attendee(event=another, person=person)
        reminders.plan(event=another, now=NOW)
        assert results(delivery.tick(now=DUE + 2 * MINUTE)) == {"sent": 1}

    def test_a_server_that_is_down_is_left_alone_and_tried_now_and_then(
        self, settings: Settings, server: Sink
    ) -> None:
        due_event(people=15)
        use(settings, 1)
        assert results(delivery.tick(now=DUE)) == {"pending": 15}
        breaker = MailBreaker.objects.get()
        assert (breaker.failures, bool(breaker.detail)) == (5, True)
        assert delivery.tick(now=DUE + SECOND) == Summary()
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
        later = DUE + 10 * MINUTE
        assert results(delivery.tick(now=later)) == {"pending": 1}
        use(settings, server.port)
        assert results(delivery.tick(now=later + MINUTE)) == {}
        recovered = results(delivery.tick(now=later + 6 * MINUTE))
        assert recovered.keys() == {"sent"}
        assert MailBreaker.objects.get().probe_at is None
        for when in tries():
            delivery.tick(now=when)
        assert len(server.messages) == 15

    def test_a_server_that_is_down_costs_no_attempt(self, settings: Settings) -> None:
        use(settings, 1)
        due_event()
        assert results(delivery.tick(now=DUE)) == {"pending": 1}
        assert Delivery.objects.get().attempts == 0

    def test_a_connection_cut_at_the_end_is_in_doubt_and_repeated_once(self, server: Sink) -> None:
        due_event()
        server.on_data = "cut"
        assert results(delivery.tick(now=DUE)) == {"pending": 1}
        assert delivery.tick(now=DUE + 4 * MINUTE) == Summary()
        assert results(delivery.tick(now=DUE + 6 * MINUTE)) == {"unknown": 1}
        assert Delivery.objects.get().unknown_count == 2
        assert delivery.tick(now=DUE + HOUR) == Summary()

    def test_a_folder_that_cannot_be_written_is_tried_again(self, folder: Path) -> None:
        due_event()
        folder.write_text("a file where the folder should be")
        assert results(delivery.tick(now=DUE)) == {"pending": 1}
        folder.unlink()
        assert results(delivery.tick(now=DUE + 2 * MINUTE)) == {"sent": 1}


class TestWaiting:
    @pytest.mark.parametrize(
        ("late", "left", "shortest", "longest"),
        [
            (timedelta(0), 6 * HOUR, 48 * SECOND, 72 * SECOND),
            (20 * MINUTE, 5 * HOUR, 8 * MINUTE, 12 * MINUTE),
            (5 * HOUR, 10 * HOUR, 48 * MINUTE, 72 * MINUTE),
            (5 * HOUR, 30 * MINUTE, 12 * MINUTE, 18 * MINUTE),
        ],
    )
    def test_the_pause_grows_with_the_delay_and_shrinks_towards_the_end(
        self, late: timedelta, left: timedelta, shortest: timedelta, longest: timedelta
    ) -> None:
        row = Delivery(due_at=DUE - late, expires_at=DUE + left)
        pauses = [leases._pause(row, DUE) for _ in range(50)]
        assert shortest <= min(pauses) < max(pauses) <= longest


def test_an_empty_tick_asks_little(
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    with django_assert_max_num_queries(11):
        delivery.tick(now=NOW)


@pytest.mark.parametrize("people", [1, 3])
def test_handing_over_asks_the_same_for_any_number_of_people(
    django_assert_num_queries: Callable[[int], Any], people: int
) -> None:
    due_event(people=people)
    with django_assert_num_queries(7):
        fanout.expand_due(now=DUE)


class TestForgetting:
    """Retention: half a year after the end of the event; mails of a batch go with the batch."""

    # The factory's event ends at the first of these times.
    OLD = datetime(2026, 12, 2, 9, tzinfo=UTC) + outbox.RETENTION

    def sent(self, **columns: Any) -> Event:
        event = due_event()
        delivery.tick(now=DUE)
        Event.objects.filter(pk=event.pk).update(**columns)
        return event

    def test_mails_of_an_event_that_is_long_over(self) -> None:
        self.sent()
        assert outbox.prune(now=self.OLD) == 0
        assert outbox.prune(now=self.OLD + SECOND) == 1
        assert not Delivery.objects.exists()

    def test_mails_of_an_event_that_was_known_to_the_month(self) -> None:
        coarse = {"start_at": None, "end_at": None, "precision": "month", "start_time": None}
        self.sent(**coarse, end_time=None, end_on=date(2026, 12, 31))
        assert outbox.prune(now=self.OLD) == 0
        assert outbox.prune(now=self.OLD + timedelta(days=31)) == 1

    @pytest.mark.parametrize(
        "columns", [{"status": "postponed"}, {"end_at": OLD}, {"end_at": None, "start_at": OLD}]
    )
    def test_who_may_hear_of_another_date_is_not_forgotten(self, columns: dict[str, Any]) -> None:
        self.sent(**columns)
        assert outbox.prune(now=self.OLD + SECOND) == 0

    def test_however_many_there_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "BATCH_SIZE", 2)
        due_event(people=5)
        delivery.tick(now=DUE)
        assert outbox.prune(now=self.OLD + SECOND) == 5

    def test_changes_go_with_the_last_mail_about_them(self) -> None:
        event = factories.event()
        for _ in range(2):
            factories.attendee(event=event)
        lifecycle.move(event=event, when=event.when.moved(1), now=NOW)
        delivery.tick(now=NOW + HOUR)
        assert Delivery.objects.filter(kind="notice").count() == 2
        outbox.prune(now=self.OLD)
        assert EventChange.objects.count() == 1
        outbox.prune(now=self.OLD + timedelta(days=2))
        assert not NoticeBatch.objects.exists()
        assert not EventChange.objects.exists()
