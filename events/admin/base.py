"""What all screens of organisers share: whose rows they show, and how they look."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin
from unfold.admin import ModelAdmin

from events.admin import rights
from events.admin.forms import KnowingForm, ScopedForm
from events.admin.widgets import Autocomplete
from events.domain import access
from events.models import Team


class ScopedFields:
    """Choices of related rows hold only what the user may see; the team, only what they run."""

    formfield_overrides: Any = {models.URLField: {"assume_scheme": "https"}}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request)
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def _choices(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        model = db_field.remote_field.model
        if model is Team:
            return access.teams(user=request.user).order_by("name", "pk")
        return access.visible(user=request.user, model=model)


class TeamScopedAdmin(ScopedFields, ModelAdmin):
    """A screen for rows of teams: another team's row does not exist here."""

    form: Any = ScopedForm
    actions: Any = None
    compressed_fields = True
    list_filter_submit = True
    list_per_page = 50
    warn_unsaved_form = True
    view_on_site: Any = False  # Django’s way there asks nobody whose row it is
    ordering: ClassVar[Any] = ("pk",)
    search_help_text: ClassVar[Any] = _("Search in all three languages")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = access.visible(user=request.user, model=self.model)
        return rows.order_by(*self.get_ordering(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rights.may_enter(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return rights.may_enter(request) and (obj is None or rights.may_see(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.may_add(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return rights.may_add(request) if obj is None else rights.may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset the team of those who run only one."""
        initial = super().get_changeform_initial_data(request)
        if not request.user.is_superuser and "team" not in initial:
            initial["team"] = access.teams(user=request.user).order_by("name", "pk").first()
        return initial

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.everything = request.user.is_superuser
        return form

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404


class TranslatedAdmin(TeamScopedAdmin, TabbedTranslationAdmin[Any]):
    """The same, with a tab for each language."""


class SharedAdmin(TeamScopedAdmin):
    """A screen for what all teams share: everybody reads, superusers write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.may_enter(request) and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request)


class ScopedInline(ScopedFields):
    """Details of a row: who may change the row may change them."""

    form = KnowingForm
    extra = 0
    tab = True
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.order_by(*(self.ordering or ("pk",)))  # type: ignore[attr-defined]

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return rights.may_enter(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        parent: type[models.Model] = self.parent_model  # type: ignore[attr-defined]
        if obj is None or not isinstance(obj, parent) or obj.pk is None:
            return rights.may_add(request)
        return rights.may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)


class ReadOnly:
    """Rows to look at; nothing is added, changed or removed."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
