"""Replies by mail: which are applied, and what happens to the others."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from events.domain import telling
from events.domain.access import answerlinks
from events.domain.attendance import answers, attendees, invitations, replies, replymails
from events.domain.directory import people
from events.domain.lifecycle import lifecycle
from events.domain.mail import addresses
from events.models import Attendee, Delivery, Event, Person, Reply, Telling
from events.values.dates import Precision, When
from tests import factories
from tests import replymails as mails
from tests.examples import examples
from tests.factories import NOW
from tests.invitations import invite
from tests.races import at_once, race
from tests.replymails import PROGRAMS, Answer
from tests.work import steps

pytestmark = pytest.mark.django_db

Reason = Reply.Reason
State = Reply.State
HOUR = timedelta(hours=1)
LATER = NOW + 2 * HOUR
programs = pytest.mark.parametrize("program", PROGRAMS)


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.UID_HOST = "attache.example"
    settings.DEFAULT_FROM_EMAIL = "post@attache.example"


@pytest.fixture
def attendee() -> Attendee:
    """An attendee who was sent an invitation."""
    row = factories.attendee(
        event=factories.event(title_en="Going Global"), partstat="needs_action"
    )
    invite(row.event, NOW)
    Delivery.objects.update(state="sent", claim_at=None)
    return row


def read(raw: bytes, now: datetime = LATER) -> Reply:
    return replies.read(raw=raw, now=now)


def told(reply: Reply) -> tuple[str, str]:
    return reply.state, reply.reason


def state_of(attendee: Attendee) -> tuple[str, str]:
    attendee.refresh_from_db()
    return attendee.partstat, attendee.seat


APPLIED = (State.APPLIED, Reason.NONE)


def aside(reason: Reason) -> tuple[str, str]:
    return State.OPEN, reason


class TestWhatCounts:
    @programs
    @pytest.mark.parametrize(
        ("answer", "state"),
        [
            ("ACCEPTED", ("accepted", "confirmed")),
            ("TENTATIVE", ("tentative", "none")),
            ("DECLINED", ("declined", "none")),
        ],
    )
    def test_an_answer_of_each_program(
        self, attendee: Attendee, program: str, answer: str, state: tuple[str, str]
    ) -> None:
        reply = read(PROGRAMS[program](mails.of(attendee, partstat=answer)))
        assert told(reply) == APPLIED
        assert state_of(attendee) == state
        assert attendee.answered_at == mails.NOW
        assert (reply.attendee, reply.person) == (attendee, attendee.person)
        assert (reply.partstat, reply.sender) == (state[0], attendee.person.email)

    def test_an_address_in_a_domain_with_other_letters(self, attendee: Attendee) -> None:
        Person.objects.filter(pk=attendee.person_id).update(email="sam@bücher.example")
        said = mails.of(attendee, sender="sam@xn--bcher-kva.example")
        assert told(read(mails.gmail(said))) == APPLIED

    @pytest.mark.parametrize("stamp", ["00010101T000000Z", "99991231T235959Z", "x"])
    def test_a_strange_time_of_writing(self, attendee: Attendee, stamp: str) -> None:
        raw = mails.gmail(mails.of(attendee)).replace(b"20260601T090000Z", stamp.encode())
        assert told(read(raw)) == APPLIED

    def test_its_words_are_kept(self, attendee: Attendee) -> None:
        said = mails.of(attendee, more="COMMENT:I come late\\, by train\n")
        reply = read(mails.outlook(said))
        assert reply.comment == "I come late, by train"
        assert reply.subject == "接受： Going Global"  # noqa: RUF001 -- Chinese

    @programs
    def test_an_address_in_other_letters(self, attendee: Attendee, program: str) -> None:
        assert attendee.person
        shouted = attendee.person.email.upper()
        reply = read(PROGRAMS[program](mails.of(attendee, sender=shouted)))
        assert told(reply) == APPLIED

    @programs
    def test_the_same_mail_counts_once(self, attendee: Attendee, program: str) -> None:
        raw = PROGRAMS[program](mails.of(attendee))
        first = read(raw)
        attendees.answer(attendee=attendee, partstat=Attendee.Partstat.DECLINED, now=LATER)
        assert read(raw, LATER + HOUR) == first
        assert Reply.objects.count() == 1
        assert state_of(attendee)[0] == "declined"

    def test_a_full_event_puts_on_the_waiting_list(self, attendee: Attendee) -> None:
        Event.objects.update(capacity=1)
        factories.attendee(event=attendee.event, seat="confirmed")
        assert told(read(mails.gmail(mails.of(attendee)))) == APPLIED
        assert state_of(attendee) == ("accepted", "waitlisted")

    @programs
    def test_a_substitute_whom_we_know(self, attendee: Attendee, program: str) -> None:
        other = factories.person(team=attendee.event.team, email="Other@example.org")
        to = ';DELEGATED-TO="mailto:other@example.org"'
        said = mails.of(attendee, partstat="DELEGATED", parameters=to)
        assert told(read(PROGRAMS[program](said))) == APPLIED
        assert state_of(attendee)[0] == "delegated"
        instead = attendee.event.attendees.get(person=other)
        assert (instead.substitute_for, instead.partstat) == (attendee, "accepted")

    @pytest.mark.parametrize("to", ["", ';DELEGATED-TO="mailto:nobody@example.org"'])
    def test_a_substitute_whom_nobody_knows_is_set_aside(self, attendee: Attendee, to: str) -> None:
        factories.person(team=factories.team(), email="nobody@example.org")
        said = mails.of(attendee, partstat="DELEGATED", parameters=to)
        reply = read(mails.apple(said))
        assert told(reply) == aside(Reason.NO_SUBSTITUTE)
        assert reply.delegated_to == ("nobody@example.org" if to else "")
        assert state_of(attendee)[0] == "needs_action"

    @programs
    def test_who_asks_is_sent_the_invitation_again(self, attendee: Attendee, program: str) -> None:
        reply = read(PROGRAMS[program](mails.of(attendee, method="REFRESH")))
        assert told(reply) == APPLIED
        assert list(Delivery.objects.values_list("kind", "state")) == [
            ("request", "sent"),
            ("request", "pending"),
        ]

    @programs
    def test_another_time_is_for_an_organiser(self, attendee: Attendee, program: str) -> None:
        said = mails.of(
            attendee,
            method="COUNTER",
            partstat="TENTATIVE",
            start="DTSTART;TZID=Asia/Shanghai:20261203T100000",
            end="DTEND;TZID=Asia/Shanghai:20261203T120000",
        )
        reply = read(PROGRAMS[program](said))
        assert told(reply) == aside(Reason.COUNTER)
        assert reply.proposed_start_at == datetime(2026, 12, 3, 2, tzinfo=UTC)
        assert reply.proposed_end_at == datetime(2026, 12, 3, 4, tzinfo=UTC)
        assert state_of(attendee)[0] == "needs_action"

    @pytest.mark.parametrize(
        "start",
        [
            "DTSTART;TZID=Mars/Olympus:20261203T100000",
            "DTSTART;TZID=Asia/Shanghai:00010101T000000",
            "DTSTART:99991231T235959Z",
            "DTSTART:tomorrow",
            "SUMMARY:Tea",
        ],
    )
    def test_a_time_that_nobody_knows_is_left_out(self, attendee: Attendee, start: str) -> None:
        reply = read(mails.gmail(mails.of(attendee, method="COUNTER", start=start)))
        assert told(reply) == aside(Reason.COUNTER)
        assert reply.proposed_start_at is None


class TestWhatIsOvertaken:
    def test_an_answer_to_an_older_date(self, attendee: Attendee) -> None:
        when = When(
            precision=Precision.DAY,
            start_on=date(2026, 12, 9),
            end_on=date(2026, 12, 9),
            timezone="Asia/Shanghai",
        )
        old = mails.of(attendee)
        lifecycle.move(event=attendee.event, when=when, now=NOW)
        Delivery.objects.filter(state="pending").update(state="sent", claim_at=None)
        assert told(read(mails.gmail(old))) == (State.IGNORED, Reason.OUTDATED)
        assert state_of(attendee)[0] == "needs_action"
        new = mails.of(attendee, message_id="<2@x>")
        assert told(read(mails.gmail(new))) == APPLIED

    @pytest.mark.parametrize("choice", [*Telling])
    def test_an_answer_to_what_the_guest_was_last_sent_counts(
        self, attendee: Attendee, choice: Telling
    ) -> None:
        """The event has a higher SEQUENCE of which the guest was not told, or not yet."""
        old = mails.of(attendee)
        with telling.planning(choice=choice, now=NOW):
            attendee.event.start_time = time(10)
            lifecycle.save(event=attendee.event, now=NOW)
        assert told(read(mails.gmail(old))) == APPLIED
        assert state_of(attendee)[0] == "accepted"

    def test_mails_that_come_in_another_order_than_they_were_written(
        self, attendee: Attendee
    ) -> None:
        late = mails.of(attendee, partstat="DECLINED", message_id="<2@x>")
        early = mails.of(attendee, stamped_at=mails.NOW - HOUR)
        assert told(read(mails.outlook(late))) == APPLIED
        assert told(read(mails.outlook(early))) == (State.IGNORED, Reason.OUTDATED)
        assert state_of(attendee)[0] == "declined"

    def test_the_same_said_again_counts_as_said_then(self, attendee: Attendee) -> None:
        first = mails.of(attendee, stamped_at=mails.NOW - HOUR, message_id="<1@x>")
        again = mails.of(attendee, message_id="<3@x>")
        between = mails.of(
            attendee, partstat="DECLINED", stamped_at=mails.NOW - HOUR / 2, message_id="<2@x>"
        )
        for said in (first, again, between):
            read(mails.gmail(said))
        assert state_of(attendee)[0] == "accepted"

    def test_an_answer_on_the_page_since(self, attendee: Attendee) -> None:
        token = answerlinks.link(attendee=attendee).rpartition("/")[2]
        answers.give(token=token, verb="decline", now=LATER)
        assert told(read(mails.apple(mails.of(attendee)), LATER)) == (
            State.IGNORED,
            Reason.OUTDATED,
        )
        newer = mails.of(attendee, stamped_at=LATER + HOUR, message_id="<2@x>")
        assert told(read(mails.apple(newer), LATER + 2 * HOUR)) == APPLIED

    def test_no_clock_is_ahead_of_ours(self, attendee: Attendee) -> None:
        ahead = mails.of(attendee, stamped_at=LATER + 900 * HOUR)
        assert told(read(mails.gmail(ahead))) == APPLIED
        attendee.refresh_from_db()
        assert attendee.answered_at == LATER
        token = answerlinks.link(attendee=attendee).rpartition("/")[2]
        answers.give(token=token, verb="decline", now=LATER + HOUR)
        assert state_of(attendee)[0] == "declined"


def cancelled(attendee: Attendee) -> None:
    lifecycle.cancel(event=attendee.event, reason="", now=NOW)


def off_the_list(attendee: Attendee) -> None:
    attendees.release(attendee=attendee, now=NOW)


def checked_in(attendee: Attendee) -> None:
    start = attendee.event.start_at
    assert start is not None
    attendees.check_in(attendee=attendee, now=start)
    Attendee.objects.update(answered_at=None)


class TestWhatIsSetAside:
    @pytest.mark.parametrize("happens", [cancelled, off_the_list, checked_in])
    def test_what_cannot_be_any_more(
        self, attendee: Attendee, happens: Callable[[Attendee], None]
    ) -> None:
        happens(attendee)
        before = state_of(attendee)
        reply = read(mails.gmail(mails.of(attendee, partstat="TENTATIVE")))
        assert told(reply) == aside(Reason.NOT_ALLOWED)
        assert state_of(attendee) == before

    def test_what_is_over(self, attendee: Attendee) -> None:
        reply = read(mails.gmail(mails.of(attendee)), datetime(2026, 12, 3, tzinfo=UTC))
        assert told(reply) == aside(Reason.NOT_ALLOWED)

    def test_who_was_sent_nothing_asks_for_nothing(self) -> None:
        stranger = factories.attendee()
        reply = read(mails.gmail(mails.of(stranger, method="REFRESH")))
        assert told(reply) == aside(Reason.NOT_ALLOWED)
        assert not Delivery.objects.exists()

    @pytest.mark.parametrize("program", PROGRAMS)
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            # Another sender in the name of the attendee.
            ({"sender": "evil@example.com", "attendee": "{own}"}, Reason.OTHER_SENDER),
            # The attendee in the name of another person.
            ({"attendee": "{other}"}, Reason.OTHER_SENDER),
            ({"sender": "evil@example.com"}, Reason.NOT_INVITED),
            ({"sender": "{own}, evil@example.com"}, Reason.OTHER_SENDER),
            ({"sender": "{own}.example.com"}, Reason.NOT_INVITED),
            ({"uid": "x@attache.example"}, Reason.UNKNOWN_EVENT),
            ({"uid": "00000000-0000-4000-8000-000000000000@attache.example"},
             Reason.UNKNOWN_EVENT),
            ({"uid": "{uuid}@elsewhere.example"}, Reason.UNKNOWN_EVENT),
            ({"uid": "{foreign}"}, Reason.NOT_INVITED),
            ({"uid": "{reported}"}, Reason.UNKNOWN_EVENT),
            ({"uid": ""}, Reason.UNKNOWN_EVENT),
            ({"method": "REQUEST"}, Reason.OTHER_METHOD),
            ({"method": "CANCEL"}, Reason.OTHER_METHOD),
            ({"method": "PUBLISH"}, Reason.OTHER_METHOD),
            ({"method": ""}, Reason.OTHER_METHOD),
            ({"partstat": "NEEDS-ACTION"}, Reason.UNREADABLE),
            ({"partstat": "COMPLETED"}, Reason.UNREADABLE),
            ({"headers": "From: evil@example.com\n"}, Reason.OTHER_SENDER),
            ({"headers": "Authentication-Results: mx.example; spf=fail; dmarc=fail\n"},
             Reason.FORGED),
            ({"headers": "Auto-Submitted: auto-replied\n", "message_id": "<a@x>"},
             Reason.AUTOMATIC),
        ],
    )  # fmt: skip
    def test_forged_and_foreign_answers_change_nothing(
        self, attendee: Attendee, program: str, changes: dict[str, str], reason: Reason
    ) -> None:
        assert attendee.person
        other = factories.attendee(event=attendee.event, partstat="needs_action")
        foreign = factories.attendee(partstat="needs_action")
        reported = factories.event(origin="reported")
        assert other.person
        words = {
            "own": attendee.person.email,
            "other": other.person.email,
            "uuid": str(attendee.event.uid),
            "foreign": foreign.event.ical_uid,
            "reported": reported.ical_uid,
        }
        changed = {name: text.format(**words) for name, text in changes.items()}
        raw = PROGRAMS[program](mails.of(attendee, **changed))
        if "Auto-Submitted" in changes.get("headers", ""):
            raw = raw.replace(b"Auto-Submitted: auto-generated\r\n", b"")
        before = list(Attendee.objects.order_by("pk").values())
        reply = read(raw)
        assert told(reply) == aside(reason)
        assert list(Attendee.objects.order_by("pk").values()) == before
        assert Delivery.objects.count() == 1

    def test_two_on_the_list_with_one_address(self, attendee: Attendee) -> None:
        assert attendee.person
        twin = factories.person(email=attendee.person.email)
        factories.attendee(event=attendee.event, person=twin)
        assert told(read(mails.gmail(mails.of(attendee)))) == aside(Reason.NOT_INVITED)

    def test_an_absence_note(self, attendee: Attendee) -> None:
        assert attendee.person
        raw = mails.OUT_OF_OFFICE % {b"sender": attendee.person.email.encode()}
        assert told(read(raw)) == aside(Reason.AUTOMATIC)

    def test_a_bounce_with_an_answer_in_it(self, attendee: Attendee) -> None:
        raw = mails.BOUNCE % {b"original": mails.gmail(mails.of(attendee))}
        assert told(read(raw)) == aside(Reason.AUTOMATIC)
        forwarded = raw.replace(b"multipart/report", b"multipart/mixed")
        forwarded = forwarded.replace(b"auto-replied", b"no").replace(b"<3@", b"<4@")
        forwarded = forwarded.replace(b"Return-Path: <>\r\n", b"")
        assert told(read(forwarded)) == aside(Reason.NO_CALENDAR)
        assert state_of(attendee)[0] == "needs_action"

    def test_a_letter_of_a_human(self) -> None:
        raw = b"From: a@example.org\r\nSubject: Thanks\r\nMessage-ID: <5@x>\r\n\r\nI come.\r\n"
        reply = read(raw)
        assert told(reply) == aside(Reason.NO_CALENDAR)
        assert (reply.sender, reply.subject) == ("a@example.org", "Thanks")


CALENDAR = b"Content-Type: text/calendar\r\n\r\n"
BEGIN, END = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n", b"END:VCALENDAR\r\n"
EVENT = b"BEGIN:VEVENT\r\n%s\r\nEND:VEVENT\r\n"
NESTED = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
HOSTILE = {
    "nothing": b"",
    "no head": b"\x00\xff" * 1_000,
    "a head without end": b"From: a@example.org\r\n" + b"X: y\r\n" * 60_000,
    "a long line": b"From: " + b"a" * 1_000_000 + b"@example.org\r\n\r\nx",
    "many addresses": b"From: " + b"a@example.org," * 50_000 + b"\r\n\r\nx",
    "comments in comments": b"From: " + b"(" * 1_900 + b"a@example.org\r\n\r\nx",
    "strange words": b"From: =?x?q?=FF?= <a@x.org>\r\nSubject: =?utf-99?b?!!?=\r\n\r\nx",
    "parts in parts": b"".join(NESTED % (number, number) for number in range(5_000)),
    "lines in parts in parts": b"".join(NESTED % (n, n) for n in range(11)) + b"x\n" * 500_000,
    "more lines there": b"".join(NESTED % (n, n) for n in range(39)) + b"x\n" * 500_000,
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 100_000,
    "many parts": NESTED % (0, 0) + b"--b0\r\n\r\nx\r\n" * 400_000,
    "too large": b"Subject: x\r\n\r\n" + b"x" * (replymails.MAX_MAIL_BYTES + 1),
    "no base64": CALENDAR.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n***"),
    "no calendar": CALENDAR + EVENT % b"UID:x",
    "no charset": b"Content-Type: text/calendar; charset=klingon\r\n\r\n\xff\xfe\r\n",
    "a charset in parts": b"Content-Type: text/calendar; charset*=utf-8''%ff\r\n\r\nx\xff",
    "a charset of none": b"Content-Type: text/calendar; charset=punycode\r\n\r\n" + b"x-" * 400_000,
    "deep": CALENDAR + BEGIN + b"BEGIN:VEVENT\r\n" * 50_000,
    "many voices": CALENDAR + BEGIN + EVENT % (b"ATTENDEE:mailto:a@x.org\r\n" * 40_000) + END,
    "a bad line": CALENDAR + BEGIN + EVENT % b'UID:x\r\nATTENDEE;CN="x:mailto' + END,
    "two calendars": CALENDAR + 2 * (BEGIN + EVENT % b"UID:x" + END),
    "two events": CALENDAR + BEGIN + EVENT % b"UID:x" + EVENT % b"UID:y" + END,
    "an instance": CALENDAR + BEGIN + EVENT % b"UID:x\r\nRECURRENCE-ID:20260601T000000Z" + END,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_comes_is_set_aside_for_little_work(name: str) -> None:
    raw = HOSTILE[name]
    most = 1_000 + 20 * min(len(raw), replymails.MAX_MAIL_BYTES)
    assert steps(partial(replymails.read, raw=raw)) < most
    reply = read(raw)
    assert reply.state == State.OPEN
    assert reply.reason
    assert len(reply.subject) <= 300


# Byte sequences with a meaning in a mail, its headers or a calendar.
MEANS = [
    b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b'"', b":", b";", b"=", b"--", b"(", b"<", b">", b"@",
    b",", b"boundary=", b"=?utf-8?b?", b"?=", b"charset=idna", b"charset*=utf-8''%ff\r\n", b"%00",
    b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n", b"DTSTART:99991231T235959Z\r\n",
    b"SEQUENCE:99999999999\r\n", b"Content-Type: text/calendar\r\n", b"\xe2\x80\xae",
]  # fmt: skip
pieces = st.sampled_from(MEANS) | st.binary(max_size=20)


@examples(300)
@given(
    raw=st.binary(max_size=400),
    name=st.sampled_from(sorted(PROGRAMS)),
    changes=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 40), pieces), max_size=6),
)
def test_no_bytes_make_reading_fail(
    raw: bytes, name: str, changes: list[tuple[int, int, bytes]]
) -> None:
    """Neither arbitrary bytes, nor replies with some bytes replaced."""
    answer = PROGRAMS[name](Answer(uid="x", sender="a@example.org", more="COMMENT:x\n"))
    for at, length, piece in changes:
        answer = answer[:at] + piece + answer[at + length :]
    for mail in (raw, answer):
        said = replymails.read(raw=mail)
        assert not re.search(r"[\r\n\x00]", said.subject + said.sender + said.comment)
        for address in (said.sender, *(reply.delegated_to for reply in said.replies)):
            assert address == "" or re.fullmatch(r"[^@\s\x00]+@[^@\s\x00]+", address)


@pytest.mark.parametrize(
    "uri",
    [
        "mailto:a%00b@x.org",
        "mailto:a%0D%0ABcc:x@x.org",
        "mailto:a b@x.org",
        "mailto:a@b@c",
        "mailto:",
        "http://x.org/a@b",
        f"mailto:{400 * 'a'}@x.org",
        "mailto:%ud800@x.org\ud800",
    ],
)
def test_what_is_no_address_is_none(uri: str) -> None:
    assert addresses.of_uri(uri) == ""


def test_an_address_is_the_same_however_it_is_written() -> None:
    for uri in ("MAILTO:A@X.org", " mailto:a@x.ORG", "mailto:%61@x.org?subject=x"):
        assert addresses.of_uri(uri) == "a@x.org"


class TestWhatAnOrganiserDecides:
    def test_an_answer_is_taken_after_all(self, attendee: Attendee) -> None:
        assert attendee.person
        own = attendee.person.email
        reply = read(mails.gmail(mails.of(attendee, sender="other@example.com", attendee=own)))
        assert (reply.attendee, reply.partstat) == (attendee, "accepted")
        assert replies.next_steps(reply=reply) == ("apply", "dismiss")
        replies.apply(reply=reply, now=LATER)
        assert (reply.state, reply.settled_at) == (State.APPLIED, LATER)
        assert state_of(attendee) == ("accepted", "confirmed")
        for verb in (replies.apply, replies.dismiss):
            with pytest.raises(replies.NotAllowed):
                verb(reply=reply, now=LATER)

    def test_what_still_cannot_be_stays_to_look_at(self, attendee: Attendee) -> None:
        reply = read(mails.gmail(mails.of(attendee, headers="X: y\n")))
        cancelled(attendee)
        Reply.objects.update(state=State.OPEN, settled_at=None)
        reply.refresh_from_db()
        with pytest.raises(attendees.NotOpen):
            replies.apply(reply=reply, now=LATER)
        reply.refresh_from_db()
        assert reply.state == State.OPEN

    def test_or_put_away(self, attendee: Attendee) -> None:
        reply = read(mails.gmail(mails.of(attendee, method="COUNTER", partstat="DECLINED")))
        replies.dismiss(reply=reply, now=LATER)
        assert told(reply) == (State.DISMISSED, Reason.COUNTER)
        assert state_of(attendee)[0] == "needs_action"

    def test_what_is_about_nobody_can_only_be_put_away(self) -> None:
        assert replies.next_steps(reply=read(HOSTILE["no calendar"])) == ("dismiss",)


def test_what_was_settled_long_ago_is_forgotten(attendee: Attendee) -> None:
    read(mails.gmail(mails.of(attendee)))
    read(HOSTILE["no calendar"])
    assert replies.prune(now=LATER + replies.RETENTION) == 0
    assert replies.prune(now=LATER + replies.RETENTION + HOUR) == 1
    assert Reply.objects.get().state == State.OPEN


def test_an_erased_person_stands_in_no_reply(attendee: Attendee) -> None:
    assert attendee.person
    reply = read(mails.gmail(mails.of(attendee, more="COMMENT:Secret\n")))
    people.erase(person=Person.objects.get(pk=attendee.person_id), now=LATER)
    reply.refresh_from_db()
    assert (reply.sender, reply.subject, reply.comment) == ("", "", "")


@race
@pytest.mark.django_db(transaction=True)
def test_page_and_mail_at_the_same_instant_end_in_one_state(settings: Settings) -> None:
    """One mail twice, another mail and the page: the latest answer wins in any order."""
    settings.UID_HOST = "attache.example"
    event = factories.event(capacity=1)
    factories.attendee(event=event, partstat="accepted", seat="confirmed")
    for number in range(4):
        row = factories.attendee(event=event, partstat="needs_action")
        token = answerlinks.link(attendee=row).rpartition("/")[2]
        accepted = mails.gmail(mails.of(row, message_id=f"<a{number}@x>"))
        declined = mails.apple(
            mails.of(row, partstat="DECLINED", message_id=f"<b{number}@x>", stamped_at=LATER)
        )
        page = partial(answers.give, token=token, verb="accept_tentatively", now=LATER + HOUR)
        calls: list[Callable[[], Any]] = [
            partial(read, accepted, LATER + HOUR),
            partial(read, accepted, LATER + HOUR),
            partial(read, declined, LATER + HOUR),
            page,
        ]
        assert at_once(*calls) == []
        row.refresh_from_db()
        assert (row.partstat, row.seat, row.waitlisted_at) == ("tentative", "none", None)
        assert Reply.objects.filter(attendee=row).count() == 2
    assert not invitations.uninvited(event=event).filter(partstat="declined").exists()
