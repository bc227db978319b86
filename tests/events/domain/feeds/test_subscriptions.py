"""Secret feeds: access, content, and the cost of an unchanged one."""

import re
from contextlib import closing
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from events.domain.attendance import attendees
from events.domain.directory import people
from events.domain.feeds import changes, encoding, subscriptions
from events.domain.lifecycle import lifecycle
from events.domain.pages import eventfilters
from events.models import Attendee, CalendarChange, CalendarFeed, Person, RenderedEvent
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def hand_out(**columns: Any) -> tuple[CalendarFeed, str]:
    """Store a feed; return it and its token."""
    person = columns.get("person")
    team = columns.pop("team", None) or (person or columns["event"]).team
    feed = CalendarFeed(name="Phone", team=team, **columns)
    address = subscriptions.hand_out(feed=feed, now=NOW)
    return feed, address.rsplit("/", 1)[1].removesuffix(".ics")


def read(token: str, now: Any = NOW, **parameters: str) -> encoding.Feed:
    asked = {name: [value] for name, value in parameters.items()}
    return subscriptions.read(token=token, parameters=asked, now=now)


def shown(token: str, now: Any = NOW, **parameters: str) -> list[str]:
    calendar = icalendar.Calendar.from_ical(read(token, now, **parameters).body)
    return [str(event["SUMMARY"]) for event in calendar.events]


def entry(token: str, now: Any = NOW) -> icalendar.Event:
    """Return the only entry of a feed."""
    [found] = icalendar.Calendar.from_ical(read(token, now).body).events
    return found


def is_unchanged(token: str, etag: str, now: Any = NOW) -> bool:
    try:
        subscriptions.read(token=token, parameters={}, now=now, has=lambda tag, _at: tag == etag)
    except encoding.Unchanged:
        return True
    return False


def guest(title: str = "Expo", **columns: Any) -> Attendee:
    """Return an attendee who belongs to the team of the event."""
    team = columns.pop("team", None) or factories.team()
    event = factories.event(title_en=title, team=team, visibility="participants", **columns)
    return factories.attendee(event=event, person=factories.person(team=team))


def lose_connection() -> None:
    """End the connection as a restart of PostgreSQL does, just before the next request."""
    if connection.vendor == "postgresql":
        pid = connection.connection.info.backend_pid
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.health_check_enabled, connection.health_check_done = True, False


class TestAddress:
    def test_only_its_hash_is_stored(self) -> None:
        _feed, token = hand_out(person=guest().person)
        assert re.fullmatch(r"cf1_[A-Za-z0-9_-]{43}", token)
        stored = repr(list(CalendarFeed.objects.values_list()))
        assert token not in stored
        assert token.removeprefix("cf1_") not in stored

    @pytest.mark.parametrize("token", ["", "cf1_", "cf1_" + 43 * "x", "\ud800", 5000 * "y", "\0"])
    def test_what_nobody_was_given_is_unknown_whatever_is_asked(self, token: str) -> None:
        with pytest.raises(subscriptions.Unknown):
            read(token, no="such")

    def test_a_new_address_makes_the_old_one_unknown_at_once(self) -> None:
        feed, old = hand_out(person=guest().person)
        assert shown(old) == ["Expo"]
        new = subscriptions.rotate(feed=feed, now=NOW).rsplit("/", 1)[1].removesuffix(".ics")
        assert shown(new) == ["Expo"]
        with pytest.raises(subscriptions.Unknown):
            read(old)

    def test_a_revoked_one_is_gone_at_once_and_the_others_stay(self) -> None:
        person = guest().person
        feed, token = hand_out(person=person)
        _other, kept = hand_out(person=person)
        etag = read(token).etag
        subscriptions.revoke(feed=feed, now=NOW)
        with pytest.raises(subscriptions.Revoked):
            is_unchanged(token, etag)
        assert shown(kept) == ["Expo"]

    def test_who_is_erased_has_no_calendar(self) -> None:
        person = guest().person
        _feed, token = hand_out(person=person)
        assert person
        people.erase(person=person, now=NOW)
        with pytest.raises(subscriptions.Revoked):
            read(token)

    def test_the_last_reading_is_written_once_an_hour(self) -> None:
        feed, token = hand_out(person=guest().person)
        for minutes in (0, 59, 60, 61):
            read(token, NOW + minutes * MINUTE)
        feed.refresh_from_db()
        assert feed.last_read_at == NOW + 60 * MINUTE


