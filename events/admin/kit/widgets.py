"""Selects with search, of rows and of zones; suggestions; checkboxes in little HTML."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, get_select2_language
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from events.domain.pages import zones
from events.models.base.fields import TimezoneField
from events.values.keys import is_key


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes in little HTML, for choices that stand in each row of a form."""

    template_name = "events/admin/checkboxes.html"


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
        if all(map(is_key, value)):
            return super().optgroups(name, value, attrs)
        return [(None, self._blank(name), 0)]

    def _blank(self, name: str) -> list[dict[str, Any]]:
        return [] if self.is_required else [self.create_option(name, "", "", False, 0)]


class ZoneSelect(AutocompleteSelect):
    """A select of IANA time zones with their distance from UTC; the page has only the chosen one.

    The others are looked up by name, city or place at the address `zones` of the screen of places.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Do without the relation that an autocomplete select of rows is made for."""
        forms.Select.__init__(self, attrs)
        self.attrs = dict(attrs or {})
        self.i18n_name = get_select2_language()  # without it there are no scripts

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        attrs = forms.Select.build_attrs(self, base_attrs, extra_attrs)
        look_up = {
            "class": f"{attrs.get('class', '')} admin-autocomplete".strip(),
            "data-ajax--cache": "true",
            "data-ajax--delay": 250,
            "data-ajax--type": "GET",
            "data-ajax--url": reverse("admin:events_place_zones"),
            "data-theme": "admin-autocomplete",
            "data-allow-clear": "false" if self.is_required else "true",
            "data-placeholder": str(_("City, place or zone")),
        }
        return {**attrs, **look_up}

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> Any:
        blank = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        now = timezone.now()
        chosen = [
            self.create_option(name, zone, zones.label(zone=zone, now=now), True, len(blank))
            for zone in value
            if zone
        ]
        return [(None, [*blank, *chosen], 0)]


# For `formfield_overrides`: the widget of every column with a time zone.
ZONES: Final[dict[Any, Any]] = {TimezoneField: {"widget": ZoneSelect}}


class Suggesting(UnfoldAdminTextInputWidget):
    """A text field with a list of suggestions, of which the browser offers those that match."""

    suggestions: Sequence[str] = ()

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> Any:
        if not self.suggestions:
            return super().render(name, value, attrs, renderer)
        key = f"known-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join("", '<option value="{}"></option>', zip(self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)
