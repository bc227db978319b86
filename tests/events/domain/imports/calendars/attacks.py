"""Files that are made to cost much, within all limits; `python -m` says what reading them costs.

A process of its own, so that what it remembers is what the files took, and nothing of the tests.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable

import django

from tests.events.domain.imports.calendars.foreigncalendars import ics

NEVER = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
DAYS = ",".join(map(str, range(1, 100)))
WEEKDAYS = ",".join(f"{sign}53{day}" for sign in "+-" for day in ("MO", "TU", "WE", "TH", "FR"))
LARGEST = 5 * 2**20


def events(number: int, *lines: str) -> bytes:
    """Return a calendar of so many events, each of these lines."""
    return ics(*(text for n in range(number) for text in event(n, *lines)))


def event(n: int, *lines: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{n}", f"SUMMARY:{n}", *lines, "END:VEVENT"]


def full(*lines: str) -> bytes:
    """Return the largest calendar of events with these lines."""
    size = len(events(1, *lines))
    return events(min(9_990, LARGEST // (size + 10)), *lines)


def repeated(line: str) -> bytes:
    """Return the largest calendar with one line again and again, in its one event."""
    return events(1, "DTSTART:20261202", *[line] * ((LARGEST - 200) // (len(line) + 2)))


ATTACKS: dict[str, Callable[[], bytes]] = {
    "more events than may be": lambda: events(9_990, "DTSTART:20261202T010000Z"),
    "days that never come": lambda: events(400, "DTSTART:19700101", NEVER),
    "counted days that never come": lambda: events(400, "DTSTART:19000101", f"{NEVER};COUNT=5"),
    "days of the year": lambda: events(
        400, "DTSTART:19700101", f"RRULE:FREQ=YEARLY;COUNT=1000;BYYEARDAY={DAYS};BYMONTH=2"
    ),
    "the last of the weekdays": lambda: events(
        400, "DTSTART:19700101", f"RRULE:FREQ=YEARLY;COUNT=1000;BYDAY={WEEKDAYS};BYSETPOS=366"
    ),
    "for ever, rarely": lambda: events(
        400, "DTSTART:19700101", "RRULE:FREQ=YEARLY;INTERVAL=2147483647"
    ),
    "full series": lambda: events(400, "DTSTART:20260601T010000Z", "RRULE:FREQ=DAILY;COUNT=200"),
    "full series elsewhere": lambda: events(
        400, "DTSTART;TZID=America/New_York:20260601T010000", "RRULE:FREQ=DAILY;COUNT=200"
    ),
    "one time again and again": lambda: ics(
        *event(1, "DTSTART:20260601T010000Z", "RRULE:FREQ=DAILY;COUNT=200"),
        *[
            text
            for _ in range(9_900)
            for text in event(1, "RECURRENCE-ID:20260602T010000Z", "DTSTART:20260602T010000Z")
        ],
    ),
    "single dates": lambda: events(
        1, "DTSTART:20260601", *["RDATE:" + ",".join(["20260602"] * 2_400)] * 2
    ),
    "rules of one series": lambda: events(1, "DTSTART:19700101", *[NEVER] * 4_900),
    "rules without end": lambda: repeated("RRULE:x"),
    "names without end": lambda: repeated("UID:x"),
    "parameters": lambda: full(
        f"DTSTART;{';'.join(f'X{n}={n}' for n in range(5_000))}:20261202"
    ),
    "values of a parameter": lambda: full(f"DTSTART;X={','.join('a' * 30_000)}:20261202"),
    "a quotation": lambda: full(f'DTSTART;X="{"a" * 60_000}":20261202'),
    "quotations": lambda: full("DTSTART;X=" + ",".join(['""'] * 20_000)),
    "a text of escapes": lambda: full("DTSTART:20261202", "DESCRIPTION:" + "\\n" * 32_000),
    "a text of what is dropped": lambda: full(
        "DTSTART:20261202", "DESCRIPTION:" + "\u202e" * 21_000
    ),
    "a zone of slashes": lambda: full(f"DTSTART;TZID={'a/' * 900}x:20261202T010000"),
    "a long duration": lambda: full("DTSTART:20261202", f"DURATION:P{'9' * 64_000}D"),
    "folded lines": lambda: b"BEGIN:VCALENDAR\r\nX:" + b"\r\n a" * 1_300_000,
    "short lines": lambda: b"BEGIN:VCALENDAR\n" + b"X\n" * 2_600_000,
    "lines without a value": lambda: b"BEGIN:VCALENDAR\n" + b"A:\n" * 1_700_000,
}  # fmt: skip


def main() -> None:
    """Print what reading each attack costs: days of series, events, and seconds for who is curious.

    And by how many MiB the process has grown.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from events.domain.ical import parsing  # noqa: PLC0415 -- Django comes first
    from events.domain.imports.calendars import foreignevents  # noqa: PLC0415
    from tests.factories import NOW  # noqa: PLC0415

    def read(body: bytes) -> foreignevents.Reading:
        try:
            return foreignevents.read(body=body, timezone="Asia/Shanghai", now=NOW)
        except (parsing.Unreadable, foreignevents.TooManyEvents):
            return foreignevents.Reading()

    read(events(1, "DTSTART:20261202T010000Z"))  # what is looked up once is known from now on
    before = peak()
    told: dict[str, dict[str, float]] = {"days": {}, "events": {}, "seconds": {}}
    for name, make in ATTACKS.items():
        body = make()
        begun = time.process_time()
        reading = read(body)
        told["seconds"][name] = time.process_time() - begun
        told["days"][name] = reading.budget.used
        told["events"][name] = len(reading.entries) + len(reading.refused)
    json.dump({**told, "grown": peak() - before}, sys.stdout)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