class TestOptions:
    @pytest.mark.parametrize(
        ("own", "users", "written"),
        [("zh-hans", "zh-hant", "zh-hans"), ("", "zh-hant", "zh-hant"), ("", "", "en")],
    )
    def test_without_a_language_it_has_that_of_the_person_then_that_of_the_user(
        self, own: str, users: str, written: str
    ) -> None:
        attendee = guest()
        Person.objects.filter(pk=attendee.person_id).update(language=own)
        attendee.person.refresh_from_db()  # type: ignore[union-attr]
        feed = CalendarFeed(name="Phone", team=attendee.event.team, person=attendee.person)
        address = subscriptions.hand_out(feed=feed, now=NOW, language=users)
        assert CalendarFeed.objects.get().language == written
        token = address.rpartition("/")[2].removesuffix(".ics")
        state = read(token).etag
        assert read(token, lang=written).etag == state
        feed.language = ""
        subscriptions.save(feed=feed, language=users)
        assert CalendarFeed.objects.get().language == written

    def test_the_language_of_the_feed_yields_to_the_one_asked_for(self) -> None:
        event = factories.event(title_en="Fair", title_zh_hans="博览会", title_zh_hant="博覽會")
        person = factories.attendee(event=event).person
        _feed, token = hand_out(person=person, team=event.team, language="zh-hant")
        assert shown(token) == ["博覽會"]
        assert shown(token, lang="en") == ["Fair"]

    @pytest.mark.parametrize("asked", [{"kind": "expo"}, {"lang": "fr"}])
    def test_what_it_does_not_know_is_refused(self, asked: dict[str, str]) -> None:
        _feed, token = hand_out(person=guest().person)
        with pytest.raises((eventfilters.UnknownFilter, eventfilters.UnknownValue)):
            read(token, **asked)

    def test_an_alarm_rings_before_what_has_an_hour(self) -> None:
        first = guest()
        day = factories.event(team=first.event.team, precision="day", start_time=None)
        factories.attendee(event=day, person=first.person)
        _feed, token = hand_out(person=first.person, alarm=30)
        alarms = {
            len(event.walk("VALARM")): event
            for event in icalendar.Calendar.from_ical(read(token).body).events
        }
        assert alarms.keys() == {0, 1}
        [alarm] = alarms[1].walk("VALARM")
        assert (alarm["TRIGGER"].dt, alarm["DESCRIPTION"]) == (-30 * MINUTE, "Expo")

    def test_tentative_events_can_be_left_out(self) -> None:
        person = guest(status="tentative").person
        assert shown(hand_out(person=person)[1]) == ["Expo"]
        assert shown(hand_out(person=person, tentative=False)[1]) == []

    def test_without_a_wish_what_is_past_stays_for_ninety_days(self) -> None:
        _feed, token = hand_out(person=guest().person)  # 2 December 2026
        assert shown(token, NOW.replace(year=2027, month=3, day=2)) == ["Expo"]
        assert shown(token, NOW.replace(year=2027, month=3, day=3)) == []

    def test_what_is_long_past_leaves(self) -> None:
        _feed, token = hand_out(person=guest().person, past_days=7)  # 2 December 2026
        etag = read(token).etag
        assert is_unchanged(token, etag, NOW.replace(month=12, day=9, hour=23))
        later = NOW.replace(year=2026, month=12, day=10)
        assert not is_unchanged(token, etag, later)
        assert shown(token, later) == []


