"""Lines in which people keep a programme, read into cells: from spreadsheets, mails and notes.

A column is known by its header, or else by what stands in it: times, days, rooms, titles, names.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from events.values import names

MAX_LINES: Final = 150  # parts that are read at a time
MAX_TEXT: Final = 100_000  # characters
MAX_CELL: Final = 1_000  # characters
MAX_CELLS: Final = 20  # of a line
HALF_WIDTH: Final = str.maketrans(
    "；：，（）．～－＂０１２３４５６７８９",  # noqa: RUF001 -- as it is typed
    ';:,().~-"0123456789',
)
DASH: Final = r"\s*(?:-|–|—|−|~|〜|to|till|until|bis|至|到)\s*"  # noqa: RUF001
HALF: Final = r"上午|下午|中午|凌晨|早上|晚上|傍晚|a\.?m\.?|p\.?m\.?"
CLOCK: Final = rf"(?P<b{{0}}>{HALF})?\s*(?P<h{{0}}>\d{{{{1,2}}}})(?:[:.h時时点點]\s*(?P<m{{0}}>\d\d)?分?)?\s*(?P<a{{0}}>{HALF})?"  # noqa: E501
COMPACT: Final = re.compile(
    rf"(\d{{1,2}})(\d\d)(?:{DASH}(\d{{1,2}})(\d\d))?(?:\s*hrs?\.?)?", re.IGNORECASE
)
TIMES: Final = re.compile(
    CLOCK.format(1) + rf"(?:{DASH}{CLOCK.format(2)})?(?:\s*hrs?\.?)?", re.IGNORECASE
)
LEADING: Final = re.compile(
    rf"(?P<times>(?:(?:{HALF})\s*)?\d{{1,2}}(?:[:.時时点點]\d\d|\d\d)?(?:\s*(?:{HALF}))?"
    rf"{DASH}(?:(?:{HALF})\s*)?\d{{1,2}}(?:[:.時时点點]\d\d|\d\d)?(?:\s*(?:{HALF}))?"
    rf"|(?:(?:{HALF})\s*)?\d{{1,2}}[:.時时点點]\d\d(?:\s*(?:{HALF}))?"
    rf"|(?:{HALF})\s*\d{{1,2}}[時时点點]"
    rf"|\d{{1,2}}\s*(?:a\.?m\.?|p\.?m\.?))(?![\d:])[\s:,|·]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
ISO: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
MONTH_DAY: Final = re.compile(r"(\d{1,2})月(\d{1,2})日?")
BRITISH: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")
WORDED: Final = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})|([a-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?)"
    r"\.?,?(?:\s+(\d{4}))?",
    re.IGNORECASE,
)
DAY_NUMBER: Final = re.compile(r"day\s*(\d)|第([一二三四五六七八九])[天日]", re.IGNORECASE)
WEEKDAY: Final = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s*|[(]?星期.[)]?|[(]?[周週].[)]?",
    re.IGNORECASE,
)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
BULLET: Final = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)、](?!\d))\s+")
NUMBER: Final = re.compile(r"\d{1,3}[.)]?")
ROOM: Final = re.compile(
    r"\b(?:room|hall|theatre|theater|ballroom|foyer|lobby|lounge|suite|auditorium|plenary|stage)\b"
    r"|(?:厅|廳|室|堂|会场|會場|大堂|舞台)$",
    re.IGNORECASE,
)
SPOKEN: Final = re.compile(r"\s*[;/、&]\s*|\s+and\s+|\s*,\s+(?=\S+\s+\S)")
COLUMNS: Final = {
    "times": "time; times; hours; timing; slot; 时间; 时段",
    "from": "from; start; start time; starts; begin; begins; 开始; 开始时间; 起",
    "to": "to; end; end time; ends; until; finish; 结束; 结束时间; 止; 完结时间",
    "on": "day; date; on; 日期; 日子",
    "title": (
        "title; session; item; topic; event; programme; program; agenda; activity; what; subject;"
        " 标题; 题目; 主题; 环节; 项目; 内容; 活动; 议程; 程序; 节目"
    ),
    "kind": "kind; type; format; 类别; 类型; 形式; 种类",
    "room": "room; place; venue; location; hall; where; 地点; 会场; 会议室; 场地; 房间; 厅; 房",
    "speakers": (
        "speaker; speakers; who; presenter; presenters; by; panellists; chair; moderator;"
        " 讲者; 演讲者; 嘉宾; 讲员; 主讲; 主讲人; 发言人; 主持; 主持人; 演讲嘉宾"
    ),
    "": "no; no.; number; #; duration; minutes; min; 序号; 编号; 时长; 分钟",
}
HEADERS: Final = {
    names.search_key(word): column for column, words in COLUMNS.items() for word in words.split(";")
}


@dataclass(slots=True)
class Line:
    """A part as a line describes it; `errors` name the fields that cannot be read."""

    number: int
    text: str
    title: str = ""
    kind: str = ""
    on: date | None = None
    start: time | None = None
    end: time | None = None
    room: str = ""
    speakers: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a text says: its parts, and how many lines were left out because it is too long."""

    lines: Sequence[Line]
    left_out: int = 0


