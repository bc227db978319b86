"""Random edits, answers, faults and ticks: a plain model, the rows and a real mail server agree.

For reminders and notices the model says which mails are sent. For invitations it says what the
calendar of each person shows in the end, and that each mail contained something new. The mails that
were sent are compared with those that the server has accepted, copy by copy.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from events.domain.attendance import attendees, invitations
from events.domain.delivery import attempts, delivery
from events.domain.lifecycle import lifecycle
from events.domain.mail import optouts
from events.domain.reminders import reminders
from events.models import Attendee, Delivery, Event, Person
from events.values.dates import BadDate
from tests import factories
from tests.examples import examples
from tests.factories import NOW
from tests.smtp import Sink

Kind, State = Delivery.Kind, Delivery.State
SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PAUSE, AGAIN = 2 * MINUTE, 5 * MINUTE
LEAST, MOST = 0.8 * MINUTE, 1.2 * HOUR  # limits of the delay of a retry after a 4xx reply
REFUSALS = (
    attendees.AttendeeRefusal,
    attendees.NotAllowed,
    invitations.NotOpen,
    lifecycle.Incomplete,
    lifecycle.Begun,
    lifecycle.NotAllowed,
    BadDate,
)
ANSWERS = {"accept": "accepted", "decline": "declined"}
STANDING = ("confirmed", "tentative")
# Replies of the mail server to RCPT and DATA; before it hangs up it has accepted the mail.
MOODS = {
    "well": ("250 OK", "250 Accepted"),
    "defers": ("451 4.3.0 Later", ""),
    "hangs up": ("250 OK", "kept"),
}
READERS = 2  # index of the rule in readers' time zones; the others use the event's
number = st.integers(0, 1)
who = st.integers(0, 2)
ZONES = ("", "Asia/Tokyo", "Europe/London")  # time zone of each person
Who = tuple[int, int]  # number of an event, number of a person


@dataclass(frozen=True)
class Talk:
    """The event in the model; it lasts an hour."""

    title: str
    hall: str
    start: datetime
    status: str = "confirmed"

    @property
    def stands(self) -> bool:
        return self.status in STANDING

    @property
    def end(self) -> datetime:
        return self.start + HOUR

    def differs(self, before: "Talk") -> bool:
        """Whether attendees get a notice: other time or place, off, or on again."""
        if self.status in ("cancelled", "postponed"):
            return self.status != before.status
        was_off = before.status == "postponed"
        return was_off or (self.start, self.hall) != (before.start, before.hall)


@dataclass(eq=False)
class Mail:
    """A mail that the model expects to be sent, unless something changes before."""

    kind: str
    person: int
    due_at: datetime
    expires_at: datetime
    claim_at: datetime
    talk: int = 0
    rule: int = 0
    batch: "Batch | None" = None
    copies: int = 0
    end: str = ""  # final state, '' while it waits


@dataclass
class Batch:
    """A notice batch: the talks as they were before the changes, and the people concerned."""

    opened_at: datetime
    before: dict[int, Talk] = field(default_factory=dict)
    people: dict[int, set[int]] = field(default_factory=dict)


@dataclass
class Schedule:
    """A rule of an event, and the mails that it has made in the present epoch."""

    rule: int
    due_at: datetime
    expires_at: datetime
    state: str = "planned"
    mails: list[Mail] = field(default_factory=list)


@dataclass
class Round:
    """The rule of an event that falls due at 09:00 in the time zone of each reader."""

    start: datetime
    planned_at: datetime = NOW
    state: str = "planned"
    mails: list[Mail] = field(default_factory=list)
    known: set[int] = field(default_factory=set)  # the recipients at the last fan-out

    @property
    def last_at(self) -> datetime:
        """When it has fallen due in every time zone."""
        return self.start + HOUR

    def written(self) -> set[int]:
        return {mail.person for mail in self.mails}

    def is_late(self, person: int, since: datetime) -> bool:
        """Whether it fell due for a person before they joined, or before it was planned."""
        return max(since, self.planned_at) > own_moment(person, self.start)[0]


def own_moment(person: int, start: datetime) -> tuple[datetime, datetime]:
    """Due time and expiry of the third rule for a person: 09:00 the day before, in their zone."""
    there = ZoneInfo(ZONES[person] or "Asia/Shanghai")
    day = start.astimezone(there).date() - timedelta(days=1)
    due = datetime.combine(day, time(9), there).astimezone(UTC)
    return due, max(min(start - AGAIN, due + 6 * HOUR), due + AGAIN)


def moment(rule: int, start: datetime) -> tuple[datetime, datetime]:
    """Due time and expiry of a rule: 09:00 on the day before, or two hours before the start."""
    if rule == 0:
        day = start.astimezone(SHANGHAI).date() - timedelta(days=1)
        due = datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)
        return due, max(min(start - AGAIN, due + 6 * HOUR), due + AGAIN)
    return start - 2 * HOUR, start - AGAIN


def is_far(rule: int, old: datetime, new: datetime) -> bool:
    """Whether a reminder is sent once more: it moved to another day, or by at least six hours."""
    lead = 2 * HOUR * rule
    days = [(at + lead).astimezone(SHANGHAI).date() for at in (old, new)]
    return days[0] != days[1] or abs(new - old) >= 6 * HOUR


class Deliveries(RuleBasedStateMachine):
    """Two talks of a team with three reminders each; three people who may attend them."""

    sink: Sink

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo._from_testcase = True  # as in TestCase: durable blocks may be nested in it
        self.undo.__enter__()
        self.sink.envelopes.clear()
        self.now = NOW
        self.arrived: list[str] = []  # Message-ID of each mail that was received
        team = factories.team()
        self.halls = {name: factories.place(name=name, team=team) for name in ("Hall", "Annexe")}
        self.rows = [self.event(team, number) for number in range(2)]
        self.people = [factories.person(team=team, language="en", timezone=zone) for zone in ZONES]
        self.talks = [
            Talk(row.title, "Hall", datetime(2026, 6, 3, 4, tzinfo=UTC)) for row in self.rows
        ]
        self.schedules = [
            [Schedule(rule, *moment(rule, talk.start)) for rule in range(2)] for talk in self.talks
        ]
        self.rounds = [Round(talk.start) for talk in self.talks]
        self.addresses = [person.email for person in self.people]
        self.stopped: set[int] = set()
        self.list: dict[Who, str] = {}
        self.joined: dict[Who, datetime] = {}
        self.batch: Batch | None = None
        self.notices: list[Mail] = []
        self.reminders = 0  # number of mails so far
        self.calendars: dict[Who, tuple[Any, ...]] = {}
        self.informed: dict[Who, int] = {}  # by an invitation: the number of the first mail
        self.in_hand: set[Who] = set()  # invitations that were sent or planned before a tick
        for talk, person in ((0, 0), (0, 1), (1, 0), (1, 2)):
            self.put_on_list(talk, person)
        self.send_invitation(0, 0)
        self.send_invitation(1, 0)
        self.tick("well", SECOND)

    def event(self, team: Any, number: int) -> Event:
        row = factories.event(
            team=team, title=f"Talk {number}", place=self.halls["Hall"],
            start_on=date(2026, 6, 3), end_on=date(2026, 6, 3),
            start_time=time(12), end_time=time(13),
        )  # fmt: skip
        factories.organiser(row)
        factories.rule(event=row)
        factories.rule(event=row, offset_kind="exact_hours", offset=2)
        factories.rule(event=row, clock="reader")
        reminders.plan(event=row, now=NOW)
        return row

    def teardown(self) -> None:
        if not hasattr(self, "undo"):
            return
        try:
            if self.is_sound:
                self.all_calendars_are_right_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # Actions of attendees.

    def attempt(self, call: Any, **values: Any) -> bool:
        """Make a call one second later; a refusal changes nothing."""
        self.now += SECOND
        try:
            call(**values, now=self.now)
        except REFUSALS:
            return False
        return True

    def stored(self, talk: int) -> Event:
        return Event.objects.get(pk=self.rows[talk].pk)

    def attendee(self, talk: int, person: int) -> Attendee | None:
        return Attendee.objects.filter(event=self.rows[talk], person=self.people[person]).first()

    @rule(talk=number, person=who)
    def put_on_list(self, talk: int, person: int) -> None:
        values = {"event": self.stored(talk), "person": self.people[person]}
        if self.attempt(attendees.invite, **values):
            Attendee.objects.filter(**values).update(created_at=self.now)
            self.list[talk, person] = "listed"
            self.joined[talk, person] = self.now

    @rule(talk=number, person=who, verb=st.sampled_from(["accept", "decline", "release"]))
    def answer(self, talk: int, person: int, verb: str) -> None:
        if not (attendee := self.attendee(talk, person)):
            return
        if verb == "release":
            done = self.attempt(attendees.release, attendee=attendee)
        else:
            says = Attendee.Partstat(ANSWERS[verb])
            done = self.attempt(attendees.answer, attendee=attendee, partstat=says)
        if done:
            self.list[talk, person] = {"release": "released"}.get(verb) or ANSWERS[verb]

    @rule(talk=number, person=st.integers(0, 1))
    def send_invitation(self, talk: int, person: int) -> None:
        if attendee := self.attendee(talk, person):
            values = {"event": self.stored(talk), "attendees": [attendee.pk]}
            self.attempt(invitations.send, **values)

    @rule(person=who, wanted=st.booleans())
    def opt_out(self, person: int, wanted: bool) -> None:
        link = optouts.link(person=self.people[person], kind="reminder")
        token = link.rstrip("/").rpartition("/")[2]
        optouts.choose(token=token, out=not wanted, now=self.now)
        (self.stopped.discard if wanted else self.stopped.add)(person)

    @rule(person=who, address=st.sampled_from(["", "new", "old"]))
    def change_address(self, person: int, address: str) -> None:
        """Persons 0 and 1, who are invited by mail, always keep an address."""
        if address or person == 2:
            email = address and f"{address}-{self.people[person].pk}@example.org"
            Person.objects.filter(pk=self.people[person].pk).update(email=email)
            self.addresses[person] = email

    # Actions of organisers.

    def edit(self, talk: int, after: Talk, call: Any, **values: Any) -> None:
        before = self.talks[talk]
        if self.attempt(call, event=self.stored(talk), **values):
            self.talks[talk] = after
            self.note(talk, before)
            for schedule in self.schedules[talk]:
                self.replan(schedule, self.talks[talk])
            self.replan_round(self.rounds[talk], self.talks[talk])

    @rule(talk=number, name=st.sampled_from(["Talk 0", "Talk 1", "Another name"]))
    def rename(self, talk: int, name: str) -> None:
        row = self.stored(talk)
        row.title = row.title_en = name
        self.now += SECOND
        lifecycle.save(event=row, now=self.now)
        self.talks[talk] = replace(self.talks[talk], title=name)

    @rule(talk=number, hall=st.sampled_from(["Hall", "Annexe"]))
    def change_place(self, talk: int, hall: str) -> None:
        when = self.stored(talk).when
        after = replace(self.talks[talk], hall=hall)
        self.edit(talk, after, lifecycle.move, when=when, place=self.halls[hall])

    @rule(talk=number, by=st.sampled_from([-1, 1, 3, 8]), unit=st.sampled_from(["hours", "days"]))
    def move(self, talk: int, by: int, unit: str) -> None:
        self.give_time(talk, self.talks[talk].start + timedelta(**{unit: by}), "move")

    @rule(talk=number, by=st.integers(0, 2))
    def reinstate(self, talk: int, by: int) -> None:
        self.give_time(talk, self.talks[talk].start + timedelta(days=by), "reinstate")

    def give_time(self, talk: int, start: datetime, verb: str) -> None:
        local = start.astimezone(SHANGHAI)
        if not 1 <= local.hour <= 22:
            return
        when = replace(
            self.stored(talk).when, start_on=local.date(), end_on=local.date(),
            start_time=local.time(), end_time=time(local.hour + 1),
        )  # fmt: skip
        status = "tentative" if verb == "reinstate" else self.talks[talk].status
        after = replace(self.talks[talk], start=start, status=status)
        self.edit(talk, after, getattr(lifecycle, verb), when=when)

    @rule(talk=number, verb=st.sampled_from(["postpone", "postpone", "cancel"]))
    def call_off(self, talk: int, verb: str) -> None:
        status = {"cancel": "cancelled", "postpone": "postponed"}[verb]
        after = replace(self.talks[talk], status=status)
        self.edit(talk, after, getattr(lifecycle, verb), reason="Rain")

    # The consequences in the model.

    def expected(self, talk: int) -> set[int]:
        return {
            person for (at, person), says in self.list.items()
            if at == talk and says in ("listed", "accepted")
        }  # fmt: skip

    def note(self, talk: int, before: Talk) -> None:
        after = self.talks[talk]
        tells = (before.start, before.hall) != (after.start, after.hall) or after.differs(before)
        people = self.expected(talk)
        if before.end <= self.now or not tells or not people:
            return
        self.batch = self.batch or Batch(self.now)
        self.batch.before.setdefault(talk, before)
        self.batch.people.setdefault(talk, set()).update(people)

    def replan(self, schedule: Schedule, talk: Talk) -> None:
        if not talk.stands:
            schedule.state = "off" if schedule.state == "planned" else schedule.state
            self.call_back(schedule)
            return
        old = schedule.due_at, schedule.expires_at
        due, expires = moment(schedule.rule, talk.start)
        is_anew = schedule.state == "handed over" and is_far(schedule.rule, old[0], due)
        schedule.due_at, schedule.expires_at = due, expires
        if is_anew:
            self.call_back(schedule)
            schedule.mails = []
        if is_anew or schedule.state != "handed over":
            if is_anew or schedule.state == "off" or old != (due, expires):
                schedule.state = "planned" if self.now < due else "missed"
            return
        for mail in schedule.mails:
            is_moved = old != (due, expires) and mail.end in ("", "cancelled")
            if is_moved or mail.end == "cancelled":
                mail.end, mail.claim_at = "", due
                mail.due_at, mail.expires_at = due, expires

    def replan_round(self, round_: Round, talk: Talk) -> None:
        if not talk.stands:
            round_.state = "off" if round_.state == "planned" else round_.state
            self.call_back(round_)
            return
        old, round_.start = round_.start, talk.start
        days = [at.astimezone(SHANGHAI).date() for at in (old, talk.start)]
        is_far = days[0] != days[1]
        if round_.state == "handed over" and not is_far:
            self.retime(round_)
            return
        if round_.state == "off" or old != talk.start:
            self.call_back(round_)
            round_.mails = []
            if is_far or round_.state != "planned":
                round_.planned_at, round_.known = self.now, set()
            round_.state = "planned" if self.now < round_.last_at else "missed"

    def retime(self, round_: Round) -> None:
        for mail in round_.mails:
            due, expires = own_moment(mail.person, round_.start)
            is_moved = not mail.end and (mail.due_at, mail.expires_at) != (due, expires)
            if is_moved or mail.end == "cancelled":
                mail.end, mail.claim_at = "", due
                mail.due_at, mail.expires_at = due, expires

    def call_back(self, schedule: Schedule | Round) -> None:
        for mail in schedule.mails:
            mail.end = mail.end or "cancelled"

    def news(self, batch: Batch, person: int) -> list[int]:
        """The changed talks of a batch that are news to a person."""
        return [
            talk for talk, before in batch.before.items()
            if person in batch.people[talk]
            and self.talks[talk].differs(before)
            and self.list[talk, person] != "declined"
        ]  # fmt: skip

    def invitations(self) -> set[Who]:
        """The talks of which people have read or will read in an invitation mail."""
        rows = Delivery.objects.invitations().holding().values_list("event", "person")
        talks = {row.pk: number for number, row in enumerate(self.rows)}
        people = {row.pk: number for number, row in enumerate(self.people)}
        return {(talks[event], people[person]) for event, person in rows}

    def hand_over_all(self) -> None:
        for number, schedules in enumerate(self.schedules):
            for schedule in schedules:
                if schedule.state == "planned" and schedule.due_at <= self.now:
                    self.hand_over_one(number, schedule)
            self.hand_over_round(number, self.rounds[number])
        if self.batch and self.batch.opened_at + PAUSE <= self.now:
            batch, self.batch = self.batch, None
            for person in range(3):
                known = {talk for talk, reader in self.invitations() if reader == person}
                news = [talk for talk in self.news(batch, person) if talk not in known]
                if self.addresses[person] and news:
                    self.notices.append(self.notice(batch, person, news))

    def hand_over_one(self, number: int, schedule: Schedule) -> None:
        if self.now >= schedule.expires_at:
            schedule.state = "missed"
            return
        schedule.state = "handed over"
        times = {"due_at": schedule.due_at, "expires_at": schedule.expires_at}
        schedule.mails = [
            Mail("reminder", person, claim_at=schedule.due_at, talk=number, rule=schedule.rule,
                 **times)
            for person in sorted(self.expected(number))
            if self.addresses[person] and self.joined[number, person] <= schedule.due_at
        ]  # fmt: skip
        self.reminders += len(schedule.mails)

    def hand_over_round(self, number: int, round_: Round) -> None:
        """Called before the tick; the rows tell whether the occurrence is claimable by now."""
        rule = self.rows[number].reminder_rules.order_by("pk")[READERS]
        due = [
            person for person in sorted(self.expected(number) - round_.written())
            if self.addresses[person] and own_moment(person, round_.start)[0] <= self.now
            and not round_.is_late(person, self.joined[number, person])
        ]  # fmt: skip
        if not rule.occurrences.filter(claim_at__lte=self.now).exists():
            stands = round_.state in ("planned", "handed over") and self.talks[number].stands
            assert not (stands and self.now < round_.last_at and round_.known & set(due))
            return
        if self.now >= round_.last_at + 24 * HOUR:
            round_.state = "handed over" if round_.mails else "missed"
            return
        round_.state = "handed over"
        round_.known = {person for person in self.expected(number) if self.addresses[person]}
        for person in due:
            due_at, expires_at = own_moment(person, round_.start)
            mail = Mail("reminder", person, due_at, expires_at, due_at, number, READERS)
            round_.mails.append(mail)
            self.reminders += 1

    def notice(self, batch: Batch, person: int, news: list[int]) -> Mail:
        """A notice expires when all of its talks are over, but after two days at the latest."""
        ends = [each.end for talk in news for each in (batch.before[talk], self.talks[talk])]
        until = max(min(max(ends), self.now + 48 * HOUR), self.now + AGAIN)
        return Mail("notice", person, self.now, until, self.now, batch=batch)

    def waiting(self) -> Iterator[Mail]:
        for schedules in self.schedules:
            for schedule in schedules:
                yield from (mail for mail in schedule.mails if not mail.end)
        for round_ in self.rounds:
            yield from (mail for mail in round_.mails if not mail.end)
        yield from (mail for mail in self.notices if not mail.end)

    # Ticks, with a server that works or fails.

    @rule(span=st.sampled_from([MINUTE, 6 * MINUTE, HOUR, 17 * HOUR, 24 * HOUR]))
    def no_worker_runs(self, span: timedelta) -> None:
        self.now += span

    @rule(talk=number, by=st.sampled_from([1, 8]))
    def a_move_meets_what_is_due(self, talk: int, by: int) -> None:
        """A reminder falls due, and the event moves a little before the next tick."""
        self.now = max(self.now, self.soonest() + SECOND)
        self.move(talk, by, "hours")
        self.tick("well", SECOND)

    @rule(late=st.sampled_from([-SECOND, SECOND, HOUR]))
    def a_reminder_falls_due(self, late: timedelta) -> None:
        self.now = max(self.now, self.soonest() + late)
        self.only_hand_over()

    def soonest(self) -> datetime:
        """The time at which the next reminder falls due for a person, or now."""
        soon = [row.due_at for rows in self.schedules for row in rows if row.state == "planned"]
        soon += [
            own_moment(person, self.rounds[talk].start)[0] for talk, person in self.list
            if person not in self.rounds[talk].written()
        ]  # fmt: skip
        soon = [at for at in soon if at > self.now]
        return min(soon, default=self.now)

    @rule(mood=st.sampled_from(["well", "defers", "hangs up"]))
    def a_reminder_leaves(self, mood: str) -> None:
        self.a_reminder_falls_due(SECOND)
        self.tick(mood, SECOND)

    @rule(talk=number, person=who, what=st.integers(0, 6), mood=st.sampled_from(["well", "defers"]))
    def something_comes_between(self, talk: int, person: int, what: int, mood: str) -> None:
        """A reminder has been fanned out, and something changes before it leaves."""
        self.a_reminder_falls_due(SECOND)
        (
            lambda: self.move(talk, 1, "hours"),
            lambda: self.move(talk, 1, "days"),
            lambda: self.call_off(talk, "postpone"),
            lambda: self.answer(talk, person, "decline"),
            lambda: self.answer(talk, person, "release"),
            lambda: self.opt_out(person, wanted=False),
            lambda: self.change_address(person, "new"),
        )[what]()
        self.tick(mood, 3 * MINUTE)

    @rule()
    def only_hand_over(self) -> None:
        """A tick whose budget is used up: it only fans out."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(attempts, "MAX_TICK_TIME", -SECOND)
            self.hand_over_all()
            delivery.tick(now=self.now)

    @rule(
        mood=st.sampled_from(["well", "well", "defers", "hangs up"]),
        after=st.sampled_from([SECOND, 3 * MINUTE, 6 * MINUTE, 17 * HOUR]),
    )
    def tick(self, mood: str, after: timedelta) -> None:
        self.is_sound = False  # until all assertions have passed
        self.now += after
        self.sink.on_rcpt, self.sink.on_data = MOODS[mood]
        due = [mail for mail in (*self.waiting(), *self.new()) if mail.claim_at <= self.now]
        self.in_hand = self.invitations()
        delivery.tick(now=self.now)
        received = list(self.received())
        begun = len(self.arrived) - len(received)
        told = [self.take(mail, number) for number, mail in enumerate(received, begun)]
        assert told.count("reminder") + told.count("notice") <= len(due)
        for mail in due:
            self.settle(mail, mood, received)
        assert not Delivery.objects.filter(state__in=(State.LEASED, State.SENDING)).exists()
        assert not Delivery.objects.filter(claim_at__lte=self.now).exists()
        self.is_sound = True

    def new(self) -> list[Mail]:
        before = set(map(id, self.waiting()))
        self.hand_over_all()
        return [mail for mail in self.waiting() if id(mail) not in before]

    def received(self) -> Iterator[EmailMessage]:
        for envelope in self.sink.envelopes[len(self.arrived) :]:
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.arrived.append(key(message))
            yield message

    def settle(self, mail: Mail, mood: str, received: list[EmailMessage]) -> None:
        """Compare the outcome of a mail that was due with the model."""
        row = self.row(mail)
        mine = [each for each in received if key(each) == f"{row.public_uuid}.0"]
        is_of_use = self.now < mail.expires_at and self.addresses[mail.person]
        if is_of_use and mood == "defers":  # the server defers it before the check
            self.put_off(mail, row, mine, mood)
        elif not (is_of_use and self.goes(mail, row)):
            assert not mine
            mail.end = row.state
            assert row.state in (State.SKIPPED, State.EXPIRED, State.CANCELLED)
        elif mood == "well":
            assert (row.state, len(mine)) == (State.SENT, 1)
            mail.end = row.state
        else:
            self.put_off(mail, row, mine, mood)

    def put_off(self, mail: Mail, row: Delivery, mine: list[Any], mood: str) -> None:
        assert len(mine) == (mood == "hangs up")
        mail.copies += len(mine)
        if row.state == State.PENDING:
            assert row.claim_at is not None
            mail.claim_at = row.claim_at
            wait = mail.claim_at - self.now
            assert mail.copies < 2
            assert LEAST <= wait <= MOST if mood == "defers" else AGAIN <= wait < AGAIN + MINUTE
            assert mail.claim_at < mail.expires_at
        elif mood == "hangs up":
            mail.end = row.state
            assert row.state == State.UNKNOWN
            assert mail.copies == 2 or self.now + AGAIN + MINUTE >= mail.expires_at
        else:
            mail.end = row.state
            assert row.state == State.EXPIRED
            assert self.now + MOST >= mail.expires_at

    def row(self, mail: Mail) -> Delivery:
        rows = Delivery.objects.filter(kind=mail.kind, person=self.people[mail.person])
        if mail.kind == "notice":
            rows = rows.filter(due_at=mail.due_at)
        else:
            rule = self.rows[mail.talk].reminder_rules.order_by("pk")[mail.rule]
            rows = rows.filter(occurrence__rule=rule)
        return rows.latest("pk")

    def goes(self, mail: Mail, row: Delivery) -> bool:
        """Whether a mail that is due must still be sent."""
        if mail.batch is None:
            is_expected = mail.person in self.expected(mail.talk)
            return is_expected and mail.person not in self.stopped
        news = self.news(mail.batch, mail.person)
        # A person who was invited is informed by the update, if that was sent before the notice or
        # was going to be.
        is_out = row.state != State.SKIPPED
        since = self.arrived.index(f"{row.public_uuid}.0") if is_out else len(self.arrived)
        told = {who for who, number in self.informed.items() if number < since}
        told |= set() if is_out else self.in_hand
        return any((talk, mail.person) not in told for talk in news)

    # Mails that arrive.

    def take(self, message: EmailMessage, number: int) -> str:
        """Read a mail as its recipient would; return its kind."""
        row = Delivery.objects.get(public_uuid=key(message).rpartition(".")[0])
        person = next(n for n, each in enumerate(self.people) if each.pk == row.person_id)
        assert self.addresses[person] in str(message["To"])
        if row.kind in (Kind.REQUEST, Kind.CANCEL):
            talk = self.put_into_calendar(person, message, row)
            self.informed.setdefault((talk, person), number)
        elif row.kind == Kind.REMINDER:
            talk = self.talks[[each.pk for each in self.rows].index(row.event_id)]
            local = talk.start.astimezone(SHANGHAI)
            assert talk.stands
            assert message["Subject"] == (
                f"Reminder: {talk.title} · {local:%A} {local.day} June 2026, {local:%H:%M}"
            )
        return str(row.kind)

    def put_into_calendar(self, person: int, message: EmailMessage, row: Delivery) -> int:
        """Store the calendar of a mail as a calendar program does.

        SEQUENCE never falls, and a CANCEL comes after a REQUEST.
        """
        part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
        calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        entry: Any = calendar.events[0]
        talk = [each.ical_uid for each in self.rows].index(str(entry["UID"]))
        method = str(calendar["METHOD"])
        shows = method, str(entry["SUMMARY"]), str(entry["LOCATION"]), entry["DTSTART"].dt
        told = (int(entry["SEQUENCE"]), *shows)
        known = self.calendars.get((talk, person))
        assert known is not None or method == "REQUEST"
        if known is not None:
            assert told[0] >= known[0]
            assert told != known or row.unknown_count
        self.calendars[talk, person] = told
        return talk

    # Invariants, and the final state.

    @invariant()
    def what_was_sent_is_what_the_server_has(self) -> None:
        assert len(self.arrived) == len(self.sink.envelopes)
        copies = Counter(self.arrived)
        rows = Delivery.objects.filter(public_uuid__in={each.rpartition(".")[0] for each in copies})
        known = {
            f"{row.public_uuid}.{row.generation}": row.unknown_count + (row.state == State.SENT)
            for row in rows
        }
        assert known == copies
        assert max(copies.values(), default=0) <= 2
        assert Delivery.objects.filter(state=State.SENT).exclude(pk__in=rows).count() == 0

    @invariant()
    def there_is_one_row_for_each_mail(self) -> None:
        kinds = Counter(Delivery.objects.values_list("kind", flat=True))
        assert (kinds["reminder"], kinds["notice"]) == (self.reminders, len(self.notices))

    @rule()
    def all_calendars_are_right_in_the_end(self) -> None:
        """When nothing has changed for a while, each calendar shows the event as it is."""
        self.tick("well", 3 * MINUTE)
        while later := self.soonest_invitation():
            self.tick("well", later + SECOND - self.now)
        for (talk, person), told in self.calendars.items():
            self.is_right(self.talks[talk], self.list[talk, person], told)

    def soonest_invitation(self) -> datetime | None:
        rows = Delivery.objects.invitations().filter(claim_at__isnull=False)
        return rows.order_by("claim_at").values_list("claim_at", flat=True).first()

    def is_right(self, talk: Talk, says: str, told: tuple[Any, ...]) -> None:
        if talk.end <= self.now:
            return
        method, title, hall, start = told[1:]
        if not talk.stands or says == "released":
            assert method == "CANCEL"
        elif says == "declined":
            assert (hall, start) == (talk.hall, talk.start) or method == "CANCEL"
        else:
            assert (method, title, hall, start) == ("REQUEST", talk.title, talk.hall, talk.start)


def key(message: EmailMessage) -> str:
    """The Message-ID without its host: the id of the delivery, and the generation."""
    return str(message["Message-ID"])[1:].partition("@")[0]


@pytest.mark.thorough
@pytest.mark.hypothesis
@pytest.mark.django_db
def test_model_rows_and_mail_server_agree_whatever_happens(smtp: Sink, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    machine = type("Machine", (Deliveries,), {"sink": smtp})
    run_state_machine_as_test(machine, settings=examples(5, steps=30))
