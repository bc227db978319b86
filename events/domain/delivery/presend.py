"""The last look: what is sent of a mail, and why it is not after all."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from events.domain.mail import kinds, outbox, transport
from events.models import Delivery, Suppression
from events.values import languages

State = Delivery.State

# What a mail is composed from.
SHOWN: Final = (
    "occurrence__rule",
    "event__team",
    "event__place__parent",
    "event__end_place__parent",
    "attendee__hub__place__parent",
    "person",
)


def is_plain(*, row: Delivery, now: datetime) -> bool:
    """Whether a mail is to go by what the rows say that were read; others need questions."""
    return now < row.expires_at and kinds.of(delivery=row).is_plain(delivery=row)


def refusal(*, row: Delivery, now: datetime) -> kinds.Ending | None:
    """Return what becomes of a mail that must not go, and why, if there is a reason."""
    if found := kinds.of(delivery=row).refusal(delivery=row):
        return found
    if now >= row.expires_at:
        return State.EXPIRED, ""
    return (State.SUPPRESSED, "") if wrong_addresses(rows=[row]) else None


def compose(*, row: Delivery, now: datetime) -> transport.Message:
    """Compose a mail in the language and at the clock of its reader; the row keeps both."""
    row.language, row.zone = _language(row), row.person.timezone
    return kinds.of(delivery=row).compose(delivery=row, now=now)


def again(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Return a mail as it went, or as it would go now; of what it told, as things are now.

    Raises kinds.Unknown.
    """
    row = Delivery.objects.select_related(*SHOWN).get(pk=delivery.pk)
    row.language = row.language or _language(row)
    row.zone = row.zone or row.person.timezone
    return kinds.of(delivery=row).compose(delivery=row, now=row.sent_at or now)


def wrong_addresses(*, rows: Collection[Delivery]) -> set[str]:
    """Return the hashes of those of their addresses that a server has called wrong."""
    hashes = {outbox.address_hash(row.person.email) for row in rows}
    known = Suppression.objects.filter(address_hash__in=hashes)
    return set(known.values_list("address_hash", flat=True))


def _language(row: Delivery) -> str:
    return languages.first(row.attendee.language if row.attendee else "", row.person.language)
