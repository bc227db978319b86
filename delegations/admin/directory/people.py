"""The screen of people, with the delegations of which they are members."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from delegations.domain.directory import people
from delegations.models import Delegate
from events.admin.directory.people import PersonAdmin as EventsPersonAdmin
from events.admin.kit.base import ReadOnly, ScopedInline
from events.models import Merger, Person

admin.site.unregister(Person)


class MembershipInline(ReadOnly, ScopedInline, TabularInline):
    """The delegations of a person, the newest first, in pages."""

    model = Delegate
    fields = ("delegation", "shown_status", "capacity", "organisation")
    readonly_fields = ("shown_status",)
    ordering: ClassVar[Any] = (F("delegation__mission__start_on").desc(nulls_last=True), "-pk")
    per_page = 20
    hide_title = True
    verbose_name_plural = _("delegations")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user).select_related("person", "delegation", "organisation")

    @display(description=_("status"))
    def shown_status(self, delegate: Delegate) -> str:
        return delegate.delegation.get_status_display()


@admin.register(Person)
class PersonAdmin(EventsPersonAdmin):
    inlines = (*EventsPersonAdmin.inlines[:2], MembershipInline, *EventsPersonAdmin.inlines[2:])

    def merge_records(self, *, keep: Any, drop: Any, now: datetime) -> Merger:
        return people.merge(keep=keep, drop=drop, now=now)

    def unmerge_records(self, *, merger: Merger, now: datetime) -> Any:
        return people.unmerge(merger=merger, now=now)
