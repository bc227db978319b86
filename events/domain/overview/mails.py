"""The mails about an event: reminders that will fall due, and deliveries by kind and state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, QuerySet

from events.domain.access import access
from events.models import Delivery, Event, ReminderOccurrence, Viewer

State = Delivery.State
FAILED: Final = (State.FAILED, State.DEAD, State.UNKNOWN)
MAX_PLANNED: Final = 10  # reminders that are shown


@dataclass(frozen=True, slots=True)
class Sent:
    """The deliveries of one kind in one state: how many, and when the last one is due or went."""

    kind: str
    state: str
    number: int
    last_at: datetime


def planned(*, event: Event) -> QuerySet[ReminderOccurrence]:
    """Return the next reminders of the event that wait for their fan-out, in order of time."""
    rows = ReminderOccurrence.objects.queued().filter(event=event).select_related("rule")
    return rows.order_by("due_at", "pk")[:MAX_PLANNED]


def sent(*, event: Event, user: Viewer) -> list[Sent]:
    """Return the deliveries about the event by kind and state, as far as the user may see them."""
    rows = access.visible(user=user, model=Delivery).filter(event=event)
    groups = rows.order_by().values_list("kind", "state")
    found = groups.annotate(Count("pk"), Max("sent_at"), Max("due_at"))
    order = {state: number for number, state in enumerate(State.values)}
    lines = [Sent(kind, state, n, sent_at or due_at) for kind, state, n, sent_at, due_at in found]
    return sorted(lines, key=lambda line: (line.kind, order[line.state]))


def number_in(*, lines: Iterable[Sent], states: tuple[str, ...]) -> int:
    """Return how many of the deliveries are in one of the states."""
    return sum(line.number for line in lines if line.state in states)
