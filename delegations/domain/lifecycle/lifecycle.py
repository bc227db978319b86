"""The life of a delegation: from the call for applications to the end of the mission."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from delegations.domain.applications import applications
from delegations.domain.rosters import quotas
from delegations.models import Delegate, Delegation
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Event

Kind = Delegation.Kind
Status = Delegation.Status

# The steps that each state allows.
STEPS: Final[dict[str, tuple[str, ...]]] = {
    Status.PLANNING: ("open_call", "select_directly", "cancel"),
    Status.RECRUITING: ("close_call", "cancel"),
    Status.SELECTING: ("confirm", "cancel"),
    Status.CONFIRMED: ("conclude", "cancel"),
}
# Their members are named, not recruited.
APPOINTED: Final = (Kind.OFFICIAL_DELEGATION, Kind.DUTY_VISIT)
# Those who were expected and of whom nobody has said yet whether they came.
OPEN_PRESENCE: Final = (Attendee.Attendance.EXPECTED, Attendee.Attendance.CHECKED_IN)


class Refusal(Exception):
    """Why a step of a delegation cannot be."""

    def __init__(self, delegation: Delegation, *concerned: object) -> None:
        super().__init__(delegation, *concerned)
        self.delegation = delegation


class NotAllowed(Refusal):
    """The state or the kind of the delegation forbids the step."""

    def __init__(self, delegation: Delegation, verb: str) -> None:
        super().__init__(delegation, verb)
        self.verb = verb


class Incomplete(Refusal):
    """The delegation lacks what the step needs.

    Of “deadline”, “quota” and “purpose” to open the call; of “head”, “leg” and “decisions” on
    all applications to confirm it.
    """

    def __init__(self, delegation: Delegation, missing: tuple[str, ...]) -> None:
        super().__init__(delegation, missing)
        self.missing = missing


class DeadlinePassed(Refusal):
    """Applications would have closed already, at `closes_at`."""

    def __init__(self, delegation: Delegation, closes_at: datetime) -> None:
        super().__init__(delegation, closes_at)
        self.closes_at = closes_at


class NotOver(Refusal):
    """The mission is not over yet."""


class AttendanceOpen(Refusal):
    """Nobody has said yet whether these attended the mission."""

    def __init__(self, delegation: Delegation, attendees: list[Attendee]) -> None:
        super().__init__(delegation, *attendees)
        self.attendees = attendees


class NoReason(Refusal):
    """Whoever cancels says why: applicants are declined with it."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """Whom a step concerns: members, and applications by how far they are.

    `drafts` are not submitted, `undecided` are, `open` are accepted or waiting.
    """

    members: int
    drafts: int
    undecided: int
    open: int


def next_steps(*, delegation: Delegation) -> tuple[str, ...]:
    """The steps that the state and the kind of the delegation allow; no query."""
    if not delegation.is_managed:
        return ()
    steps = STEPS.get(delegation.status, ())
    if delegation.kind in APPOINTED:
        return steps
    return tuple(verb for verb in steps if verb != "select_directly")


def consequences(*, delegation: Delegation, verb: str) -> Consequences:
    """Whom a step would concern now; all steps concern the same."""
    rows = delegation.applications
    return Consequences(
        members=delegation.delegates.count(),
        drafts=rows.filter(status="draft").count(),
        undecided=rows.filter(status__in=applications.UNDECIDED).count(),
        open=rows.filter(status__in=applications.PENDING).count(),
    )


def open_call(*, delegation: Delegation, now: datetime) -> None:
    """Take applications from now on. Raises Incomplete, DeadlinePassed or NotAllowed."""
    with _step(delegation, "open_call") as row:
        until = applications.closes_at(delegation=row)
        has = {"deadline": until, "quota": row.quota, "purpose": row.purpose.strip()}
        _require(row, has)
        if until and until <= now:
            raise DeadlinePassed(row, until)
        row.status = Status.RECRUITING


def close_call(*, delegation: Delegation, now: datetime) -> None:
    """Take no more applications, even before the deadline. Raises NotAllowed."""
    with _step(delegation, "close_call") as row:
        row.status = Status.SELECTING


def select_directly(*, delegation: Delegation, now: datetime) -> None:
    """Choose the members without a call. Raises NotAllowed."""
    with _step(delegation, "select_directly") as row:
        row.status = Status.SELECTING


def confirm(*, delegation: Delegation, now: datetime) -> None:
    """Say that the delegation stands. Raises Incomplete or NotAllowed."""
    with _step(delegation, "confirm") as row:
        undecided = row.applications.filter(status__in=applications.UNDECIDED)
        has = {
            "head": row.delegates.filter(capacity=Delegate.Capacity.HEAD).exists(),
            "leg": row.legs.exists(),
            "decisions": not undecided.exists(),
        }
        _require(row, has)
        row.status = Status.CONFIRMED


def conclude(*, delegation: Delegation, now: datetime) -> None:
    """Close the books of a mission that is over; what still waits there lapses.

    Raises NotOver, AttendanceOpen or NotAllowed.
    """
    with _step(delegation, "conclude") as row:
        _check_over(row, now)
        row.status = Status.CONCLUDED
        applications.close(delegation=row, reason="", now=now)


def cancel(*, delegation: Delegation, reason: str, now: datetime) -> None:
    """Call it off for good: its mission, its call, and all applications that are still open.

    Raises NoReason or NotAllowed.
    """
    with _step(delegation, "cancel") as row:
        if not reason.strip():
            raise NoReason(row)
        row.status = Status.CANCELLED
        applications.close(delegation=row, reason=reason, now=now)
        for event in filter(None, (row.mission, row.applications_close)):
            event.refresh_from_db()  # the deadline may have gone with the mission
            if event.status in Event.LIVE:
                lifecycle.cancel(event=event, reason=reason, now=now)


@contextmanager
def _step(delegation: Delegation, verb: str) -> Iterator[Delegation]:
    """Yield the delegation as it stands, if it allows the step; then store it."""
    with transaction.atomic():
        row = quotas.hold(delegation=delegation)
        if verb not in next_steps(delegation=row):
            raise NotAllowed(row, verb)
        yield row
        row.save(update_fields=["status"])
    delegation.refresh_from_db()


def _require(delegation: Delegation, has: Mapping[str, object]) -> None:
    missing = tuple(name for name, value in has.items() if not value)
    if missing:
        raise Incomplete(delegation, missing)


def _check_over(delegation: Delegation, now: datetime) -> None:
    mission = delegation.mission
    if mission is None or not _is_over(mission, now):
        raise NotOver(delegation)
    expected = mission.attendees.expected().filter(attendance__in=OPEN_PRESENCE)
    if attendees := list(expected.select_related("person").order_by("position", "pk")):
        raise AttendanceOpen(delegation, attendees)


def _is_over(event: Event, now: datetime) -> bool:
    end = event.end_at or event.start_at
    return event.status in Event.STANDING and end is not None and end <= now
