"""Template tags for the rundown of a programme."""

from datetime import date, datetime

from django import template

register = template.Library()


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
