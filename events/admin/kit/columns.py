"""List columns that several screens share: dates, badges, place and team."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.templatetags import unfold_list
from unfold.views import ChangeList

from events.domain.pages import formatting
from events.models import Event

# Unfold writes its 26 utilities into each cell of a list, two thirds of its HTML, and has no
# setting for them; one class of `fields.css` draws the same.
unfold_list.ROW_CLASSES[:] = ["row-cell"]
unfold_list.CHECKBOX_CLASSES[:] = ["action-checkbox", "row-cell"]
# The colour of each status; the badge also contains the word.
STATUS = {
    Event.Status.TENTATIVE: "warning",
    Event.Status.CONFIRMED: "success",
    Event.Status.POSTPONED: "warning",
    Event.Status.CANCELLED: "danger",
}
NEWEST_FIRST = (F("start_on").desc(nulls_last=True), "-pk")


class RowList(ChangeList):
    """A list that makes each address of its headings once; Unfold asks for them in every row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._addresses: dict[str, str] = {}
        super().__init__(*args, **kwargs)

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        asked = repr((new_params, remove))
        if asked not in self._addresses:
            self._addresses[asked] = super().get_query_string(new_params, remove)
        return self._addresses[asked]

    @cached_property
    def _ordered(self) -> dict[int, str]:
        return super().get_ordering_field_columns()

    def get_ordering_field_columns(self) -> dict[int, str]:
        return self._ordered


def clock_of(event: Event) -> str:
    """The time zone in which moments of an event are shown: its own, else that of the screens."""
    return event.timezone or timezone.get_current_timezone_name()


class EventColumns:
    """Columns for lists of events."""

    @display(description=_("date"), ordering="start_on")
    def shown_when(self, event: Event) -> str:
        return formatting.when(event.when)

    @display(description=_("status"), ordering="status")
    def shown_status(self, event: Event) -> str:
        return coloured(event.get_status_display(), STATUS.get(Event.Status(event.status), ""))

    @display(description=_("known"), ordering="precision")
    def shown_precision(self, event: Event) -> str:
        parts = (event.get_precision_display(), event.get_basis_display())
        return " · ".join(filter(None, parts))


def badge(description: Any, column: str, colours: dict[Any, str]) -> Any:
    """Return a list column that shows a column with choices as a coloured badge."""

    @display(description=description, ordering=column)
    def shown(admin: Any, row: Any) -> str:
        words = getattr(row, f"get_{column}_display")()
        return coloured(words, colours.get(getattr(row, column), ""))

    return shown


def moment(description: Any, column: str, zone: Callable[[Any], str]) -> Any:
    """Return a list column that shows a moment in a time zone that `zone` derives from the row."""

    @display(description=description, ordering=column)
    def shown(admin: Any, row: Any) -> str:
        at = getattr(row, column)
        return formatting.moment(at, zone(row)) if at else "–"

    return shown


def coloured(text: str, colour: str) -> SafeString:
    """Return the text as a badge for lists and pages; grey without a colour."""
    return _badge(str(text), colour)


@lru_cache(maxsize=500)
def _badge(text: str, colour: str) -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', colour or "plain", text)


def two_lines(text: str, below: str) -> SafeString:
    """Return a cell with a second, quiet line."""
    return format_html('<span class="two-lines"><b>{}</b> <i>{}</i></span>', text, below)
