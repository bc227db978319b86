"""The screen of places."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.admin.base import TranslatedAdmin
from events.admin.filters import chosen, related
from events.admin.sources import EvidenceInline
from events.models import Place


@admin.register(Place)
class PlaceAdmin(TranslatedAdmin):
    list_display = ("name", "kind", "parent", "country", "timezone", "unlocode", "team")
    list_filter = (*chosen("kind"), *related("team"))
    list_select_related = ("parent", "team")
    search_fields = ("name_en", "name_zh_hans", "name_zh_hant", "slug", "unlocode")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets: ClassVar[Any] = (
        (_("What"), {"classes": ("tab",), "fields": ("name", "slug", "kind", "capacity")}),
        (
            _("Where"),
            {
                "classes": ("tab",),
                "fields": (
                    "parent",
                    "timezone",
                    "address",
                    ("latitude", "longitude"),
                    ("country", "subdivision", "unlocode"),
                ),
            },
        ),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    inlines = (EvidenceInline,)
