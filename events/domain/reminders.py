"""When reminders fall due: rows in the database, kept in step with rules and events."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from events.models import Delivery, Event, ReminderOccurrence, ReminderRule
from events.values import dates

State = ReminderOccurrence.State

# From when an event without a clock time counts.
ALL_DAY: Final = time(9)
# A start that moves this much, or to another day, is news that deserves a second reminder.
FAR: Final = timedelta(hours=6)
# How late a reminder may come: a week's and a day's, and how long before the start the others.
WEEK_GRACE: Final = timedelta(hours=24)
GRACE: Final = timedelta(hours=6)
LAST_CALL: Final = timedelta(minutes=5)

STANDING = (Event.Status.TENTATIVE, Event.Status.CONFIRMED)
UNSENT = (Delivery.State.PENDING, Delivery.State.LEASED)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a reminder falls due, and until when it is worth sending."""

    due_at: datetime
    expires_at: datetime

    def state(self, now: datetime) -> State:
        """Whoever plans after the fact sends nothing."""
        return State.PLANNED if now < self.due_at < self.expires_at else State.MISSED


def stands(*, event: Event) -> bool:
    """Whether the event reminds anybody: ours, on, and known to the day."""
    return event.is_managed and event.status in STANDING and event.when.is_exact


def plan(*, event: Event, now: datetime) -> None:
    """Write a due row for each rule that has none yet."""
    planned = set(event.reminder_occurrences.values_list("rule", flat=True))
    ReminderOccurrence.objects.bulk_create(
        [_occurrence(event, rule, now) for rule in _rules(event) if rule.pk not in planned],
        ignore_conflicts=True,  # somebody else planned at the same time
    )


def replan(*, event: Event, now: datetime) -> None:
    """Bring the due rows in step with the stored event and its rules; twice changes nothing."""
    with transaction.atomic():
        stored = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        rules = {rule.pk: rule for rule in _rules(stored)}
        latest = _latest(stored)
        for occurrence in latest:
            if rule := rules.get(occurrence.rule_id):
                _adjust(occurrence, stored, rule, now)
            else:
                _cancel(occurrence)
        if latest:
            _give_to_its_team(stored)
        plan(event=stored, now=now)
        event.schedule_epoch = stored.schedule_epoch


def waiting(*, events: Collection[Event]) -> int:
    """How many reminders of the events are still to come: planned ones, and mails not yet sent."""
    planned = ReminderOccurrence.objects.filter(event__in=events, state=State.PLANNED)
    unsent = Delivery.objects.filter(
        event__in=events, state__in=UNSENT, kind=Delivery.Kind.REMINDER
    )
    return planned.count() + unsent.count()


def _rules(event: Event) -> list[ReminderRule]:
    """Return the rules that count; none for an event that reminds nobody."""
    if not stands(event=event):
        return []
    return list(event.reminder_rules.filter(enabled=True).order_by("pk"))


def _occurrence(event: Event, rule: ReminderRule, now: datetime) -> ReminderOccurrence:
    """Return an unsaved row for the rule in the event's present epoch."""
    moment = _moment(event, rule)
    state = moment.state(now)
    return ReminderOccurrence(
        rule=rule,
        event=event,
        schedule_epoch=event.schedule_epoch,
        due_at=moment.due_at,
        expires_at=moment.expires_at,
        claim_at=moment.due_at if state == State.PLANNED else None,
        state=state,
    )


def _moment(event: Event, rule: ReminderRule) -> Moment:
    start = _start(event)
    due = _due(event, rule, start)
    return Moment(due, max(_useful_until(event, rule, start, due), due + LAST_CALL))


def _start(event: Event) -> datetime:
    """Return the moment that offsets count from: the start, on a whole day 09:00 there."""
    assert event.start_on is not None  # noqa: S101 -- the event stands, so its day is known
    return dates.to_utc(event.start_on, event.start_time or ALL_DAY, event.timezone)


def _due(event: Event, rule: ReminderRule, start: datetime) -> datetime:
    """Days count on the wall, minutes on the clock: P1D and PT24H of RFC 5545, 3.3.6."""
    if rule.offset_kind == ReminderRule.OffsetKind.EXACT_MINUTES:
        return start - timedelta(minutes=rule.offset)
    day = start.astimezone(dates.zone(event.timezone)).date() - timedelta(days=rule.offset)
    return dates.to_utc(day, rule.at_local_time, event.timezone)


