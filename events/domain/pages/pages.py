"""What the public pages show: a month, a list, one event. Everything here is public."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Case, F, Max, Min, Q, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from events.domain.pages import eventfilters
from events.models import (
    Attendee,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Evidence,
    Figure,
    Place,
    Sector,
)
from events.models.events.events import EventQuerySet
from events.values.dates import EXACT, Precision

FILTERS = ("kind", "series", "place", "country", "sector")
PER_PAGE = 30
# Known well enough to say in which month it falls.
IN_A_MONTH = [*EXACT, Precision.MONTH]
NEVER, DONE, AHEAD = 2, 1, 0


class NoSuchEvent(Exception):
    """There is no public event of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The values of each filter that occur among public events."""

    kinds: Sequence[str]
    series: Sequence[EventSeries]
    places: Sequence[Place]
    countries: Sequence[str]
    sectors: Sequence[Sector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month: `dated` also holds what lies in the weeks around it, `coarse` the windows.

    `earlier` and `later` are the nearest days outside the month on which something happens.
    """

    first: date
    last: date
    today: date
    dated: Sequence[Event]
    coarse: Sequence[Event]
    earlier: date | None
    later: date | None
    any_ahead: bool
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list: what is ahead, then what is over, then what has no date."""

    ahead: Sequence[Event]
    done: Sequence[Event]
    undated: Sequence[Event]
    page: Page[Event]
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event and all that may be told about it."""

    event: Event
    places: Sequence[Place]
    arrival: Sequence[Place]
    hubs: Sequence[EventPlace]
    further_places: Sequence[EventPlace]
    organisations: Sequence[EventOrganisation]
    people: Sequence[Attendee]
    parent: Event | None
    after: Event | None
    before: Sequence[Event]
    previous: Event | None
    following: Sequence[Event]
    registration: Event | None
    programme: Sequence[Event]
    figures: Sequence[Figure]
    evidence: Sequence[Evidence]


def month(*, parameters: eventfilters.Parameters, first: date | None, now: datetime) -> Month:
    """Return the month that begins on `first`; without it, the nearest in which something happens.

    Raises selection.UnknownFilter and UnknownValue.
    """
    today = localdate(now)
    events = _narrow(parameters, now)
    first = first or _nearest_month(events, today)
    last = month_end(first)
    around = _days_around(events.filter(precision__in=IN_A_MONTH), first, last)
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    rows = list(events.touching(monday, sunday).for_display().in_time_order())
    return Month(
        first=first,
        last=last,
        today=today,
        dated=[row for row in rows if row.when.is_exact],
        coarse=[row for row in rows if not row.when.is_exact and _touches(row, first, last)],
        earlier=around["earlier"],
        later=around["later"],
        any_ahead=events.exclude(start_on=None).exclude(events.ended(now)).exists(),
        choices=_choices(),
    )


def listing(*, parameters: eventfilters.Parameters, number: str, now: datetime) -> Listing:
    """Return a page of the list; raises selection.UnknownFilter and UnknownValue."""
    found = _narrow(parameters, now)
    is_over = found.ended(now)
    events = found.annotate(
        era=Case(When(start_on=None, then=NEVER), When(is_over, then=DONE), default=AHEAD)
    )
    ordered = events.for_display().order_by(
        "era",
        Case(When(era=AHEAD, then=F("start_on"))).asc(nulls_last=True),
        Case(When(era=DONE, then=F("start_on"))).desc(nulls_last=True),
        "start_at",
        "pk",
    )
    try:
        page = Paginator(ordered, PER_PAGE).page(number)
    except InvalidPage as error:
        raise eventfilters.UnknownValue("page", number, "a page of this list") from error
    eras: dict[int, list[Event]] = {AHEAD: [], DONE: [], NEVER: []}
    for row in page.object_list:
        eras[vars(row)["era"]].append(row)  # the annotation
    return Listing(
        ahead=eras[AHEAD],
        done=eras[DONE],
        undated=eras[NEVER],
        page=page,
        choices=_choices(),
    )


