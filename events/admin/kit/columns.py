"""List columns that several screens share: dates, badges, place and team."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.domain.pages import formatting
from events.models import Event

# The colour of each status; the badge also contains the word.
STATUS = {
    Event.Status.TENTATIVE: "warning",
    Event.Status.CONFIRMED: "success",
    Event.Status.POSTPONED: "warning",
    Event.Status.CANCELLED: "danger",
}
NEWEST_FIRST = (F("start_on").desc(nulls_last=True), "-pk")


def chosen_words(row: Any, column: str) -> str:
    """Return the words of a value with choices; Django's own way translates all choices to find it.

    A list asks for them in each row.
    """
    value = getattr(row, column)
    return str(_choices(row._meta.get_field(column)).get(value, value))


@lru_cache(maxsize=500)
def _choices(column: Any) -> dict[Any, Any]:
    return dict(column.flatchoices)


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
        return coloured(chosen_words(event, "status"), STATUS.get(Event.Status(event.status), ""))

    @display(description=_("known"), ordering="precision")
    def shown_precision(self, event: Event) -> str:
        parts = (chosen_words(event, "precision"), chosen_words(event, "basis"))
        return " · ".join(filter(None, parts))


def badge(description: Any, column: str, colours: dict[Any, str]) -> Any:
    """Return a list column that shows a column with choices as a coloured badge."""

    @display(description=description, ordering=column)
    def shown(admin: Any, row: Any) -> str:
        return coloured(chosen_words(row, column), colours.get(getattr(row, column), ""))

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
