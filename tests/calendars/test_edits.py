"""State machine: after any sequence of edits, four feeds keep their guarantees to subscribers."""

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.conf import settings as project
from django.db import transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from events.domain.attendance import attendees
from events.domain.directory import places
from events.domain.feeds import feedcache, subscriptions
from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.models import Attendee, CalendarFeed, Event, FeedState, RenderedEvent
from events.values.dates import BadDate
from tests import factories
from tests.calendars.strictlines import check
from tests.examples import examples
from tests.factories import NOW, days

REFUSALS = (
    attendees.AttendeeRefusal,
    attendees.NotAllowed,
    lifecycle.Incomplete,
    lifecycle.Begun,
    lifecycle.NotAllowed,
    tree.OutsideParent,
    tree.ParentOff,
    BadDate,
)
DAY = timedelta(days=1)
MOMENTS = ("DTSTART", "DTEND", "STATUS")
which = st.integers(0, 2)
somebody = st.integers(0, 1)
whose = st.integers(0, 5)


@dataclass
class Poll:
    """A subscriber's copy of a feed: its ETag, its bytes, and the latest entry seen of each UID."""

    path: str
    tag: str
    body: bytes
    seen: dict[str, icalendar.Event]


class Feeds(RuleBasedStateMachine):
    """A fair with a session, an unrelated event, and two people who may attend them."""

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.pace = timedelta(seconds=1)
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = self.travel.start()
        feedcache.forget()
        team = factories.team()
        self.halls = [factories.place(name=name, team=team) for name in ("Hall", "Annexe")]
        fair = factories.event(team=team, kind="expo", place=self.halls[0], **days(1, 4))
        session = factories.event(team=team, kind="session", parent=fair)
        self.events = [fair, session, factories.event(team=team)]
        self.uids = [event.ical_uid for event in self.events]
        self.people = [factories.person(team=team) for _ in range(2)]
        for event in self.events:
            lifecycle.save(event=event, now=NOW)
            factories.organiser(event)
        attendees.invite(event=fair, person=self.people[0], role="delegate", now=NOW)
        mine = {"person": self.people[0]}
        whose: list[dict[str, Any]] = [mine, {"event": fair}, {**mine, "event": fair}]
        paths = [self.hand_out(CalendarFeed(name="Phone", team=team, **each)) for each in whose]
        self.polls = [Poll(path, "", b"", {}) for path in [*paths, "/calendar/public.ics"]]

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            self.travel.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def hand_out(self, feed: CalendarFeed) -> str:
        return subscriptions.hand_out(feed=feed, now=NOW).removeprefix(project.SITE_URL)

    def attempt(self, call: Any, **values: Any) -> None:
        """Make a call a moment later; a refusal is ignored."""
        self.tick(self.pace)
        try:
            call(**values, now=self.now)
        except REFUSALS:
            return

    def tick(self, span: timedelta) -> None:
        self.now += span
        self.clock.move_to(self.now)

    def event(self, number: int) -> Event:
        return Event.objects.get(pk=self.events[number].pk)

    def put(self, number: int, **columns: Any) -> None:
        event = self.event(number)
        for name, value in columns.items():
            setattr(event, name, value)
        self.attempt(lifecycle.save, event=event)

    # Edits.

    @rule(number=which, field=st.sampled_from(["title_en", "description_en"]), text=which)
    def write(self, number: int, field: str, text: int) -> None:
        self.put(number, **{field: ["One", "Two; \\n, 三", "Three\nlines"][text]})

    @rule(number=which)
    def save_without_a_change(self, number: int) -> None:
        self.put(number)

    @rule(number=which, hour=st.integers(9, 10))
    def change_the_hour(self, number: int, hour: int) -> None:
        if self.events[number].precision == "time":
            self.put(number, start_time=time(hour))

    @rule(number=which, hall=st.integers(0, 1))
    def change_the_place(self, number: int, hall: int) -> None:
        self.put(number, place=self.halls[hall])

    @rule(hall=st.integers(0, 1), name=st.sampled_from(["Hall", "Old, hall"]))
    def rename_a_place(self, hall: int, name: str) -> None:
        self.halls[hall].name = name
        self.attempt(places.save, place=self.halls[hall])

    @rule(number=which, by=st.integers(-2, 2), verb=st.sampled_from(["move", "reinstate"]))
    def give_another_day(self, number: int, by: int, verb: str) -> None:
        event = self.event(number)
        self.attempt(getattr(lifecycle, verb), event=event, when=event.when.moved(by))

    @rule(number=which, verb=st.sampled_from(["cancel", "postpone"]))
    def call_off(self, number: int, verb: str) -> None:
        self.attempt(getattr(lifecycle, verb), event=self.event(number), reason="Rain")

    @rule(number=which)
    def confirm(self, number: int) -> None:
        self.attempt(lifecycle.confirm, event=self.event(number))

    @rule(number=which, who=somebody, role=st.sampled_from(["delegate", "speaker"]))
    def invite(self, number: int, who: int, role: str) -> None:
        self.attempt(attendees.invite, event=self.event(number), person=self.people[who], role=role)

    @rule(number=st.integers(1, 2), is_part=st.booleans())
    def make_it_a_part_or_not(self, number: int, is_part: bool) -> None:
        self.put(number, parent=self.event(0) if is_part else None)

    @rule(number=which, audience=st.sampled_from(Event.Audience.values))
    def say_whom_it_concerns(self, number: int, audience: str) -> None:
        self.put(number, audience=audience)

    @rule(number=which, visibility=st.sampled_from(Event.Visibility.values))
    def say_who_may_see_it(self, number: int, visibility: str) -> None:
        self.put(number, visibility=visibility)

    @rule(number=which, zone=st.sampled_from(["Asia/Shanghai", "Europe/Paris"]))
    def change_the_zone(self, number: int, zone: str) -> None:
        if self.events[number].precision == "time":
            self.put(number, timezone=zone)

    @rule(whose=whose, says=st.sampled_from(["accepted", "declined"]))
    def answer(self, whose: int, says: str) -> None:
        for attendee in self.attendee(whose):
            self.attempt(attendees.answer, attendee=attendee, partstat=Attendee.Partstat(says))

    @rule(whose=whose)
    def take_off_the_list(self, whose: int) -> None:
        for attendee in self.attendee(whose):
            self.attempt(attendees.release, attendee=attendee)

    @rule(whose=whose)
    def remove_from_the_list(self, whose: int) -> None:
        for attendee in self.attendee(whose):
            self.attempt(lambda attendee=attendee, **_now: attendee.delete())

    @rule(whose=whose, role=st.sampled_from(["delegate", "speaker"]))
    def give_another_role(self, whose: int, role: str) -> None:
        for attendee in self.attendee(whose):
            attendee.role = role
            self.attempt(attendees.save, attendee=attendee)

    def attendee(self, number: int) -> list[Attendee]:
        found = list(Attendee.objects.order_by("pk"))
        return [found[number % len(found)]] if found else []

    @rule(seconds=st.sampled_from([0.3, 1]))
    def go_on_at_another_pace(self, seconds: float) -> None:
        self.pace = timedelta(seconds=seconds)

    @rule(days_on=st.sampled_from([1, 29, 31, 100]))
    def time_passes(self, days_on: int) -> None:
        self.tick(days_on * DAY)

    # Guarantees, checked after each step.

    @invariant()
    def uids_are_for_ever(self) -> None:
        assert [self.event(number).ical_uid for number in range(3)] == self.uids

    @invariant()
    def each_feed_tells_what_is_new_and_nothing_else(self) -> None:
        for number, poll in enumerate(self.polls):
            self.polls[number] = self.polled(poll)

    def polled(self, poll: Poll) -> Poll:
        """Poll as a subscriber does, and compare with the feed written without any cache.

        The answer is 304 exactly if the bytes are those of the last poll.
        """
        answer = Client().get(poll.path, headers={"if-none-match": poll.tag})
        fresh = self.from_nothing(poll.path)
        if 410 in (answer.status_code, fresh.status_code):  # the person has left the feed's event
            assert answer.status_code == fresh.status_code
            return replace(poll, tag="", body=b"")
        assert (answer.status_code == 304) == (fresh.content == poll.body)
        assert (fresh["ETag"] == poll.tag) == (fresh.content == poll.body)
        assert answer["ETag"] == fresh["ETag"]
        if answer.status_code == 304:
            return poll
        assert answer.content == fresh.content
        check(answer.content)
        seen = poll.seen | self.entries(answer.content, poll.seen)
        return replace(poll, tag=answer["ETag"], body=answer.content, seen=seen)

    def from_nothing(self, path: str) -> Any:
        """Return the answer of a server whose caches, states and renderings are empty."""
        with transaction.atomic():
            FeedState.objects.all().delete()
            RenderedEvent.objects.all().delete()
            feedcache.forget()
            answer = Client().get(path)
            transaction.set_rollback(True)
        return answer

    def entries(self, body: bytes, seen: dict[str, Any]) -> dict[str, Any]:
        found = {str(entry["UID"]): entry for entry in icalendar.Calendar.from_ical(body).events}
        assert set(found) <= set(self.uids)
        for uid in found.keys() & seen.keys():
            self.follows(seen[uid], found[uid])
        return found

    def follows(self, old: icalendar.Event, new: icalendar.Event) -> None:
        """LAST-MODIFIED rises exactly if the entry changes; SEQUENCE rises if time or status do."""
        for each in (old, new):
            each.pop("RELATED-TO", None)  # depends on the other events in the feed
        risen = new["LAST-MODIFIED"].dt > old["LAST-MODIFIED"].dt
        assert risen == (new.to_ical() != old.to_ical())
        assert risen or new["LAST-MODIFIED"].dt == old["LAST-MODIFIED"].dt
        assert new["SEQUENCE"] >= old["SEQUENCE"]
        if [new[name] for name in MOMENTS] != [old[name] for name in MOMENTS]:
            assert new["SEQUENCE"] > old["SEQUENCE"]


@pytest.mark.thorough
@pytest.mark.hypothesis
@pytest.mark.django_db
def test_any_edits_in_any_order_keep_the_promises_of_four_feeds() -> None:
    run_state_machine_as_test(Feeds, settings=examples(8, steps=12))
