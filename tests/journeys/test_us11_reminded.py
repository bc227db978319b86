"""US-11: a delegate is reminded in time."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client, override_settings

from events.domain.delivery import delivery
from events.models import Attendee, Delivery, Event, Person, Team
from tests import factories
from tests.journeys.mails import Post, text
from tests.office import Office

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENTERED = datetime(2026, 3, 1, 10, tzinfo=SHANGHAI)
NINE = datetime(2026, 5, 11, 9, tzinfo=SHANGHAI)  # the day before
MINUTE = timedelta(minutes=1)


@pytest.fixture
def delegate(team: Team) -> Person:
    """A person at home in Vancouver."""
    return factories.person(team=team, timezone="America/Vancouver", language="en")


def reminded(office: Office, team: Team, *people: Person, **columns: Any) -> Event:
    """Return a conference whose attendees are reminded the day before at 09:00."""
    values = {
        "kind": "promotion_conference", "precision": "day", "start_on": date(2026, 5, 12),
        "end_on": date(2026, 5, 12), "timezone": "Asia/Shanghai", "status": "confirmed",
        "place": factories.place(team=team, name="Shanghai"), "title_en": "Going Global",
    }  # fmt: skip
    event = factories.event(team=team, **{**values, **columns})
    factories.organiser(event)
    with time_machine.travel(ENTERED):
        office.add_detail(
            event, "reminder_rules", offset=1, offset_kind="nominal_days", at_local_time="09:00",
            clock="event", topic="reminder", answers="expected", enabled="on",
        )  # fmt: skip
        for person in people:
            office.add(Attendee, event=event.pk, person=person.pk, role="delegate")
    Attendee.objects.filter(event=event).update(created_at=ENTERED)
    return event


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_a_whole_day_reminds_at_nine_at_the_venue(
    office: Office, team: Team, delegate: Person, post: Post, zone: str
) -> None:
    # 1. Whatever the time zone of the server.
    with override_settings(TIME_ZONE=zone):
        reminded(office, team, delegate)
        assert post.arrived(NINE - MINUTE) == []
        (message,) = post.arrived(NINE)
    assert message["Subject"] == "Reminder: Going Global · 12 May 2026"


def test_it_is_sent_once_though_the_beat_runs_twice(
    office: Office, team: Team, delegate: Person, post: Post
) -> None:
    # 2. tests/faults covers, with real processes, a worker that is killed after sending.
    reminded(office, team, delegate)
    assert len(post.arrived(NINE)) == 1
    assert post.arrived(NINE) == []


def test_a_moved_event_tells_so_and_reminds_anew(
    office: Office, team: Team, delegate: Person, post: Post
) -> None:
    # 3. The old reminder is cancelled, the new one is planned.
    event = reminded(office, team, delegate)
    with time_machine.travel(NINE - timedelta(days=7)):
        office.step(
            event, "move", precision="day", start_on="2026-06-02", end_on="2026-06-02",
            timezone="Asia/Shanghai",
        )  # fmt: skip
    (notice,) = post.arrived(NINE - timedelta(days=7) + 3 * MINUTE)
    assert notice["Subject"] == "Going Global · 2 June 2026 · New time"
    assert "2 June 2026" in text(notice)
    assert "12 May 2026" in text(notice)
    assert post.arrived(NINE) == []
    (message,) = post.arrived(NINE + timedelta(days=21))
    assert message["Subject"] == "Reminder: Going Global · 2 June 2026"


def test_a_cancelled_event_is_one_notice(
    office: Office, team: Team, delegate: Person, post: Post
) -> None:
    # 3. With the reason, and without a further reminder.
    event = reminded(office, team, delegate)
    with time_machine.travel(NINE - timedelta(days=7)):
        office.step(event, "cancel", reason="Typhoon")
    (notice,) = post.arrived(NINE - timedelta(days=7) + 3 * MINUTE)
    assert notice["Subject"] == "Going Global · 12 May 2026 · Cancelled"
    assert "Typhoon" in text(notice)
    assert post.arrived(NINE) == []
    assert post.arrived(NINE + timedelta(days=1)) == []


def test_who_registers_late_gets_no_reminder_that_is_past(
    office: Office, team: Team, delegate: Person, post: Post
) -> None:
    # 4.
    event = reminded(office, team, delegate)
    late = factories.attendee(event=event, person=factories.person(team=team))
    Attendee.objects.filter(pk=late.pk).update(created_at=NINE + MINUTE)
    (message,) = post.arrived(NINE + 2 * MINUTE)
    assert message["To"].addresses[0].addr_spec == delegate.email


def test_the_mail_shows_both_clocks_and_a_link_stops_it(
    office: Office, team: Team, delegate: Person, post: Post
) -> None:
    # 5. The next reminder is not sent, and the row states the reason.
    clock = {"precision": "time", "start_time": time(9, 30), "end_time": time(17)}
    reminded(office, team, delegate, **clock)
    other = reminded(office, team, delegate, **clock, title_en="The day after",
                     start_on=date(2026, 5, 13), end_on=date(2026, 5, 13))  # fmt: skip
    (message,) = post.arrived(NINE)
    assert "Tuesday 12 May 2026, 09:30–17:00 (Shanghai, UTC+8)" in text(message)
    assert "Monday 11 May 2026, 18:30 (UTC-7)" in text(message)

    found = re.search(r"http://testserver(/u/\S+)", text(message))
    assert found is not None
    anybody = Client()
    assert "Reminders of events by mail" in anybody.get(found[1]).content.decode()
    anybody.post(found[1])
    assert post.arrived(NINE + timedelta(days=1)) == []
    row = Delivery.objects.get(event=other)
    assert (row.state, row.reason) == ("skipped", "opted_out")

    # Changes are told nevertheless.
    with time_machine.travel(NINE + timedelta(days=1)):
        office.step(other, "cancel", reason="Typhoon")
    (notice,) = post.arrived(NINE + timedelta(days=1) + 3 * MINUTE)
    assert notice["Subject"] == "The day after · 13 May 2026 · Cancelled"
    assert notice["List-Unsubscribe"] is None


def test_a_reported_event_never_sends(team: Team, delegate: Person, post: Post) -> None:
    # 5.
    event = factories.event(origin="reported", team=None, start_on=date(2026, 5, 12))
    factories.attendee(event=event, person=delegate)
    factories.rule(event=event)
    delivery.tick(now=NINE)
    assert post.arrived(NINE) == []