def _useful_until(event: Event, rule: ReminderRule, start: datetime, due: datetime) -> datetime:
    in_days = rule.offset_kind == ReminderRule.OffsetKind.NOMINAL_DAYS
    days = rule.offset if in_days else rule.offset // (24 * 60)
    if event.start_time is None:
        return due + (WEEK_GRACE if days >= 7 else GRACE)
    last_call = start - LAST_CALL
    return min(last_call, due + (WEEK_GRACE if days >= 7 else GRACE)) if days else last_call


def _give_to_its_team(event: Event) -> None:
    """Let the mails follow an event to another team; those being written wait for its rows."""
    astray = Delivery.objects.filter(event=event).exclude(team=event.team_id)
    astray.update(team=event.team_id)


def _latest(event: Event) -> list[ReminderOccurrence]:
    """Return the newest row of each rule, locked: a tick may be handing it over."""
    rows = event.reminder_occurrences.select_for_update(no_key=True).order_by(
        "schedule_epoch", "pk"
    )
    return list({row.rule_id: row for row in rows}.values())


def _adjust(
    occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, now: datetime
) -> None:
    moment = _moment(event, rule)
    if occurrence.state != State.EXPANDED:
        _move(occurrence, moment, now)
    elif _is_far(occurrence, moment, event, rule):
        _renew(occurrence, event, rule, now)
    else:
        _resume(occurrence, moment)


def _move(occurrence: ReminderOccurrence, moment: Moment, now: datetime) -> None:
    """Give what has not been handed over its new moment; leave alone what has not moved."""
    same = (occurrence.due_at, occurrence.expires_at) == (moment.due_at, moment.expires_at)
    if same and occurrence.state != State.CANCELLED:
        return
    occurrence.due_at, occurrence.expires_at = moment.due_at, moment.expires_at
    occurrence.state = moment.state(now)
    occurrence.claim_at = moment.due_at if occurrence.state == State.PLANNED else None
    occurrence.save(update_fields=["due_at", "expires_at", "state", "claim_at"])


def _is_far(
    occurrence: ReminderOccurrence, moment: Moment, event: Event, rule: ReminderRule
) -> bool:
    """Whether the start has moved so much since that people deserve another reminder."""
    exact = rule.offset_kind == ReminderRule.OffsetKind.EXACT_MINUTES
    lead = timedelta(minutes=rule.offset if exact else 0)
    zone = dates.zone(event.timezone)
    old, new = occurrence.due_at + lead, moment.due_at + lead
    other_day = old.astimezone(zone).date() != new.astimezone(zone).date()
    return other_day or abs(new - old) >= FAR


def _renew(occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, now: datetime) -> None:
    """Start a new epoch: what was sent stays sent, and people are reminded once more."""
    _stop_deliveries(occurrence)
    event.schedule_epoch = max(event.schedule_epoch, occurrence.schedule_epoch + 1)
    Event.objects.filter(pk=event.pk).update(schedule_epoch=event.schedule_epoch)
    _occurrence(event, rule, now).save()


def _resume(occurrence: ReminderOccurrence, moment: Moment) -> None:
    """Move what waits of a reminder that is going out, and revive what a cancellation stopped."""
    moved = (occurrence.due_at, occurrence.expires_at) != (moment.due_at, moment.expires_at)
    if moved:
        occurrence.due_at, occurrence.expires_at = moment.due_at, moment.expires_at
        occurrence.save(update_fields=["due_at", "expires_at"])
    states = (*UNSENT, Delivery.State.CANCELLED) if moved else (Delivery.State.CANCELLED,)
    occurrence.deliveries.filter(state__in=states).update(
        state=Delivery.State.PENDING,
        due_at=moment.due_at,
        expires_at=moment.expires_at,
        claim_at=moment.due_at,
        lease_token=None,
        lease_until=None,
    )


def _cancel(occurrence: ReminderOccurrence) -> None:
    """Take back what is planned and what waits; what is sent stays recorded as it was."""
    if occurrence.state == State.PLANNED:
        occurrence.state, occurrence.claim_at = State.CANCELLED, None
        occurrence.save(update_fields=["state", "claim_at"])
    _stop_deliveries(occurrence)


def _stop_deliveries(occurrence: ReminderOccurrence) -> None:
    occurrence.deliveries.filter(state__in=UNSENT).update(
        state=Delivery.State.CANCELLED, claim_at=None, lease_token=None, lease_until=None
    )
