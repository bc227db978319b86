"""The states of a delegation, from the call for applications to the end of the mission."""

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
# Kinds whose members are appointed; they need no call for applications.
APPOINTED: Final = (Kind.OFFICIAL_DELEGATION, Kind.DUTY_VISIT)
# The attendance of people who were expected and whose attendance is not settled.
OPEN_PRESENCE: Final = (Attendee.Attendance.EXPECTED, Attendee.Attendance.CHECKED_IN)


class Refusal(Exception):
    """Base class of refusals about a step of a delegation."""

    def __init__(self, delegation: Delegation, *concerned: object) -> None:
        super().__init__(delegation, *concerned)
        self.delegation = delegation


class NotAllowed(Refusal):
    """The state or the kind of the delegation does not allow the step."""

    def __init__(self, delegation: Delegation, verb: str) -> None:
        super().__init__(delegation, verb)
        self.verb = verb


class Incomplete(Refusal):
    """The delegation lacks what the step needs, `missing`.

    Opening the call needs a “deadline”, a “quota” and a “purpose”; confirming needs a “head”, a
    “leg”, and “decisions” on all applications.
    """

    def __init__(self, delegation: Delegation, missing: tuple[str, ...]) -> None:
        super().__init__(delegation, missing)
        self.missing = missing


class DeadlinePassed(Refusal):
    """The deadline for applications, `closes_at`, has passed."""

    def __init__(self, delegation: Delegation, closes_at: datetime) -> None:
        super().__init__(delegation, closes_at)
        self.closes_at = closes_at


class NotOver(Refusal):
    """The mission is not over yet."""


class AttendanceOpen(Refusal):
    """The attendance of these attendees of the mission is not settled."""

    def __init__(self, delegation: Delegation, attendees: list[Attendee]) -> None:
        super().__init__(delegation, *attendees)
        self.attendees = attendees


class NoReason(Refusal):
    """Cancelling needs a reason, which is also given to the applicants who are declined."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """The number of members, and of applications by state, that a step affects.

    `drafts` are not submitted, `undecided` are submitted, `open` are accepted or waiting.
    """

    members: int
    drafts: int
    undecided: int
    open: int


def next_steps(*, delegation: Delegation) -> tuple[str, ...]:
    """Return the steps that the state and the kind of the delegation allow; no query."""
    if not delegation.is_managed:
        return ()
    steps = STEPS.get(delegation.status, ())
    if delegation.kind in APPOINTED:
        return steps
    return tuple(verb for verb in steps if verb != "select_directly")


def consequences(*, delegation: Delegation, verb: str) -> Consequences:
    """Return the numbers of those whom a step would affect; they do not depend on `verb`."""
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
    """Select the members without a call for applications. Raises NotAllowed."""
    with _step(delegation, "select_directly") as row:
        row.status = Status.SELECTING


def confirm(*, delegation: Delegation, now: datetime) -> None:
    """Confirm the delegation. Raises Incomplete or NotAllowed."""
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
    """Conclude a delegation whose mission is over; applications that still wait lapse.

    Raises NotOver, AttendanceOpen or NotAllowed.
    """
    with _step(delegation, "conclude") as row:
        _check_over(row, now)
        row.status = Status.CONCLUDED
        applications.close(delegation=row, reason="", now=now)


def cancel(*, delegation: Delegation, reason: str, now: datetime) -> None:
    """Cancel it for good, with its mission, its call, and all open applications.

    Raises NoReason or NotAllowed.
    """
    with _step(delegation, "cancel") as row:
        if not reason.strip():
            raise NoReason(row)
        row.status = Status.CANCELLED
        applications.close(delegation=row, reason=reason, now=now)
        for event in filter(None, (row.mission, row.applications_close)):
            event.refresh_from_db()  # cancelling the mission may have cancelled the deadline
            if event.status in Event.LIVE:
                lifecycle.cancel(event=event, reason=reason, now=now)


@contextmanager
def _step(delegation: Delegation, verb: str) -> Iterator[Delegation]:
    """Yield the delegation, locked and read anew, if it allows the step; then store its status."""
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
