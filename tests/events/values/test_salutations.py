"""How letters address people: by title, name and order of names, in each language."""

import pytest

from events.values import salutations
from events.values.names import Name

CHAN = Name(family="Chan", given="Tai-man")
JOHN = Name(family="Lee", given="Ka-chiu", western="John")
JANE = Name(family="Smith", given="Jane", order="western_first")
WANG = Name(family="王", given="小明")


def titled(name: Name, honorific: str) -> Name:
    parts = {"family": name.family, "given": name.given, "western": name.western}
    return Name(**parts, order=name.order, honorific=honorific)


@pytest.mark.parametrize(
    ("name", "honorific", "said"),
    [
        (CHAN, "Prof.", "Prof. Chan Tai-man"),
        (JANE, "Dr", "Dr Jane Smith"),
        (JOHN, "Mr", "Mr John Lee Ka-chiu"),
        (JOHN, "Sir", "Sir John"),
        (CHAN, "The Hon. Dame", "The Hon. Dame Tai-man"),
        (CHAN, "Baroness", "Baroness Chan Tai-man"),
        (CHAN, "教授", "Prof. Chan Tai-man"),
        (CHAN, "部長", "Minister Chan Tai-man"),
        (CHAN, "主席", "Chan Tai-man"),
        (CHAN, "", "Chan Tai-man"),
        (JANE, "", "Jane Smith"),
        (WANG, "", "王小明"),
        (Name(family="Madonna", honorific="Sir"), "Sir", "Sir Madonna"),
    ],
)
def test_in_english(name: Name, honorific: str, said: str) -> None:
    assert salutations.english(titled(name, honorific)) == said


@pytest.mark.parametrize(
    ("honorific", "simplified", "traditional"),
    [
        ("Prof.", "陈大文教授", "陳大文教授"),
        ("Prof. Dr", "陈大文教授", "陳大文教授"),
        ("H.E.", "陈大文阁下", "陳大文閣下"),
        ("H.E. Ambassador", "陈大文大使阁下", "陳大文大使閣下"),
        ("Ir", "陈大文工程师", "陳大文工程師"),
        ("Mrs", "陈大文女士", "陳大文女士"),
        ("部長", "陈大文部长", "陳大文部長"),
        ("总领事", "陈大文总领事", "陳大文總領事"),
        ("Baroness", "陈大文", "陳大文"),
        ("", "陈大文", "陳大文"),
    ],
)
def test_in_chinese(honorific: str, simplified: str, traditional: str) -> None:
    name = titled(CHAN, honorific)
    has_title = honorific not in ("Baroness", "")
    found = salutations.chinese(name, known="陈大文", code="zh-hans")
    assert found == (simplified, has_title)
    found = salutations.chinese(name, known="陳大文", code="zh-hant")
    assert found == (traditional, has_title)


def test_a_name_that_is_known_in_latin_letters_only_is_set_apart_and_not_in_capitals() -> None:
    name = titled(JANE, "Dr")
    assert salutations.chinese(name, known="Jane SMITH", code="zh-hant") == (
        "Jane Smith 博士",
        True,
    )


def test_a_name_stays_in_the_script_that_is_on_record() -> None:
    assert salutations.chinese(CHAN, known="陳大文", code="zh-hans") == ("陳大文", False)
