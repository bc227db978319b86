"""The screen of events, whose homes lead to the delegation that travels."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from delegations.models import Delegation
from events.admin.events.events import EventAdmin as EventsEventAdmin
from events.models import Event

admin.site.unregister(Event)


@admin.register(Event)
class EventAdmin(EventsEventAdmin):
    def home_links(self, request: HttpRequest, row: Event) -> Iterator[dict[str, Any]]:
        """Yield first the delegation of a mission or of a leg, if the user may see it."""
        rows = Delegation.objects.visible_to(request.user)
        found = rows.filter(Q(mission=row.pk) | Q(pk__in=rows.filter(legs__stay=row.pk)))
        for delegation in found.order_by("pk"):
            url = reverse("admin:delegations_delegation_home", args=[delegation.pk])
            label = gettext("Delegation: %(name)s") % {"name": delegation}
            yield {"label": label, "url": url}
        yield from super().home_links(request, row)