class TestScope:
    def test_a_personal_one_holds_all_that_concerns_somebody(self) -> None:
        host = guest("Mission", kind="trade_mission", precision="day", start_time=None)
        event = host.event
        columns = {"team": event.team, "parent": event, "visibility": "participants"}
        factories.event(title_en="For everybody", **columns)
        factories.event(title_en="For some", audience="invited", **columns)
        factories.event(title_en="Draft", status="draft", **columns)
        factories.event(title_en="Cue", **{**columns, "visibility": "internal"})
        factories.event(title_en="Elsewhere", team=event.team)
        _feed, token = hand_out(person=host.person)
        assert sorted(shown(token)) == ["For everybody", "Mission"]

    def test_one_within_an_event_holds_only_what_is_there(self) -> None:
        inside = guest("Inside")
        outside = factories.event(title_en="Outside", team=inside.event.team)
        factories.attendee(event=outside, person=inside.person)
        _feed, token = hand_out(person=inside.person, event=inside.event)
        assert shown(token) == ["Inside"]

    def test_one_of_an_event_holds_its_whole_programme(self) -> None:
        event = guest("Mission").event
        part = factories.event(title_en="Part", parent=event, team=event.team, audience="invited")
        factories.event(title_en="Cue", parent=event, team=event.team, visibility="internal")
        _feed, token = hand_out(event=event)
        assert sorted(shown(token)) == ["Mission", "Part"]
        assert f"RELATED-TO;RELTYPE=PARENT:{event.ical_uid}" in read(token).body.decode()
        assert part.parent == event

    def test_one_of_a_role_holds_what_concerns_those_in_it(self) -> None:
        event = guest("Mission").event
        columns = {"parent": event, "team": event.team, "audience": "invited"}
        press = factories.event(title_en="Press", **columns)
        factories.event(title_en="Dinner", **columns)
        factories.attendee(event=press, role="media")
        _feed, token = hand_out(event=event, role="media")
        assert shown(token) == ["Press"]
        etag = read(token).etag
        photographer = factories.attendee(event=event, role="media")
        attendees.save(attendee=photographer, now=NOW)
        assert not is_unchanged(token, etag)
        assert sorted(shown(token)) == ["Mission", "Press"]

    def test_who_comes_to_what_other_teams_own_is_not_theirs_to_tell(self) -> None:
        person = guest("Ours").person
        columns = {"origin": "reported", "team": None}
        for event in (
            factories.event(title_en="Theirs"),
            factories.event(title_en="Shared", **columns),
        ):
            factories.attendee(event=event, person=person)
        _feed, token = hand_out(person=person)
        assert sorted(shown(token)) == ["Ours", "Shared"]

    def test_of_an_event_of_others_it_holds_what_everybody_may_see(self) -> None:
        event = factories.event(title_en="Expo")
        columns = {"parent": event, "team": event.team}
        factories.event(title_en="Opening", **columns)
        factories.event(title_en="Dinner", visibility="participants", **columns)
        _feed, token = hand_out(event=event, team=factories.team())
        assert sorted(shown(token)) == ["Expo", "Opening"]

    def test_only_a_reader_of_their_own_gets_the_stream(self) -> None:
        attendee = guest(stream_url="https://live.example.org/1")
        _own, own = hand_out(person=attendee.person)
        _all, everybody = hand_out(event=attendee.event)
        assert b"https://live.example.org/1" in read(own).body
        assert b"https://live.example.org/1" not in read(everybody).body

    def test_nothing_personal_stands_in_it(self) -> None:
        attendee = guest()
        person = factories.person(email="canary@example.org", phone="+85298765432")
        factories.attendee(event=attendee.event, person=person, notes="canary")
        body = read(hand_out(person=attendee.person)[1]).body
        for word in (b"canary", b"98765432", b"ATTENDEE", b"ORGANIZER", b"mailto", b"METHOD"):
            assert word not in body


