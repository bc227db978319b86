"""Lists of guests as people have them: from Excel, mail programs and notes."""
# ruff: noqa: RUF001 -- full-width punctuation, as it is typed in Chinese

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.values import guestlines
from events.values.guestlines import Line

ROLES = {"speaker": "speaker", "演讲嘉宾": "speaker", "media": "media"}
JANE = {
    "name": "Smith, Jane",
    "organisation": "Example Port",
    "email": "jane@example.org",
    "role": "speaker",
}


def read(text: str) -> list[Line]:
    return list(guestlines.parse(text=text, roles=ROLES).lines)


def one(text: str) -> dict[str, Any]:
    """Return what the only line of a text says, without blank cells."""
    (line,) = read(text)
    cells = ((name, getattr(line, name)) for name in Line.__slots__ if name != "number")
    return {name: value for name, value in cells if value}


@pytest.mark.parametrize(
    "text",
    [
        "Smith, Jane; Example Port; jane@example.org; speaker",
        "Smith, Jane；Example Port；jane＠example.org；Speaker",
        "Smith, Jane\tExample Port\tjane@example.org\tspeaker\r\n",
        "\ufeffSmith, Jane | Example Port | jane@example.org | speaker",
        "Smith, Jane, Example Port, jane@example.org, speaker",
        "Smith, Jane <jane@example.org>; Example Port; 演讲嘉宾",
        '"Smith, Jane","Example Port","jane@example.org","speaker"',
        "Smith,\u00a0Jane;\u00a0Example Port ;\u00a0mailto:jane@example.org; speaker\u00a0",
        "1. Smith, Jane; Example Port; jane@example.org; speaker",
        "1\tSmith, Jane\tExample Port\tjane@example.org\tspeaker",
        "🎉 Smith, Jane; Example Port; jane@example.org; speaker",
        "speaker; jane@example.org; Smith, Jane; Example Port",
    ],
)
def test_a_line_is_read_however_its_cells_are_set_apart(text: str) -> None:
    assert one(text) == JANE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jane Smith <jane@example.org>", {"name": "Jane Smith", "email": "jane@example.org"}),
        ("Jane Smith＜jane@example.org＞", {"name": "Jane Smith", "email": "jane@example.org"}),
        ("Jane Smith (jane@example.org)", {"name": "Jane Smith", "email": "jane@example.org"}),
        ("Jane Smith jane@example.org", {"name": "Jane Smith", "email": "jane@example.org"}),
        ('"Smith, Jane" <jane@example.org>', {"name": "Smith, Jane", "email": "jane@example.org"}),
        ("jane@example.org", {"email": "jane@example.org"}),
        ("Jane Smith", {"name": "Jane Smith"}),
        ("Smith, Jane", {"name": "Smith, Jane"}),
        ("Jane Smith, Example Port", {"name": "Jane Smith", "organisation": "Example Port"}),
        ("王小明 示例港务", {"name": "王小明", "organisation": "示例港务"}),
        ("王小明，示例港务", {"name": "王小明", "organisation": "示例港务"}),
        (
            "王小明 示例港务 wang@example.com",
            {"name": "王小明", "organisation": "示例港务", "email": "wang@example.com"},
        ),
        ("王小明 Example Port", {"name": "王小明", "organisation": "Example Port"}),
        ("王小明 WANG Xiaoming", {"name": "王小明 WANG Xiaoming"}),
        ("Jane Smith; 简体中文", {"name": "Jane Smith", "language": "zh-hans"}),
        ("Jane Smith; 繁體中文", {"name": "Jane Smith", "language": "zh-hant"}),
        ("Jane Smith; Traditional Chinese", {"name": "Jane Smith", "language": "zh-hant"}),
        ("Jane Smith; +852 2123 4567", {"name": "Jane Smith", "rest": ("+852 2123 4567",)}),
        (
            "Jane Smith; =cmd|' /C calc'!A1",
            {"name": "Jane Smith", "rest": ("=cmd|' /C calc'!A1",)},
        ),
        (
            "Jane Smith\tExample Port\tChair\tsomething\telse",
            {
                "name": "Jane Smith",
                "organisation": "Example Port",
                "office": "Chair",
                "rest": ("something", "else"),
            },
        ),
    ],
)
def test_what_a_cell_is_follows_from_its_content_and_place(
    text: str, found: dict[str, Any]
) -> None:
    assert one(text) == found


