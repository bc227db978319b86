"""Kinds of work: which rows wait for whom."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.domain.attendance import invitations
from events.domain.overview import tasks
from events.domain.programme import clashes
from events.domain.reminders import reminders
from events.models import Attendee, Delivery, Event, Team, User
from tests import factories
from tests.events.admin import screens

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOW = datetime(2026, 6, 1, 8, tzinfo=ZoneInfo("Asia/Hong_Kong"))


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def user(team: Team) -> User:
    return factories.user(member_of=team)


def waiting(name: str, user: User) -> list[Any]:
    (task,) = (task for task in tasks.TASKS if task.name == name)
    return list(tasks.rows(task=task, user=user, now=NOW).order_by("pk"))


def test_only_rows_that_somebody_may_change_wait_for_them(team: Team) -> None:
    event = factories.event(team=team, status="draft")
    users = [factories.user(member_of=team, role=role) for role in ("organiser", "viewer")]
    assert [waiting("drafts", user) for user in users] == [[event], []]
    assert waiting("drafts", factories.user(member_of=factories.team())) == []


def test_answers_since_yesterday_begin_at_midnight_where_the_user_is(
    team: Team, user: User
) -> None:
    event = factories.event(team=team)
    midnight = datetime(2026, 5, 31, tzinfo=NOW.tzinfo)
    new = factories.attendee(event=event, answered_at=midnight)
    factories.attendee(event=event, answered_at=midnight - timedelta(seconds=1))
    factories.attendee(event=event)
    assert waiting("answered", user) == [new]


def test_who_can_be_invited_and_was_not(team: Team, user: User) -> None:
    event = factories.event(team=team)
    asked, waits = (factories.attendee(event=event, partstat="needs_action") for _ in range(2))
    invitations.send(event=event, attendees=[asked.pk], now=NOW)
    factories.attendee(event=event, partstat="needs_action", person=factories.person(email=""))
    factories.attendee(event=event, partstat="accepted")
    off: dict[str, Any] = {"team": team}
    past = date(2026, 5, 2)
    for columns in ({"status": "draft"}, {"status": "cancelled"}, {"start_on": past}):
        elsewhere = factories.event(**off, **columns, end_on=columns.get("start_on"))
        factories.attendee(event=elsewhere, partstat="needs_action")
    assert waiting("uninvited", user) == [waits]


def test_guests_of_a_part_are_invited_to_it_only_if_it_has_its_own(team: Team, user: User) -> None:
    event = factories.event(team=team)
    for audience, kind in (("everybody", "session"), ("invited", "leg"), ("invited", "reception")):
        part = factories.event(team=team, parent=event, audience=audience, kind=kind)
        guest = factories.attendee(event=part, partstat="needs_action")
    assert waiting("uninvited", user) == [guest]


def invited(event: Event, sent_at: datetime, **columns: Any) -> Attendee:
    row = factories.attendee(event=event, partstat="needs_action")
    invitations.send(event=event, attendees=[row.pk], now=sent_at)
    Delivery.objects.filter(attendee=row).update(state="sent", sent_at=sent_at, claim_at=None)
    Attendee.objects.filter(pk=row.pk).update(**columns)
    return row


def test_nobody_has_answered_for_a_week(team: Team, user: User) -> None:
    week = NOW - timedelta(days=7)
    silent, heard, fresh, done = (factories.event(team=team) for _ in range(4))
    invited(silent, week)
    invited(heard, week)
    invited(heard, week, partstat="accepted", answered_at=week + timedelta(seconds=1))
    invited(fresh, week + timedelta(seconds=1))
    invited(done, week, partstat="declined", answered_at=week)
    assert waiting("silent", user) == [silent]


def test_items_of_what_is_announced_and_drafts_by_themselves(team: Team, user: User) -> None:
    announced, draft = factories.event(team=team), factories.event(team=team, status="draft")
    item = factories.event(team=team, parent=announced, status="draft", kind="session")
    factories.event(team=team, parent=draft, status="draft", kind="session")
    over = {"start_on": date(2026, 5, 2), "end_on": date(2026, 5, 2)}
    factories.event(team=team, status="draft", **over)
    assert waiting("unannounced", user) == [item]
    assert waiting("drafts", user) == [draft]


def test_clashes_of_the_next_two_weeks_that_nobody_has_accepted(team: Team, user: User) -> None:
    room = factories.place(kind="room")
    soon = [
        factories.event(team=team, place=room, start_on=date(2026, 6, 10), end_on=date(2026, 6, 10))
        for _ in range(2)
    ]
    for _ in range(2):
        factories.event(team=team, place=room)
    assert waiting("clashing", user) == soon
    (clash,) = clashes.of(events=[soon[0].pk], user=user)
    clashes.override(key=clash.key, events=[soon[0].pk], reason="Large", user=user, now=NOW)
    assert waiting("clashing", user) == []


def test_reminders_of_tomorrow_where_the_user_is(team: Team, user: User) -> None:
    days = {day: {"start_on": date(2026, 6, day), "end_on": date(2026, 6, day)} for day in (3, 4)}
    tomorrow = factories.event(team=team, **days[3])
    later = factories.event(team=team, **days[4])
    for event in (tomorrow, later):
        factories.rule(event=event)
        reminders.plan(event=event, now=NOW)
    assert waiting("reminded", user) == [tomorrow]


def test_replies_and_mails(team: Team, user: User) -> None:
    event = factories.event(team=team)
    still, past = NOW + timedelta(days=1), NOW - timedelta(days=1)
    open_ = screens.reply(None, "word", event=event)
    screens.reply(None, "word", event=event, state="dismissed", settled_at=NOW)
    held = screens.delivery(None, "word", event=event, state="held", expires_at=still)
    failed = screens.delivery(None, "word", event=event, state="failed", expires_at=still)
    screens.delivery(None, "word", event=event, state="failed", expires_at=past)
    screens.delivery(None, "word", event=event, state="sent", expires_at=still)
    assert waiting("replies", user) == [open_]
    assert waiting("held", user) == [held]
    assert waiting("failed", user) == [failed]
