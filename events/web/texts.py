"""Translated texts: in the reader's language, or marked with the language of a fallback."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from modeltranslation.utils import resolution_order

from events.models import Event
from events.values.languages import CODES, suffix, tag


def said(row: models.Model, name: str) -> str | SafeString:
    """Return the text; if it falls back to another language, in a <span> with that `lang`."""
    for language in resolution_order(get_language() or "en"):
        if text := _in(row, name, language):
            if language == get_language():
                return text
            return format_html('<span lang="{}">{}</span>', tag(language), text)
    return str(getattr(row, name) or "")


def other_titles(event: Event) -> list[tuple[str, str]]:
    """Return the titles in other languages that differ from the shown one, with their tags."""
    titles = {code: _in(event, "title", code) for code, _ in settings.LANGUAGES}
    return [
        (tag(code), text)
        for code, text in titles.items()
        if code != get_language() and text not in ("", event.title)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A link to the same page in another language."""

    name: str
    tag: str
    path: str
    is_current: bool


def versions(path: str) -> list[Version]:
    """Return links to the page at `path`, including its query, in each language."""
    first, _, rest = path.lstrip("/").partition("/")
    below = rest if first in CODES else path.lstrip("/")
    return [
        Version(
            name=name,
            tag=tag(code),
            path=f"/{below}" if code == settings.LANGUAGE_CODE else f"/{code}/{below}",
            is_current=code == get_language(),
        )
        for code, name in settings.LANGUAGES
    ]


def _in(row: models.Model, name: str, language: str) -> str:
    """Return the text in exactly this language, from the column that modeltranslation adds."""
    return str(getattr(row, f"{name}_{suffix(language)}", "") or "")
