"""A rundown of two days: forty items in three rooms, and a block of them moved by 20 minutes."""

from datetime import date, time
from typing import Final, NamedTuple

from playwright.sync_api import Locator

from events.models import Event, Place
from tests import factories
from tests.browser.effort.desk import Desk, Keyboard

TITLE: Final = "Delta Investment Conference"
DAYS: Final = (date(2027, 3, 18), date(2027, 3, 19))
ROOMS: Final = ("Grand Hall", "Pearl Room", "River Room")
# Rows are typed room by room; None for the start is: when the one before ends.
TYPED: Final = (
    (0, "Grand Hall", (
        (None, "0900", "Arrival and registration"), (None, "0930", "Opening ceremony"),
        (None, "1015", "Keynote: ports without paper"), (None, "1030", "Coffee break"),
        (None, "1130", "Panel on green freight"), (None, "1200", "Signing ceremony"),
        (None, "1330", "Networking lunch"), (None, "1430", "Panel on family offices"),
        (None, "1500", "Launch of the index"), (None, "1515", "Photo call"),
        (None, "1615", "Round table of mayors"), (None, "1630", "Closing remarks"),
    )),
    (0, "Pearl Room", (
        ("1030", "1110", "Setting up a company"), (None, "1150", "Talent and visas"),
        ("1330", "1415", "Customs clinic"), (None, "1500", "Tax round table"),
        (None, "1530", "Questions and answers"),
    )),
    (0, "River Room", (
        ("1030", "1100", "Meeting with the port"), (None, "1130", "Meeting with the bank"),
        (None, "1200", "Meeting with the chamber"), ("1400", "1500", "Demonstration of drones"),
    )),
    (1, "Grand Hall", (
        ("0900", "0945", "Keynote: the silver economy"), (None, "1045", "Panel on life sciences"),
        (None, "1100", "Coffee break"), (None, "1200", "Panel on storage"),
        (None, "1330", "Lunch"), (None, "1430", "Panel on cold chains"),
        (None, "1515", "Address by the minister"), (None, "1530", "Farewell"),
    )),
    (1, "Pearl Room", (
        ("0945", "1030", "Pitches, first part"), (None, "1115", "Pitches, second part"),
        (None, "1200", "Pitches, third part"), ("1330", "1430", "Clinic for exporters"),
        (None, "1500", "Clinic for importers"),
    )),
    (1, "River Room", (
        ("0945", "1030", "Semiconductors today"), (None, "1115", "Fintech sandbox"),
        (None, "1200", "Digital trade lab"), ("1330", "1415", "Remarks to the media"),
        (None, "1500", "Meeting of the advisers"), (None, "1530", "Meeting of the heads"),
    )),
)  # fmt: skip
BLOCK: Final = "Panel on family offices"  # from here on everything on its day is moved
LATER: Final = 20  # minutes


class Item(NamedTuple):
    """A part as it is meant: its title, the day by number, start, end, and room."""

    title: str
    day: int
    start: time
    end: time
    room: str


def items() -> list[Item]:
    found: list[Item] = []
    for day, room, rows in TYPED:
        for start, end, title in rows:
            begins = _clock(start) if start else found[-1].end if found else time(8, 30)
            found.append(Item(title, day, begins, _clock(end), room))
    return found


def prepare() -> None:
    """What an office has before: the conference, in a venue whose rooms are not on record."""
    team = factories.team(name="Promotion desk")
    city = factories.place(name="Hong Kong", kind="city", timezone="Asia/Hong_Kong", slug="hk")
    venue = factories.place(name="Harbour Centre", kind="venue", parent=city, team=team)
    first, last = DAYS
    factories.event(
        team=team, place=venue, title_en=TITLE, kind="promotion_conference", status="draft",
        start_on=first, end_on=last, start_time=time(8, 30), end_time=time(18),
        timezone="Asia/Hong_Kong",
    )  # fmt: skip


