"""The steps that a grid takes with its parts, and the step that takes each back."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from events.domain.lifecycle import announcing, lifecycle
from events.domain.programme import tree
from events.models import Event

Status = Event.Status
Take = Callable[[Event, datetime, str], None]


def _unconfirm(event: Event, now: datetime, _reason: str) -> None:
    """Make a confirmed part tentative again, as it was before a step that was taken by mistake."""
    if event.status != Status.CONFIRMED:
        raise lifecycle.NotAllowed(event, "unconfirm")
    event.status = Status.TENTATIVE
    lifecycle.save(event=event, now=now)


TAKE: Final[dict[str, Take]] = {
    "propose": lambda event, now, _reason: lifecycle.propose(event=event, now=now),
    "confirm": lambda event, now, _reason: lifecycle.confirm(event=event, now=now),
    "publish": lambda event, now, _reason: _publish(event, now),
    "postpone": lambda event, now, why: lifecycle.postpone(event=event, now=now, reason=why),
    "cancel": lambda event, now, why: lifecycle.cancel(event=event, now=now, reason=why),
    "reinstate": lambda event, now, _reason: lifecycle.reinstate(event=event, now=now),
    "delete": lambda event, now, _reason: lifecycle.delete(event=event, now=now),
    "unconfirm": _unconfirm,
}
# The verbs that a grid offers, in the order of its menu.
OFFERED: Final = ("propose", "publish", "confirm", "postpone", "reinstate", "cancel", "delete")
REASON_MAX_CHARS: Final = 300


def allowed(*, parts: Collection[Event], above: Collection[Event], now: datetime) -> dict[int, Any]:
    """Return the verbs of OFFERED that each of the parts allows, by key; without a query.

    `parts` are all parts of the event that is the first of `above`, in any order. What only a
    query could tell, such as what a part lacks, is told when the step is taken.
    """
    known = {row.pk: row for row in (*above, *parts)}
    busy = {above_ for row in parts if row.status != Status.DRAFT for above_ in _way(row, known)}
    return {row.pk: tuple(_verbs(row, known, busy, now)) for row in parts}


def undo(*, event: Event, verb: str, status: str, reason: str) -> dict[str, Any] | None:
    """Return the edit that takes a step back; `status` and `reason` are those before it.

    None for the announcement of a draft: an announced part is no draft again.
    """
    if verb == "delete":
        return {"op": "restore", "ids": [event.pk], "parent": event.parent_id}
    back = {
        Status.TENTATIVE: "unconfirm" if verb in ("confirm", "publish") else "reinstate",
        Status.CONFIRMED: "reinstate",
        Status.POSTPONED: "postpone",
        Status.CANCELLED: "cancel",
    }.get(Status(status))
    step = {"op": "step", "ids": [event.pk], "verb": back, "reason": reason}
    return step if back else None


def _publish(event: Event, now: datetime) -> None:
    """Announce and confirm at once, whether the part was announced before or not."""
    if event.status == Status.DRAFT:
        announcing.publish(event=event, now=now)
    else:
        lifecycle.confirm(event=event, now=now)


def _way(row: Event, known: Mapping[int, Event]) -> list[int]:
    """Return the keys of the known events above a row."""
    found, key = list[int](), row.parent_id
    while key is not None and key in known:
        found.append(key)
        key = known[key].parent_id
    return found


def _verbs(row: Event, known: Mapping[int, Event], busy: set[int], now: datetime) -> list[str]:
    steps = set(lifecycle.STEPS[row.status]) if row.is_managed else set[str]()
    if row.status == Status.DRAFT and "propose" in steps:
        steps.add("publish")
    if any(known[key].status in tree.OFF for key in _way(row, known)):
        steps -= {*lifecycle.STARTING, "publish"}
    if row.pk in busy:
        steps.discard("delete")
    if row.status == Status.CANCELLED and (row.start_at is None or row.start_at <= now):
        steps.discard("reinstate")
    return [verb for verb in OFFERED if verb in steps]
