"""The two UPDATEs of a reminder that is sent, as prepared statements: to `sending`, to `sent`.

The UPDATE to `sending` is the check before sending, too. It re-checks in its WHERE clause all that
a plain reminder was composed from: event revision, address, answer, opt-out, rule. It matches no
row if anything has changed.
"""

import json
from datetime import datetime
from typing import Any, Final

from django.db import connection

from events.models import Delivery
from events.models.base import statements

SENDING: Final = """
    UPDATE events_delivery SET state = 'sending', lease_until = %s, language = %s, zone = %s
    WHERE id = %s AND lease_token = %s AND EXISTS (
        SELECT 1 FROM events_event event, events_person person, events_attendee attendee,
            events_reminderoccurrence occurrence, events_reminderrule rule
        WHERE event.id = events_delivery.event_id AND person.id = events_delivery.person_id
            AND attendee.id = events_delivery.attendee_id
            AND occurrence.id = events_delivery.occurrence_id AND rule.id = occurrence.rule_id
            AND rule.enabled AND NOT rule.subtree AND rule.tag = ''
            AND rule.answers = %s AND CAST(rule.roles AS text) = %s
            AND event.revision = %s AND event.status = %s AND event.origin = %s
            AND person.email = %s AND person.language = %s AND person.timezone = %s
            AND attendee.person_id = %s AND attendee.partstat = %s AND attendee.seat = %s
            AND attendee.language = %s AND attendee.role = %s AND COALESCE(attendee.hub_id, 0) = %s
            AND NOT EXISTS (
                SELECT 1 FROM events_optout stopped
                WHERE stopped.person_id = person.id AND stopped.kind = events_delivery.kind
            )
    )
"""
SENT: Final = """
    UPDATE events_delivery SET state = 'sent', sent_at = %s, detail = '',
        lease_token = NULL, lease_until = NULL
    WHERE id = %s AND lease_token = %s
"""


def sending(*, row: Delivery, until: datetime) -> bool:
    """Enter `sending` with a lease until then; False if the lease was lost or data has changed."""
    event, person, attendee, occurrence = row.event, row.person, row.attendee, row.occurrence
    assert attendee  # noqa: S101 -- `presend.needs_no_check` has checked both
    assert occurrence  # noqa: S101 -- as above
    values = (
        *(_moment(until), row.language, row.zone, *_hold(row)),
        *(occurrence.rule.answers, json.dumps(occurrence.rule.roles)),
        *(event.revision, event.status, event.origin),
        *(person.email, person.language, person.timezone),
        *(row.person_id, attendee.partstat, attendee.seat, attendee.language),
        *(attendee.role, attendee.hub_id or 0),
    )
    return statements.change(statement=SENDING, values=values) == 1


def sent(*, row: Delivery, now: datetime) -> bool:
    """Enter `sent` and end the lease; False if the lease was lost."""
    return statements.change(statement=SENT, values=(_moment(now), *_hold(row))) == 1


def _hold(row: Delivery) -> tuple[Any, ...]:
    token = Delivery._meta.get_field("lease_token")
    return row.pk, token.get_db_prep_value(row.lease_token, connection)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
