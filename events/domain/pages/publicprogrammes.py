"""The programme on the public page of an event: all its levels by day, with rooms and speakers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from events.models import Attendee, Event, Place

Rows = Mapping[int | None, Sequence[Event]]  # the parts of each event, by its key


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePart:
    """A part, with what readers do not know yet of its place, who speaks, and its own parts."""

    event: Event
    places: Sequence[Place]
    speakers: Sequence[Attendee]
    days: "Sequence[ProgrammeDay]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDay:
    """Parts of an event that begin on one day, at the event's own clock `zone`.

    `on` is None for parts whose day is not known. The day is `named` unless it stands above.
    """

    on: date | None
    zone: str
    is_named: bool
    parts: Sequence[ProgrammePart]


def of(*, event: Event) -> list[ProgrammeDay]:
    """Return the public programme of an event; parts of a hidden part are hidden with it."""
    found = Event.objects.programme_of(event).for_display()
    rows = list(found.select_related("place__parent__parent__parent__parent").in_time_order())
    below: dict[int | None, list[Event]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    written = _Written(below, _speakers(rows), event.timezone)
    is_one_day = event.start_on == event.when.last_on
    return written.days(event, event.start_on if is_one_day else None, chain(event.place))


def chain(place: Place | None) -> list[Place]:
    """Return the place and those that contain it, innermost first."""
    places: list[Place] = []
    while place is not None:
        places.append(place)
        place = place.parent
    return places


@dataclass(frozen=True, slots=True)
class _Written:
    rows: Rows
    speakers: Mapping[int, Sequence[Attendee]]
    zone: str

    def days(self, event: Event, above: date | None, here: Sequence[Place]) -> list[ProgrammeDay]:
        """Return the parts of an event by day. `above` is the day that readers know already.

        `here` are the place that they know, and those that it lies in.
        """
        days: list[tuple[date | None, list[Event]]] = []
        for row in _in_sequence(self.rows.get(event.pk, [])):
            on = row.start_on if row.when.is_exact else None
            if not days or days[-1][0] != on:
                days.append((on, []))
            days[-1][1].append(row)
        return [
            ProgrammeDay(
                on=on,
                zone=self.zone,
                is_named=on not in (None, above),
                parts=[self.part(row, on, here) for row in rows],
            )
            for on, rows in days
        ]

    def part(self, row: Event, on: date | None, here: Sequence[Place]) -> ProgrammePart:
        there = chain(row.place)
        return ProgrammePart(
            event=row,
            places=_unknown(there, here),
            speakers=self.speakers.get(row.pk, []),
            days=self.days(row, on, there or here),
        )


def _unknown(there: Sequence[Place], here: Sequence[Place]) -> list[Place]:
    """Return what is new of a place: a room alone in the venue where readers are, else with it.

    The city follows if it is another one too.
    """
    known = {place.pk for place in here}
    new = [place for place in there if place.pk not in known]
    wanted = (Place.Kind.SITE, Place.Kind.VENUE, Place.Kind.CITY)
    return [*new[:1], *(place for place in new[1:] if place.kind in wanted)]


def _in_sequence(rows: Sequence[Event]) -> list[Event]:
    """Keep the order of time, but put each event behind the one that it takes place `after`."""
    waiting, ordered = list(rows), []
    while waiting:
        left = {row.pk for row in waiting}
        first = next((row for row in waiting if row.after_id not in left), waiting[0])
        waiting.remove(first)
        ordered.append(first)
    return ordered


def _speakers(rows: Sequence[Event]) -> dict[int, list[Attendee]]:
    found: dict[int, list[Attendee]] = defaultdict(list)
    shown = Attendee.objects.in_public().filter(event__in=[row.pk for row in rows])
    shown = shown.select_related("person", "appointment__organisation", "representing")
    for attendee in shown.order_by("position", "pk"):
        found[attendee.event_id].append(attendee)
    return found
