"""The members of a delegation as rows: name, organisation, capacity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from delegations.domain.rosters import newcomers, rosters
from delegations.models import Delegate, Delegation
from events.admin.attendance.guestlists import GuestsAdmin, Listed
from events.admin.kit import redaction, rights
from events.domain.access import access
from events.domain.guests.guests import Added
from events.domain.guests.matching import Guest


class RosterGuests(GuestsAdmin):
    """The roster of a delegation."""

    guests_title: ClassVar[Any] = _("Members")
    new_title: ClassVar[Any] = _("New members")
    role_label: ClassVar[Any] = capfirst(Delegate._meta.get_field("capacity").verbose_name)
    has_languages: ClassVar[bool] = False
    has_tags: ClassVar[bool] = False

    def may_add_guests(self, request: HttpRequest, row: Delegation) -> bool:
        return row.is_open and rights.may_change(request, row)

    def guest_roles(self, row: Delegation) -> Sequence[tuple[str, Any]]:
        return Delegate.Capacity.choices

    def usual_role(self, row: Delegation) -> str:
        return Delegate.Capacity.DELEGATE

    def add_guests(
        self, request: HttpRequest, row: Delegation, found: Sequence[Guest], now: datetime
    ) -> Added:
        return newcomers.add(delegation=row, found=found, user=request.user, now=now)

    def listed(self, request: HttpRequest, row: Delegation) -> Any:
        rows: Any = access.visible(user=request.user, model=Delegate).filter(delegation=row)
        return rows.select_related("person", "organisation").in_order()

    def roles_of(self, request: HttpRequest, row: Any, people: Collection[int]) -> dict[int, str]:
        rows = self.listed(request, row).filter(person__in=people)
        return {each.person_id: str(each.get_capacity_display()) for each in rows}

    def shown(self, request: HttpRequest, row: Delegation, rows: Sequence[Any]) -> list[Listed]:
        redaction.hide(request, rows, loaded=True)
        return [_shown(member) for member in rows]

    def change_listed(
        self, request: HttpRequest, row: Delegation, data: Mapping[str, str], now: datetime
    ) -> int:
        """Take marked members off the roster, then store the capacities that were changed."""
        members = list(self.listed(request, row))
        leaving = [member for member in members if f"off-{member.pk}" in data]
        changed = [(each, _wanted(each, data)) for each in members if each not in leaving]
        changed = [(member, capacity) for member, capacity in changed if capacity]
        for member, capacity in changed:
            if capacity == Delegate.Capacity.HEAD:
                rosters.appoint_head(delegate=member, now=now)
            else:
                rosters.change(delegate=member, capacity=capacity, now=now)
        if leaving:
            rosters.remove_all(delegates=leaving, delegation=row, now=now)
        return len(leaving) + len(changed)


def _wanted(member: Delegate, data: Mapping[str, str]) -> str:
    """The capacity that the page changes, if nobody else has changed it meanwhile; else ''."""
    wanted, was = data.get(f"role-{member.pk}", ""), data.get(f"was-role-{member.pk}")
    is_new = wanted not in (was, member.capacity) and wanted in Delegate.Capacity.values
    return wanted if is_new else ""


def _shown(member: Delegate) -> Listed:
    rank = f"{member.precedence}. " if member.precedence else ""
    url = ""
    if member.person:
        url = reverse("admin:events_person_change", args=[member.person.pk])
    return Listed(
        pk=member.pk,
        name=f"{rank}{member}",
        about=str(member.organisation or ""),
        role=member.capacity,
        url=url,
        may_leave=True,
    )
