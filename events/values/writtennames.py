"""Names as people write them in one field, read into their parts by script, order and capitals."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from events.values import names, pinyin, romanisation
from events.values.names import Order

HANGUL: Final = re.compile(r"[\uac00-\ud7af]+")
KANA: Final = re.compile(r"[\u3040-\u30ff]")
# A name in Chinese characters, also of a foreigner: 王小明, 约翰·史密斯.
CHARACTERS: Final = re.compile(rf"{pinyin.HAN.pattern}(?:\s*[·・]\s*{pinyin.HAN.pattern})*")
LATIN: Final = re.compile(r"[^\W\d_\u3040-\ufaff]")
BRACKETS: Final = re.compile(r"[()\[\]{}（）【】〔〕\"“”„«»]+")  # noqa: RUF001 -- as typed
_TITLES: Final = "mr mrs ms miss mx dr prof professor sir dame madam mme hon h.e ir ing"
TITLES: Final = frozenset(_TITLES.split())
# Titles that stand after a name in Chinese.
CHINESE_TITLES: Final = re.compile("(先生|女士|小姐|太太|夫人|博士|教授)$")
# Words that begin a family name: van den Berg, de la Cruz.
_PARTICLES: Final = "van von de da di del della den der dos du la le ter ten bin ibn binti al el zu"
PARTICLES: Final = frozenset(_PARTICLES.split())
LONGEST_IN_CHARACTERS: Final = 4  # of a Chinese name; what is longer is not split
MAX_CHARS: Final = 100  # of a part, as in the columns of a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The parts of a name; `characters` is the name in Chinese beside one in Latin letters."""

    family: str = ""
    given: str = ""
    western: str = ""
    characters: str = ""
    honorific: str = ""

    @property
    def order(self) -> Order:
        return names.likely_order(family=self.family, given=self.given, western=self.western)


def read(text: str) -> Written:
    """Return the parts of a name: Jane Smith, SMITH Jane, Smith, Jane, John LEE Ka-chiu, 王小明."""
    plain = tidy(text)
    if not any(map(str.isalpha, plain)):
        return Written()
    found = CHARACTERS.search(plain)
    latin = _latin(plain)
    if found is None or KANA.search(plain):
        return _in_letters(latin) if found is None else _in_script(plain)
    if not LATIN.search(latin):
        return _in_characters(plain)
    characters, honorific = _untitled(found[0])
    parts = _in_letters(latin)
    return Written(
        family=parts.family,
        given=parts.given,
        western=parts.western,
        characters=characters,
        honorific=parts.honorific or honorific,
    )


def tidy(text: str) -> str:
    """Return a text without pictures and invisible characters, with single spaces."""
    kept = (" " if unicodedata.category(sign)[0] == "Z" else sign for sign in text)
    seen = (sign for sign in kept if unicodedata.category(sign) not in UNSEEN or sign in "\t\n")
    return " ".join("".join(seen).split())


# Categories of Unicode: control and format characters, surrogates, pictures, private use.
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"})


def _latin(text: str) -> str:
    """The text without what is in Chinese characters, and without brackets."""
    return " ".join(BRACKETS.sub(" ", CHARACTERS.sub(" ", text)).split()).strip(" /|-,")


def _in_characters(text: str) -> Written:
    name, honorific = _untitled(BRACKETS.sub(" ", text))
    words = name.split()
    if len(words) == 2:
        return Written(family=words[0], given=words[1], honorific=honorific)
    name = "".join(words)
    size = _family_size(name)
    return Written(family=name[:size], given=name[size:], honorific=honorific)


def _family_size(name: str) -> int:
    """How many characters of a name are the family name."""
    if len(name) > LONGEST_IN_CHARACTERS or not pinyin.HAN.fullmatch(name):
        return len(name)
    plain = "".join(map(pinyin.simplified, name))
    return 2 if len(name) > 2 and plain[:2] in pinyin.COMPOUND else 1


def _untitled(name: str) -> tuple[str, str]:
    """Return a name in characters without the title after it, and the title."""
    bare = name.strip()
    title = CHINESE_TITLES.search(bare)
    if title is None or len(bare) - len(title[0]) < 1:
        return bare, ""
    return bare[: title.start()].strip(), title[0]


