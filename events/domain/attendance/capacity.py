"""The capacity of an event and of its hubs: seats taken, seats left, and the waiting list.

A transaction that gives or frees seats locks the event first (`hold`), so that two of them cannot
give away the last seat twice.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from events.domain.attendance import promotionletters
from events.models import Attendee, Event, EventPlace

CLOSED_STATUSES = (Event.Status.DRAFT, Event.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Capacity of one venue of an event: the main venue if `hub` is None, or else a hub."""

    hub: EventPlace | None
    capacity: int | None
    taken: int
    waiting: int

    @property
    def excess(self) -> int:
        """The seats taken beyond the capacity, if it was lowered after they were given."""
        return 0 if self.capacity is None else max(self.taken - self.capacity, 0)


def of(*, event: Event) -> list[Capacity]:
    """Return the main venue, then the hubs in their order."""
    counts = {row["hub"]: row for row in Attendee.objects.filter(event=event).count_by_hub()}
    empty = {"taken": 0, "queued": 0}
    found = []
    for hub in (None, *hubs(event=event).order_by("position", "pk")):
        count = counts.get(hub and hub.pk, empty)
        found.append(Capacity(hub, (hub or event).capacity, count["taken"], count["queued"]))
    return found


def hubs(*, event: Event) -> models.QuerySet[EventPlace]:
    """The hubs of an event, at which attendees may take part."""
    return EventPlace.objects.filter(event=event, role=EventPlace.Role.HUB).select_related("place")


def hold(*, event_id: int) -> Event:
    """Lock the event until the end of the transaction and return it as stored.

    All code that gives or frees seats locks this row, before any attendee or reply.
    """
    return Event.objects.select_for_update(no_key=True).get(pk=event_id)


def seats_left(*, event: Event, hub: EventPlace | None) -> int | None:
    """Return the seats left at a venue; None if its capacity has no limit."""
    capacity = (hub or event).capacity
    if capacity is None:
        return None
    taken = Attendee.objects.seated().filter(event=event, hub=hub).count()
    return max(capacity - taken, 0)


def is_too_late(*, event: Event, now: datetime) -> bool:
    """Whether the event is over; never for a postponed event, which still has its old date."""
    return event.status != Event.Status.POSTPONED and event.is_over(now)


def seat(*, attendee: Attendee, now: datetime) -> None:
    """Give an attendee a seat, or else the end of the waiting list. Does not save the attendee."""
    full = seats_left(event=attendee.event, hub=attendee.hub) == 0
    attendee.seat = Attendee.Seat.WAITLISTED if full else Attendee.Seat.CONFIRMED
    attendee.waitlisted_at = now if full else None


def promote(*, event: Event, hub: EventPlace | None, now: datetime) -> None:
    """Give the seats left at a venue to those who have waited longest, unless the event is over.

    Each gets a mail (`promotions`).
    """
    if event.status in CLOSED_STATUSES or is_too_late(event=event, now=now):
        return
    queue = Attendee.objects.waiting().filter(event=event, hub=hub).select_related("person")
    seated = list(queue[: seats_left(event=event, hub=hub)])
    for attendee in seated:
        attendee.seat, attendee.waitlisted_at = Attendee.Seat.CONFIRMED, None
        attendee.save(update_fields=["seat", "waitlisted_at"])
    promotionletters.tell(event=event, attendees=seated, now=now)


def settle(*, event: Event, now: datetime) -> None:
    """Fill the seats left at each venue from its waiting list.

    Called after a change of the event, which may have raised a capacity.
    """
    with transaction.atomic():
        held = hold(event_id=event.pk)
        waiting = Attendee.objects.waiting().filter(event=held).select_related("hub")
        for hub in {attendee.hub for attendee in waiting}:
            promote(event=held, hub=hub, now=now)
