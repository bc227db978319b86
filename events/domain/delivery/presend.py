"""The check before sending: whether a mail must still go, and its composition.

Both differ by kind of mail; the kinds are registered in `mail.kinds`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from events.domain.mail import kinds, outbox, transport
from events.models import Delivery, Suppression
from events.values import languages

State = Delivery.State

# Relations that mails are composed from.
SHOWN: Final = (
    "occurrence__rule",
    "event__team",
    "event__place__parent",
    "event__end_place__parent",
    "attendee__hub__place__parent",
    "person",
)


def needs_no_check(*, row: Delivery, now: datetime) -> bool:
    """Whether a mail may go by the fields of the rows as read, without further queries."""
    return now < row.expires_at and kinds.of(delivery=row).needs_no_check(delivery=row)


def refusal(*, row: Delivery, now: datetime) -> kinds.Ending | None:
    """Return the final state and reason of a mail that must not be sent any more, or None."""
    if found := kinds.of(delivery=row).refusal(delivery=row):
        return found
    if now >= row.expires_at:
        return State.EXPIRED, ""
    return (State.SUPPRESSED, "") if wrong_addresses(rows=[row]) else None


def compose(*, row: Delivery, now: datetime) -> transport.Message:
    """Compose a mail in the language and time zone of its reader, and set both in the row."""
    row.language, row.zone = _language(row), row.person.timezone
    return kinds.of(delivery=row).compose(delivery=row, now=now)


def compose_again(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Return a mail for display, as sent or as it would be sent now. Raises kinds.Unknown.

    It is composed from present data, in the language, zone and time of sending.
    """
    row = Delivery.objects.select_related(*SHOWN).get(pk=delivery.pk)
    row.language = row.language or _language(row)
    row.zone = row.zone or row.person.timezone
    return kinds.of(delivery=row).compose(delivery=row, now=row.sent_at or now)


def wrong_addresses(*, rows: Collection[Delivery]) -> set[str]:
    """Return the hashes of those addresses of these mails that a server called invalid."""
    hashes = {outbox.address_hash(row.person.email) for row in rows}
    known = Suppression.objects.filter(address_hash__in=hashes)
    return set(known.values_list("address_hash", flat=True))


def _language(row: Delivery) -> str:
    return languages.first(row.attendee.language if row.attendee else "", row.person.language)
