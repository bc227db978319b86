"""Which organisations take part in an event, and where else it takes place."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from events.admin.base import ScopedInline
from events.models import EventOrganisation, EventPlace


class EventOrganisationInline(ScopedInline, TabularInline):
    model = EventOrganisation
    fields = ("organisation", "role", "position", "stand")
    autocomplete_fields = ("organisation",)
    ordering = ("position", "pk")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation")


class EventPlaceInline(ScopedInline, TabularInline):
    model = EventPlace
    fields = ("place", "role", "position", "direction", "stream_url", "capacity")
    autocomplete_fields = ("place",)
    ordering = ("role", "position", "pk")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("place")
