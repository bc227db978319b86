"""The filter of attendees by where they stand: the groups that homes count."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from events.domain.access import access
from events.domain.overview import standings
from events.domain.overview.standings import Standing
from events.models import Attendee
from events.models.people.attendees import AttendeeQuerySet


class StandingFilter(DropdownFilter):
    title = _("where they stand")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return Standing.choices

    def queryset(self, request: HttpRequest, queryset: AttendeeQuerySet) -> AttendeeQuerySet:
        """Narrow the list; who has no address is told to those only who may change the list."""
        if self.value() not in Standing.values:
            return queryset
        if self.value() == Standing.UNREACHABLE:
            ours = access.changeable(user=request.user, model=Attendee)
            queryset = queryset.filter(pk__in=ours)
        return standings.among(rows=queryset, standing=str(self.value()))
