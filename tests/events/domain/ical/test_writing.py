"""The rules by which feeds and events are written, one test for each."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from icalendar.parser import Contentline

from events.domain.ical import writing
from events.domain.ical.writing import Calendar, Entry, Inexact
from events.values.dates import Precision, When
from tests.calendars.feeds import CONFERENCE, EXPO, PUBLIC, day, entry, timed


def unfold(stream: bytes) -> list[str]:
    return stream.decode().replace("\r\n ", "").split("\r\n")[:-1]


def event(given: Entry) -> list[str]:
    return unfold(writing.vevent(entry=given).body)


def feed(*entries: Entry, calendar: Calendar = PUBLIC) -> list[str]:
    return unfold(writing.render(calendar=calendar, entries=entries))


def values(lines: list[str], name: str) -> list[str]:
    """Return the rest of each line of that name: parameters, colon and value."""
    return [line[len(name) :] for line in lines if re.match(rf"{name}[:;]", line)]


def times(when: When) -> list[str]:
    lines = event(entry(1, "A", when))
    return values(lines, "DTSTART") + values(lines, "DTEND")


# Properties of a feed


def test_a_feed_has_no_method() -> None:
    assert values(feed(EXPO), "METHOD") == []


def test_a_feed_says_its_name_and_description_in_both_ways() -> None:
    lines = feed()
    assert values(lines, "NAME") == values(lines, "X-WR-CALNAME") == [":Promotion events"]
    assert values(lines, "DESCRIPTION") == values(lines, "X-WR-CALDESC")
    assert values(lines, "DESCRIPTION") == [":Expos\\, conferences and trade missions."]


def test_a_feed_asks_to_be_read_each_hour() -> None:
    lines = feed()
    assert values(lines, "REFRESH-INTERVAL") == [";VALUE=DURATION:PT1H"]
    assert values(lines, "X-PUBLISHED-TTL") == [":PT1H"]


def test_a_feed_starts_with_what_readers_look_for() -> None:
    assert feed(EXPO)[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Attache//Calendars//EN",
        "CALSCALE:GREGORIAN",
        "LAST-MODIFIED:20250901T081530Z",
    ]


def test_a_public_feed_names_its_address_and_a_secret_one_does_not() -> None:
    assert values(feed(), "SOURCE") == [
        ";VALUE=URI:https://attache.example/calendar/public.ics?lang=en&kind=expo"
    ]
    assert values(feed(calendar=replace(PUBLIC, url="")), "SOURCE") == []


def test_a_feed_has_no_uid_of_its_own_which_vdirsyncer_would_take_for_that_of_each_event() -> None:
    assert values(feed(), "UID") == []


def test_an_empty_feed_holds_its_default_zone() -> None:
    lines = feed()
    assert [line for line in lines if line.startswith("BEGIN:")] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
    ]
    assert values(lines, "TZID") == [":Asia/Shanghai"]


def test_no_property_is_empty() -> None:
    bare = replace(EXPO, description="", location=" ", url="", categories=("", "\0"))
    calendar = replace(PUBLIC, description="\0", color="", url="")
    assert not [line for line in feed(bare, calendar=calendar) if line.endswith(":")]


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (writing.render(calendar=PUBLIC, entries=[EXPO, CONFERENCE]) for _ in range(2))
    assert first == second


def test_a_feed_composed_of_kept_parts_is_the_feed_rendered_at_once() -> None:
    parts = [writing.vevent(entry=given) for given in (EXPO, CONFERENCE)]
    uids = {EXPO.uid, CONFERENCE.uid}
    composed = b"".join(writing.compose(calendar=PUBLIC, parts=iter(parts), uids=uids))
    assert composed == writing.render(calendar=PUBLIC, entries=[EXPO, CONFERENCE])


def test_a_uid_stands_in_a_feed_once() -> None:
    assert len(values(feed(EXPO, EXPO), "UID")) == 1


def test_lines_end_in_crlf_and_hold_75_octets_at_most() -> None:
    long = replace(EXPO, summary="招商引资推介大会" * 40, description="é" * 300)
    lines = writing.render(calendar=PUBLIC, entries=[long]).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])


@pytest.mark.parametrize("text", ["招" * 99, "\\" * 99, "é^" * 99, "a" * 199, "😀," * 60])
def test_lines_are_folded_as_icalendar_folds_them(text: str) -> None:
    line = Contentline(f"SUMMARY:{text}")
    assert writing._fold(line.encode()) == line.to_ical()


# Properties of an event


def test_the_stamps_are_those_of_the_row() -> None:
    lines = event(replace(EXPO, sequence=4))
    assert values(lines, "DTSTAMP") == values(lines, "LAST-MODIFIED") == [":20250901T081530Z"]
    assert values(lines, "CREATED") == [":20250602T013000Z"]
    assert values(lines, "SEQUENCE") == [":4"]


def test_stamps_are_utc_in_whole_seconds() -> None:
    shanghai = timezone(timedelta(hours=8))
    changed_at = datetime(2025, 9, 1, 8, 0, 1, 999999, tzinfo=shanghai)
    assert values(event(replace(EXPO, changed_at=changed_at)), "DTSTAMP") == [":20250901T000001Z"]


def test_the_properties_stand_in_a_fixed_order() -> None:
    names = [re.split("[:;]", line)[0] for line in event(EXPO)]
    assert names == [
        *("BEGIN", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND"),
        *("STATUS", "TRANSP", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO"),
        *("X-APPLE-STRUCTURED-LOCATION", "URL", "CATEGORIES", "END"),
    ]


@pytest.mark.parametrize(
    ("changes", "transparency"),
    [
        ({}, ":OPAQUE"),
        ({"opaque": False}, ":TRANSPARENT"),
        ({"status": "CANCELLED"}, ":TRANSPARENT"),
        ({"status": "TENTATIVE"}, ":OPAQUE"),
        ({"when": day(date(2025, 11, 5))}, ":OPAQUE"),
        ({"when": day(date(2025, 11, 5), date(2025, 11, 6))}, ":TRANSPARENT"),
    ],
)
def test_spans_of_days_and_cancelled_events_do_not_block(
    changes: dict[str, object], transparency: str
) -> None:
    assert values(event(replace(CONFERENCE, **changes)), "TRANSP") == [transparency]


def test_a_summary_is_never_empty() -> None:
    assert values(event(replace(EXPO, summary="\u2028 \0")), "SUMMARY") == [":–"]


def test_a_coarse_date_is_refused() -> None:
    year = When(precision=Precision.YEAR, start_on=date(2026, 1, 1), end_on=date(2026, 12, 31))
    with pytest.raises(Inexact):
        writing.vevent(entry=replace(EXPO, when=year))
    with pytest.raises(Inexact):
        writing.vevent(entry=replace(EXPO, when=When(precision=Precision.DAY)))


def test_nobody_is_named() -> None:
    assert not [line for line in feed(EXPO, CONFERENCE) if re.match("ATTENDEE|ORGANIZER", line)]


def test_a_place_with_a_position_draws_a_map_at_apples() -> None:
    lines = event(replace(EXPO, location='Hall "4.1", east^', geo=(31.2, -0.00004)))
    assert values(lines, "GEO") == [":31.200000;-0.000040"]
    assert values(lines, "X-APPLE-STRUCTURED-LOCATION") == [
        ";VALUE=URI;X-ADDRESS=\"Hall ^'4.1^', east^^\";X-APPLE-RADIUS=70;"
        "X-TITLE=\"Hall ^'4.1^', east^^\":geo:31.200000,-0.000040"
    ]


def test_a_position_without_a_place_is_only_a_position() -> None:
    lines = event(replace(EXPO, location=""))
    assert values(lines, "GEO") == [":31.191900;121.302300"]
    assert values(lines, "X-APPLE-STRUCTURED-LOCATION") == []


def test_the_null_island_is_a_position() -> None:
    assert values(event(replace(EXPO, geo=(0.0, 0.0))), "GEO") == [":0.000000;0.000000"]


def test_a_stream_is_told_as_a_conference() -> None:
    assert values(event(CONFERENCE), "CONFERENCE") == [
        ";VALUE=URI;FEATURE=VIDEO:https://stream.attache.example/hub?a=1,2;b=%E6%8B%9B%E5%95%86"
    ]


def test_categories_are_separate_texts() -> None:
    lines = event(replace(EXPO, categories=("a, b", "", "c;d")))
    assert values(lines, "CATEGORIES") == [":a\\, b,c\\;d"]


def test_a_child_names_its_parent_only_in_a_feed_that_holds_it() -> None:
    assert values(feed(EXPO, CONFERENCE), "RELATED-TO") == [f";RELTYPE=PARENT:{EXPO.uid}"]
    assert values(feed(CONFERENCE), "RELATED-TO") == []


# Dates and times


def test_days_end_with_the_day_after_the_last() -> None:
    assert times(day(date(2025, 11, 5), date(2025, 11, 10))) == [
        ";VALUE=DATE:20251105",
        ";VALUE=DATE:20251111",
    ]


def test_days_with_an_open_end_are_one_day() -> None:
    when = replace(day(date(2025, 12, 31)), end_on=None)
    assert times(when) == [";VALUE=DATE:20251231", ";VALUE=DATE:20260101"]


def test_a_time_without_an_end_lasts_an_hour() -> None:
    assert times(timed("2026-05-01T23:30", "", "Asia/Shanghai")) == [
        ";TZID=Asia/Shanghai:20260501T233000",
        ";TZID=Asia/Shanghai:20260502T003000",
    ]


def test_an_end_at_the_start_counts_as_none() -> None:
    assert times(timed("2026-05-01T09:00", "2026-05-01T09:00", "Asia/Shanghai"))[1] == (
        ";TZID=Asia/Shanghai:20260501T100000"
    )


def test_a_last_day_without_an_hour_is_whole() -> None:
    when = replace(timed("2026-05-01T09:00", "", "Asia/Shanghai"), end_on=date(2026, 5, 3))
    assert times(when)[1] == ";TZID=Asia/Shanghai:20260504T000000"


def test_a_transfer_ends_in_the_zone_of_its_end() -> None:
    when = timed("2026-11-18T13:00", "2026-11-18T08:45", "Asia/Shanghai", "America/Los_Angeles")
    assert times(when) == [
        ";TZID=Asia/Shanghai:20261118T130000",
        ";TZID=America/Los_Angeles:20261118T084500",
    ]


def test_a_transfer_without_an_end_stays_in_the_zone_of_its_start() -> None:
    when = timed("2026-11-18T13:00", "", "Asia/Shanghai", "America/Los_Angeles")
    assert times(when)[1] == ";TZID=Asia/Shanghai:20261118T140000"


def test_a_time_in_a_repeated_hour_is_the_first_and_written_in_utc() -> None:
    assert times(timed("2026-11-01T01:30", "2026-11-01T02:30", "America/New_York")) == [
        ":20261101T053000Z",
        ";TZID=America/New_York:20261101T023000",
    ]


def test_a_time_in_a_skipped_hour_moves_forward() -> None:
    assert times(timed("2026-03-29T01:30", "2026-03-29T04:00", "Europe/London"))[0] == (
        ";TZID=Europe/London:20260329T023000"
    )


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Zulu"])
def test_utc_is_written_with_a_z(name: str) -> None:
    assert times(timed("2026-05-01T09:00", "2026-05-01T10:00", name)) == [
        ":20260501T090000Z",
        ":20260501T100000Z",
    ]


def test_each_zone_in_use_is_explained_once_before_the_events_and_no_other() -> None:
    lines = feed(
        EXPO,
        CONFERENCE,
        entry(3, "B", timed("2026-05-01T09:00", "", "America/New_York")),
        entry(4, "C", timed("2026-05-01T09:00", "", "Asia/Shanghai")),
        entry(5, "D", timed("2026-05-01T09:00", "", "Etc/UTC")),
    )
    assert values(lines, "TZID") == [":America/New_York", ":Asia/Shanghai"]
    kinds = [line[6:] for line in lines if line in {"BEGIN:VTIMEZONE", "BEGIN:VEVENT"}]
    assert kinds == ["VTIMEZONE"] * 2 + ["VEVENT"] * 5


def test_a_feed_of_days_explains_no_zone() -> None:
    assert values(feed(EXPO), "TZID") == []


# Text


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"),
        ("a;b,c\\d:e", "a\\;b\\,c\\\\d:e"),
        ("C:\\New\\new", "C:\\\\New\\\\new"),
        ("a\0b\tc\x0bd\x0ce\x1ff\x7fg\x85h\u2028i\u2029j", "abcdefghij"),
        ("a\u202eb\u202cc\u2066d\u2069e", "abcde"),
        ("a\ud800b\udfffc", "abc"),
        ("\ufeffa", "a"),
        (" 招商 😀 ", "招商 😀"),
    ],
)
def test_text_keeps_its_words_and_loses_what_breaks_lines(typed: str, written: str) -> None:
    assert values(event(replace(EXPO, description=typed)), "DESCRIPTION") == [f":{written}"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://a.example/?q=a,b;c", "https://a.example/?q=a,b;c"),
        ("https://a.example/活动", "https://a.example/%E6%B4%BB%E5%8A%A8"),
        ('https://a.example/ "<>\\^`{|}', "https://a.example/%20%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("https://a.example/100%/%20/%2c", "https://a.example/100%25/%20/%2c"),
        ("https://a.example/\x0b\ud800\u2028", "https://a.example/%0B%E2%80%A8"),
    ],
)
def test_an_address_is_per_cent_encoded_and_never_escaped(typed: str, written: str) -> None:
    assert values(event(replace(EXPO, url=typed)), "URL") == [f":{written}"]
