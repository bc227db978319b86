"""Which changes of an event raise `sequence`, `revision` and `changed_at`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Model, Value
from django.db.models.functions import Greatest

from events.models import Event
from events.models.base import history
from events.models.events.events import EventQuerySet
from events.values import dates
from events.values.languages import columns

WHEN: Final = (
    "precision",
    "start_on",
    "start_time",
    "end_on",
    "end_time",
    "timezone",
    "end_timezone",
)
WHERE: Final = ("place_id", "end_place_id")
# A change of one of these columns reschedules the event: SEQUENCE rises (RFC 5545, 3.8.7.4).
SCHEDULE: Final = (*WHEN, *WHERE, "status")
# A change of one of these columns is also visible in the parts of the event.
SHOWN_BELOW: Final = (
    "slug",
    *columns("title"),
    "visibility",
    "status",
)
# A change of one of these columns is visible in feeds, pages or mails: LAST-MODIFIED rises.
VISIBLE: Final = (
    *SCHEDULE,
    "slug",
    *columns("title", "description"),
    "kind",
    "cancellation_reason",
    "series_id",
    "edition",
    "parent_id",
    "after_id",
    "previous_related_id",
    "attendance_mode",
    "visibility",
    "in_calendar",
    "capacity",
    "registration_closes_id",
    "url",
    "stream_url",
    "origin",
    "basis",
    "qualifier",
    "date_text",
)
# Set by this module only, from the stored row: a form opened earlier would write old values back.
MANAGED: Final = ("sequence", "revision", "schedule_epoch", "created_at", "changed_at")
SECOND: Final = timedelta(seconds=1)


def count(*, event: Event, stored: Event, now: datetime) -> None:
    """Raise `sequence` and `revision` of the event as its differences from the stored one demand.

    All columns of COUNTED are first taken from the stored event.
    """
    for name in MANAGED:
        setattr(event, name, getattr(stored, name))
    # New zone data may place the same wall time at another UTC moment.
    moved = dates.instants(event.when) != (stored.start_at, stored.end_at)
    # Whole days are written as VALUE=DATE, without a UTC moment: for them SEQUENCE stays.
    moved_on_clock = moved and event.precision == Event.Precision.TIME
    if moved_on_clock or differ(row=event, stored=stored, names=SCHEDULE):
        event.sequence += 1
    if moved or differ(row=event, stored=stored, names=VISIBLE):
        rise(event=event, stored=stored, now=now)


def rise(*, event: Event, stored: Event, now: datetime) -> None:
    """Raise `revision` by one, and `changed_at` to `now` but at least by a second.

    LAST-MODIFIED has whole seconds and clients compare it, so two changes must differ in it.
    """
    event.revision = stored.revision + 1
    event.changed_at = max(now.replace(microsecond=0), stored.changed_at + SECOND)


def rise_all(*, events: EventQuerySet, now: datetime) -> None:
    """Do as `rise` in one UPDATE, for events that show data of a row that has changed.

    The history gets a record of those whose `changed_at` is ahead of the clock. For all others it
    is known without one that `changed_at` was not later than any later moment: `withdrawn` uses it.
    """
    second = now.replace(microsecond=0)
    later = Greatest(Value(second), F("changed_at") + SECOND)
    events.update(revision=F("revision") + 1, changed_at=later)
    history.note(rows=events.filter(changed_at__gt=second))


def differ(*, row: Model, stored: Model, names: Iterable[str]) -> bool:
    """Whether one of the named columns has another value than in the stored row."""
    return any(_value(row, name) != _value(stored, name) for name in names)


def _value(row: Model, name: str) -> object:
    """Return a column's value, with '' as None: an empty translation may be stored as either."""
    value: object = getattr(row, name)
    return None if value == "" else value
