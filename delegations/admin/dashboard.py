"""The start page with the work of delegations: applications that wait, calls that close."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import ngettext_lazy

from delegations.domain.overview.tasks import TASKS
from events.admin import clock
from events.admin.site import dashboard, tasks
from events.admin.site.tasks import Line

SENTENCES: Final[dict[str, Any]] = {
    "undecided": ngettext_lazy(
        "%(number)s application waits for a decision.",
        "%(number)s applications wait for a decision.",
        "number",
    ),
    "closing": ngettext_lazy(
        "%(number)s call for applications closes within three days.",
        "%(number)s calls for applications close within three days.",
        "number",
    ),
}


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Show the start page with the sentences of both apps."""
    return dashboard.show(request, context, sources=(lines,))


def lines(request: HttpRequest) -> Iterable[Line]:
    return tasks.lines(request, TASKS, SENTENCES, clock.local_now(request))
