"""The forms of the screens: what is required, what is filled in for the organiser."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.forms.models import InlineForeignKeyField
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet

from events.admin.kit.widgets import Autocomplete
from events.models import Viewer
from events.models.base import slugs
from events.values.languages import columns, suffix

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class KnowingForm(_ModelForm):
    """A form whose select fields show the rows that were loaded with it."""

    user: ClassVar[Viewer] = AnonymousUser()  # who fills it in

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.know()

    def know(self) -> None:
        """Take the rows to show from the record, which may have changed."""
        columns = {column.name for column in self.instance._meta.get_fields()}
        for name in columns & set(self.fields):
            widget = self.fields[name].widget
            if isinstance(widget, RelatedFieldWidgetWrapper):
                widget = widget.widget
            if isinstance(widget, Autocomplete):
                widget.known = self._loaded(name)

    def leave(self, name: str) -> None:
        """Leave a relation as it is, and do not name what it leads to."""
        field: Any = self.fields[name]
        field.disabled = True
        field.queryset = field.queryset.model._default_manager.filter(pk=self.initial[name])
        field.label_from_instance = lambda _row: gettext("(not visible)")

    def _post_clean(self) -> None:
        """Check the constraints of a detail with its parent, which Django leaves out."""
        super()._post_clean()  # type: ignore[misc]
        inline = any(isinstance(field, InlineForeignKeyField) for field in self.fields.values())
        if not inline or self.errors:
            return
        try:
            exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def _loaded(self, name: str) -> Any:
        column = self.instance._meta.get_field(name)
        return column.get_cached_value(self.instance, default=None)


class RowFormSet(PaginationInlineFormSet):
    """Details of a row; the blank form, for which a page asks ten times, is made once."""

    user: ClassVar[Viewer] = AnonymousUser()  # who fills it in

    @cached_property
    def empty_form(self) -> Any:
        return super().empty_form


class ScopedForm(KnowingForm):
    """A record of a team, with a short name and names in three languages."""

    everything = False  # whether the user is a superuser, who may keep a row for all teams
    stems: tuple[str, ...] = ("title", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "team" in self.fields:
            self.fields["team"].required = self.needs_team()
        for stem in self._names():
            self.fields[f"{stem}_en"].required = False

    def needs_team(self) -> bool:
        """Whether the record cannot be one that all teams share."""
        return not self.everything

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for stem in self._names():
            if not any(map(values.get, columns(stem))):
                self.add_error(self._shown(stem), _("Write this in one language at least."))
        if "slug" in self.fields and not self.errors.get("slug") and not values.get("slug"):
            values["slug"] = self._slug(values)
        return values

    def _names(self) -> list[str]:
        """The main name of the record, if its English form is a field here."""
        return [stem for stem in self.stems if f"{stem}_en" in self.fields]

    def _shown(self, stem: str) -> str:
        """The field of the tab that is open: that of the language of the page."""
        return f"{stem}_{suffix(get_language() or 'en')}"

    def _slug(self, values: dict[str, Any]) -> str:
        """Return a short name from the English one; a Chinese name gives none, so a number does."""
        words = next((values.get(f"{stem}_en") for stem in self._names()), "") or ""
        model = self._meta.model
        rows = model._default_manager.exclude(pk=self.instance.pk)
        if stem := slugify(words):
            return slugs.free(rows=rows, stem=stem)
        return slugs.random(rows=rows, stem=model._meta.model_name or "")
