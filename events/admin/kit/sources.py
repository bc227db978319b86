"""Sources, and the evidence that is shown on the pages of records."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import GenericTabularInline
from unfold.decorators import display
from unfold.forms import PaginationGenericInlineFormSet

from events.admin.kit.base import ReadOnly, ScopedInline, SharedAdmin
from events.domain.pages import formatting
from events.models import Basis, Evidence, Source

BASIS = {
    Basis.STATED: "success",
    Basis.COMPUTED: "info",
    Basis.OUTSIDE: "warning",
}


class EvidenceInline(ReadOnly, ScopedInline, GenericTabularInline):
    """The evidence for each value of the record: source and line, or how the value was derived."""

    model = Evidence
    formset = PaginationGenericInlineFormSet
    fields = ("shown_field", "shown_basis", "shown_source", "reference", "note")
    readonly_fields = fields
    ordering: ClassVar[Any] = ("field", "pk")
    classes = ("collapse",)
    tab = False
    hide_title = True
    verbose_name_plural = _("evidence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("source")

    @display(description=_("value"))
    def shown_field(self, evidence: Evidence) -> str:
        return formatting.field(evidence.field)

    @display(description=_("basis"))
    def shown_basis(self, evidence: Evidence) -> str:
        return evidence.get_basis_display()

    @display(description=_("source"))
    def shown_source(self, evidence: Evidence) -> str:
        if not evidence.source:
            return "–"
        line = _("line %(line)s") % {"line": evidence.line} if evidence.line else ""
        return format_html("{} {}", evidence.source, line)


@admin.register(Source)
class SourceAdmin(SharedAdmin):
    empty: ClassVar[Any] = _(
        "A source is a document that says when or where something takes place; the "
        "catalogue has some."
    )
    list_display = ("name", "publisher", "published", "genre", "values")
    list_filter = ("publisher", "genre")
    search_fields = ("name", "publisher", "headline", "byline", "slug")
    ordering: ClassVar[Any] = ("-published", "pk")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "headline", "publisher", "byline", "genre", "published")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(values_supported=Count("supports"))

    @display(description=_("values supported"), ordering="values_supported")
    def values(self, source: Any) -> int:
        return source.values_supported
