"""Lines in which people keep lists of guests, read into cells: from Excel, mails and notes."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from events.values import names, pinyin, romanisation, writtennames

MAX_LINES: Final = 300  # guests that are read at a time
MAX_TEXT: Final = 400_000  # characters
MAX_CELL: Final = 250  # characters
MAX_CELLS: Final = 30  # of a line
MAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
IN_ANGLES: Final = re.compile(r"<[^<>]*@[^<>]*>")
PHONE: Final = re.compile(r"\+?[\d\s()./-]{6,}")
NUMBER: Final = re.compile(r"\d{1,4}[.)]?")
BULLET: Final = re.compile(r"^\s*(?:[-*•–]|\d{1,4}[.)、])\s+")
FORMULA: Final = ("=", "@", "+", "-")  # with which a cell begins that a spreadsheet would work out
# Punctuation of Chinese texts and its equivalents.
HALF_WIDTH: Final = str.maketrans("；，＜＞＠｜＂", ';,<>@|"')  # noqa: RUF001 -- as it is typed
COLUMNS: Final = {
    "name": "name; full name; guest; person; participant; attendee; 姓名; 名字; 全名; 嘉宾; 来宾",
    "family": "family name; surname; last name; 姓; 姓氏",
    "given": "given name; first name; forename; 名",
    "western": "additional english name; western name; 英文名",
    "characters": "chinese name; name in chinese; 中文名; 中文姓名",
    "honorific": "honorific; salutation; 称谓; 称呼",
    "organisation": (
        "organisation; organization; company; employer; institution; body; affiliation;"
        " 单位; 机构; 公司; 组织; 工作单位"
    ),
    "office": "title; job title; position; office; function; 职务; 职位; 职衔; 头衔",
    "email": (
        "e-mail; email; mail; e-mail address; email address; 邮箱; 电邮; 电子邮件; 电子邮箱;"
        " 电邮地址"
    ),
    "role": "role; capacity; as; 角色; 身份; 身分",
    "language": "language; 语言; 语文",
    "tags": "tags; tag; group; 标签; 分组",
    "": "no; no.; number; phone; telephone; mobile; 序号; 编号; 电话; 手机; #",
}
HEADERS: Final = {
    names.search_key(word): column for column, words in COLUMNS.items() for word in words.split(";")
}
LANGUAGES: Final = {
    names.search_key(word): code
    for code, words in {
        "en": "en; english; 英语; 英文",
        "zh-hans": "zh-hans; zh-cn; simplified chinese; chinese (simplified); 简体; 简体中文",
        "zh-hant": "zh-hant; zh-hk; zh-tw; traditional chinese; 繁体; 繁体中文",
    }.items()
    for word in words.split(";")
}
# Simplified and traditional Chinese have the same key, but for their names.
LANGUAGES_AS_WRITTEN: Final = {"繁體中文": "zh-hant", "繁體": "zh-hant"}
UNKNOWN_ORDER: Final = ("name", "organisation", "office")  # of cells without a header


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The cells of a line; `rest` are those that nobody knows where to put."""

    number: int
    name: str = ""
    family: str = ""
    given: str = ""
    western: str = ""
    characters: str = ""
    honorific: str = ""
    organisation: str = ""
    office: str = ""
    email: str = ""
    role: str = ""
    language: str = ""
    tags: str = ""
    rest: tuple[str, ...] = ()
    same_as: int = 0  # the number of the line that says the same


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a text says: its guests, and how many lines were left out because it is too long."""

    lines: Sequence[Line]
    left_out: int = 0


@dataclass(slots=True)
class _Cells:
    """The cells of a line, as far as they are recognised."""

    found: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def put(self, column: str, text: str) -> None:
        if column in self.found and self.found[column] != text:
            self.rest.append(text)
        else:
            self.found[column] = text


def parse(*, text: str, roles: Mapping[str, str]) -> Sheet:
    """Return the guests in a text, one a line; `roles` are role by search key of their names.

    Cells are set apart by tabs, semicolons, bars, commas, or by nothing but a mail address.
    """
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row[1])]
    header = _header(rows[0][1]) if rows else ()
    rows = rows[1:] if header else rows
    lines = [_line(number, cells, header, roles) for number, cells in rows[:MAX_LINES]]
    known = [line for line in lines if _says_something(line)]
    return Sheet(list(_with_doubles(known)), max(len(rows) - MAX_LINES, 0))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each line, with its number."""
    plain = text[:MAX_TEXT].translate(HALF_WIDTH).replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\0", "").lstrip("\ufeff")
    tabbed = _separated(plain, "\t") if "\t" in plain else [[line] for line in plain.split("\n")]
    is_table = bool(tabbed) and bool(_header(tabbed[0]))
    found: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(tabbed, start=1):
        said = [cell for cell in cells if cell.strip()]
        whole = is_table or len(said) > 1 or not said
        rows = [cells] if whole else _cells(BULLET.sub("", said[0].replace("\n", " ")))
        found += ((number, row) for row in rows)
    return found


