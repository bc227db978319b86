"""A select field with search that makes no query for a row that is already loaded."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models

MAX_KEY_DIGITS = 19  # digits; no key has so many


class Autocomplete(AutocompleteSelect):
    """Django's autocomplete select, which takes a row loaded with the form from `known`."""

    known: models.Model | None = None

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> Any:
        if not value or list(value) == [""]:
            return [(None, self._blank(name), 0)]
        if self.known is None or list(value) != [str(self.known.pk)]:
            return self._found(name, value, attrs)
        options = self._blank(name)
        chosen = self.create_option(name, value[0], str(self.known), True, len(options))
        return [(None, [*options, chosen], 0)]

    def _found(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None) -> Any:
        """Look the rows up; a value that is not a key selects nothing, and the field reports it."""
        if all(str(key).isdecimal() and len(str(key)) < MAX_KEY_DIGITS for key in value):
            return super().optgroups(name, value, attrs)
        return [(None, self._blank(name), 0)]

    def _blank(self, name: str) -> list[dict[str, Any]]:
        return [] if self.is_required else [self.create_option(name, "", "", False, 0)]
