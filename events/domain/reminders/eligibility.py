"""The check before sending of reminders, thanks and follow-ups."""

from events.domain.mail import optouts
from events.domain.mail.kinds import Ending
from events.domain.reminders import audiences
from events.models import Delivery

State = Delivery.State
Reason = Delivery.Reason


def needs_no_check(*, delivery: Delivery) -> bool:
    """Whether the delivery and its attendee alone decide that the mail is sent."""
    occurrence, attendee = delivery.occurrence, delivery.attendee
    if occurrence is None or attendee is None or attendee.person_id != delivery.person_id:
        return False
    stands = occurrence.rule.enabled and delivery.event.stands
    return stands and audiences.is_for(
        rule=occurrence.rule, event=delivery.event, attendee=attendee
    )


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why the mail must not be sent any more, or None."""
    occurrence = delivery.occurrence  # None: the rule was deleted
    if not (occurrence and occurrence.rule.enabled):
        return State.CANCELLED, Reason.RULE_OFF
    if not delivery.event.stands:
        return State.CANCELLED, Reason.EVENT_OFF
    if not delivery.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    rule, event, person_id = occurrence.rule, delivery.event, delivery.person_id
    if not audiences.of(rule=rule, event=event, person_id=person_id):
        there = audiences.is_expected(rule=rule, event=event, person_id=person_id)
        return State.SKIPPED, Reason.NOT_MEANT if there else Reason.STAYS_AWAY
    if optouts.has_opted_out(person=delivery.person, kind=delivery.kind):
        return State.SKIPPED, Reason.OPTED_OUT
    return None
