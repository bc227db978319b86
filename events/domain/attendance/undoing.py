"""Steps of attendees taken back: presence, answers that an organiser entered, lost places.

What an attendee was before is read from the history. An answer that the guest gave by link or mail
is the guest's word, which nobody takes back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.domain.attendance import attendees, capacity, invitations
from events.domain.attendance.attendees import NotAllowed, NotOpen, Over
from events.domain.refusals import Refusal
from events.models import Attendee
from events.models.base import history

Partstat = Attendee.Partstat
Seat = Attendee.Seat
Attendance = Attendee.Attendance


@dataclass(frozen=True, slots=True)
class Former:
    """The values of STATE before a change, and whether a user made that change."""

    state: dict[str, Any]
    is_by_user: bool


def next_steps(*, attendee: Attendee, now: datetime) -> tuple[str, ...]:
    """Return the verbs of this module that are legal now."""
    return tuple(verb for verb, check in CHECKS.items() if _passes(check, attendee, now))


def undo_check_in(*, attendee: Attendee, now: datetime) -> None:
    """The attendee is not there after all; whoever had no seat before has none. NotAllowed."""
    with _taken_back("undo_check_in", attendee, now) as before:
        _put_back(attendee, before, now)


def undo_attended(*, attendee: Attendee, now: datetime) -> None:
    """The attendee is checked in, and it is open whether they stay to the end. NotAllowed."""
    with _taken_back("undo_attended", attendee, now) as before:
        attendee.attendance = before["attendance"]


def undo_no_show(*, attendee: Attendee, now: datetime) -> None:
    """The attendee is expected again, because nobody knows that they did not come. NotAllowed."""
    with _taken_back("undo_no_show", attendee, now) as before:
        attendee.attendance = before["attendance"]


def undo_answer(*, attendee: Attendee, now: datetime) -> None:
    """Take back an answer that a user entered: the former answer counts again.

    Who had a seat gets one if one is left, and else waits, ahead of those who answered later.
    Raises NotOpen, Over or NotAllowed.
    """
    with _taken_back("undo_answer", attendee, now) as before:
        _put_back(attendee, before, now)


def undo_release(*, attendee: Attendee, now: datetime) -> None:
    """Put an attendee back on the list, with a seat as in `undo_answer`.

    Raises NotOpen, Over or NotAllowed.
    """
    with _taken_back("undo_release", attendee, now) as before:
        _put_back(attendee, before, now)


@contextmanager
def _taken_back(verb: str, attendee: Attendee, now: datetime) -> Iterator[dict[str, Any]]:
    """Lock the attendee, yield the former values of STATE, then store; seats and mails follow."""
    with attendees.held(attendee):
        yield CHECKS[verb](attendee, now)
        attendee.save(update_fields=attendees.STATE)
        capacity.promote(event=attendee.event, hub=attendee.hub, now=now)
        attendee.refresh_from_db(fields=attendees.STATE)
        invitations.replan(event=attendee.event, attendee=attendee, now=now)


def _put_back(attendee: Attendee, before: dict[str, Any], now: datetime) -> None:
    """Give the attendee the former values, but a seat only if it is their own or one is left."""
    has_seat = attendee.seat == Seat.CONFIRMED
    for name, value in before.items():
        setattr(attendee, name, value)
    is_full = capacity.seats_left(event=attendee.event, hub=attendee.hub) == 0
    if attendee.seat == Seat.CONFIRMED and not has_seat and is_full:
        attendee.seat = Seat.WAITLISTED
        attendee.waitlisted_at = attendee.answered_at or now


def _former(attendee: Attendee, column: str) -> Former | None:
    """Return what was before the column got its present value; None if nothing is on record."""
    kept = history.of(Attendee)
    assert kept is not None  # noqa: S101 -- Attendee has a history
    records = kept.filter(id=attendee.pk).order_by("-history_date", "-history_id")
    user = None
    for record in records.values("history_user", *attendees.STATE):
        by = record.pop("history_user")
        if record[column] != getattr(attendee, column):
            return Former(record, is_by_user=user is not None)
        user = by
    return None


def _check_presence(verb: str, state: Attendance) -> "Check":
    """Return the check of a step that leads back from a state of presence."""

    def check(attendee: Attendee, _now: datetime) -> dict[str, Any]:
        former = _former(attendee, "attendance") if attendee.attendance == state else None
        if former is None:
            raise NotAllowed(attendee, verb)
        return former.state

    return check


def _check_answer(attendee: Attendee, now: datetime) -> dict[str, Any]:
    is_answer = attendee.partstat in attendees.ANSWERS.values()
    former = _former(attendee, "partstat") if is_answer and _is_expected(attendee) else None
    if former is None or not former.is_by_user or former.state["partstat"] == Partstat.DELEGATED:
        raise NotAllowed(attendee, "undo_answer")
    _check_open(attendee, now)
    return former.state


def _check_release(attendee: Attendee, now: datetime) -> dict[str, Any]:
    is_off = attendee.seat == Seat.CANCELLED and attendee.partstat not in Attendee.SAID_NO
    former = _former(attendee, "seat") if is_off and _is_expected(attendee) else None
    if former is None or former.state["partstat"] != attendee.partstat:
        raise NotAllowed(attendee, "undo_release")
    _check_open(attendee, now)
    return former.state


def _is_expected(attendee: Attendee) -> bool:
    return attendee.attendance == Attendance.EXPECTED


def _check_open(attendee: Attendee, now: datetime) -> None:
    if attendee.event.status in capacity.CLOSED_STATUSES:
        raise NotOpen(attendee)
    if capacity.is_too_late(event=attendee.event, now=now):
        raise Over(attendee)


# A check returns the former values of STATE, or raises the refusal.
Check = Callable[[Attendee, datetime], dict[str, Any]]
CHECKS: Final[dict[str, Check]] = {
    "undo_check_in": _check_presence("undo_check_in", Attendance.CHECKED_IN),
    "undo_attended": _check_presence("undo_attended", Attendance.ATTENDED),
    "undo_no_show": _check_presence("undo_no_show", Attendance.NO_SHOW),
    "undo_answer": _check_answer,
    "undo_release": _check_release,
}


def _passes(check: Check, attendee: Attendee, now: datetime) -> bool:
    try:
        check(attendee, now)
    except Refusal:
        return False
    return True
