"""Personal names: written formally and plainly, sorted and searched."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from opencc import OpenCC

Order = Literal["family_first", "western_first"]

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
TO_SIMPLIFIED = OpenCC("t2s")
# What writers put between syllables and names, each in a way of their own.
JOINTS = re.compile(r"[\s'`´‘’ʼʻ\-‐-―.,·・]+")  # noqa: RUF001 -- look-alikes are the point
# Marks on letters; the voicing marks of kana (U+3099) belong to their letter and stay.
MARKS = re.compile(r"[\u0300-\u036f]")
# Letters with a stroke or tied together, which Unicode does not take apart.
LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
# Passports write Lü as Lyu, keyboards as Lv. No syllable ends in l, but many end in n: "nyu"
# is Nü only where a word begins, or Chen Yu typed as one word would become Chen U.
UMLAUT = re.compile(r"(?<=l)(?:yu|v)|(?<=\bn)(?:yu|v)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The parts of a name; `western` is the name that many in Hong Kong put before their own."""

    family: str
    given: str = ""
    western: str = ""
    order: Order = "family_first"
    honorific: str = ""


def formal(name: Name) -> str:
    """Return the name with the family name in capitals: John LEE Ka-chiu, XU Qifang."""
    return _ordered(name, name.family.upper())


def display(name: Name) -> str:
    """Return the name as it is ordinarily written: John Lee Ka-chiu, Xu Qifang, 李家超."""
    return _ordered(name, name.family)


def sort_key(name: Name) -> str:
    """Return a text that sorts by family, then given, then western name."""
    return " ".join(_compact(fold(part)) for part in (name.family, name.given, name.western))


def search_key(*texts: str) -> str:
    """Return what is compared when people search: Lyu, Lü and Lu are one, and 呂 is 吕.

    Give the stored texts and the words looked for the same treatment.
    """
    keys = (_simplify(_compact(UMLAUT.sub("u", fold(text)))) for text in texts)
    return " ".join(key for key in keys if key)


def wanted(text: str) -> list[str]:
    """Return the keys of the words that people search for: a name holds all, in any order."""
    return [key for key in map(search_key, text.split()) if key]


def fold(text: str) -> str:
    """Return a text without capitals, compatibility forms and the marks on letters."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    return unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", plain)))


def _compact(text: str) -> str:
    return JOINTS.sub("", text)


def _simplify(text: str) -> str:
    """Return Han text in simplified characters, each by itself: any part of a name is found."""
    return HAN.sub(lambda run: "".join(map(_simplified, run[0])), text)


@lru_cache(maxsize=20_000)
def _simplified(character: str) -> str:
    return str(TO_SIMPLIFIED.convert(character))


def _ordered(name: Name, family: str) -> str:
    """A western name comes first in any case: John LEE Ka-chiu; a given one may: Angela MERKEL."""
    if name.order == "western_first" and not name.western.strip():
        return _join(name.given, family)
    return _join(name.western, family, name.given)


def _join(*parts: str) -> str:
    """Join with spaces, but write Han names without any."""
    words = [part.strip() for part in parts if part.strip()]
    return ("" if all(map(HAN.fullmatch, words)) else " ").join(words)
