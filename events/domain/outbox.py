"""The outbox: mails are written down with what they are about, and leave at the next tick."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from events.models import Attendee, Delivery, Event, ReminderOccurrence


def mail_to(
    *,
    attendee: Attendee,
    event: Event,
    kind: Delivery.Kind,
    key: Sequence[str | int],
    due_at: datetime,
    expires_at: datetime,
    occurrence: ReminderOccurrence | None = None,
    claim_at: datetime | None = None,
) -> Delivery:
    """Return an unsaved mail to an attendee who is somebody; of one kind and key there is one.

    It goes at `claim_at`, or when it is due.
    """
    assert attendee.person_id  # noqa: S101 -- whoever can be reached is somebody
    return Delivery(
        kind=kind,
        occurrence=occurrence,
        attendee=attendee,
        person_id=attendee.person_id,
        event_id=event.pk,
        team_id=event.team_id,
        dedup_key=dedup_key(kind, *key),
        due_at=due_at,
        expires_at=expires_at,
        claim_at=claim_at or due_at,
    )


def put(*, rows: Sequence[Delivery]) -> None:
    """Store mails; those that are there already stay as they are."""
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def dedup_key(*parts: str | int) -> str:
    """Hash a list: strings put together may collide, a JSON list does not."""
    canonical = json.dumps([*parts], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
