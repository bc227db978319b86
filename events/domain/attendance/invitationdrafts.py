"""Drafts of invitations: shown as a chosen reader would get them, and sent to their writer."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from events.domain.access import answerlinks, ratelimits
from events.domain.access.ratelimits import Limit
from events.domain.ical import itip
from events.domain.mail import invitationletters, invitationtexts, previews, transport
from events.domain.mail.invitationtexts import Occasion, Written
from events.domain.mail.previews import Shown
from events.domain.mail.smtp import Failure
from events.domain.mail.transport import Message
from events.domain.refusals import Refusal
from events.models import Attendee, Delivery, Event, InvitationText, Person, User
from events.models.people.attendees import AttendeeQuerySet

TESTS: Final = Limit("test mails", 30, timedelta(hours=1))  # of one user
PATIENCE: Final = 20.0  # seconds in which the mail server must take a test mail
# Who reads a draft while nobody is chosen; the name is made up.
EXAMPLE: Final = {
    "family_name": "Chan",
    "given_name": "Tai-man",
    "name_en": "CHAN Tai-man",
    "name_zh_hans": "陈大文",
    "name_zh_hant": "陳大文",
    "honorific": "Prof.",
    "email": "example@example.org",
}


class NoAddressOfYours(Refusal):
    """The user has no mail address, neither as a person nor at the login."""

    text = gettext_noop("You have no mail address: neither your login nor your person names one.")


class TooManyTests(Refusal):
    """The user has sent too many test mails within an hour."""

    minutes: int
    text = gettext_noop("You have sent many test mails. Try again in %(minutes)s minutes.")


class NotTaken(Refusal):
    """The mail server did not take the test mail."""

    reply: str
    text = gettext_noop("The mail server has not taken the test mail: %(reply)s")


def readers(*, event: Event) -> AttendeeQuerySet:
    """Return the attendees whose invitation can be shown: those who are named."""
    rows = Attendee.objects.filter(event=event).exclude(person=None).on_the_list()
    return rows.select_related("person", "hub__place").order_by("position", "pk")


def example(*, event: Event, language: str) -> Attendee:
    """Return somebody made up, who is not stored, as a reader of this language."""
    person = Person(**EXAMPLE, language=language)
    return Attendee(event=event, person=person)


def preview(
    *,
    event: Event,
    reader: Attendee,
    texts: Mapping[str, str],
    occasion: Occasion = Occasion.FIRST,
    now: datetime,
) -> Shown:
    """Return the invitation to a reader with these texts, which need not be stored."""
    message = _message(event, reader, texts, occasion, now)
    return previews.shown(message=message, language=reader.reads)


def send_to_writer(
    *,
    event: Event,
    reader: Attendee,
    texts: Mapping[str, str],
    occasion: Occasion = Occasion.FIRST,
    user: User,
    now: datetime,
) -> str:
    """Send the invitation to the user alone, marked as a test; return the address.

    It goes at once and not through the queue, so that its writer reads at once what the server
    says. Its links answer nothing, and it contains nothing for a calendar. Raises
    NoAddressOfYours, TooManyTests and NotTaken.
    """
    address = _address_of(user)
    try:
        ratelimits.count(limit=TESTS, who=str(user.pk), now=now)
    except ratelimits.TooMany as full:
        raise TooManyTests(-(-full.seconds // 60)) from full
    message = _message(
        event,
        reader,
        texts,
        occasion,
        now,
        link=answerlinks.of_test(),
        tested_as=str(reader.person),
    )
    message.to = [transport.address(name=user.get_full_name(), address=address)]
    _hand_in(message, address)
    return address


def _message(
    event: Event,
    reader: Attendee,
    texts: Mapping[str, str],
    occasion: Occasion,
    now: datetime,
    link: str = "",
    tested_as: str = "",
) -> Message:
    person = reader.person
    assert person is not None  # noqa: S101 -- readers are named
    reader.event = event
    reader.partstat = Attendee.Partstat.NEEDS_ACTION  # as when the first invitation goes
    row = Delivery(
        kind=Delivery.Kind.REQUEST,
        attendee=reader,
        person=person,
        event=event,
        language=reader.reads,
        zone=person.timezone,
    )
    return invitationletters.compose(
        delivery=row,
        method=itip.REQUEST,
        is_again=occasion == Occasion.AGAIN,
        written=_written(event, texts, row.language, occasion),
        link=link,
        tested_as=tested_as,
        now=now,
    )


def _written(
    event: Event, texts: Mapping[str, str], language: str, occasion: Occasion
) -> Written | None:
    draft = InvitationText(event=event)
    for name in invitationtexts.COLUMNS:
        setattr(draft, name, texts.get(name, ""))
    return invitationtexts.by_language(event=event, occasion=occasion, draft=draft)[language]


def _address_of(user: User) -> str:
    own = user.person.email if user.person else ""
    if not (address := own or user.email):
        raise NoAddressOfYours
    return address


def _hand_in(message: Message, address: str) -> None:
    try:
        transport.send(
            recipient=address,
            compose=lambda: message,
            note=lambda _phase: None,
            deadline=time.monotonic() + PATIENCE,
        )
    except Failure as failure:
        raise NotTaken(transport.one_line(str(failure))[:200]) from failure
    finally:
        transport.hang_up()  # a web server keeps no connection for the next test
