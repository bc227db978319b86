"""Invitations by mail, through a real mail server: recipients, times and content."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from events.domain.access import answerlinks
from events.domain.attendance import attendees, invitations
from events.domain.delivery import delivery
from events.domain.directory import people
from events.domain.ical import writing
from events.domain.lifecycle import lifecycle
from events.domain.mail import outbox
from events.models import Attendee, Delivery, Event, Team
from events.values.dates import Precision, When
from tests import factories
from tests.calendars import readers
from tests.examples import examples
from tests.factories import NOW
from tests.invitations import LATER, Mailbox, entry, invite, method, recipient, stream, summary
from tests.races import at_once, race
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

Partstat = Attendee.Partstat
State = Delivery.State
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.SITE_URL, settings.UID_HOST = "https://attache.example", "attache.example"
    settings.DEFAULT_FROM_EMAIL = "Attaché <post@attache.example>"
    return smtp


@pytest.fixture
def box(server: Sink) -> Mailbox:
    return Mailbox(server)


@pytest.fixture
def event() -> Event:
    place = factories.place(name_en="Expo Centre", address="1500 Shibo Avenue")
    team = factories.team(name="Promotion Office")
    return factories.event(
        title_en="Going Global", place=place, team=team, slug="gg", stream_url="https://x.example/s"
    )


def guest(event: Event, **columns: Any) -> Attendee:
    return factories.attendee(event=event, **{"partstat": "needs_action", **columns})


def move(event: Event, day: int, now: datetime) -> None:
    when = When(
        precision=Precision.TIME,
        start_on=date(2026, 12, day),
        end_on=date(2026, 12, day),
        start_time=time(9, 30),
        end_time=time(17),
        timezone="Asia/Shanghai",
    )
    lifecycle.move(event=event, when=when, now=now)


def describe(event: Event, text: str, now: datetime) -> None:
    event.refresh_from_db()
    event.description_en = text
    lifecycle.save(event=event, now=now)


def states(attendee: Attendee) -> list[tuple[str, str]]:
    rows = attendee.deliveries.invitations().order_by("pk")
    return list(rows.values_list("kind", "state"))


class TestTheMail:
    def test_its_parts(self, event: Event, box: Mailbox) -> None:
        """RFC 6047, in the order that mail programs expect: the calendar part is the last."""
        guest(event)
        invite(event, NOW)
        [mail] = box.new(NOW)
        tree = [(part.get_content_type(), part.get_content_disposition()) for part in mail.walk()]
        assert tree == [
            ("multipart/mixed", None),
            ("multipart/alternative", None),
            ("text/plain", None),
            ("text/html", None),
            ("text/calendar", None),
            ("application/ics", "attachment"),
        ]
        calendar, file = list(mail.walk())[-2:]
        assert dict(calendar["Content-Type"].params) == {
            "method": "REQUEST",
            "charset": "UTF-8",
            "component": "VEVENT",
        }
        assert [part["Content-Transfer-Encoding"] for part in (calendar, file)] == ["base64"] * 2
        assert file.get_filename() == "invite.ics"
        assert file.get_payload(decode=True) == calendar.get_payload(decode=True)

    def test_its_message_for_the_calendar(self, event: Event, box: Mailbox) -> None:
        person = factories.person(family_name='Chan "Sam"; X', email="sam+x@example.org")
        guest(event, person=person)
        invite(event, NOW)
        [mail] = box.new(NOW)
        found = entry(mail)
        assert method(mail) == "REQUEST"
        assert str(found["UID"]) == event.ical_uid
        assert (found["SEQUENCE"], str(found["STATUS"])) == (0, "CONFIRMED")
        assert NOW <= found["DTSTAMP"].dt < NOW + timedelta(minutes=1)
        assert str(found["ORGANIZER"]) == "mailto:post@attache.example"
        assert found["ORGANIZER"].params == {"CN": "Promotion Office"}
        assert str(found["ATTENDEE"]) == "mailto:sam+x@example.org"
        assert dict(found["ATTENDEE"].params) == {
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "TRUE",
            "CN": 'CHAN "SAM"; X Siu-ming',
        }
        assert str(found["CONFERENCE"]) == "https://x.example/s"
        assert b"\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in stream(mail)
        for alien in (b"X-WR-CALNAME", b"REFRESH-INTERVAL", b"VALARM"):
            assert alien not in stream(mail)
        assert mail["From"].addresses[0].addr_spec == "post@attache.example"
        assert "Reply-To" not in mail

    @pytest.mark.parametrize("name", readers.READERS)
    def test_other_peoples_readers_see_the_event(
        self, event: Event, box: Mailbox, name: str
    ) -> None:
        guest(event)
        invite(event, NOW)
        [mail] = box.new(NOW)
        [seen] = readers.READERS[name](stream(mail))
        assert (seen.uid, seen.title, seen.status) == (event.ical_uid, "Going Global", "CONFIRMED")
        assert seen.start == datetime(2026, 12, 2, 1, 30, tzinfo=UTC)

    def test_its_lines_are_folded_and_ended_as_the_standard_says(
        self, event: Event, box: Mailbox
    ) -> None:
        describe(event, "長" * 300, NOW)
        guest(event, person=factories.person(family_name="陳" * 30))
        invite(event, NOW)
        [mail] = box.new(NOW)
        lines = stream(mail).split(b"\r\n")
        assert lines[-1] == b""
        assert max(map(len, lines)) <= 75
        assert not any(b"\n" in line or b"\r" in line for line in lines)

    def test_only_the_reader_stands_in_it(self, event: Event, box: Mailbox) -> None:
        for _ in range(3):
            guest(event)
        invite(event, NOW)
        mails = box.new(NOW)
        assert len(mails) == 3
        addresses = {recipient(mail) for mail in mails}
        for mail in mails:
            others = addresses - {recipient(mail)}
            assert str(entry(mail)["ATTENDEE"]) == f"mailto:{recipient(mail)}"
            assert not any(other in mail.as_string() for other in others)

    @pytest.mark.parametrize(
        ("language", "subject", "words"),
        [
            ("en", "Invitation: Going Global", "Promotion Office invites you to:"),
            ("zh-hans", "邀请", "诚邀您出席"),
            ("zh-hant", "邀請", "誠邀閣下出席"),
        ],
    )
    def test_it_speaks_the_readers_language_at_the_readers_clock(
        self, event: Event, box: Mailbox, language: str, subject: str, words: str
    ) -> None:
        Event.objects.update(title_zh_hans="走出去", title_zh_hant="走出去")
        person = factories.person(language=language, timezone="America/Vancouver")
        attendee = guest(event, person=person)
        invite(event, NOW)
        [mail] = box.new(NOW)
        assert mail["Subject"].startswith(subject)
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert words in body.get_content()
            assert "UTC-7" in body.get_content()
            assert answerlinks.link(attendee=attendee) in body.get_content()
        assert str(entry(mail)["SUMMARY"]) in {"Going Global", "走出去"}

    @pytest.mark.parametrize(
        ("answer", "place", "said", "buttons"),
        [
            ("needs_action", "none", "Will you come?", ["accept", "accept_tentatively", "decline"]),
            ("accepted", "confirmed", "You have accepted. ", ["accept_tentatively", "decline"]),
            ("accepted", "waitlisted", "the waiting list. ", ["accept_tentatively", "decline"]),
            ("tentative", "none", "accepted tentatively. ", ["accept", "decline"]),
        ],
    )
    def test_it_says_what_was_answered_and_asks_for_the_rest(
        self, event: Event, box: Mailbox, answer: str, place: str, said: str, buttons: list[str]
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        waits = {"waitlisted_at": NOW} if place == "waitlisted" else {}
        Attendee.objects.filter(pk=attendee.pk).update(partstat=answer, seat=place, **waits)
        [mail] = box.new(NOW)
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert said in body.get_content()
        assert re.findall(r"\?answer=(\w+)", body.get_content()) == buttons

    def test_an_event_that_is_not_public_has_no_link(self, event: Event, box: Mailbox) -> None:
        Event.objects.update(visibility="internal")
        guest(event)
        invite(event, NOW)
        [mail] = box.new(NOW)
        assert "URL" not in entry(mail)
        assert "/events/gg/" not in mail.as_string()

    @pytest.mark.thorough
    @examples(60)
    @given(name=st.text(max_size=40), title=st.text(max_size=40), team=st.text(max_size=40))
    def test_no_text_forges_a_header_or_a_line(
        self, box: Mailbox, name: str, title: str, team: str
    ) -> None:
        usable = {"name": name, "title": title, "team": team}
        usable = {key: re.sub(r"[\x00\ud800-\udfff]", "", text) for key, text in usable.items()}
        row = factories.event(
            title=usable["title"],
            team=factories.team(name=f"{usable['team']} {factories.number()}"),
        )
        guest(row, person=factories.person(family_name=usable["name"], given_name=""))
        invite(row, NOW)
        [mail] = box.new(NOW)
        assert sorted(mail.keys()) == [
            "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "MIME-Version",
            "Message-ID", "Subject", "To",
        ]  # fmt: skip
        assert [each.addr_spec for each in mail["From"].addresses] == ["post@attache.example"]
        assert len(mail["To"].addresses) == 1
        names = {
            re.split(rb"[;:]", line, maxsplit=1)[0]
            for line in re.sub(rb"\r\n ", b"", stream(mail)).split(b"\r\n")
            if line
        }
        assert names <= {
            b"BEGIN", b"END", b"VERSION", b"PRODID", b"CALSCALE", b"METHOD", b"TZID", b"DTSTART",
            b"TZOFFSETFROM", b"TZOFFSETTO", b"TZNAME", b"UID", b"DTSTAMP", b"CREATED",
            b"LAST-MODIFIED", b"SEQUENCE", b"DTEND", b"STATUS", b"TRANSP", b"SUMMARY",
            b"URL", b"CATEGORIES", b"ORGANIZER", b"ATTENDEE",
        }  # fmt: skip


class TestWhoGetsOne:
    def test_those_with_an_address_who_may_come(self, event: Event, box: Mailbox) -> None:
        first, second = guest(event), guest(event, partstat="accepted")
        guest(event, person=factories.person(email=""))
        guest(event, person=None, label="Two from the chamber")
        guest(event, partstat="declined")
        guest(event, partstat="accepted", seat="cancelled")
        assert list(invitations.uninvited(event=event)) == [first, second]
        assert invitations.without_address(event=event) == 2
        assert invite(event, NOW) == 2
        assert invitations.next_steps(event=event, now=NOW) == ()
        assert invite(event, NOW) == 0
        assert len(box.new(NOW)) == 2

    def test_only_those_who_were_chosen(self, event: Event, box: Mailbox) -> None:
        first, second = guest(event), guest(event)
        assert invitations.send(event=event, attendees=[second.pk], now=NOW) == 1
        assert [recipient(mail) for mail in box.new(NOW)] == [second.person.email]
        assert list(invitations.uninvited(event=event)) == [first]

    def test_who_could_not_be_reached_can_be_invited_again(self, event: Event) -> None:
        attendee = guest(event)
        invite(event, NOW)
        Delivery.objects.update(state=State.FAILED, claim_at=None)
        assert list(invitations.uninvited(event=event)) == [attendee]
        assert invite(event, NOW) == 1

    @pytest.mark.parametrize(
        "columns",
        [
            {"status": "draft"},
            {"status": "cancelled"},
            {"status": "postponed"},
            {"precision": "month", "start_time": None, "end_time": None},
            {"start_on": date(2026, 5, 1)},
        ],
    )
    def test_nobody_to_what_is_off_over_or_not_known(self, columns: dict[str, Any]) -> None:
        if columns.get("precision"):
            columns |= {"start_on": date(2026, 12, 1), "end_on": date(2026, 12, 31)}
        row = factories.event(**columns)
        attendee = guest(row)
        assert invitations.next_steps(event=row, now=NOW) == ()
        with pytest.raises(invitations.NotOpen):
            invitations.send(event=row, attendees=[attendee.pk], now=NOW)

    def test_who_is_gone_or_declines_before_it_leaves_gets_none(
        self, event: Event, box: Mailbox
    ) -> None:
        gone, declines = guest(event), guest(event)
        invite(event, NOW)
        attendees.release(attendee=gone, now=NOW)
        attendees.answer(attendee=declines, partstat=Partstat.DECLINED, now=NOW)
        assert box.after_a_while(NOW) == []
        assert states(gone) == [("request", "cancelled")]
        assert states(declines) == [("request", "skipped")]

    def test_who_has_lost_the_address_gets_none(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        people.Person.objects.update(email="")
        assert box.new(NOW) == []
        assert states(attendee) == [("request", "skipped")]

    def test_an_address_in_a_domain_with_other_letters(self, event: Event, box: Mailbox) -> None:
        guest(event, person=factories.person(email="sam@bücher.example"))
        invite(event, NOW)
        [mail] = box.new(NOW)
        assert str(entry(mail)["ATTENDEE"]) == "mailto:sam@xn--bcher-kva.example"
        assert recipient(mail) == "sam@xn--bcher-kva.example"

    def test_who_has_one_that_is_held_back_is_not_invited_twice(
        self, event: Event, settings: Settings
    ) -> None:
        settings.HOLD_ABOVE = 1
        rows = [guest(event) for _ in range(2)]
        assert [invite(event, NOW) for _ in range(2)] == [2, 0]
        assert [states(row) for row in rows] == [[("request", "held")]] * 2
        lifecycle.cancel(event=event, reason="Rain", now=NOW)
        assert [states(row) for row in rows] == [[("request", "cancelled")]] * 2


class TestChanges:
    def test_another_date_is_told_with_a_higher_sequence(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        [first] = box.new(NOW)
        move(event, 9, NOW)
        assert box.new(NOW + LATER - SECOND) == []
        [second] = box.after_a_while(NOW)
        assert summary([second]) == [(attendee.person.email, "REQUEST", 1)]
        assert entry(second)["UID"] == entry(first)["UID"]
        assert entry(second)["DTSTART"].dt.day == 9
        assert entry(second)["DTSTAMP"].dt > entry(first)["DTSTAMP"].dt
        assert second["Subject"].startswith("Changed invitation: Going Global")

    def test_ten_changes_in_a_row_make_one_mail(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        for day in range(3, 13):
            move(event, day, NOW + day * SECOND)
        mails = box.after_a_while(NOW + 13 * SECOND)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 10)]
        assert [state for _kind, state in states(attendee)].count("cancelled") == 9

    def test_another_text_is_told_with_the_same_sequence(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        describe(event, "Bring a passport.", NOW)
        mails = box.after_a_while(NOW)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 0)]
        assert "Bring a passport." in str(entry(mails[0])["DESCRIPTION"])

    def test_a_text_that_is_as_it_was_again_is_not_told(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        for text in ("Bring a passport.", ""):
            describe(event, text, NOW)
        assert box.after_a_while(NOW) == []

    def test_what_does_not_show_is_not_told(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        event.refresh_from_db()
        event.capacity = 40
        lifecycle.save(event=event, now=NOW)
        lifecycle.save(event=event, now=NOW)
        assert box.after_a_while(NOW) == []

    def test_what_others_share_and_it_shows_is_told(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        place = event.place
        assert place
        place.name_en = "Great Hall"
        place.save()
        lifecycle.touch_shown_with(place=place, now=NOW)
        [mail] = box.after_a_while(NOW)
        assert str(entry(mail)["LOCATION"]).startswith("Great Hall")
        factories.hub(event=event)
        lifecycle.touch(event=event, now=NOW)
        [mail] = box.after_a_while(NOW + 2 * LATER)
        assert "Manila" in str(entry(mail)["DESCRIPTION"])

    def test_who_was_sent_none_gets_none(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invited = guest(event)
        invitations.send(event=event, attendees=[invited.pk], now=NOW)
        box.new(NOW)
        move(event, 9, NOW)
        assert [recipient(mail) for mail in box.after_a_while(NOW)] == [invited.person.email]
        lifecycle.cancel(event=event, reason="Rain", now=NOW + 2 * LATER)
        mails = box.after_a_while(NOW + 2 * LATER)
        assert [recipient(mail) for mail in mails] == [invited.person.email]

    def test_who_declined_learns_of_another_date_and_of_no_other_text(
        self, event: Event, box: Mailbox
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        attendees.answer(attendee=attendee, partstat=Partstat.DECLINED, now=NOW)
        describe(event, "New", NOW)
        assert box.after_a_while(NOW) == []
        move(event, 9, NOW)
        [mail] = box.after_a_while(NOW)
        assert entry(mail)["ATTENDEE"].params["PARTSTAT"] == "DECLINED"

    def test_a_change_before_the_first_has_left_goes_out_with_it(
        self, event: Event, box: Mailbox
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        move(event, 9, NOW)
        mails = box.after_a_while(NOW)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 1)]
        assert mails[0]["Subject"].startswith("Invitation: ")

    def test_nothing_is_told_of_what_is_over(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        afterwards = datetime(2026, 12, 3, tzinfo=UTC)
        describe(event, "It was nice.", afterwards)
        assert box.after_a_while(afterwards) == []

    def test_the_change_and_its_mails_are_one(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        with transaction.atomic():
            move(event, 9, NOW)
            transaction.set_rollback(True)
        assert box.after_a_while(NOW) == []
        assert Delivery.objects.count() == 1

    def test_another_team_takes_the_mails_along(self, event: Event, box: Mailbox) -> None:
        guest(event)
        invite(event, NOW)
        other: Team = factories.team()
        event.team = other
        lifecycle.save(event=event, now=NOW)
        assert list(Delivery.objects.values_list("team", flat=True)) == [other.pk]


class TestTheEnd:
    def test_a_cancelled_event_is_taken_back(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        [first] = box.new(NOW)
        lifecycle.cancel(event=event, reason="Typhoon", now=NOW)
        [mail] = box.after_a_while(NOW)
        found = entry(mail)
        assert summary([mail]) == [(attendee.person.email, "CANCEL", 1)]
        assert mail.get_body(("plain",)).get_content().count("Typhoon") == 1  # type: ignore[union-attr]
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        assert part["Content-Type"].params["method"] == "CANCEL"
        assert (str(found["STATUS"]), found["UID"]) == ("CANCELLED", entry(first)["UID"])
        assert found["DTSTART"].dt == entry(first)["DTSTART"].dt
        assert "RSVP" not in found["ATTENDEE"].params
        for name, read in readers.READERS.items():
            assert [seen.status for seen in read(stream(mail))] == ["CANCELLED"], name
        assert box.after_a_while(NOW + LATER) == []

    def test_a_postponed_event_is_taken_back_and_comes_again(
        self, event: Event, box: Mailbox
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        lifecycle.postpone(event=event, reason="", now=NOW)
        [mail] = box.after_a_while(NOW)
        assert (method(mail), str(entry(mail)["STATUS"])) == ("CANCEL", "CANCELLED")
        assert mail["Subject"].startswith("Postponed: ")
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert "Until now" in body.get_content()
        later = When(
            precision=Precision.DAY,
            start_on=date(2027, 3, 1),
            end_on=date(2027, 3, 1),
            timezone="Asia/Shanghai",
        )
        lifecycle.reinstate(event=event, when=later, now=NOW)
        mails = box.after_a_while(NOW)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 2)]
        assert entry(mails[0])["UID"] == entry(mail)["UID"]

    def test_a_date_that_is_given_up_meanwhile_stops_nothing(
        self, event: Event, box: Mailbox
    ) -> None:
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        lifecycle.postpone(event=event, now=NOW)
        event.refresh_from_db()
        event.when = When(precision=Precision.UNKNOWN)
        lifecycle.save(event=event, now=NOW)
        [mail] = box.after_a_while(NOW)
        assert method(mail) == "CANCEL"
        assert "DTSTART" not in entry(mail)

    def test_off_and_on_again_within_two_minutes_is_told_once(
        self, event: Event, box: Mailbox
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        lifecycle.postpone(event=event, now=NOW)
        lifecycle.reinstate(event=event, when=event.when, now=NOW + SECOND)
        mails = box.after_a_while(NOW + SECOND)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 2)]

    def test_who_is_taken_off_the_list_is_told_alone(self, event: Event, box: Mailbox) -> None:
        attendee, other = guest(event), guest(event)
        invite(event, NOW)
        box.new(NOW)
        attendees.release(attendee=attendee, now=NOW)
        [mail] = box.after_a_while(NOW)
        assert summary([mail]) == [(attendee.person.email, "CANCEL", 0)]
        assert "STATUS" not in entry(mail)
        assert "CONFERENCE" not in entry(mail)
        assert str(entry(mail)["SUMMARY"]) == "Going Global"
        assert mail["Subject"].startswith("No longer expected: ")
        move(event, 9, NOW + LATER)
        mails = box.after_a_while(NOW + LATER)
        assert [recipient(each) for each in mails] == [other.person.email]

    def test_who_is_back_on_the_list_is_invited_anew(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        attendees.release(attendee=attendee, now=NOW)
        box.after_a_while(NOW)
        attendees.answer(attendee=attendee, partstat=Partstat.ACCEPTED, now=NOW)
        [mail] = box.after_a_while(NOW)
        assert method(mail) == "REQUEST"

    def test_who_sends_a_substitute_is_not_expected(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        other = attendees.substitute(attendee=attendee, person=factories.person(), now=NOW)
        assert sorted(summary(box.after_a_while(NOW))) == sorted(
            [(attendee.person.email, "CANCEL", 0), (other.person.email, "REQUEST", 0)]
        )

    def test_the_substitute_of_who_was_sent_none_is_sent_none(
        self, event: Event, box: Mailbox
    ) -> None:
        other = attendees.substitute(attendee=guest(event), person=factories.person(), now=NOW)
        assert box.after_a_while(NOW) == []
        assert list(invitations.uninvited(event=event)) == [other]

    def test_who_was_taken_off_the_list_and_declines_hears_no_more(
        self, event: Event, box: Mailbox
    ) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        attendees.release(attendee=attendee, now=NOW)
        box.after_a_while(NOW)
        attendees.answer(attendee=attendee, partstat=Partstat.DECLINED, now=NOW + LATER)
        assert box.after_a_while(NOW + LATER) == []

    def test_who_declines_is_told_nothing(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        attendees.answer(attendee=attendee, partstat=Partstat.DECLINED, now=NOW)
        assert box.after_a_while(NOW) == []

    def test_what_may_have_arrived_is_taken_back(self, event: Event, box: Mailbox) -> None:
        """The outcome of the first attempt is unknown, and a retry is pending."""
        attendee = guest(event)
        invite(event, NOW)
        Delivery.objects.update(unknown_count=1, claim_at=NOW + 2 * LATER)
        lifecycle.cancel(event=event, reason="", now=NOW)
        mails = box.after_a_while(NOW)
        assert summary(mails) == [(attendee.person.email, "CANCEL", 1)]

    def test_also_when_it_was_sent_again_in_vain(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        attendee.deliveries.update(state="presumed", claim_at=None)
        outbox.send_again(delivery=attendee.deliveries.get(), now=NOW)
        attendee.deliveries.update(state="failed", claim_at=None)
        lifecycle.cancel(event=event, reason="Rain", now=NOW)
        assert summary(box.after_a_while(NOW)) == [(attendee.person.email, "CANCEL", 1)]

    def test_what_never_arrived_is_not_taken_back(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        Delivery.objects.update(state=State.SENDING, claim_at=None)
        lifecycle.cancel(event=event, reason="", now=NOW)
        Delivery.objects.filter(kind="request").update(state=State.FAILED)
        assert box.after_a_while(NOW) == []
        assert states(attendee) == [("request", "failed"), ("cancel", "cancelled")]


class TestHowItStands:
    def test_somebody_who_asks_is_told_again(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        assert not invitations.send_again(attendee=attendee, now=NOW)
        invite(event, NOW)
        box.new(NOW)
        assert invitations.send_again(attendee=attendee, now=NOW + timedelta(minutes=50))
        assert box.after_a_while(NOW + timedelta(minutes=50)) == []
        later = NOW + timedelta(hours=2)
        for _ in range(3):
            assert invitations.send_again(attendee=attendee, now=later)
        mails = box.after_a_while(later)
        assert summary(mails) == [(attendee.person.email, "REQUEST", 0)]
        assert mails[0]["Subject"].startswith("Invitation: ")

    def test_other_words_of_ours_are_no_news(self, event: Event, box: Mailbox) -> None:
        """Another version of the program may write the same event differently."""
        guest(event)
        invite(event, NOW)
        box.new(NOW)
        Delivery.objects.update(content_digest="as it was written before")
        lifecycle.save(event=event, now=NOW)
        assert box.after_a_while(NOW) == []

    def test_two_records_of_one_person_are_told_once(self, event: Event, box: Mailbox) -> None:
        keep, drop = guest(event), guest(event)
        invite(event, NOW)
        people.merge(keep=keep.person, drop=drop.person, now=NOW)
        assert [recipient(mail) for mail in box.new(NOW)] == [keep.person.email]

    def test_an_erased_person_gets_nothing(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event)
        invite(event, NOW)
        box.new(NOW)
        people.erase(person=attendee.person, now=NOW)
        lifecycle.cancel(event=event, reason="", now=NOW)
        assert box.after_a_while(NOW) == []


@race
@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_instant_make_one_mail_and_nobody_is_told_the_old(
    box: Mailbox,
) -> None:
    """While mails are sent, the event moves, is sent to all twice, and one attendee is released."""
    row = factories.event()
    rows = [guest(row) for _ in range(8)]
    keys, away = [each.pk for each in rows], rows[0].person.email
    first = Attendee.objects.get(pk=keys[0])
    send = partial(invitations.send, event=row, attendees=keys, now=NOW)
    change = partial(move, Event.objects.get(pk=row.pk), 9, NOW)
    release = partial(attendees.release, attendee=first, now=NOW)
    assert at_once(send, send, change, release, partial(delivery.tick, now=NOW)) == []
    mails = [*box.new(NOW), *box.after_a_while(NOW)]
    last = {recipient(mail): (method(mail), int(entry(mail)["SEQUENCE"])) for mail in mails}
    assert last.pop(away, ("CANCEL", 1))[0] == "CANCEL"
    assert last == {each.person.email: ("REQUEST", 1) for each in rows[1:]}
    told = [(recipient(mail), method(mail), int(entry(mail)["SEQUENCE"])) for mail in mails]
    assert len(told) == len(set(told))


def test_a_message_without_a_date_is_one_that_takes_back() -> None:
    with pytest.raises(writing.Inexact):
        writing.vevent(
            entry=writing.Entry(
                uid="x",
                sequence=0,
                created_at=NOW,
                changed_at=NOW,
                status="CONFIRMED",
                summary="x",
                when=When(precision=Precision.UNKNOWN),
                stamped_at=NOW,
            )
        )
