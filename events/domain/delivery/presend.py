"""The check before sending: whether a mail must still go, and its composition, per kind."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from django.conf import settings

from events.domain.attendance import invitations, promotions
from events.domain.mail import letters, optouts, outbox, transport
from events.domain.reminders import audiences, noticeletters, notices, reminders
from events.models import Delivery, Suppression

State = Delivery.State
Reason = Delivery.Reason
Refusal = State | tuple[State, str]

# Relations that mails are composed from.
SHOWN: Final = (
    "occurrence__rule",
    "event__team",
    "event__place__parent",
    "event__end_place__parent",
    "attendee__hub__place__parent",
    "person",
)


def is_plain(*, row: Delivery, now: datetime) -> bool:
    """Whether a reminder may go by the fields of the row, its rule and its attendee alone.

    No query is made here. False for all mails whose check needs queries.
    """
    occurrence, attendee = row.occurrence, row.attendee
    if row.kind != Delivery.Kind.REMINDER or now >= row.expires_at:
        return False
    if occurrence is None or attendee is None or attendee.person_id != row.person_id:
        return False
    stands = occurrence.rule.enabled and reminders.stands(event=row.event)
    return stands and audiences.is_for(rule=occurrence.rule, attendee=attendee)


def refusal(*, row: Delivery, now: datetime) -> tuple[State, str] | None:
    """Return the final state and reason of a mail that must not be sent any more, or None."""
    if found := REFUSALS[row.kind](row):
        return found if isinstance(found, tuple) else (found, "")
    if now >= row.expires_at:
        return State.EXPIRED, ""
    return (State.SUPPRESSED, "") if wrong_addresses(rows=[row]) else None


def compose(*, row: Delivery, now: datetime) -> transport.Message:
    """Compose a mail in the language and time zone of its reader, and set both in the row."""
    row.language, row.zone = _language(row), row.person.timezone
    return LETTERS[row.kind](delivery=row, now=now)


def again(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Return a mail for display, as sent or as it would be sent now.

    It is composed from present data, in the language, zone and time of sending.
    """
    row = Delivery.objects.select_related(*SHOWN).get(pk=delivery.pk)
    row.language = row.language or _language(row)
    row.zone = row.zone or row.person.timezone
    return LETTERS[row.kind](delivery=row, now=row.sent_at or now)


def wrong_addresses(*, rows: Collection[Delivery]) -> set[str]:
    """Return the hashes of those addresses of these mails that a server called invalid."""
    hashes = {outbox.address_hash(row.person.email) for row in rows}
    known = Suppression.objects.filter(address_hash__in=hashes)
    return set(known.values_list("address_hash", flat=True))


def _language(row: Delivery) -> str:
    chosen = row.attendee.language if row.attendee else ""
    return chosen or row.person.language or settings.LANGUAGE_CODE


def _no_reminder(row: Delivery) -> Refusal | None:
    occurrence = row.occurrence  # None if the rule was deleted
    if not (occurrence and occurrence.rule.enabled):
        return State.CANCELLED, Reason.RULE_OFF
    if not reminders.stands(event=row.event):
        return State.CANCELLED, Reason.EVENT_OFF
    if not row.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    rule, event, person_id = occurrence.rule, row.event, row.person_id
    if not audiences.of(rule=rule, event=event, person_id=person_id):
        there = audiences.is_expected(rule=rule, event=event, person_id=person_id)
        return State.SKIPPED, Reason.NOT_MEANT if there else Reason.STAYS_AWAY
    if optouts.has_opted_out(person=row.person, kind=row.kind):
        return State.SKIPPED, Reason.OPTED_OUT
    return None


def _no_notice(row: Delivery) -> Refusal | None:
    if not row.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    return None if notices.news_for(delivery=row) else (State.SKIPPED, Reason.UNDONE)


# Per kind of mail: how it is composed, and why it must not go. Both run in one transaction.
LETTERS: Final[dict[str, Callable[..., transport.Message]]] = {
    Delivery.Kind.REMINDER: letters.reminder,
    Delivery.Kind.REQUEST: invitations.compose,
    Delivery.Kind.CANCEL: invitations.compose,
    Delivery.Kind.THANKS: letters.reminder,
    Delivery.Kind.FOLLOW_UP: letters.reminder,
    Delivery.Kind.NOTICE: noticeletters.notice,
    Delivery.Kind.PROMOTION: promotions.compose,
}
REFUSALS: Final[dict[str, Callable[[Delivery], Refusal | None]]] = {
    Delivery.Kind.REMINDER: _no_reminder,
    Delivery.Kind.REQUEST: invitations.refusal,
    Delivery.Kind.CANCEL: invitations.refusal,
    Delivery.Kind.THANKS: _no_reminder,
    Delivery.Kind.FOLLOW_UP: _no_reminder,
    Delivery.Kind.NOTICE: _no_notice,
    Delivery.Kind.PROMOTION: promotions.refusal,
}