def _in_script(text: str) -> Written:
    """Read a Japanese or Korean name."""
    words = text.split()
    if len(words) > 1:
        return Written(family=words[0], given=" ".join(words[1:]))
    if HANGUL.fullmatch(text):
        return Written(family=text[:1], given=text[1:])
    return Written(family=text)


def _in_letters(text: str) -> Written:
    if HANGUL.search(text) or KANA.search(text):
        return _in_script(text)
    family, *others = [part.strip() for part in text.split(",") if part.strip()] or [""]
    honorific, words = _titled(others[0].split() if others else family.split())
    if others:
        before, own = _titled(family.split())
        rest = " ".join(others[1:])
        given, western = _with_western(words) if not rest else (" ".join(words), rest)
        return _made(" ".join(own), given, western, honorific or before)
    return _by_capitals(words, honorific) or _by_order(words, honorific)


def _titled(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the titles before a name, and the words of the name."""
    size = 0
    while size < len(words) - 1 and _is_title(words[size]):
        size += 1
    return " ".join(words[:size]), list(words[size:])


def _is_title(word: str) -> bool:
    return word.rstrip(".").casefold() in TITLES and (word.endswith(".") or not word.isupper())


def _by_capitals(words: Sequence[str], honorific: str) -> Written | None:
    """Read a name of which the family name is in capitals; None if it is not."""
    loud = [at for at, word in enumerate(words) if _is_loud(word)]
    if not loud or len(loud) == len(words) or loud[-1] - loud[0] + 1 != len(loud):
        return None
    before, family, after = words[: loud[0]], words[loud[0] : loud[-1] + 1], words[loud[-1] + 1 :]
    if not after:
        return _made(" ".join(family), " ".join(before), "", honorific)
    given, western = (" ".join(after), " ".join(before)) if before else _with_western(after)
    return _made(" ".join(family), given, western, honorific)


def _is_loud(word: str) -> bool:
    return word.isupper() and sum(map(str.isalpha, word)) > 1 and not word.endswith(".")


def _with_western(words: Sequence[str]) -> tuple[str, str]:
    """Return a Chinese given name and the Western one after it: Ka-chiu John."""
    *chinese, last = words
    spelt = names.fold(" ".join(chinese))
    known = chinese and romanisation.is_given(spelt)
    if known and not romanisation.is_given(names.fold(" ".join(words))) and not _is_part(last):
        return " ".join(chinese), last
    return " ".join(words), ""


def _is_part(word: str) -> bool:
    """Whether a word may be a syllable of a Chinese given name."""
    return romanisation.is_given(names.fold(word))


def _by_order(words: Sequence[str], honorific: str) -> Written:
    if len(words) < 2:
        return _made(" ".join(words), "", "", honorific)
    for at, word in enumerate(words[1:], start=1):
        if word in PARTICLES and at < len(words) - 1:
            return _made(" ".join(words[at:]), " ".join(words[:at]), "", honorific)
    if _is_family(words[0]):
        given, western = _with_western(words[1:])
        if romanisation.is_given(names.fold(given)):
            return _made(words[0], given, western, honorific)
    rest = names.fold(" ".join(words[2:]))
    if len(words) > 2 and _is_family(words[1]) and romanisation.is_given(rest):
        return _made(words[1], " ".join(words[2:]), words[0], honorific)
    return _made(words[-1], " ".join(words[:-1]), "", honorific)


def _is_family(word: str) -> bool:
    plain = names.fold(word)
    return romanisation.is_surname(plain) and plain not in romanisation.WESTERN


def _made(family: str, given: str, western: str, honorific: str) -> Written:
    parts = [_calm(part)[:MAX_CHARS] for part in (family, given, western)]
    title = honorific[: MAX_CHARS // 3]
    return Written(family=parts[0], given=parts[1], western=parts[2], honorific=title)


def _calm(name: str) -> str:
    """Return a name without the capitals by which it was set off: SMITH is Smith."""
    return " ".join(_calmed(word) if _is_loud(word) else word for word in name.split())


def _calmed(word: str) -> str:
    if "-" in word and romanisation.is_given(names.fold(word)):
        return word.capitalize()
    return re.sub(r"[^\W\d_]+", lambda run: run[0].capitalize(), word)
