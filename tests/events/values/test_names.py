"""Names of people in Shanghai, Hong Kong and elsewhere."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.values import names
from events.values.names import Name

JOHN = Name(family="Lee", given="Ka-chiu", western="John", honorific="Mr")
XU = Name(family="Xu", given="Qifang")
LORETTA = Name(family="Lee", western="Loretta", order="western_first")
ANGELA = Name(family="Merkel", given="Angela", order="western_first")
HAN = Name(family="李", given="家超")


@pytest.mark.parametrize(
    ("name", "formal"),
    [
        (JOHN, "John LEE Ka-chiu"),
        (replace(JOHN, order="western_first"), "John LEE Ka-chiu"),
        (XU, "XU Qifang"),
        (Name(family="Gong", given="Zheng"), "GONG Zheng"),
        (Name(family="Yangshu", given="Hongji"), "YANGSHU Hongji"),
        (Name(family="Lü", given="Xiaoyan"), "LÜ Xiaoyan"),
        (LORETTA, "Loretta LEE"),
        (ANGELA, "Angela MERKEL"),
        (HAN, "李家超"),
        (Name(family="欧阳", given="修"), "欧阳修"),
        (Name(family="李", given="家超", western="John"), "John 李 家超"),
        (Name(family=" Xu ", given=" "), "XU"),
        (Name(family="", given="Madonna"), "Madonna"),
    ],
)
def test_a_formal_name_has_its_family_name_in_capitals(name: Name, formal: str) -> None:
    assert names.formal(name) == formal


@pytest.mark.parametrize(
    ("name", "display"),
    [
        (JOHN, "John Lee Ka-chiu"),
        (XU, "Xu Qifang"),
        (LORETTA, "Loretta Lee"),
        (ANGELA, "Angela Merkel"),
        (HAN, "李家超"),
    ],
)
def test_an_ordinary_name_has_no_capitals(name: Name, display: str) -> None:
    assert names.display(name) == display


def test_words_that_are_looked_for_may_stand_in_any_order() -> None:
    assert names.wanted(" Ka-chiu  LYU 呂 – ") == ["kachiu", "lu", "吕"]
    assert names.wanted(" - ") == []


def test_people_sort_by_family_then_given_then_western_name() -> None:
    people = [
        Name(family="Li", given="Ming"),
        Name(family="Li", given="Ming", western="Amy"),
        Name(family="Li", given="Ya"),
        Name(family="Lian", given="Bo"),
        Name(family="Lü", given="An"),
        Name(family="Ma", given="Ka-chiu"),
        Name(family="MA", given="Kaci"),
    ]
    shuffled = people[3:] + people[:3]
    assert sorted(shuffled, key=names.sort_key) == people


def test_the_order_of_writing_does_not_matter_for_sorting() -> None:
    assert names.sort_key(LORETTA) == names.sort_key(Name(family="LEE", western="Loretta"))


@pytest.mark.parametrize(
    "same",
    [
        ["Lü", "Lu", "Lyu", "LYU", "lv", "Lu\u0308", "\uff4c\uff55"],
        ["Nü", "Nyu", "nv", "nu"],
        ["Lüe", "Lyue", "lve", "LUE"],
        ["Xiaolyu", "Xiaolü", "xiaolu"],
        ["Ka-chiu", "Ka chiu", "Kachiu", "KA\u2010CHIU", "Ka–chiu"],
        ["Xi'an", "Xi’an", "Xian", "Xi \u02bcan"],
        ["Łódź", "Lodz"],
        ["Straße", "STRASSE"],
        ["José María", "JOSE MARIA"],
        ["\uff21nn\uff41", "Anna"],
        ["O'Brien", "OBrien", "o’brien"],
    ],
)
def test_spellings_of_one_name_are_found_together(same: list[str]) -> None:
    assert len({names.search_key(text) for text in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Chen Yu", "Chen U"), ("Lin Yun", "Linun"), ("Li", "Lü"), ("李", "里")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert names.search_key(one) != names.search_key(other)


def test_a_family_name_typed_with_half_a_given_name_is_found() -> None:
    assert names.search_key("chen y") in names.search_key("Chen Yu")
    assert names.search_key("john lee") in names.search_key("John LEE Ka-chiu")


@pytest.mark.parametrize("text", ["李家超", "がく", "김철수", "𠮷野"])
def test_other_scripts_keep_their_characters(text: str) -> None:
    assert names.search_key(text) == text


def test_both_scripts_find_each_other_by_any_part() -> None:
    assert names.search_key("呂") in names.search_key("吕伟")
    assert names.search_key("龔正") == names.search_key("龚正")
    assert names.search_key("乾") in names.search_key("趙乾坤")


def test_a_compatibility_ideograph_becomes_the_ordinary_one() -> None:
    assert names.search_key("\uf9e1") == "李"


def test_several_texts_stand_apart_and_empty_ones_nowhere() -> None:
    assert names.search_key("John LEE", "", " - ", "李家超") == "johnlee 李家超"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = names.fold(text)
    assert names.fold(once) == once


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("陳大文", "chen dawen|dawen chen|chendawen|chen da wen|chen daw|DaWen Chen|dawenchen"),
        ("王小明", "wang xiaoming|xiaoming"),
        ("單田芳", "shan tianfang"),
        ("曾志偉", "zeng zhiwei"),
        ("解曉東", "xie xiaodong"),
        ("區家麟", "ou jialin"),
        ("仇英", "qiu ying"),
        ("查良鏞", "zha liangyong"),
        ("樂嘉", "yue jia"),
        ("吕伟", "lü wei|lyu wei|lv wei|lu wei"),
        ("王乾", "wang qian"),
        ("欧阳修", "ouyang xiu|xiu ouyang"),
        ("尉迟恭", "yuchi gong"),
        ("李行", "li xing|li hang"),
    ],
)
def test_a_name_in_characters_is_found_by_its_pinyin(name: str, typed: str) -> None:
    key = names.name_key("CHAN Tai-man", name)
    for text in typed.split("|"):
        assert all(word in key for word in names.wanted(text)), text


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("第五屆重慶國際博覽會", "chongqing bolanhui"),
        ("长沙银行音乐会", "changsha yinhang yinyuehui"),
        ("香港會議展覽中心", "xianggang huiyi"),
        ("2027上海 Expo", "shanghai expo"),
    ],
)
def test_a_title_in_characters_is_read_in_context(title: str, typed: str) -> None:
    assert all(word in names.text_key(title) for word in names.wanted(typed))


def test_a_key_holds_each_word_once_and_fits_its_column() -> None:
    assert names.name_key("LI Ming", "李明", "李明") == "liming 李明 mingli limeng"
    assert names.text_key("", "Expo", "expo") == "expo"
    assert len(names.text_key("長" * 3000)) == names.MAX_KEY


def test_of_a_long_query_only_the_beginning_is_looked_for() -> None:
    assert len(names.wanted(" ".join(map(str, range(10_000))))) == names.MAX_WORDS
    assert names.wanted("a" * 10_000) == ["a" * names.MAX_QUERY]
    assert names.wanted("expo Expo") == ["expo"]


@pytest.mark.parametrize(
    ("family", "given", "western", "formal"),
    [
        ("Smith", "Jane", "", "Jane SMITH"),
        ("Merkel", "Angela", "", "Angela MERKEL"),
        ("Sartre", "Jean-Paul", "", "Jean-Paul SARTRE"),
        ("Lee", "Mary Ann", "", "Mary Ann LEE"),
        ("Lam", "Carrie", "", "Carrie LAM"),
        ("Wang", "Susan", "", "Susan WANG"),
        ("García", "Ana", "", "Ana GARCÍA"),
        ("Al Thani", "Tamim", "", "Tamim AL THANI"),
        ("Chan", "Tai-man", "", "CHAN Tai-man"),
        ("Chan", "Tai Man", "", "CHAN Tai Man"),
        ("Lee", "Ka-chiu", "John", "John LEE Ka-chiu"),
        ("Wong", "", "Mary", "Mary WONG"),
        ("Wang", "Xiaoming", "", "WANG Xiaoming"),
        ("Xu", "Qifang", "", "XU Qifang"),
        ("Lü", "Wei", "", "LÜ Wei"),
        ("Ouyang", "Na", "", "OUYANG Na"),
        ("Kim", "Jong-un", "", "KIM Jong-un"),
        ("王", "伟", "", "王伟"),
        ("김", "민준", "", "김 민준"),
        ("Sukarno", "", "", "SUKARNO"),
    ],
)
def test_the_order_follows_from_script_and_spelling(
    family: str, given: str, western: str, formal: str
) -> None:
    order = names.likely_order(family=family, given=given, western=western)
    name = names.Name(family=family, given=given, western=western, order=order)
    assert names.formal(name) == formal
