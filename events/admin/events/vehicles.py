"""The screens of vehicles, and of how long the ways between places take."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.admin.kit.base import TeamScopedAdmin, TranslatedAdmin
from events.admin.kit.filters import related
from events.models import TravelTime, Vehicle


@admin.register(Vehicle)
class VehicleAdmin(TranslatedAdmin):
    helps: ClassVar[Any] = {
        "seats": _("For passengers, without the driver; a transfer with more people is a clash."),
        "note": _("Such as the driver and their telephone number. Only your team sees it."),
    }
    empty: ClassVar[Any] = _(
        "Add the cars and buses of the team; a transfer then names the one it is made with."
    )
    list_display = ("name", "plate", "seats", "note", "team")
    list_filter: ClassVar[Any] = related("team")
    list_select_related = ("team",)
    search_fields = ("plate",)
    ordering: ClassVar[Any] = ("plate", "pk")
    fields = ("name", "plate", "seats", "note", "team")


@admin.register(TravelTime)
class TravelTimeAdmin(TeamScopedAdmin):
    helps: ClassVar[Any] = {
        "start": _("A room, a venue, or a whole city for all places in it."),
        "end": _("The same place as in “from”: the time between any two places in it."),
        "minutes": _("From door to door. Back as well, unless the way back has its own row."),
    }
    empty: ClassVar[Any] = _(
        "Say how long it takes from one place to another, and within a city; whoever has less time"
        " between two events clashes. Without a row the distance counts, if both places have a"
        " point on the map."
    )
    list_display = ("start", "end", "minutes", "team")
    list_filter: ClassVar[Any] = related("team")
    list_select_related = ("start", "end", "team")
    search_fields = ()
    ordering: ClassVar[Any] = ("start", "end", "pk")
    autocomplete_fields = ("start", "end")
    fields = (("start", "end"), "minutes", "team")
