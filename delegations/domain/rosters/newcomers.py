"""Members put on a roster many at once, found on record or made on the way: all, or nobody."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from delegations.domain.rosters import quotas, rosters
from delegations.models import Delegate, Delegation
from events.domain.guests import guests
from events.domain.guests.guests import Added
from events.domain.guests.matching import Guest
from events.models import Viewer
from events.models.base.locks import hold_tree


def add(*, delegation: Delegation, found: Sequence[Guest], user: Viewer, now: datetime) -> Added:
    """Put the guests on the roster; their role is a capacity.

    Whoever is a member already is told, and not added again. Raises as `guests.gather` does, and as
    `rosters.add_all` does.
    """
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        hold_tree()
        party = guests.gather(guests=found, team=held.team, user=user, now=now)
        known = set(held.delegates.exclude(person=None).values_list("person", flat=True))
        done = Added([], [], party)
        for match, person, body in zip(party.matches, party.people, party.bodies, strict=True):
            if person.pk in known:
                done.known.append(person)
                continue
            known.add(person.pk)
            capacity = match.guest.role or Delegate.Capacity.DELEGATE
            member = Delegate(
                person=person,
                capacity=capacity,
                organisation=body,
                appointment=party.offices.get(person.pk),
                counted=capacity not in Delegate.TRAVEL_ALONG,
            )
            done.added.append(member)
        if done.added:
            rosters.add_all(delegation=held, members=done.added, now=now)
        return done
