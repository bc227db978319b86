"""Organisers are told of answers: at once, once a day, or never, and only of what they may see."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events.domain.attendance import answers, replies
from events.domain.delivery import delivery, presend
from events.domain.lifecycle import lifecycle
from events.domain.reminders import answernews
from events.models import AnswerNews, Attendee, Delivery, Event, Membership, Team, User
from tests import factories, replymails
from tests.factories import NOW
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

Partstat = Attendee.Partstat
State = Delivery.State
SOON = NOW + answernews.WINDOW
MORNING = datetime(2026, 6, 2, 0, tzinfo=UTC)  # eight in Shanghai


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


@pytest.fixture
def team() -> Team:
    return factories.team(name="Promotion Office")


@pytest.fixture
def event(team: Team) -> Event:
    return factories.event(team=team, title="Going Global", capacity=2)


def organiser(team: Team, email: str = "desk@example.org", **columns: str) -> User:
    person = factories.person(email=email, family_name="Desk", given_name="Ann")
    values = {"answer_mails": "at_once", "timezone": "Asia/Shanghai", **columns}
    return factories.user(member_of=team, person=person, **values)


def guest(event: Event, name: str = "Wong") -> Attendee:
    person = factories.person(family_name=name, given_name="May", email=f"{name}@example.org")
    return factories.attendee(event=event, person=person, partstat="needs_action")


def says(attendee: Attendee, partstat: str, now: datetime = NOW) -> None:
    answers.record(attendee=attendee, partstat=Partstat(partstat), now=now)


def told(server: Sink, now: datetime) -> list[EmailMessage]:
    """Send what is due; return the mails that have left since the start of the test."""
    delivery.tick(now=now)
    return server.messages


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_answers_within_a_few_minutes_are_one_mail(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    for number in range(3):
        says(guest(event, f"Guest{number}"), "accepted", NOW + timedelta(minutes=number))
    says(guest(event, "Sorry"), "declined", NOW + timedelta(minutes=4))
    assert told(server, SOON - timedelta(seconds=1)) == []
    [mail] = told(server, SOON)
    assert "desk@example.org" in mail["To"]
    assert mail["Subject"] == "Going Global · accepted: 2 · on the waiting list: 1 · declined: 1"
    shown = text(mail)
    assert "Going Global · Wednesday 2 December 2026, 09:30" in shown
    assert ": accepted, but on the waiting list" in shown
    assert "In all: accepted: 2 · on the waiting list: 1 · declined: 1" in shown
    assert f"/admin/events/attendee/?event__id__exact={event.pk}" in shown
    assert len(told(server, SOON + timedelta(days=2))) == 1


def test_once_a_day_is_at_eight_by_the_organisers_clock(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team, answer_mails="daily")
    says(guest(event), "accepted")
    assert told(server, MORNING - timedelta(seconds=1)) == []
    assert len(told(server, MORNING)) == 1


def test_the_default_is_once_a_day(team: Team) -> None:
    assert factories.user().answer_mails == "daily"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 3, 28, 6, tzinfo=UTC), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        (datetime(2026, 10, 24, 8, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (datetime(2026, 10, 25, 7, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
    ],
)
def test_the_morning_follows_the_clocks(at: datetime, due: datetime) -> None:
    user = User(answer_mails="daily", timezone="Europe/Berlin")
    assert answernews.due_at(user=user, now=at) == due


def test_whoever_wants_no_mail_gets_none(server: Sink, team: Team, event: Event) -> None:
    organiser(team, answer_mails="never")
    says(guest(event), "accepted")
    assert told(server, MORNING) == []
    assert not AnswerNews.objects.exists()


def test_without_answers_there_is_no_mail(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    guest(event)
    assert told(server, MORNING) == []


def test_the_last_answer_counts(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    first, second = guest(event, "Wavers"), guest(event, "Stays")
    says(first, "accepted")
    says(first, "declined", NOW + timedelta(minutes=1))
    says(second, "accepted")
    [mail] = told(server, SOON)
    assert "accepted: 1 · declined: 1" in mail["Subject"]
    assert text(mail).count("WAVERS") == 1


def test_an_answer_that_was_taken_back_is_no_news(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    wavers = guest(event)
    says(wavers, "accepted")
    told(server, SOON)
    server.envelopes.clear()
    says(wavers, "declined", SOON + timedelta(minutes=1))
    says(wavers, "accepted", SOON + timedelta(minutes=2))
    assert told(server, SOON + timedelta(minutes=10)) == []
    assert not AnswerNews.objects.filter(delivery=None).exists()


def test_a_later_answer_says_what_was_said_before(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    wavers = guest(event)
    says(wavers, "accepted")
    told(server, SOON)
    says(wavers, "declined", SOON + timedelta(minutes=1))
    _first, mail = told(server, SOON + timedelta(minutes=10))
    assert "declined (before: accepted)" in text(mail)


def test_an_answer_between_the_plan_and_the_sending_is_told_once(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team)
    wavers = guest(event)
    says(wavers, "accepted")
    answernews.expand_due(now=SOON)
    says(wavers, "declined", SOON + timedelta(seconds=1))
    [mail] = told(server, SOON + timedelta(seconds=5))
    assert "declined: 1" in mail["Subject"]
    assert len(told(server, SOON + timedelta(minutes=20))) == 1


def test_a_comment_is_told_even_if_the_answer_stays(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    writes = guest(event)
    says(writes, "accepted", NOW - timedelta(days=1))
    told(server, NOW)
    server.envelopes.clear()
    more = "COMMENT:I bring two colleagues\n"
    now = replymails.NOW
    replies.read(raw=replymails.apple(replymails.of(writes, more=more)), now=now)
    [mail] = told(server, now + answernews.WINDOW)
    assert "“I bring two colleagues”" in text(mail)


def test_what_somebody_else_wrote_in_their_name_is_not_told(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team)
    says(writes := guest(event), "accepted", replymails.NOW)
    assert writes.person
    more = {"attendee": writes.person.email, "more": "COMMENT:Send me the list\n"}
    forged = replymails.of(writes, sender="evil@example.com", **more)
    now = replymails.NOW + timedelta(minutes=1)
    reply = replies.read(raw=replymails.apple(forged), now=now)
    [mail] = told(server, replymails.NOW + answernews.WINDOW)
    assert "Send me the list" not in text(mail)
    says(writes, "tentative", now)
    later = now + timedelta(hours=1)
    replies.apply(reply=reply, now=later)
    told(server, later + answernews.WINDOW)
    assert "“Send me the list”" in text(server.messages[-1])


def test_whoever_may_not_be_seen_is_not_named(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    elsewhere = factories.team()
    columns = {
        "person": factories.person(team=elsewhere, family_name="Secret"),
        "representing": factories.organisation(team=elsewhere, name="Secret Bureau"),
    }
    says(factories.attendee(event=event, partstat="needs_action", **columns), "accepted")
    [mail] = told(server, SOON)
    assert "- (not visible): accepted" in text(mail)
    assert "secret" not in text(mail).lower()


def test_a_mail_stays_with_its_team_when_one_of_its_events_goes(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team)
    says(guest(event), "accepted")
    says(guest(factories.event(team=team, title="Expo"), "Lee"), "accepted")
    answernews.expand_due(now=SOON)
    event.team = factories.team(name="Another Office")
    lifecycle.save(event=event, now=SOON)
    assert Delivery.objects.get(kind="answers").team == team
    [mail] = told(server, SOON)
    assert "Expo" in text(mail)
    assert "Going Global" not in text(mail)
    assert "an organiser of Promotion Office" in text(mail)


def test_each_team_has_a_mail_of_its_own(server: Sink, team: Team, event: Event) -> None:
    user, other = organiser(team), factories.team()
    Membership.objects.create(user=user, team=other, role="organiser")
    says(guest(event), "accepted")
    says(guest(factories.event(team=other, title="Another fair")), "accepted")
    assert sorted(mail["Subject"] for mail in told(server, SOON)) == [
        "Another fair · accepted: 1",
        "Going Global · accepted: 1",
    ]


def test_events_of_a_team_share_a_mail(server: Sink, team: Team, event: Event) -> None:
    organiser(team)
    says(guest(event), "accepted")
    says(guest(factories.event(team=team, title="Later", slug="later")), "declined")
    [mail] = told(server, SOON)
    assert mail["Subject"] == "Going Global · accepted: 1 and 1 more event"
    assert "Later" in text(mail)


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_other_roles_are_not_told(server: Sink, team: Team, event: Event, role: str) -> None:
    user = organiser(factories.team())
    Membership.objects.create(user=user, team=team, role=role)
    says(guest(event), "accepted")
    assert told(server, SOON) == []


def test_a_superuser_who_is_no_organiser_is_not_told(
    server: Sink, team: Team, event: Event
) -> None:
    User.objects.filter(pk=organiser(factories.team()).pk).update(is_superuser=True)
    says(guest(event), "accepted")
    assert told(server, SOON) == []


@pytest.mark.parametrize("moment", ["before the plan", "after the plan"])
@pytest.mark.parametrize(
    "loses", ["membership", "role", "login", "team of the event", "person", "wish"]
)
def test_who_lost_the_right_meanwhile_is_not_told(
    server: Sink, team: Team, event: Event, moment: str, loses: str
) -> None:
    user = organiser(team)
    says(guest(event), "accepted")
    if moment == "after the plan":
        answernews.expand_due(now=SOON)
    own = Membership.objects.filter(user=user)
    match loses:
        case "membership":
            own.delete()
        case "role":
            own.update(role="viewer")
        case "login":
            User.objects.update(is_active=False)
        case "team of the event":
            Event.objects.update(team=factories.team())
        case "person":
            User.objects.update(person=None)
        case "wish":
            answernews.choose(user=user, answer_mails="never", now=SOON)
    assert told(server, SOON) == []
    assert not AnswerNews.objects.queued().exists()


def test_an_organiser_who_answers_for_themselves_knows(
    server: Sink, team: Team, event: Event
) -> None:
    user = organiser(team)
    own = factories.attendee(event=event, person=user.person, partstat="needs_action")
    says(own, "accepted")
    assert told(server, SOON) == []


def test_a_new_choice_counts_for_what_waits(server: Sink, team: Team, event: Event) -> None:
    user = organiser(team, answer_mails="daily")
    says(guest(event), "accepted")
    answernews.choose(user=user, answer_mails="at_once", now=NOW)
    assert len(told(server, SOON)) == 1


def test_missed_beats_and_repeated_plans_make_one_mail(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team)
    says(guest(event), "accepted")
    late = SOON + timedelta(hours=5)
    assert answernews.expand_due(now=late) == 1
    assert answernews.expand_due(now=late) == 0
    assert len(told(server, late)) == 1


def test_a_plan_that_is_cut_off_leaves_the_answers_waiting(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team)
    says(guest(event), "accepted")
    with transaction.atomic():
        answernews.expand_due(now=SOON)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert len(told(server, SOON)) == 1


def test_quiet_hours_of_the_team_hold(server: Sink, team: Team, event: Event) -> None:
    Team.objects.filter(pk=team.pk).update(quiet_from="16:00", quiet_until="18:00")
    organiser(team)
    says(guest(event), "accepted")  # four in the afternoon in Shanghai
    assert told(server, SOON) == []
    assert len(told(server, datetime(2026, 6, 1, 10, tzinfo=UTC))) == 1


def test_the_mail_is_in_the_language_of_the_organisers_pages(
    server: Sink, team: Team, event: Event
) -> None:
    organiser(team, language="zh-hant")
    says(guest(event), "accepted")
    [mail] = told(server, SOON)
    assert mail["Content-Language"] == "zh-Hant"
    assert "您的嘉賓已回覆" in text(mail)


def test_a_mail_is_shown_as_it_was(team: Team, event: Event, server: Sink) -> None:
    organiser(team)
    says(guest(event), "accepted")
    told(server, SOON)
    again = presend.compose_again(delivery=Delivery.objects.get(kind="answers"), now=SOON)
    assert "WONG May" in again.body


def test_the_number_of_queries_does_not_depend_on_the_answers(team: Team, event: Event) -> None:
    numbers = []
    for size in (1, 3, 12):
        AnswerNews.objects.all().delete()
        User.objects.update(is_active=False)
        organiser(team, email=f"{size}@example.org")
        for number in range(size):
            says(guest(event, f"G{size}x{number}"), "accepted")
        answernews.expand_due(now=SOON)
        row = Delivery.objects.latest("pk")
        with CaptureQueriesContext(connection) as caught:
            presend.compose_again(delivery=row, now=SOON)
        numbers.append(len(caught))
    assert len(set(numbers)) == 1
