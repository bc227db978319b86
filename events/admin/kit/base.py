"""Base classes of all screens: permissions by team, redaction, and common settings."""

from functools import reduce
from itertools import chain
from operator import or_
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst, smart_split, unescape_string_literal
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin
from modeltranslation.utils import build_localized_fieldname
from unfold.admin import ModelAdmin
from unfold.templatetags import unfold_list

from events.admin import tables
from events.admin.kit import redaction, rights, screens
from events.admin.kit.forms import KnowingForm, ReturnedForm, RowFormSet, ScopedForm
from events.admin.kit.history import HistoryAdmin
from events.admin.kit.widgets import ZONES, Autocomplete
from events.domain.access import access
from events.domain.telling import Told
from events.models import Event, Person, Team
from events.values import names
from events.values.languages import columns

# Unfold has no setting for what writes the rows of lists; theirs took half of the time of a page.
unfold_list.results = tables.rows
# What fields of this name say on every screen, unless the screen says more.
HELPS: Final[dict[str, Any]] = {
    "slug": _("A part of its address; made from the name if it stays empty."),
}


class ScopedFields:
    """Limit related rows in select fields to visible ones, and teams to those the user runs.

    Fields whose meaning an organiser cannot know say it in `helps`, by the name of the field.
    """

    helps: ClassVar[dict[str, Any]] = {}

    formfield_overrides: Any = {models.URLField: {"assume_scheme": "https"}, **ZONES}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        of = getattr(db_field, "translated_field", db_field)
        told = self.helps.get(of.name) or HELPS.get(of.name)
        if field and told:
            field.help_text = told
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request)
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def _choices(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        rows = access.choices(user=request.user, field=db_field)
        return rows.order_by("name", "pk") if rows.model is Team else rows


class TeamScopedAdmin(ScopedFields, HistoryAdmin, ModelAdmin):
    """A screen for rows of teams; rows that the user may not see are answered with 404."""

    form: Any = ScopedForm
    actions: Any = None
    compressed_fields = True
    list_filter_submit = True
    list_per_page = 50
    warn_unsaved_form = True
    view_on_site: Any = False  # Django's redirect to a row's page checks no permission on the row
    ordering: ClassVar[Any] = ("pk",)
    search_help_text: ClassVar[Any] = _("Search in all three languages")
    empty: ClassVar[Any]  # what a list without rows says: what to do next
    # A button to what is made first, if that is no row of this list: its label and its view.
    empty_leads: ClassVar[Any] = None
    # Templates of Unfold ask for these; an attribute that is missing costs them a search of all.
    empty_value_display = "–"
    list_sections: ClassVar[Any] = ()
    # What few rows of a list have: it is read for these alone, because PostgreSQL takes a
    # millisecond to plan each join.
    list_prefetch: ClassVar[tuple[str, ...]] = ()
    conditional_fields: ClassVar[Any] = {}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = access.visible(user=request.user, model=self.model)
        return rows.order_by(*self.get_ordering(request))

    def get_object(self, request: HttpRequest, object_id: Any, from_field: Any = None) -> Any:
        """Read the row of a page once; a page that stores something reads it anew each time."""
        if request.method != "GET" or from_field:
            return super().get_object(request, object_id, from_field)
        read = request.__dict__.setdefault("rows_read", {})
        asked = (self.model, str(object_id))
        if asked not in read:
            read[asked] = super().get_object(request, object_id)
        return read[asked]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Apply permissions outside the OR of the search, so that the database starts there."""
        search_term = search_term[: names.MAX_QUERY]
        rows = self.model._default_manager.order_by()
        found, duplicates = super().get_search_results(request, rows, search_term)
        if not search_term:
            return queryset, duplicates
        return queryset & (found | self.find_besides(request, rows, search_term)), duplicates

    def find_besides(self, request: HttpRequest, rows: Any, words: str) -> Any:
        """Return rows found in other ways than through `search_fields`: by their search keys."""
        if not hasattr(rows, "sought_by"):
            return rows.none()
        return rows.sought_by(request.user, words, now=timezone.now())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rights.may_enter(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return rights.may_enter(request) and (obj is None or rights.may_see(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.may_add(request, self.model)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return (
            rights.may_add(request, self.model) if obj is None else rights.may_change(request, obj)
        )

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset the team to which the user's rows usually belong."""
        initial = super().get_changeform_initial_data(request)
        initial.setdefault("team", access.usual_team(user=request.user, model=self.model))
        return initial

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.everything = request.user.is_superuser
        form.user = request.user
        form.slugs_beside = set()
        is_back = screens.is_back(request)
        return type(form.__name__, (ReturnedForm, form), {}) if is_back else form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make a relation read-only if it points to a row that the user may not see."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *redaction.relations(request, obj)) if obj else fields

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """Disable relations in inlines that point to rows that the user may not see."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        by_row = {id(form.instance): form for formset in formsets for form in formset.forms}
        rows = [form.instance for form in by_row.values()]
        for row, column in redaction.links(request, rows):
            form = by_row[id(row)]
            if isinstance(form.fields.get(column.name), ModelChoiceField):
                form.leave(column.name)
        return formsets, inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Redact names of rows that the user may not see.

        This happens when the page is rendered, after everything was saved, because it blanks
        relations of the instances in memory.
        """
        details = chain(*(rows.formset.forms for rows in context["inline_admin_formsets"]))
        forms = (context["adminform"].form, *details)
        redaction.hide(request, [form.instance for form in forms])
        for form in forms:
            if isinstance(form, KnowingForm):
                form.know()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        page = super().get_changelist_instance(request)
        page.title = capfirst(self.opts.verbose_name_plural)
        page.result_list = list(page.result_list)
        models.prefetch_related_objects(page.result_list, *self.list_prefetch)
        redaction.hide(request, page.result_list, loaded=True)
        return page

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Store a form in one transaction; if it tells people something, ask before.

        What the form tells is read from what it has stored (`domain.telling`); until the user has
        chosen, that is rolled back.
        """
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        try:
            with screens.planning(request):
                return super().changeform_view(request, *args, **kwargs)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        self._recheck(request, obj)
        found = screens.told(request)
        response = super().response_add(request, obj, *args)
        _say(request, found)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._recheck(request, obj)
        found = screens.told(request)
        response = super().response_change(request, obj)
        _say(request, found)
        return response

    def _recheck(self, request: HttpRequest, obj: models.Model) -> None:
        """Refuse a change after which the user would no longer be allowed to change the row."""
        if not access.may_still_change(user=request.user, row=obj):
            raise PermissionDenied  # inside the transaction, which is rolled back

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List protected rows that prevent a deletion; those not visible are only counted."""
        names, counts, lacking, obstacles = super().get_deleted_objects(objs, request)
        collector = NestedObjects(using=DEFAULT_DB_ALIAS, origin=objs)
        collector.collect(objs)
        hidden = [row for row in collector.protected if not rights.may_see(request, row)]
        if hidden:
            text = _("and %(number)s more that you may not see") % {"number": len(hidden)}
            obstacles = [str(row) for row in collector.protected if row not in hidden] + [text]
        return names, counts, lacking, obstacles

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404


def _say(request: HttpRequest, found: Told | None) -> None:
    """Add a message about the mails of what was stored."""
    if found:
        messages.success(request, screens.message(found))


class TranslatedAdmin(TeamScopedAdmin, TabbedTranslationAdmin[Any]):
    """A team-scoped screen with a tab for each language."""


class SharedAdmin(TeamScopedAdmin):
    """A screen for rows that all teams share: all staff read them, superusers change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.may_enter(request) and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request)


class ScopedInline(ScopedFields):
    """Inlines of a row: a user who may change the row may change them."""

    form = KnowingForm
    formset: Any = RowFormSet
    extra = 0
    tab = True
    view_on_site = False
    named_once: ClassVar[tuple[str, ...]] = ("label",)  # shown in the page's language only

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Pass the user to the formset and its forms."""
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        formset.user = formset.form.user = request.user
        formset.form.slugs_beside = set()
        return formset

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = super().get_fields(request, obj)  # type: ignore[misc]
        language = get_language() or "en"
        return [
            build_localized_fieldname(name, language) if name in self.named_once else name
            for name in fields
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Label a column of `named_once` without its language."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        of = getattr(db_field, "translated_field", None)
        if field and of and of.name in self.named_once:
            field.label = capfirst(of.verbose_name)
        return field

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        for field in self._essential():
            seen = access.visible(user=request.user, model=field.related_model)
            rows = rows.filter(**{f"{field.name}__in": seen})
        return rows.order_by(*(self.ordering or ("pk",)))  # type: ignore[attr-defined]

    def _essential(self) -> list[Any]:
        """The relations that a row needs to make sense; a row is hidden if one is redacted."""
        names = self.autocomplete_fields  # type: ignore[attr-defined]
        fields = [self.model._meta.get_field(name) for name in names]  # type: ignore[attr-defined]
        return [field for field in fields if not field.null and redaction.may_be(field)]

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return rights.may_enter(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        parent: type[models.Model] = self.parent_model  # type: ignore[attr-defined]
        if obj is None or not isinstance(obj, parent) or obj.pk is None:
            return rights.may_add(request, parent)
        return rights.may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)


class Panel:
    """A tab with derived content instead of rows, in a template of its own: `panel`."""

    template = "events/admin/panel.html"
    panel: str
    fields: tuple[str, ...] = ()
    extra = 0
    max_num = 0
    tab = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.model._default_manager.none()  # type: ignore[attr-defined]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Return no fields; otherwise Django would build a form only to find out its fields."""
        return self.fields

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is not None


class ReadOnly:
    """Rows that can only be viewed: none can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class FindsPeople(TeamScopedAdmin):
    """A screen of rows about people at events, found by any spelling of a name, and by titles.

    Both are looked up in their own tables, because there are few of them and many rows about them.
    """

    # Not if titles are among the `search_fields`, for a list that is read in the order of events.
    by_titles: ClassVar[bool] = True

    def find_besides(self, request: HttpRequest, rows: Any, words: str) -> Any:
        people = Person.objects.visible_to(request.user).order_by()
        people = people.sought_by(request.user, words, now=timezone.now())
        found = Q(person__in=people)
        if self.by_titles:
            events = Event.objects.visible_to(request.user).order_by()
            found |= Q(event__in=events.filter(_titled(words)))
        return rows.filter(found)


def _titled(text: str) -> Q:
    """The condition that each word or quoted phrase is in a title, as Django searches columns."""
    phrases = (_unquoted(part) for part in smart_split(text))
    return Q(*(_in_a_title(phrase) for phrase in phrases))


def _in_a_title(phrase: str) -> Q:
    return reduce(or_, (Q(**{f"{title}__icontains": phrase}) for title in columns("title")))


def _unquoted(part: str) -> str:
    is_quoted = part[0] in "'\"" and part[0] == part[-1]
    return unescape_string_literal(part) if is_quoted else part
