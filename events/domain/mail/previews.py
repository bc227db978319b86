"""Previews of mails: composed by the same code as mails that are sent, and not sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.domain.mail import letters
from events.domain.mail.transport import Message
from events.models import Attendee, Delivery, Event, Person, Team
from events.models.people.attendees import AttendeeQuerySet
from events.values import secretpaths


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as an organiser may see it, without the tokens in its reader's links."""

    subject: str
    text: str
    html: str
    language: str


class NoEvent(Exception):
    """The person attends no event of the team, so no mail can be composed."""


def readers(*, team: Team) -> Any:
    """Return a query of the keys of the people who attend events of the team."""
    return _attended(team).values("person")


def compose(*, team: Team, kind: str, person: Person, now: datetime) -> Shown:
    """Return the mail to the person about their next event of the team, else their last one.

    Raises NoEvent.
    """
    theirs = _attended(team).filter(person=person).select_related("event", "person")
    coming = theirs.filter(event__start_at__gte=now).order_by("event__start_at", "pk")
    attendee = coming.first() or theirs.order_by("-event__start_at", "-pk").first()
    if attendee is None:
        raise NoEvent(person)
    row = Delivery(
        kind=kind,
        person=person,
        attendee=attendee,
        event=attendee.event,
        language=attendee.reads,
        zone=person.timezone,
    )
    return shown(message=letters.reminder(delivery=row, now=now), language=row.language)


def shown(*, message: Message, language: str) -> Shown:
    html = next((str(content) for content, _type in message.alternatives), "")
    return Shown(
        subject=str(message.subject),
        text=secretpaths.masked(str(message.body)),
        html=secretpaths.masked(html),
        language=language,
    )


def _attended(team: Team) -> AttendeeQuerySet:
    events = Event.objects.filter(team=team, origin=Event.Origin.MANAGED, start_at__isnull=False)
    return Attendee.objects.expected().exclude(person=None).filter(event__in=events)
