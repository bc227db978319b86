"""The database of a team after a month: rows in every state, made by the application itself.

It is written for the version beside it, so that each release can make a dump of its own. All people
are fictitious.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import time_machine
from django.contrib.contenttypes.models import ContentType
from django.test import Client, override_settings

from delegations.domain.applications import applications
from delegations.models import Application
from events.domain.attendance import attendees, invitations, replies
from events.domain.delivery import delivery
from events.domain.feeds import subscriptions
from events.domain.imports.calendars import importpreviews, imports
from events.domain.imports.calendars.importplans import Choices
from events.domain.imports.calendars.imports import Calendar
from events.domain.lifecycle import lifecycle
from events.domain.mail import optouts, outbox
from events.domain.reminders import fanout
from events.models import (
    Attendee,
    CalendarFeed,
    Delivery,
    Event,
    EventPlace,
    Evidence,
    MailWording,
    Membership,
    Person,
    Place,
    ReminderRule,
    Source,
    Suppression,
    Team,
    User,
)
from events.values.dates import Precision, When
from seeds import library
from tests import factories, replymails

BEGIN = datetime(2026, 5, 1, 8, tzinfo=UTC)
END = datetime(2026, 6, 1, 8, tzinfo=UTC)  # from here on the next version runs
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Partstat = Attendee.Partstat
State = Delivery.State

# A foreign calendar: imported once, then previewed again after a change there.
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\n"
    b"BEGIN:VEVENT\r\nUID:forum@example.org\r\nDTSTAMP:20260501T080000Z\r\n"
    b"DTSTART:20261110T013000Z\r\nDTEND:20261110T090000Z\r\nSUMMARY:Example Forum\r\n"
    b"LOCATION:Example Hall\r\nDESCRIPTION:As they announce it.\r\nEND:VEVENT\r\n"
    b"BEGIN:VEVENT\r\nUID:gala@example.org\r\nDTSTAMP:20260501T080000Z\r\n"
    b"DTSTART;VALUE=DATE:20261112\r\nSUMMARY:Example Gala\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
MOVED = CALENDAR.replace(b"VALUE=DATE:20261112", b"VALUE=DATE:20261113")


@dataclass
class Office:
    """The rows, by the names that later steps use."""

    team: Team
    user: User
    clock: Any
    events: dict[str, Event] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def at(self, moment: datetime) -> datetime:
        """Move the clock to a moment, and send what is due by then."""
        self.clock.move_to(moment)
        delivery.tick(now=moment)
        return moment

    def add(self, name: str, on: date, **columns: Any) -> Event:
        """Store a confirmed event of the team as the admin does."""
        values: dict[str, Any] = {
            "slug": f"example-{name}",
            "title_en": f"Example {name.title()}",
            "title_zh_hant": f"示例 {name}",
            "team": self.team,
            "start_on": on,
            "end_on": on,
            "place": Place.objects.get(slug="sample-hall"),
            "timezone": "Asia/Singapore",
            "created_at": self.now,
            "changed_at": self.now,
            **columns,
        }
        event = factories.event(**values)
        lifecycle.save(event=event, now=self.now)
        self.events[name] = event
        return event

    def person(self, name: str, **columns: str) -> Person:
        if name not in self.people:
            values = {"language": "en", "timezone": "Asia/Singapore", **columns}
            self.people[name] = Person.objects.create(
                slug=f"example-{name}",
                family_name=name.title(),
                given_name="Example",
                email=f"{name}@example.org",
                team=self.team,
                **values,
            )
        return self.people[name]

    def invite(self, event: str, *names: str, **columns: Any) -> None:
        for name in names:
            row = attendees.invite(
                event=self.events[event], person=self.person(name), now=self.now, **columns
            )
            Attendee.objects.filter(pk=row.pk).update(created_at=self.now)

    def there(self, event: str, name: str) -> Attendee:
        found = Attendee.objects.select_related("event", "person")
        return found.get(event=self.events[event], person=self.people[name])

    def answer(self, event: str, answer: Partstat, *names: str) -> None:
        for name in names:
            row = self.there(event, name)
            attendees.answer(attendee=row, partstat=answer, now=self.now)


def make() -> dict[str, str]:
    """Fill an empty database; return the paths of its calendars by the names of their files."""
    with time_machine.travel(BEGIN, tick=False) as clock:
        library.load(now=BEGIN)
        library.load_sample(now=BEGIN)
        office = _open(clock)
        _seminar(office)
        _fair(office)
        _calendars(office)
        _imports(office)
        _mission(office)
        _briefing(office)
        _accidents(office)
        _changes(office)
        _read(office)
    return office.feeds


def _open(clock: Any) -> Office:
    """A team with a member, rules for all its events, and its own wording."""
    team = Team.objects.create(name="Example Promotion Office", slug="example-office")
    user = User.objects.create_user("example-organiser", is_staff=True)
    Membership.objects.create(user=user, team=team, role="organiser")
    rules: list[dict[str, Any]] = [
        {"offset_kind": "nominal_days", "offset": 7, "answers": "unanswered"},
        {"offset_kind": "nominal_days", "offset": 1, "answers": "accepted", "clock": "reader"},
        {"offset_kind": "exact_hours", "offset": 3, "roles": ["speaker", "head"]},
        {"offset_kind": "exact_minutes", "offset": 45, "tag": "press"},
        {"offset_kind": "days_after", "offset": 1, "topic": "thanks"},
    ]
    for columns in rules:
        ReminderRule.objects.create(team=team, **columns)
    MailWording.objects.create(
        team=team, kind="reminder", subject="Soon: {{title}}", opening="See you, {{name}}."
    )
    office = Office(team, user, clock)
    user.person, user.answer_mails = office.person("desk"), "at_once"
    user.save()
    return office


def _seminar(office: Office) -> None:
    """A past event: attended, not attended, and mails about it."""
    office.add("seminar", date(2026, 5, 12))
    office.invite("seminar", "amy", "bob", "col", "dee")
    office.invite("seminar", "eli", role="speaker")
    Attendee.objects.filter(person=office.people["bob"]).update(tags=["press"])
    office.answer("seminar", Partstat.ACCEPTED, "amy", "bob", "col")
    for day in (5, 11):
        office.at(datetime(2026, 5, day, 4, tzinfo=UTC))
    now = office.at(datetime(2026, 5, 12, 0, 50, tzinfo=UTC))
    for name in ("amy", "bob", "eli"):
        attendees.check_in(attendee=office.there("seminar", name), now=now)
    now = office.at(datetime(2026, 5, 12, 12, tzinfo=UTC))
    attendees.mark_attended(attendee=office.there("seminar", "amy"), now=now)
    attendees.mark_no_show(attendee=office.there("seminar", "col"), now=now)
    office.at(datetime(2026, 5, 13, 6, tzinfo=UTC))
    token = urlsplit(optouts.link(person=office.people["amy"], kind="thanks")).path.split("/")[2]
    optouts.choose(token=token, out=True, now=office.now)


def _fair(office: Office) -> None:
    """A future event with two seats and a hub: all answers, promotions from the waiting list."""
    fair = office.add("fair", date(2026, 12, 2), capacity=2, url="https://fair.example.org/")
    hub = EventPlace.objects.create(
        event=fair, place=Place.objects.get(slug="vancouver"), role="hub", capacity=1
    )
    office.add("panel", date(2026, 12, 2), parent=fair, start_time=time(10), end_time=time(11))
    office.invite("fair", "amy", "bob", "col", "dee", "eli", "fay", "gil", "hal", "ivy")
    office.person("joy", language="zh-hant", timezone="America/Vancouver")
    office.invite("fair", "joy", hub=hub, role="speaker")
    invited = invitations.uninvited(event=fair).exclude(person=office.people["ivy"])
    keys = [row.pk for row in invited]
    invitations.send(event=fair, attendees=keys, now=office.now)
    office.at(office.now + MINUTE)
    office.answer("fair", Partstat.ACCEPTED, "amy", "bob", "col", "dee", "joy")
    office.answer("fair", Partstat.TENTATIVE, "eli")
    office.answer("fair", Partstat.DECLINED, "fay")
    attendees.substitute(
        attendee=office.there("fair", "gil"), person=office.person("kay"), now=office.now
    )
    attendees.release(attendee=office.there("fair", "hal"), now=office.now)
    office.at(office.now + HOUR)
    said = replymails.of(office.there("fair", "amy"), partstat="DECLINED", stamped_at=office.now)
    replies.read(raw=replymails.gmail(said), now=office.now)
    unknown = said.but(sender="stranger@example.org", message_id="<9@mail.example.org>")
    replies.read(raw=replymails.outlook(unknown), now=office.now)
    office.at(office.now + HOUR)


def _calendars(office: Office) -> None:
    """Secret calendars of people, of an event and of a role, one of them revoked."""
    everything = {"team": office.team, "past_days": 30_000}
    kept = {
        "person.ics": CalendarFeed(name="Phone", person=office.people["bob"], alarm=30),
        "left.ics": CalendarFeed(name="Laptop", person=office.people["hal"], language="zh-hant"),
        "event.ics": CalendarFeed(name="Wall", event=office.events["fair"]),
        "role.ics": CalendarFeed(name="Speakers", event=office.events["fair"], role="speaker"),
    }
    for name, feed in kept.items():
        for column, value in everything.items():
            setattr(feed, column, value)
        address = subscriptions.hand_out(feed=feed, now=office.now)
        office.feeds[name] = urlsplit(address).path
    gone = CalendarFeed(name="Lost phone", person=office.people["col"], team=office.team)
    subscriptions.hand_out(feed=gone, now=office.now)
    subscriptions.revoke(feed=gone, now=office.now + MINUTE)
    office.feeds |= {"public.ics": "/calendar/public.ics", "single.ics": "/events/example-fair.ics"}


def _imports(office: Office) -> None:
    """An imported calendar, one event of which was changed here; and a preview of it."""
    choices = Choices(team=office.team, language="en", timezone="Asia/Singapore")
    calendar = Calendar(name="example.org", body=CALENDAR)
    imports.apply(calendar=calendar, choices=choices, now=office.now)
    forum = Event.objects.get(title_en="Example Forum")
    forum.title_en = "Example Forum, as we call it"
    lifecycle.save(event=forum, now=office.now + HOUR)


def _mission(office: Office) -> None:
    """Further applications than in the sample: withdrawn, and lapsed."""
    accepted = Application.objects.get(organisation__slug="sample-grid")
    waiting = Application.objects.get(organisation__slug="sample-finance")
    applications.withdraw(application=waiting, now=office.now)
    confirm_by = accepted.confirm_by
    assert confirm_by
    office.at(max(office.now, confirm_by) + HOUR)
    applications.lapse(now=office.now)


def _briefing(office: Office) -> None:
    """An event of these days: reminders that are sent, waiting, and held."""
    office.clock.move_to(END - 5 * DAY)
    office.add("briefing", (END + DAY).date(), visibility="participants", end_on=None)
    office.invite("briefing", "amy", "bob", "col", "dee", "joy", "eli")
    office.answer("briefing", Partstat.ACCEPTED, "amy", "bob", "col", "dee", "joy")
    office.at(END - DAY)
    office.at(END - 6 * HOUR)
    workshop = office.add("workshop", date(2026, 9, 9))
    office.invite("workshop", "amy", "bob", "col")
    with override_settings(HOLD_ABOVE=1):
        keys = list(workshop.attendees.values_list("pk", flat=True))
        invitations.send(event=workshop, attendees=keys, now=office.now)
    outbox.drop(delivery=workshop.deliveries.order_by("pk")[0], now=office.now)
    with override_settings(HOLD_ABOVE=1):
        invitations.send(event=workshop, attendees=keys, now=office.now)


def _accidents(office: Office) -> None:
    """States that only failing servers and killed workers cause, and a value with evidence."""
    sent = Delivery.objects.filter(state=State.SENT, event=office.events["seminar"]).order_by("pk")
    broken = {
        State.FAILED: {"sent_at": None, "detail": "550 No such user"},
        State.DEAD: {"sent_at": None, "attempts": 6},
        State.PRESUMED: {"detail": "The worker ended while it was sending."},
        State.UNKNOWN: {"sent_at": None, "unknown_count": 2},
        State.SUPPRESSED: {"sent_at": None},
        State.EXPIRED: {"sent_at": None},
    }
    for row, (state, columns) in zip(sent, broken.items(), strict=False):
        Delivery.objects.filter(pk=row.pk).update(state=state, **columns)
    Suppression.objects.create(
        address_hash=outbox.address_hash("wrong@example.org"), since=office.now, reply="550 No"
    )
    source = Source.objects.order_by("pk")[0]
    for name in ("partstat", "seat", "attendance"):
        Evidence.objects.create(
            content_type=ContentType.objects.get_for_model(Attendee),
            object_id=office.there("fair", "bob").pk,
            field=name,
            basis="stated",
            source=source,
            line=1,
        )


def _decline(applicant: str, now: datetime) -> None:
    """Decline an application whose contact is told by mail."""
    application = Application.objects.get(organisation__slug=applicant)
    application.contact = Person.objects.get(slug="sample-cole")
    application.save()
    applications.reply(application=application, reply="None as yet.", now=now)
    applications.decline(application=application, reason="Too early.", user=None, now=now)


def _changes(office: Office) -> None:
    """Changes of the last minutes that are not told yet; the lease of a killed worker."""
    office.clock.move_to(END - 10 * MINUTE)
    office.add("dinner", END.date(), start_time=time(18, 59), end_time=time(22))
    office.invite("dinner", "amy", "bob", role="speaker")
    now = END - MINUTE
    office.clock.move_to(now)
    fair = office.events["fair"]
    fair.refresh_from_db()
    when = When(
        precision=Precision.TIME,
        start_on=date(2026, 12, 3),
        end_on=date(2026, 12, 3),
        start_time=time(10),
        end_time=time(16),
        timezone="Asia/Singapore",
    )
    lifecycle.move(event=fair, when=when, now=now)
    office.answer("fair", Partstat.DECLINED, "bob")
    fanout.expand_due(now=now)
    _decline("sample-tides", now)
    choices = Choices(team=office.team, language="en", timezone="Asia/Singapore")
    opened = Calendar(name="example.org", body=MOVED)
    importpreviews.open_file(calendar=opened, choices=choices, user=office.user, now=now)
    waiting = Delivery.objects.filter(event=fair, state=State.PENDING).order_by("pk")
    Delivery.objects.filter(pk=waiting[0].pk).update(
        state=State.LEASED, claim_at=None, lease_token=uuid4(), lease_until=now
    )
    Delivery.objects.exclude(leased_by="").update(leased_by="a worker of the former version")


def _read(office: Office) -> None:
    """Request each calendar, so that its cached body is in the database."""
    office.clock.move_to(END)
    for path in office.feeds.values():
        read(path)


def read(path: str) -> bytes:
    """Return the response for a calendar program at a path, at END."""
    with time_machine.travel(END, tick=False):
        answer = Client().get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return b"".join(answer) if answer.streaming else answer.content
