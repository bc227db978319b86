"""Template tags for the timetable and the rundown of a programme."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.text import capfirst

from events.models import Event

register = template.Library()


@register.simple_tag
def choice_labels(name: str) -> str:
    """Return the labels of the choices `Kind`, `Status` or `Visibility` of an event, as JSON."""
    choices: Any = getattr(Event, name)
    labels = {value: str(capfirst(label)) for value, label in choices.choices}
    return json.dumps(labels, ensure_ascii=False)


@register.filter
def length_of(minutes: int | None) -> str:
    """Return “0:45”, “1:30”; '' if the end is not known."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


@register.filter
def wall(at: datetime) -> str:
    """Return the time of day in the zone of the moment, which Django's filter would change."""
    return f"{at:%H:%M}"


@register.filter
def days_off(at: datetime, on: date | None) -> str:
    """Return “+1”, or the like for an earlier date, if a moment has not the date of a sheet."""
    days = (at.date() - on).days if on else 0
    return f"{days:+}".replace("-", "\N{MINUS SIGN}") if days else ""
