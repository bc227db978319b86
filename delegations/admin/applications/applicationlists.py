"""The applications to one delegation: a panel on its page, and a page to decide about several."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from delegations.admin.applications import rounds as roundpages
from delegations.admin.applications.applicationrows import ApplicationList, applications_of
from delegations.admin.applications.applications import ApplicationSteps
from delegations.admin.applications.applicationsteps import zone_of
from delegations.admin.applications.applicationwords import (
    STATUS,
    applicant,
    names,
    room_line,
    silences,
)
from delegations.domain.applications import applications, rounds
from delegations.domain.mail import decisions
from delegations.models import Application, Delegation
from events.admin.attendance import guestlists
from events.admin.kit import redaction, screens
from events.domain.pages import formatting

Status = Application.Status
# The groups of the page, each with the states of its applications.
GROUPS: Final = (
    ("undecided", _("To decide"), applications.UNDECIDED),
    ("waiting", _("Waiting list"), (Status.WAITLISTED,)),
    ("accepted", _("Accepted"), (Status.ACCEPTED,)),
    ("confirmed", _("Confirmed"), (Status.CONFIRMED,)),
    ("drafts", _("Drafts"), (Status.DRAFT,)),
    ("ended", _("Ended"), (Status.DECLINED, Status.LAPSED, Status.WITHDRAWN)),
)


class ListsApplications:
    """A screen of delegations with a page of the applications to each; mixed into its admin."""

    opts: Any

    def applications_url(self, key: int) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_applications_page"
        return reverse(name, args=[key])

    @action(description=_("Applications"), url_path="applications", icon="checklist")
    def applications_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the applications, of which several can be chosen and decided together."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        may = self.has_change_permission(request, row)  # type: ignore[attr-defined]
        found = panel(request, row, may)
        back = self.row_url(row)  # type: ignore[attr-defined]
        return screens.page(
            self,
            request,
            "delegations/admin/applicationlist.html",
            title=_("Applications"),
            original=row,
            may=may and row.is_open,
            chosen=request.GET.get("choose", ""),
            groups=_groups(found["applications"]),
            verbs=_verbs(found["applications"]),
            back=back,
            decide_url=reverse("admin:delegations_application_decide"),
            media=self.media,  # type: ignore[attr-defined]
            **found,
        )

    def get_custom_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_application_rows"
        rows = ("<int:object_id>/applications/rows/", name, self.application_rows)
        return (rows, *super().get_custom_urls())  # type: ignore[misc]

    def application_rows(self, request: HttpRequest, object_id: int, **_kw: Any) -> HttpResponse:
        """Show the applications with rows for new ones (GET), or submit these (POST)."""
        row = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        may = self.has_change_permission(request, row)  # type: ignore[attr-defined]
        may = may and row.is_open
        return guestlists.answer(self, request, row, ApplicationList(), may=may)


def panel(request: HttpRequest, delegation: Delegation, may: bool) -> dict[str, Any]:
    """Return the seats, and the visible applications in the order of submission."""
    buttons = ApplicationSteps(_here(request), delegation) if may else None
    found = list(applications_of(request, delegation))
    silent = {row.pk: decisions.silence(application=row) if may else None for row in found}
    redaction.hide(request, found, loaded=True)
    return {
        "room_line": room_line(applications.room(delegation=delegation)),
        "applications": [_application(row, silent[row.pk], buttons) for row in found],
        "add_application_url": _add(request, delegation) if may else "",
        "application_rows_url": _rows(delegation) if may and delegation.is_open else "",
    }


def _here(request: HttpRequest) -> str:
    return request.path if "/applications/" in request.path else f"{request.path}#applications"


def _application(
    row: Application, silent: decisions.Silence | None, buttons: ApplicationSteps | None
) -> dict[str, Any]:
    zone = str(zone_of(row))
    until = row.status == Status.ACCEPTED and row.confirm_by
    is_open = row.status in (*applications.PROPOSING,)
    return {
        "application": row,
        "name": applicant(row),
        "url": reverse("admin:delegations_application_change", args=[row.pk]),
        "names": names(row),
        "seats": rounds.asked(row),
        "submitted": formatting.moment(row.submitted_at, zone) if row.submitted_at else "–",
        "until": gettext("until %(when)s") % {"when": formatting.moment(until, zone)}
        if until
        else "",
        "colour": STATUS.get(Status(row.status), ""),
        "warning": silences(silent) if is_open else "",
        "may_choose": bool({*applications.next_steps(application=row)} & roundpages.STEPS.keys()),
        "buttons": buttons.of(row) if buttons else [],
    }


def _groups(shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the applications by state, in the order of GROUPS, without empty groups."""
    groups = []
    for name, title, states in GROUPS:
        rows = [row for row in shown if row["application"].status in states]
        may_choose = any(row["may_choose"] for row in rows)
        if rows:
            groups.append({"name": name, "title": title, "rows": rows, "may_choose": may_choose})
    return groups


def _verbs(shown: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the steps that at least one of the applications allows, to be taken together."""
    legal = Counter(button["step"].verb for row in shown for button in row["buttons"])
    return [step for verb, step in roundpages.STEPS.items() if legal[verb]]


def _rows(delegation: Delegation) -> str:
    opts = delegation._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_application_rows"
    return reverse(name, args=[delegation.pk])


def _add(request: HttpRequest, delegation: Delegation) -> str:
    query = urlencode({"delegation": delegation.pk, "next": _here(request)})
    return f"{reverse('admin:delegations_application_add')}?{query}"
