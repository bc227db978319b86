"""Feeds of stored rows, compared with golden files and with what other readers see."""

from datetime import timedelta

import icalendar
import pytest

from tests.calendars import readers
from tests.calendars.goldenfiles import GOLDEN, check_bytes, check_reader
from tests.calendars.goldenrows import uid, wanted
from tests.calendars.rows import ROWS, fixed

MINUTE = timedelta(minutes=1)
# By the zone data of 2026 Vancouver keeps its summer time for good from 8 March 2026.
CLOCKS = {
    140: [
        "San Francisco: Wednesday 4 March 2026, 17:30 (UTC-8)",
        "Vancouver: Wednesday 4 March 2026, 17:30 (UTC-8)",
        "Manila: Thursday 5 March 2026, 09:30 (UTC+8)",
        "Jakarta: Thursday 5 March 2026, 08:30 (UTC+7)",
    ],
    141: [
        "San Francisco: Wednesday 11 March 2026, 18:30 (UTC-7)",
        "Vancouver: Wednesday 11 March 2026, 18:30 (UTC-7)",
        "Manila: Thursday 12 March 2026, 09:30 (UTC+8)",
        "Jakarta: Thursday 12 March 2026, 08:30 (UTC+7)",
    ],
    142: [
        "San Francisco: Tuesday 27 October 2026, 18:30 (UTC-7)",
        "Vancouver: Tuesday 27 October 2026, 18:30 (UTC-7)",
        "Manila: Wednesday 28 October 2026, 09:30 (UTC+8)",
        "Jakarta: Wednesday 28 October 2026, 08:30 (UTC+7)",
    ],
    143: [
        "San Francisco: Tuesday 24 November 2026, 17:30 (UTC-8)",
        "Vancouver: Tuesday 24 November 2026, 18:30 (UTC-7)",
        "Manila: Wednesday 25 November 2026, 09:30 (UTC+8)",
        "Jakarta: Wednesday 25 November 2026, 08:30 (UTC+7)",
    ],
}


def events(name: str) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical((GOLDEN / f"{name}.ics").read_bytes())
    return {str(event["UID"]): event for event in calendar.events}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROWS)
def test_a_feed_of_rows_is_byte_for_byte_its_golden_file(name: str) -> None:
    check_bytes(name, fixed(ROWS[name]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # raised inside the readers
@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_sees_the_same_events_of_rows(reader: str, name: str) -> None:
    check_reader(reader, name, wanted(name))


def test_a_golden_event_that_was_postponed_and_comes_back_has_counted_both_steps() -> None:
    life = events("rows-life")
    numbers = {number: life[uid(number)]["SEQUENCE"] for number in (101, 102, 103, 104)}
    assert numbers == {101: 1, 102: 1, 103: 2, 104: 1}


def test_golden_hubs_are_told_their_own_hour_on_either_side_of_a_change_of_clocks() -> None:
    for number, clocks in CLOCKS.items():
        lines = str(events("rows-hubs")[uid(number)]["DESCRIPTION"]).split("\n")
        assert lines == [f"Live-stream hub {clock}" for clock in clocks]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_golden_delegate_is_alerted_of_what_has_an_hour_and_gets_the_stream(
    language: str,
) -> None:
    found = events(f"rows-personal-{language}")
    for key, event in found.items():
        alarms = [(alarm["TRIGGER"].dt, alarm["DESCRIPTION"]) for alarm in event.walk("VALARM")]
        assert alarms == ([] if key == uid(110) else [(-30 * MINUTE, event["SUMMARY"])])
    streams = {key: str(e["CONFERENCE"]) for key, e in found.items() if "CONFERENCE" in e}
    assert streams == {uid(115): "https://live.example.org/hub?a=1,2;b=%E6%8B%9B%E5%95%86"}


def test_who_left_is_told_no_more_than_the_end_of_it() -> None:
    left = events("rows-farewell")[uid(130)]
    assert set(left) & {"DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "CONFERENCE"} == set()
