"""Itineraries, computed from events and attendees: who is where, when, and with whom."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Prefetch, Q

from events.domain.pages import formatting
from events.models import Attendee, Event, EventPlace, Person, Place
from events.models.events.events import EventQuerySet
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates
from events.values.dates import DAY, Clock, Precision

NAMED: Final = 8  # companions named in an item; the others are counted
MAX_DAYS_SHOWN: Final = 31  # days; a span that lasts longer shows up on its first and last day only
TRANSFER: Final = Event.Kind.TRANSFER
JOURNEYS: Final = (Event.Kind.LEG, Event.Kind.TRADE_MISSION, Event.Kind.OFFICIAL_VISIT)
ABOVE: Final = "parent__parent__parent__parent"  # the places that contain a place

# A local day, preceded by the number of eastward date line crossings so far: after each of them a
# date comes a second time.
Turn = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Another person who will attend."""

    name: str
    role: str
    office: str
    representing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A place that joins by live stream; `clock` is None if the time or the zone is not known."""

    place: str
    clock: Clock | None
    stream_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An event on a day of the itinerary.

    `clock` is in the zone of the event, None without a time of day; `home` shows the same times in
    the reader's home zone. `own` is the reader's attendance, `joins` the hub where they take part.
    `hubs` are all hubs, in the itinerary of an event. `part_of` is the parent event, if it is an
    item too.
    """

    event: Event
    on: date
    clock: Clock | None
    home: Clock | None
    place: str
    end_place: str
    part_of: Event | None
    own: Attendee | None
    joins: Hub | None
    hubs: tuple[Hub, ...]
    companions: tuple[Companion, ...]
    more: int  # number of companions that are not named

    @property
    def stream_url(self) -> str:
        """The stream for the reader: that of their hub if it has one, or else that of the event."""
        return (self.joins and self.joins.stream_url) or self.event.stream_url

    @property
    def here(self) -> Clock | None:
        """The clock at the reader's location: that of their hub, or else that of the event."""
        return self.joins.clock if self.joins and self.joins.clock else self.clock

    @property
    def elsewhere(self) -> tuple[Clock, ...]:
        """The clocks of the event and of the reader's home that differ from `here`."""
        shown = [self.here] if self.here else []
        for clock in filter(None, (self.clock, self.home)):
            if all(clock.hands != other.hands for other in shown):
                shown.append(clock)
        return tuple(shown[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An event over whole days, which frames the items: a mission, a leg, an expo."""

    event: Event
    first: date
    last: date
    place: str
    own: Attendee | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day: items without a time of day first, the others in order of time.

    `arrivals` are transfers that left on another day. `again` is True for a date that comes a
    second time after an eastward crossing of the date line. `hidden` counts internal items that
    begin on the day and are not shown.
    """

    on: date
    again: bool
    spans: tuple[Span, ...]
    arrivals: tuple[Item, ...]
    items: tuple[Item, ...]
    hidden: int = 0

    @property
    def zones(self) -> tuple[str, ...]:
        """The time zones of the items, in order of appearance."""
        return tuple(dict.fromkeys(item.event.timezone for item in self.items))


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """The days of a person, or of all attendees of an event; `undated` are events without a day.

    `own` is the reader's attendance of the event `within`. `home` is the name of `home_zone`; both
    are '' if no home is known. `hidden` counts the internal items that the reader may see and that
    are not shown. Texts are in the language that was active at creation.
    """

    subject: Person | Event
    within: Event | None
    own: Attendee | None
    home_zone: str
    home: str
    days: tuple[Day, ...]
    undated: tuple[Event, ...]
    hidden: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.undated)


def of_person(
    *,
    person: Person,
    within: Event | None = None,
    internal: bool = False,
    cancelled: bool = False,
    among: EventQuerySet | None = None,
    beside: AttendeeQuerySet | None = None,
) -> Itinerary:
    """Return the itinerary of a person, `within` one journey or altogether.

    Internal and cancelled events are included on request only. `among` are the events that the
    reader may see, `beside` the attendees that they may see; None stands for all.
    """
    mine = person.attendances
    events = _some(among).for_attendees_of(
        mine.expected().values("event"),
        travelling=mine.expected().travelling().values("event"),
        refused=mine.staying_away().values("event"),
    )
    own = mine.select_related("representing", f"hub__place__{ABOVE}")
    events = events.subtree_of(within) if within else events
    return _write(
        subject=person,
        within=within,
        rows=_shown(events, internal, cancelled),
        hidden=[] if internal else _hidden(events, cancelled),
        own={row.event_id: row for row in own},
        zone=person.timezone or (_zone_above(within) if within else ""),
        beside=beside,
    )


def of_event(
    *,
    event: Event,
    internal: bool = False,
    cancelled: bool = False,
    among: EventQuerySet | None = None,
    beside: AttendeeQuerySet | None = None,
) -> Itinerary:
    """Return the itinerary of an event: all of its parts, regardless of who attends them.

    For a delegation, pass its mission. For the stay of a leg the transfers to and from it are
    included. The other arguments are as in `of_person`.
    """
    events = _some(among).subtree_of(event)
    return _write(
        subject=event,
        within=event,
        rows=_shown(events, internal, cancelled),
        hidden=[] if internal else _hidden(events, cancelled),
        own=None,
        zone=_zone_above(event),
        beside=beside,
    )


def _some(among: EventQuerySet | None) -> EventQuerySet:
    return Event.objects.all() if among is None else among


def _shown(events: EventQuerySet, internal: bool, cancelled: bool) -> list[Event]:
    """The events to show, with their places; the number of queries is constant."""
    events = _standing(events, cancelled)
    if not internal:
        events = events.exclude(visibility=Event.Visibility.INTERNAL)
    places = Place.objects.select_related(ABOVE)
    roles = EventPlace.objects.select_related(f"place__{ABOVE}").order_by("position", "pk")
    return list(
        events.by_moment().prefetch_related(
            Prefetch("place", places), Prefetch("end_place", places), Prefetch("place_roles", roles)
        )
    )


def _hidden(events: EventQuerySet, cancelled: bool) -> list[date | None]:
    """The first days of the internal events, which are not shown."""
    internal = _standing(events, cancelled).filter(visibility=Event.Visibility.INTERNAL)
    return list(internal.order_by("pk").values_list("start_on", flat=True))


def _standing(events: EventQuerySet, cancelled: bool) -> EventQuerySet:
    """Events without drafts, and without cancelled ones unless these are wanted."""
    return events.exclude(
        status__in=[Event.Status.DRAFT, *([] if cancelled else [Event.Status.CANCELLED])]
    )


def _zone_above(event: Event) -> str:
    """Return the zone of the topmost event that has one: the home of the delegation."""
    chain = ("__".join([*["parent"] * level, "timezone"]) for level in (3, 2, 1, 0))
    zones = Event.objects.filter(pk=event.pk).values_list(*chain).get()
    return next(filter(None, zones), "")


def _write(
    *,
    subject: Person | Event,
    within: Event | None,
    rows: list[Event],
    hidden: list[date | None],
    own: dict[int, Attendee] | None,
    zone: str,
    beside: AttendeeQuerySet | None,
) -> Itinerary:
    spans, dated, undated = _sort(rows)
    desk = _Desk(
        zone=zone,
        home=_name_of(zone),
        own=own,
        rows={row.pk: row for row in rows},
        dated={row.pk: row for row in dated},
        company=_company(dated, subject, beside),
    )
    return Itinerary(
        subject=subject,
        within=within,
        own=own.get(within.pk) if own and within else None,
        home_zone=zone,
        home=desk.home,
        days=tuple(
            _days(
                [desk.item(row) for row in dated],
                [desk.span(row) for row in spans],
                Counter(hidden),
            )
        ),
        undated=tuple(undated),
        hidden=len(hidden),
    )


def _sort(rows: list[Event]) -> tuple[list[Event], list[Event], list[Event]]:
    """Separate spans, items with a date, and events without a day."""
    spans: list[Event] = []
    dated: list[Event] = []
    undated: list[Event] = []
    for row in rows:
        kind = spans if _is_span(row) else dated if row.when.is_exact else undated
        kind.append(row)
    return spans, dated, undated


def _is_span(event: Event) -> bool:
    when = event.when
    if event.kind == TRANSFER or not (when.is_exact and when.start_on and when.last_on):
        return False
    if when.precision == Precision.DAY:
        return event.kind in JOURNEYS or when.last_on > when.start_on
    return when.last_on > when.start_on and _length(event) >= DAY


def _length(event: Event) -> timedelta:
    return event.end_at - event.start_at if event.start_at and event.end_at else timedelta()


def _name_of(zone: str) -> str:
    """Return the name of a zone: the place called like its IANA city, in the active language."""
    city = formatting.zone_city(zone)
    places = Place.objects.filter(Q(("name_en__iexact", city)), timezone=zone)
    place = places.order_by("pk").first() if zone else None
    return place.name if place else city


def _company(
    events: Sequence[Event], reader: Person | Event, beside: AttendeeQuerySet | None
) -> dict[int, list[Attendee]]:
    """Return the companions named at each event, in order of precedence, without the reader."""
    rows = Attendee.objects.all() if beside is None else beside
    others = rows.filter(event__in=events).expected()
    if isinstance(reader, Person):
        others = others.exclude(person=reader)
    found = defaultdict(list)
    first = others.by_precedence(NAMED).prefetch_related("person", "representing", "appointment")
    for row in first:
        found[row.event_id].append(row)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The data that items are built from; `own` is None in the itinerary of an event."""

    zone: str
    home: str
    own: dict[int, Attendee] | None
    rows: dict[int, Event]
    dated: dict[int, Event]
    company: dict[int, list[Attendee]]

    def item(self, event: Event) -> Item:
        clock = self._clock(event)
        hubs = [_hub(role, clock) for role in self._hubs(event)]
        joins = hubs[0] if hubs and self.own is not None else None
        there = joins.clock if joins and joins.clock else clock
        company = self.company.get(event.pk, [])
        return Item(
            event=event,
            on=there.start.date() if there else event.start_on or date.min,
            clock=clock,
            home=clock.at(self.home, self.zone) if clock and self.zone else None,
            place=formatting.location(event=event),
            end_place=formatting.place(place=event.end_place) if event.end_place else "",
            part_of=self.dated.get(event.parent_id or 0),
            own=self.own.get(event.pk) if self.own else None,
            joins=joins,
            hubs=() if joins else tuple(hubs),
            companions=tuple(map(_companion, company)),
            more=sum(vars(row)["total"] for row in company[:1]) - len(company),
        )

    def span(self, event: Event) -> Span:
        first = event.start_on or date.min
        return Span(
            event=event,
            first=first,
            last=event.end_on or first,
            place=formatting.location(event=event),
            own=self.own.get(event.pk) if self.own else None,
        )

    def _clock(self, event: Event) -> Clock | None:
        """The clock of the event; `end` is None if the end time is not known."""
        if event.start_at is None or event.start_time is None:
            return None
        zone, end_zone = event.timezone, event.end_timezone
        end = event.end_at if event.end_time else None
        return Clock(
            name=self._name(event.place, zone),
            start=event.start_at.astimezone(dates.zone(zone)),
            end=end and end.astimezone(dates.zone(end_zone or zone)),
            end_name=self._name(event.end_place, end_zone) if end_zone else "",
        )

    def _name(self, place: Place | None, zone: str) -> str:
        if place is None and zone == self.zone:
            return self.home
        return formatting.zone_name(place=place, zone=zone)

    def _hubs(self, event: Event) -> list[EventPlace]:
        """The hub of the reader; without a reader, all hubs."""
        if self.own is None:
            return [role for role in event.place_roles.all() if role.role == EventPlace.Role.HUB]
        attendance = self._attendance(event)
        return [attendance.hub] if attendance and attendance.hub else []

    def _attendance(self, event: Event | None) -> Attendee | None:
        """The reader's attendance of an event, or of the nearest event above that they attend."""
        while event and self.own:
            for pk in (event.pk, event.parent_id or 0):
                if pk in self.own:
                    return self.own[pk]
            event = self.rows.get(event.parent_id or 0)
        return None


def _hub(role: EventPlace, clock: Clock | None) -> Hub:
    zone = role.place.find_zone()
    name = formatting.zone_name(place=role.place, zone=zone)
    return Hub(
        place=formatting.place(place=role.place),
        clock=clock.at(name, zone) if clock and zone else None,
        stream_url=role.stream_url,
    )


def _companion(attendee: Attendee) -> Companion:
    return Companion(
        name=str(attendee),
        role=str(Attendee.Role(attendee.role).label),
        office=str(attendee.appointment or ""),
        representing=str(attendee.representing or ""),
    )


def _days(
    items: Sequence[Item], spans: Sequence[Span], hidden: Counter[date | None]
) -> Iterator[Day]:
    """Yield each day that has an item, an arrival or a span."""
    crossings = _crossings(items)
    begun, arrivals = defaultdict(list), defaultdict(list)
    for item in items:
        first, last = _departure(item, crossings), _arrival(item, crossings)
        begun[first].append(item)
        if last != first:
            arrivals[last].append(item)
    framed = {turn for span in spans for turn in _framed(span, crossings)}
    seen: set[date] = set()
    for turn in sorted({*begun, *arrivals, *framed}):
        _crossed, on = turn
        yield Day(
            on=on,
            again=on in seen,
            spans=tuple(span for span in spans if span.first <= on <= span.last),
            arrivals=tuple(arrivals[turn]),
            items=tuple(sorted(begun[turn], key=lambda item: item.clock is not None)),
            hidden=0 if on in seen else hidden[on],
        )
        seen.add(on)


def _crossings(items: Sequence[Item]) -> list[datetime]:
    """The arrival times of journeys that land on an earlier date than they left."""
    clocks = [item.clock for item in items if item.clock]
    return sorted(
        clock.end for clock in clocks if clock.end and clock.end.date() < clock.start.date()
    )


def _turn(on: date, moment: datetime, crossings: list[datetime]) -> Turn:
    return bisect_right(crossings, moment), on


def _whole_day(on: date, zone: str, crossings: list[datetime]) -> Turn:
    """Return the turn of a date without a time of day, which counts until its midnight."""
    return _turn(on, dates.to_utc(on + DAY, time.min, zone), crossings)


def _departure(item: Item, crossings: list[datetime]) -> Turn:
    """The turn on which an item begins."""
    if item.clock is None:
        return _whole_day(item.on, item.event.timezone, crossings)
    return _turn(item.on, item.clock.start, crossings)


def _arrival(item: Item, crossings: list[datetime]) -> Turn:
    """The turn on which a transfer ends; any other item ends on the turn on which it begins."""
    clock = item.clock
    if clock and clock.end and clock.end.date() != item.on and item.event.kind == TRANSFER:
        return _turn(clock.end.date(), clock.end, crossings)
    return _departure(item, crossings)


def _framed(span: Span, crossings: list[datetime]) -> Iterator[Turn]:
    """The turns of a span; of a long one only the first and the last."""
    length = (span.last - span.first).days
    for number in range(length + 1) if length < MAX_DAYS_SHOWN else (0, length):
        yield _whole_day(span.first + number * DAY, span.event.timezone, crossings)
