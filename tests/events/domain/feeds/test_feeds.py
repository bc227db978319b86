"""Public feeds: which events they contain, and how these are written."""

import re
import tracemalloc
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import icalendar
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import override

from events.domain.feeds import changes, encoding, feedcache, feeds
from events.domain.ical import entries
from events.domain.lifecycle import lifecycle
from events.models import Event, EventPlace
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
DAY = timedelta(days=1)


def titles(feed: encoding.Feed) -> list[str]:
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(feed.body).events]


def public(now=NOW, **filters) -> encoding.Feed:
    return feeds.public(parameters={name: [value] for name, value in filters.items()}, now=now)


def description(event: Event) -> str:
    return entries.entry(event=Event.objects.for_calendars().get(pk=event.pk)).description


def test_an_etag_is_strong_and_changes_with_the_bytes() -> None:
    empty = public()
    assert re.fullmatch(r'"[0-9a-f]{32}"', empty.etag)
    assert public().etag == empty.etag
    lifecycle.touch(event=factories.event(), now=NOW)
    assert public().etag != empty.etag


def test_a_long_feed_is_written_and_sent_in_little_memory() -> None:
    words = "Buyers and investors meet. " * 300  # 8 kB
    team = factories.team()
    Event.objects.bulk_create(
        Event(
            slug=f"event-{number}", title_en=f"Event {number}", description_en=words,
            kind="session", status="confirmed", visibility="public", precision="day",
            start_on=NOW.date(), end_on=NOW.date(), start_at=NOW, end_at=NOW + DAY,
            timezone="Asia/Hong_Kong", team=team, created_at=NOW, changed_at=NOW,
        )
        for number in range(3_000)
    )  # fmt: skip
    public()
    tracemalloc.start()
    try:
        feed = public()
        size = sum(map(len, feed.pieces()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == feed.size > 24_000_000
    assert peak < size / 2


@pytest.mark.parametrize(
    "columns",
    [
        {"visibility": "participants"},
        {"visibility": "delegation"},
        {"visibility": "internal"},
        {"status": "draft"},
        {"in_calendar": False},
        {"precision": "month", "end_on": date(2026, 12, 31), "start_on": date(2026, 12, 1)},
        {"precision": "unknown", "start_on": None},
    ],
)
def test_what_is_not_public_or_not_known_to_the_day_stays_out(columns):
    factories.event(**columns)

    assert titles(public()) == []


def test_an_all_day_event_ends_on_the_day_after():
    factories.event(precision="day", start_on=date(2025, 11, 5), end_on=date(2025, 11, 10))

    [event] = icalendar.Calendar.from_ical(public().body).events

    assert (event.start, event.end) == (date(2025, 11, 5), date(2025, 11, 11))


def test_an_unchanged_feed_is_the_same_to_the_byte_whenever_it_is_asked():
    factories.event()

    assert public() == public(now=NOW + timedelta(days=40))


def test_a_cancelled_event_says_so_for_ninety_days_after_its_date():
    event = factories.event(title="Forum", status="cancelled", end_on=date(2026, 12, 2))

    assert titles(public(now=event.end_at + timedelta(days=90))) == ["Cancelled: Forum"]
    assert titles(public(now=event.end_at + timedelta(days=91))) == []


def test_a_reader_of_the_public_calendar_learns_that_a_cancelled_event_has_left_it():
    event = factories.event(status="cancelled", end_on=date(2026, 12, 2))
    known = public()

    def again(now):
        return feeds.public(parameters={}, now=now, has=lambda tag, _at: tag == known.etag)

    with pytest.raises(encoding.Unchanged):
        again(event.end_at + timedelta(days=89))
    assert titles(again(event.end_at + timedelta(days=91))) == []


def test_a_reader_of_the_last_days_learns_that_an_event_is_older():
    factories.event(start_on=date(2026, 12, 2), end_on=date(2026, 12, 2))
    week, day = {"past": ["7"]}, NOW.replace(month=12, day=9, hour=23, minute=55)
    known = feeds.public(parameters=week, now=day)
    assert len(titles(known)) == 1

    def again(minutes):
        now = day + timedelta(minutes=minutes)
        return feeds.public(parameters=week, now=now, has=lambda tag, _at: tag == known.etag)

    with pytest.raises(encoding.Unchanged):
        again(4)
    assert titles(again(6)) == []


def test_what_time_alone_takes_away_is_a_change_for_whoever_asks_by_date():
    event = factories.event(slug="off", status="cancelled", end_on=date(2026, 12, 2))
    factories.event(title="Old", start_on=date(2026, 12, 2), end_on=date(2026, 12, 2))
    off, week = event.end_at + 90 * DAY, {"past": ["7"]}
    over = datetime(2026, 12, 10, tzinfo=UTC)

    def changed_at(now, parameters) -> datetime:
        feedcache.forget()
        return feeds.public(parameters=parameters, now=now).last_modified

    assert changed_at(NOW, {}) == changed_at(off - timedelta(minutes=1), {}) == NOW
    assert changed_at(off + timedelta(minutes=1), {}) == off
    assert changed_at(over + timedelta(minutes=1), week) == over


def test_what_leaves_the_public_calendar_is_its_last_change():
    event = factories.event()
    event.visibility = "internal"
    lifecycle.save(event=event, now=NOW + timedelta(days=1))

    assert public().last_modified == NOW + timedelta(days=1)


def test_the_last_change_of_the_public_calendar_stays_the_last_however_long_ago():
    event = factories.event()
    event.visibility = "internal"
    lifecycle.save(event=event, now=NOW + DAY)
    changes.prune(now=NOW + 9_999 * DAY)
    feedcache.forget()

    assert public().last_modified == NOW + DAY


@pytest.mark.parametrize("hidden", [True, False])
def test_an_item_that_leaves_or_gets_a_public_parent_changes_the_calendar(hidden):
    parent = factories.event(title="Forum", visibility="internal" if hidden else "public")
    factories.event(title="Panel", kind="panel", parent=parent, team=parent.team)
    before = public()
    parent.visibility = "public" if hidden else "internal"
    lifecycle.save(event=parent, now=NOW + DAY)
    after = public()

    assert [titles(before), titles(after)] == [["Panel"], ["Forum"]][:: 1 if hidden else -1]
    assert (before.last_modified, after.last_modified) == (NOW, NOW + DAY)
    assert before.etag != after.etag


def test_an_item_that_becomes_independent_comes_into_the_calendar():
    parent = factories.event(title="Forum")
    panel = factories.event(title="Panel", kind="panel", parent=parent, team=parent.team)
    assert titles(public()) == ["Forum"]
    panel.parent = None
    lifecycle.save(event=panel, now=NOW + DAY)

    assert titles(public()) == ["Forum", "Panel"]
    assert public().last_modified == NOW + DAY


def test_a_postponed_event_is_cancelled_on_its_old_slot():
    factories.event(title="Forum", status="postponed")

    [event] = icalendar.Calendar.from_ical(public().body).events

    assert (event["SUMMARY"], event["STATUS"]) == ("Postponed: Forum", "CANCELLED")


def test_of_too_many_events_the_oldest_past_ones_leave_first(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_EVENTS", 2)
    for day in (3, 1, 2):
        factories.event(title=str(day), start_on=date(2026, 12, day))

    assert titles(public(now=NOW.replace(year=2027))) == ["2", "3"]
    assert titles(public()) == ["1", "2", "3"]


def test_the_language_is_asked_for_and_falls_back_by_field():
    factories.event(title_en="Expo", title_zh_hant="博覽會", description_en="Stands")

    [event] = icalendar.Calendar.from_ical(public(lang="zh-hans").body).events

    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("博覽會", "Stands")


def test_a_child_names_its_parent_only_where_both_stand():
    parent = factories.event(title="Expo")
    factories.event(title="Conference", parent=parent, kind="forum")

    both = icalendar.Calendar.from_ical(public().body).events
    alone = icalendar.Calendar.from_ical(public(kind="forum").body).events

    assert [event.get("RELATED-TO") for event in both] == [None, parent.ical_uid]
    assert [event.get("RELATED-TO") for event in alone] == [None]


@pytest.fixture
def flight() -> Event:
    """A transfer from Hong Kong to Doha."""
    airport = factories.place(name="Airport", parent=factories.place(name="Hong Kong"))
    return factories.event(
        kind="transfer", place=airport, end_place=factories.place(name="Doha", slug="doha")
    )


def test_a_transfer_is_at_both_its_places(flight):
    [event] = icalendar.Calendar.from_ical(public().body).events

    assert event["LOCATION"] == "Airport, Hong Kong → Doha"
    assert titles(public(place="doha")) == [flight.title]


def test_a_hub_is_told_its_own_hour():
    event = factories.event(
        start_on=date(2024, 9, 25), start_time=time(9, 30), end_time=None, timezone="Asia/Shanghai"
    )
    for name, zone in (("San Francisco", "America/Los_Angeles"), ("Jakarta", "Asia/Jakarta")):
        place = factories.place(name=name, timezone=zone)
        EventPlace.objects.create(event=event, place=place, role="hub")

    with override("en"):
        text = description(event)

    assert "San Francisco: Tuesday 24 September 2024, 18:30 (UTC-7)" in text
    assert "Jakarta: Wednesday 25 September 2024, 08:30 (UTC+7)" in text


def test_a_hub_without_a_zone_of_its_own_has_that_of_its_city():
    event = factories.event(start_on=date(2024, 9, 25), timezone="Asia/Shanghai")
    city = factories.place(name="Jakarta", timezone="Asia/Jakarta")
    factories.hub(event=event, place=factories.place(name="Hall", parent=city, timezone=""))

    with override("en"):
        assert "Hall: Wednesday 25 September 2024, 08:30 (UTC+7)" in description(event)


def test_a_reported_date_says_where_it_comes_from():
    event = factories.event(origin="reported", basis="computed", date_text="last November")

    with override("en"):
        assert description(event) == "Date: computed. The source says: “last November”."


def test_only_public_events_name_their_page():
    for visibility, has_page in (("public", True), ("participants", False)):
        event = factories.event(visibility=visibility)
        shown = entries.entry(event=Event.objects.for_calendars().get(pk=event.pk))
        assert bool(shown.url) == has_page


def test_a_deadline_keeps_nobody_busy_and_has_no_end():
    event = factories.event(kind="deadline", end_time=None, end_on=None)
    shown = entries.entry(event=Event.objects.for_calendars().get(pk=event.pk))
    assert (shown.opaque, shown.description) == (False, "")


def test_a_stream_with_a_broken_address_costs_only_its_line():
    event = factories.event(stream_url="https://live.example.org/1\r\nATTENDEE:x")
    row = Event.objects.for_calendars().get(pk=event.pk)
    assert entries.entry(event=row, entitled=True).conference == ""


def test_where_the_stream_is_stands_in_no_open_calendar():
    factories.event(slug="gathering", stream_url="https://live.example.org/1")

    for feed in (public(), feeds.single(slug="gathering", parameters={}, now=NOW)):
        assert b"live.example.org" not in feed.body


def test_one_event_comes_with_its_whole_public_programme_alone():
    expo = factories.event(title="Expo", slug="expo")
    forum = factories.event(title="Conference", parent=expo)
    factories.event(title="Keynote", parent=forum, kind="keynote")
    factories.event(title="Page only", parent=forum, kind="session", in_calendar=False)
    closed = factories.event(title="Call", parent=expo, visibility="internal")
    factories.event(title="Photo", parent=closed, kind="photo_call")
    factories.event(title="Other")

    shown = titles(feeds.single(slug="expo", parameters={}, now=NOW))
    assert shown == ["Expo", "Conference", "Keynote"]


@pytest.mark.parametrize("columns", [{"visibility": "internal"}, {"status": "draft"}])
def test_one_event_that_is_not_public_does_not_exist(columns):
    factories.event(slug="secret", **columns)

    with pytest.raises(Event.DoesNotExist):
        feeds.single(slug="secret", parameters={}, now=NOW)


def test_export_writes_a_file_for_each_language_and_only_when_it_changed():
    folder = Path(settings.FEEDS_FOLDER)
    for path in folder.glob("*"):
        path.unlink()
    event = factories.event(title_en="Expo", title_zh_hans="博览会")
    names = ["public.en.ics", "public.zh-hans.ics", "public.zh-hant.ics"]

    first = feeds.export(now=NOW)
    second = feeds.export(now=NOW)
    event.title_en = "Fair"
    lifecycle.save(event=event, now=NOW)
    third = feeds.export(now=NOW)

    assert [path.name for path in first] == names
    assert second == []
    assert [path.name for path in third] == names  # the event's revision is in all of them
    assert (folder / "public.en.ics").read_bytes() == public(lang="en").body
    packed = [f"{name}.gz" for name in names]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, *packed])


def test_an_exported_file_is_as_old_as_its_feed():
    folder = Path(settings.FEEDS_FOLDER)
    for path in folder.glob("*"):
        path.unlink()
    factories.event()

    for path in feeds.export(now=NOW):
        assert path.stat().st_mtime == NOW.timestamp()


def test_the_command_says_which_files_it_wrote(capsys):
    folder = Path(settings.FEEDS_FOLDER)
    for path in folder.glob("*"):
        path.unlink()

    call_command("export_feeds")
    call_command("export_feeds")

    languages = ["en", "zh-hans", "zh-hant"]
    lines = [f"written: {folder / f'public.{language}.ics'}\n" for language in languages]
    assert capsys.readouterr().out == "".join(lines) + "No feed has changed.\n"
