"""What an event of our own must have before it is confirmed."""

from collections.abc import Callable
from typing import Final

from events.domain.programme import tree
from events.models import Event, EventOrganisation, EventPlace

# What takes place nowhere.
PLACELESS: Final = (Event.Kind.DEADLINE, Event.Kind.REVIEW, Event.Kind.PUBLICATION)
SOMEWHERE: Final = (EventPlace.Role.MAIN, EventPlace.Role.SITE)
IN_CHARGE: Final = (EventOrganisation.Role.HOST, EventOrganisation.Role.ORGANISER)


def missing(*, event: Event) -> tuple[str, ...]:
    """What it lacks, of “day”, “zone”, “place” and “organiser”."""
    return tuple(name for name, has in PARTS.items() if not has(event))


def _has_place(event: Event) -> bool:
    if event.kind in PLACELESS or event.place_id:
        return True
    if event.attendance_mode == Event.AttendanceMode.ONLINE:
        return True
    return event.place_roles.filter(role__in=SOMEWHERE).exists()


def _has_organiser(event: Event) -> bool:
    """Whether somebody runs or receives it, or what it is part of."""
    events = [event, *tree.above(event=event)]
    return EventOrganisation.objects.filter(event__in=events, role__in=IN_CHARGE).exists()


PARTS: Final[dict[str, Callable[[Event], bool]]] = {
    "day": lambda event: event.when.is_exact,
    "zone": lambda event: bool(event.timezone),
    "place": _has_place,
    "organiser": _has_organiser,
}
