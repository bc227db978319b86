"""The mails on a home: reminders to come with their dates, and what was sent."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from events.admin.homes import words
from events.admin.mail.deliveries import STATE
from events.domain.overview.mails import Sent
from events.domain.pages import formatting
from events.models import Delivery, Event, ReminderOccurrence


def panel(
    event: Event, planned: Iterable[ReminderOccurrence], sent: Iterable[Sent]
) -> dict[str, Any]:
    """Return the reminders that will fall due, and the deliveries by kind and state."""
    zone = event.timezone or timezone.get_current_timezone_name()
    return {
        "planned": [
            {
                "what": row.rule.get_topic_display(),
                "rule": str(row.rule),
                "at": formatting.moment(row.due_at, zone),
            }
            for row in planned
        ],
        "sent": [
            {
                "kind": Delivery(kind=line.kind).get_kind_display(),
                "state": Delivery.State(line.state).label,
                "colour": STATE.get(Delivery.State(line.state), ""),
                "number": line.number,
                "at": formatting.moment(line.last_at, zone),
                "url": words.listing(
                    Delivery,
                    event__id__exact=event.pk,
                    kind__exact=line.kind,
                    state__exact=line.state,
                ),
            }
            for line in sent
        ],
    }
