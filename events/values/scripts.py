"""The script in which a text is written, and the column of a translated text that takes it."""

from events.values import pinyin
from events.values.languages import CODES, columns

ENGLISH, HANS, HANT = CODES


def language(text: str) -> str:
    """Return the language of a text by its script; with Chinese characters it is Chinese."""
    if not pinyin.HAN.search(text):
        return ENGLISH
    return HANS if all(pinyin.simplified(sign) == sign for sign in text) else HANT


def column(stem: str, text: str) -> str:
    """Return the column of a translated text that takes this version of it."""
    return dict(zip(CODES, columns(stem), strict=True))[language(text)]
