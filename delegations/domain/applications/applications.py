"""Applications for seats in a delegation: the states from draft to decision, and their effects."""

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

# The steps that may follow a submission; the examination is implied if nobody noted it.
DECISIONS: Final = ("accept", "admit", "waitlist", "decline", "request_info")
# The steps that each state allows. Promotion from the waiting list and the lapse of an acceptance
# are not steps, because they happen without a user.
STEPS: Final[steps.Table] = {
    Status.DRAFT: ("submit", "withdraw"),
    Status.SUBMITTED: (*DECISIONS, "review", "withdraw"),
    Status.UNDER_REVIEW: (*DECISIONS, "withdraw"),
    Status.INFO_REQUESTED: ("reply", "withdraw"),
    Status.WAITLISTED: ("decline", "withdraw", "reconsider"),
    Status.ACCEPTED: ("confirm", "withdraw", "reconsider"),
    Status.CONFIRMED: ("withdraw",),
    Status.DECLINED: ("reconsider",),
}
UNDECIDED: Final = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.INFO_REQUESTED)
# Decided, but not final.
PENDING: Final = (Status.ACCEPTED, Status.WAITLISTED)
# States in which the nominees may still be changed.
PROPOSING: Final = (Status.DRAFT, *UNDECIDED, *PENDING)

logger = logging.getLogger(__name__)


class NotAllowed(steps.NotAllowed):
    """The state of the application, or of its delegation, does not allow the step."""

    text = gettext_noop("The application of %(name)s is %(state)s, so this is not possible.")


class CallClosed(Refusal):
    """The delegation does not take applications: not yet, or no longer."""

    delegation: Delegation
    text = gettext_noop(
        "“%(name)s” takes no applications: its call is not open, or its deadline over."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"name": name(self.delegation)}


class AlreadyApplied(Refusal):
    """The organisation already has an application to this delegation: `application`."""

    application: Application
    text = gettext_noop("This organisation has an application already.")


class AlreadyTold(Refusal):
    """The organisation has been told of the decision by mail."""

    application: Application
    text = gettext_noop(
        "%(name)s has been told of this decision by mail, so it cannot be taken back silently."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"name": name(self.application)}


class NoNominees(Refusal):
    """The application has no nominees."""

    application: Application
    text = gettext_noop("Propose at least one member, named or not.")


class NoReason(Refusal):
    """Declining needs a reason."""

    application: Application
    text = gettext_noop("Give a reason.")


class TooSoon(Refusal):
    """The moment by which the organisation would have to confirm, `confirm_by`, has passed."""

    application: Application
    confirm_by: datetime
    text = gettext_noop("The time to confirm must lie ahead.")


class Lapsed(Refusal):
    """The time to confirm, until `application.confirm_by`, has passed."""

    application: Application
    text = gettext_noop("The time to confirm is over.")


class SeatsLeft(Refusal):
    """There are enough seats left, so the application need not wait."""

    application: Application
    text = gettext_noop("There are seats for them, so there is nothing to wait for: accept them.")


class NoSeatsLeft(Refusal):
    """There are fewer seats left than `needed`."""

    application: Application
    needed: int
    text = gettext_noop("The seats do not suffice: %(needed)s would be needed.")


# The seats of a delegation, and the number that an application asks for.
room = quotas.room
seats = quotas.seats


def next_steps(*, application: Application) -> tuple[str, ...]:
    """Return the steps that the states of the application and its delegation allow; no query."""
    return MACHINE.next_steps(application)


