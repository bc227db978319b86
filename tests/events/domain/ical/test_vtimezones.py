"""VTIMEZONEs, checked with other readers, which see a TZID that they cannot know."""

import os
import zoneinfo
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from events.domain.ical import vtimezones
from tests.calendars import readers
from tests.calendars.probes import Probe, utc
from tests.calendars.readers import Seen

SPANS = {
    "Africa/Cairo": [(2022, 2032)],
    "Africa/Casablanca": [(2017, 2028)],
    "America/Asuncion": [(2022, 2027)],
    "America/Havana": [(2024, 2030)],
    "America/Nuuk": [(2021, 2028)],
    "America/Santiago": [(2022, 2036), (2025, 2027)],
    "America/Sao_Paulo": [(2015, 2022)],
    "America/Vancouver": [(2023, 2029), (2025, 2027)],
    "Antarctica/Troll": [(2024, 2028)],
    "Asia/Gaza": [(2021, 2031)],
    "Asia/Hong_Kong": [(1970, 1985)],
    "Asia/Manila": [(1975, 1995), (2024, 2028)],
    "Asia/Pyongyang": [(2012, 2020)],
    "Asia/Shanghai": [(1936, 1950), (1980, 1995)],
    "Asia/Tehran": [(2018, 2025)],
    "Australia/Lord_Howe": [(2006, 2012), (2024, 2028)],
    "Europe/Dublin": [(1966, 1974), (2024, 2028)],
    "Europe/Istanbul": [(2013, 2020)],
    "Europe/London": [(1965, 1975), (1990, 1999)],
    "Europe/Moscow": [(2009, 2016)],
    "Pacific/Apia": [(2010, 2023)],
}
RAMADAN = Probe("Africa/Casablanca", utc(2026, 2, 1), utc(2026, 10, 1))
PROBES = [
    *(Probe(name, utc(a), utc(b)) for name, spans in SPANS.items() for a, b in spans),
    Probe("America/Vancouver", utc(2026, 11, 20), utc(2026, 11, 26)),
    Probe("America/Vancouver", utc(2026, 1, 5), utc(2026, 12, 1)),
    Probe("America/Vancouver", utc(2026, 7, 1), utc(2027, 3, 1)),
    Probe("America/Vancouver", utc(2025, 7, 1), utc(2025, 7, 2)),
    RAMADAN,
    Probe("America/New_York", utc(2026, 7, 1), utc(2026, 7, 2)),
]
# Every twentieth zone; with ALL_ZONES=1 all of them, which takes half a minute.
STEP = 1 if os.environ.get("ALL_ZONES") == "1" else 20
SAMPLE = sorted(zoneinfo.available_timezones())[::STEP]


def lines(name: str, first: datetime, last: datetime | None = None) -> list[str]:
    return vtimezones.render(name=name, first=first, last=last or first).splitlines()


def observances(name: str, first: datetime, last: datetime | None = None) -> list[str]:
    return [line[6:] for line in lines(name, first, last) if line.startswith("BEGIN:")][1:]


def wrong(probe: Probe, found: list[Seen]) -> list[str]:
    """Return the UIDs of events whose start was misread; each UID is the true start in UTC."""
    assert len(found) == len(probe.instants)
    return [event.uid for event in found if f"{event.start:%Y%m%dT%H%M%SZ}" != event.uid]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # raised inside the readers
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: f"{probe.name}-{probe.first:%Y%m%d}")
def test_readers_find_every_instant_around_the_changes(probe: Probe) -> None:
    stream = probe.stream()
    assert wrong(probe, readers.read_libical(stream)) == []
    assert wrong(probe, readers.read_icalendar(stream)) == []
    if probe != RAMADAN:  # vobject reads a zone that is at +0000 from 2000 to 2020 as UTC
        assert wrong(probe, readers.read_vobject(stream)) == []


def test_ical_js_finds_every_instant_around_the_changes() -> None:
    answers = readers.read_icaljs_many([probe.stream() for probe in PROBES])
    for probe, found in zip(PROBES, answers, strict=True):
        assert (probe.name, wrong(probe, found)) == (probe.name, [])


def test_all_zones_are_right_from_2024_to_2028_for_libical_and_ical_js() -> None:
    probes = [Probe(name, utc(2024), utc(2029)) for name in SAMPLE]
    streams = [probe.stream() for probe in probes]
    for probe, stream, found in zip(
        probes, streams, readers.read_icaljs_many(streams), strict=True
    ):
        assert (probe.name, wrong(probe, found)) == (probe.name, [])
        assert (probe.name, wrong(probe, readers.read_libical(stream))) == (probe.name, [])