def _separated(text: str, sign: str) -> list[list[str]]:
    """Read a table in which cells with quotes may contain line breaks."""
    lines, is_quoted = io.StringIO(text), text.count('"') % 2 == 0
    try:
        if is_quoted:
            return list(csv.reader(lines, delimiter=sign))
        return list(csv.reader(lines, delimiter=sign, quoting=csv.QUOTE_NONE))
    except csv.Error:
        return [line.split(sign) for line in text.split("\n")]


def _cells(line: str) -> Iterator[list[str]]:
    """The cells of a line without tabs; several guests if it is the “To” of a mail."""
    if len(IN_ANGLES.findall(line)) > 1:
        yield from ([part] for part in re.split(r"(?<=>)\s*[;,]?\s*", line) if part.strip(" ;,"))
        return
    for sign in (";", "|"):
        if sign in line:
            yield from _separated(line, sign)
            return
    yield _by_commas(line) if "," in line else [line]


def _by_commas(line: str) -> list[str]:
    """Split at commas, but not between family and given name: Smith, Jane, Example Port."""
    cells = [cell.strip() for cell in next(iter(_separated(line, ",")), [])]
    first, *others = cells
    is_family = len(first.split()) == 1 and not pinyin.HAN.search(first) and "," not in first
    if not is_family or not others or MAIL.search(first) or MAIL.fullmatch(others[0]):
        return cells
    return cells if _header(cells) else [f"{first}, {others[0]}", *others[1:]]


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column of each cell if the line is a header, else nothing."""
    found = [HEADERS.get(names.search_key(cell)) for cell in cells]
    known = [column for column in found if column is not None]
    is_one_column = known in (["name"], ["email"]) and len(found) == 1
    if any("@" in cell for cell in cells) or not (is_one_column or len(known) > 1):
        return ()
    return tuple("rest" if column is None else column for column in found)


def _line(
    number: int, cells: Sequence[str], header: Sequence[str], roles: Mapping[str, str]
) -> Line:
    tidied = [writtennames.tidy(cell)[:MAX_CELL].strip() for cell in cells[:MAX_CELLS]]
    read = _by_header(tidied, header) if header else _by_content(tidied, roles)
    values: dict[str, Any] = read.found
    if mail := MAIL.search(values.get("name", "")):
        values.setdefault("email", mail[0])
        values["name"] = _without_mail(values["name"])
    if "email" in values:
        found = MAIL.search(values["email"])
        values["email"] = found[0] if found else values["email"]
    if "role" in values:
        values["role"] = roles.get(names.search_key(values["role"]), values["role"])
    if "language" in values:
        values["language"] = _language(values["language"]) or values["language"]
    return Line(number=number, rest=tuple(read.rest), **values)


def _by_header(cells: Sequence[str], header: Sequence[str]) -> _Cells:
    read = _Cells()
    columns = [*header, *["rest"] * len(cells)]
    for cell, column in zip(cells, columns, strict=False):
        if cell and (column == "rest" or (column and _is_formula(cell))):
            read.rest.append(cell)
        elif cell and column:
            read.put(column, cell)
    return read


def _by_content(cells: Sequence[str], roles: Mapping[str, str]) -> _Cells:
    """Recognise mail address, role and language wherever they stand; the others by their order."""
    read = _Cells()
    unknown: list[str] = []
    for cell in cells:
        if column := _column(cell, roles):
            read.put(column, cell)
        elif mail := MAIL.search(cell):
            read.put("email", mail[0])
            unknown += filter(None, [_without_mail(cell)])
        elif _is_formula(cell) or PHONE.fullmatch(cell):
            read.rest.append(cell)
        elif cell and not NUMBER.fullmatch(cell):
            unknown.append(cell)
    if len(unknown) == 1:
        unknown = _name_and_body(unknown[0])
    for column, cell in zip(UNKNOWN_ORDER, unknown, strict=False):
        read.put(column, cell)
    read.rest += unknown[len(UNKNOWN_ORDER) :]
    return read


def _column(cell: str, roles: Mapping[str, str]) -> str:
    """The column of a cell that says by itself what it is; '' of any other."""
    if names.search_key(cell) in roles:
        return "role"
    return "language" if _language(cell) else ""


def _language(cell: str) -> str:
    return LANGUAGES_AS_WRITTEN.get(cell) or LANGUAGES.get(names.search_key(cell), "")


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA)


def _without_mail(cell: str) -> str:
    """Return a cell without its mail address and what sets that off."""
    bare = MAIL.sub(" ", cell.replace("mailto:", " "))
    bare = re.sub(r"<[\s<>]*>|\(\s*\)|\[\s*\]", " ", bare)
    return " ".join(bare.split()).strip(" \"'<>,;:|-")


def _name_and_body(cell: str) -> list[str]:
    """Split 王小明 示例港务; a name in two scripts stays whole."""
    first, _space, rest = cell.partition(" ")
    if not pinyin.HAN.fullmatch(first) or not rest:
        return [cell]
    if len(first) == 1 or len(first) > writtennames.LONGEST_IN_CHARACTERS:
        return [cell]
    return [cell] if _is_name(rest) else [first, rest]


def _is_name(text: str) -> bool:
    """Whether it may be the same name in Latin letters."""
    words = text.strip("()").split()
    if pinyin.HAN.search(text):
        return False
    ends = (names.fold(words[0]).strip(","), names.fold(words[-1]))
    return len(words) < 5 and any(map(romanisation.is_surname, ends))


def _says_something(line: Line) -> bool:
    return any((line.name, line.family, line.given, line.characters, line.email, line.rest))


def _with_doubles(lines: Iterable[Line]) -> Iterator[Line]:
    """Mark each line that says the same as one above it."""
    by_name: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        key = _name_key(line)
        same = [other for other in by_name.get(key, ()) if _may_be_same(line, other)]
        if key and same:
            yield replace(line, same_as=same[0].number)
            continue
        by_name.setdefault(key, []).append(line)
        yield line


def _name_key(line: Line) -> tuple[str, ...]:
    """The words of a name, in whatever order; of one without a name its mail address."""
    whole = line.name or f"{line.family} {line.given} {line.western}"
    read = writtennames.read(whole)
    words = sorted(filter(None, map(names.search_key, (read.family, read.given, read.western))))
    return tuple(words) or tuple(filter(None, [line.email.casefold()]))


def _may_be_same(line: Line, other: Line) -> bool:
    """Whether neither mail address nor organisation of two lines differ."""
    pairs = ((line.email, other.email), (line.organisation, other.organisation))
    return all(names.search_key(a) == names.search_key(b) for a, b in pairs if a and b)
