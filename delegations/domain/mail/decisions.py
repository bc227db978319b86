"""Mails about decisions: one to the contact of an application for each status that it reaches."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from delegations.models import Application, Decision
from events.domain.mail import letters, outbox, salutations
from events.domain.mail.kinds import Ending, Kind
from events.domain.mail.letters import fence
from events.domain.mail.transport import Message
from events.domain.pages import formatting
from events.models import Delivery, Event

Status = Application.Status

DECISION: Final = "decision"  # the stored value
TOLD: Final = (Status.ACCEPTED, Status.WAITLISTED, Status.DECLINED)
# Told only if a decision was undone of which the contact had been told.
REOPENED: Final = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.INFO_REQUESTED)
DEBOUNCE: Final = timedelta(seconds=120)  # a decision made by mistake can be taken back so long
USEFUL_FOR: Final = timedelta(days=7)
MIN_USEFUL_FOR: Final = timedelta(minutes=15)  # a mail remains useful for at least this time
SUBJECTS: Final = {
    Status.ACCEPTED: _("Accepted: %(delegation)s"),
    Status.WAITLISTED: _("On the waiting list: %(delegation)s"),
    Status.DECLINED: _("Not accepted: %(delegation)s"),
    **dict.fromkeys(REOPENED, _("Under review again: %(delegation)s")),
}
FIRST_SENTENCES: Final = {
    Status.ACCEPTED: _("Your application is accepted; please confirm it in time:"),
    Status.WAITLISTED: _(
        "Your application is on the waiting list. You hear from us as soon as seats become free:"
    ),
    Status.DECLINED: _("We cannot accept your application this time:"),
    **dict.fromkeys(
        REOPENED,
        _("Please disregard our last mail: our decision is taken back, and we review again:"),
    ),
}
PROMOTED: Final = _("Seats have become free, so your application is accepted now:")


class Silence(StrEnum):
    """Why nobody can be told of a decision about an application."""

    NO_CONTACT = "no contact"
    NO_ADDRESS = "no address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The values for the templates of a decision, in the reader's language."""

    salutation: str
    opening: str
    title: str
    applicant: str
    when: str
    confirm_by: str
    reason: str
    sender: str


def silence(*, application: Application) -> Silence | None:
    """Return why nobody can be told of a decision; None if its contact gets a mail."""
    if application.contact is None:
        return Silence.NO_CONTACT
    return None if application.contact.email else Silence.NO_ADDRESS


def tell(*, application: Application, now: datetime) -> None:
    """Plan the mail about the status that an application has reached, if that status has one."""
    if application.status in TOLD:
        _plan(application, now)


def tell_anew(*, application: Application, now: datetime) -> None:
    """Plan the mail about the status to which an application is back; see `revoke`."""
    revoke(application=application)
    if application.status in (*TOLD, *REOPENED):
        _plan(application, now)


def _plan(application: Application, now: datetime) -> None:
    contact, event = application.contact, application.delegation.mission
    if contact is None or event is None or not contact.email:
        return
    key = outbox.dedup_key(DECISION, application.pk, application.status)
    until = application.confirm_by if application.status == Status.ACCEPTED else None
    mail = Delivery(
        kind=DECISION,
        person=contact,
        event=event,
        team_id=event.team_id,
        dedup_key=key,
        due_at=now + DEBOUNCE,
        claim_at=now + DEBOUNCE,
        expires_at=max(until or now + USEFUL_FOR, now + MIN_USEFUL_FOR),
    )
    with transaction.atomic():
        outbox.put(rows=[mail])
        Decision.objects.get_or_create(
            delivery=Delivery.objects.get(dedup_key=key),
            defaults={"application": application, "status": application.status},
        )


def take_back(*, application: Application) -> bool:
    """Call back the mail about the present status; return False if it has left already.

    The key of the mail becomes free, so that the same decision taken later is told.
    """
    mails = Delivery.objects.filter(decision__in=_told(application))
    mails.call_back()
    if mails.out().exists():
        return False
    revoke(application=application)
    return True


