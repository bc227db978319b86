"""Names as they are typed or pasted, and the parts that they are read into."""

import pytest

from events.values import writtennames
from events.values.writtennames import Written


@pytest.mark.parametrize(
    ("text", "family", "given", "western"),
    [
        ("Jane Smith", "Smith", "Jane", ""),
        ("Smith, Jane", "Smith", "Jane", ""),
        ("SMITH Jane", "Smith", "Jane", ""),
        ("Jane SMITH", "Smith", "Jane", ""),
        ("JANE SMITH", "Smith", "Jane", ""),
        ("Jane Mary Smith", "Smith", "Jane Mary", ""),
        ("John LEE Ka-chiu", "Lee", "Ka-chiu", "John"),
        ("John Lee Ka-chiu", "Lee", "Ka-chiu", "John"),
        ("LEE Ka-chiu, John", "Lee Ka-chiu", "John", ""),
        ("Lee, Ka-chiu, John", "Lee", "Ka-chiu", "John"),
        ("Lee, Ka-chiu John", "Lee", "Ka-chiu", "John"),
        ("LEE Ka-chiu John", "Lee", "Ka-chiu", "John"),
        ("Chan Tai Man Peter", "Chan", "Tai Man", "Peter"),
        ("Chan Tai-man", "Chan", "Tai-man", ""),
        ("CHAN TAI-MAN", "Chan", "Tai-man", ""),
        ("Wang Xiaoming", "Wang", "Xiaoming", ""),
        ("Xiaoming Wang", "Wang", "Xiaoming", ""),
        ("Ben Li", "Li", "Ben", ""),
        ("Vincent van den Berg", "van den Berg", "Vincent", ""),
        ("Maria DE LA CRUZ", "De La Cruz", "Maria", ""),
        ("Siobhán O'NEILL", "O'Neill", "Siobhán", ""),
        ("Jean-Paul Dupont", "Dupont", "Jean-Paul", ""),
        ("Madonna", "Madonna", "", ""),
        ("王小明", "王", "小明", ""),
        ("王 小明", "王", "小明", ""),
        ("歐陽大文", "歐陽", "大文", ""),
        ("李", "李", "", ""),
        ("约翰·史密斯", "约翰·史密斯", "", ""),
        ("김철수", "김", "철수", ""),
        ("田中 さくら", "田中", "さくら", ""),
        ("\ufeff🎉 Jane\u00a0\u200bSmith 🎉", "Smith", "Jane", ""),
        ("", "", "", ""),
        (" ,; ", "", "", ""),
    ],
)
def test_a_name_is_read_into_its_parts(text: str, family: str, given: str, western: str) -> None:
    read = writtennames.read(text)
    assert (read.family, read.given, read.western) == (family, given, western)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dr Jane Smith", Written(family="Smith", given="Jane", honorific="Dr")),
        ("H.E. Prof. Jane Smith", Written(family="Smith", given="Jane", honorific="H.E. Prof.")),
        ("HE Xiaoming", Written(family="He", given="Xiaoming")),
        ("王小明先生", Written(family="王", given="小明", honorific="先生")),
        ("Ms Smith", Written(family="Smith", honorific="Ms")),
        ("Dr", Written(family="Dr")),
    ],
)
def test_titles_are_no_part_of_the_name(text: str, found: Written) -> None:
    assert writtennames.read(text) == found


@pytest.mark.parametrize(
    "text",
    ["CHAN Tai-man 陳大文", "陳大文 CHAN Tai-man", "Chan Tai-man (陳大文)", "陳大文/Chan Tai-man"],
)
def test_a_name_in_both_scripts_keeps_both(text: str) -> None:
    found = writtennames.read(text)
    assert found == Written(family="Chan", given="Tai-man", characters="陳大文")


def test_the_order_follows_from_script_and_spelling() -> None:
    assert writtennames.read("Jane Smith").order == "western_first"
    assert writtennames.read("Chan Tai-man").order == "family_first"
    assert writtennames.read("王小明").order == "family_first"


def test_parts_fit_into_their_columns() -> None:
    found = writtennames.read("a" * 500 + " " + "b" * 500)
    assert len(found.family) == len(found.given) == writtennames.MAX_CHARS
