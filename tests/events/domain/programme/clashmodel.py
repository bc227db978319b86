"""Clashes once more, by comparing each event with each other one: slow, plain, and without SQL.

Written from the rules in words (docs/handbook.md), not from the code that it is compared with.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import combinations, permutations
from math import acos, ceil, cos, radians, sin
from typing import Any
from zoneinfo import ZoneInfo

from events.models import Attendee, Event, EventPlace, Place

Found = tuple[str, bool, tuple[int, ...], str]
DAY = timedelta(days=1)
EXACT = ("time", "day")
HOUSES = ("room", "venue", "site")


def clashes() -> set[Found]:
    """Return all clashes: kind, softness, the events in order of their keys, and of what."""
    events = [event for event in Event.objects.all() if counts(event)]
    return {
        *persons(events),
        *rooms(events),
        *outsiders(events),
        *travellers(events),
        *crowds(events),
    }


def counts(event: Event) -> bool:
    timeless = event.kind in ("deadline", "review", "publication", "free_time")
    off = event.status in ("cancelled", "postponed")
    return not timeless and not off and event.origin == "managed" and event.precision in EXACT


def utc(on: Any, at: time, zone: str) -> datetime:
    return datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)


def period(event: Event) -> tuple[datetime, datetime]:
    """From the start to the end; a minute if there is no end; days from midnight to midnight."""
    start = utc(event.start_on, event.start_time or time(), event.timezone)
    last: Any = event.end_on or event.start_on
    if event.end_time:
        end = utc(last, event.end_time, event.timezone)
    elif event.precision == "day" or last != event.start_on:
        end = utc(last + DAY, time(), event.timezone)
    else:
        end = start
    return start, end if end > start else start + timedelta(minutes=1)


def frames(event: Event) -> bool:
    start, end = period(event)
    return event.precision == "day" or (event.kind != "transfer" and end - start >= DAY)


def attended(event: Event) -> tuple[datetime, datetime]:
    """The time of somebody who attends: of several days those between the first and the last."""
    if not frames(event):
        return period(event)
    first: Any = event.start_on
    last = event.end_on or first
    if first == last:
        start, end = period(event)
        return (start, start) if event.kind == "leg" else (start, end)
    return utc(first + DAY, time(), event.timezone), utc(last, time(), event.timezone)


def meet(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def lineage(event: Event) -> list[int]:
    found: list[int] = []
    step: Event | None = event
    while step:
        found.append(step.pk)
        step = step.parent
    return found


def related(one: Event, other: Event) -> bool:
    return one.pk in lineage(other) or other.pk in lineage(one)


def uncertain(*events: Event) -> bool:
    return any(event.status in ("draft", "tentative") for event in events)


def within(place: Place | None) -> list[Place]:
    found = []
    while place:
        found.append(place)
        place = place.parent
    return found


def coming(event: Event) -> list[Attendee]:
    return [
        row
        for row in event.attendees.all()
        if row.partstat not in ("declined", "delegated")
        and row.seat not in ("cancelled", "waitlisted")
    ]


def persons(events: list[Event]) -> Iterator[Found]:
    for one, other in combinations(events, 2):
        if related(one, other) or not meet(attended(one), attended(other)):
            continue
        framed = frames(one) or frames(other)
        for mine in coming(one):
            for theirs in coming(other):
                if mine.person_id != theirs.person_id:
                    continue
                if framed and not all(
                    apart(here, there) for here in spots(mine) for there in spots(theirs)
                ):
                    continue
                soft = framed or uncertain(one, other) or "tentative" in (
                    mine.partstat, theirs.partstat,
                )  # fmt: skip
                yield "person", soft, pair(one, other), str(mine.person_id)


def spots(row: Attendee) -> set[Place | None]:
    here = stands(row)
    return {here, row.event.end_place} if row.event.end_place else {here}


def stands(row: Attendee) -> Place | None:
    if row.hub:
        return row.hub.place
    return None if row.event.attendance_mode == "online" else row.event.place


def apart(one: Place | None, other: Place | None) -> bool:
    cities = []
    for place in (one, other):
        outer = [step for step in within(place) if step.kind not in (*HOUSES, "district")]
        if not outer or outer[0].kind == "online":
            return False
        cities.append(outer[0])
    return cities[0] not in within(other) and cities[1] not in within(one)


def takes(event: Event) -> set[Place]:
    found = {
        row.place
        for row in EventPlace.objects.filter(event=event)
        if row.role in ("main", "site", "hub")
    }
    if event.place and event.kind != "transfer" and event.attendance_mode != "online":
        found.add(event.place)
    return found


def rooms(events: list[Event]) -> Iterator[Found]:
    for one, other in combinations(events, 2):
        if related(one, other) or not meet(period(one), period(other)):
            continue
        for mine in takes(one):
            for theirs in takes(other):
                outer, inner = sorted((mine, theirs), key=lambda place: len(within(place)))
                if outer.kind not in HOUSES or outer not in within(inner):
                    continue
                whole = outer.kind != "room"
                if whole and lineage(one)[-1] == lineage(other)[-1]:
                    continue
                yield "room", whole or uncertain(one, other), pair(one, other), str(inner.pk)


def pair(one: Event, other: Event) -> tuple[int, ...]:
    return tuple(sorted((one.pk, other.pk)))


def outsiders(events: list[Event]) -> Iterator[Found]:
    for part in events:
        whole = part.parent
        if whole is None or not counts(whole) or not sticks_out(part, whole):
            continue
        usual = part.kind in ("registration", "reception", "meal", "transfer")
        yield "outside", usual or uncertain(part, whole), pair(part, whole), str(part.pk)


def sticks_out(part: Event, whole: Event) -> bool:
    if "day" in (part.precision, whole.precision):
        early = part.start_on < whole.start_on  # type: ignore[operator]
    else:
        early = period(part)[0] < period(whole)[0]
    if early:
        return True
    if "day" in (part.precision, whole.precision) or not whole.end_time:
        last = part.end_on or part.start_on
        return whole.end_on is not None and last > whole.end_on  # type: ignore[operator]
    end = period(part)[1] if part.end_time else period(part)[0]
    return end > period(whole)[1] or period(part)[0] >= period(whole)[1]


def travellers(events: list[Event]) -> Iterator[Found]:
    rows = [row for event in events if not frames(event) for row in coming(event)]
    for one, other in permutations(rows, 2):
        if one.person_id != other.person_id or related(one.event, other.event):
            continue
        left, due = period(one.event)[1], period(other.event)[0]
        if not one.event.end_time or not timedelta() <= due - left < DAY:
            continue
        if any(
            row.person_id == one.person_id
            and not related(row.event, one.event)
            and period(row.event)[0] >= left
            and period(row.event)[1] <= due
            for row in rows
        ):
            continue
        if due - left < timedelta(minutes=way(one.event.end_place or stands(one), stands(other))):
            soft = uncertain(one.event, other.event)
            soft |= "tentative" in (one.partstat, other.partstat)
            yield "travel", soft, pair(one.event, other.event), str(one.person_id)


def way(start: Place | None, end: Place | None) -> int:
    if start is None or end is None or start == end:
        return 0
    shared = [place for place in within(start) if place in within(end)]
    if shared and shared[0].kind in HOUSES:
        return 0
    points = []
    for place in (start, end):
        own = [step for step in within(place) if step not in shared[:1]]
        below = own[: own.index(shared[1])] if len(shared) > 1 else own
        found = [step for step in below if step.latitude is not None]
        if not found:
            return 0
        points.append(
            [radians(float(str(part))) for part in (found[0].latitude, found[0].longitude)]
        )
    (lat, lon), (north, east) = points
    cosine = sin(lat) * sin(north) + cos(lat) * cos(north) * cos(lon - east)
    distance = 6371 * acos(max(-1, min(1, cosine)))
    return ceil(min(15 + distance / 50 * 60, 180 + distance / 700 * 60))


def crowds(events: list[Event]) -> Iterator[Found]:
    for event in events:
        for hub in {row.hub for row in coming(event)}:
            there = [row for row in coming(event) if row.hub == hub]
            sure = [row for row in there if row.partstat == "accepted" or row.seat == "confirmed"]
            online = event.attendance_mode == "online"
            place = hub.place if hub else None if online else event.place
            limits = [limit for limit in (place and place.capacity, hub and hub.capacity) if limit]
            full = len(sure) > min(limits) if limits else False
            seats = event.capacity if event.capacity is not None and not hub else len(sure)
            if full or (limits and len(there) > min(limits)) or len(sure) > seats:
                soft = not full and len(sure) <= seats
                yield "capacity", soft or uncertain(event), (event.pk,), str(place and place.pk)
