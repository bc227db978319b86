"""What a programme's changes have to tell and nobody was told yet: mails that are held.

Mails of a grid are held from the start and joined, one for each person, until somebody says once
for all of them: tell them, not now, or never.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from events.models import Delivery, Event, EventChange
from events.models.mail.deliveries import DeliveryQuerySet

HELD = Delivery.State.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many parts have changed, and how many people would be told of it."""

    changes: int
    people: int


def waiting(*, event: Event) -> Waiting:
    """Count what is held of the changes of an event and its programme."""
    mails = list(held(event=event).values_list("event", "person", "batch"))
    if not mails:
        return Waiting(changes=0, people=0)
    batches = {batch for _event, _person, batch in mails if batch}
    noted = EventChange.objects.filter(batch__in=batches, event__in=_tree(event))
    changed = set(noted.values_list("event", flat=True))
    changed |= {about for about, _person, batch in mails if not batch}
    return Waiting(changes=len(changed), people=len({person for _event, person, _b in mails}))


def held(*, event: Event) -> DeliveryQuerySet:
    """Return the held mails about changes: notices, and invitations of those who have one already.

    A first invitation that is held is none of them: it was not caused by a change.
    """
    there = _tree(event)
    changed = EventChange.objects.filter(batch=OuterRef("batch"), event__in=there)
    told = Delivery.objects.filter(attendee=OuterRef("attendee")).invitations().out()
    notices = Q(Exists(changed), kind=Delivery.Kind.NOTICE)
    invitations = Q(Exists(told), kind__in=Delivery.INVITATIONS, event__in=there)
    return Delivery.objects.filter(notices | invitations, state=HELD)


def _tree(event: Event) -> list[int]:
    return list(Event.objects.within([event.pk]).values_list("pk", flat=True))
