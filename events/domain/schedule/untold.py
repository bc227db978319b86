"""What a programme's changes have to tell and nobody was told yet: mails that are held.

Mails of a grid are held from the start and joined, one for each person, until somebody says once
for all of them: tell them, not now, or never.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from events.domain.attendance import invitations
from events.domain.lifecycle import lifecycle
from events.domain.mail import outbox, plans
from events.domain.programme import tree
from events.domain.reminders import notices
from events.models import Delivery, Event, EventChange, NoticeBatch, Telling
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
    noted = EventChange.objects.filter(batch__in=batches, event__in=tree.keys(event=event))
    changed = set(noted.values_list("event", flat=True))
    changed |= {about for about, _person, batch in mails if not batch}
    return Waiting(changes=len(changed), people=len({person for _event, person, _b in mails}))


def tell(*, event: Event, choice: Telling, now: datetime) -> int:
    """Say what becomes of what is held of a programme; return how many people it concerns.

    NOW lets the mails leave after the usual two minutes, in which further changes join them. NEVER
    withholds them for good: the next change that is told tells these as well. LATER leaves them.
    """
    with transaction.atomic():
        lifecycle.hold()
        mails = held(event=event)
        found = list(mails.values_list("pk", "person", "batch", "event"))
        chosen = Delivery.objects.filter(pk__in=[key for key, *_rest in found])
        if choice == Telling.NOW:
            outbox.release_all(mails=chosen, due_at=now + notices.DEBOUNCE)
        elif choice == Telling.NEVER:
            _withhold({batch for *_rest, batch, _event in found if batch})
            _withhold_invitations({about for *_rest, batch, about in found if not batch}, now)
        return len({person for _key, person, *_rest in found})


def _withhold(batches: set[int]) -> None:
    outbox.withhold_all(mails=Delivery.objects.filter(batch__in=batches))
    NoticeBatch.objects.filter(pk__in=batches).update(telling=Telling.NEVER)


def _withhold_invitations(events: set[int], now: datetime) -> None:
    """Plan the updates once more in a plan that withholds them, which records what was not told."""
    with plans.opened(choice=Telling.NEVER):
        for event in Event.objects.filter(pk__in=events).order_by("pk"):
            held(event=event).invitations().filter(event=event).call_back()
            invitations.replan(event=event, now=now)


def held(*, event: Event) -> DeliveryQuerySet:
    """Return the held mails about changes: notices, and invitations of those who have one already.

    A first invitation that is held is none of them: it was not caused by a change.
    """
    there = tree.keys(event=event)
    changed = EventChange.objects.filter(batch=OuterRef("batch"), event__in=there)
    told = Delivery.objects.filter(attendee=OuterRef("attendee")).invitations().out()
    notices = Q(Exists(changed), kind=Delivery.Kind.NOTICE)
    invitations = Q(Exists(told), kind__in=Delivery.INVITATIONS, event__in=there)
    return Delivery.objects.filter(notices | invitations, state=HELD)
