"""Promotions: attendees who move up from the waiting list get a mail.

Its answer link lets them decline, which gives the seat to the next.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from events.domain.access import answerlinks
from events.domain.mail import letters, outbox, transport
from events.domain.mail.kinds import Ending
from events.models import Attendee, Delivery, Event
from events.values import dates

State = Delivery.State
Reason = Delivery.Reason

DEBOUNCE: Final = timedelta(seconds=120)  # in which a change made by mistake can be undone
SUBJECT: Final = _("You have a seat: {{title}} · {{when}}")
USEFUL_FOR: Final = timedelta(days=30)  # expiry if the end of the event is not known


def tell(*, event: Event, attendees: Iterable[Attendee], now: datetime) -> None:
    """Plan a mail to those who have an address; call it in the transaction that seats them."""
    end = max(dates.over_at(event.when) or now + USEFUL_FOR, now + DEBOUNCE)
    outbox.put(
        rows=[
            outbox.mail_to(
                attendee=attendee,
                event=event,
                kind=Delivery.Kind.PROMOTION,
                key=(attendee.pk, now.isoformat()),
                due_at=now + DEBOUNCE,
                expires_at=end,
            )
            for attendee in attendees
            if attendee.person and attendee.person.email
        ]
    )


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return state and reason of a mail that must not be sent any more, or None."""
    attendee = delivery.attendee
    if delivery.event.status not in Event.STANDING:
        return State.CANCELLED, Reason.EVENT_OFF
    if not delivery.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    if attendee is None or attendee.seat != Attendee.Seat.CONFIRMED:
        return State.SKIPPED, Reason.STAYS_AWAY
    return None


def compose(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Compose the mail to an attendee who has a seat now. Raises letters.NobodyThere."""
    attendee, event = delivery.attendee, delivery.event
    if attendee is None:
        raise letters.NobodyThere(delivery)
    with override(delivery.language):
        letter = letters.tell(attendee=attendee, event=event, zone=delivery.zone)
        return letters.message(
            delivery=delivery,
            now=now,
            subject=letters.filled(SUBJECT, {"title": letter.title, "when": letter.start}),
            template="events/mail/promotion",
            letter=letter,
            link=answerlinks.link(attendee=attendee),
        )
