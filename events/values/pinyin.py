"""Pinyin of Chinese characters, without tones, in the spelling that names.search_key gives.

The tables of pypinyin take 58 MB and a quarter of a second. They are loaded with the first text in
characters that is stored, so a process that only reads, sends mails or answers polls has none.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Final

from opencc import OpenCC

HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
TO_SIMPLIFIED: Final = OpenCC("t2s")
MAX_NAME: Final = 8  # characters; a longer text is not a name
MAX_READINGS: Final = 12  # of one name
# Surnames of one character that are read in another way than the character elsewhere.
SURNAMES: Final = {
    "单": "shan", "曾": "zeng", "解": "xie", "区": "ou", "仇": "qiu", "查": "zha", "朴": "piao",
    "盖": "ge", "翟": "zhai", "乐": "yue", "覃": "qin", "缪": "miao", "尉": "wei", "员": "yun",
    "种": "chong", "秘": "bi", "折": "she", "召": "shao", "宓": "mi", "隗": "wei", "繁": "po",
    "逄": "pang", "谌": "chen", "句": "gou", "逯": "lu", "能": "nai", "华": "hua", "过": "guo",
    "盛": "sheng", "沈": "shen", "相": "xiang", "郗": "xi", "郇": "xun", "都": "du", "撒": "sa",
    "祭": "zhai", "么": "yao", "莘": "shen", "卜": "bu", "藏": "zang", "贾": "jia", "贠": "yun",
    "佴": "nai", "黑": "he", "牟": "mu", "晟": "cheng", "阚": "kan", "适": "kuo", "褚": "chu",
    "呙": "guo", "钭": "tou", "薄": "bo", "幺": "yao",
}  # fmt: skip
COMPOUND: Final = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "单于": ("chan", "yu"),
    "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
    "令狐": ("ling", "hu"),
    "宰父": ("zai", "fu"),
    "子车": ("zi", "ju"),
    "中行": ("zhong", "hang"),
    "拓跋": ("tuo", "ba"),
    "濮阳": ("pu", "yang"),
    "夏侯": ("xia", "hou"),
    "呼延": ("hu", "yan"),
    "宗政": ("zong", "zheng"),
    "鲜于": ("xian", "yu"),
    "皇甫": ("huang", "fu"),
    "欧阳": ("ou", "yang"),
    "司马": ("si", "ma"),
    "上官": ("shang", "guan"),
    "诸葛": ("zhu", "ge"),
    "东方": ("dong", "fang"),
    "慕容": ("mu", "rong"),
    "司徒": ("si", "tu"),
    "公孙": ("gong", "sun"),
}


def of_text(text: str) -> str:
    """Return a text with its characters read in context (重庆 chongqing); '' if it has none."""
    if not HAN.search(text):
        return ""
    return HAN.sub(lambda run: "".join(_in_context(TO_SIMPLIFIED.convert(run[0]))), text)


def of_name(text: str) -> list[str]:
    """Return the readings of a name in characters, the most likely first.

    A character with several readings has each of them in one reading of the name, the others being
    read as is most likely: so the parts of a name are found whichever reading each has. The given
    name before the family name is another one.
    """
    name = "".join(HAN.findall(text))
    if not name:
        return []
    family, syllables = _family(name), _in_context(name)
    if len(name) > MAX_NAME or len(syllables) != len(name):
        return [of_text(text)]
    likely = [*family, *syllables[len(family) :]]
    size = max(len(family), 1)
    swapped = "".join((*likely[size:], *likely[:size]))
    found = ["".join(likely), swapped, *_others(likely, list(map(_readings, name)))]
    return list(dict.fromkeys(found))[:MAX_READINGS]


def _family(name: str) -> tuple[str, ...]:
    """The reading of the family name, if it is known to be another than elsewhere."""
    plain = "".join(map(simplified, name))
    if len(plain) > len("欧阳") and plain[:2] in COMPOUND:
        return COMPOUND[plain[:2]]
    return (SURNAMES[plain[0]],) if plain[0] in SURNAMES else ()


def _others(likely: list[str], syllables: list[list[str]]) -> Iterator[str]:
    """The readings of the name in which one character is read in another way."""
    for at, readings in enumerate(syllables):
        for reading in readings:
            if reading != likely[at]:
                yield "".join((*likely[:at], reading, *likely[at + 1 :]))


@cache
def _library() -> Any:
    """pypinyin; the interpreter's import lock lets one thread load it, and others wait."""
    return import_module("pypinyin")


def _in_context(characters: str) -> list[str]:
    return [_plain(syllable) for syllable in _library().lazy_pinyin(characters)]


@lru_cache(maxsize=20_000)
def _readings(character: str) -> list[str]:
    """The readings of a character, of its traditional and its simplified form."""
    forms = dict.fromkeys((character, simplified(character)))
    normal = _library().Style.NORMAL
    found = (_library().pinyin(form, style=normal, heteronym=True)[0] for form in forms)
    return list(dict.fromkeys(_plain(syllable) for each in found for syllable in each[:3]))


@lru_cache(maxsize=20_000)
def simplified(character: str) -> str:
    """Return the simplified form of a single character."""
    return str(TO_SIMPLIFIED.convert(character))


def _plain(syllable: str) -> str:
    return syllable.replace("v", "u").replace("ü", "u")