def closes_at(*, delegation: Delegation) -> datetime | None:
    """Return the moment from which applications are refused, in the deadline's own zone.

    None if there is no deadline, or none that is known to the day.
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
    """Make a draft of an application. Raises CallClosed or AlreadyApplied."""
    with transaction.atomic():
        held = quotas.hold(delegation=delegation)
        check_call(delegation=held, now=now)
        live = held.applications.live().select_related("organisation")
        if known := live.filter(organisation=organisation).first():
            raise AlreadyApplied(known)
        return Application.objects.create(
            delegation=held, organisation=organisation, contact=contact, statement=statement
        )


def name_contact(*, application: Application) -> None:
    """Store the first nominee with a name as contact, unless somebody else was chosen."""
    named = application.nominees.exclude(person=None).order_by("pk")
    if application.contact_id is None and (first := named.first()):
        application.contact = first.person
        application.save(update_fields=["contact"])


def check(*, application: Application, nominees: Sequence[Nominee]) -> None:
    """Check that these, stored or not, may be all nominees of the application.

    Raises NoSeatsLeft if it is accepted and they need more seats than there are, and NotAllowed if
    it is confirmed or has ended and they differ from the stored ones. The delegation stays locked
    until the transaction ends.
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


def settle(*, application: Application, now: datetime) -> None:
    """Promote from the waiting list after a change of its nominees, of whom fewer may fit."""
    quotas.promote(delegation=application.delegation, now=now)


def submit(*, application: Application, now: datetime) -> None:
    """Submit it, which sets its turn on a waiting list.

    Raises CallClosed, NoNominees or NotAllowed.
    """
    with _step(application, "submit", now) as row:
        check_call(delegation=row.delegation, now=now)
        check_nominees(application=row)
        row.status, row.submitted_at = Status.SUBMITTED, now


def review(*, application: Application, now: datetime) -> None:
    """Begin to review it. Raises NotAllowed."""
    with _step(application, "review", now) as row:
        row.status = Status.UNDER_REVIEW


def request_info(*, application: Application, question: str, now: datetime) -> None:
    """Ask the organisation a question, and wait for the reply. Raises NotAllowed."""
    with _step(application, "request_info", now) as row:
        row.status, row.question, row.reply = Status.INFO_REQUESTED, question, ""


def reply(*, application: Application, reply: str, now: datetime) -> None:
    """Record the organisation's reply, and continue the review. Raises NotAllowed."""
    with _step(application, "reply", now) as row:
        row.status, row.reply = Status.UNDER_REVIEW, reply


def accept(
    *, application: Application, confirm_by: datetime, user: User | None, now: datetime
) -> str:
    """Reserve its seats until `confirm_by`; if there are too few, put it on the waiting list.

    Returns the status that it reached. Raises TooSoon or NotAllowed.
    """
    with _step(application, "accept", now) as row:
        check_confirm_by(application=row, confirm_by=confirm_by, now=now)
        _decide(row, user, now)
        if quotas.fits(application=row, asked=seats(application=row)):
            row.status, row.confirm_by = Status.ACCEPTED, confirm_by
        else:
            row.status = Status.WAITLISTED
    return application.status


def admit(*, application: Application, user: User | None, now: datetime) -> None:
    """Accept it and confirm it at once, for an organisation that has agreed already.

    Raises as `confirm` does; without enough seats it does not go on the waiting list.
    """
    with _step(application, "admit", now) as row:
        _decide(row, user, now)
        enter(application=row, now=now)


def waitlist(*, application: Application, user: User | None, now: datetime) -> None:
    """Put it on the waiting list. Raises SeatsLeft or NotAllowed."""
    with _step(application, "waitlist", now) as row:
        _decide(row, user, now)
        row.status = Status.WAITLISTED
        row.save()
        if quotas.next_in_line(delegation=row.delegation) == row:
            raise SeatsLeft(row)


def decline(*, application: Application, reason: str, user: User | None, now: datetime) -> None:
    """Decline it, with a reason. Raises NoReason or NotAllowed."""
    with _step(application, "decline", now) as row:
        check_reason(application=row, reason=reason)
        _decide(row, user, now)
        row.status, row.reason = Status.DECLINED, reason


