"""What the cancellation or postponement of an event took along, read from the history of events.

A row that is called off together with an event names that event in its history. So the event comes
back with the parts that it took along, and a part that was called off on its own stays off.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from events.models import Event
from events.models.base import history

TOGETHER_WITH: Final = "called off with "
OFF: Final = (Event.Status.POSTPONED, Event.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Before:
    """Status and reason of a row before it was called off, and the event that it followed."""

    status: str
    reason: str
    followed: int | None


# A row of which no other status is on record, such as one that was imported as cancelled.
UNKNOWN: Final = Before(status=Event.Status.TENTATIVE, reason="", followed=None)


def explain(*, rows: Collection[Event], event: Event) -> None:
    """Record, for the rows that are about to be stored, which event they are called off with."""
    for row in rows:
        history.explain(row, f"{TOGETHER_WITH}{event.pk}")


def before(*, rows: Collection[Event]) -> dict[int, Before]:
    """Return for each of the rows, by key, what it was before it got its present status."""
    kept = history.of(Event)
    assert kept is not None  # noqa: S101 -- Event has a history
    columns = ("id", "status", "cancellation_reason", "history_change_reason")
    records = kept.filter(id__in=[row.pk for row in rows]).order_by("history_date", "history_id")
    found: dict[int, Before] = {}
    last: dict[int, tuple[str, str]] = {}
    for key, status, reason, why in records.values_list(*columns):
        former, last[key] = last.get(key), (status, reason)
        if former and former[0] != status:
            found[key] = Before(*former, followed=_followed(why))
    return {row.pk: found.get(row.pk, UNKNOWN) for row in rows}


def followers(*, event: Event, parts: Collection[Event]) -> list[Event]:
    """Return those of the parts that were called off with the event and have stayed so."""
    known = before(rows=parts)
    same = [part for part in parts if part.status == event.status and part.status in OFF]
    return [part for part in same if known[part.pk].followed == event.pk]


def _followed(why: str | None) -> int | None:
    number = (why or "").removeprefix(TOGETHER_WITH)
    return int(number) if why != number and number.isdecimal() else None