def work(desk: Desk) -> None:
    desk.start()
    with desk.task("3a 40 items in three rooms, made on the way"):
        rows(desk)
    with desk.task("3b the rest of a day 20 minutes later"):
        block(desk)


def rows(desk: Desk) -> None:
    """Write the rows of the grid, in which Enter leads from field to field."""
    desk.menu("Promotion conferences")
    desk.follow(TITLE)
    desk.follow("Timetable and rows")
    desk.stay(desk.page.locator("#rows [data-name=add]"))
    before, made = 0, set[str]()
    for day, room, typed in TYPED:
        for start, end, title in typed:
            with desk.this_row():
                if day != before:
                    desk.choose("Day", _label(DAYS[day]))
                    before = day
                if start:
                    desk.type("From", start)
                    desk.chord("Enter")
                else:
                    desk.reach(_field(desk, "to"))
                desk.enter(end)
                desk.enter(title)
                desk.enter(room if room not in made else room[0])
                desk.chord("Enter")  # nobody speaks
            if room not in made:
                desk.wait("() => !document.querySelector('.rows-saving')")
                made.add(room)
    desk.wait("() => !document.querySelector('.rows-saving')")


def block(desk: Desk) -> None:
    """Choose a part in the timetable and what follows in every room, and shift it."""
    part = Event.objects.get(title_en=BLOCK)
    box = desk.page.locator(f"#timetable [data-part='{part.pk}']")
    if isinstance(desk, Keyboard):
        desk.chord("Escape")  # from the rows to the timetable
        _arrows(desk, box)
        desk.chord("Shift+F")
        desk.held("Alt", "ArrowDown", times=LATER // 5)
    else:
        desk.stay(box)
        desk.stay(desk.page.locator("#timetable [data-name=from-here-all]"))
        desk.wait("() => document.activeElement.dataset.name === 'minutes'")
        desk.keys(str(LATER))
        desk.chord("Enter")
    desk.wait("() => /^(Moved|Shifted)/.test(document.querySelector('.tt-live').textContent)")


def check() -> None:
    """The parts are what was meant, and the block has moved with what lies behind it."""
    event = Event.objects.get(title_en=TITLE)
    moved = next(item for item in items() if item.title == BLOCK)
    parts = Event.objects.filter(parent=event).select_related("place")
    known = sorted(
        (part.title_en, part.start_on, part.start_time, part.end_time, str(part.place))
        for part in parts
    )
    wanted = [_moved(item) if _is_behind(item, moved) else item for item in items()]
    assert known == sorted((it.title, DAYS[it.day], it.start, it.end, it.room) for it in wanted)
    assert len(known) == 40, len(known)
    assert sorted(Place.objects.filter(kind="room").values_list("name_en", flat=True)) == [*ROOMS]


def _field(desk: Desk, name: str) -> Locator:
    assert desk.within
    return desk.within.locator(f"[data-field={name}]")


def _arrows(desk: Desk, box: Locator) -> None:
    """Go to the day, to its first part, and down the column, until the box has the focus."""
    focus = desk.page.locator("#timetable [role=option]:focus")
    focus.wait_for()
    desk.chord("PageUp")
    desk.wait(f"() => document.activeElement.dataset.key?.endsWith('{DAYS[0]}')")
    desk.chord("Home")
    here = ""
    while here != (here := str(focus.get_attribute("data-key"))):
        if box.evaluate("box => box === document.activeElement"):
            return
        desk.chord("ArrowDown")
    raise AssertionError("The keyboard does not reach the part")


def _is_behind(item: Item, first: Item) -> bool:
    return item.day == first.day and item.start >= first.start


def _moved(item: Item) -> Item:
    return item._replace(start=_later(item.start), end=_later(item.end))


def _later(at: time) -> time:
    minutes = at.hour * 60 + at.minute + LATER
    return time(*divmod(minutes, 60))


def _clock(text: str) -> time:
    return time(int(text[:2]), int(text[2:]))


def _label(on: date) -> str:
    return f"{on:%a, %b} {on.day}"
