"""The columns of the CSV exports of applications and members."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models import Leg
from events.admin.kit.csvcolumns import in_chinese
from events.admin.kit.exports import Sheet


def _with_legs(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    legs = Leg.objects.visible_to(request.user).select_related("stay").in_order()
    return rows.prefetch_related(Prefetch("legs", legs))


def _with_nominees(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.prefetch_related("nominees__person")


def _names(rows: Any) -> str:
    return "; ".join(map(str, rows))


DELEGATES = Sheet(
    "delegation",
    (
        (_("precedence"), lambda member: member.precedence),
        (_("name"), str),
        (_("in Chinese"), in_chinese),
        (pgettext_lazy("of a delegate", "capacity"), lambda member: member.get_capacity_display()),
        (_("in the capacity of"), lambda member: member.appointment),
        (_("organisation"), lambda member: member.organisation),
        (_("legs"), lambda member: _names(member.legs.all())),
        (_("counted"), lambda member: _("yes") if member.counted else _("no")),
    ),
    related=("person", "appointment", "organisation"),
    prepare=_with_legs,
)
APPLICATIONS = Sheet(
    "applications",
    (
        (_("delegation"), lambda application: application.delegation),
        (_("organisation"), lambda application: application.organisation),
        (_("status"), lambda application: application.get_status_display()),
        (_("submitted"), lambda application: application.submitted_at),
        (_("proposed"), lambda application: _names(application.nominees.all())),
        (_("contact"), lambda application: application.contact),
        (_("statement"), lambda application: application.statement),
        (_("to be confirmed by"), lambda application: application.confirm_by),
        (_("decided"), lambda application: application.decided_at),
        (_("decided by"), lambda application: application.decided_by),
        (_("reason"), lambda application: application.reason),
    ),
    related=("delegation", "organisation", "contact", "decided_by"),
    prepare=_with_nominees,
)
