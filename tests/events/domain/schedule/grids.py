"""A conference of one day in a venue with rooms, and edits of its programme."""

from datetime import date, time
from typing import Any

from events.domain.schedule import edits, items
from events.domain.schedule.edits import Done
from events.models import Event, Place, Team, User
from tests import factories
from tests.factories import NOW

DAY = date(2026, 12, 2)


def conference(team: Team, **columns: Any) -> Event:
    venue = factories.place(team=team, name="Harbour Centre", kind="venue")
    values = {
        "team": team, "place": venue, "start_on": DAY, "end_on": DAY, "start_time": time(8),
        "end_time": time(18), "title_en": "Conference", "status": "draft",
    }  # fmt: skip
    return factories.event(**{**values, **columns})


def part(event: Event, title: str, start: str = "", end: str = "", **columns: Any) -> Event:
    values = {
        "parent": event, "team": event.team, "place": event.place, "title_en": title,
        "kind": "session", "status": "draft", "start_on": event.start_on, "end_on": event.start_on,
        "timezone": event.timezone, "precision": "time" if start else "day",
    }  # fmt: skip
    if start:
        values |= {"start_time": time.fromisoformat(start), "end_time": _time(end)}
    return factories.event(**{**values, **columns})


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def room(event: Event, name: str) -> Place:
    return factories.place(team=event.team, name=name, kind="room", parent=event.place)


def apply(event: Event, user: User, *sent: dict[str, Any]) -> Done:
    return edits.apply(event=event, edits=list(sent), user=user, now=NOW)


def set_(part: Event, **to: Any) -> dict[str, Any]:
    """Return the edit that sets fields, by one who has seen the part as it is stored."""
    known = items.read(event=Event.objects.get(pk=part.pk))
    names = {name.rstrip("_").replace("__", "."): value for name, value in to.items()}
    was = {name: known.get(name) for name in names}
    return {"op": "set", "id": part.pk, "was": was, "to": names}


def hours(*parts: Event) -> list[str]:
    rows = [Event.objects.get(pk=row.pk) for row in parts]
    return [f"{row.start_time:%H:%M}–{row.end_time:%H:%M}" for row in rows]
