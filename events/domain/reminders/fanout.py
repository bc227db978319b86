"""Fan-out: a due reminder occurrence becomes one delivery for each person whom its rule means."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from events.domain import claims
from events.domain.mail import outbox
from events.domain.reminders import audiences, reminders
from events.domain.reminders.reminders import Due
from events.models import Attendee, Delivery, ReminderOccurrence

State = ReminderOccurrence.State

# The longest interval between two fan-outs of one occurrence, so the longest wait of a person who
# registers in a new zone meanwhile.
NEWCOMERS_AFTER: Final = timedelta(minutes=15)


def expand_due(*, now: datetime) -> int:
    """Fan out the due occurrences; return how many were."""
    rows = ReminderOccurrence.objects.select_related("event__team", "rule")
    return claims.each(rows=rows, work=_expand, now=now, state=State.EXPANDED)


def _expand(occurrence: ReminderOccurrence, now: datetime) -> bool:
    """Write the deliveries of an occurrence, in the transaction that claims it.

    Returns False if the occurrence has expired before.
    """
    mine = ReminderOccurrence.objects.filter(pk=occurrence.pk)
    if now >= occurrence.expires_at:
        mine.filter(deliveries=None).update(state=State.MISSED)
        return False
    people = _readers(occurrence)
    zones = {_zone(attendee) for attendee in people}
    moments = reminders.moments(occurrence=occurrence, zones=zones)
    due = ((attendee, moments.get(_zone(attendee))) for attendee in people)
    outbox.put(
        rows=[
            _delivery(occurrence, attendee, moment, now)
            for attendee, moment in due
            if moment and _is_due(occurrence, attendee, moment, now)
        ]
    )
    if again := _again(occurrence, moments.values(), now):
        mine.update(claim_at=again)
    return True


def _readers(occurrence: ReminderOccurrence) -> list[Attendee]:
    """Return the attendees whom the rule means and who have no mail of this occurrence yet."""
    meant = audiences.of(rule=occurrence.rule, event=occurrence.event)
    if not occurrence.rule.is_by_reader:
        return meant  # such an occurrence is fanned out once only
    written = {*occurrence.deliveries.values_list("person", flat=True)}
    return [attendee for attendee in meant if attendee.person_id not in written]


def _zone(attendee: Attendee) -> str:
    assert attendee.person  # noqa: S101 -- reachable attendees have a person
    return attendee.person.timezone


def _is_due(occurrence: ReminderOccurrence, attendee: Attendee, moment: Due, now: datetime) -> bool:
    """Whether the mail is due: its moment has come, after the attendee and the plan were made.

    A person who registered after the moment gets no mail, nor does a person whose moment had
    passed when the occurrence was planned.
    """
    return max(attendee.created_at, occurrence.planned_at) <= moment.due_at <= now


def _again(
    occurrence: ReminderOccurrence, moments: Iterable[Due], now: datetime
) -> datetime | None:
    """Return when the occurrence is fanned out next, None if it was due for the last reader.

    Only rules by the clock of the reader need a next time: their moment comes later in some zones.
    """
    if now >= reminders.last_due(occurrence=occurrence):
        return None
    return min(
        [now + NEWCOMERS_AFTER, *(moment.due_at for moment in moments if moment.due_at > now)]
    )


def _delivery(
    occurrence: ReminderOccurrence, attendee: Attendee, moment: Due, now: datetime
) -> Delivery:
    return outbox.mail_to(
        attendee=attendee,
        event=occurrence.event,
        kind=Delivery.Kind(occurrence.rule.topic),
        key=(occurrence.rule_id, occurrence.event_id, attendee.pk, occurrence.schedule_epoch),
        due_at=moment.due_at,
        expires_at=moment.expires_at,
        occurrence=occurrence,
        claim_at=reminders.sending_at(
            event=occurrence.event, moment=moment, zone=_zone(attendee), now=now
        ),
    )
