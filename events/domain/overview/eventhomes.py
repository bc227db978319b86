"""All that the home of an event shows, read for one user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from events.domain.access import access
from events.domain.attendance import capacity
from events.domain.attendance.capacity import Capacity
from events.domain.overview import gaps, mails, standings
from events.domain.overview.gaps import Gap
from events.domain.overview.mails import Sent
from events.domain.programme import tree
from events.models import Attendee, Event, Person, ReminderOccurrence, Viewer
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates
from events.values.languages import columns

MAX_GUESTS: Final = 20  # attendees that are shown; the list has all


@dataclass(frozen=True, slots=True)
class Guests:
    """The first attendees that match a search, and the number of all that do."""

    first: list[Attendee]
    number: int


@dataclass(frozen=True, slots=True)
class EventHome:
    """An event with its programme, attendees and mails, as far as the user may see them.

    `above` are the events that it is part of, the root first. `days_to_go` counts from today to its
    first day, both at its own clock; None if that day is not known. `takes_guests` says whether the
    user may add attendees.
    """

    event: Event
    above: list[Event]
    days_to_go: int | None
    parts: list[tuple[int, Event]]
    standings: dict[str, int]
    seats: list[Capacity]
    guests: Guests
    planned: list[ReminderOccurrence]
    sent: list[Sent]
    gaps: list[Gap]
    takes_guests: bool


def of(
    *, event: Event, user: Viewer, now: datetime, words: str = "", standing: str = ""
) -> EventHome:
    """Read the home of an event; `words` and `standing` narrow the attendees that are listed."""
    rows = Attendee.objects.visible_to(user).filter(event=event)
    parts = tree.tree(event=event, among=Event.objects.visible_to(user))
    counted = standings.counts(rows=rows)
    seats = capacity.of(event=event)
    sent = mails.sent(event=event, user=user)
    may = access.may_change(user=user, row=event)
    return EventHome(
        event=event,
        above=_above(event, user),
        days_to_go=days_to_go(event=event, now=now),
        parts=parts,
        standings=counted,
        seats=seats,
        guests=_guests(find(rows=rows, user=user, words=words, now=now), standing),
        planned=list(mails.planned(event=event)) if may else [],
        sent=sent,
        gaps=_gaps(event, parts, counted, seats, sent, user, now) if may else [],
        takes_guests=Attendee.objects.all().holders(user).filter(pk=event.pk).exists(),
    )


def days_to_go(*, event: Event, now: datetime) -> int | None:
    """Return the days from today to the first day, at the clock of the event; past ones below 0."""
    if not event.when.is_exact or event.start_on is None:
        return None
    today = now.astimezone(dates.zone(event.timezone)).date()
    return (event.start_on - today).days


def find(*, rows: AttendeeQuerySet, user: Viewer, words: str, now: datetime) -> AttendeeQuerySet:
    """Return the attendees whose name, in any spelling, address or description has the words."""
    if not words.strip():
        return rows
    people = Person.objects.visible_to(user).sought_by(user, words, now=now)
    found = Q(person__in=people)
    for label in columns("label"):
        found |= Q(**{f"{label}__icontains": words})
    return rows.filter(found)


def _guests(found: AttendeeQuerySet, standing: str) -> Guests:
    if standing in standings.Standing.values:
        found = standings.among(rows=found, standing=standing)
    shown = found.select_related("person", "representing", "hub__place")
    first = list(shown.order_by("position", "pk")[:MAX_GUESTS])
    return Guests(first, len(first) if len(first) < MAX_GUESTS else found.order_by().count())


def _above(event: Event, user: Viewer) -> list[Event]:
    if event.parent_id is None:
        return []
    rows = tree.above(event=event)
    seen = access.visible(user=user, model=Event).filter(pk__in=[row.pk for row in rows])
    keys = set(seen.values_list("pk", flat=True))
    return [row for row in reversed(rows) if row.pk in keys]


def _gaps(
    event: Event,
    parts: Sequence[tuple[int, Event]],
    counted: dict[str, int],
    seats: list[Capacity],
    sent: list[Sent],
    user: Viewer,
    now: datetime,
) -> list[Gap]:
    return gaps.of(
        event=event,
        parts=[part for _depth, part in parts],
        standings=counted,
        seats=seats,
        sent=sent,
        user=user,
        now=now,
    )
