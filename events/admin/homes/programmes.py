"""The programme of an event at a glance: its parts by day, in the order of time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from events.admin.kit.columns import STATUS
from events.domain.pages import formatting
from events.models import Event


def by_day(parts: Sequence[tuple[int, Event]]) -> list[dict[str, Any]]:
    """Return the days of a programme, each with its rows; what lies below a part follows it."""
    days: list[dict[str, Any]] = []
    for depth, part in parts:
        if depth == 1 and (not days or days[-1]["on"] != part.start_on):
            days.append({"on": part.start_on, "title": _day(part), "rows": []})
        days[-1]["rows"].append(_row(depth, part, days[-1]["on"]))
    return days


def _day(part: Event) -> str:
    if part.start_on and part.when.is_exact:
        return formatting.day(part.start_on)
    return str(capfirst(formatting.when(part.when)))


def _row(depth: int, part: Event, on: date | None) -> dict[str, Any]:
    is_plain = part.start_on == on and part.end_on in (on, None)
    when = formatting.hours(part.when) if is_plain else formatting.when(part.when)
    return {
        "depth": depth,
        "event": part,
        "when": when,
        "url": reverse("admin:events_event_home", args=[part.pk]),
        "colour": STATUS.get(Event.Status(part.status), ""),
        "is_internal": part.visibility == Event.Visibility.INTERNAL,
    }
