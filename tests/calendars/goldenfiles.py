"""Golden files: byte comparison, and the events that every reader must see in them."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from tests.calendars import readers
from tests.calendars.feeds import FEEDS
from tests.calendars.readers import Seen

GOLDEN = Path(__file__).parent / "golden"

# Worked out by hand; never derived from our own code.
SPANS = {
    1: ("2025-11-05", "2025-11-11"),
    2: ("2025-11-05T06:30", "2025-11-05T09:00"),
    10: ("2025-10-01", "2025-10-02"),
    11: ("2025-10-02", "2025-10-03"),
    12: ("2024-02-29", "2024-03-01"),
    20: ("2026-03-10T18:30", "2026-03-10T19:30"),
    21: ("2026-06-30T23:00", "2026-07-01T00:30"),
    22: ("2026-08-01T14:00", "2026-08-01T18:00"),
    23: ("2026-08-31T22:30", "2026-09-03T13:30"),
    30: ("2026-11-18T05:00", "2026-11-18T16:45"),
    31: ("2026-05-10T16:20", "2026-05-11T01:50"),
    40: ("2026-11-01T05:30", "2026-11-01T08:00"),
    41: ("2026-10-24T22:30", "2026-10-25T00:30"),
    42: ("2026-03-29T01:30", "2026-03-29T03:00"),
    43: ("2026-04-04T14:35", "2026-04-04T14:55"),
    44: ("2026-02-20T10:00", "2026-02-20T12:00"),
    45: ("2026-04-20T09:00", "2026-04-20T11:00"),
    50: ("2026-11-25T16:00", "2026-11-25T18:00"),
    51: ("2026-11-25T17:00", "2026-11-25T19:00"),
    52: ("2026-11-27T01:00", "2026-11-27T09:00"),
    53: ("2026-11-29T02:00", "2026-11-29T10:00"),
    60: ("2025-01-15T17:00", "2025-01-15T18:00"),
    61: ("2025-07-15T16:00", "2025-07-15T17:00"),
    62: ("2025-12-15T17:00", "2025-12-15T18:00"),
    63: ("2026-04-15T16:00", "2026-04-15T17:00"),
    64: ("2026-12-15T16:00", "2026-12-15T17:00"),
    70: ("2026-05-20T01:00", "2026-05-20T02:00"),
    80: ("2026-03-02", "2026-03-07"),
    81: ("2026-03-03T02:00", "2026-03-03T03:30"),
    82: ("2026-03-04", "2026-03-05"),
    90: ("2025-11-05T06:30", "2025-11-05T07:00"),
    91: ("2025-11-06T06:30", "2025-11-06T07:00"),
}

# Events that a reader misreads through a fault of its own, and why; they are not compared.
OUTDATED = "reads the zones of dateutil, which may be older than Vancouver's law of 2026"
ESCAPED = "takes an escaped backslash with an n after it for a line break"
QUIRKS = {
    ("ics", 50): OUTDATED,
    ("ics", 64): OUTDATED,
    ("ics", 70): ESCAPED,
    ("ics", 150): ESCAPED,
}


def number(uid: str) -> int:
    return int(uid.partition("@")[0].rpartition("-")[2])


def expected(name: str) -> list[Seen]:
    """Return the events that every reader must see in a feed."""
    found = []
    for entry in FEEDS[name][1]:
        start, end = (moment(text) for text in SPANS[number(entry.uid)])
        found.append(readers.seen(entry.uid, entry.summary, start, end, entry.status))
    return sorted(found)


def moment(text: str) -> datetime | date:
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def check_bytes(name: str, body: bytes) -> None:
    path = GOLDEN / f"{name}.ics"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_bytes(body)
    assert body.decode() == path.read_bytes().decode(), (
        "If the change is meant: UPDATE_GOLDEN=1 python -m pytest tests/calendars -k golden,"
        " then read the difference."
    )


def check_reader(reader: str, name: str, wanted: list[Seen]) -> None:
    found = sorted(readers.READERS[reader]((GOLDEN / f"{name}.ics").read_bytes()))
    assert [event.uid for event in found] == [event.uid for event in wanted]
    for event, want in zip(found, wanted, strict=True):
        if (reader, number(want.uid)) not in QUIRKS:
            assert event == want
