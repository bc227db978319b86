"""The details that an event of our own needs before it may be confirmed."""

from collections.abc import Callable, Sequence
from typing import Final

from events.domain.programme import tree
from events.models import Event, EventOrganisation, EventPlace

# Kinds of events that need no place.
PLACELESS: Final = (Event.Kind.DEADLINE, Event.Kind.REVIEW, Event.Kind.PUBLICATION)
SOMEWHERE: Final = (EventPlace.Role.MAIN, EventPlace.Role.SITE)
IN_CHARGE: Final = (EventOrganisation.Role.HOST, EventOrganisation.Role.ORGANISER)

# Asks another app whether it names an organiser or host of one of these events.
Naming = Callable[[Sequence[Event]], bool]
_NAMED_ELSEWHERE: Final[list[Naming]] = []


def register(names: Naming) -> None:
    """Register where another app keeps organisers; `apps.ready` calls it."""
    _NAMED_ELSEWHERE.append(names)


def missing(*, event: Event) -> tuple[str, ...]:
    """Return the names of the missing details, out of “day”, “zone”, “place” and “organiser”."""
    return tuple(name for name, has in PARTS.items() if not has(event))


def _has_place(event: Event) -> bool:
    if event.kind in PLACELESS or event.place_id:
        return True
    if event.attendance_mode == Event.AttendanceMode.ONLINE:
        return True
    return event.place_roles.filter(role__in=SOMEWHERE).exists()


def _has_organiser(event: Event) -> bool:
    """Whether the event, or one that it is part of, has a host or an organiser."""
    events = [event, *tree.above(event=event)]
    roles = EventOrganisation.objects.filter(event__in=events, role__in=IN_CHARGE)
    return roles.exists() or any(names(events) for names in _NAMED_ELSEWHERE)


PARTS: Final[dict[str, Callable[[Event], bool]]] = {
    "day": lambda event: event.when.is_exact,
    "zone": lambda event: bool(event.timezone),
    "place": _has_place,
    "organiser": _has_organiser,
}