class TestProvided:
    def test_each_gets_a_feed_of_the_event_in_their_language_and_keeps_what_they_have(self) -> None:
        attendee = guest()
        other = factories.person(team=attendee.event.team, language="zh-hant")
        factories.attendee(event=attendee.event, person=other)
        kept, token = hand_out(person=attendee.person, event=attendee.event)
        people = Person.objects.filter(pk__in=[attendee.person_id, other.pk])
        for _ in range(2):
            subscriptions.provide(people=people, event=attendee.event, now=NOW)
        assert shown(token) == ["Expo"]
        [made] = CalendarFeed.objects.exclude(pk=kept.pk)
        assert (made.person, made.event, made.language) == (other, attendee.event, "zh-hant")
        address = subscriptions.rotate(feed=made, now=NOW).rsplit("/", 1)[1]
        assert shown(address.removesuffix(".ics")) == ["Expo"]

    def test_who_had_theirs_revoked_gets_another(self) -> None:
        attendee = guest()
        feed, _token = hand_out(person=attendee.person, event=attendee.event)
        subscriptions.revoke(feed=feed, now=NOW)
        people = Person.objects.filter(pk=attendee.person_id)
        subscriptions.provide(people=people, event=attendee.event, now=NOW)
        assert CalendarFeed.objects.count() == 2