def parse(*, text: str, first: date | None, rooms: Sequence[str] = ()) -> Sheet:
    """Return the parts in a text, one a line.

    `first` is the day that is meant where a line names none, and the year of days without one.
    `rooms` are names that are known to be rooms. A line that is nothing but a day is a heading.
    """
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row[1])]
    header = _header(rows[0][1]) if rows else ()
    rows = rows[1:] if header else rows
    reader = _Reader(header, first, {names.search_key(room) for room in rooms} - {""})
    found = [line for number, cells in rows if (line := reader.read(number, cells))]
    return Sheet(found[:MAX_LINES], max(len(found) - MAX_LINES, 0))


def times(text: str) -> tuple[time | None, time | None] | None:
    """Return start and end of a text such as 9:00-9:30, 9.00 am, 0900-0930; None if it is none."""
    plain = text.translate(HALF_WIDTH).strip()
    if match := COMPACT.fullmatch(plain):
        first = _clock(match[1], match[2], "")
        last = _clock(match[3], match[4], "") if match[3] else None
        return (first, last) if first and (last or not match[3]) else None
    match = TIMES.fullmatch(plain)
    if not match or not _is_time(match, plain):
        return None
    half = {n: match[f"b{n}"] or match[f"a{n}"] or "" for n in (1, 2)}
    start = _clock(match["h1"], match["m1"], half[1] or _carried(match, half[2]))
    end = _clock(match["h2"], match["m2"], half[2] or half[1]) if match["h2"] else None
    if start and end and half[1] and not half[2] and end < start:
        end = end.replace(hour=(end.hour + 12) % 24)  # 9 am–1 goes on beyond noon
    return (start, end) if start and (end or not match["h2"]) else None


def day(text: str, first: date | None) -> date | None:
    """Return the day that a text names, in the year of `first` if it names none."""
    plain = WEEKDAY.sub("", text.translate(HALF_WIDTH)).strip(" ,.()")
    parts = _day_parts(plain, first)
    try:
        return date(*parts) if parts else None
    except ValueError:
        return None


