"""The screen of organisations, with merging extended to their delegations."""

from datetime import datetime
from typing import Any

from django.contrib import admin

from delegations.domain.directory import organisations
from events.admin.directory.organisations import OrganisationAdmin as EventsOrganisationAdmin
from events.models import Merger, Organisation

admin.site.unregister(Organisation)


@admin.register(Organisation)
class OrganisationAdmin(EventsOrganisationAdmin):
    def merge_records(self, *, keep: Any, drop: Any, now: datetime) -> Merger:
        return organisations.merge(keep=keep, drop=drop, now=now)

    def unmerge_records(self, *, merger: Merger, now: datetime) -> Any:
        return organisations.unmerge(merger=merger, now=now)
