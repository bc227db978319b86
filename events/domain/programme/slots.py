"""The time that an event takes: of whom, of which room, and for how long."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q

from events.models import Event
from events.models.events.events import UPWARDS, EventQuerySet, Keys
from events.values import dates
from events.values.dates import DAY, Precision

# Kinds that take nobody's time: they are dates to know, or hours to fill.
TIMELESS: Final = (
    Event.Kind.DEADLINE,
    Event.Kind.REVIEW,
    Event.Kind.PUBLICATION,
    Event.Kind.FREE_TIME,
)
SOFT: Final = (Event.Status.DRAFT, Event.Status.TENTATIVE)
COUNTED: Final = (*SOFT, Event.Status.CONFIRMED)
# What an event without a known end takes at least: two that start together meet.
MOMENT: Final = timedelta(minutes=1)
ANCESTORS: Final = tuple(f"{path}_id" for path in UPWARDS)
COLUMNS: Final = (
    "pk", "kind", "status", "precision", "start_on", "end_on", "end_time", "timezone",
    "end_timezone", "start_at", "end_at", "place_id", "end_place_id", "attendance_mode",
    "capacity", "team_id", "vehicle_id", "vehicle__seats", *ANCESTORS,
)  # fmt: skip

Span = tuple[datetime, datetime]  # half-open


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An event as the clashes see it: its moments, its places, and what it is part of."""

    pk: int
    kind: str
    soft: bool
    day_long: bool
    start_on: date
    last_on: date
    has_last: bool
    zones: tuple[str, str]
    start: datetime
    end: datetime
    ends: bool
    place: int | None
    end_place: int | None
    is_online: bool
    capacity: int | None
    team: int | None
    vehicle: int | None
    seats: int | None
    above: tuple[int, ...]

    @property
    def root(self) -> int:
        return self.above[-1] if self.above else self.pk

    @property
    def is_transfer(self) -> bool:
        return self.kind == Event.Kind.TRANSFER

    @property
    def is_frame(self) -> bool:
        """Whether it frames days rather than hours: it takes whole days, or one day and more."""
        return self.day_long or (not self.is_transfer and self.end - self.start >= DAY)

    def is_related(self, other: "Slot") -> bool:
        """Whether one is the other, or a part of it on any level."""
        return self.pk == other.pk or self.pk in other.above or other.pk in self.above

    @property
    def span(self) -> Span:
        return self.start, self.end

    @property
    def presence(self) -> Span | None:
        """The time for which somebody who attends it is at its place, as far as is known.

        On the first and the last of several days people travel. A leg of one day is travel only.
        """
        if not self.is_frame:
            return self.span
        first, last = self.start_on + DAY, self.last_on - DAY
        if self.start_on == self.last_on and self.kind != Event.Kind.LEG:
            first = last = self.start_on
        if first > last:
            return None
        start, end = self.zones
        days = dates.to_utc(first, time.min, start), dates.to_utc(last + DAY, time.min, end)
        return overlap(days, self.span)


def counting(events: EventQuerySet) -> EventQuerySet:
    """Those that take time: ours, known to the day, taking place, and of a kind that does."""
    taking = events.filter(
        precision__in=dates.EXACT, status__in=COUNTED, origin=Event.Origin.MANAGED
    )
    return taking.exclude(kind__in=TIMELESS)


def near(*, span: Span, margin: timedelta = timedelta()) -> EventQuerySet:
    """Return the events that take time in a period, or within a margin before and after it."""
    start, end = span[0] - margin - MOMENT, span[1] + margin
    later = Q(end_at__gt=start) | Q(start_at__gte=start)
    return counting(Event.objects.order_by()).filter(later, start_at__lt=end)


def load(*, events: EventQuerySet) -> dict[int, Slot]:
    """Return the events that take time, by key, with one query."""
    rows = counting(events).untranslated().order_by().values_list(*COLUMNS)
    return {row[0]: _slot(dict(zip(COLUMNS, row, strict=True))) for row in rows}


def by_key(*, keys: Keys | Collection[int]) -> dict[int, Slot]:
    return load(events=Event.objects.filter(pk__in=keys))


def around(*, slots: Collection[Slot]) -> Span:
    """Return the period from the first start to the last end of some events."""
    return min(slot.start for slot in slots), max(slot.end for slot in slots)


def overlap(one: Span | None, other: Span | None) -> Span | None:
    """Return the time that two half-open periods share, or None."""
    if one is None or other is None:
        return None
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def _slot(row: dict[str, Any]) -> Slot:
    start, end = row["start_at"], row["end_at"]
    return Slot(
        pk=row["pk"],
        kind=row["kind"],
        soft=row["status"] in SOFT,
        day_long=row["precision"] == Precision.DAY,
        start_on=row["start_on"],
        last_on=max(row["start_on"], row["end_on"] or row["start_on"]),
        has_last=row["end_on"] is not None,
        zones=(row["timezone"], row["end_timezone"] or row["timezone"]),
        start=start,
        end=end if end and end > start else start + MOMENT,
        ends=end is not None and row["end_time"] is not None,
        place=row["place_id"],
        end_place=row["end_place_id"],
        is_online=row["attendance_mode"] == Event.AttendanceMode.ONLINE,
        capacity=row["capacity"],
        team=row["team_id"],
        vehicle=row["vehicle_id"],
        seats=row["vehicle__seats"],
        above=tuple(_chain(row)),
    )


def _chain(row: dict[str, Any]) -> Iterator[int]:
    return (row[name] for name in ANCESTORS if row[name] is not None)