def test_the_readers_believe_our_timezone_and_not_their_own() -> None:
    probe = PROBES[-1]
    shifted = probe.stream().replace(b":-0400", b":-0300")
    for read in (readers.read_libical, readers.read_icaljs):
        assert len(wrong(probe, read(shifted))) == len(probe.instants)


def test_a_zone_without_changes_is_one_standard_from_1970() -> None:
    assert lines("Asia/Shanghai", utc(2026), utc(2027)) == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_a_yearly_law_is_one_standard_and_one_daylight_with_onsets_before_the_change() -> None:
    assert lines("Europe/Dublin", utc(2026, 7, 1)) == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Dublin",
        "BEGIN:STANDARD",
        "DTSTART:19961027T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:GMT",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19810329T010000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:IST",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize(
    ("name", "onsets"),
    [
        ("America/New_York", ["20071104T020000", "20070311T020000"]),
        ("Australia/Lord_Howe", ["20080406T020000", "20081005T020000"]),
        ("Australia/Sydney", ["20080406T030000", "20081005T020000"]),
    ],
)
def test_onsets_are_local_times_before_the_change(name: str, onsets: list[str]) -> None:
    found = [line[8:] for line in lines(name, utc(2026)) if line.startswith("DTSTART:")]
    assert found == onsets


def test_the_half_hour_of_lord_howe_is_kept() -> None:
    assert "TZOFFSETTO:+1030" in lines("Australia/Lord_Howe", utc(2026))


def test_vancouver_after_its_last_change_is_one_standard_seven_hours_behind() -> None:
    found = lines("America/Vancouver", utc(2026, 11, 25))
    assert observances("America/Vancouver", utc(2026, 11, 25)) == ["STANDARD"]
    assert "TZOFFSETTO:-0700" in found


def test_the_offset_that_lasts_is_a_standard_and_the_law_before_it_ends() -> None:
    found = lines("America/Vancouver", utc(2025), utc(2027))
    assert observances("America/Vancouver", utc(2025), utc(2027)) == [
        "STANDARD",
        "STANDARD",
        "DAYLIGHT",
    ]
    assert [line for line in found if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=20251103T090000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;UNTIL=20250310T100000Z",
    ]


def test_changes_without_a_rule_stand_alone() -> None:
    found = lines("Africa/Casablanca", utc(2026), utc(2026, 11, 1))
    assert not [line for line in found if line.startswith("RRULE")]
    assert [line[8:] for line in found if line.startswith("DTSTART:")] == [
        "20260215T030000",
        "20260920T020000",
        "20250406T020000",
        "20260322T020000",
    ]


def test_a_week_between_two_changes_without_a_rule_needs_neither() -> None:
    assert observances("Africa/Casablanca", utc(2026, 7, 1), utc(2026, 7, 8)) == ["STANDARD"]


def test_a_weekday_on_or_after_a_day_is_written_without_ordinal_when_it_must() -> None:
    found = lines("America/Santiago", utc(2025), utc(2035))
    assert [line for line in found if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU",
        "RRULE:FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU",
    ]


@pytest.mark.parametrize("name", SAMPLE)
def test_no_zone_needs_rdate_or_more_than_a_pair_for_a_month_of_2026(name: str) -> None:
    found = observances(name, utc(2026, 5, 1), utc(2026, 6, 1))
    assert found in (["STANDARD"], ["STANDARD", "DAYLIGHT"])
    assert "RDATE" not in vtimezones.render(name=name, first=utc(2026, 5, 1), last=utc(2026, 6, 1))


def test_an_event_more_in_the_same_law_leaves_the_bytes_alone() -> None:
    short = vtimezones.render(name="Europe/Paris", first=utc(2026), last=utc(2026, 2, 1))
    assert short == vtimezones.render(name="Europe/Paris", first=utc(2025), last=utc(2031))


def test_lines_end_in_crlf_and_are_short() -> None:
    for name in SAMPLE:
        text = vtimezones.render(name=name, first=utc(2026), last=utc(2027))
        assert text.endswith("END:VTIMEZONE\r\n")
        assert text.count("\r\n") == text.count("\n") == text.count("\r")
        assert max(map(len, text.splitlines())) <= 75


def test_a_date_before_the_first_known_change_has_local_mean_time() -> None:
    found = lines("Asia/Shanghai", utc(1860))
    assert found[3:6] == ["DTSTART:18600101T000000", "TZOFFSETFROM:+080543", "TZOFFSETTO:+080543"]


def test_no_zone_changes_twice_within_the_step_of_the_search() -> None:
    for name in SAMPLE:
        changes = [shift.at for shift in vtimezones._shifts(name)]
        gaps = [b - a for a, b in pairwise(changes)]
        assert min(gaps, default=timedelta(days=99)) > vtimezones.PROBE
