"""Plans reminders: due rows (ReminderOccurrence), kept in step with rules and events."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from events.domain.mail import outbox, quiethours
from events.domain.mail.quiethours import MIN_LEAD
from events.models import Delivery, Event, ReminderOccurrence, ReminderRule, Team
from events.models.mail.deliveries import DeliveryQuerySet
from events.values import dates

State = ReminderOccurrence.State
Kind = ReminderRule.OffsetKind

# Wall times that stand for the start and the end of an event of whole days.
ALL_DAY: Final = time(9)
ALL_DAY_END: Final = time(18)
# If the start moves by this much, or to another day, people are reminded a second time.
LARGE_MOVE: Final = timedelta(hours=6)
# How late a reminder of seven days or more may still be sent, and one of fewer days. Reminders of a
# timed event are never sent later than MIN_LEAD before its start.
WEEK_GRACE: Final = timedelta(hours=24)
DAY_GRACE: Final = timedelta(hours=6)
# How late thanks and follow-ups may be sent, and how long after its end an event still follows
# changes of its team's rules.
USEFUL_AFTER_END: Final = timedelta(days=3)
REPLANNED_PAST: Final = timedelta(days=31)
# Upper bound of the distance, in any zone of a reader, between “n days before at a time of day”
# and n times 24 hours before.
ZONE_SPREAD: Final = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Due:
    """When a reminder falls due, and until when it may be sent."""

    due_at: datetime
    expires_at: datetime


def plan(*, event: Event, now: datetime) -> None:
    """Store an occurrence for each rule of the event that has none yet."""
    planned = set(event.reminder_occurrences.values_list("rule", flat=True))
    ReminderOccurrence.objects.bulk_create(
        [_occurrence(event, rule, now) for rule in _rules(event) if rule.pk not in planned],
        ignore_conflicts=True,  # another transaction may plan at the same time
    )


def replan(*, event: Event, now: datetime) -> None:
    """Adjust the occurrences to the stored event and its rules. Idempotent."""
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
            outbox.give_to_its_team(event=stored)  # a concurrent fan-out waits for the locked rows
        plan(event=stored, now=now)
        event.schedule_epoch = stored.schedule_epoch


def begin_anew(*, event: Event, now: datetime) -> None:
    """Plan the reminders of an event that takes place after all, in a new schedule epoch.

    Of a rule whose mails were on their way when the event was cancelled, those that are still
    useful go on in the old epoch, so that nobody is reminded twice of one moment.
    """
    with transaction.atomic():
        stored = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        rules = {rule.pk: rule for rule in _rules(stored)}
        latest = _latest(stored)
        stored.schedule_epoch = 1 + max([stored.schedule_epoch, *_epochs(latest)])
        Event.objects.filter(pk=stored.pk).update(schedule_epoch=stored.schedule_epoch)
        for occurrence in latest:
            rule = rules.get(occurrence.rule_id)
            if rule and _goes_on(occurrence, stored, rule, now):
                _resume(occurrence, stored, rule, _span(stored, rule), now)
                rules.pop(rule.pk)
            else:
                _cancel(occurrence)
        rows = [_occurrence(stored, rule, now) for rule in rules.values()]
        ReminderOccurrence.objects.bulk_create(rows, ignore_conflicts=True)
        event.schedule_epoch = stored.schedule_epoch


def replan_team(*, team: Team, now: datetime) -> None:
    """Adjust the occurrences of all events that follow the rules of a team, after these changed."""
    theirs = ReminderOccurrence.objects.filter(event=OuterRef("pk"), rule__team=team)
    own = ReminderRule.objects.filter(event=OuterRef("pk"))
    rows = Event.objects.filter(team=team, status__in=Event.STANDING, start_at__isnull=False)
    rows = rows.filter(Q(end_at=None) | Q(end_at__gt=now - REPLANNED_PAST))
    follow = Q(~Exists(own), team_reminders=True) | Exists(theirs)
    for event in rows.filter(follow, origin=Event.Origin.MANAGED).order_by("pk"):
        replan(event=event, now=now)


def moments(*, occurrence: ReminderOccurrence, zones: Collection[str]) -> dict[str, Due]:
    """Return the moment of an occurrence in each of the zones of its readers.

    '' stands for the zone of the event. Zones in which the moment would come too late are left
    out, because the event has begun by then.
    """
    rule, event = occurrence.rule, occurrence.event
    if not rule.is_by_reader:
        return dict.fromkeys(zones, _planned(occurrence))
    found = {zone: _moment(event, rule, zone) for zone in zones}
    return {zone: each for zone, each in found.items() if each.due_at < each.expires_at}


def last_due(*, occurrence: ReminderOccurrence) -> datetime:
    """Return the latest moment at which the occurrence may fall due, over all zones."""
    return _last_due(occurrence.rule, occurrence.due_at)


def waiting(*, events: Collection[Event]) -> int:
    """Return how many reminders of the events are to come: planned occurrences and unsent mails."""
    planned = ReminderOccurrence.objects.queued().filter(event__in=events)
    unsent = Delivery.objects.filter(event__in=events, kind=Delivery.Kind.REMINDER).unsent()
    return planned.count() + unsent.count()


def _rules(event: Event) -> list[ReminderRule]:
    """Return the enabled rules of the event: its own, or those of its team if it has none.

    An event that is off or not known to the day has none.
    """
    if not event.stands:
        return []
    rules = list(event.reminder_rules.order_by("pk"))
    if not rules and event.team_reminders:
        rules = list(ReminderRule.objects.filter(team=event.team_id).order_by("pk"))
    return [rule for rule in rules if rule.enabled]


def _occurrence(event: Event, rule: ReminderRule, now: datetime) -> ReminderOccurrence:
    """Return an unsaved occurrence of the rule, in the event's present schedule epoch."""
    moment = _span(event, rule)
    state = _state(moment, rule, now)
    return ReminderOccurrence(
        rule=rule,
        event=event,
        schedule_epoch=event.schedule_epoch,
        due_at=moment.due_at,
        expires_at=moment.expires_at,
        claim_at=moment.due_at if state == State.PLANNED else None,
        planned_at=now,
        state=state,
    )


