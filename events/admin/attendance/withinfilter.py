"""The filter of attendees by a whole programme: those of an event and of all its parts."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from events.models import Event
from events.models.people.attendees import AttendeeQuerySet
from events.values.keys import is_key

WITHIN: Final = "within"


class WithinFilter(DropdownFilter):
    """Shown only in a list that a link has narrowed, because it offers no other event."""

    title = _("programme of")
    parameter_name = WITHIN

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = request.GET.get(WITHIN, "")
        seen = Event.objects.visible_to(request.user)
        event = seen.filter(pk=key).first() if is_key(key) else None
        return [(key, str(event))] if event else []

    def queryset(self, request: HttpRequest, queryset: AttendeeQuerySet) -> AttendeeQuerySet:
        key = str(self.value() or "")
        if not is_key(key):
            return queryset
        return queryset.filter(event__in=Event.objects.within([int(key)]))
