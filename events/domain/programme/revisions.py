"""What counts as a change of an event: `sequence`, `revision` and `changed_at`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Model, Value
from django.db.models.functions import Greatest

from events.models import Event
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
# A change of these is another appointment: SEQUENCE rises (RFC 5545, 3.8.7.4).
SCHEDULE: Final = (*WHEN, *WHERE, "status")
# A change of these shows in the parts of the event, too.
SHOWN_BELOW: Final = (
    "slug",
    *columns("title"),
    "visibility",
    "status",
)
# A change of these can be seen in a feed, on a page, in a mail: LAST-MODIFIED rises.
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
# Counted here alone; a form that was opened earlier must not turn them back.
COUNTED: Final = ("sequence", "revision", "schedule_epoch", "created_at", "changed_at")
SECOND: Final = timedelta(seconds=1)


def count(*, event: Event, stored: Event, now: datetime) -> None:
    """Count what differs from the stored event."""
    for name in COUNTED:
        setattr(event, name, getattr(stored, name))
    # The law of a zone may have changed since: the same wall time is another moment then.
    moved = dates.instants(event.when) != (stored.start_at, stored.end_at)
    # Of whole days a calendar shows no moment (VALUE=DATE): they are the same appointment.
    moved_on_clock = moved and event.precision == Event.Precision.TIME
    if moved_on_clock or differ(row=event, stored=stored, names=SCHEDULE):
        event.sequence += 1
    if moved or differ(row=event, stored=stored, names=VISIBLE):
        rise(event=event, stored=stored, now=now)


def rise(*, event: Event, stored: Event, now: datetime) -> None:
    """Two changes within a second still bear two times: clients compare LAST-MODIFIED."""
    event.revision = stored.revision + 1
    event.changed_at = max(now.replace(microsecond=0), stored.changed_at + SECOND)


def rise_all(*, events: EventQuerySet, now: datetime) -> None:
    """The same for events that show something else which has changed."""
    later = Greatest(Value(now.replace(microsecond=0)), F("changed_at") + SECOND)
    events.update(revision=F("revision") + 1, changed_at=later)


def differ(*, row: Model, stored: Model, names: Iterable[str]) -> bool:
    """Whether one of the columns has another value than in the stored row."""
    return any(_value(row, name) != _value(stored, name) for name in names)


def _value(row: Model, name: str) -> object:
    """Return a column's value; an empty translation may be NULL or ''."""
    value: object = getattr(row, name)
    return None if value == "" else value
