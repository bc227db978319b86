"""The start page with the number of new applications, which nobody has reviewed yet."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.models import Application
from events.admin.site import dashboard
from events.domain.access import access


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put the number of new applications before the other numbers."""
    shown = dashboard.show(request, context)
    new = access.visible(user=request.user, model=Application).filter(status="submitted").count()
    count = dashboard.count(_("New applications"), new, Application, status__exact="submitted")
    return {**shown, "counts": [count, *shown["counts"]]}