@pytest.mark.parametrize(
    "header",
    [
        "No.\tE-mail\tSurname\tFirst name\tOrganization\tJob title\tRole\tRoom",
        "序号\t电子邮箱\t姓\t名\t单位\t职务\t角色\t房间",
        "編號\t電郵\t姓氏\t名\t機構\t職銜\t身份\t房間",
    ],
)
def test_a_header_says_which_column_is_which(header: str) -> None:
    assert one(f"{header}\n7\tjane@example.org\tSmith\tJane\tExample Port\tChair\tMedia\t12") == {
        "email": "jane@example.org",
        "family": "Smith",
        "given": "Jane",
        "organisation": "Example Port",
        "office": "Chair",
        "role": "media",
        "rest": ("12",),
    }


def test_a_header_may_have_commas() -> None:
    found = one("Name,Company,Email\nJane Smith,Example Port,jane@example.org")
    assert found == {
        "name": "Jane Smith",
        "organisation": "Example Port",
        "email": "jane@example.org",
    }


def test_a_cell_of_excel_may_contain_line_breaks_and_quotes() -> None:
    text = '"Jane ""JJ""\nSmith"\tExample Port\r\nTai-man Chan\tOther'
    assert [(line.name, line.organisation) for line in read(text)] == [
        ('Jane "JJ" Smith', "Example Port"),
        ("Tai-man Chan", "Other"),
    ]
    assert [line.name for line in read('Jane "JJ Smith\tPort\nTai-man Chan\tOther')] == [
        'Jane "JJ Smith',
        "Tai-man Chan",
    ]


def test_each_line_is_set_apart_in_its_own_way() -> None:
    text = "Tai-man Chan; Example Port\n陳小文，示例港務\nXiaoming Wang\t\nJane\tOther\n"
    assert [(line.name, line.organisation) for line in read(text)] == [
        ("Tai-man Chan", "Example Port"),
        ("陳小文", "示例港務"),
        ("Xiaoming Wang", ""),
        ("Jane", "Other"),
    ]


def test_recipients_of_a_mail_are_several_guests() -> None:
    text = 'Jane Smith <jane@example.org>; "Chan, Tai-man" <chan@example.org>, <x@example.org>'
    assert [(line.name, line.email) for line in read(text)] == [
        ("Jane Smith", "jane@example.org"),
        ("Chan, Tai-man", "chan@example.org"),
        ("", "x@example.org"),
    ]


def test_a_line_that_says_the_same_as_another_is_marked() -> None:
    text = """Jane Smith; Example Port; jane@example.org
Smith, Jane <JANE@example.org>
SMITH Jane
Jane Smith; Another Port
Jane Smith; Example Port; other@example.org
John Smith; Example Port; jane@example.org
x@example.org
X@example.org"""
    assert [line.same_as for line in read(text)] == [0, 1, 1, 0, 0, 0, 0, 7]


def test_a_long_list_is_cut_and_says_so_without_delay() -> None:
    begun = time.process_time()
    text = "".join(f"Guest{n} Smith; Port {n}; g{n}@example.org\n" for n in range(5000))
    sheet = guestlines.parse(text=text, roles=ROLES)
    assert (len(sheet.lines), sheet.left_out) == (300, 4700)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("text", ["", " \n\t\n", ";;;\n,,,", "\0", "Name\tE-mail"])
def test_nothing_is_nobody(text: str) -> None:
    assert read(text) == []


PIECES = st.sampled_from(
    ["Jane", "王小明", ",", ";", "；", "\t", "\n", '"', "<", ">", "@", "a@b.cc", "=", " ", "\ufeff"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_no_text_breaks_it(text: str) -> None:
    for line in read(text):
        assert line.number >= 1
        assert "\n" not in line.name
