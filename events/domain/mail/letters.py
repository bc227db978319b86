"""What the mails say: composed from templates, in the reader's language and time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_lazy as _

from events.domain.access import answerlinks
from events.domain.mail import optouts, transport
from events.domain.mail.transport import Message, one_line
from events.domain.pages import formatting
from events.models import Attendee, Delivery, Event, MailWording, ReminderRule
from events.models.mail.letters import BRACES
from events.values import dates, languages

Topic = ReminderRule.Topic

# What a mail of each kind says unless its team has worded it otherwise.
SUBJECTS: Final = {
    Topic.REMINDER: _("Reminder: {{title}} · {{when}}"),
    Topic.THANKS: _("Thank you: {{title}}"),
    Topic.FOLLOW_UP: _("Follow-up: {{title}}"),
}
OPENINGS: Final = {
    Topic.REMINDER: _("This is a reminder of:"),
    Topic.THANKS: _("Thank you for taking part in:"),
    Topic.FOLLOW_UP: _("This is a follow-up to:"),
}
STOPS: Final = {
    Topic.REMINDER: _("No more reminders by mail"),
    Topic.THANKS: _("No more thanks by mail"),
    Topic.FOLLOW_UP: _("No more follow-ups by mail"),
}
# Where a mail program would make a link of a text that somebody has typed: behind these it may
# break, and so is none.
LINKING: Final = re.compile(r"(?<=[\w/])([.:@/])(?=[\w/])")


class NobodyThere(LookupError):
    """Who a mail was for is not on the list any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the templates of a mail say of an event, in the reader's language."""

    title: str
    name: str
    start: str
    there: str
    own: str
    place: str
    joins: str
    url: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Letter):
    """What those of a reminder say besides: in the words of the team, and how to stop them."""

    opening: str
    closing: str
    stop: str
    stop_url: str


def reminder(*, delivery: Delivery, now: datetime) -> Message:
    """Compose a reminder, thanks or a follow-up, in the words of the event's team."""
    kind = Topic(delivery.kind)
    stop = optouts.link(person=delivery.person, kind=kind)
    with override(delivery.language):
        wording_, typed = _wording(delivery), _typed(delivery.event, delivery.person.name)
        fenced = {name: fence(text) for name, text in typed.items()}
        facts = _facts(delivery.event, delivery.attendee, delivery.zone, fenced)
        when = {"when": facts["start"]}
        letter = Reminder(
            **facts,
            opening=filled(wording_.opening or OPENINGS[kind], {**fenced, **when}),
            closing=filled(wording_.closing or "", {**fenced, **when}),
            stop=str(STOPS[kind]),
            stop_url=stop,
        )
        return message(
            delivery=delivery,
            now=now,
            subject=filled(wording_.subject or SUBJECTS[kind], {**typed, **when}),
            template="events/mail/reminder",
            letter=letter,
            headers=_stopping(stop),
        )


def invitation(
    *, delivery: Delivery, method: str, stream: bytes, is_update: bool, now: datetime
) -> Message:
    """Compose an invitation or the end of one, with the message for the calendar program."""
    attendee, event = delivery.attendee, delivery.event
    assert attendee is not None  # noqa: S101 -- somebody is invited
    name = f"events/mail/{method.lower()}"
    more: dict[str, Any] = {
        "is_update": is_update,
        "answer": attendee.partstat,
        "waits": attendee.seat == Attendee.Seat.WAITLISTED,
        "status": event.status,
        "reason": one_line(event.cancellation_reason),
        "link": answerlinks.link(attendee=attendee),
    }
    with override(delivery.language):
        letter = tell(attendee=attendee, event=event, zone=delivery.zone)
        subject = render_to_string(f"{name}.subject.txt", {"letter": letter, **more})
        made = message(
            delivery=delivery, now=now, subject=subject, template=name, letter=letter, **more
        )
    made.invite(method=method, stream=stream)
    return made


def tell(*, attendee: Attendee, event: Event, zone: str) -> Letter:
    """Return what an attendee with this clock is told of an event, in the active language."""
    typed = {name: one_line(text) for name, text in _typed(event, str(attendee)).items()}
    return Letter(**_facts(event, attendee, zone, typed))


