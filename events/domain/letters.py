"""What the mails say: composed from templates, in the reader's language and time zone."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, pgettext

from events.domain import answerlinks, mail, wording
from events.domain.mail import Message, one_line
from events.models import Delivery, Event, Person
from events.models.teams import PUBLISHED
from events.values import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the templates of a mail say of an event, in the reader's language."""

    title: str
    name: str
    start: str
    there: str
    own: str
    place: str
    url: str
    sender: str


def reminder(*, delivery: Delivery, now: datetime) -> Message:
    """Compose a reminder in the delivery's language and zone."""
    return _written("reminder", delivery, now)


def invitation(
    *, delivery: Delivery, method: str, stream: bytes, is_update: bool, now: datetime
) -> Message:
    """Compose an invitation or the end of one, with the message for the calendar program."""
    attendee, event = delivery.attendee, delivery.event
    assert attendee is not None  # noqa: S101 -- somebody is invited
    context = {
        "is_update": is_update,
        "answer": attendee.answer,
        "status": event.status,
        "reason": one_line(event.cancellation_reason),
        "link": answerlinks.link(attendee=attendee),
    }
    message = _written(method.lower(), delivery, now, **context)
    message.invite(method=method, stream=stream)
    return message


def link(*, event: Event) -> str:
    """Return the address of the event's page in the active language, '' if it is not public."""
    is_public = event.visibility == Event.Visibility.PUBLIC and event.status in PUBLISHED
    return settings.SITE_URL + event.get_absolute_url() if is_public else ""


def _written(name: str, delivery: Delivery, now: datetime, **more: Any) -> Message:
    """Compose a mail from the templates of this name."""
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    with override(delivery.language):
        letter = tell(event=delivery.event, person=delivery.person, zone=delivery.zone)
        context = {"letter": letter, "language": _bcp47(delivery.language), **more}
        subject = render_to_string(f"events/mail/{name}.subject.txt", context)
        message = Message(
            subject=one_line(subject),
            body=render_to_string(f"events/mail/{name}.txt", context),
            from_email=mail.address(name=letter.sender, address=ours),
            to=[mail.address(name=letter.name, address=delivery.person.email)],
            headers=_headers(delivery, now),
        )
        message.attach_alternative(
            render_to_string(f"events/mail/{name}.html", context), "text/html"
        )
    return message


def tell(*, event: Event, person: Person, zone: str) -> Letter:
    """Return what somebody with this clock is told of an event, in the active language."""
    return Letter(
        title=one_line(event.title),
        name=one_line(person.name),
        start=_start(event),
        there=_time_there(event),
        own=_own_time(event, zone),
        place=one_line(wording.where(event=event)),
        url=link(event=event),
        sender=one_line(event.team.name if event.team else ""),
    )


def _start(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30” at the event, or its days."""
    if event.start_at is None or event.start_time is None:
        return wording.when(event.when)
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return format_date(local, pgettext("moment", "l j F Y, H:i"))


def _time_there(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)”, or the days."""
    if event.start_at is None or event.start_time is None:
        return _start(event)
    return gettext("%(time)s (%(place)s, %(offset)s)") % {
        "time": _start(event) + _end(event),
        "place": wording.zone_name(place=event.place, zone=event.timezone),
        "offset": wording.offset(event.start_at.astimezone(dates.zone(event.timezone))),
    }


def _end(event: Event) -> str:
    """Return “–17:00” where the event ends on the same day by the same clock."""
    same_day = event.end_on in (None, event.start_on) and not event.end_timezone
    return f"–{event.end_time:%H:%M}" if event.end_time and same_day else ""


def _own_time(event: Event, zone: str) -> str:
    """Return the start at the reader's clock; '' for whole days and for the same clock."""
    if event.start_at is None or event.start_time is None or zone in ("", event.timezone):
        return ""
    return wording.moment(event.start_at, zone)


def _headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    return {
        # The same on every try, so that a receiver can tell a repeated mail.
        "Message-ID": f"<{delivery.public_uuid}.0@{settings.UID_HOST}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # RFC 3834
        "Content-Language": _bcp47(delivery.language),
    }


def _bcp47(language: str) -> str:
    """Return zh-Hans for Django's zh-hans."""
    head, dash, script = language.partition("-")
    return head + dash + script.title()
