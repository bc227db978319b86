"""The forms of the screens: which fields are required, and which values are derived."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.forms.models import InlineForeignKeyField
from django.utils.functional import cached_property
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
    """A form whose select fields show rows that were loaded with it, without another query."""

    user: ClassVar[Viewer] = AnonymousUser()  # the user of the request
    nested_formsets: ClassVar[Any] = ()  # templates of Unfold ask for it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.know()

    def know(self) -> None:
        """Pass loaded related rows to the widgets; call it again after relations have changed."""
        columns = {column.name for column in self.instance._meta.get_fields()}
        for name in columns & set(self.fields):
            widget = self.fields[name].widget
            if isinstance(widget, RelatedFieldWidgetWrapper):
                widget = widget.widget
            if isinstance(widget, Autocomplete):
                widget.known = self._loaded(name)

    def leave(self, name: str) -> None:
        """Disable a relation field, and show “(not visible)” in place of its target."""
        field: Any = self.fields[name]
        field.disabled = True
        field.queryset = field.queryset.model._default_manager.filter(pk=self.initial[name])
        field.label_from_instance = lambda _row: gettext("(not visible)")

    def _post_clean(self) -> None:
        """Check the constraints of an inline row together with its parent, which Django omits."""
        super()._post_clean()  # type: ignore[misc]
        inline = any(isinstance(field, InlineForeignKeyField) for field in self.fields.values())
        if not inline or self.errors:
            return
        try:
            exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)

    def _update_errors(self, errors: ValidationError) -> None:
        """Add the errors of the model, except at fields that have told what is wrong with them."""
        if hasattr(errors, "error_dict"):
            fresh = {
                name: told for name, told in errors.error_dict.items() if name not in self.errors
            }
            errors = ValidationError(fresh)
        super()._update_errors(errors)  # type: ignore[misc]

    def _loaded(self, name: str) -> Any:
        column = self.instance._meta.get_field(name)
        return column.get_cached_value(self.instance, default=None)


class ReturnedForm:
    """Mixed into a form that is shown again with all that was typed, and not stored."""

    def is_valid(self) -> bool:
        return False


class RowFormSet(PaginationInlineFormSet):
    """A formset that builds its blank form once; a page asks for it some ten times."""

    user: ClassVar[Viewer] = AnonymousUser()  # the user of the request

    @cached_property
    def empty_form(self) -> Any:
        return super().empty_form


class ScopedForm(KnowingForm):
    """The form of a row of a team, with a short name (slug) and names in three languages."""

    everything = False  # whether the user is a superuser, who may store a row for all teams
    stems: tuple[str, ...] = ("title", "name")
    slug_from: tuple[str, ...] = ()  # the fields that give the slug, if not the main name
    slugs_beside: ClassVar[set[str]] = set()  # slugs of rows that are added in the same inline

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "team" in self.fields:
            self._ask_for_team(self.fields["team"])
        for stem in self._names():
            self.fields[f"{stem}_en"].required = False

    def needs_team(self) -> bool:
        """Whether the team is required, because this user may not add a shared row."""
        return not self.everything

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for stem in self._names():
            if not any(map(values.get, columns(stem))):
                self.add_error(self._shown(stem), _("Write this in one language at least."))
        if "slug" in self.fields and not self.errors.get("slug"):
            values["slug"] = self._slug(values)
        return values

    def _ask_for_team(self, field: Any) -> None:
        """Require the team unless a row without one can be stored, and say the same in words."""
        column = self._meta.model._meta.get_field("team")
        field.required = self.needs_team() or not column.null
        if field.required and column.null:
            field.help_text = _("It belongs to this team, whose organisers may change it.")

    def _names(self) -> list[str]:
        """The stem of the main name, if the form has a field for its English version."""
        return [stem for stem in self.stems if f"{stem}_en" in self.fields]

    def _shown(self, stem: str) -> str:
        """The field in the language of the page, whose tab is open."""
        return f"{stem}_{suffix(get_language() or 'en')}"

    def _slug(self, values: dict[str, Any]) -> str:
        """Return the slug of the row, by which its public address is made.

        The slug of a new row is numbered if it is taken, whoever has chosen it: the browser fills
        it in, and each conference has its “registration”. A stored one stays unless another is
        typed, which is refused if it is taken.
        """
        typed: str = values.get("slug") or ""
        rows = self._meta.model._default_manager.exclude(pk=self.instance.pk)
        if self.instance.pk is None:
            made = self._new_slug(typed, values, rows)
            self.slugs_beside.add(made)
            return made
        kept = str(self.initial.get("slug") or "")
        if typed not in ("", kept) and rows.filter(slug=typed).exists():
            free = slugs.free(rows=rows, stem=typed)
            text = _("Another record has the short name “%(taken)s”; “%(free)s” is free.")
            self.add_error("slug", text % {"taken": typed, "free": free})
        return typed or kept

    def _new_slug(self, typed: str, values: dict[str, Any], rows: Any) -> str:
        """Return a free slug, made from the English name if none was typed.

        A name in Chinese characters gives no letter of a slug, so the model's name and a random
        suffix take its place.
        """
        if typed:
            return slugs.unless_taken(rows=rows, slug=typed, beside=self.slugs_beside)
        return slugs.named(
            rows=rows,
            text=self._words(values),
            otherwise=self._meta.model._meta.model_name or "",
            beside=self.slugs_beside,
        )

    def _words(self, values: dict[str, Any]) -> str:
        """The text that the slug is made from."""
        if self.slug_from:
            return " ".join(filter(None, map(values.get, self.slug_from)))
        texts = (values.get(name) for stem in self.stems for name in (f"{stem}_en", stem))
        return next(filter(None, texts), "")
