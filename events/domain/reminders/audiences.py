"""Whom a rule means: by role, answer and tag, at its event or in what is part of it."""

from events.models import Attendee, Event, ReminderRule
from events.models.people.attendees import AttendeeQuerySet


def of(*, rule: ReminderRule, event: Event, person_id: int | None = None) -> list[Attendee]:
    """Return the attendees whom a rule means at present, each person once, ordered by key.

    With `person_id` only that person is looked for.
    """
    rows = _within(rule, event).expected().reachable().select_related("person")
    if person_id is not None:
        rows = rows.filter(person=person_id)
    if rule.roles:
        rows = rows.filter(role__in=rule.roles)
    if rule.answers == ReminderRule.Answers.ACCEPTED:
        rows = rows.filter(partstat=Attendee.Partstat.ACCEPTED)
    if rule.answers == ReminderRule.Answers.UNANSWERED:
        rows = rows.filter(partstat=Attendee.Partstat.NEEDS_ACTION)
    if rule.is_after:
        rows = rows.exclude(attendance=Attendee.Attendance.NO_SHOW)
    meant = [row for row in rows.order_by("pk") if not rule.tag or rule.tag in row.tags]
    # Who attends the whole comes with that, whatever parts they attend.
    meant.sort(key=lambda row: row.event_id == event.pk)
    return sorted({row.person_id: row for row in meant}.values(), key=lambda row: row.pk)


def is_for(*, rule: ReminderRule, attendee: Attendee) -> bool:
    """Whether a rule means an attendee of its event by what they are alone, without a question."""
    if rule.subtree or rule.tag or rule.is_after:
        return False
    answers = {
        ReminderRule.Answers.ACCEPTED: Attendee.Partstat.ACCEPTED,
        ReminderRule.Answers.UNANSWERED: Attendee.Partstat.NEEDS_ACTION,
    }
    is_asked = (
        answers.get(ReminderRule.Answers(rule.answers), attendee.partstat) == attendee.partstat
    )
    return attendee.is_expected and is_asked and (not rule.roles or attendee.role in rule.roles)


def is_expected(*, rule: ReminderRule, event: Event, person_id: int) -> bool:
    """Whether the person is expected where the rule applies, in any role and with any answer."""
    return _within(rule, event).expected().filter(person=person_id).exists()


def _within(rule: ReminderRule, event: Event) -> AttendeeQuerySet:
    if not rule.subtree:
        return Attendee.objects.filter(event=event)
    parts = Event.objects.within([event.pk]).filter(status__in=Event.STANDING)
    return Attendee.objects.filter(event__in=parts)
