"""Withdrawn entries: whoever leaves, comes back and leaves again sees ever newer ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import icalendar
import pytest
import time_machine

from events.domain.attendance import attendees
from events.domain.directory import places
from events.domain.feeds import subscriptions
from events.domain.lifecycle import lifecycle
from events.models import Attendee, CalendarFeed, Event, Person, Team
from tests import factories
from tests.factories import NOW, days

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass
class Desk:
    """A fair that a person attends, the feed of the person, and the clock."""

    clock: Any
    team: Team
    fair: Event
    person: Person
    feed: CalendarFeed
    token: str = ""
    seconds: float = 0

    def __post_init__(self) -> None:
        self.token = self.new_token()

    def new_token(self) -> str:
        address = subscriptions.hand_out(feed=self.feed, now=NOW)
        return address.rpartition("/")[2].removesuffix(".ics")

    def at(self, seconds: float) -> Any:
        """Set the clock to so many seconds after NOW."""
        self.seconds = seconds
        self.clock.move_to(NOW + seconds * SECOND)
        return NOW + seconds * SECOND

    def change(self, event: Event, seconds: float, **columns: Any) -> None:
        now, row = self.at(seconds), Event.objects.get(pk=event.pk)
        for name, value in columns.items():
            setattr(row, name, value)
        lifecycle.save(event=row, now=now)

    def answer(self, event: Event, seconds: float, says: str) -> None:
        mine = Attendee.objects.get(event=event, person=self.person)
        attendees.answer(attendee=mine, partstat=Attendee.Partstat(says), now=self.at(seconds))

    def attends(self, event: Event, seconds: float, **columns: Any) -> None:
        attendees.invite(event=event, person=self.person, now=self.at(seconds), **columns)

    def part(self, title: str, **columns: Any) -> Event:
        columns = {"parent": self.fair, "kind": "session", **columns}
        part = factories.event(title_en=title, team=self.team, **columns)
        lifecycle.save(event=part, now=NOW + self.seconds * SECOND)
        return part

    def body(self) -> bytes:
        now = NOW + self.seconds * SECOND
        return subscriptions.read(token=self.token, parameters={}, now=now).body

    def entries(self) -> dict[str, icalendar.Event]:
        found = icalendar.Calendar.from_ical(self.body()).events
        return {str(entry["SUMMARY"]): entry for entry in found}

    def seen(self, title: str) -> tuple[int, float]:
        """Return SEQUENCE of an entry, and LAST-MODIFIED in seconds after NOW."""
        [entry] = [entry for name, entry in self.entries().items() if name.endswith(title)]
        return entry["SEQUENCE"], (entry["LAST-MODIFIED"].dt - NOW).total_seconds()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with time_machine.travel(NOW, tick=False) as clock:
        team = factories.team()
        hall = factories.place(name="Hall", team=team)
        fair = factories.event(title_en="Fair", team=team, kind="expo", place=hall, **days(1, 4))
        lifecycle.save(event=fair, now=NOW)
        person = factories.person(team=team)
        attendees.invite(event=fair, person=person, role="delegate", now=NOW)
        feed = CalendarFeed(name="Phone", team=team, person=person)
        yield Desk(clock, team, fair, person, feed)


def rename(desk: Desk, name: str, seconds: float) -> None:
    """Rename the place of the fair: the fair gets a new `changed_at`, without a record of it."""
    place = desk.fair.place
    assert place
    place.name = name
    places.save(place=place, now=desk.at(seconds))


def test_who_leaves_again_just_after_the_place_was_renamed_sees_the_end_of_it(desk: Desk) -> None:
    seen = [desk.seen("Fair")]
    desk.answer(desk.fair, 1, "declined")
    seen.append(desk.seen("Fair"))
    desk.answer(desk.fair, 2, "accepted")
    seen.append(desk.seen("Fair"))
    rename(desk, "Old hall", 3)
    seen.append(desk.seen("Fair"))
    desk.answer(desk.fair, 4, "declined")
    seen.append(desk.seen("Fair"))
    assert seen == [(0, 0), (1, 1), (2, 3), (2, 6), (3, 7)]


def test_all_within_one_second_each_entry_is_newer_than_the_last(desk: Desk) -> None:
    seen = [desk.seen("air")]
    for seconds, says in ((100.1, "declined"), (100.2, "accepted")):
        desk.answer(desk.fair, seconds, says)
        seen.append(desk.seen("air"))
    desk.change(desk.fair, 100.3, title_en="New fair")
    seen.append(desk.seen("air"))
    for seconds, says in ((100.4, "declined"), (100.5, "accepted")):
        desk.answer(desk.fair, seconds, says)
        seen.append(desk.seen("air"))
    assert seen == [(0, 0), (1, 101), (2, 102), (2, 103), (3, 106), (4, 107)]


def test_who_leaves_while_changes_run_ahead_of_the_clock_sees_the_end_of_it(desk: Desk) -> None:
    for number in range(5):
        rename(desk, f"Hall {number}", 10)
    assert desk.seen("Fair") == (0, 14)
    desk.answer(desk.fair, 10.5, "declined")
    assert desk.seen("Fair") == (1, 15)


def test_who_left_the_whole_and_is_invited_to_a_part_of_it_sees_a_newer_one(desk: Desk) -> None:
    talk = desk.part("Talk")
    desk.answer(desk.fair, 100, "declined")
    assert desk.seen("Talk") == (1, 100)
    desk.attends(talk, 200)
    assert desk.seen("Talk") == (2, 200)


def test_a_part_that_goes_elsewhere_stays_as_new_as_it_was(desk: Desk) -> None:
    talk = desk.part("Talk")
    desk.attends(talk, 0)
    desk.answer(desk.fair, 100, "declined")
    desk.answer(desk.fair, 200, "accepted")
    assert desk.seen("Talk") == (2, 200)
    desk.change(talk, 300, parent=None)
    assert desk.seen("Talk") == (2, 303)
    desk.answer(talk, 400, "declined")
    assert desk.seen("Talk") == (3, 403)


def test_what_becomes_part_of_it_afterwards_is_not_told(desk: Desk) -> None:
    other = desk.part("Secret", parent=None, visibility="participants")
    desk.answer(desk.fair, 100, "declined")
    before = desk.body()
    desk.change(other, 200, parent=desk.fair)
    desk.change(desk.fair, 300, title_en="Secret fair")
    assert desk.body() == before


def test_what_is_no_longer_part_of_it_ends_without_a_word(desk: Desk) -> None:
    talk = desk.part("Talk")
    desk.answer(desk.fair, 100, "declined")
    assert set(desk.entries()) == {"Cancelled: Fair", "Cancelled: Talk"}
    desk.change(talk, 200, parent=None)
    assert set(desk.entries()) == {"Cancelled: Fair"}


def test_so_it_does_for_who_was_removed_from_the_list(desk: Desk) -> None:
    talk = desk.part("Talk")
    desk.at(100)
    desk.fair.attendees.get(person=desk.person).delete()
    assert set(desk.entries()) == {"Cancelled: Fair", "Cancelled: Talk"}
    desk.change(talk, 200, parent=None)
    assert set(desk.entries()) == {"Cancelled: Fair"}


def test_what_is_lost_by_another_way_than_leaving_is_not_told_as_withdrawn(desk: Desk) -> None:
    day = desk.part("Day")
    desk.part("Talk", parent=day)
    desk.attends(day, 0)
    desk.answer(desk.fair, 100, "declined")
    assert desk.seen("Talk") == (2, 100)
    [talk] = Event.objects.filter(title_en="Talk")
    desk.change(talk, 200, audience="invited")
    assert set(desk.entries()) == {"Cancelled: Fair", "Day"}
    desk.change(talk, 300, audience="everybody")
    assert desk.seen("Talk") == (2, 100)


def test_where_it_is_part_of_now_does_not_decide_what_the_feed_of_an_event_withdraws(
    desk: Desk,
) -> None:
    talk = desk.part("Talk")
    desk.attends(talk, 0)
    desk.feed.event = desk.fair
    desk.feed.save()
    desk.answer(desk.fair, 100, "declined")
    assert desk.seen("Talk") == (2, 100)
    desk.change(talk, 200, parent=None)
    assert set(desk.entries()) == {"Cancelled: Fair"}


def test_a_feed_without_tentative_events_withdraws_none(desk: Desk) -> None:
    desk.part("Talk", status="tentative")
    desk.feed.tentative = False
    desk.feed.save()
    desk.answer(desk.fair, 100, "declined")
    assert set(desk.entries()) == {"Cancelled: Fair"}


def test_after_another_role_was_given_the_end_is_told_as_it_was(desk: Desk) -> None:
    desk.part("Briefing", visibility="delegation")
    desk.answer(desk.fair, 100, "declined")
    before = desk.body()
    mine = desk.fair.attendees.get(person=desk.person)
    mine.role = "speaker"
    attendees.save(attendee=mine, now=desk.at(200))
    assert desk.body() == before
