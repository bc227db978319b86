"""Salutations: how a letter addresses a person, by title, name and order of names."""

from functools import lru_cache
from typing import Final

from opencc import OpenCC

from events.values import names
from events.values.names import Name
from events.values.pinyin import HAN, TO_SIMPLIFIED

SIMPLIFIED: Final = "zh-hans"
# Titles as they are written before an English name, without dots, and the same in Chinese. Those
# that have no one equivalent, such as President (总统, 主席, 总裁), are left out.
IN_CHINESE: Final = {
    "prof": "教授", "professor": "教授", "dr": "博士", "doctor": "博士", "mr": "先生", "ms": "女士",
    "mrs": "女士", "miss": "女士", "madam": "女士", "madame": "女士", "mme": "女士", "sir": "爵士",
    "dame": "女爵士", "ambassador": "大使", "minister": "部长", "mayor": "市长", "ir": "工程师",
    "senator": "参议员", "judge": "法官", "rev": "牧师",
}  # fmt: skip
EXCELLENCY: Final = {"he", "excellency"}  # H.E.; it stands after another title in Chinese
IN_ENGLISH: Final = {
    "教授": "Prof.", "博士": "Dr", "先生": "Mr", "女士": "Ms", "小姐": "Miss", "太太": "Mrs",
    "夫人": "Mrs", "爵士": "Sir", "女爵士": "Dame", "大使": "Ambassador", "部长": "Minister",
    "市长": "Mayor", "工程师": "Ir", "阁下": "H.E.", "参议员": "Senator", "法官": "Judge",
    "牧师": "Rev.",
}  # fmt: skip
BY_GIVEN_NAME: Final = {"sir", "dame"}  # Sir John, never Sir Lee


def english(name: Name) -> str:
    """Return what stands after “Dear”: Prof. Chan Tai-man, Dr Jane Smith, Sir John, Jane Smith."""
    title = _english_title(name.honorific)
    first = name.western or name.given
    words = title.split()
    if words and _plain(words[-1]) in BY_GIVEN_NAME and first.strip():
        return f"{title} {first.strip()}"
    return f"{title} {names.display(name)}".strip()


def chinese(name: Name, *, known: str, code: str) -> tuple[str, bool]:
    """Return name and title, and whether there is a title: 陈大文教授, Jane Smith 博士.

    `known` is the name on record for this language, which may be one in Latin letters: then its
    plain spelling is used. Names are not converted from one script to the other.
    """
    shown = known if HAN.search(known) else names.display(name)
    title = _chinese_title(name.honorific, code)
    between = "" if not title or HAN.match(shown[-1:]) else " "
    return f"{shown}{between}{title}", bool(title)


def starts_in_chinese(text: str) -> bool:
    return bool(HAN.match(text))


def _english_title(honorific: str) -> str:
    """Return a title as it was typed in Latin letters, or the English one for a Chinese one."""
    title = " ".join(honorific.split())
    if not HAN.search(title):
        return title
    return IN_ENGLISH.get(TO_SIMPLIFIED.convert(title), "")


def _chinese_title(honorific: str, code: str) -> str:
    """Return a title in Chinese, the first one of several; '' if there is none known."""
    title = "".join(honorific.split()) if HAN.search(honorific) else _translated(honorific)
    return _in_script(title, code)


def _translated(honorific: str) -> str:
    words = [_plain(word) for word in honorific.split()]
    first = next((IN_CHINESE[word] for word in words if word in IN_CHINESE), "")
    return first + ("阁下" if EXCELLENCY & {*words} else "")


def _plain(word: str) -> str:
    return word.replace(".", "").casefold()


@lru_cache(maxsize=256)
def _in_script(title: str, code: str) -> str:
    return (TO_SIMPLIFIED if code == SIMPLIFIED else _to_traditional()).convert(title)


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2hk")
