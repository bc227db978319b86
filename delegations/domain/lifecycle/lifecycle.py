"""The states of a delegation, from the call for applications to the end of the mission."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from delegations.domain.applications import applications
from delegations.domain.rosters import quotas
from delegations.models import Delegate, Delegation
from events.domain import steps
from events.domain.lifecycle import lifecycle
from events.domain.refusals import Name, Refusal, joined
from events.models import Attendee, Event

Kind = Delegation.Kind
Status = Delegation.Status

# The steps that each state allows.
STEPS: Final[steps.Table] = {
    Status.PLANNING: ("open_call", "select_directly", "cancel"),
    Status.RECRUITING: ("close_call", "cancel"),
    Status.SELECTING: ("confirm", "cancel"),
    Status.CONFIRMED: ("conclude", "cancel"),
}
MISSING: Final = {
    "deadline": _("a deadline for applications, known to the day"),
    "quota": _("a quota"),
    "purpose": _("a purpose"),
    "head": _("a head of delegation"),
    "leg": _("a leg"),
    "decisions": _("decisions on all applications"),
}
# Kinds whose members are appointed; they need no call for applications.
APPOINTED: Final = (Kind.OFFICIAL_DELEGATION, Kind.DUTY_VISIT)
# The attendance of people who were expected and whose attendance is not settled.
OPEN_PRESENCE: Final = (Attendee.Attendance.EXPECTED, Attendee.Attendance.CHECKED_IN)


class NotAllowed(steps.NotAllowed):
    """The state or the kind of the delegation does not allow the step."""

    text = gettext_noop("“%(name)s” is %(state)s, so this is not possible.")


class Incomplete(Refusal):
    """The delegation lacks what the step needs, `missing`.

    Opening the call needs a “deadline”, a “quota” and a “purpose”; confirming needs a “head”, a
    “leg”, and “decisions” on all applications.
    """

    delegation: Delegation
    missing: tuple[str, ...]
    text = gettext_noop("“%(title)s” still needs: %(missing)s.")

    def words(self, name: Name) -> dict[str, object]:
        missing = joined(MISSING[each] for each in self.missing)
        return {"title": name(self.delegation), "missing": missing}


class DeadlinePassed(Refusal):
    """The deadline for applications, `closes_at`, has passed."""

    delegation: Delegation
    closes_at: datetime
    text = gettext_noop("The deadline for applications is over; give it a later one first.")


class NotOver(Refusal):
    """The mission is not over yet."""

    delegation: Delegation
    text = gettext_noop("The mission is not over yet.")


class AttendanceOpen(Refusal):
    """The attendance of these attendees of the mission is not settled."""

    delegation: Delegation
    attendees: list[Attendee]
    text = gettext_noop("Say first whether these attended the mission: %(names)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"names": joined(self.attendees, name)}


class NoReason(Refusal):
    """Cancelling needs a reason, which is also given to the applicants who are declined."""

    delegation: Delegation
    text = gettext_noop("Give a reason.")


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
    return MACHINE.next_steps(delegation)


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
    with MACHINE.step(delegation, verb) as row:
        yield row
        row.save(update_fields=["status"])


def _hold(delegation: Delegation) -> Delegation:
    return quotas.hold(delegation=delegation)


def _obstacle(delegation: Delegation, verb: str) -> Delegation | None:
    """Return the delegation if it is only reported, or its members are recruited by a call."""
    recruits = delegation.kind not in APPOINTED
    is_barred = not delegation.is_managed or (recruits and verb == "select_directly")
    return delegation if is_barred else None


def _require(delegation: Delegation, has: Mapping[str, object]) -> None:
    missing = tuple(name for name, value in has.items() if not value)
    if missing:
        raise Incomplete(delegation, missing)


def _check_over(delegation: Delegation, now: datetime) -> None:
    mission = delegation.mission
    if mission is None or mission.status not in Event.STANDING or not mission.is_over(now):
        raise NotOver(delegation)
    expected = mission.attendees.expected().filter(attendance__in=OPEN_PRESENCE)
    if attendees := list(expected.select_related("person").order_by("position", "pk")):
        raise AttendanceOpen(delegation, attendees)


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold, obstacle=_obstacle)
