"""Personal names: formal and plain spelling, sort keys and search keys."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from events.values import pinyin, romanisation
from events.values.pinyin import HAN, simplified

Order = Literal["family_first", "western_first"]

MAX_KEY: Final = 4000  # characters of a stored search key
MAX_QUERY: Final = 100  # characters of a query that are looked for
MAX_WORDS: Final = 8  # of a query that are looked for
# Chinese characters, kana and hangul: scripts in which the family name comes first.
EASTERN = re.compile(rf"{HAN.pattern}|[\u3040-\u30ff\uac00-\ud7af]")
# Ka-chiu, Jong-un: a second syllable in lower case, unlike Jean-Paul.
HYPHENATED = re.compile(r"[A-Z][a-z]*-[a-z]")
# Characters between syllables and between names, which writers use differently.
JOINTS = re.compile(r"[\s'`´‘’ʼʻ\-‐-―.,·・]+")  # noqa: RUF001 -- look-alikes are the point
# Diacritics. The voicing marks of kana (U+3099) are not among them: they distinguish letters.
MARKS = re.compile(r"[\u0300-\u036f]")
# Letters with a stroke and ligatures, which Unicode does not decompose.
LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
# Passports write Lü as Lyu, keyboards as Lv. No syllable ends in l, but many end in n, so "nyu" is
# Nü only at the start of a word: otherwise Chen Yu typed as one word would become Chen U.
UMLAUT = re.compile(r"(?<=l)(?:yu|v)|(?<=\bn)(?:yu|v)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The parts of a name; `western` is the additional given name that is frequent in Hong Kong."""

    family: str
    given: str = ""
    western: str = ""
    order: Order = "family_first"
    honorific: str = ""


def formal(name: Name) -> str:
    """Return the name with the family name in capitals: John LEE Ka-chiu, XU Qifang."""
    return _ordered(name, name.family.upper())


def display(name: Name) -> str:
    """Return the name in its plain spelling: John Lee Ka-chiu, Xu Qifang, 李家超."""
    return _ordered(name, name.family)


def likely_order(*, family: str, given: str = "", western: str = "") -> Order:
    """Return the order of a name, as its script and spelling suggest it.

    With a Western name the order makes no difference. Other names than Chinese, Japanese and Korean
    ones have the given name first: Jane SMITH.
    """
    if western.strip() or EASTERN.search(family + given) or HYPHENATED.match(given.strip()):
        return "family_first"
    is_chinese = romanisation.is_surname(fold(family)) and romanisation.is_given(fold(given))
    return "family_first" if is_chinese or not given.strip() else "western_first"


def sort_key(name: Name) -> str:
    """Return a text that sorts by family name, then given, then western name."""
    return " ".join(_compact(fold(part)) for part in (name.family, name.given, name.western))


def search_key(*texts: str) -> str:
    """Return a key for searching: Lyu, Lü and Lu have the same one, and so have 呂 and 吕.

    Use it both for the stored names and for the words that are searched for.
    """
    keys = (_simplify(_compact(UMLAUT.sub("u", fold(text)))) for text in texts)
    return " ".join(key for key in keys if key)


def text_key(*texts: str) -> str:
    """Return the key under which a row with these titles is stored: with the pinyin of each."""
    return _stored(*texts, *map(pinyin.of_text, texts))


def name_key(*names: str) -> str:
    """Return the key under which a person of these names is stored: with the pinyin of each."""
    return _stored(*names, *(reading for name in names for reading in pinyin.of_name(name)))


def _stored(*texts: str) -> str:
    return " ".join(dict.fromkeys(filter(None, map(search_key, texts))))[:MAX_KEY]


def wanted(text: str) -> list[str]:
    """Return the search keys of the words in a query; a name matches if it contains all of them.

    A long query is cut off, because each word is a condition of the database's query.
    """
    words = text[:MAX_QUERY].split()
    return list(dict.fromkeys(key for key in map(search_key, words) if key))[:MAX_WORDS]


def fold(text: str) -> str:
    """Return a text in lower case, without compatibility forms and diacritics."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    return unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", plain)))


def _compact(text: str) -> str:
    return JOINTS.sub("", text)


def _simplify(text: str) -> str:
    """Convert Han text to simplified characters, one by one, so that any part of a name matches."""
    return HAN.sub(lambda run: "".join(map(simplified, run[0])), text)


def _ordered(name: Name, family: str) -> str:
    """Join the parts of a name.

    A western name always comes first: John LEE Ka-chiu. Without one `order` decides: Angela MERKEL.
    """
    if name.order == "western_first" and not name.western.strip():
        return _join(name.given, family)
    return _join(name.western, family, name.given)


def _join(*parts: str) -> str:
    """Join with spaces, but Han names without any."""
    words = [part.strip() for part in parts if part.strip()]
    return ("" if all(map(HAN.fullmatch, words)) else " ").join(words)
