"""The places of an event and of its hubs: how many are taken, and who gets the next.

Whoever counts places holds the event until they are written, so that two never take the last.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from events.domain.attendance import promotions
from events.models import Attendee, Event, EventPlace

CLOSED = (Event.Status.DRAFT, Event.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Venue:
    """Where the event takes place, if `hub` is None, or one of its hubs; and how full it is."""

    hub: EventPlace | None
    capacity: int | None
    taken: int
    waiting: int


def of(*, event: Event) -> list[Venue]:
    """Return the main venue, then the hubs in their order."""
    counts = {row["hub"]: row for row in Attendee.objects.filter(event=event).per_venue()}
    empty = {"taken": 0, "queued": 0}
    found = []
    for hub in (None, *hubs(event=event).order_by("position", "pk")):
        count = counts.get(hub and hub.pk, empty)
        found.append(Venue(hub, (hub or event).capacity, count["taken"], count["queued"]))
    return found


def hubs(*, event: Event) -> models.QuerySet[EventPlace]:
    """The hubs that people may join the event at."""
    return EventPlace.objects.filter(event=event, role=EventPlace.Role.HUB).select_related("place")


def hold(*, event_id: int) -> Event:
    """Return the event as it stands; nobody else gives or takes its places until the end."""
    return Event.objects.select_for_update(no_key=True).get(pk=event_id)


def room(*, event: Event, hub: EventPlace | None) -> int | None:
    """How many places are left in a venue; None where there is no limit."""
    capacity = (hub or event).capacity
    if capacity is None:
        return None
    taken = Attendee.objects.taking_a_place().filter(event=event, hub=hub).count()
    return max(capacity - taken, 0)


def is_too_late(*, event: Event, now: datetime) -> bool:
    """Whether nobody can come any more; a postponed event still has its old date."""
    return event.status != Event.Status.POSTPONED and event.is_over(now)


def seat(*, attendee: Attendee, now: datetime) -> None:
    """Give a place, or else the end of the waiting list, to an attendee who is not stored yet."""
    full = room(event=attendee.event, hub=attendee.hub) == 0
    attendee.seat = Attendee.Seat.WAITLISTED if full else Attendee.Seat.CONFIRMED
    attendee.waitlisted_at = now if full else None


def promote(*, event: Event, hub: EventPlace | None, now: datetime) -> None:
    """Give what is free in a venue to those who have waited longest, unless the event is over.

    They are told by mail.
    """
    if event.status in CLOSED or is_too_late(event=event, now=now):
        return
    queue = Attendee.objects.waiting().filter(event=event, hub=hub).select_related("person")
    seated = list(queue[: room(event=event, hub=hub)])
    for attendee in seated:
        attendee.seat, attendee.waitlisted_at = Attendee.Seat.CONFIRMED, None
        attendee.save(update_fields=["seat", "waitlisted_at"])
    promotions.tell(event=event, attendees=seated, now=now)


def settle(*, event: Event, now: datetime) -> None:
    """Let those in who wait, wherever there is room by now: capacities may have risen."""
    with transaction.atomic():
        held = hold(event_id=event.pk)
        waiting = Attendee.objects.waiting().filter(event=held).select_related("hub")
        for hub in {attendee.hub for attendee in waiting}:
            promote(event=held, hub=hub, now=now)
