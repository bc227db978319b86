"""Parts that move in a grid: with what is below them, and with what takes place after them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import chain

from events.domain.lifecycle import lifecycle
from events.domain.programme import followers
from events.domain.programme.followers import Moves
from events.models import Event
from events.models.events.events import EventQuerySet


def moves_of(*, rows: Collection[Event], below: Mapping[int, list[Event]], by: timedelta) -> Moves:
    """Return the rows and what is `below` them, each as it is and as it will be.

    Parts without a time move by whole days only, and cancelled parts stay. Raises NoSuchTime.
    """
    found = Moves()
    for row in chain.from_iterable((each, *below.get(each.pk, ())) for each in rows):
        is_timed = row.start_time is not None or by.days * timedelta(days=1) == by
        if row.pk not in found and is_timed and row.when.start_on and _may_move(row):
            found[row.pk] = (row, followers.shifted(event=row, by=by))
    return found


def store(*, moves: Moves, among: EventQuerySet, alone: bool, now: datetime) -> Moves:
    """Store moved parts and, unless they move `alone`, those that follow; return all of them."""
    after = Moves() if alone else followers.along(moves=moves, among=among)
    found = {**moves, **after}
    lifecycle.save_all(events=[row for _before, row in found.values()], now=now)
    return found


def _may_move(row: Event) -> bool:
    return row.status != Event.Status.CANCELLED
