"""Free places: who moves up from the waiting list is told, and can still hand the place on."""

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

PAUSE: Final = timedelta(seconds=120)  # in which a slip is taken back
SUBJECT: Final = _("You have a place: {{title}} · {{when}}")
USEFUL: Final = timedelta(days=30)  # of an event whose end is not known


def tell(*, event: Event, attendees: Iterable[Attendee], now: datetime) -> None:
    """Write a mail to those of them who can be reached, in the transaction that seats them."""
    end = max(dates.over_at(event.when) or now + USEFUL, now + PAUSE)
    outbox.put(
        rows=[
            outbox.mail_to(
                attendee=attendee,
                event=event,
                kind=Delivery.Kind.PROMOTION,
                key=(attendee.pk, now.isoformat()),
                due_at=now + PAUSE,
                expires_at=end,
            )
            for attendee in attendees
            if attendee.person and attendee.person.email
        ]
    )


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why the mail must not go by now, if there is a reason."""
    attendee = delivery.attendee
    if delivery.event.status not in Event.STANDING:
        return State.CANCELLED, Reason.EVENT_OFF
    if not delivery.person.email:
        return State.SKIPPED, Reason.NO_ADDRESS
    if attendee is None or attendee.seat != Attendee.Seat.CONFIRMED:
        return State.SKIPPED, Reason.STAYS_AWAY
    return None


def compose(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Compose the mail to somebody who has a place now. Raises letters.NobodyThere."""
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
