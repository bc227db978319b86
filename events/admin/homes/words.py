"""Words and addresses that homes share: days to go, figures, and filtered lists."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from events.domain.overview.standings import Standing
from events.models import Attendee, Event

# The figures of a home, in this order; the number of those on the list stands before them.
FIGURES = (
    Standing.INVITED,
    Standing.ACCEPTED,
    Standing.DECLINED,
    Standing.TENTATIVE,
    Standing.WAITING,
    Standing.UNANSWERED,
)
LISTED_BY_EVENT = "event__id__exact"  # the parameter of the filter by event
BY_STANDING = "stands"  # the parameter of the filter by standing


def countdown(days: int | None, *, is_over: bool) -> str:
    """Return “in 12 days”, “today”, “now on”, “3 days ago”; '' if the day is not known."""
    if days is None:
        return ""
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("in %(number)s day", "in %(number)s days", days) % {"number": days}
    if not is_over:
        return gettext("now on")
    return ngettext("%(number)s day ago", "%(number)s days ago", -days) % {"number": -days}


def listing(model: type[Model], **filters: Any) -> str:
    """Return the address of a list with these filters."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return f"{reverse(name)}?{urlencode(filters)}"


def attendees(event: Event, standing: str = "", words: str = "") -> str:
    """Return the address of the list of attendees of an event, or of one group of them."""
    chosen = {BY_STANDING: standing, "q": words}
    filled = {name: value for name, value in chosen.items() if value}
    return listing(Attendee, **{LISTED_BY_EVENT: event.pk}, **filled)


def figures(event: Event, counted: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    """Yield the numbers of attendees by where they stand, each with the list of those."""
    for standing in (Standing.LISTED, *FIGURES):
        number = counted[standing]
        yield {
            "label": standing.label,
            "number": number,
            "url": attendees(event, standing),
        }


def rows_url(row: Model) -> str:
    """Return the address of the page on which guests or members are added as rows."""
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_guests", args=[row.pk])
