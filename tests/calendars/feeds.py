"""Feeds of hand-made entries, one for each golden file."""

from dataclasses import replace
from datetime import UTC, date, datetime

from events.domain.ical.writing import Calendar, Entry
from events.values.dates import Precision, When

CREATED = datetime(2025, 6, 2, 1, 30, tzinfo=UTC)
CHANGED = datetime(2025, 9, 1, 8, 15, 30, tzinfo=UTC)

PUBLIC = Calendar(
    name="Promotion events",
    description="Expos, conferences and trade missions.",
    url="https://attache.example/calendar/public.ics?lang=en&kind=expo",
    color="teal",
    last_modified=CHANGED,
    timezone="Asia/Shanghai",
)

EXPO = Entry(
    uid="00000000-0000-4000-8000-000000000001@attache.example",
    sequence=0,
    created_at=CREATED,
    changed_at=CHANGED,
    status="CONFIRMED",
    summary="China International Import Expo",
    description="The eighth edition.\nDates stated by the source.",
    location="National Exhibition and Convention Center, Shanghai",
    geo=(31.1919, 121.3023),
    url="https://attache.example/events/import-expo-2025/",
    categories=("expo", "trade in goods"),
    when=When(
        precision=Precision.DAY,
        start_on=date(2025, 11, 5),
        end_on=date(2025, 11, 10),
        timezone="Asia/Shanghai",
    ),
)


def entry(number: int, summary: str, when: When, **changes: object) -> Entry:
    """Return a confirmed entry with the required fields only, and these changes."""
    bare = Entry(
        uid=f"00000000-0000-4000-8000-{number:012}@attache.example",
        sequence=0,
        created_at=CREATED,
        changed_at=CHANGED,
        status="CONFIRMED",
        summary=summary,
        when=when,
    )
    return replace(bare, **changes)


def day(on: date, until: date | None = None, timezone: str = "Asia/Shanghai") -> When:
    return When(precision=Precision.DAY, start_on=on, end_on=until or on, timezone=timezone)


def timed(start: str, end: str, timezone: str, end_timezone: str = "") -> When:
    """Return a When of two wall times like “2026-11-20T09:00”; an end of '' is unknown."""
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end or start)
    return When(
        precision=Precision.TIME,
        start_on=first.date(),
        end_on=last.date() if end else None,
        start_time=first.time(),
        end_time=last.time() if end else None,
        timezone=timezone,
        end_timezone=end_timezone,
    )


CONFERENCE = entry(
    2,
    "Hong Kong promotion conference",
    timed("2025-11-05T14:30", "2025-11-05T17:00", "Asia/Shanghai"),
    location="Grand Hall",
    parent_uid=EXPO.uid,
    conference="https://stream.attache.example/hub?a=1,2;b=招商",
)

# 300 characters, nearly all Han. The first fifty contain every character that TEXT escapes, and
# sequences that are easily broken by folding.
LONG_TITLE = (
    "沪港经贸合作会议, 议程; 甲: \\N 乙 \\n 丙\\ “丁” \"戊\" 😀𠮷 %2C ^n ^' 'x'\n第二行"
    + "招商引资推介大会暨重点项目签约仪式" * 20
)[:300]

