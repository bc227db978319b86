"""Applications for places in a delegation: from the draft to the decision, and what follows."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_noop

from delegations.domain.mail import decisions
from delegations.domain.rosters import quotas, rosters
from delegations.models import Application, Delegation, Nominee
from events.domain import steps
from events.domain.feeds import subscriptions
from events.domain.refusals import Name, Refusal
from events.models import Event, Organisation, Person, User

Status = Application.Status

# The steps that each state allows; the waiting move up by themselves, the accepted lapse.
STEPS: Final[steps.Table] = {
    Status.DRAFT: ("submit", "withdraw"),
    Status.SUBMITTED: ("review", "withdraw"),
    Status.UNDER_REVIEW: ("accept", "waitlist", "decline", "request_info", "withdraw"),
    Status.INFO_REQUESTED: ("reply", "withdraw"),
    Status.WAITLISTED: ("decline", "withdraw"),
    Status.ACCEPTED: ("confirm", "withdraw"),
    Status.CONFIRMED: ("withdraw",),
}
UNDECIDED: Final = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.INFO_REQUESTED)
# Decided, but not at the end.
PENDING: Final = (Status.ACCEPTED, Status.WAITLISTED)
# It may still propose others.
PROPOSING: Final = (Status.DRAFT, *UNDECIDED, *PENDING)

logger = logging.getLogger(__name__)


class NotAllowed(steps.NotAllowed):
    """The state of the application, or of its delegation, forbids the step."""

    text = gettext_noop("The application of %(name)s is %(state)s, so this is not possible.")


class CallClosed(Refusal):
    """The delegation takes no applications: not yet, or not any more."""

    delegation: Delegation
    text = gettext_noop(
        "“%(name)s” takes no applications: its call is not open, or its deadline over."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"name": name(self.delegation)}


class AlreadyApplied(Refusal):
    """The organisation has an application already: this one."""

    application: Application
    text = gettext_noop("This organisation has an application already.")


class NoNominees(Refusal):
    """The application proposes nobody."""

    application: Application
    text = gettext_noop("Propose at least one member, named or not.")


class NoReason(Refusal):
    """Whoever declines says why."""

    application: Application
    text = gettext_noop("Give a reason.")


class TooSoon(Refusal):
    """Whoever is accepted needs time to confirm; `confirm_by` is over."""

    application: Application
    confirm_by: datetime
    text = gettext_noop("The time to confirm must lie ahead.")


class Lapsed(Refusal):
    """The time to confirm, `application.confirm_by`, is over."""

    application: Application
    text = gettext_noop("The time to confirm is over.")


class SeatsLeft(Refusal):
    """The seats are there, so there is nothing to wait for."""

    application: Application
    text = gettext_noop("There are seats for them, so there is nothing to wait for: accept them.")


class NoSeatsLeft(Refusal):
    """The seats are not there for so many."""

    application: Application
    needed: int
    text = gettext_noop("The seats do not suffice: %(needed)s would be needed.")


# The seats of a delegation, and how many an application asks for.
room = quotas.room
seats = quotas.seats


def next_steps(*, application: Application) -> tuple[str, ...]:
    """The steps that the states of the application and of its delegation allow; no query."""
    return MACHINE.next_steps(application)


def closes_at(*, delegation: Delegation) -> datetime | None:
    """The moment from which no application is taken, by the deadline's own zone.

    None when there is no deadline, or none that is known to the day.
    """
    deadline = delegation.applications_close
    if deadline is None or deadline.status == Event.Status.CANCELLED:
        return None
    return deadline.end_at or deadline.start_at


def check_call(*, delegation: Delegation, now: datetime) -> None:
    """Raise CallClosed unless the delegation takes applications now."""
    until = closes_at(delegation=delegation)
    if delegation.status != Delegation.Status.RECRUITING or until is None or now >= until:
        raise CallClosed(delegation)


def draft(
    *,
    delegation: Delegation,
    organisation: Organisation,
    now: datetime,
    contact: Person | None = None,
    statement: str = "",
) -> Application:
    """Begin an application. Raises CallClosed or AlreadyApplied."""
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        check_call(delegation=held, now=now)
        live = held.applications.live().select_related("organisation")
        if known := live.filter(organisation=organisation).first():
            raise AlreadyApplied(known)
        return Application.objects.create(
            delegation=held, organisation=organisation, contact=contact, statement=statement
        )


def check(*, application: Application, nominees: Sequence[Nominee]) -> None:
    """Raise what forbids these, stored or not, to be all whom the application proposes.

    NoSeatsLeft where it holds seats and these were more than there are, NotAllowed where others
    than these are on the roster already, or it has come to nothing. The delegation is held until
    the transaction ends.
    """
    with transaction.atomic():
        if not application.pk:
            return
        held = quotas.hold(delegation=application.delegation)
        row = _row(held, application)
        if row.status not in PROPOSING and _proposals(nominees) != _proposals(row.nominees.all()):
            raise NotAllowed(row, "propose")
        asked = sum(nominee.is_counted for nominee in nominees)
        if row.status == Status.ACCEPTED and not quotas.fits(application=row, asked=asked):
            raise NoSeatsLeft(row, asked)


def submit(*, application: Application, now: datetime) -> None:
    """Hand it in; from now on its turn counts. Raises CallClosed, NoNominees or NotAllowed."""
    with _step(application, "submit", now) as row:
        check_call(delegation=row.delegation, now=now)
        _check_nominees(row)
        row.status, row.submitted_at = Status.SUBMITTED, now


def review(*, application: Application, now: datetime) -> None:
    """Begin to examine it. Raises NotAllowed."""
    with _step(application, "review", now) as row:
        row.status = Status.UNDER_REVIEW


def request_info(*, application: Application, question: str, now: datetime) -> None:
    """Ask them something, and wait for the reply. Raises NotAllowed."""
    with _step(application, "request_info", now) as row:
        row.status, row.question, row.reply = Status.INFO_REQUESTED, question, ""


def reply(*, application: Application, reply: str, now: datetime) -> None:
    """Note what they answered, and go on with the examination. Raises NotAllowed."""
    with _step(application, "reply", now) as row:
        row.status, row.reply = Status.UNDER_REVIEW, reply


def accept(
    *, application: Application, confirm_by: datetime, user: User | None, now: datetime
) -> str:
    """Keep their seats until they must confirm; where there are too few, let them wait.

    Returns the status that they reached. Raises TooSoon or NotAllowed.
    """
    with _step(application, "accept", now) as row:
        if confirm_by <= now:
            raise TooSoon(row, confirm_by)
        _decide(row, user, now)
        if quotas.fits(application=row, asked=seats(application=row)):
            row.status, row.confirm_by = Status.ACCEPTED, confirm_by
        else:
            row.status = Status.WAITLISTED
    return application.status


def waitlist(*, application: Application, user: User | None, now: datetime) -> None:
    """Let them wait until seats become free. Raises SeatsLeft or NotAllowed."""
    with _step(application, "waitlist", now) as row:
        _decide(row, user, now)
        row.status = Status.WAITLISTED
        row.save()
        if quotas.next_in_line(delegation=row.delegation) == row:
            raise SeatsLeft(row)


def decline(*, application: Application, reason: str, user: User | None, now: datetime) -> None:
    """Refuse them, and say why. Raises NoReason or NotAllowed."""
    with _step(application, "decline", now) as row:
        if not reason.strip():
            raise NoReason(row)
        _decide(row, user, now)
        row.status, row.reason = Status.DECLINED, reason


def confirm(*, application: Application, now: datetime) -> None:
    """Put whom they propose on the roster, and give each a calendar of the mission.

    Raises Lapsed, NoNominees, NotAllowed, and what `rosters.check` raises.
    """
    with _step(application, "confirm", now) as row:
        if row.confirm_by and row.confirm_by <= now:
            raise Lapsed(row)
        _check_nominees(row)
        row.status = Status.CONFIRMED
        row.save()
        rosters.take_over(application=row, now=now)
        if mission := row.delegation.mission:
            members = Person.objects.filter(nominations__application=row)
            subscriptions.provide(people=members, event=mission, now=now)


def withdraw(*, application: Application, now: datetime) -> None:
    """Let them take it back; their members leave. Raises NotAllowed or rosters.NoHead."""
    with _step(application, "withdraw", now) as row:
        row.status = Status.WITHDRAWN
        row.save()
        if members := list(row.delegates.all()):
            rosters.remove_all(delegation=row.delegation, delegates=members, now=now)


def lapse(*, now: datetime) -> int:
    """End the acceptances that were not confirmed in time; return how many."""
    due = Application.objects.filter(status=Status.ACCEPTED, confirm_by__lte=now)
    return sum(_lapse(row, now) for row in due.order_by("confirm_by", "pk"))


def close(*, delegation: Delegation, reason: str, now: datetime) -> None:
    """End all that is open: drafts are withdrawn, the undecided declined, the others lapse."""
    for row in delegation.applications.live().exclude(status=Status.CONFIRMED).order_by("pk"):
        if row.status in UNDECIDED:
            _decide(row, None, now)
            row.status, row.reason = Status.DECLINED, reason
        else:
            row.status = Status.WITHDRAWN if row.status == Status.DRAFT else Status.LAPSED
        row.save()
        decisions.tell(application=row, now=now)


@contextmanager
def _step(application: Application, verb: str, now: datetime) -> Iterator[Application]:
    """Yield the application as it stands; store it then, and offer the seats that are free."""
    with MACHINE.step(application, verb) as row:
        before = row.status
        yield row
        row.save()
        if row.status != before:
            decisions.tell(application=row, now=now)
        quotas.promote(delegation=row.delegation, now=now)


def _hold(application: Application) -> Application:
    """The application as it stands, once its delegation is held."""
    return _row(quotas.hold(delegation=application.delegation), application)


def _obstacle(application: Application, verb: str) -> Application | None:
    """The application itself, where its delegation is over or recruits nobody."""
    delegation = application.delegation
    recruits = delegation.status == Delegation.Status.RECRUITING
    is_barred = not delegation.is_open or (verb == "submit" and not recruits)
    return application if is_barred else None


def _row(delegation: Delegation, application: Application) -> Application:
    """The application as it stands, of the delegation that is held."""
    return delegation.applications.select_related("organisation").get(pk=application.pk)


def _lapse(application: Application, now: datetime) -> bool:
    """Whether it was still to lapse when its turn came; one at fault does not stop the others."""
    try:
        with transaction.atomic():
            held = quotas.hold(delegation=application.delegation)
            row = _row(held, application)
            if row.status != Status.ACCEPTED or row.confirm_by is None or now < row.confirm_by:
                return False
            row.status = Status.LAPSED
            row.save(update_fields=["status"])
            quotas.promote(delegation=held, now=now)
            return True
    except DatabaseError:
        logger.exception("The application %s could not lapse.", application.pk)
        return False


def _proposals(nominees: Iterable[Nominee]) -> set[tuple[int, int | None, str]]:
    return {(nominee.pk, nominee.person_id, nominee.capacity) for nominee in nominees}


def _decide(application: Application, user: User | None, now: datetime) -> None:
    application.decided_by, application.decided_at = user, now


def _check_nominees(application: Application) -> None:
    if not application.nominees.exists():
        raise NoNominees(application)


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold, obstacle=_obstacle)