def _planned(occurrence: ReminderOccurrence) -> Due:
    return Due(occurrence.due_at, occurrence.expires_at)


def _state(moment: Due, rule: ReminderRule, now: datetime) -> State:
    """Return PLANNED, or MISSED if the moment has passed when it is planned."""
    last = _last_due(rule, moment.due_at)
    return State.PLANNED if now < last < moment.expires_at else State.MISSED


def _last_due(rule: ReminderRule, due: datetime) -> datetime:
    """Return when a rule falls due at the latest, if `due` is its earliest moment in any zone."""
    return due + 2 * ZONE_SPREAD if rule.is_by_reader else due


def _span(event: Event, rule: ReminderRule) -> Due:
    """Return the moment of a rule; by the clock of the reader the span of all zones' moments."""
    if not rule.is_by_reader:
        return _moment(event, rule, "")
    first = (_end(event) if rule.is_after else _start(event)) - _lead(rule)
    return Due(first, _last_due(rule, first) + (USEFUL_AFTER_END if rule.is_after else WEEK_GRACE))


def _moment(event: Event, rule: ReminderRule, zone: str) -> Due:
    """Return the moment of a rule in a zone, or in the event's zone for ''.

    It expires MIN_LEAD after it falls due at the earliest, or at once if a timed event has begun.
    """
    start = _start(event)
    due = _due(event, rule, start, zone)
    has_begun = not rule.is_after and due >= start
    least = due if has_begun and event.start_time else due + MIN_LEAD
    return Due(due, max(_useful_until(event, rule, start, due), least))


def _start(event: Event) -> datetime:
    """Return the moment that offsets before count from: the start, or 09:00 local on whole days."""
    assert event.start_on is not None  # noqa: S101 -- the event stands, so its day is known
    return dates.to_utc(event.start_on, event.start_time or ALL_DAY, event.timezone)


def _end(event: Event) -> datetime:
    """Return the moment that offsets after count from: the end, or 18:00 local on whole days."""
    last, end = event.when.last_on, dates.over_at(event.when)
    if event.start_time is None and last is not None:
        return dates.to_utc(last, ALL_DAY_END, event.end_timezone or event.timezone)
    assert end is not None  # noqa: S101 -- the event stands, so its day is known
    return end


