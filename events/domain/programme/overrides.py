"""Clashes that somebody has accepted: they stop to count until one of the two events moves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from events.domain.programme.collisions import Collision, Use
from events.models import ClashOverride, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """Why a clash does not count, who said so, and when."""

    reason: str
    by: str
    at: datetime


class Overrides:
    """What has been accepted of some collisions, read with one query from rows of `among`."""

    def __init__(self, found: Iterable[Collision], among: Any) -> None:
        names = {name(row) for row in found}
        rows = among.filter(clash__in=names).select_related("given_by").order_by("given_at", "pk")
        self.rows: dict[str, list[ClashOverride]] = {}
        for row in rows:
            self.rows.setdefault(row.clash, []).append(row)

    def of(self, row: Collision) -> Overridden | None:
        """Return the latest override that still stands."""
        for each in reversed(self.rows.get(name(row), [])):
            if each.given_for == facts(row) and row.come <= (each.come or row.come):
                return Overridden(reason=each.reason, by=_who(each), at=each.given_at)
        return None


def give(*, event: int, row: Collision, reason: str, user: User, now: datetime) -> None:
    """Store that a collision is accepted from the side of an event, in place of what was before."""
    ClashOverride.objects.update_or_create(
        event_id=event,
        clash=name(row),
        defaults={
            "given_for": facts(row),
            "come": row.come or None,
            "reason": reason,
            "given_by": user,
            "given_at": now,
        },
    )


def take_back(*, row: Collision, events: Collection[int]) -> int:
    """Remove what was stored from the side of these events; its history stays."""
    rows = ClashOverride.objects.filter(clash=name(row), event__in=events)
    return sum(bool(each.delete()) for each in rows)


def _who(row: ClashOverride) -> str:
    return (row.given_by.get_full_name() or row.given_by.username) if row.given_by else ""


def name(row: Collision) -> str:
    """Return a digest of what collides with what, for whom; it stays the same when they move."""
    events = sorted(use.slot.pk for use in row.uses)
    return _digest(row.kind, row.of, row.subject, events)


def facts(row: Collision) -> str:
    """Return a digest of when and where the events are, and of what a place holds."""
    return _digest(row.limit, sorted(map(_facts, row.uses)))


def _facts(use: Use) -> tuple[Any, ...]:
    slot = use.slot
    return (
        slot.pk,
        slot.start.isoformat(),
        slot.end.isoformat(),
        use.place or 0,
        slot.end_place or 0,
    )


def _digest(*values: object) -> str:
    return sha256(repr(values).encode()).hexdigest()
