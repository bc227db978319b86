"""Adapters for other iCalendar readers, which all return the same plain records."""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import ics
import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

HERE = Path(__file__).parent
DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Seen:
    """A VEVENT as a reader understands it: UTC moments, or days with an exclusive end."""

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    all_day: bool
    status: str


def seen(uid: str, title: str, start: datetime | date, end: datetime | date, status: str) -> Seen:
    return Seen(
        uid=uid,
        title=title,
        start=_plain(start),
        end=_plain(end),
        all_day=not isinstance(start, datetime),
        status=str(status or "").upper(),
    )


def _plain(moment: datetime | date) -> datetime | date:
    if not isinstance(moment, datetime):
        return moment
    assert moment.tzinfo, f"{moment} is floating"
    return moment.astimezone(UTC)


def read_icalendar(stream: bytes) -> list[Seen]:
    return [
        seen(
            str(event["UID"]),
            str(event["SUMMARY"]),
            event.decoded("DTSTART"),
            event.decoded("DTEND"),
            str(event["STATUS"]),
        )
        for event in Calendar.from_ical(stream).walk("VEVENT")
    ]


def read_vobject(stream: bytes) -> list[Seen]:
    vobject.icalendar.__dict__["__tzidMap"].clear()  # else zones of earlier streams are reused
    calendar = vobject.readOne(stream.decode())
    return [
        seen(
            event.uid.value,
            event.summary.value,
            event.dtstart.value,
            event.dtend.value,
            event.status.value,
        )
        for event in calendar.contents.get("vevent", [])
    ]


def read_ics(stream: bytes) -> list[Seen]:
    return [
        seen(
            event.uid,
            event.name,
            event.begin.date() if event.all_day else event.begin.datetime,
            event.end.date() if event.all_day else event.end.datetime,
            event.status,
        )
        for event in ics.Calendar(stream.decode()).events
    ]


def read_ical(stream: bytes) -> list[Seen]:
    calendar = IcsCalendarStream.calendar_from_ics(stream.decode())
    return [
        seen(event.uid, event.summary, event.dtstart, event.dtend, event.status.value)
        for event in calendar.events
    ]


def read_icaljs(stream: bytes) -> list[Seen]:
    return read_icaljs_many([stream])[0]


