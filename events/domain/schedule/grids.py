"""The grid of a programme: all that its page shows of the parts of an event, read at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from events.domain.access import access, redaction
from events.domain.programme import tree
from events.domain.schedule import items, rooms, speakers, verbs
from events.models import Attendee, Event, EventPlace, Place, Viewer
from events.models.base import history

# What is committed within this time may have a history record of an earlier moment, so a reader
# who asks what is new gets it once more.
OVERLAP: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part with all that its row shows; relations that the user may not see are None."""

    event: Event
    depth: int
    values: dict[str, Any]
    speakers: list[Attendee]
    may: tuple[str, ...]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The programme of an event: parts depth first, rooms, hubs, and when it was read.

    `keys` are those of all parts in their order, `parts` those that were asked for. `can_add` says
    that the user may add parts to the event itself, `can_edit` that anything may be changed.
    """

    event: Event
    parts: list[Part]
    keys: list[int]
    rooms: list[Place]
    hubs: list[EventPlace]
    can_add: bool
    can_edit: bool
    stamp: datetime


def of(
    *,
    event: Event,
    user: Viewer,
    now: datetime,
    since: datetime | None = None,
    only: Collection[int] | None = None,
) -> Grid:
    """Read the grid of an event that the user may see.

    With `since`, which is the `stamp` of an earlier grid, `parts` are those that have changed; with
    `only` they are those with these keys.
    """
    found = tree.tree(event=event, among=Event.objects.visible_to(user))
    wanted = _wanted(event, [part for _depth, part in found], since, only)
    rows = [(depth, part) for depth, part in found if part.pk in wanted]
    may = verbs.allowed(
        parts=[part for _depth, part in found], above=[event, *tree.above(event=event)], now=now
    )
    changeable = _changeable(user, [part for _depth, part in found])
    can_add = access.may_store(user=user, event=blank(parent=event, user=user))
    used = {part.place_id for _depth, part in found if part.place_id}
    redaction.hide(user=user, rows=[event, *(part for _depth, part in rows)])
    who = speakers.of(events=[part.pk for _depth, part in rows], user=user)
    redaction.hide(user=user, rows=[row for each in who.values() for row in each], loaded=True)
    return Grid(
        event=event,
        parts=[
            Part(
                event=part,
                depth=depth,
                values=items.read(event=part),
                speakers=[row for row in who.get(part.pk, ()) if row.person_id],
                may=may[part.pk] if part.pk in changeable else (),
                may_change=part.pk in changeable,
            )
            for depth, part in rows
        ],
        keys=[part.pk for _depth, part in found],
        rooms=rooms.of(event=event, used=used, user=user),
        hubs=_hubs(event, user),
        can_add=can_add,
        can_edit=can_add or bool(changeable),
        stamp=now - OVERLAP,
    )


def may_edit(*, event: Event, user: Viewer) -> bool:
    """Whether the user may change anything in the programme of an event, or add to it."""
    if access.may_store(user=user, event=blank(parent=event, user=user)):
        return True
    return Event.objects.below([event.pk]).changeable_by(user).exists()


def blank(*, parent: Event, user: Viewer) -> Event:
    """Return an unsaved part of an event as the user may add one: internal, if nothing else."""
    part = Event(parent=parent, team=parent.team, visibility=parent.visibility)
    if not access.may_store(user=user, event=part):
        part.visibility = Event.Visibility.INTERNAL
    return part


def _wanted(
    event: Event, parts: list[Event], since: datetime | None, only: Collection[int] | None
) -> set[int]:
    """Return the keys of the parts that are asked for.

    If an event with parts has changed, these are all: what they allow may follow from it.
    """
    keys = {part.pk for part in parts}
    if only is not None:
        return keys & set(only)
    if since is None:
        return keys
    changed = _changed(Event, "id", {event.pk, *keys}, since)
    if changed & {event.pk, *(part.parent_id for part in parts)}:
        return keys
    return changed | _changed(Attendee, "event_id", keys, since)


def _changed(model: Any, column: str, keys: Iterable[int], since: datetime) -> set[int]:
    records = history.of(model)
    assert records is not None  # noqa: S101 -- both tables keep a history
    rows = records.filter(**{f"{column}__in": [*keys]}, history_date__gt=since)
    return set(rows.order_by().values_list(column, flat=True))


def _changeable(user: Viewer, parts: Iterable[Event]) -> set[int]:
    rows = Event.objects.changeable_by(user).filter(pk__in=[part.pk for part in parts])
    return set(rows.order_by().values_list("pk", flat=True))


def _hubs(event: Event, user: Viewer) -> list[EventPlace]:
    """Return the hubs at places that the user may see."""
    seen = Place.objects.visible_to(user).values("pk")
    rows = EventPlace.objects.filter(event=event, role=EventPlace.Role.HUB, place__in=seen)
    return list(rows.select_related("place__parent__parent").order_by("position", "pk"))
