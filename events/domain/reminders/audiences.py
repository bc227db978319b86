"""The audience of a reminder rule: by role, answer and tag, of those whom the event concerns."""

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
    # A person who attends the event and others too is returned as attendee of the event.
    meant.sort(key=lambda row: row.event_id == event.pk)
    return sorted({row.person_id: row for row in meant}.values(), key=lambda row: row.pk)


def is_for(*, rule: ReminderRule, event: Event, attendee: Attendee) -> bool:
    """Whether a rule certainly means this attendee of the event, decided without a query.

    If it returns True, `of` returns the person too. If it returns False, only `of` can decide.
    """
    if attendee.event_id != event.pk or rule.subtree or rule.tag or rule.is_after:
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
    """Return the attendees of the event, and with `subtree` those of its parts.

    A rule of the event's own also reaches the attendees of ancestors of which the event is a part
    for everybody. A rule of the team does not, because an attendee of a conference would get one
    mail for each of its sessions.
    """
    rows = Attendee.objects.filter(event=event)
    if rule.event_id is not None:
        rows = Attendee.objects.concerned_by(event)
    if rule.subtree:
        parts = Event.objects.within([event.pk]).filter(status__in=Event.STANDING)
        rows |= Attendee.objects.filter(event__in=parts)
    return rows