class TestUnchanged:
    def test_it_is_told_in_one_query_and_nothing_is_written(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        attendee = guest()
        _feed, token = hand_out(person=attendee.person)
        etag = read(token).etag
        for _ in range(30):
            factories.event(parent=attendee.event, team=attendee.event.team)
        lifecycle.touch(event=attendee.event, now=NOW)
        etag = read(token).etag
        # On PostgreSQL, prepared statements bypass Django's cursors and are not counted.
        with django_assert_max_num_queries(1):
            assert is_unchanged(token, etag)

    @pytest.mark.django_db(transaction=True)
    def test_it_is_told_on_a_new_connection_when_the_old_one_was_lost(self) -> None:
        attendee = guest()
        _feed, token = hand_out(person=attendee.person)
        etag = read(token).etag
        for _ in range(2):
            assert is_unchanged(token, etag)
            lose_connection()

    def test_a_feed_that_is_read_for_the_first_time_finds_its_events_written_ahead(self) -> None:
        attendee = guest(title="Expo", title_zh_hans="博览会")
        factories.event(title_en="Draft", status="draft", team=attendee.event.team)
        factories.event(title_en="Of a team without feeds", team=factories.team())
        feed, token = hand_out(person=attendee.person, language="zh-hans")
        assert subscriptions.write_ahead(now=NOW) == 1
        assert subscriptions.write_ahead(now=NOW) == 0
        row = RenderedEvent.objects.get()
        assert (row.event, row.language, row.entitled) == (attendee.event, "zh-hans", True)
        assert "博览会".encode() in read(token).body
        assert RenderedEvent.objects.get() == row
        lifecycle.touch(event=attendee.event, now=NOW)
        assert subscriptions.write_ahead(now=NOW) == 1
        subscriptions.revoke(feed=feed, now=NOW)
        lifecycle.touch(event=attendee.event, now=NOW)
        assert subscriptions.write_ahead(now=NOW) == 0

    def test_the_date_of_its_last_change_never_goes_back(self) -> None:
        attendee = guest()
        _feed, token = hand_out(person=attendee.person)
        event = attendee.event
        event.visibility = "internal"
        lifecycle.save(event=event, now=NOW + DAY)
        hidden = read(token)
        assert changes.prune(now=NOW + 9_999 * DAY) > 0
        assert read(token).last_modified == hidden.last_modified >= NOW + DAY

    def test_whoever_asks_by_date_learns_what_changes_without_a_row(self) -> None:
        attendee = guest()
        lifecycle.cancel(event=attendee.event, reason="Rain", now=NOW)
        _feed, token = hand_out(person=attendee.person, past_days=365)
        known, end = read(token), attendee.event.end_at
        assert end
        later = end + 90 * DAY + MINUTE
        assert read(token, later - DAY).last_modified == known.last_modified
        assert read(token, later).last_modified == later
        assert read(token, later + DAY).last_modified == later

    def test_what_is_cancelled_leaves_by_itself(self) -> None:
        attendee = guest()
        lifecycle.cancel(event=attendee.event, reason="Rain", now=NOW)
        _feed, token = hand_out(person=attendee.person, past_days=365)
        etag, end = read(token).etag, attendee.event.end_at
        assert end
        assert is_unchanged(token, etag, end + 90 * DAY - MINUTE)
        assert not is_unchanged(token, etag, end + 90 * DAY + MINUTE)
        assert shown(token, end + 90 * DAY + MINUTE) == []

    def test_a_change_of_others_is_none(self) -> None:
        attendee = guest()
        _feed, token = hand_out(person=attendee.person)
        etag = read(token).etag
        lifecycle.touch(event=guest().event, now=NOW)
        assert is_unchanged(token, etag)

    @pytest.mark.parametrize("step", ["move", "cancel", "touch", "part", "place", "leave", "join"])
    def test_whatever_changes_it_is_seen(self, step: str) -> None:
        hall = factories.place()
        attendee = guest(place=hall)
        event = attendee.event
        _feed, token = hand_out(person=attendee.person)
        etag = read(token).etag
        now = NOW + MINUTE
        if step == "move":
            later = factories.event(start_on=event.start_on + DAY).when
            lifecycle.move(event=event, when=later, now=now)
        elif step == "cancel":
            lifecycle.cancel(event=event, reason="Rain", now=now)
        elif step == "touch":
            lifecycle.touch(event=event, now=now)
        elif step == "part":
            lifecycle.save(event=factories.event(parent=event, team=event.team), now=now)
        elif step == "place":
            lifecycle.touch_shown_with(place=hall, now=now)
        elif step == "leave":
            attendees.answer(attendee=attendee, partstat="declined", now=now)
        else:
            other = factories.event(title_en="Other", team=event.team)
            attendees.invite(event=other, person=attendee.person, now=now)
        assert not is_unchanged(token, etag, now)
        assert read(token, now).etag != etag

    def test_a_change_costs_the_same_however_many_subscribe(self) -> None:
        attendee = guest()
        for _ in range(20):
            other = factories.attendee(event=attendee.event)
            read(hand_out(person=other.person, team=attendee.event.team)[1])
        before = CalendarChange.objects.count()
        lifecycle.touch(event=attendee.event, now=NOW)
        assert CalendarChange.objects.count() == before + 1

    def test_each_event_is_written_once_for_all_readers(self) -> None:
        attendee = guest()
        for _ in range(3):
            other = factories.attendee(event=attendee.event)
            read(hand_out(person=other.person, team=attendee.event.team)[1])
        assert RenderedEvent.objects.count() == 1

    def test_old_changes_are_forgotten_and_nothing_else(self) -> None:
        attendee = guest()
        lifecycle.touch(event=attendee.event, now=NOW)
        _feed, token = hand_out(person=attendee.person)
        first = read(token)
        later = NOW + 31 * DAY
        assert changes.prune(now=later) > 0
        again = read(token, later)
        assert (again.body, again.etag, again.last_modified) == (
            first.body,
            first.etag,
            first.last_modified,
        )

    def test_an_event_that_moves_to_another_tree_is_seen_in_both(self) -> None:
        left, entered = guest("Left"), guest("Entered")
        tokens = [hand_out(event=one.event)[1] for one in (left, entered)]
        part = factories.event(title_en="Part", parent=left.event, team=left.event.team)
        lifecycle.save(event=part, now=NOW)
        etags = [read(token).etag for token in tokens]
        part.parent, part.team = entered.event, entered.event.team
        lifecycle.save(event=part, now=NOW)
        assert [is_unchanged(*pair) for pair in zip(tokens, etags, strict=True)] == [False, False]

    def test_a_person_who_was_two_records_sees_what_both_attend(self) -> None:
        one = guest("One")
        team = one.event.team
        other = guest("Other", team=team)
        assert one.person
        assert other.person
        _feed, token = hand_out(person=one.person)
        etag = read(token).etag
        people.merge(keep=one.person, drop=other.person, now=NOW)
        assert not is_unchanged(token, etag)
        assert sorted(shown(token)) == ["One", "Other"]


class TestLeaving:
    def leave(self, attendee: Attendee) -> Any:
        """Let the attendee decline; return the moment that the history records for it."""
        attendees.answer(attendee=attendee, partstat="declined", now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(history_date) FROM events_historicalattendee")
        return Attendee.history.latest().history_date  # type: ignore[attr-defined]

    def test_who_leaves_sees_the_end_of_it_and_nothing_new(self) -> None:
        attendee = guest()
        event = attendee.event
        lifecycle.save(event=event, now=NOW)
        attendees.save(attendee=attendee, now=NOW)
        _feed, token = hand_out(person=attendee.person)
        assert shown(token) == ["Expo"]
        at = self.leave(attendee)
        later = at + DAY
        gone = read(token, later)
        [last] = icalendar.Calendar.from_ical(gone.body).events
        assert (last["SUMMARY"], last["STATUS"]) == ("Cancelled: Expo", "CANCELLED")
        assert last["UID"] == event.ical_uid
        event.refresh_from_db()
        event.title_en = "Secret expo"
        lifecycle.save(event=event, now=later)
        assert read(token, later).body == gone.body

    def test_a_guest_who_leaves_learns_nothing_of_the_delegation_alone(self) -> None:
        attendee = guest()
        attendee.role = "speaker"
        event = attendee.event
        lifecycle.save(event=event, now=NOW)
        columns = {"parent": event, "team": event.team}
        for title, visibility in (("Open", "participants"), ("Closed", "delegation")):
            part = factories.event(title_en=title, visibility=visibility, **columns)
            lifecycle.save(event=part, now=NOW)
        attendees.save(attendee=attendee, now=NOW)
        _feed, token = hand_out(person=attendee.person)
        assert sorted(shown(token)) == ["Expo", "Open"]
        at = self.leave(attendee)
        assert sorted(shown(token, at + DAY)) == ["Cancelled: Expo", "Cancelled: Open"]

    def test_who_comes_back_sees_it_anew_and_nobody_else_a_change(self) -> None:
        attendee = guest()
        lifecycle.save(event=attendee.event, now=NOW)
        attendees.save(attendee=attendee, now=NOW)
        _feed, token = hand_out(person=attendee.person)
        _all, everybody = hand_out(event=attendee.event)
        entries = [entry(token)]
        others = read(everybody).body
        for answer in ("declined", "accepted", "declined", "accepted"):
            attendees.answer(attendee=attendee, partstat=Attendee.Partstat(answer), now=NOW)
            entries.append(entry(token, NOW + DAY))
        assert [each["SEQUENCE"] for each in entries] == [0, 1, 2, 3, 4]
        moments = [each["LAST-MODIFIED"].dt for each in entries]
        assert moments[1:] == sorted(moments[1:])
        assert [str(each["STATUS"]) for each in entries] == [
            *("CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED", "CONFIRMED")
        ]
        assert read(everybody).body == others

    def test_a_part_that_somebody_declines_ends_for_them_while_the_whole_goes_on(self) -> None:
        attendee = guest()
        event = attendee.event
        lifecycle.save(event=event, now=NOW)
        part = factories.event(title_en="Dinner", parent=event, team=event.team)
        lifecycle.save(event=part, now=NOW)
        dinner = attendees.invite(event=part, person=attendee.person, now=NOW)
        _feed, token = hand_out(person=attendee.person)
        assert sorted(shown(token)) == ["Dinner", "Expo"]
        at = self.leave(dinner)
        assert sorted(shown(token, at + DAY)) == ["Cancelled: Dinner", "Expo"]

    def test_after_thirty_days_nothing_is_left(self) -> None:
        attendee = guest()
        lifecycle.save(event=attendee.event, now=NOW)
        attendees.save(attendee=attendee, now=NOW)
        _whole, whole = hand_out(person=attendee.person)
        _part, part = hand_out(person=attendee.person, event=attendee.event)
        at = self.leave(attendee)
        assert shown(part, at + 29 * DAY) == ["Cancelled: Expo"]
        assert shown(whole, at + 31 * DAY) == []
        with pytest.raises(subscriptions.Revoked):
            read(part, at + 31 * DAY)
