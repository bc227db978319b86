"""Lines of a programme: columns found by header or by what stands in them, nothing lost."""

from datetime import date, time

import pytest

from events.values import programmelines
from events.values.programmelines import Line

DAY = date(2026, 12, 2)


def lines(text: str, *rooms: str) -> list[Line]:
    return list(programmelines.parse(text=text, first=DAY, rooms=rooms).lines)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("9:00–9:30", (9, 0), (9, 30)), ("9.00 am", (9, 0), None), ("0900-0930", (9, 0), (9, 30)),
        ("上午9:00", (9, 0), None), ("9:00am - 1:30pm", (9, 0), (13, 30)), ("930", (9, 30), None),
        ("下午2時30分至3時", (14, 30), (15, 0)), ("14h30", (14, 30), None),
        ("1-2pm", (13, 0), (14, 0)), ("11-1pm", (11, 0), (13, 0)), ("9-10", (9, 0), (10, 0)),
        ("１４：００", (14, 0), None), ("12:00 am", (0, 0), None),  # noqa: RUF001
        ("23:30 to 24:00", (23, 30), (0, 0)), ("0900 hrs", (9, 0), None),
        ("上午9:00-12:00", (9, 0), (12, 0)), ("9:00 am–1:30", (9, 0), (13, 30)),
        ("晚上10:00-12:00", (22, 0), (0, 0)), ("10 pm-1", (22, 0), (1, 0)),
        ("中午12:00-1:30", (12, 0), (13, 30)), ("上午11:30-下午1:00", (11, 30), (13, 0)),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(
    text: str, start: tuple[int, int], end: tuple[int, int] | None
) -> None:
    assert programmelines.times(text) == (time(*start), time(*end) if end else None)


@pytest.mark.parametrize("text", ["", "9", "25:00", "9:75", "ten past", "Hall 9", "2026-12-02"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert programmelines.times(text) is None


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2026-12-03", 3), ("3 December", 3), ("Dec 3, 2026", 3), ("12月3日（星期四）", 3),  # noqa: RUF001
        ("03/12/2026", 3), ("Day 2", 3), ("第二天", 3), ("Thursday, 3 December 2026", 3),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, on: int) -> None:
    assert programmelines.day(text, DAY) == date(2026, 12, on)


@pytest.mark.parametrize("text", ["Welcome", "31 February", "2026-13-01", "5"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert programmelines.day(text, DAY) is None


def test_a_sheet_with_a_header() -> None:
    one, two = lines(
        "Session\tTime\tRoom\tSpeaker\n"
        "Registration\t9:00–9:30\tFoyer\t\n"
        "Welcome\t0930-1000\tGrand Hall\tDr Ann Lee; 王偉\n"
    )
    assert (one.number, one.title, one.start, one.end, one.room, one.on) == (
        2, "Registration", time(9), time(9, 30), "Foyer", DAY,
    )  # fmt: skip
    assert (two.speakers, two.errors) == (["Dr Ann Lee", "王偉"], {})


def test_a_sheet_in_traditional_characters_with_quoted_commas() -> None:
    (line,) = lines('時間,環節,地點,講者\n"09:00-09:30","開幕, 致辭",大禮堂,陳大文')
    assert (line.title, line.start, line.end, line.room, line.speakers) == (
        "開幕, 致辭", time(9), time(9, 30), "大禮堂", ["陳大文"],
    )  # fmt: skip


def test_a_sheet_without_a_header() -> None:
    (line, other) = lines("1;9:00;9:30;Opening;Pearl;Ann Lee\n2;9:30;;Talk;Hall B;", "Pearl")
    assert (line.title, line.start, line.end, line.room, line.speakers) == (
        "Opening", time(9), time(9, 30), "Pearl", ["Ann Lee"],
    )  # fmt: skip
    assert (other.title, other.start, other.end, other.room) == (
        "Talk",
        time(9, 30),
        None,
        "Hall B",
    )


def test_a_text_with_days_as_headings() -> None:
    one, two, three = lines(
        "2 December 2026\n9:00-9:30 Registration\n- Some time later\n\nDay 2\n"
        "10:00 – 11:00  Panel: trade, finance and more  Grand Hall\n"
    )
    assert (one.title, one.start, one.on) == ("Registration", time(9), DAY)
    assert (two.title, two.start, two.on) == ("Some time later", None, DAY)
    assert (three.title, three.room, three.on) == (
        "Panel: trade, finance and more", "Grand Hall", date(2026, 12, 3),
    )  # fmt: skip


def test_what_cannot_be_read_is_kept_with_its_field() -> None:
    one, two = lines("Time\tDay\tSession\nten past\tsoon\tBroken\n9:00\t\t\n")
    assert one.errors == {"from": "ten past", "on": "soon"}
    assert (two.errors, two.start) == ({"title": "missing"}, time(9))
    assert one.text == "ten past | soon | Broken"


def test_a_quote_that_never_ends_swallows_no_lines() -> None:
    assert [line.title for line in lines('9:00\t"Open\n9:30\tTalk\n')] == ['"Open', "Talk"]


def test_too_many_lines_are_counted() -> None:
    sheet = programmelines.parse(text="Talk\n" * 160, first=DAY)
    assert (len(sheet.lines), sheet.left_out) == (programmelines.MAX_LINES, 10)