def reconsider(*, application: Application, now: datetime) -> None:
    """Take back a decision that was made by mistake; it is under review again.

    Its mail is called back; once that has left, raises AlreadyTold. Raises AlreadyApplied if the
    organisation, declined, has applied anew, and NotAllowed.
    """
    with _step(application, "reconsider", now) as row:
        live = row.delegation.applications.live().exclude(pk=row.pk)
        if known := live.filter(organisation=row.organisation).first():
            raise AlreadyApplied(known)
        if not decisions.take_back(application=row):
            raise AlreadyTold(row)
        row.status, row.reason, row.confirm_by = Status.UNDER_REVIEW, "", None
        row.decided_by = row.decided_at = None


def confirm(*, application: Application, now: datetime) -> None:
    """Add the nominees to the roster, and make a calendar feed of the mission for each.

    Raises Lapsed, NoNominees, NotAllowed, and what `rosters.check` raises.
    """
    with _step(application, "confirm", now) as row:
        check_time(application=row, now=now)
        enter(application=row, now=now)


def check_time(*, application: Application, now: datetime) -> None:
    """Raise Lapsed if the time to confirm has passed."""
    if application.confirm_by and application.confirm_by <= now:
        raise Lapsed(application)


def enter(*, application: Application, now: datetime) -> None:
    """Store it as confirmed, with its nominees on the roster and feeds of the mission for them.

    It must be locked. Raises NoNominees, and what `rosters.check` raises.
    """
    check_nominees(application=application)
    application.status = Status.CONFIRMED
    application.save()
    rosters.take_over(application=application, now=now)
    if mission := application.delegation.mission:
        members = Person.objects.filter(nominations__application=application)
        subscriptions.provide(people=members, event=mission, now=now)


def check_nominees(*, application: Application) -> None:
    """Raise NoNominees if nobody is proposed."""
    if not application.nominees.exists():
        raise NoNominees(application)


def check_confirm_by(*, application: Application, confirm_by: datetime, now: datetime) -> None:
    """Raise TooSoon if the time to confirm does not lie ahead."""
    if confirm_by <= now:
        raise TooSoon(application, confirm_by)


def check_reason(*, application: Application, reason: str) -> None:
    """Raise NoReason if the reason is blank."""
    if not reason.strip():
        raise NoReason(application)


def withdraw(*, application: Application, now: datetime) -> None:
    """Withdraw it, and remove its members from the roster. Raises NotAllowed or rosters.NoHead."""
    with _step(application, "withdraw", now) as row:
        row.status = Status.WITHDRAWN
        row.save()
        if members := list(row.delegates.all()):
            rosters.remove_all(delegation=row.delegation, delegates=members, now=now)


def lapse(*, now: datetime) -> int:
    """End acceptances that were not confirmed in time; return their number."""
    due = Application.objects.filter(status=Status.ACCEPTED, confirm_by__lte=now)
    return sum(_lapse(row, now) for row in due.order_by("confirm_by", "pk"))


def close(*, delegation: Delegation, reason: str, now: datetime) -> None:
    """End open applications: drafts are withdrawn, undecided declined, the others lapse."""
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
    """Yield the application, locked and read anew; store it, then promote who waits."""
    with MACHINE.step(application, verb) as row:
        before = row.status
        yield row
        row.save()
        if row.status != before:
            decisions.tell(application=row, now=now)
        quotas.promote(delegation=row.delegation, now=now)


def _hold(application: Application) -> Application:
    """Lock the delegation; return the application, read anew."""
    return _row(quotas.hold(delegation=application.delegation), application)


def _obstacle(application: Application, verb: str) -> Application | None:
    """Return the application if its delegation is closed or takes no applications."""
    delegation = application.delegation
    recruits = delegation.status == Delegation.Status.RECRUITING
    is_barred = not delegation.is_open or (verb == "submit" and not recruits)
    return application if is_barred else None


def _row(delegation: Delegation, application: Application) -> Application:
    """Read the application anew, for a delegation that is locked."""
    return delegation.applications.select_related("organisation").get(pk=application.pk)


def _lapse(application: Application, now: datetime) -> bool:
    """End one acceptance; return whether it had to end. A failure does not stop the others."""
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


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_hold, obstacle=_obstacle)
