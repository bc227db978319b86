"""Actions that mark many attendees at once as shown in public, or not."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.domain.access import access
from events.domain.attendance import publicity
from events.models import Attendee


def _action(
    name: str, label: Any, act: Callable[..., list[Attendee]], done: Callable[[int], str]
) -> Any:
    """Return an action that marks the attendees that the user may change."""

    @admin.action(description=label, permissions=["attend"])
    def do(screen: Any, request: HttpRequest, rows: QuerySet[Attendee]) -> None:
        ours = access.changeable(user=request.user, model=Attendee)
        changed = act(among=ours.filter(pk__in=rows.order_by().values("pk")))
        messages.success(request, done(len(changed)) % {"number": len(changed)})

    do.__name__ = name
    return do


def _are_shown(number: int) -> str:
    return ngettext(
        "%(number)s speaker or guest of honour more is shown in public.",
        "%(number)s speakers or guests of honour more are shown in public.",
        number,
    )


def _are_hidden(number: int) -> str:
    return ngettext(
        "%(number)s attendee is shown in public no more.",
        "%(number)s attendees are shown in public no more.",
        number,
    )


ACTIONS: Final = (
    _action("show_in_public", _("Show in public"), publicity.show, _are_shown),
    _action("hide_from_public", _("Do not show in public"), publicity.hide, _are_hidden),
)
