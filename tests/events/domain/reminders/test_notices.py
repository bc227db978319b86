"""Notices: each person whom a change concerns gets one mail, and other people get none."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from events.domain import claims
from events.domain.attendance import attendees
from events.domain.delivery import delivery
from events.domain.directory import people
from events.domain.lifecycle import lifecycle
from events.domain.reminders import notices
from events.models import Attendee, Delivery, Event, EventChange, NoticeBatch, Person, Place
from events.values.dates import Precision, When
from tests import factories
from tests.factories import NOW
from tests.invitations import recipient
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

SECOND, MINUTE, HOUR, DAY = (timedelta(**{u: 1}) for u in ("seconds", "minutes", "hours", "days"))
LATER = NOW + notices.DEBOUNCE


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.SITE_URL = "https://attache.example"
    return smtp


def attended(**columns: Any) -> tuple[Event, Person]:
    """Return an event in Shanghai and a person from Vancouver who attends it."""
    if "team" not in columns:
        columns["team"] = factories.team(name="Promotion Office")
    event = factories.event(**columns)
    person = factories.person(timezone="America/Vancouver")
    factories.attendee(event=event, person=person)
    return event, person


def on(day: int, hour: int = 9, **columns: Any) -> When:
    values = {"start_time": time(hour, 30), "end_time": time(17), "timezone": "Asia/Shanghai"}
    start = date(2026, 12, day)
    return When(precision=Precision.TIME, start_on=start, end_on=start, **{**values, **columns})


def lines(message: EmailMessage) -> list[str]:
    part = message.get_body(("plain",))
    assert part is not None
    return [line.strip() for line in part.get_content().splitlines() if line.strip()]


def told(server: Sink, now: datetime = LATER) -> list[EmailMessage]:
    delivery.tick(now=now)
    return server.messages


def test_who_attends_a_moved_event_learns_both_times(server: Sink) -> None:
    event, person = attended(title="Going Global", slug="gg")
    lifecycle.move(event=event, when=on(9, 10), now=NOW)
    (message,) = told(server)
    assert message["Subject"] == "Going Global · 9 December 2026 · New time"
    assert message["To"].addresses[0].addr_spec == person.email
    assert message["List-Unsubscribe"] is None
    assert lines(message) == [
        "Dear Chan Siu-ming,",
        "This has changed for you:",
        "Going Global · 9 December 2026",
        "New time",
        "Now",
        "Wednesday 9 December 2026, 10:30–17:00 (Shanghai, UTC+8)",
        "Your time: Tuesday 8 December 2026, 19:30 (UTC-7)",
        "Until now",
        "Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)",
        "Your time: Tuesday 1 December 2026, 18:30 (UTC-7)",
        "https://attache.example/events/gg/",
        "--",
        "You receive this because Promotion Office lists you among the attendees.",
    ]


@pytest.fixture
def hall() -> Place:
    return factories.place(name="Hall", kind="venue", timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            lambda event, hall: lifecycle.move(event=event, when=event.when, place=hall, now=NOW),
            ["New place", "When", "Where", "Hall", "Where until now", "Shanghai"],
        ),
        (
            lambda event, _hall: lifecycle.cancel(event=event, reason="Typhoon", now=NOW),
            ["Cancelled", "Reason", "Typhoon", "Until now"],
        ),
        (
            lambda event, _hall: lifecycle.postpone(event=event, reason="Typhoon", now=NOW),
            ["Postponed", "Reason", "Typhoon", "Until now"],
        ),
    ],
)
def test_what_happened_is_said(
    server: Sink, hall: Place, step: Callable[..., None], said: list[str]
) -> None:
    event, _person = attended(title="Going Global", place=factories.place())
    step(event, hall)
    (message,) = told(server)
    assert [line for line in lines(message) if line in said] == said


def test_the_conference_is_named_with_its_only_link(server: Sink) -> None:
    event, person = attended(title="Going Global", slug="gg")
    factories.attendee(event=event)
    for title in ("Keynote", "Panel"):
        part = factories.event(title=title, kind="session", team=event.team, parent=event)
        lifecycle.move(event=part, when=on(2, 11), now=NOW)
    [message] = [each for each in told(server) if recipient(each) == person.email]
    assert message["Subject"] == (
        "Going Global · 2 December 2026 · New time: Keynote and 1 more change"
    )
    said = lines(message)
    assert [line for line in said if line.startswith("https://")] == [
        "https://attache.example/events/gg/"
    ]
    assert said[2] == "Going Global · 2 December 2026"
    assert [line for line in said if line.startswith("New time")] == [
        "New time: Keynote", "New time: Panel",
    ]  # fmt: skip
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().count("<a ") == 1


def test_an_internal_event_above_is_not_named(server: Sink) -> None:
    expo = factories.event(title="Secret expo", visibility="internal")
    event, _person = attended(title="Forum", team=expo.team, parent=expo)
    lifecycle.move(event=event, when=on(2, 11), now=NOW)
    (message,) = told(server)
    assert message["Subject"] == "Forum · 2 December 2026 · New time"
    assert "Secret" not in message.as_string()


class TestWhatIsFilledIn:
    """A value that was open until now is no change for people who were never told anything."""

    def mission(self) -> Event:
        mission = factories.event(kind="trade_mission", title="Doha", **factories.days(1, 6))
        for _delegate in range(6):
            factories.attendee(event=mission, role="delegate")
        return mission

    def test_the_first_place_of_a_mission_tells_nobody(self, server: Sink) -> None:
        mission = self.mission()
        mission.place = factories.place(timezone="")
        lifecycle.save(event=mission, now=NOW)
        assert told(server) == []

    def test_it_tells_who_had_a_mail_about_it(self, server: Sink) -> None:
        mission = self.mission()
        attendee = mission.attendees.order_by("pk")[0]
        reminded(attendee)
        mission.place = factories.place(timezone="")
        lifecycle.save(event=mission, now=NOW)
        (message,) = told(server)
        assert message["To"].addresses[0].addr_spec == attendee.person.email

    def test_the_first_hour_of_a_day_tells_nobody(self, server: Sink) -> None:
        event, _person = attended(**factories.days(2), timezone="Asia/Shanghai")
        lifecycle.move(event=event, when=on(2), now=NOW)
        assert told(server) == []

    def test_another_day_is_told(self, server: Sink) -> None:
        event, _person = attended(**factories.days(2), timezone="Asia/Shanghai")
        lifecycle.move(event=event, when=on(3), now=NOW)
        assert len(told(server)) == 1

    def test_another_place_is_told(self, server: Sink) -> None:
        mission = self.mission()
        Event.objects.filter(pk=mission.pk).update(place=factories.place(timezone=""))
        mission.place = factories.place(name="Kuwait", timezone="")
        lifecycle.save(event=mission, now=NOW)
        assert len(told(server)) == 6


def reminded(attendee: Attendee) -> None:
    """Record a reminder that was sent to the attendee."""
    Delivery.objects.create(
        kind="reminder",
        state="sent",
        attendee=attendee,
        person=attendee.person,
        event=attendee.event,
        dedup_key=f"reminder {attendee.pk}",
        due_at=NOW,
        expires_at=NOW,
        sent_at=NOW,
    )


def test_what_was_postponed_and_takes_place_again_is_said(server: Sink) -> None:
    event, _person = attended(title="Going Global", status="postponed")
    lifecycle.reinstate(event=event, when=on(9), now=NOW)
    (message,) = told(server)
    assert message["Subject"] == "Going Global · 9 December 2026 · Takes place after all"
    assert "Wednesday 9 December 2026, 09:30–17:00 (Shanghai, UTC+8)" in lines(message)


@pytest.mark.parametrize(
    ("language", "subject"), [("zh-hans", "时间变更"), ("zh-hant", "時間變更")]
)
def test_in_the_language_of_the_reader(server: Sink, language: str, subject: str) -> None:
    event, person = attended(title_zh_hans="走出去", title_zh_hant="走出去")
    Person.objects.filter(pk=person.pk).update(language=language)
    lifecycle.move(event=event, when=on(9), now=NOW)
    (message,) = told(server)
    assert message["Subject"] == f"走出去 · 2026年12月9日 · {subject}"
    html = message.get_body(("html",))
    assert html is not None
    assert "2026年12月9日" in html.get_content()


class TestOneMail:
    def test_nothing_goes_before_two_minutes_are_over(self, server: Sink) -> None:
        event, _person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        assert told(server, LATER - SECOND) == []
        assert len(told(server)) == 1

    def test_ten_changes_are_one_mail_with_the_first_and_the_last(self, server: Sink) -> None:
        event, _person = attended()
        for day in range(3, 13):
            lifecycle.move(event=event, when=on(day), now=NOW + day * SECOND)
        assert EventChange.objects.count() == 1
        (message,) = told(server, LATER + MINUTE)
        said = [line for line in lines(message) if "(Shanghai" in line]
        assert [line[:26] for line in said] == [
            "Saturday 12 December 2026,", "Wednesday 2 December 2026,",
        ]  # fmt: skip

    def test_several_events_are_one_mail(self, server: Sink) -> None:
        event, person = attended(title="One")
        other = factories.event(title="Two", team=event.team)
        factories.attendee(event=other, person=person)
        lifecycle.cancel(event=event, reason="", now=NOW)
        lifecycle.move(event=other, when=on(9), now=NOW + MINUTE)
        (message,) = told(server)
        assert message["Subject"] == "One · 2 December 2026 · Cancelled and 1 more change"
        assert [line for line in lines(message) if line.startswith(("One", "Two"))] == [
            "One · 2 December 2026", "Two · 9 December 2026",
        ]  # fmt: skip

    def test_what_was_changed_back_is_no_news(self, server: Sink) -> None:
        event, _person = attended()
        before = event.when
        lifecycle.move(event=event, when=on(9), now=NOW)
        lifecycle.move(event=event, when=before, now=NOW + MINUTE)
        assert told(server) == []
        assert not Delivery.objects.exists()

    def test_what_is_changed_back_before_the_mail_goes_is_no_news(self, server: Sink) -> None:
        event, _person = attended()
        before = event.when
        lifecycle.move(event=event, when=on(9), now=NOW)
        notices.expand_due(now=LATER)
        lifecycle.move(event=event, when=before, now=LATER)
        assert told(server) == []
        assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "undone")]

    def test_a_later_change_is_another_mail(self, server: Sink) -> None:
        event, _person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        told(server)
        lifecycle.move(event=event, when=on(10), now=LATER)
        assert len(told(server, LATER + notices.DEBOUNCE)) == 2
        assert "Wednesday 9 December 2026, 09:30–17:00 (Shanghai, UTC+8)" in lines(
            server.messages[1]
        )

    def test_a_second_tick_tells_nothing_again(self, server: Sink) -> None:
        event, _person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        told(server)
        assert len(told(server, LATER + HOUR)) == 1

    def test_teams_do_not_wait_for_each_other(self, server: Sink) -> None:
        for _team in range(2):
            event, _person = attended(team=factories.team())
            lifecycle.move(event=event, when=on(9), now=NOW)
        assert NoticeBatch.objects.count() == 2
        assert len(told(server)) == 2

    def test_a_mission_that_moves_with_50_parts_is_one_mail_to_each_delegate(
        self, server: Sink
    ) -> None:
        mission = factories.event(kind="trade_mission", **factories.days(1, 6))
        for _part in range(50):
            factories.event(team=mission.team, parent=mission, kind="session")
        people = [factories.person() for _ in range(3)]
        for person in people:
            factories.attendee(event=mission, person=person, role="delegate")
        week = When(
            precision=Precision.DAY, start_on=date(2026, 12, 8), end_on=date(2026, 12, 13),
            timezone="Asia/Shanghai",
        )  # fmt: skip
        lifecycle.move(event=mission, when=week, now=NOW)
        messages = told(server)
        assert sorted(str(m["To"].addresses[0].addr_spec) for m in messages) == sorted(
            person.email for person in people
        )
        assert messages[0]["Subject"] == (
            "Promotion Conference · 8–13 December 2026 · New time and 50 more changes"
        )
        assert sum(line.startswith("New time") for line in lines(messages[0])) == 51
        assert sum(line.startswith("https://") for line in lines(messages[0])) == 1


class TestCost:
    """The number of queries does not depend on the number of events and people."""

    def mission(self, parts: int, people: int) -> Event:
        mission = factories.event(kind="trade_mission", **factories.days(1, 6))
        hall = factories.place()
        for _part in range(parts):
            factories.event(team=mission.team, parent=mission, kind="session", place=hall)
        for _person in range(people):
            factories.attendee(event=mission, role="delegate")
        lifecycle.cancel(event=mission, reason="", now=NOW)
        return mission

    @pytest.mark.parametrize("people", [1, 3, 12])
    def test_handing_over_asks_the_same_for_any_number_of_people(
        self, django_assert_num_queries: Callable[[int], Any], people: int
    ) -> None:
        self.mission(2, people)
        with django_assert_num_queries(14):
            notices.expand_due(now=LATER)
        assert Delivery.objects.count() == people

    @pytest.mark.parametrize("parts", [1, 3, 12])
    def test_so_does_telling_for_any_number_of_parts(
        self, django_assert_num_queries: Callable[[int], Any], parts: int
    ) -> None:
        self.mission(parts, 1)
        notices.expand_due(now=LATER)
        row = Delivery.objects.get()
        with django_assert_num_queries(5):
            assert len(notices.news_for(delivery=row)) == parts + 1


def test_a_notice_follows_its_event_to_another_team() -> None:
    event, _person = attended()
    lifecycle.move(event=event, when=on(9), now=NOW)
    notices.expand_due(now=LATER)
    event.team = factories.team()
    lifecycle.save(event=event, now=LATER)
    assert Delivery.objects.get().team == event.team


def test_two_records_of_one_person_get_one_notice(server: Sink) -> None:
    event, keep = attended()
    drop = factories.person(team=keep.team, timezone=keep.timezone)
    factories.attendee(event=event, person=drop)
    lifecycle.move(event=event, when=on(9), now=NOW)
    notices.expand_due(now=LATER)
    people.merge(keep=keep, drop=drop, now=LATER)
    assert len(told(server)) == 1


class TestNobodyElse:
    @pytest.mark.parametrize(
        "columns",
        [
            {"partstat": "declined"},
            {"partstat": "delegated"},
            {"seat": "cancelled"},
            {"seat": "waitlisted", "waitlisted_at": NOW},
            {"person": None, "label": "Somebody"},
        ],
    )
    def test_who_does_not_come_is_not_told(self, server: Sink, columns: dict[str, Any]) -> None:
        event = factories.event(capacity=0)  # so that no attendee moves up from the waiting list
        factories.attendee(event=event, **columns)
        lifecycle.move(event=event, when=on(9), now=NOW)
        assert told(server) == []
        assert not NoticeBatch.objects.exists()

    @pytest.mark.parametrize(
        "columns",
        [
            {"status": "draft"},
            {"origin": "reported", "team": None},
            {"start_on": date(2026, 5, 31)},
        ],
    )
    def test_drafts_reports_and_what_is_over_tell_nobody(
        self, server: Sink, columns: dict[str, Any]
    ) -> None:
        event, _person = attended(**columns)
        lifecycle.move(event=event, when=on(9), now=NOW)
        assert told(server) == []
        assert not NoticeBatch.objects.exists()

    def test_other_changes_are_no_news(self, server: Sink) -> None:
        event, _person = attended(status="tentative", place=factories.place())
        factories.organiser(event)
        event.title_en, event.capacity = "Another title", 5
        lifecycle.save(event=event, now=NOW)
        lifecycle.confirm(event=event, now=NOW)
        assert told(server) == []

    def test_who_declines_before_the_mail_goes_is_not_told(self, server: Sink) -> None:
        event, person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        attendees.answer(
            attendee=event.attendees.get(person=person),
            partstat="declined",
            now=NOW,  # type: ignore[arg-type]
        )
        assert told(server) == []

    def test_who_lost_their_place_meanwhile_is_told(self, server: Sink) -> None:
        event, person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        attendees.release(attendee=event.attendees.get(person=person), now=NOW)
        assert len(told(server)) == 1

    def test_who_comes_after_the_change_knows_it_already(self, server: Sink) -> None:
        event, person = attended()
        lifecycle.move(event=event, when=on(9), now=NOW)
        factories.attendee(event=event)
        assert [str(m["To"].addresses[0].addr_spec) for m in told(server)] == [person.email]

    def test_what_only_the_delegation_sees_is_not_told_to_its_guests(self, server: Sink) -> None:
        mission = factories.event(kind="trade_mission", **factories.days(1, 6))
        inner = factories.event(team=mission.team, parent=mission, visibility="delegation")
        member, guest = factories.person(), factories.person()
        factories.attendee(event=mission, person=member, role="delegate")
        factories.attendee(event=mission, person=guest, role="speaker")
        lifecycle.move(event=inner, when=on(3), now=NOW)
        assert [str(m["To"].addresses[0].addr_spec) for m in told(server)] == [member.email]

    def test_who_refused_a_part_is_not_told_of_it(self, server: Sink) -> None:
        mission = factories.event(kind="trade_mission", **factories.days(1, 6))
        part = factories.event(team=mission.team, parent=mission, kind="session")
        person = factories.person()
        factories.attendee(event=mission, person=person)
        factories.attendee(event=part, person=person, partstat="declined")
        lifecycle.move(event=part, when=on(3), now=NOW)
        assert told(server) == []


class TestQuietHours:
    """The batch is due at 01:00 in Vancouver."""

    def test_what_is_far_off_waits_for_the_morning(self, server: Sink) -> None:
        team = factories.team(quiet_from=time(22), quiet_until=time(7))
        event, _person = attended(team=team)
        lifecycle.move(event=event, when=on(9), now=NOW)
        assert told(server) == []
        assert len(told(server, datetime(2026, 6, 1, 14, tzinfo=UTC))) == 1

    def test_what_begins_soon_does_not(self, server: Sink) -> None:
        team = factories.team(quiet_from=time(22), quiet_until=time(7))
        event, _person = attended(
            team=team, start_on=date(2026, 6, 1), start_time=time(23), end_time=None
        )
        lifecycle.cancel(event=event, reason="", now=NOW)
        assert len(told(server)) == 1


def test_what_nobody_could_be_told_in_time_expires(server: Sink) -> None:
    event, _person = attended()
    lifecycle.move(event=event, when=on(9), now=NOW)
    notices.expand_due(now=LATER)
    assert delivery.tick(now=LATER + notices.USEFUL_FOR).results == {"expired": 1}


def test_changes_that_cannot_be_told_stop_no_others(server: Sink) -> None:
    stuck, _person = attended(team=factories.team())
    event, _person = attended(title="Forum")
    for row in (stuck, event):
        lifecycle.move(event=row, when=on(9), now=NOW)
    EventChange.objects.filter(event=stuck).update(before={})
    assert [str(message["Subject"]) for message in told(server)] == [
        "Forum · 9 December 2026 · New time"
    ]
    assert NoticeBatch.objects.get(team=stuck.team).claim_at == LATER + claims.RETRY_AFTER


def test_a_transaction_that_fails_tells_nothing(server: Sink) -> None:
    event, _person = attended()
    with pytest.raises(lifecycle.NotAllowed):
        lifecycle.reinstate(event=event, when=on(9), now=NOW)
    assert not NoticeBatch.objects.exists()
