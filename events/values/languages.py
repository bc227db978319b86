"""The languages of texts: codes in URLs and settings, suffixes of columns, BCP 47 tags."""

from typing import Final

# As in settings.LANGUAGES; the first is the language of the site.
CODES: Final = ("en", "zh-hans", "zh-hant")


def first(*wanted: str | None) -> str:
    """Return the first of these that is in CODES, in any case; the site's language if none is.

    Callers pass the sources of a language by rank: the URL (`?lang=`), the reader's choice, the
    browser or the admin.
    """
    codes = ((code or "").lower() for code in wanted)
    return next((code for code in codes if code in CODES), CODES[0])


def suffix(code: str) -> str:
    """Return zh_hans for zh-hans: the suffix that modeltranslation gives to columns."""
    return code.replace("-", "_")


# Suffixes of the columns of a translated text.
SUFFIXES: Final = tuple(map(suffix, CODES))


def columns(*names: str) -> tuple[str, ...]:
    """Return the columns of translated texts: name_en, name_zh_hans, name_zh_hant for “name”."""
    return tuple(f"{name}_{ending}" for name in names for ending in SUFFIXES)


def tag(code: str) -> str:
    """Return zh-Hans for zh-hans: the BCP 47 tag, for `lang` and Content-Language."""
    head, dash, script = code.partition("-")
    return head + dash + script.title()
