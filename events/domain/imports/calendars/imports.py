"""Import of calendars: they become tentative events of a team.

Preview and import use the same plan (`importplans`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext, override

from events.domain.imports.calendars import fetching, foreignevents
from events.domain.imports.calendars.importplans import Choices, Outcome, Plan, Planner, Row
from events.domain.lifecycle import lifecycle
from events.models import Event, ImportedEvent

# Kinds that stand alone. Legs and transfers belong to a mission, a mission to a delegation.
KINDS: Final = tuple(
    kind
    for kind in Event.Kind
    if kind not in {Event.Kind.LEG, Event.Kind.TRANSFER, Event.Kind.TRADE_MISSION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Bytes of a calendar and a name to show. The name is not the URL, which may be secret."""

    name: str
    body: bytes


def fetch(*, address: str) -> Calendar:
    """Return the calendar at a URL. Raises fetching.NotFetched."""
    body = fetching.fetch(address=address)
    return Calendar(name=fetching.host_of(address), body=body)


def preview(*, calendar: Calendar, choices: Choices, now: datetime) -> Plan:
    """Return what `apply` would do now; nothing is stored.

    Raises parsing.Unreadable and foreignevents.TooManyEvents.
    """
    return Planner(choices, now).plan(_read(calendar, choices, now))


def apply(*, calendar: Calendar, choices: Choices, now: datetime) -> Plan:
    """Import a calendar in one transaction; return what was done. Raises what `preview` raises."""
    reading = _read(calendar, choices, now)
    with transaction.atomic():
        lifecycle.hold()
        plan = Planner(choices, now).plan(reading)
        for row in plan.rows:
            if row.outcome in DOING:
                DOING[row.outcome](row, calendar, choices, now)
            _remember(row, now)
    return plan


def _read(calendar: Calendar, choices: Choices, now: datetime) -> foreignevents.Reading:
    return foreignevents.read(body=calendar.body, timezone=choices.timezone, now=now)


def _add(row: Row, calendar: Calendar, choices: Choices, now: datetime) -> None:
    assert row.event and row.entry  # noqa: S101, PT018 -- a NEW row has both
    lifecycle.save(event=row.event, now=now)
    row.link = ImportedEvent.objects.create(
        team=choices.team,
        event=row.event,
        source=calendar.name,
        uid=row.entry.uid,
        key=row.entry.key,
        sequence=row.entry.sequence,
        modified_at=row.entry.modified_at,
        read_at=now,
        source_values=row.said,
    )


def _change(row: Row, calendar: Calendar, choices: Choices, now: datetime) -> None:
    assert row.event  # noqa: S101 -- a CHANGED row has an event
    lifecycle.save_moved(event=row.event, staying=row.staying, now=now)


def _cancel(row: Row, calendar: Calendar, choices: Choices, now: datetime) -> None:
    assert row.event  # noqa: S101 -- a CANCELLED row has an event
    with override(choices.language):
        reason = gettext("Called off by those who publish it")
    lifecycle.cancel(event=row.event, reason=reason, now=now)


DOING: Final[dict[Outcome, Callable[[Row, Calendar, Choices, datetime], None]]] = {
    Outcome.NEW: _add,
    Outcome.CHANGED: _change,
    Outcome.CANCELLED: _cancel,
}


def _remember(row: Row, now: datetime) -> None:
    """Store the values of this reading, so that the next one is compared with them."""
    link, entry = row.link, row.entry
    if not link or not entry or row.outcome in {Outcome.NEW, Outcome.SKIPPED, Outcome.REFUSED}:
        return
    latest = {**link.source_values, **row.said}
    before = (link.source_values, link.sequence, link.modified_at)
    if before == (latest, entry.sequence, entry.modified_at):
        return
    link.source_values, link.sequence, link.modified_at = latest, entry.sequence, entry.modified_at
    link.read_at = now
    link.save()
