"""How an event is stored: what people see of a change, and what follows from it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from events.domain import reminders
from events.models import Event
from events.models.events import EventQuerySet

# A change of these is another appointment: SEQUENCE rises (RFC 5545, 3.8.7.4).
SCHEDULE: Final = (
    "precision",
    "start_on",
    "start_time",
    "end_on",
    "end_time",
    "timezone",
    "end_timezone",
    "place_id",
    "status",
)
# A change of these can be seen in a feed, on a page, in a mail: LAST-MODIFIED rises.
VISIBLE: Final = (
    *SCHEDULE,
    "slug",
    "title_en",
    "title_zh_hans",
    "title_zh_hant",
    "description_en",
    "description_zh_hans",
    "description_zh_hant",
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


def save(*, event: Event, now: datetime) -> None:
    """Store an event, count what changed and bring its reminders in step.

    The one way in which admin, API and loader do it. Rows related to it follow with `touch`.
    """
    with transaction.atomic():
        if stored := _locked().filter(pk=event.pk).first():
            _count(event, stored, now)
        else:
            event.created_at = event.changed_at = now.replace(microsecond=0)
        event.save()
        reminders.replan(event=event, now=now)


def touch(*, event: Event, now: datetime) -> None:
    """Record a visible change in rows related to the event: hubs, organisations, sectors."""
    with transaction.atomic():
        _raise_revision(event, _locked().get(pk=event.pk), now)
        event.save(update_fields=["revision", "changed_at"])


def _locked() -> EventQuerySet:
    """Events as they stand, locked until the change is in."""
    return Event.objects.select_for_update(no_key=True)


def _count(event: Event, stored: Event, now: datetime) -> None:
    for name in COUNTED:
        setattr(event, name, getattr(stored, name))
    if _differ(event, stored, SCHEDULE):
        event.sequence += 1
    if _differ(event, stored, VISIBLE):
        _raise_revision(event, stored, now)


def _raise_revision(event: Event, stored: Event, now: datetime) -> None:
    """Two changes within a second still bear two times: clients compare LAST-MODIFIED."""
    event.revision = stored.revision + 1
    event.changed_at = max(now.replace(microsecond=0), stored.changed_at + SECOND)


def _differ(event: Event, stored: Event, names: tuple[str, ...]) -> bool:
    return any(_value(event, name) != _value(stored, name) for name in names)


def _value(event: Event, name: str) -> object:
    """Return a column's value; an empty translation may be NULL or ''."""
    value: object = getattr(event, name)
    return None if value == "" else value
