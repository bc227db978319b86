"""Column types that several models share."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.values import dates


@lru_cache(maxsize=1)
def known_timezones() -> frozenset[str]:
    """Return the names of the IANA database, which are read from the disk once."""
    return frozenset(available_timezones())


def validate_timezone(name: str) -> None:
    """Refuse a name that is not an IANA time zone, such as CST or Asia/Beijing."""
    if name not in known_timezones():
        raise ValidationError(
            _("“%(name)s” is not an IANA time zone, such as Asia/Shanghai."),
            code="timezone",
            params={"name": name},
        )


def validate_edtf(text: str) -> None:
    """Refuse a text that is not an EDTF date."""
    try:
        dates.from_edtf(text)
    except dates.BadDate as error:
        raise ValidationError(
            _("“%(text)s” is not a date such as 2025, 2025-40 (first half) or 2025-11-06."),
            code="edtf",
            params={"text": text},
        ) from error


if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class _Preset(_Text):
    """A text column with its own defaults, which a caller may override."""

    preset: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**self.preset, **kwargs})


class TimezoneField(_Preset):
    """An IANA time zone name; empty if there is none."""

    preset = {"max_length": 64, "blank": True, "validators": [validate_timezone]}


class EdtfField(_Preset):
    """A date of any precision as ISO 8601-2 EDTF; empty when unknown."""

    preset = {"max_length": 32, "blank": True, "validators": [validate_edtf]}


class LanguageField(_Preset):
    """One of the site's languages (BCP 47, lower case); empty if none was chosen."""

    preset = {"max_length": 8, "blank": True, "choices": settings.LANGUAGES}
