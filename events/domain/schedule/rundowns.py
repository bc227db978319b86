"""The rundown of a programme: who does what where and when, on paper for those who run it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.utils.translation import gettext

from events.domain.access import redaction
from events.domain.programme import tree
from events.models import Appointment, Attendee, Event, EventPlace, Viewer
from events.values import dates
from events.values.dates import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who appears, and what they are."""

    name: str
    titles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A part on a rundown. `clock` is None without a time of day, `minutes` without its end.

    `within` is the title of the part that it is part of, '' if that is the event itself.
    `hubs` are the names of hubs, each with the start on its clock.
    """

    event: Event
    within: str
    clock: Clock | None
    minutes: int | None
    place: str
    speakers: tuple[Speaker, ...]
    hubs: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What begins on one day, in one place if they are told apart; `on` is None without a day."""

    on: date | None
    place: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rundown:
    """The sheets of a programme, and whether parts of it are internal or called off.

    `hubs` are the names of those whose clocks differ from that of the event.
    """

    sheets: tuple[Sheet, ...]
    hubs: tuple[str, ...]
    has_internal: bool
    has_called_off: bool


def of(*, event: Event, user: Viewer, by_place: bool, internal: bool, called_off: bool) -> Rundown:
    """Return the rundown of an event with the parts that the user may see.

    Parts that are internal or called off are shown if that is asked for.
    """
    found = tree.tree(event=event, among=Event.objects.visible_to(user))
    hidden = {part.pk for _depth, part in found if part.visibility == Event.Visibility.INTERNAL}
    off = {part.pk for _depth, part in found if part.status in tree.OFF}
    left_out = (set() if internal else hidden) | (set() if called_off else off)
    rows = [(depth, part) for depth, part in found if part.pk not in left_out]
    redaction.hide(user=user, rows=[event, *(part for _depth, part in rows)])
    hubs = _hubs(event, [part for _depth, part in rows], user)
    return Rundown(
        sheets=tuple(_sheets(list(_lines(rows, hubs, user)), by_place)),
        hubs=tuple(hubs.values()),
        has_internal=bool(hidden),
        has_called_off=bool(off),
    )


def _lines(
    rows: Sequence[tuple[int, Event]], hubs: Mapping[str, str], user: Viewer
) -> Iterator[Line]:
    who = _speakers([part for _depth, part in rows], user)
    titles = {part.pk: part.title for _depth, part in rows}
    for _depth, part in rows:
        clock = _clock(part)
        yield Line(
            event=part,
            within=titles.get(part.parent_id or 0, ""),
            clock=clock,
            minutes=_minutes(part),
            place=part.place.name if part.place else "",
            speakers=tuple(who.get(part.pk, ())),
            hubs=tuple(_there(clock, hubs)) if clock else (),
        )


def _there(clock: Clock, hubs: Mapping[str, str]) -> Iterator[tuple[str, datetime]]:
    for zone, name in hubs.items():
        yield name, clock.start.astimezone(dates.zone(zone))


def _clock(part: Event) -> Clock | None:
    if part.start_at is None or part.start_time is None:
        return None
    end = part.end_at if part.end_time else None
    return Clock(
        name=part.timezone,
        start=part.start_at.astimezone(dates.zone(part.timezone)),
        end=end and end.astimezone(dates.zone(part.end_timezone or part.timezone)),
    )


def _minutes(part: Event) -> int | None:
    if not (part.start_at and part.end_at and part.start_time and part.end_time):
        return None
    return int((part.end_at - part.start_at).total_seconds()) // 60


def _hubs(event: Event, parts: Iterable[Event], user: Viewer) -> dict[str, str]:
    """Return the zones of hubs in which a part begins at another time, with the hubs' names."""
    rows = EventPlace.objects.filter(event=event, role=EventPlace.Role.HUB)
    found = list(rows.select_related("place__parent__parent__parent").order_by("position", "pk"))
    redaction.hide(user=user, rows=found, loaded=True)
    names: dict[str, list[str]] = {}
    for row in found:
        if row.place_id and (zone := row.place.find_zone()):
            names.setdefault(zone, []).append(row.place.name)
    clocks = [clock for part in parts if (clock := _clock(part))]
    return {
        zone: gettext(", ").join(each)
        for zone, each in names.items()
        if any(clock.at("", zone).hands != clock.hands for clock in clocks)
    }


def _speakers(parts: Iterable[Event], user: Viewer) -> dict[int, list[Speaker]]:
    """Return who appears at each part, of those whom the user may see."""
    by_key = {part.pk: part for part in parts}
    seen = Attendee.objects.visible_to(user).filter(event__in=by_key, role__in=Attendee.ON_STAGE)
    named = seen.exclude(person=None).on_the_list()
    rows = list(named.select_related("person", "representing", "appointment__organisation"))
    redaction.hide_all(user=user, rows=rows)
    rows = sorted((row for row in rows if row.person_id), key=attrgetter("position", "pk"))
    offices = _offices({row.person_id for row in rows if row.person_id}, by_key.values(), user)
    found: dict[int, list[Speaker]] = {}
    for row in rows:
        titles = _titles(row, offices.get(row.person_id or 0))
        found.setdefault(row.event_id, []).append(Speaker(name=str(row), titles=titles))
    return found


def _offices(
    people: Collection[int], parts: Iterable[Event], user: Viewer
) -> dict[int, Appointment]:
    """Return the highest office that each person holds on the first day of the programme."""
    days = [part.start_on for part in parts if part.start_on]
    if not (people and days):
        return {}
    held = Appointment.objects.visible_to(user).filter(person__in=people).on(min(days))
    rows = list(held.select_related("organisation"))
    redaction.hide(user=user, rows=rows, loaded=True)
    return {row.person_id: row for row in reversed(rows)}


def _titles(row: Attendee, held: Appointment | None) -> str:
    """Return “Vice Mayor, Shanghai Municipal Government”: what is said of them at this part."""
    office = row.appointment or (None if row.representing else held)
    body = row.representing or (office.organisation if office else None)
    words = (office.title if office else "", str(body or ""))
    return gettext(", ").join(filter(None, words))


def _sheets(lines: list[Line], by_place: bool) -> Iterator[Sheet]:
    """Yield the sheets by day, within a day by place if they are told apart."""
    groups: dict[tuple[date | None, str], list[Line]] = {}
    for line in lines:
        on = line.event.start_on if line.event.when.is_exact else None
        groups.setdefault((on, line.place if by_place else ""), []).append(line)
    for (on, place), each in sorted(groups.items(), key=_order):
        yield Sheet(on=on, place=place, lines=tuple(sorted(each, key=_moment)))


def _order(group: tuple[tuple[date | None, str], list[Line]]) -> tuple[bool, date, bool, str]:
    (on, place), _lines = group
    return on is None, on or date.min, not place, place


def _moment(line: Line) -> tuple[bool, float]:
    """Parts without a time of day come first; those at the same time stay in their order."""
    return line.clock is not None, line.clock.start.timestamp() if line.clock else 0
