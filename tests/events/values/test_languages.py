"""The languages of texts: codes, columns, tags, and the one that a request is answered in."""

import pytest
from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

from events.models import Organisation
from events.values import languages


def test_they_are_those_of_the_settings() -> None:
    assert list(languages.CODES) == [code for code, _name in settings.LANGUAGES]
    assert languages.CODES[0] == settings.LANGUAGE_CODE


def test_columns_are_those_that_the_tables_have() -> None:
    found = languages.columns("name", "short_name")
    names = {field.name for field in Organisation._meta.get_fields()}
    assert set(found) <= names
    assert list(found) == [
        build_localized_fieldname(name, code)
        for name in ("name", "short_name")
        for code in languages.CODES
    ]


@pytest.mark.parametrize(
    ("code", "tag"), [("en", "en"), ("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant")]
)
def test_a_tag_is_written_as_bcp_47_does(code: str, tag: str) -> None:
    assert languages.tag(code) == tag


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("zh-hant", "en"), "zh-hant"),
        (("ZH-Hans", "en"), "zh-hans"),
        (("fr", "zh-hans"), "zh-hans"),
        (("", None, "zh-hans"), "zh-hans"),
        (("fr",), "en"),
        ((), "en"),
    ],
)
def test_the_first_of_ours_is_spoken(wanted: tuple[str | None, ...], found: str) -> None:
    assert languages.first(*wanted) == found
