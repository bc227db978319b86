"""Adding parts: what the form of a new part presets, and the way back to the programme."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.admin.events.eventforms import taken
from events.domain.programme import parts
from events.models import Event
from events.values.dates import Precision
from events.values.keys import is_key

PROGRAMME = "#programme"  # the section with the programme of an event


class PartsAdmin:
    """A screen on which parts of events are added; mixed into a TeamScopedAdmin."""

    opts: Any

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset what a part takes from the event in `parent`; the address may say otherwise."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)  # type: ignore[misc]
        parent = _parent(request)
        if parent is None:
            return initial
        values = self.preset_part(request, parent)
        told = {name: value for name, value in initial.items() if name in request.GET}
        return {**initial, **values, **told}

    def preset_part(self, request: HttpRequest, parent: Event) -> dict[str, Any]:
        """Return what the form of a new part of this event shows at first."""
        values = {"kind": Event.Kind.SESSION.value, **taken(parent, request.user)}
        values["parent"] = parent.pk
        if not parent.when.is_exact:
            return values | parts.window(parent=parent)
        among = Event.objects.visible_to(request.user)
        values |= parts.start(parent=parent, among=among)
        values["precision"] = Precision.TIME if values["start_time"] else Precision.DAY
        return values

    def add_part(self, row: Event) -> str:
        """The address of the form for a new part of an event."""
        return f"{reverse('admin:events_event_add')}?{urlencode({'parent': row.pk})}"

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        answer: HttpResponse = super().response_add(request, obj, *args)  # type: ignore[misc]
        return self._next_part(request, obj) or answer

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        answer: HttpResponse = super().response_change(request, obj)  # type: ignore[misc]
        return self._next_part(request, obj) or answer

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        answer: HttpResponseRedirect = super().response_post_save_add(request, obj)  # type: ignore[misc]
        return self._programme(request, obj) or answer

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        answer: HttpResponseRedirect = super().response_post_save_change(request, obj)  # type: ignore[misc]
        return self._programme(request, obj) or answer

    def _next_part(self, request: HttpRequest, obj: Event) -> HttpResponse | None:
        """After “Save and add another” lead to the next part of the same event."""
        if "_addanother" not in request.POST or not _sees_parent(request, obj):
            return None
        add = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        return HttpResponseRedirect(f"{add}?{urlencode({'parent': obj.parent_id})}")

    def _programme(self, request: HttpRequest, obj: Event) -> HttpResponseRedirect | None:
        """After “Save” lead to the programme, unless the part was opened from a filtered list."""
        if "_changelist_filters" in request.GET or not _sees_parent(request, obj):
            return None
        there = reverse("admin:events_event_home", args=[obj.parent_id])
        return HttpResponseRedirect(there + PROGRAMME)


def _sees_parent(request: HttpRequest, obj: Event) -> bool:
    if obj.parent_id is None:
        return False
    return Event.objects.visible_to(request.user).filter(pk=obj.parent_id).exists()


def _parent(request: HttpRequest) -> Event | None:
    """The event in the parameter `parent`, if the user may see it."""
    key = request.GET.get("parent", "")
    if not is_key(key):
        return None
    events = Event.objects.visible_to(request.user).select_related("team", "place")
    return events.filter(pk=key).first()
