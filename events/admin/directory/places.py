"""The screen of places."""

from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.admin.kit.base import TranslatedAdmin
from events.admin.kit.filters import chosen, related
from events.admin.kit.forms import ScopedForm
from events.admin.kit.sources import EvidenceInline
from events.domain.directory import places
from events.domain.pages import formatting, zones
from events.models import Place

MAX_TERM = 60  # characters of a search for a zone
MAP = (
    '<svg class="place-map" viewBox="{} {} 60 36" role="img" aria-label="{}">'
    '<image href="{}" x="-180" y="-90" width="360" height="180" />'
    '<circle cx="{}" cy="{}" r="0.8" /></svg>'
)


class PlaceForm(ScopedForm):
    """The form of a place, which must not lie in itself, directly or indirectly."""

    def _post_clean(self) -> None:
        super()._post_clean()
        try:
            places.check(place=self.instance)
        except places.Cycle:
            self.add_error("parent", _("The place would lie in itself."))


@admin.register(Place)
class PlaceAdmin(TranslatedAdmin):
    helps: ClassVar[Any] = {
        "parent": _("A room lies in its venue, a venue in its city."),
        "capacity": _("How many people it holds."),
    }
    empty: ClassVar[Any] = _("Add the city first, then the venue that lies in it, then its rooms.")
    form = PlaceForm
    list_display = ("name", "kind", "parent", "country", "timezone", "unlocode", "team")
    list_filter = (*chosen("kind"), *related("team"))
    list_select_related = ("parent", "team")
    search_fields = ("slug", "unlocode")
    ordering: ClassVar[Any] = ("slug", "pk")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets: ClassVar[Any] = (
        (
            _("What"),
            {"classes": ("tab",), "fields": ("name", "kind", "parent", "capacity", "slug")},
        ),
        (
            _("Where"),
            {
                "classes": ("tab",),
                "fields": (
                    "timezone",
                    "address",
                    ("latitude", "longitude"),
                    ("shown_map", "shown_clock"),
                    ("country", "subdivision", "unlocode"),
                ),
            },
        ),
        (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
    )
    readonly_fields = ("shown_map", "shown_clock")
    inlines = (EvidenceInline,)

    def get_custom_urls(self) -> Any:
        return (("zones/", "events_place_zones", self.zones_view), *super().get_custom_urls())

    def zones_view(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        """Return the time zones that match `term`, in the format of select2."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = zones.choices(
            words=request.GET.get("term", "").replace("\0", "").strip()[:MAX_TERM],
            places=Place.objects.visible_to(request.user),
            now=timezone.now(),
        )
        results = [
            {
                "text": group.heading,
                "children": [{"id": zone, "text": label} for zone, label in group.zones],
            }
            for group in found
        ]
        return JsonResponse({"results": results, "pagination": {"more": False}})

    def response_add(self, request: HttpRequest, obj: Place, *args: Any) -> HttpResponse:
        """After “Save and add another” keep kind and “lies in”: a venue has several rooms."""
        answer = super().response_add(request, obj, *args)
        if "_addanother" not in request.POST or answer.status_code != HTTPStatus.FOUND:
            return answer
        kept = {"kind": obj.kind, "parent": obj.parent_id or ""}
        return HttpResponseRedirect(f"{reverse('admin:events_place_add')}?{urlencode(kept)}")

    @display(description=_("on the map"))
    def shown_map(self, place: Place) -> str:
        """A map of the coasts around the point, on which a wrong coordinate is easy to see."""
        if place.latitude is None or place.longitude is None:
            return "–"
        east, south = float(place.longitude), -float(place.latitude)
        return format_html(
            MAP,
            *(east - 30, south - 18, place),
            static("vendor/world-atlas/land.svg"),
            *(east, south),
        )

    @display(description=_("clock there"))
    def shown_clock(self, place: Place) -> str:
        """The present time in the place's zone, own or inherited, as a check of the zone."""
        zone = place.find_zone()
        return f"{zone}: {formatting.moment(timezone.now(), zone)}" if zone else "–"

    def save_model(self, request: HttpRequest, obj: Place, form: Any, change: bool) -> None:
        places.save(place=obj, now=timezone.now())
