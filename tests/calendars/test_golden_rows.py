"""Feeds of stored rows, byte for byte, and as other people's readers see them."""

from datetime import timedelta

import icalendar
import pytest

from tests.calendars import readers
from tests.calendars.feeds import LONG_TITLE
from tests.calendars.readers import Seen
from tests.calendars.rows import ROWS, fixed
from tests.calendars.test_golden import GOLDEN, check_bytes, check_reader, moment

MINUTE = timedelta(minutes=1)
# Worked out by hand; a reader is told start, end, status and title of each number.
LIFE = """
101  2026-12-03T02:00  2026-12-03T04:00  CONFIRMED  Moved
102  2026-12-02T01:30  2026-12-02T09:00  CANCELLED  Postponed: Put off
103  2027-01-15T06:00  2027-01-15T08:00  TENTATIVE  Back again
"""
PERSONAL = """
110  2026-11-10        2026-11-16        CONFIRMED  {0}
111  2026-11-09T16:20  2026-11-10T01:50  CONFIRMED  {1}
112  2026-11-11T06:00  2026-11-11T07:30  CONFIRMED  Session at 9
113  2026-11-11T08:00  2026-11-11T09:30  CONFIRMED  Session at 11
114  2026-07-31T10:00  2026-07-31T11:00  CONFIRMED  {2}
115  2026-11-25T01:30  2026-11-25T03:00  CONFIRMED  {3}
"""
WANTED = {
    "rows-life": f"""{LIFE}
104  2026-06-10T01:00  2026-06-10T02:00  CANCELLED  Cancelled: Called off
""",
    "rows-life-91": LIFE,
    "rows-personal-en": PERSONAL.format(
        "Mission to the Gulf", "Flight to Doha", "Applications close", "Conference"
    ),
    "rows-personal-zh-hans": PERSONAL.format("海湾考察团", "飛往多哈", "报名截止", "推介会"),
    "rows-personal-zh-hant": PERSONAL.format("海灣考察團", "飛往多哈", "报名截止", "推介会"),
    "rows-role": """
120  2026-12-01        2026-12-04        CONFIRMED  Fair
121  2026-12-01T01:00  2026-12-01T02:00  CONFIRMED  Opening
122  2026-12-02T10:00  2026-12-02T12:00  CONFIRMED  Press call
""",
    "rows-farewell": """
130  2026-12-01        2026-12-05        CANCELLED  Cancelled: Mission
131  2026-12-02T01:00  2026-12-02T02:00  CANCELLED  Cancelled: Visit
132  2026-12-09T10:00  2026-12-09T12:00  CONFIRMED  Reception
""",
    "rows-hubs": """
140  2026-03-05T01:30  2026-03-05T03:00  CONFIRMED  Promotion of 2026-03-05
141  2026-03-12T01:30  2026-03-12T03:00  CONFIRMED  Promotion of 2026-03-12
142  2026-10-28T01:30  2026-10-28T03:00  CONFIRMED  Promotion of 2026-10-28
143  2026-11-25T01:30  2026-11-25T03:00  CONFIRMED  Promotion of 2026-11-25
""",
    "rows-text": "150  2026-05-20T01:00  2026-05-20T02:00  CONFIRMED  LONG_TITLE",
}
# By the law of 2026 Vancouver keeps its summer time for good from 8 March.
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


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}@testserver"


def wanted(name: str) -> list[Seen]:
    """Return what every reader must see in a feed."""
    found = []
    for line in WANTED[name].split("\n"):
        if line:
            number, start, end, status, title = line.split(maxsplit=4)
            title = title.replace("LONG_TITLE", LONG_TITLE)
            span = moment(start), moment(end)
            found.append(readers.seen(uid(int(number)), title, *span, status))
    return sorted(found)


def events(name: str) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical((GOLDEN / f"{name}.ics").read_bytes())
    return {str(event["UID"]): event for event in calendar.events}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROWS)
def test_a_feed_of_rows_is_byte_for_byte_its_golden_file(name: str) -> None:
    check_bytes(name, fixed(ROWS[name]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # theirs, not ours
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
