"""Announcing a programme: chosen parts take the status of the event that they are part of."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from events.domain.lifecycle import lifecycle
from events.domain.lifecycle.lifecycle import Consequences
from events.domain.programme import completeness, tree
from events.domain.refusals import Name, Refusal, joined, some
from events.models import Event
from events.models.base.locks import hold_tree

Status = Event.Status

# For each status that an event can have or get, the statuses of parts that are behind it.
BEHIND: Final[dict[str, tuple[str, ...]]] = {
    Status.TENTATIVE: (Status.DRAFT,),
    Status.CONFIRMED: (Status.DRAFT, Status.TENTATIVE),
}


class PartsIncomplete(Refusal):
    """Parts lack what a confirmed event needs."""

    parts: tuple[Event, ...]
    text = gettext_noop("Nothing has changed, because parts still need something: %(parts)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"parts": some([_lack(part, name) for part in self.parts])}


def waiting(*, event: Event, status: str = "") -> list[Event]:
    """Return the parts of the event that are behind a status, by default behind its own.

    Parts come after the parts that contain them, and siblings in the order of time.
    """
    behind = BEHIND.get(status or event.status, ())
    parts = tree.below(event=event) if behind else []
    return [part for part in parts if part.is_managed and part.status in behind]


def next_steps(*, event: Event) -> tuple[str, ...]:
    """Return the steps beyond those of the status.

    “publish” of a draft that lacks nothing, and “announce” if the event takes place and parts of it
    are behind its status.
    """
    if event.status == Status.DRAFT:
        is_whole = event.is_managed and not completeness.missing(event=event)
        return ("publish",) if is_whole and not tree.off_above(event=event) else ()
    return ("announce",) if waiting(event=event) else ()


def propose(
    *, event: Event, now: datetime, parts: Collection[int] = (), visible: bool = False
) -> int:
    """Announce the event as tentative, with the chosen parts. The rest is as in `announce`."""
    with transaction.atomic():
        lifecycle.propose(event=event, now=now)
        return _bring(event, parts, visible, now)


def confirm(
    *, event: Event, now: datetime, parts: Collection[int] = (), visible: bool = False
) -> int:
    """Confirm the event with the chosen parts. Raises Incomplete; the rest is as in `announce`."""
    with transaction.atomic():
        lifecycle.confirm(event=event, now=now)
        return _bring(event, parts, visible, now)


def publish(
    *, event: Event, now: datetime, parts: Collection[int] = (), visible: bool = False
) -> int:
    """Announce a draft and confirm it at once. Raises as `propose` and `confirm` do."""
    with transaction.atomic():
        lifecycle.propose(event=event, now=now)
        return confirm(event=event, now=now, parts=parts, visible=visible)


def announce(*, event: Event, now: datetime, parts: Collection[int], visible: bool = False) -> int:
    """Give the chosen parts, by their keys, the status of the event; return how many were behind.

    With `visible` those among them that are internal get the visibility of the event. Raises
    NotAllowed unless the event takes place, and PartsIncomplete; then nothing has changed.
    """
    with transaction.atomic():
        hold_tree()
        event.refresh_from_db()
        if event.status not in BEHIND:
            raise lifecycle.NotAllowed(event, "announce")
        return _bring(event, parts, visible, now)


def consequences(*, event: Event, parts: list[Event], status: str = "") -> Consequences:
    """The effects of giving parts a status; without one the event itself keeps its own."""
    return lifecycle.reach(event=event, parts=parts, changed=None if status else parts)


def _bring(event: Event, keys: Collection[int], visible: bool, now: datetime) -> int:
    """Store the new status of the chosen parts, each once, whatever it was before."""
    hold_tree()
    chosen = [part for part in waiting(event=event) if part.pk in keys]
    if event.status == Status.CONFIRMED:
        _require_all(chosen)
    for part in chosen:
        part.status, part.cancellation_reason = event.status, ""
        if visible and part.visibility == Event.Visibility.INTERNAL:
            part.visibility = event.visibility
        lifecycle.save(event=part, now=now)
    return len(chosen)


def _require_all(parts: list[Event]) -> None:
    if lacking := tuple(part for part in parts if completeness.missing(event=part)):
        raise PartsIncomplete(lacking)


def _lack(part: Event, name: Name) -> str:
    missing = (lifecycle.MISSING[each] for each in completeness.missing(event=part))
    return gettext("“%(title)s” (%(missing)s)") % {"title": name(part), "missing": joined(missing)}
