"""What falls due is handed over: one mail for each person whom a rule means."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from events.domain import claims
from events.domain.mail import outbox
from events.domain.reminders import audiences, reminders
from events.domain.reminders.reminders import Moment
from events.models import Attendee, Delivery, ReminderOccurrence

State = ReminderOccurrence.State

# How long somebody waits who comes, with a zone of their own, while others are written to.
NEWCOMERS: Final = timedelta(minutes=15)


def hand_over(*, now: datetime) -> int:
    """Turn due occurrences into deliveries; return how many."""
    rows = ReminderOccurrence.objects.select_related("event__team", "rule")
    return claims.each(rows=rows, work=_expand, now=now, state=State.EXPANDED)


def _expand(occurrence: ReminderOccurrence, now: datetime) -> bool:
    """Write one delivery per person, in one transaction with the end of the occurrence."""
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
    """Return those to write to, now or later, who have no mail yet."""
    meant = audiences.of(rule=occurrence.rule, event=occurrence.event)
    if not occurrence.rule.is_by_reader:
        return meant  # it is handed over but once
    written = {*occurrence.deliveries.values_list("person", flat=True)}
    return [attendee for attendee in meant if attendee.person_id not in written]


def _zone(attendee: Attendee) -> str:
    assert attendee.person  # noqa: S101 -- who can be reached is somebody
    return attendee.person.timezone


def _is_due(
    occurrence: ReminderOccurrence, attendee: Attendee, moment: Moment, now: datetime
) -> bool:
    """Who registered after it needs no mail, nor does anybody for whom it was planned too late."""
    return max(attendee.created_at, occurrence.planned_at) <= moment.due_at <= now


def _again(
    occurrence: ReminderOccurrence, moments: Iterable[Moment], now: datetime
) -> datetime | None:
    """Return when it is handed over next, to readers for whom it is not nine yet."""
    if now >= reminders.last_due(occurrence=occurrence):
        return None
    return min([now + NEWCOMERS, *(moment.due_at for moment in moments if moment.due_at > now)])


def _delivery(
    occurrence: ReminderOccurrence, attendee: Attendee, moment: Moment, now: datetime
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