FEEDS: dict[str, tuple[Calendar, list[Entry]]] = {
    "empty": (replace(PUBLIC, name="Nothing yet", url=""), []),
    "days": (
        PUBLIC,
        [
            entry(10, "Deadline for applications", day(date(2025, 10, 1)), opaque=False),
            entry(11, "National day of the fair", day(date(2025, 10, 2))),
            EXPO,
            entry(
                12,
                "Opening without a known end",
                When(precision=Precision.DAY, start_on=date(2024, 2, 29), timezone="Asia/Shanghai"),
            ),
        ],
    ),
    "times": (
        PUBLIC,
        [
            CONFERENCE,
            entry(
                20,
                "Reception whose end nobody has told",
                timed("2026-03-10T18:30", "", "Europe/Dublin"),
            ),
            entry(
                21, "Clearing of accounts", timed("2026-06-30T23:00", "2026-07-01T00:30", "Etc/UTC")
            ),
            entry(
                22, "Night market", timed("2026-08-01T22:00", "2026-08-02T02:00", "Asia/Shanghai")
            ),
            entry(
                23,
                "Roadshow with an open evening",
                replace(
                    timed("2026-09-01T09:00", "", "Australia/Lord_Howe"), end_on=date(2026, 9, 3)
                ),
            ),
        ],
    ),
    "transfer": (
        PUBLIC,
        [
            entry(
                30,
                "Flight from Shanghai to San Francisco",
                timed(
                    "2026-11-18T13:00",
                    "2026-11-18T08:45",
                    "Asia/Shanghai",
                    "America/Los_Angeles",
                ),
            ),
            entry(
                31,
                "Flight from Hong Kong to Doha",
                timed("2026-05-11T00:20", "2026-05-11T04:50", "Asia/Hong_Kong", "Asia/Qatar"),
            ),
        ],
    ),
    "clocks": (
        PUBLIC,
        [
            entry(
                40,
                "In the hour that New York repeats",
                timed("2026-11-01T01:30", "2026-11-01T03:00", "America/New_York"),
            ),
            entry(
                41,
                "Ends in the hour that Paris repeats",
                timed("2026-10-25T00:30", "2026-10-25T02:30", "Europe/Paris"),
            ),
            entry(
                42,
                "In the hour that London skips",
                timed("2026-03-29T01:30", "2026-03-29T04:00", "Europe/London"),
            ),
            entry(
                43,
                "Wholly in the half hour that Lord Howe repeats",
                timed("2026-04-05T01:35", "2026-04-05T01:55", "Australia/Lord_Howe"),
            ),
            entry(
                44,
                "In Casablanca under Ramadan's clock",
                timed("2026-02-20T10:00", "2026-02-20T12:00", "Africa/Casablanca"),
            ),
            entry(
                45,
                "In Casablanca after it",
                timed("2026-04-20T10:00", "2026-04-20T12:00", "Africa/Casablanca"),
            ),
        ],
    ),
    "vancouver": (
        PUBLIC,
        [
            entry(
                50,
                "Seminar in Vancouver",
                timed("2026-11-25T09:00", "2026-11-25T11:00", "America/Vancouver"),
            ),
            entry(
                51,
                "Seminar in San Francisco",
                timed("2026-11-25T09:00", "2026-11-25T11:00", "America/Los_Angeles"),
            ),
            entry(
                52,
                "Forum in Manila",
                timed("2026-11-27T09:00", "2026-11-27T17:00", "Asia/Manila"),
            ),
            entry(
                53,
                "Forum in Jakarta",
                timed("2026-11-29T09:00", "2026-11-29T17:00", "Asia/Jakarta"),
            ),
        ],
    ),
    "law": (
        replace(PUBLIC, name="Vancouver before and after the last change"),
        [
            entry(
                number,
                f"Meeting of {on}",
                timed(f"{on}T09:00", f"{on}T10:00", "America/Vancouver"),
            )
            for number, on in enumerate(
                ("2025-01-15", "2025-07-15", "2025-12-15", "2026-04-15", "2026-12-15"), start=60
            )
        ],
    ),
    "text": (
        replace(PUBLIC, name="推介活动, 一; 二", description="第一行\n第二行"),
        [
            entry(
                70,
                LONG_TITLE,
                timed("2026-05-20T09:00", "2026-05-20T10:00", "Asia/Shanghai"),
                description="甲\r\n乙\r丙\n丁\x0b戊\x0c己\x85庚\u2028辛\u2029壬\u202e癸\ud800\x00\x1b",
                location='国家会展中心, "4.1" hall; east\n青浦区',
                geo=(31.1919, 121.3023),
                url='https://attache.example/活动 "<1>"?q=a,b;c=100%&d=%20\\^`{|}',
                categories=("推介会, 大型", "", "a;b"),
            )
        ],
    ),
    "statuses": (
        PUBLIC,
        [
            entry(
                80,
                "Mission not yet sure",
                day(date(2026, 3, 2), date(2026, 3, 6)),
                status="TENTATIVE",
                sequence=1,
            ),
            entry(
                81,
                "Cancelled: talks in Jakarta",
                timed("2026-03-03T09:00", "2026-03-03T10:30", "Asia/Jakarta"),
                status="CANCELLED",
                sequence=3,
            ),
            entry(82, "Cancelled: open day", day(date(2026, 3, 4)), status="CANCELLED", sequence=2),
        ],
    ),
    "family": (
        PUBLIC,
        [
            EXPO,
            CONFERENCE,
            entry(
                90,
                "Keynote",
                timed("2025-11-05T14:30", "2025-11-05T15:00", "Asia/Shanghai"),
                parent_uid=CONFERENCE.uid,
            ),
            entry(
                91,
                "Child of an event that is not in this feed",
                timed("2025-11-06T14:30", "2025-11-06T15:00", "Asia/Shanghai"),
                parent_uid="00000000-0000-4000-8000-000000000999@attache.example",
            ),
        ],
    ),
}
