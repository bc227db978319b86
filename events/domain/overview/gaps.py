"""What an event still lacks: findings for its organisers, each with a number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.domain.access import access
from events.domain.attendance.capacity import Capacity
from events.domain.overview import mails
from events.domain.overview.mails import Sent
from events.domain.overview.standings import Standing
from events.domain.programme import clashes, completeness, tree
from events.domain.programme.clashes import Clash
from events.domain.programme.collisions import Kind
from events.models import Delivery, Event, Reply, Viewer


@dataclass(frozen=True, slots=True)
class Gap:
    """One finding: its name, and how many rows it is about."""

    name: str
    number: int = 1


def of(
    *,
    event: Event,
    parts: Sequence[Event],
    standings: Mapping[str, int],
    seats: Sequence[Capacity],
    sent: Sequence[Sent],
    user: Viewer,
    now: datetime,
) -> list[Gap]:
    """Return what the event lacks; nothing of one that is reported, cancelled or over."""
    if not event.is_managed or event.status == Event.Status.CANCELLED or event.is_over(now):
        return []
    found = [Gap(name) for name in completeness.missing(event=event)]
    found += _of_parts(event, parts)
    found.append(_clashes(event, parts, user))
    found += _of_guests(event, standings, seats)
    found += _of_mails(event, sent, user)
    return [gap for gap in found if gap.number]


def _of_parts(event: Event, parts: Sequence[Event]) -> Iterator[Gap]:
    live = [part for part in parts if part.status in Event.STANDING]
    if event.status != Event.Status.DRAFT:
        yield Gap("unannounced", sum(part.status == Event.Status.DRAFT for part in parts))
    if event.visibility != Event.Visibility.INTERNAL:
        internal = Event.Visibility.INTERNAL
        yield Gap("internal", sum(part.visibility == internal for part in live))
    yield Gap("outside", len(tree.strays(event=event)) if parts else 0)


def _clashes(event: Event, parts: Sequence[Event], user: Viewer) -> Gap:
    """The clashes of the event and its programme that count and that no other gap tells of."""
    found = clashes.of(events=[event.pk, *(part.pk for part in parts)], user=user)
    counting = (clash for clash in found if clash.counts)
    return Gap("clashes", sum(not _is_told(clash, event) for clash in counting))


def _is_told(clash: Clash, event: Event) -> bool:
    if clash.kind == Kind.OUTSIDE:
        return clash.event.parent_id == event.pk and tree.is_outside(event=clash.event)
    return clash.kind == Kind.CAPACITY and clash.limit == event.capacity


def _of_guests(
    event: Event, standings: Mapping[str, int], seats: Sequence[Capacity]
) -> Iterator[Gap]:
    if event.parent_id is None:
        yield Gap("nobody", int(not standings[Standing.LISTED]))
    if event.stands:
        yield Gap("uninvited", standings[Standing.UNINVITED])
    yield Gap("unreachable", standings[Standing.UNREACHABLE])
    over = (venue.taken - venue.capacity for venue in seats if venue.capacity is not None)
    yield Gap("overbooked", sum(number for number in over if number > 0))


def _of_mails(event: Event, sent: Sequence[Sent], user: Viewer) -> Iterator[Gap]:
    replies = access.changeable(user=user, model=Reply)
    yield Gap("replies", replies.filter(event=event, state=Reply.State.OPEN).count())
    yield Gap("held", mails.number_in(lines=sent, states=(Delivery.State.HELD,)))
    yield Gap("failed", mails.number_in(lines=sent, states=mails.FAILED))
