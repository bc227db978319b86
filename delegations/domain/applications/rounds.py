"""Rounds: several applications decided in one step, in the order in which they were submitted.

`plan` foresees what happens to each and changes nothing; `take` does it. Both count the seats down
in the same way, so that what was foreseen is what happens.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch, Q

from delegations.domain.applications import applications
from delegations.domain.applications.applications import Status
from delegations.domain.mail import decisions
from delegations.domain.rosters import quotas, rosters
from delegations.domain.rosters.quotas import Room
from delegations.models import Application, Delegation, Nominee
from events.domain.refusals import Refusal
from events.models import Organisation, User

# The steps that record who decided, and when.
SIGNED: Final = ("accept", "admit", "waitlist", "decline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The status that an application reaches, or the refusal because of which it stays as it is.

    `asked` are the seats that it asks for, `free` those left afterwards (None without a quota).
    `silence` is why its contact cannot be told of a decision.
    """

    application: Application
    asked: int
    free: int | None
    status: str
    refusal: Refusal | None
    silence: decisions.Silence | None

    @property
    def is_decision(self) -> bool:
        """Whether it reaches a status of which the contact of an application is told by mail."""
        return self.refusal is None and self.status in decisions.TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The applications to one delegation that are decided together, in order of submission.

    `room` are the seats before; `rising` are promoted from the waiting list afterwards.
    """

    delegation: Delegation
    room: Room
    outcomes: Sequence[Outcome]
    rising: Sequence[Application]

    @property
    def heard(self) -> list[Application]:
        """The applications whose contacts are told of a decision by mail."""
        if self.delegation.mission is None:
            return []
        decided = [outcome.application for outcome in self.outcomes if outcome.is_decision]
        return [
            row for row in (*decided, *self.rising) if decisions.silence(application=row) is None
        ]


def plan(*, keys: Collection[int], verb: str, now: datetime) -> list[Round]:
    """Return what a step would do to the applications with these keys, by delegation."""
    chosen = Delegation.objects.filter(applications__in=keys).select_related("mission").distinct()
    return [_round(delegation, keys, verb, now) for delegation in chosen.order_by("pk")]


def take(
    *, keys: Collection[int], verb: str, user: User | None, now: datetime, **values: Any
) -> list[Round]:
    """Take a step with those of the applications that allow it; return what happened to each.

    `values` are those of the step: `confirm_by`, `reason` or `question`. Raises TooSoon or NoReason
    of `applications`, which concern all of them.
    """
    with transaction.atomic():
        _hold(keys)
        rounds = plan(keys=keys, verb=verb, now=now)
        _check_values(rounds, values, now)
        for each in rounds:
            for outcome in each.outcomes:
                if outcome.refusal is None:
                    _store(outcome, verb, user, now, values)
            quotas.promote(delegation=each.delegation, now=now)
    return rounds


def may_wait(*, delegation: Delegation) -> set[int]:
    """Return the keys of the applications that would find no seats, so that they may wait."""
    seats = _Seats(delegation, ())
    return {row.pk for row in seats.rows if seats.would_wait(row)}


class _Seats:
    """The seats of a delegation, read once and then counted down without a query."""

    def __init__(self, delegation: Delegation, keys: Collection[int]) -> None:
        self.delegation = delegation
        self.members = list(delegation.delegates.select_related("person", "organisation"))
        self.rows = sorted(_rows(delegation, keys), key=_turn)
        self.status = {row.pk: row.status for row in self.rows}

    def room(self) -> Room:
        quota = self.delegation.quota
        counted = sum(member.counted for member in self.members)
        taken = counted + self.promised().total()
        free = None if quota is None else max(quota - taken, 0)
        return Room(quota, taken, free, sum(map(self._waits, self.rows)))

    def promised(self) -> Counter[Organisation]:
        accepted = [row for row in self.rows if self.status[row.pk] == Status.ACCEPTED]
        return Counter({row.organisation: asked(row) for row in accepted})

    def fits(self, row: Application) -> bool:
        free = self.room().free
        return self._may_ever_fit(row) and (free is None or asked(row) <= free)

    def next_in_line(self) -> Application | None:
        """Return whom `quotas.next_in_line` would find."""
        waiting = (row for row in self.rows if self._waits(row) and self._may_ever_fit(row))
        first = next(waiting, None)
        return first if first and self.fits(first) else None

    def would_wait(self, row: Application) -> bool:
        """Whether it would stay on the waiting list if it were put there now."""
        before, self.status[row.pk] = self.status[row.pk], Status.WAITLISTED
        first, self.status[row.pk] = self.next_in_line(), before
        return first != row

    def _waits(self, row: Application) -> bool:
        return self.status[row.pk] == Status.WAITLISTED

    def _may_ever_fit(self, row: Application) -> bool:
        theirs = sum(m.counted and m.organisation == row.organisation for m in self.members)
        return quotas.is_within_limits(delegation=self.delegation, asked=asked(row), theirs=theirs)


def asked(application: Application) -> int:
    """Return the number of seats that an application with loaded nominees asks for."""
    return sum(nominee.is_counted for nominee in application.nominees.all())


def _accept(seats: _Seats, row: Application, now: datetime) -> str:
    return Status.ACCEPTED if seats.fits(row) else Status.WAITLISTED


def _admit(seats: _Seats, row: Application, now: datetime) -> str:
    nominees = row.nominees.all()
    if not nominees:
        raise applications.NoNominees(row)
    members = [*seats.members, *rosters.proposed(application=row, nominees=nominees)]
    seats.status[row.pk] = Status.CONFIRMED
    rosters.check_with(delegation=seats.delegation, members=members, promised=seats.promised())
    seats.members = members
    return Status.CONFIRMED


def _confirm(seats: _Seats, row: Application, now: datetime) -> str:
    applications.check_time(application=row, now=now)
    return _admit(seats, row, now)


def _waitlist(seats: _Seats, row: Application, now: datetime) -> str:
    if not seats.would_wait(row):
        raise applications.SeatsLeft(row)
    return Status.WAITLISTED


def _decline(seats: _Seats, row: Application, now: datetime) -> str:
    return Status.DECLINED


def _request_info(seats: _Seats, row: Application, now: datetime) -> str:
    return Status.INFO_REQUESTED


# For each step a function that returns the status that an application reaches, or refuses.
STEPS: Final[Mapping[str, Callable[[_Seats, Application, datetime], str]]] = {
    "accept": _accept,
    "admit": _admit,
    "confirm": _confirm,
    "waitlist": _waitlist,
    "decline": _decline,
    "request_info": _request_info,
}


def _round(delegation: Delegation, keys: Collection[int], verb: str, now: datetime) -> Round:
    seats = _Seats(delegation, keys)
    room = seats.room()
    outcomes = [_outcome(seats, row, verb, now) for row in seats.rows if row.pk in keys]
    rising = _rising(seats, now)
    return Round(delegation=delegation, room=room, outcomes=outcomes, rising=rising)


def _outcome(seats: _Seats, row: Application, verb: str, now: datetime) -> Outcome:
    refusal = None
    try:
        if verb not in applications.next_steps(application=row):
            raise applications.NotAllowed(row, verb)
        seats.status[row.pk] = STEPS[verb](seats, row, now)
    except Refusal as raised:
        refusal, seats.status[row.pk] = raised, row.status
    return Outcome(
        application=row,
        asked=asked(row),
        free=seats.room().free,
        status=seats.status[row.pk],
        refusal=refusal,
        silence=decisions.silence(application=row),
    )


def _rising(seats: _Seats, now: datetime) -> list[Application]:
    """Return whom `quotas.promote` would accept now."""
    rising: list[Application] = []
    if quotas.time_to_confirm(delegation=seats.delegation, now=now) is None:
        return rising
    while row := seats.next_in_line():
        seats.status[row.pk] = Status.ACCEPTED
        rising.append(row)
    return rising


def _hold(keys: Collection[int]) -> None:
    """Lock the delegations of the applications, in one order."""
    for delegation in Delegation.objects.filter(applications__in=keys).order_by("pk").distinct():
        quotas.hold(delegation=delegation)


def _rows(delegation: Delegation, keys: Collection[int]) -> Iterable[Application]:
    """Return the live applications and the chosen ones, with all that is read of them."""
    rows = delegation.applications.filter(Q(status__in=Application.LIVE) | Q(pk__in=keys))
    nominees = Prefetch("nominees", Nominee.objects.select_related("person").order_by("pk"))
    return rows.select_related("organisation", "contact").prefetch_related(nominees)


def _turn(row: Application) -> tuple[bool, datetime | None, int]:
    """The order of submission; drafts, which have none, come last."""
    return row.submitted_at is None, row.submitted_at, row.pk


def _store(
    outcome: Outcome, verb: str, user: User | None, now: datetime, values: Mapping[str, Any]
) -> None:
    row = outcome.application
    for column, value in _columns(outcome.status, values).items():
        setattr(row, column, value)
    if verb in SIGNED:
        row.decided_by, row.decided_at = user, now
    if outcome.status == Status.CONFIRMED:
        applications.enter(application=row, now=now)
    else:
        row.status = outcome.status
        row.save()
    decisions.tell(application=row, now=now)


def _columns(status: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a status needs, from the values of the step."""
    if status == Status.ACCEPTED:
        return {"confirm_by": values["confirm_by"]}
    if status == Status.DECLINED:
        return {"reason": values["reason"]}
    if status == Status.INFO_REQUESTED:
        return {"question": values["question"], "reply": ""}
    return {}


def _check_values(rounds: Sequence[Round], values: Mapping[str, Any], now: datetime) -> None:
    """Refuse values that no application could take; the first one stands for all."""
    row = next((outcome.application for each in rounds for outcome in each.outcomes), None)
    if row and "confirm_by" in values:
        applications.check_confirm_by(application=row, confirm_by=values["confirm_by"], now=now)
    if row and "reason" in values:
        applications.check_reason(application=row, reason=values["reason"])
