"""The languages of texts, as addresses, columns and BCP 47 write them."""

from typing import Final

# As in settings.LANGUAGES; the first is the one of the site.
CODES: Final = ("en", "zh-hans", "zh-hant")


def first(*wanted: str | None) -> str:
    """Return the first that is a language of ours, whatever its case; the site's if none is.

    A request names what its address asks for (`?lang=`), then what its reader has chosen, then what
    the browser or the screens speak.
    """
    codes = ((code or "").lower() for code in wanted)
    return next((code for code in codes if code in CODES), CODES[0])


def suffix(code: str) -> str:
    """Return zh_hans for zh-hans: what modeltranslation puts behind the name of a text."""
    return code.replace("-", "_")


# What stands behind the name of a text in its columns.
SUFFIXES: Final = tuple(map(suffix, CODES))


def columns(*names: str) -> tuple[str, ...]:
    """Return the columns of texts: name_en, name_zh_hans and name_zh_hant for “name”."""
    return tuple(f"{name}_{ending}" for name in names for ending in SUFFIXES)


def tag(code: str) -> str:
    """Return zh-Hans for zh-hans: the tag of BCP 47, as `lang` and Content-Language write it."""
    head, dash, script = code.partition("-")
    return head + dash + script.title()