def read_icaljs_many(streams: Sequence[bytes]) -> list[list[Seen]]:
    """Read many streams in one run of node."""
    answer = subprocess.run(
        ["node", str(HERE / "icaljs.mjs"), str(icaljs_folder())],
        input=json.dumps([stream.decode() for stream in streams]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [[_from_json(**event) for event in events] for events in json.loads(answer.stdout)]


def _from_json(uid: str, title: str, start: str, end: str, status: str) -> Seen:
    read = datetime.fromisoformat if "T" in start else date.fromisoformat
    return seen(uid, title, read(start), read(end), status)


def icaljs_folder() -> Path:
    """Return the folder of the npm package ical.js; ICALJS_DIR may name it."""
    places = [HERE / "node_modules" / "ical.js"]
    if given := os.environ.get("ICALJS_DIR"):
        places = [Path(given), Path(given) / "ical.js", Path(given) / "node_modules" / "ical.js"]
    for place in places:
        if (place / "dist" / "ical.js").exists():
            return place
    raise absent("ical.js: run `npm ci --ignore-scripts` in tests/calendars, or set ICALJS_DIR")


def absent(what: str) -> BaseException:
    """Return the exception to raise for a missing reader: a failure in CI, else a skip."""
    if os.environ.get("CI") == "true":
        return pytest.fail.Exception(f"missing in CI: {what}")
    return pytest.skip.Exception(f"missing: {what}")


class IcalTime(ctypes.Structure):
    """libical 3's struct icaltimetype."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


@cache
def _libical() -> ctypes.CDLL:
    """Load libical 3 and declare the functions that are used here."""
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError as error:
        raise absent("libical 3: install the Debian package libical3") from error
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("icalparser_parse_string", pointer, [text]),
        ("icalcomponent_string_to_kind", number, [text]),
        ("icalproperty_string_to_kind", number, [text]),
        ("icalcomponent_get_first_component", pointer, [pointer, number]),
        ("icalcomponent_get_next_component", pointer, [pointer, number]),
        ("icalcomponent_get_first_property", pointer, [pointer, number]),
        ("icalproperty_get_value_as_string", text, [pointer]),
        ("icalcomponent_get_uid", text, [pointer]),
        ("icalcomponent_get_summary", text, [pointer]),
        ("icalcomponent_get_dtstart", IcalTime, [pointer]),
        ("icalcomponent_get_dtend", IcalTime, [pointer]),
        ("icalcomponent_as_ical_string", text, [pointer]),
        ("icalcomponent_count_errors", number, [pointer]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [IcalTime, pointer]),
        ("icalcomponent_free", None, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def read_libical(stream: bytes) -> list[Seen]:
    """Read with libical, as Evolution does. Raises ValueError if libical reports an error."""
    library = _libical()
    calendar = library.icalparser_parse_string(stream)
    try:
        if library.icalcomponent_count_errors(calendar):
            raise ValueError(library.icalcomponent_as_ical_string(calendar).decode())
        return list(map(_from_libical, _libical_events(calendar)))
    finally:
        library.icalcomponent_free(calendar)


def _libical_events(calendar: int) -> list[int]:
    library, events = _libical(), []
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(calendar, kind)
    while event:
        events.append(event)
        event = library.icalcomponent_get_next_component(calendar, kind)
    return events


def _from_libical(event: int) -> Seen:
    library = _libical()
    kind = library.icalproperty_string_to_kind(b"STATUS")
    status = library.icalcomponent_get_first_property(event, kind)
    return seen(
        library.icalcomponent_get_uid(event).decode(),
        library.icalcomponent_get_summary(event).decode(),
        _libical_moment(library.icalcomponent_get_dtstart(event)),
        _libical_moment(library.icalcomponent_get_dtend(event)),
        library.icalproperty_get_value_as_string(status).decode(),
    )


def _libical_moment(at: IcalTime) -> datetime | date:
    if at.is_date:
        return date(at.year, at.month, at.day)
    assert at.zone, "floating"
    return datetime.fromtimestamp(_libical().icaltime_as_timet_with_zone(at, at.zone), UTC)


class Subscriber:
    """A subscriber who fetches calendars with vdirsyncer and lists them with khal."""

    def __init__(self, folder: Path, *urls: str) -> None:
        """Write the configuration of both programs; fetch no events yet."""
        self.folder = folder
        self.home = folder / "vdir"
        (folder / "status").mkdir()
        pairs = enumerate(urls)
        stores = [VDIRSYNCER.format(folder=folder, n=number, url=url) for number, url in pairs]
        for number in range(len(urls)):
            (self.home / str(number)).mkdir(parents=True)
        general = f'[general]\nstatus_path = "{folder}/status"\n'
        (folder / "vdirsyncer.ini").write_text(general + "".join(stores))
        calendars = [KHAL_CALENDAR.format(folder=folder, n=number) for number in range(len(urls))]
        settings = KHAL.format(folder=folder, calendars="".join(calendars))
        (folder / "khal.ini").write_text(settings)
        self._vdirsyncer("discover")

    def sync(self) -> None:
        self._vdirsyncer("sync")

    def refused(self) -> str:
        """Return the output of vdirsyncer, which must fail to fetch a calendar."""
        answer = self._start("vdirsyncer", "sync")
        assert answer.returncode != 0
        return answer.stdout + answer.stderr

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Return the mtime in nanoseconds and the bytes of each fetched file, by its path."""
        return {
            str(path.relative_to(self.home)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in self.home.rglob("*.ics")
        }

    def seen(self) -> list[Seen]:
        """Return the events of 2024 to 2027; their UIDs are made by vdirsyncer."""
        fields = ("uid", "title", "start-long-full", "end-long-full", "all-day", "status")
        options = [part for field in fields for part in ("--json", field)]
        answer = self._start("khal", "list", *options, "2024-01-01", "2027-12-31")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        # khal prints one list for each day, with an event in the list of each of its days.
        days = [json.loads(line) for line in answer.stdout.splitlines()]
        return sorted({_from_khal(event) for day in days for event in day})

    def _vdirsyncer(self, command: str) -> None:
        answer = self._start("vdirsyncer", command)
        assert answer.returncode == 0, answer.stdout + answer.stderr

    def _start(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        home = str(self.folder)
        return subprocess.run(
            [
                str(Path(sys.executable).parent / program),
                *("-c", str(self.folder / f"{program}.ini"), *arguments),
            ],
            capture_output=True,
            text=True,
            env=os.environ | {"HOME": home, "XDG_DATA_HOME": home, "TZ": "UTC"},
            check=False,
        )


def read_khal(url: str, folder: Path) -> list[Seen]:
    """Subscribe to a feed with vdirsyncer; return its events as khal lists them."""
    subscriber = Subscriber(folder, url)
    subscriber.sync()
    return subscriber.seen()


def _from_khal(event: dict[str, str]) -> Seen:
    start = datetime.fromisoformat(event["start-long-full"]).replace(tzinfo=UTC)
    end = datetime.fromisoformat(event["end-long-full"]).replace(tzinfo=UTC)
    if event["all-day"] == "True":  # khal names the last day
        return seen(event["uid"], event["title"], start.date(), end.date() + DAY, event["status"])
    return seen(event["uid"], event["title"], start, end, event["status"])


VDIRSYNCER = """
[pair feed{n}]
a = "local{n}"
b = "remote{n}"
collections = null
conflict_resolution = "b wins"
[storage local{n}]
type = "filesystem"
path = "{folder}/vdir/{n}"
fileext = ".ics"
[storage remote{n}]
type = "http"
url = "{url}"
"""

KHAL_CALENDAR = """
[[feed{n}]]
path = {folder}/vdir/{n}
"""

KHAL = """
[calendars]
{calendars}
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M:%S
longdatetimeformat = %Y-%m-%dT%H:%M:%S
[sqlite]
path = {folder}/khal.db
"""

READERS: dict[str, Callable[[bytes], list[Seen]]] = {
    "icalendar": read_icalendar,
    "vobject": read_vobject,
    "ics": read_ics,
    "ical": read_ical,
    "libical": read_libical,
    "ical.js": read_icaljs,
}