def _due(event: Event, rule: ReminderRule, start: datetime, zone: str) -> datetime:
    """Return when a rule falls due in a zone, or in the event's zone for ''.

    Days are nominal: the rule's wall time on another day (P1D of RFC 5545, 3.3.6). Hours and
    minutes are exact (PT24H).
    """
    if rule.offset_kind == Kind.MINUTES_AFTER:
        return _end(event) + timedelta(minutes=rule.offset)
    if rule.offset_kind == Kind.DAYS_AFTER:
        end, zone = _end(event), zone or event.end_timezone or event.timezone
        return max(end, _at(rule, end, _days(rule), zone))
    if rule.offset_kind == Kind.NOMINAL_DAYS:
        return _at(rule, start, -_days(rule), zone or event.timezone)
    return start - _lead(rule)


def _at(rule: ReminderRule, at: datetime, days: timedelta, zone: str) -> datetime:
    """Return the rule's wall time in a zone, `days` after the local day of a moment."""
    day = at.astimezone(dates.zone(zone)).date() + days
    return dates.to_utc(day, rule.at_local_time, zone)


def _days(rule: ReminderRule) -> timedelta:
    return timedelta(days=rule.offset)


def _lead(rule: ReminderRule) -> timedelta:
    """Return how long before its start or end a rule falls due, negative for after; 0 for days.

    For a rule by the clock of the reader this is the earliest that it may fall due in any zone.
    """
    if rule.is_by_reader:
        return ZONE_SPREAD + (-_days(rule) if rule.is_after else _days(rule))
    units = {
        Kind.EXACT_HOURS: timedelta(hours=1),
        Kind.EXACT_MINUTES: timedelta(minutes=1),
        Kind.MINUTES_AFTER: -timedelta(minutes=1),
    }
    return rule.offset * units.get(Kind(rule.offset_kind), timedelta())


def _useful_until(event: Event, rule: ReminderRule, start: datetime, due: datetime) -> datetime:
    if rule.is_after:
        return due + USEFUL_AFTER_END
    in_days = rule.offset_kind == Kind.NOMINAL_DAYS
    days = rule.offset if in_days else _lead(rule).days
    grace = WEEK_GRACE if days >= 7 else DAY_GRACE
    if event.start_time is None:
        return due + grace
    last_call = start - MIN_LEAD
    return min(last_call, due + grace) if days else last_call


def _latest(event: Event) -> list[ReminderOccurrence]:
    """Return the newest occurrence of each rule, locked against a concurrent fan-out."""
    rows = event.reminder_occurrences.select_for_update(no_key=True).order_by(
        "schedule_epoch", "pk"
    )
    return list({row.rule_id: row for row in rows}.values())


def _adjust(
    occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, now: datetime
) -> None:
    moment = _span(event, rule)
    is_far = _is_far(occurrence, moment, event, rule)
    if occurrence.state != State.EXPANDED:
        _move(occurrence, rule, moment, now, anew=is_far or occurrence.state != State.PLANNED)
    elif is_far:
        _renew(occurrence, event, rule, now)
    else:
        _resume(occurrence, event, rule, moment, now)


def _epochs(occurrences: list[ReminderOccurrence]) -> list[int]:
    return [occurrence.schedule_epoch for occurrence in occurrences]


def _goes_on(
    occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, now: datetime
) -> bool:
    """Whether mails of the occurrence were written that may still be sent for the same moment."""
    moment = _span(event, rule)
    is_written = occurrence.state == State.EXPANDED and now < moment.expires_at
    return is_written and not _is_far(occurrence, moment, event, rule)


def _move(
    occurrence: ReminderOccurrence, rule: ReminderRule, moment: Due, now: datetime, *, anew: bool
) -> None:
    """Give an occurrence that has not been fanned out its new moment, if that differs.

    Unless it is planned `anew` it keeps `planned_at`, so that readers whose moment has come since
    then still get their mail.
    """
    if _planned(occurrence) == moment and occurrence.state != State.CANCELLED:
        return
    occurrence.due_at, occurrence.expires_at = moment.due_at, moment.expires_at
    occurrence.planned_at = now if anew else occurrence.planned_at
    occurrence.state = _state(moment, rule, now)
    occurrence.claim_at = moment.due_at if occurrence.state == State.PLANNED else None
    occurrence.save(update_fields=["due_at", "expires_at", "planned_at", "state", "claim_at"])


