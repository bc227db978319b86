"""Applications as rows: organisation, nominee or contact, address, capacity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.admin.applications.applicationwords import STATUS, applicant, names
from delegations.domain.applications import submissions
from delegations.models import Application, Delegate, Delegation, Nominee
from events.admin.attendance.guestlists import GuestList, Listed
from events.admin.kit import redaction
from events.domain.guests.guests import Added, Party
from events.domain.guests.matching import Guest, Match
from events.models import Organisation


def applications_of(request: HttpRequest, delegation: Delegation) -> QuerySet[Application]:
    """Return the visible applications with their nominees, in the order of submission."""
    rows = Application.objects.visible_to(request.user).filter(delegation=delegation)
    rows = rows.select_related("organisation", "contact", "delegation__mission")
    nominees = Prefetch("nominees", Nominee.objects.select_related("person").order_by("pk"))
    return rows.prefetch_related(nominees).order_by("submitted_at", "pk")


class ApplicationList(GuestList):
    """The applications to a delegation; the rows of one organisation are one application."""

    guests_title: ClassVar[Any] = _("Applications as rows")
    listed_title: ClassVar[Any] = _("Applications")
    new_title: ClassVar[Any] = _("New applications")
    role_label: ClassVar[Any] = capfirst(Delegate._meta.get_field("capacity").verbose_name)
    nobody: ClassVar[Any] = _("No applications yet. Write the first below, or paste a list.")
    hint: ClassVar[Any] = _(
        "A row is a nominee with the organisation that applies; several rows of one organisation"
        " are one application. Its contact is whoever is entered as contact, or else its first"
        " nominee. Enter goes on to the next field, and after the mail address to the next row."
        " All are submitted at once; nobody is mailed."
    )
    has_tags: ClassVar[bool] = False
    needs_organisation: ClassVar[bool] = True

    def guest_roles(self, row: Delegation) -> Sequence[tuple[str, Any]]:
        return [*Delegate.Capacity.choices, (submissions.CONTACT, _("contact, does not travel"))]

    def usual_role(self, row: Delegation) -> str:
        return Delegate.Capacity.DELEGATE

    def add_guests(
        self, request: HttpRequest, row: Delegation, found: Sequence[Guest], now: datetime
    ) -> Added:
        if not found:
            return Added([], [], Party([]))
        return submissions.add(delegation=row, found=found, user=request.user, now=now)

    def added(self, number: int) -> str:
        text = ngettext(
            "%(number)s application was submitted.",
            "%(number)s applications were submitted.",
            number,
        )
        return text % {"number": number}

    def made(self, number: int) -> str:
        text = ngettext("%(number)s person is new.", "%(number)s people are new.", number)
        return text % {"number": number}

    def listed(self, request: HttpRequest, row: Delegation) -> Any:
        return applications_of(request, row)

    def shown(self, request: HttpRequest, row: Delegation, rows: Sequence[Any]) -> list[Listed]:
        redaction.hide(request, rows, loaded=True)
        return [_shown(application) for application in rows]

    def roles_of(
        self, request: HttpRequest, row: Delegation, people: Collection[int]
    ) -> dict[int, str]:
        """Name the organisation that proposes each of the people already."""
        seen = Application.objects.visible_to(request.user).filter(delegation=row)
        rows = Nominee.objects.filter(application__in=seen, person__in=people)
        rows = rows.select_related("application__organisation").order_by("pk")
        return {
            each.person_id: str(each.application.organisation) for each in rows if each.person_id
        }

    def notes(
        self, request: HttpRequest, row: Any, matches: Sequence[Match], roles: Mapping[int, str]
    ) -> list[str]:
        """Leave out those whose organisation has an application already."""
        bodies = [match.organisation for match in matches if match.organisation]
        known = submissions.standing(delegation=row, bodies=bodies)
        text = gettext("This organisation has an application already.")
        return [text if _is_in(known, match.organisation) else "" for match in matches]


def _is_in(known: Mapping[int, Application], body: Organisation | None) -> bool:
    return body is not None and body.pk in known


def _shown(row: Application) -> Listed:
    return Listed(
        pk=row.pk,
        name=applicant(row),
        about=names(row),
        role=None,
        url=reverse("admin:delegations_application_change", args=[row.pk]),
        states=[(row.get_status_display(), STATUS.get(Application.Status(row.status), ""))],
    )
