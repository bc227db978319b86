"""The screen of series: expos, roadshows and mechanisms that recur."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from events.admin.base import ReadOnly, ScopedInline, TranslatedAdmin
from events.admin.filters import chosen, related
from events.admin.shown import NEWEST_FIRST, EventColumns
from events.admin.sources import EvidenceInline
from events.domain import access
from events.models import Event, EventSeries


class EditionInline(EventColumns, ReadOnly, ScopedInline, TabularInline):
    """The editions of a series, those that the user may see."""

    model = Event
    fk_name = "series"
    fields = ("edition", "shown_when", "place", "status")
    readonly_fields = fields
    ordering: ClassVar[Any] = NEWEST_FIRST
    per_page = 20
    show_change_link = True
    verbose_name_plural = _("editions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = access.visible(user=request.user, model=Event)
        return rows.select_related("place").order_by(*NEWEST_FIRST)


@admin.register(EventSeries)
class SeriesAdmin(TranslatedAdmin):
    list_display = ("name", "kind", "place", "established", "cadence", "team")
    list_filter = (*chosen("kind"), *related("team"))
    list_select_related = ("place", "team")
    search_fields = ("name_en", "name_zh_hans", "name_zh_hant", "slug")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("place",)
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets = (
        (_("What"), {"fields": ("name", "slug", "kind", "cadence", "established")}),
        (_("Where and whose"), {"fields": ("place", "team")}),
    )
    inlines = (EditionInline, EvidenceInline)
