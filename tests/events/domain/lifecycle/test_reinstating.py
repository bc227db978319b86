"""A cancelled event takes place after all: what comes back with it, and who learns of it."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from delegations.domain.lifecycle import lifecycle as delegationlife
from events.domain.attendance import attendees
from events.domain.delivery import delivery
from events.domain.feeds import subscriptions
from events.domain.lifecycle import lifecycle
from events.domain.reminders import fanout, reminders
from events.models import Attendee, CalendarFeed, Delivery, Event, ReminderOccurrence
from events.values.dates import Precision, When
from tests import factories
from tests.factories import NOW, days
from tests.invitations import Mailbox, entry, invite, method
from tests.races import at_once, race
from tests.smtp import Sink

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
HOUR = timedelta(hours=1)
Partstat = Attendee.Partstat


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


def ready(**columns: Any) -> Event:
    event = factories.event(**{"place": factories.place(), **columns})
    factories.organiser(event)
    return event


def states() -> dict[str, str]:
    return dict(Event.objects.order_by("pk").values_list("title_en", "status"))


class TestProgramme:
    @pytest.fixture
    def mission(self) -> Event:
        mission = ready(title="mission", **days(10, 15))
        part = {"team": mission.team, "parent": mission}
        for status in ("draft", "tentative", "postponed", "cancelled"):
            factories.event(title=status, status=status, **part, **days(11))
        leg = factories.event(title="leg", **part, **days(12, 13))
        factories.event(title="below leg", team=mission.team, parent=leg, **days(12))
        return mission

    def test_what_was_cancelled_with_it_comes_back_as_it_was(self, mission: Event) -> None:
        before = states()
        lifecycle.cancel(event=mission, reason="Storm", now=NOW)
        lifecycle.reinstate(event=mission, now=LATER)
        assert states() == before
        assert not Event.objects.exclude(cancellation_reason="").exists()

    def test_what_was_cancelled_on_its_own_stays_so(self, mission: Event) -> None:
        leg = Event.objects.get(title_en="leg")
        lifecycle.cancel(event=leg, reason="Strike", now=NOW)
        lifecycle.cancel(event=mission, reason="Storm", now=LATER)
        lifecycle.reinstate(event=mission, now=LATER + HOUR)
        found = states()
        assert (found["mission"], found["tentative"]) == ("confirmed", "tentative")
        assert (found["leg"], found["below leg"]) == ("cancelled", "cancelled")
        leg.refresh_from_db()
        assert leg.cancellation_reason == "Strike"
        lifecycle.reinstate(event=leg, now=LATER + 2 * HOUR)
        assert (states()["leg"], states()["below leg"]) == ("confirmed", "confirmed")

    def test_a_second_cancellation_counts_and_not_the_first(self, mission: Event) -> None:
        leg = Event.objects.get(title_en="leg")
        lifecycle.cancel(event=mission, reason="", now=NOW)
        lifecycle.reinstate(event=mission, now=LATER)
        lifecycle.cancel(event=leg, reason="", now=LATER + HOUR)
        lifecycle.cancel(event=mission, reason="", now=LATER + 2 * HOUR)
        lifecycle.reinstate(event=mission, now=LATER + 3 * HOUR)
        assert (states()["leg"], states()["below leg"]) == ("cancelled", "cancelled")

    def test_a_part_stays_off_while_what_it_is_part_of_is(self, mission: Event) -> None:
        lifecycle.cancel(event=mission, reason="", now=NOW)
        leg = Event.objects.get(title_en="leg")
        assert lifecycle.next_steps(event=leg) == ()
        with pytest.raises(lifecycle.NotAllowed):
            lifecycle.reinstate(event=leg, now=LATER)

    def test_the_page_beforehand_counts_those_parts(self, mission: Event) -> None:
        lifecycle.cancel(event=Event.objects.get(title_en="leg"), reason="", now=NOW)
        lifecycle.cancel(event=mission, reason="", now=NOW)
        parts = lifecycle.consequences(event=mission, verb="reinstate").parts
        assert [part.title for part in parts] == ["draft", "tentative", "postponed"]

    def test_a_postponement_taken_back_is_as_if_it_had_not_been(self, mission: Event) -> None:
        before = states()
        lifecycle.postpone(event=mission, reason="Typhoon", now=NOW)
        lifecycle.reinstate(event=mission, now=LATER)
        assert states() == before
        assert mission.when == Event.objects.get(pk=mission.pk).when

    def test_on_other_days_it_is_tentative_and_its_programme_moves_along(
        self, mission: Event
    ) -> None:
        lifecycle.cancel(event=mission, reason="", now=NOW)
        lifecycle.reinstate(event=mission, when=mission.when.moved(2), now=LATER)
        leg = Event.objects.get(title_en="leg")
        assert (mission.status, leg.status, leg.start_on) == (
            "tentative", "tentative", days(14)["start_on"],
        )  # fmt: skip


class TestGuards:
    def test_once_it_would_have_begun_it_stays_cancelled(self) -> None:
        event = ready()
        lifecycle.cancel(event=event, reason="", now=NOW)
        assert event.start_at is not None
        with pytest.raises(lifecycle.Begun) as refused:
            lifecycle.reinstate(event=event, now=event.start_at)
        assert "“Promotion Conference” would have begun by now" in refused.value.sentence(user=None)
        lifecycle.reinstate(event=event, now=event.start_at - timedelta(seconds=1))
        assert event.status == "confirmed"

    def test_what_was_postponed_before_has_no_date_that_could_come(self) -> None:
        event = ready()
        lifecycle.postpone(event=event, reason="Typhoon", now=NOW)
        lifecycle.cancel(event=event, reason="Storm", now=NOW)
        assert event.start_at is not None
        lifecycle.reinstate(event=event, now=event.start_at + HOUR)
        assert (event.status, event.cancellation_reason) == ("postponed", "Typhoon")

    def test_without_its_day_it_cannot_take_place(self) -> None:
        event = ready()
        lifecycle.cancel(event=event, reason="", now=NOW)
        event.when = When(
            precision=Precision.MONTH, start_on=date(2026, 12, 1), end_on=date(2026, 12, 31)
        )
        lifecycle.save(event=event, now=NOW)
        with pytest.raises(lifecycle.Incomplete):
            lifecycle.reinstate(event=event, now=LATER)
        assert states() == {event.title: "cancelled"}

    def test_a_form_does_not_reinstate(self) -> None:
        event = ready()
        lifecycle.cancel(event=event, reason="", now=NOW)
        event.status = Event.Status.CONFIRMED
        with pytest.raises(lifecycle.NotAllowed):
            lifecycle.save(event=event, now=LATER)

    def test_the_mission_of_a_cancelled_delegation_stays_cancelled(self) -> None:
        delegation = factories.delegation()
        mission = delegation.mission
        assert mission is not None
        delegationlife.cancel(delegation=delegation, reason="Budget", now=NOW)
        mission.refresh_from_db()
        assert lifecycle.next_steps(event=mission) == ()
        with pytest.raises(lifecycle.NotAllowed) as refused:
            lifecycle.reinstate(event=mission, now=LATER)
        assert refused.value.row == delegation


def test_answers_and_seats_stay_and_those_who_wait_move_up() -> None:
    event = ready(capacity=1)
    first, second, third = (factories.attendee(event=event) for _ in range(3))
    attendees.answer(attendee=first, partstat=Partstat.ACCEPTED, now=NOW)
    attendees.answer(attendee=second, partstat=Partstat.DECLINED, now=NOW)
    attendees.answer(attendee=third, partstat=Partstat.ACCEPTED, now=NOW)
    lifecycle.cancel(event=event, reason="", now=NOW)
    lifecycle.reinstate(event=event, now=LATER)
    kept = Attendee.objects.order_by("pk").values_list("partstat", "seat")
    assert list(kept) == [
        ("accepted", "confirmed"), ("declined", "none"), ("accepted", "waitlisted"),
    ]  # fmt: skip
    lifecycle.cancel(event=event, reason="", now=LATER)
    first.refresh_from_db()
    attendees.release(attendee=first, now=LATER)
    lifecycle.reinstate(event=event, now=LATER + HOUR)
    third.refresh_from_db()
    assert third.seat == "confirmed"


class TestReminders:
    def test_they_begin_a_new_epoch(self) -> None:
        event = ready()
        factories.rule(event=event)
        reminders.plan(event=event, now=NOW)
        lifecycle.cancel(event=event, reason="", now=NOW)
        lifecycle.reinstate(event=event, now=LATER)
        rows = ReminderOccurrence.objects.order_by("pk")
        assert list(rows.values_list("schedule_epoch", "state")) == [
            (0, "cancelled"), (1, "planned"),
        ]  # fmt: skip
        event.refresh_from_db()
        assert event.schedule_epoch == 1

    def test_a_moment_that_has_passed_reminds_nobody_again(self, smtp: Sink) -> None:
        event = ready()
        rule = factories.rule(event=event)
        factories.attendee(event=event)
        reminders.plan(event=event, now=NOW)
        due = ReminderOccurrence.objects.get(rule=rule).due_at
        delivery.tick(now=due + timedelta(minutes=1))
        assert len(smtp.envelopes) == 1
        lifecycle.cancel(event=event, reason="", now=due + timedelta(minutes=2))
        lifecycle.reinstate(event=event, now=due + timedelta(minutes=3))
        delivery.tick(now=due + timedelta(minutes=4))
        kinds = Delivery.objects.filter(kind="reminder").values_list("state", flat=True)
        assert list(kinds) == ["sent"]

    def test_a_mail_that_was_called_back_at_its_moment_still_goes(self) -> None:
        event = ready()
        rule = factories.rule(event=event)
        factories.attendee(event=event)
        reminders.plan(event=event, now=NOW)
        due = ReminderOccurrence.objects.get(rule=rule).due_at
        fanout.expand_due(now=due)
        lifecycle.cancel(event=event, reason="", now=due)
        assert Delivery.objects.get(kind="reminder").state == "cancelled"
        lifecycle.reinstate(event=event, now=due + timedelta(minutes=1))
        assert Delivery.objects.get(kind="reminder").state == "pending"


class TestInvitations:
    @pytest.fixture
    def mails(self, smtp: Sink) -> Mailbox:
        return Mailbox(smtp)

    def test_whoever_was_sent_a_cancel_is_sent_a_request(self, mails: Mailbox) -> None:
        event = ready()
        yes, no = factories.attendee(event=event), factories.attendee(event=event)
        invite(event, NOW)
        assert len(mails.new(NOW)) == 2
        attendees.answer(attendee=yes, partstat=Partstat.ACCEPTED, now=NOW)
        attendees.answer(attendee=no, partstat=Partstat.DECLINED, now=NOW)
        lifecycle.cancel(event=event, reason="Storm", now=NOW)
        off = mails.after_a_while(NOW)
        lifecycle.reinstate(event=event, now=LATER)
        back = mails.after_a_while(LATER)
        assert [method(mail) for mail in off] == ["CANCEL", "CANCEL"]
        assert [method(mail) for mail in back] == ["REQUEST", "REQUEST"]
        numbers = [int(entry(mail)["SEQUENCE"]) for mail in (*off, *back)]
        assert numbers == [1, 1, 2, 2]
        assert {str(entry(mail)["UID"]) for mail in (*off, *back)} == {event.ical_uid}
        said = [entry(mail)["ATTENDEE"].params["PARTSTAT"] for mail in back]
        assert said == ["ACCEPTED", "DECLINED"]
        assert {str(entry(mail)["STATUS"]) for mail in back} == {"CONFIRMED"}

    def test_who_was_not_told_of_the_cancellation_hears_of_no_cancel(self, mails: Mailbox) -> None:
        event = ready()
        factories.attendee(event=event)
        invite(event, NOW)
        mails.new(NOW)
        lifecycle.cancel(event=event, reason="Storm", now=NOW)
        lifecycle.reinstate(event=event, now=NOW + timedelta(seconds=30))
        assert "CANCEL" not in [method(mail) for mail in mails.after_a_while(NOW + HOUR)]


class TestNotices:
    @pytest.fixture
    def event(self) -> Event:
        event = ready()
        factories.attendee(event=event, partstat="accepted", seat="confirmed")
        return event

    def test_they_tell_that_it_takes_place_after_all(self, event: Event, smtp: Sink) -> None:
        lifecycle.cancel(event=event, reason="Storm", now=NOW)
        delivery.tick(now=NOW + timedelta(minutes=3))
        lifecycle.reinstate(event=event, now=LATER)
        delivery.tick(now=LATER + timedelta(minutes=3))
        subjects = [str(message["Subject"]) for message in smtp.messages]
        assert ["after all" in text for text in subjects] == [False, True]

    def test_a_cancellation_that_was_undone_at_once_is_not_told(
        self, event: Event, smtp: Sink
    ) -> None:
        lifecycle.cancel(event=event, reason="Storm", now=NOW)
        lifecycle.reinstate(event=event, now=NOW + timedelta(seconds=30))
        delivery.tick(now=NOW + HOUR)
        assert smtp.envelopes == []


class TestFeeds:
    """A subscriber polls before, while it is cancelled, and after."""

    @pytest.fixture
    def polls(self) -> tuple[Event, list[str]]:
        event = ready()
        person = factories.person()
        factories.attendee(event=event, person=person)
        feed = CalendarFeed(person=person, team=event.team)
        address = subscriptions.hand_out(feed=feed, now=NOW)
        return event, [urlsplit(address).path, reverse("public-feed")]

    def seen(self, path: str, uid: str) -> tuple[str, int, datetime]:
        answer = Client().get(path)
        assert answer.status_code == 200
        calendar = icalendar.Calendar.from_ical(answer.content)
        [found] = [each for each in calendar.walk("VEVENT") if str(each["UID"]) == uid]
        return str(found["STATUS"]), int(found["SEQUENCE"]), found["LAST-MODIFIED"].dt

    def test_the_same_entry_comes_back_with_a_higher_sequence(self, polls: Any) -> None:
        event, paths = polls
        for path in paths:
            event.refresh_from_db()
            first = event.sequence
            before = self.seen(path, event.ical_uid)
            lifecycle.cancel(event=event, reason="Storm", now=NOW)
            off = self.seen(path, event.ical_uid)
            lifecycle.reinstate(event=event, now=LATER)
            back = self.seen(path, event.ical_uid)
            assert [each[0] for each in (before, off, back)] == [
                "CONFIRMED", "CANCELLED", "CONFIRMED",
            ]  # fmt: skip
            assert [each[1] for each in (before, off, back)] == [first, first + 1, first + 2]
            assert before[2] < off[2] < back[2]


@race
@pytest.mark.django_db(transaction=True)
def test_cancelled_and_reinstated_at_once_it_is_one_or_the_other() -> None:
    event = ready()
    part = factories.event(team=event.team, parent=event)
    lifecycle.cancel(event=event, reason="", now=NOW)
    errors = at_once(
        lambda: lifecycle.reinstate(event=Event.objects.get(pk=event.pk), now=LATER),
        lambda: lifecycle.cancel(event=Event.objects.get(pk=event.pk), reason="x", now=LATER),
        lambda: lifecycle.reinstate(event=Event.objects.get(pk=event.pk), now=LATER),
    )
    assert all(isinstance(error, lifecycle.NotAllowed) for error in errors)
    found = dict(Event.objects.values_list("pk", "status"))
    assert found[event.pk] == found[part.pk]
    assert Event.objects.get(pk=event.pk).sequence == 4 - len(errors)
