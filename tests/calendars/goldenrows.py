"""The events that every reader must see in the golden feeds of stored rows."""

from tests.calendars import readers
from tests.calendars.feeds import LONG_TITLE
from tests.calendars.goldenfiles import moment
from tests.calendars.readers import Seen

# Worked out by hand: number of the event, start, end, status and title that a reader must see.
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


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}@testserver"


def wanted(name: str) -> list[Seen]:
    """Return the events that every reader must see in a feed."""
    found = []
    for line in WANTED[name].split("\n"):
        if line:
            number, start, end, status, title = line.split(maxsplit=4)
            title = title.replace("LONG_TITLE", LONG_TITLE)
            span = moment(start), moment(end)
            found.append(readers.seen(uid(int(number)), title, *span, status))
    return sorted(found)
