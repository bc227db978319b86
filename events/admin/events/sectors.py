"""The screen of sectors."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.admin.kit.base import SharedAdmin, TranslatedAdmin
from events.admin.kit.filters import related
from events.models import Sector
from events.values.languages import columns


@admin.register(Sector)
class SectorAdmin(SharedAdmin, TranslatedAdmin):
    empty: ClassVar[Any] = _(
        "Sectors group events and organisations by branch of trade. The catalogue brings some."
    )
    list_display = ("name", "parent", "isic", "hs")
    list_filter: ClassVar[Any] = related("parent")
    list_select_related = ("parent",)
    search_fields = (*columns("name"), "slug", "isic", "hs")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name_en",)}
    fields = ("name", "slug", "parent", "isic", "hs")
