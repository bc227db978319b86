"""The tree of events: no circles, four levels at most, a child inside its parent."""

from typing import Final

from events.models import Event

LEVELS: Final = 4  # the root is level 1
# What may lie outside the event that it belongs to: it closes or follows it.
EXEMPT: Final = (Event.Kind.DEADLINE, Event.Kind.REVIEW)


class Cycle(Exception):
    """The event would be a part of itself."""


class TooDeep(Exception):
    """The tree would have more levels than four."""


class OutsideParent(Exception):
    """The event would lie outside the days of the event that it is part of."""

    def __init__(self, parent: Event) -> None:
        super().__init__(parent)
        self.parent = parent


def check(*, event: Event) -> None:
    """Raise Cycle, TooDeep or OutsideParent where the event does not fit below its parent."""
    above = _ancestors(event)
    if len(above) + _height(event) > LEVELS:
        raise TooDeep
    if event.parent and _lies_outside(event, event.parent):
        raise OutsideParent(event.parent)


def strays(*, event: Event) -> list[Event]:
    """The parts of the event that lie outside its days, in the order of time."""
    children = Event.objects.filter(parent=event).in_time_order()
    return [child for child in children if _lies_outside(child, event)]


def _ancestors(event: Event) -> list[Event]:
    """The events above, nearest first."""
    above: list[Event] = []
    parent = event.parent
    while parent is not None:
        if parent.pk == event.pk:
            raise Cycle
        if len(above) == LEVELS:
            raise TooDeep
        above.append(parent)
        parent = parent.parent
    return above


def _height(event: Event) -> int:
    """How many levels the event and its parts fill; a tree too high already counts as such."""
    height, level = 1, [event.pk] if event.pk else []
    while height <= LEVELS and (
        level := list(Event.objects.filter(parent__in=level).values_list("pk", flat=True))
    ):
        height += 1
    return height


def _lies_outside(child: Event, parent: Event) -> bool:
    """Whether the child's local days leave the parent's; coarse dates and deadlines never do."""
    if child.kind in EXEMPT or not (child.when.is_exact and parent.when.is_exact):
        return False
    if not (child.start_on and parent.start_on):
        return False
    last = child.end_on or child.start_on
    return child.start_on < parent.start_on or bool(parent.end_on and last > parent.end_on)