def _is_far(occurrence: ReminderOccurrence, moment: Due, event: Event, rule: ReminderRule) -> bool:
    """Whether the start has moved so far that people are to be reminded again.

    A rule by the clock of the reader ignores moves within a day, because its mails still go on the
    same day at the same wall time.
    """
    lead, zone = _lead(rule), dates.zone(event.timezone)
    old, new = occurrence.due_at + lead, moment.due_at + lead
    other_day = old.astimezone(zone).date() != new.astimezone(zone).date()
    return other_day or (not rule.is_by_reader and abs(new - old) >= LARGE_MOVE)


def _renew(occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, now: datetime) -> None:
    """Cancel the occurrence and plan the rule in a new epoch, so that people are reminded again.

    Mails of the old epoch that were sent stay as they are; unsent ones are called back.
    """
    _cancel(occurrence)
    event.schedule_epoch = max(event.schedule_epoch, occurrence.schedule_epoch + 1)
    Event.objects.filter(pk=event.pk).update(schedule_epoch=event.schedule_epoch)
    _occurrence(event, rule, now).save()


def _resume(
    occurrence: ReminderOccurrence, event: Event, rule: ReminderRule, span: Due, now: datetime
) -> None:
    """Move the unsent mails of a fanned-out occurrence, and queue its cancelled ones again.

    Mails that an organiser has dropped stay dropped.
    """
    moved = _planned(occurrence) != span
    mine = ReminderOccurrence.objects.filter(pk=occurrence.pk)
    if moved:
        mine.update(due_at=span.due_at, expires_at=span.expires_at)
    is_stopped = moved or occurrence.claim_at is None
    if rule.is_by_reader and is_stopped and now < _last_due(rule, span.due_at):
        mine.update(claim_at=max(span.due_at, now))
    states = (*Delivery.UNSENT, Delivery.State.CANCELLED)
    rows = occurrence.deliveries.exclude(reason=Delivery.Reason.DROPPED).filter(state__in=states)
    for zone in list(rows.order_by().values_list("person__timezone", flat=True).distinct()):
        moment = _moment(event, rule, zone if rule.is_by_reader else "")
        _retime(rows.filter(person__timezone=zone), event, moment, zone)


def _retime(rows: DeliveryQuerySet, event: Event, moment: Due, zone: str) -> None:
    """Queue mails for their new moment: those planned for another one, and those called back.

    Mails that were held are held again. Mails that an organiser sends again (generation > 0) are
    left alone.
    """
    times = {"due_at": moment.due_at, "expires_at": moment.expires_at}
    is_called_back = Q(state=Delivery.State.CANCELLED)
    rows = rows.filter(is_called_back | ~Q(**times), generation=0)
    held = Q(state=Delivery.State.HELD) | Q(reason=Delivery.Reason.HELD)
    rows.filter(held).update(state=Delivery.State.HELD, claim_at=None, reason="", **times)
    rows.exclude(held).free(
        state=Delivery.State.PENDING,
        claim_at=sending_at(event=event, moment=moment, zone=zone, now=moment.due_at),
        reason="",
        **times,
    )


def sending_at(*, event: Event, moment: Due, zone: str, now: datetime) -> datetime:
    """Return when to send a mail to a reader in `zone`, '' if unknown, after the quiet hours."""
    if event.team is None or event.team.quiet_from is None:
        return moment.due_at
    return quiethours.sending_at(
        at=max(moment.due_at, now),
        useful_until=moment.expires_at,
        team=event.team,
        zone=zone or event.timezone,
    )


def _cancel(occurrence: ReminderOccurrence) -> None:
    """Cancel an occurrence, or stop its further fan-outs, and call back its unsent mails."""
    if occurrence.claim_at:
        was_planned = occurrence.state == State.PLANNED
        occurrence.state = State.CANCELLED if was_planned else occurrence.state
        occurrence.claim_at = None
        occurrence.save(update_fields=["state", "claim_at"])
    occurrence.deliveries.call_back()
