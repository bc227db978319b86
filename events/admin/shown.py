"""Columns that several lists show: the date as exactly as it is known, badges, where and whose."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.domain import wording
from events.models import Event

# Which colour says what; the word stands in the badge too.
STATUS = {
    Event.Status.TENTATIVE: "warning",
    Event.Status.CONFIRMED: "success",
    Event.Status.POSTPONED: "warning",
    Event.Status.CANCELLED: "danger",
}
NEWEST_FIRST = (F("start_on").desc(nulls_last=True), "-pk")


class EventColumns:
    """The columns of lists of events."""

    @display(description=_("date"), ordering="start_on")
    def shown_when(self, event: Event) -> str:
        return wording.when(event.when)

    @display(description=_("status"), ordering="status", label=STATUS)
    def shown_status(self, event: Event) -> tuple[str, str]:
        return event.status, event.get_status_display()

    @display(description=_("known"), ordering="precision")
    def shown_precision(self, event: Event) -> str:
        parts = (event.get_precision_display(), event.get_basis_display())
        return " · ".join(filter(None, parts))


def badge(description: Any, column: str, colours: dict[Any, str]) -> Any:
    """Return a list column that shows a column with choices as a coloured badge."""

    @display(description=description, ordering=column, label=colours)
    def shown(admin: Any, row: Any) -> tuple[Any, Any]:
        return getattr(row, column), getattr(row, f"get_{column}_display")()

    return shown