def _facts(
    event: Event, attendee: Attendee | None, zone: str, typed: Mapping[str, str]
) -> dict[str, str]:
    """The fields of a letter in the active language; what people have `typed` is safe by then."""
    return {
        "title": typed["title"],
        "name": typed["name"],
        "place": typed["place"],
        "sender": typed["team"],
        "start": start(event),
        "there": time_there(event),
        "own": own_time(event, zone),
        "joins": joining(event, attendee),
        "url": formatting.link(event=event),
    }


def filled(text: object, values: Mapping[str, str]) -> str:
    """Put values into the braces of a wording, as they are; it is no template and runs nothing."""
    return BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), str(text))


def fence(text: str) -> str:
    """Return what somebody has typed as one line that no mail program makes a link of."""
    return LINKING.sub("\\1\u200b", one_line(text))


def message_id(*, delivery: Delivery) -> str:
    """Return the same on every try, so that a receiver can tell a repeated mail."""
    return f"<{delivery.public_uuid}.{delivery.generation}@{settings.UID_HOST}>"


def message(
    *,
    delivery: Delivery,
    now: datetime,
    subject: str,
    template: str,
    letter: object,
    headers: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> Message:
    """Render a mail in the active language, as text and as a page."""
    context = {"letter": letter, "language": languages.tag(delivery.language), **more}
    team = delivery.event.team
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    made = Message(
        subject=one_line(subject),
        body=render_to_string(f"{template}.txt", context),
        from_email=transport.address(name=team.name if team else "", address=ours),
        to=[transport.address(name=delivery.person.name, address=delivery.person.email)],
        headers={**_headers(delivery, now), **headers},
    )
    made.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return made


def _wording(delivery: Delivery) -> MailWording:
    """The words of the team for mails of this kind; those of a batch are read with it."""
    team = delivery.event.team
    rows = team.wordings.all() if team else ()
    return next((row for row in rows if row.kind == delivery.kind), MailWording())


def _typed(event: Event, name: str) -> dict[str, str]:
    """What people have typed, by its placeholder."""
    return {
        "title": event.title,
        "name": name,
        "place": formatting.where(event=event),
        "team": event.team.name if event.team else "",
    }


def _stopping(url: str) -> dict[str, str]:
    """Let mail programs offer to stop such mails (RFC 2369), at one click (RFC 8058)."""
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def start(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30” at the event, or its days."""
    if event.start_at is None or event.start_time is None:
        return formatting.when(event.when)
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return format_date(local, pgettext("moment", "l j F Y, H:i"))


def time_there(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)”, or the days."""
    if event.start_at is None or event.start_time is None:
        return start(event)
    return gettext("%(time)s (%(place)s, %(offset)s)") % {
        "time": start(event) + _end(event),
        "place": fence(formatting.zone_name(place=event.place, zone=event.timezone)),
        "offset": formatting.offset(event.start_at.astimezone(dates.zone(event.timezone))),
    }


def _end(event: Event) -> str:
    """Return “–17:00” where the event ends on the same day by the same clock."""
    same_day = event.end_on in (None, event.start_on) and not event.end_timezone
    return f"–{event.end_time:%H:%M}" if event.end_time and same_day else ""


def own_time(event: Event, zone: str) -> str:
    """Return the start at the reader's clock; '' for whole days and where the clocks agree."""
    if event.start_at is None or event.start_time is None or not zone:
        return ""
    is_same = formatting.agree(zones=(event.timezone, zone), at=event.start_at)
    return "" if is_same else formatting.moment(event.start_at, zone)


def joining(event: Event, attendee: Attendee | None) -> str:
    """Return the hub at which somebody joins by live stream, and when by its clock; '' if none."""
    hub = attendee.hub if attendee and attendee.event_id == event.pk else None
    if hub is None:
        return ""
    place, time = fence(formatting.place(place=hub.place)), own_time(event, hub.place.find_zone())
    return gettext("%(place)s · %(time)s") % {"place": place, "time": time} if time else place


def _headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    return {
        "Message-ID": message_id(delivery=delivery),
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # RFC 3834
        "Content-Language": languages.tag(delivery.language),
    }