class _Reader:
    """Reads one line after the other: a heading with a day counts for those below it."""

    def __init__(self, header: Sequence[str], first: date | None, rooms: set[str]) -> None:
        self.header, self.first, self.rooms = header, first, rooms
        self.day = first

    def read(self, number: int, cells: Sequence[str]) -> Line | None:
        said = [cell for cell in cells if cell.strip()]
        if len(said) == 1 and (on := day(said[0], self.first)):
            self.day = on
            return None
        line = Line(number, " | ".join(said)[:MAX_CELL], on=self.day)
        placed = zip(self.header, cells, strict=False) if self.header else self._guessed(cells)
        for column, cell in placed:
            if cell.strip():
                self._put(line, column, cell.strip()[:MAX_CELL])
        if line.on is None and "on" not in line.errors:
            line.on = self.day
        if not line.title:
            line.errors.setdefault("title", "missing")
        return line

    def _guessed(self, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield each cell of a line without a header, with the column that it looks like."""
        known: set[str] = set()
        for cell in filter(str.strip, cells):
            column = self._column(cell.strip(), known)
            known.add(column)
            yield column, cell

    def _column(self, text: str, known: set[str]) -> str:
        found = times(text)
        if found and not NUMBER.fullmatch(text):
            if "times" in known or "from" in known:
                return "to"
            return "times" if found[1] else "from"
        if "on" not in known and day(text, self.first):
            return "on"
        if NUMBER.fullmatch(text) and "title" not in known:
            return ""
        is_room = names.search_key(text) in self.rooms or bool(ROOM.search(text) and len(text) < 60)
        if "title" in known and "room" not in known and is_room:
            return "room"
        if "title" not in known:
            return "title"
        return "speakers"

    def _put(self, line: Line, column: str, text: str) -> None:
        if column in ("times", "from", "to"):
            self._put_times(line, column, text)
        elif column == "on":
            line.on = day(text, self.first)
            if line.on is None:
                line.errors["on"] = text
        elif column == "speakers":
            line.speakers += [name for name in SPOKEN.split(text) if name]
        elif column in ("title", "kind", "room"):
            kept = getattr(line, column)
            setattr(line, column, f"{kept} {text}".strip())

    def _put_times(self, line: Line, column: str, text: str) -> None:
        found = times(text)
        if found is None:
            line.errors["to" if column == "to" else "from"] = text
        elif column == "to":
            line.end = found[0]
        else:
            line.start, line.end = found[0], found[1] or line.end


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each line, with its number."""
    plain = text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\0", "").lstrip("\ufeff")
    sign = next((each for each in ("\t", ";", "|") if _divides(plain, each)), "")
    if not sign and _divides(plain, ",") and _is_csv(plain):
        sign = ","
    if sign:
        return [*_separated(plain, sign)]
    return [(at, _split(line)) for at, line in enumerate(plain.split("\n"), start=1)]


def _divides(text: str, sign: str) -> bool:
    """Whether a sign stands in most lines that say something."""
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and sum(sign in line for line in lines) * 2 > len(lines)


def _is_csv(text: str) -> bool:
    """Whether commas set cells apart: the first cell of most lines is a header, a time or a day."""
    first = [row[1][0] for row in _separated(text, ",") if row[1]]
    known = [cell for cell in first if times(cell) or names.search_key(cell) in HEADERS]
    return len(known) * 2 > len(first)


def _separated(text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    quote = None if text.count('"') % 2 else '"'  # a quote that never ends is none
    rows = csv.reader(io.StringIO(text), delimiter=sign, quotechar=quote)
    for row in rows:
        yield rows.line_num, [" ".join(cell.split()) for cell in row[:MAX_CELLS]]


def _split(line: str) -> list[str]:
    """The cells of a line of a text: times first, then the title, then room and speakers."""
    plain = line.strip()
    match = LEADING.fullmatch(plain.translate(HALF_WIDTH)) or LEADING.fullmatch(plain)
    if match is None:
        return [BULLET.sub("", plain)]
    rest = plain[len(plain) - len(match["rest"]) :].strip(" -–—:：·")  # noqa: RUF001
    cells = re.split(r"\s{2,}|\s+[|·]\s+|\s+[–—]\s+", rest)
    return [match["times"], *cells]


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns of a line that names them; nothing if it does not."""
    known = [HEADERS.get(_plain(cell), "") for cell in cells]
    has = set(known) - {""}
    return tuple(known) if "title" in has or len(has) > 1 else ()


def _plain(cell: str) -> str:
    return names.search_key(cell.strip(" *:").split("(")[0])


def _is_time(match: re.Match[str], plain: str) -> bool:
    """Whether a match is more than a bare number."""
    says = any(match[name] for name in ("b1", "a1", "m1", "h2", "b2", "a2"))
    return says or bool(re.search(r"[時时点點h]", plain))


def _carried(match: re.Match[str], half: str) -> str:
    """The half of the day of a start that names none: that of the end, if it lies before it."""
    if not half or not match["h2"] or int(match["h1"]) % 12 > int(match["h2"]) % 12:
        return ""
    return half


def _clock(hour: str, minute: str | None, half: str) -> time | None:
    number = int(hour)
    word = half.lower().replace(".", "")
    if word in ("pm", "下午", "晚上", "傍晚", "中午") and number < 12:
        number += 12 if not (word == "中午" and number in (10, 11)) else 0
    if word in ("am", "上午", "早上", "凌晨") and number == 12:
        number = 0
    if number == 24 and not int(minute or 0):
        number = 0
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None


def _day_parts(plain: str, first: date | None) -> tuple[int, int, int] | None:
    year = first.year if first else date.min.year
    if match := ISO.fullmatch(plain):
        return int(match[1]), int(match[2]), int(match[3])
    if (match := DAY_NUMBER.fullmatch(plain)) and first:
        at = int(match[1]) if match[1] else "一二三四五六七八九".index(match[2]) + 1
        on = date.fromordinal(first.toordinal() + at - 1)
        return on.year, on.month, on.day
    if match := MONTH_DAY.fullmatch(plain):
        return year, int(match[1]), int(match[2])
    if (match := BRITISH.fullmatch(plain)) and "/" in plain:
        return int(match[3] or year), int(match[2]), int(match[1])
    if match := WORDED.fullmatch(plain):
        month = (match[2] or match[3]).lower()[:3]
        if month in MONTHS:
            return int(match[5] or year), MONTHS.index(month) + 1, int(match[1] or match[4])
    return None
