"""Inlines of an event: the roles of organisations, and further places."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from events.admin.kit.base import ScopedInline
from events.domain.pages import formatting
from events.models import EventOrganisation, EventPlace


class EventOrganisationInline(ScopedInline, TabularInline):
    model = EventOrganisation
    fields = ("organisation", "role", "position", "stand")
    tab = False
    section = "organisers"
    autocomplete_fields = ("organisation",)
    ordering = ("position", "pk")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation")


class EventPlaceInline(ScopedInline, TabularInline):
    helps: ClassVar[Any] = {
        "direction": _("Whether the hub sends the stream or shows it."),
        "capacity": _("How many seats the hub has. Empty: no limit."),
    }
    model = EventPlace
    fields = ("place", "role", "shown_clock", "position", "direction", "stream_url", "capacity")
    readonly_fields = ("shown_clock",)
    tab = False
    section = "where"
    classes = ("placed",)
    autocomplete_fields = ("place",)
    ordering = ("role", "position", "pk")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("event", "place__parent__parent__parent__parent")

    @display(description=_("at its own clock"))
    def shown_clock(self, row: EventPlace) -> str:
        """The local time at a hub; for an event without a time of day, its day."""
        if row.role != EventPlace.Role.HUB:
            return ""
        return formatting.clock_at(event=row.event, zone=row.place.find_zone())
