"""Content of the public pages: month, list, event. Only public rows are read."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Case, F, Max, Min, Q, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from events.domain.pages import eventfilters, publicprogrammes
from events.domain.pages.publicprogrammes import ProgrammeDay, chain
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

FILTERS = ("kind", "series", "place", "country", "sector", "parts")
PER_PAGE = 30
# Precisions that tell the month of a date.
IN_A_MONTH = [*EXACT, Precision.MONTH]
NEVER, DONE, AHEAD = 2, 1, 0


class NoSuchEvent(Exception):
    """There is no public event with this slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """For each filter, the values that occur among public events."""

    kinds: Sequence[str]
    series: Sequence[EventSeries]
    places: Sequence[Place]
    countries: Sequence[str]
    sectors: Sequence[Sector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month. `dated` covers whole weeks, `coarse` are the events known to the month or less.

    `earlier` and `later` are the nearest days with an event outside the month.
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
    """One page of the list: events ahead, then past ones, then those without a date."""

    ahead: Sequence[Event]
    done: Sequence[Event]
    undated: Sequence[Event]
    page: Page[Event]
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event with its public details."""

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
    programme: Sequence[ProgrammeDay]
    figures: Sequence[Figure]
    evidence: Sequence[Evidence]


def month(*, parameters: eventfilters.Parameters, first: date | None, now: datetime) -> Month:
    """Return the month that starts on `first`, by default the nearest with an event.

    Raises eventfilters.UnknownFilter and UnknownValue.
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
        choices=_choices(parameters),
    )


def listing(*, parameters: eventfilters.Parameters, number: str, now: datetime) -> Listing:
    """Return a page of the list. Raises eventfilters.UnknownFilter and UnknownValue."""
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
        choices=_choices(parameters),
    )


def event(*, slug: str) -> EventPage:
    """Return the page of an event. Raises NoSuchEvent for missing and for non-public events."""
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
        places=chain(shown.place),
        arrival=chain(shown.end_place),
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
        programme=publicprogrammes.of(event=shown),
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
    return eventfilters.calendar(events=Event.objects.public(), parameters=parameters, now=now)


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


def _choices(parameters: eventfilters.Parameters) -> Choices:
    events = Event.objects.public().order_by()
    if "yes" not in parameters.get("parts", ()):
        events = events.on_their_own()
    columns = ("kind", "series", "place", "end_place")
    rows = list(events.values_list(*columns, named=True).distinct())  # one scan for four columns
    there = EventPlace.objects.filter(event__in=events).exclude(role=EventPlace.Role.TOPIC)
    keys = {key for row in rows for key in (row.place, row.end_place)}
    keys |= set(there.values_list("place", flat=True))
    occurring = list(
        Place.objects.filter(pk__in=keys).select_related("parent__parent__parent__parent")
    )
    above = {place.pk for found in occurring for place in chain(found)}
    series = EventSeries.objects.filter(pk__in={row.series for row in rows})
    return Choices(
        kinds=sorted({*(row.kind for row in rows), *parameters.get("kind", ())}),
        series=list(series.order_by("slug")),
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
    """The events that follow it, and later related events, in order of time."""
    points_here = Q(after=shown) | Q(previous_related=shown)
    rows = Event.objects.public().filter(points_here)
    return list(rows.for_display().in_time_order())


def _if_public(row: Event | None) -> Event | None:
    return row if row and row.is_public else None


def _people(shown: Event) -> list[Attendee]:
    """All people named in a report; of our own events, those who are shown in public."""
    found = shown.attendees.in_public() if shown.is_managed else shown.attendees.all()
    rows = found.select_related("person", "appointment__organisation", "representing")
    return list(rows.order_by("position", "pk"))