def event(*, slug: str) -> EventPage:
    """Return the event of that name; raise NoSuchEvent for what is not public, whatever it is."""
    shown = _find(slug)
    roles = list(
        EventPlace.objects.filter(event=shown)
        .exclude(role=EventPlace.Role.MAIN)
        .select_related("place__parent__parent__parent__parent")
        .order_by("position", "pk")
    )
    around = _related(shown)
    return EventPage(
        event=shown,
        places=_chain(shown.place),
        arrival=_chain(shown.end_place),
        hubs=[role for role in roles if role.role == EventPlace.Role.HUB],
        further_places=[role for role in roles if role.role != EventPlace.Role.HUB],
        organisations=list(
            EventOrganisation.objects.filter(event=shown)
            .select_related("organisation")
            .order_by("position", "pk")
        ),
        people=_people(shown),
        parent=_if_public(shown.parent),
        after=_if_public(shown.after),
        before=[row for row in around if row.after_id == shown.pk],
        previous=_if_public(shown.previous_related),
        following=[row for row in around if row.previous_related_id == shown.pk],
        registration=_if_public(shown.registration_closes),
        programme=_in_sequence([row for row in around if row.parent_id == shown.pk]),
        figures=list(shown.figures.prefetch_related("evidence__source").order_by("pk")),
        evidence=list(shown.evidence.select_related("source").order_by("pk")),
    )


def month_end(first: date) -> date:
    """Return the last day of the month that begins on `first`."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def _narrow(parameters: eventfilters.Parameters, now: datetime) -> EventQuerySet:
    for name in parameters:
        if name not in FILTERS:
            raise eventfilters.UnknownFilter(name, FILTERS)
    return eventfilters.narrow(events=Event.objects.public(), parameters=parameters, now=now)


def _nearest_month(events: EventQuerySet, today: date) -> date:
    first = today.replace(day=1)
    in_months = events.filter(precision__in=IN_A_MONTH)
    if in_months.touching(first, month_end(first)).exists():
        return first
    around = _days_around(in_months, first, month_end(first))
    return (around["later"] or around["earlier"] or first).replace(day=1)


def _days_around(events: EventQuerySet, first: date, last: date) -> dict[str, date | None]:
    return events.annotate(until=Coalesce("end_on", "start_on")).aggregate(
        later=Min("start_on", filter=Q(start_on__gt=last)),
        earlier=Max("until", filter=Q(until__lt=first)),
    )


def _touches(row: Event, first: date, last: date) -> bool:
    return bool(row.start_on and row.end_on and row.start_on <= last and row.end_on >= first)


def _choices() -> Choices:
    events = Event.objects.public()
    kinds = events.order_by("kind").values_list("kind", flat=True).distinct()
    there = EventPlace.objects.filter(event__in=events).exclude(role=EventPlace.Role.TOPIC)
    among = (events.values("place"), events.values("end_place"), there.values("place"))
    occurring = Place.objects.filter(reduce(or_, (Q(pk__in=keys) for keys in among)))
    occurring = occurring.select_related("parent__parent__parent__parent")
    above = {place.pk for found in occurring for place in _chain(found)}
    return Choices(
        kinds=list(kinds),
        series=list(EventSeries.objects.filter(pk__in=events.values("series")).order_by("slug")),
        places=list(Place.objects.public().filter(pk__in=above).order_by("slug")),
        countries=sorted({place.country.code for place in occurring if place.country}),
        sectors=list(Sector.objects.filter(events__in=events).distinct().order_by("slug")),
    )


def _find(slug: str) -> Event:
    rows = Event.objects.public().select_related(
        "place__parent__parent__parent__parent",
        "end_place__parent__parent__parent__parent",
        "series",
        "parent",
        "after",
        "previous_related",
        "registration_closes",
    )
    try:
        return rows.prefetch_related("sectors", "evidence__source").get(slug=slug)
    except Event.DoesNotExist as error:
        raise NoSuchEvent(slug) from error


def _related(shown: Event) -> list[Event]:
    """Its programme, what takes place after it, and later events like it, in time order."""
    points_here = Q(parent=shown) | Q(after=shown) | Q(previous_related=shown)
    rows = Event.objects.public().filter(points_here)
    return list(rows.for_display().in_time_order())


def _if_public(row: Event | None) -> Event | None:
    return row if row and row.is_public else None


def _in_sequence(rows: list[Event]) -> list[Event]:
    """Keep the order of time, but nothing stands before what it takes place after."""
    waiting, ordered = list(rows), []
    while waiting:
        left = {row.pk for row in waiting}
        first = next((row for row in waiting if row.after_id not in left), waiting[0])
        waiting.remove(first)
        ordered.append(first)
    return ordered


def _chain(place: Place | None) -> list[Place]:
    """Return the place and all that it lies in, innermost first."""
    places: list[Place] = []
    while place is not None:
        places.append(place)
        place = place.parent
    return places


def _people(shown: Event) -> list[Attendee]:
    """Those whom a report names; who comes to our own events is nobody's business."""
    if shown.is_managed:
        return []
    return list(
        shown.attendees.select_related(
            "person", "appointment__organisation", "representing"
        ).order_by("position", "pk")
    )
