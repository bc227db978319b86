"""The tree of events: no cycles, at most four levels, parts within the days of their parent."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from events.domain.refusals import Name, Refusal, some
from events.models import Event
from events.models.events.events import LEVELS, EventQuerySet
from events.values import dates

# Kinds that may lie outside the days of their parent: they precede or follow it.
EXEMPT: Final = (Event.Kind.DEADLINE, Event.Kind.REVIEW)
# Events of these states keep their days, but the days are not compared with other events.
OFF: Final = (Event.Status.POSTPONED, Event.Status.CANCELLED)
# For each state of an event the states that no part of it may have. Parts of a postponed event may
# be postponed, because they may come back with it; parts of a cancelled event may not.
NOT_BELOW: Final[dict[str, tuple[str, ...]]] = {
    Event.Status.POSTPONED: Event.STANDING,
    Event.Status.CANCELLED: Event.LIVE,
}


class Cycle(Refusal):
    """The event would be an ancestor of itself."""

    text = gettext_noop("The event would be a part of itself.")


class TooDeep(Refusal):
    """The tree would have more than four levels."""

    text = gettext_noop("A programme has at most %(levels)s levels, this one would have more.")

    def words(self, name: Name) -> dict[str, object]:
        return {"levels": LEVELS}


class ParentOff(Refusal):
    """The event or a part of it would take place although an ancestor is off."""

    parent: Event
    text = gettext_noop("“%(parent)s”, which it is part of, is postponed or cancelled.")


class OutsideParent(Refusal):
    """Parts would lie outside the days of their parent."""

    parent: Event
    parts: tuple[Event, ...]
    text = gettext_noop("Outside the days of “%(parent)s” would lie: %(parts)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"parent": name(self.parent), "parts": some([*map(name, self.parts)])}


class LegsOverlap(Refusal):
    """The leg would share more than one travel day with another leg of its parent."""

    other: Event
    text = gettext_noop("Overlaps with “%(leg)s”: two legs share a day of travel at most.")

    def words(self, name: Name) -> dict[str, object]:
        return {"leg": name(self.other)}


class NoSuchTime(Refusal):
    """On its new day the event would end before it starts, because the clocks skip an hour."""

    event: Event
    text = gettext_noop(
        "“%(title)s” would end before it starts: the clocks skip an hour on its new day. Move it"
        " by itself first."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"title": name(self.event)}


def check(*, event: Event, moved: Collection[Event] = ()) -> None:
    """Raise Cycle or TooDeep if the event does not fit into the tree.

    For our own events also raise ParentOff, OutsideParent or LegsOverlap. Reported events are not
    checked for these, because their sources may contradict each other. Parts given in `moved`, and
    a parent given there, are taken with these values instead of the stored ones.
    """
    ancestors = above(event=event)
    if len(ancestors) + _height(event) > LEVELS:
        raise TooDeep
    if event.is_managed:
        _check_status(event, ancestors)
        given = (row for row in moved if row.pk == event.parent_id)
        _check_days(event, next(given, ancestors[0] if ancestors else None), moved)


def above(*, event: Event) -> list[Event]:
    """Return the stored ancestors of the event, the parent first.

    Raises Cycle and TooDeep.
    """
    found: list[Event] = []
    key = event.parent_id
    while key is not None:
        if key == event.pk:
            raise Cycle
        if len(found) == LEVELS:
            raise TooDeep
        found.append(Event.objects.get(pk=key))
        key = found[-1].parent_id
    return found


def below(*, event: Event) -> list[Event]:
    """Return all parts of the event, level by level, each level in the order of time."""
    found, level = [], [event]
    for _level in range(1, LEVELS):
        keys = [row.pk for row in level]
        level = list(Event.objects.filter(parent__in=keys).in_time_order())
        found += level
    return found


def off_above(*, event: Event) -> Event | None:
    """Return the nearest ancestor that is postponed or cancelled, or None."""
    return next((row for row in above(event=event) if row.status in OFF), None)


def is_outside(*, event: Event) -> bool:
    """Whether the event lies outside the days of its parent."""
    return event.parent is not None and _lies_outside(event, event.parent)


def strays(*, event: Event, moved: Collection[Event] = ()) -> list[Event]:
    """Return the direct parts of the event that lie outside its days, in the order of time.

    Parts given in `moved` are taken with these values instead of the stored ones.
    """
    if not event.pk:
        return []
    given = {part.pk: part for part in moved}
    children = Event.objects.filter(parent=event.pk).in_time_order()
    parts = [given.get(child.pk, child) for child in children]
    return [part for part in parts if _lies_outside(part, event)]


def tree(*, event: Event, among: EventQuerySet) -> list[tuple[int, Event]]:
    """Return the parts of the event that are in `among`, depth first, each with its depth.

    Direct parts have depth 1; siblings are in the order of time. Parts below a part that is not in
    `among` are left out. Runs one query for each level.
    """
    below: dict[int, list[Event]] = {}
    level = [event.pk]
    while level:
        rows = list(among.filter(parent__in=level).select_related("place").in_time_order())
        for row in rows:
            below.setdefault(row.parent_id or 0, []).append(row)
        level = [row.pk for row in rows]
    return list(_walk(event.pk, below, 1))


def keys(*, event: Event) -> list[int]:
    """Return the keys of the event and of all its parts."""
    return list(Event.objects.within([event.pk]).order_by().values_list("pk", flat=True))


def shift(*, event: Event, by: timedelta) -> None:
    """Move an unsaved event on the clock, by whole days if it has no time. Raises NoSuchTime."""
    when = event.when.later(by)
    try:
        dates.validate(when)
    except dates.BadDate as error:
        raise NoSuchTime(event) from error
    event.when = when


def _walk(pk: int, below: dict[int, list[Event]], depth: int) -> Iterator[tuple[int, Event]]:
    for row in below.get(pk, []):
        yield depth, row
        yield from _walk(row.pk, below, depth + 1)


def _height(event: Event) -> int:
    """Return how many levels the event and its parts fill, counted to LEVELS + 1 at most."""
    height, level = 1, [event.pk] if event.pk else []
    while height <= LEVELS and (
        level := list(Event.objects.filter(parent__in=level).values_list("pk", flat=True))
    ):
        height += 1
    return height


def _check_status(event: Event, ancestors: list[Event]) -> None:
    off = [row for row in ancestors if row.status in OFF]
    states = {row.status for row in [event, *below(event=event)]} if off else set()
    for row in off:
        if not states.isdisjoint(NOT_BELOW[row.status]):
            raise ParentOff(row)


def _check_days(event: Event, parent: Event | None, moved: Collection[Event]) -> None:
    if event.status in OFF:
        return
    if parent and _lies_outside(event, parent):
        raise OutsideParent(parent, (event,))
    if event.kind == Event.Kind.LEG:
        _check_legs(event)
    if parts := [part for part in strays(event=event, moved=moved) if part.is_managed]:
        raise OutsideParent(event, tuple(parts))


def _check_legs(event: Event) -> None:
    if event.parent_id is None:
        return
    legs = Event.objects.filter(parent=event.parent_id, kind=Event.Kind.LEG)
    for other in legs.exclude(pk=event.pk).exclude(status__in=OFF).in_time_order():
        if _overlap(event, other):
            raise LegsOverlap(other)


def _overlap(one: Event, other: Event) -> bool:
    """Whether two legs share more than a travel day: one may start on the other's last day."""
    mine, theirs = _days(one), _days(other)
    return bool(mine and theirs and mine[0] < theirs[1] and theirs[0] < mine[1])


def _lies_outside(child: Event, parent: Event) -> bool:
    """Whether the child's local days exceed the parent's.

    False if a date is coarse, if the child's kind is exempt, or if one of the two is off.
    """
    if child.kind in EXEMPT or child.status in OFF or parent.status in OFF:
        return False
    inner, outer = _days(child), _days(parent)
    if not (inner and outer):
        return False
    return inner[0] < outer[0] or (parent.end_on is not None and inner[1] > outer[1])


def _days(event: Event) -> tuple[date, date] | None:
    """Return the first and last local day, both inclusive; None unless known to the day."""
    if not event.when.is_exact or event.start_on is None:
        return None
    return event.start_on, max(event.start_on, event.end_on or event.start_on)