def revoke(*, application: Application) -> bool:
    """Call back the mail about the present status, also if it has left; return whether it has.

    The same decision taken later is told again. A mail that has left keeps its decision, so that it
    can be shown.
    """
    told = _told(application)
    mails = Delivery.objects.filter(decision__in=told)
    mails.call_back()
    out = list(mails.out().values_list("pk", flat=True))
    for pk in list(mails.values_list("pk", flat=True)):
        key = outbox.dedup_key(DECISION, "taken back", pk)
        Delivery.objects.filter(pk=pk).update(dedup_key=key)
    told.exclude(delivery__in=out).delete()
    told.update(taken_back=True)
    return bool(out)


def was_overtaken(*, application: Application) -> bool:
    """Whether the mail about the present status fell due under another one, and so did not go."""
    mails = Delivery.objects.filter(decision__in=_told(application))
    state, reason = Delivery.State.CANCELLED, Delivery.Reason.ANOTHER
    return mails.filter(state=state, reason=reason).exists()


def _told(application: Application) -> QuerySet[Decision]:
    return application.decisions.filter(status=application.status, taken_back=False)


def letter(*, delivery: Delivery, now: datetime) -> Message:
    """Compose the mail of a decision."""
    found = _decision(delivery)
    with override(delivery.language):
        made = _letter(delivery, found)
        delegation = found.application.delegation if found else ""
        status = Status(found.status) if found else Status.WAITLISTED
        return letters.message(
            delivery=delivery,
            now=now,
            subject=str(SUBJECTS[status]) % {"delegation": delegation},
            template="delegations/mail/decision",
            letter=made,
        )


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why a decision is not sent: the status has changed, or there is no address."""
    found = _decision(delivery)
    if found is None or not _stands(found):
        return Delivery.State.CANCELLED, Delivery.Reason.ANOTHER
    if not delivery.person.email:
        return Delivery.State.SKIPPED, Delivery.Reason.NO_ADDRESS
    return None


def _stands(found: Decision) -> bool:
    """Whether the application is still in the status; one under review may be anywhere there."""
    now = found.application.status
    return now == found.status or (now in REOPENED and found.status in REOPENED)


def _decision(delivery: Delivery) -> Decision | None:
    related = "application__delegation__mission", "application__organisation"
    return Decision.objects.select_related(*related).filter(delivery=delivery).first()


def _letter(delivery: Delivery, found: Decision | None) -> Letter:
    event = delivery.event
    team = event.team.name if event.team else ""
    application = found.application if found else Application()
    status = Status(found.status) if found else Status.WAITLISTED
    until = application.confirm_by if status == Status.ACCEPTED else None
    return Letter(
        salutation=fence(salutations.of(person=delivery.person)),
        opening=str(PROMOTED if found and _has_waited(found) else FIRST_SENTENCES[status]),
        title=fence(str(application.delegation)) if found else "",
        applicant=fence(str(application.organisation)) if found else "",
        when=formatting.when(event.when),
        confirm_by=_until(until, event, delivery.zone) if until else "",
        reason=fence(application.reason) if status == Status.DECLINED else "",
        sender=fence(team),
    )


def _has_waited(found: Decision) -> bool:
    told = Decision.objects.filter(application=found.application_id, status=Status.WAITLISTED)
    return found.status == Status.ACCEPTED and told.exists()


def _until(moment: datetime, event: Event, zone: str) -> str:
    """Return the time to confirm in the zone of the mission, and in the reader's if it differs."""
    home = event.timezone or "UTC"
    there = formatting.moment(moment, home)
    if not zone or formatting.agree(zones=(home, zone), at=moment):
        return there
    return gettext("%(there)s · your time: %(own)s") % {
        "there": there,
        "own": formatting.moment(moment, zone),
    }


KIND: Final = Kind(value=DECISION, label=_("decision"), compose=letter, refusal=refusal)
