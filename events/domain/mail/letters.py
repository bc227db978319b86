"""Composes mails from templates, in the reader's language and time zone."""

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

from events.domain.mail import optouts, salutations, transport
from events.domain.mail.transport import Message, one_line
from events.domain.pages import formatting
from events.models import Attendee, Delivery, Event, MailWording, ReminderRule
from events.models.mail.letters import BRACES
from events.values import dates, languages

Topic = ReminderRule.Topic

# The default wording of each topic; a team's own MailWording replaces it.
SUBJECTS: Final = {
    Topic.REMINDER: _("Reminder: {{title}} · {{when}}"),
    Topic.THANKS: _("Thank you: {{title}}"),
    Topic.FOLLOW_UP: _("Follow-up: {{title}}"),
}
FIRST_SENTENCES: Final = {
    Topic.REMINDER: _("This is a reminder of:"),
    Topic.THANKS: _("Thank you for taking part in:"),
    Topic.FOLLOW_UP: _("This is a follow-up to:"),
}
STOPS: Final = {
    Topic.REMINDER: _("No more reminders by mail"),
    Topic.THANKS: _("No more thanks by mail"),
    Topic.FOLLOW_UP: _("No more follow-ups by mail"),
}
# Characters in user text after which `fence` inserts a zero-width space: mail programs would turn
# a text like “example.org” or “a@example.org” into a link.
LINKING: Final = re.compile(r"(?<=[\w/])([.:@/])(?=[\w/])")


class NobodyThere(LookupError):
    """The attendee whom a mail was for is no longer on the list of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts about an event for the templates of a mail, in the reader's language.

    `there` is the time at the event, `own` the start by the reader's clock, '' if both agree;
    `joins` is the hub at which an attendee joins by live stream, '' if none.
    """

    title: str
    name: str
    salutation: str
    start: str
    there: str
    own: str
    place: str
    joins: str
    url: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Letter):
    """The facts of a reminder: also the wording of its team, and the link that opts out."""

    opening: str
    closing: str
    stop: str
    stop_url: str


def reminder(*, delivery: Delivery, now: datetime) -> Message:
    """Compose a reminder, thanks or a follow-up, with the wording of the event's team."""
    kind = Topic(delivery.kind)
    stop = optouts.link(person=delivery.person, kind=kind)
    with override(delivery.language):
        greeting = salutations.of(person=delivery.person)
        wording_, typed = _wording(delivery), _typed(delivery.event, delivery.person.name, greeting)
        fenced = {name: fence(text) for name, text in typed.items()}
        facts = _facts(delivery.event, delivery.attendee, delivery.zone, fenced)
        when = {"when": facts["start"]}
        letter = Reminder(
            **facts,
            opening=filled(wording_.opening or FIRST_SENTENCES[kind], {**fenced, **when}),
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


def tell(*, attendee: Attendee, event: Event, zone: str) -> Letter:
    """Return the facts about an event for an attendee in this zone, in the active language."""
    person = attendee.person
    greeting = salutations.of(person=person) if person else salutations.of_name(name=attendee.label)
    facts = _typed(event, str(attendee), greeting)
    typed = {name: one_line(text) for name, text in facts.items()}
    return Letter(**_facts(event, attendee, zone, typed))


def _facts(
    event: Event, attendee: Attendee | None, zone: str, typed: Mapping[str, str]
) -> dict[str, str]:
    """Return the facts of a letter in the active language; `typed` are user texts, made safe."""
    return {
        "title": typed["title"],
        "name": typed["name"],
        "salutation": fence(typed["salutation"]),
        "place": typed["place"],
        "sender": typed["team"],
        "start": start(event),
        "there": time_there(event),
        "own": own_time(event, zone),
        "joins": joining(event, attendee),
        "url": formatting.link(event=event),
    }


def filled(text: object, values: Mapping[str, str]) -> str:
    """Replace the {{placeholders}} of a wording by the values.

    Unknown ones are left as they are. The wording is not run as a template, because users type it.
    """
    return BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), str(text))


def fence(text: str) -> str:
    """Return user text as one line in which mail programs detect no link."""
    return LINKING.sub("\\1\u200b", one_line(text))


def message_id(*, delivery: Delivery) -> str:
    """Return the Message-ID, the same for each attempt, so that receivers can drop a duplicate.

    A mail that an organiser sends again has another `generation`, and so another Message-ID.
    """
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
    """Render a mail in the active language, with a text and an HTML part.

    `more` are further variables of the templates `template`.txt and `template`.html.
    """
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
    """Return the team's wording for this kind of mail, or an empty one.

    `all()` uses the rows that were prefetched for a batch of deliveries.
    """
    team = delivery.event.team
    rows = team.wordings.all() if team else ()
    return next((row for row in rows if row.kind == delivery.kind), MailWording())


def _typed(event: Event, name: str, salutation: str) -> dict[str, str]:
    """Return the texts that users have typed, by the name of their placeholder."""
    return {
        "title": event.title,
        "name": name,
        "salutation": salutation,
        "place": formatting.where(event=event),
        "team": event.team.name if event.team else "",
    }


def _stopping(url: str) -> dict[str, str]:
    """Return the headers by which mail programs offer to opt out (RFC 2369).

    The header for opting out with one click (RFC 8058) requires an https URL.
    """
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def start(event: Event) -> str:
    """Return the local start as “Wednesday 2 December 2026, 09:30”, or the event's days."""
    if event.start_at is None or event.start_time is None:
        return formatting.when(event.when)
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return format_date(local, pgettext("moment", "l j F Y, H:i"))


def time_there(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)”, or the event's days."""
    if event.start_at is None or event.start_time is None:
        return start(event)
    return gettext("%(time)s (%(place)s, %(offset)s)") % {
        "time": start(event) + _end(event),
        "place": fence(formatting.zone_name(place=event.place, zone=event.timezone)),
        "offset": formatting.offset(event.start_at.astimezone(dates.zone(event.timezone))),
    }


def _end(event: Event) -> str:
    """Return “–17:00” if the event ends on the same local day in the same zone, else ''."""
    same_day = event.end_on in (None, event.start_on) and not event.end_timezone
    return f"–{event.end_time:%H:%M}" if event.end_time and same_day else ""


def own_time(event: Event, zone: str) -> str:
    """Return the start in the reader's zone; '' for whole days and if both zones agree then."""
    if event.start_at is None or event.start_time is None or not zone:
        return ""
    is_same = formatting.agree(zones=(event.timezone, zone), at=event.start_at)
    return "" if is_same else formatting.moment(event.start_at, zone)


def joining(event: Event, attendee: Attendee | None) -> str:
    """Return the hub at which the attendee joins by live stream, with its local time.

    Returns '' if there is none. The time is left out if it is that of the event.
    """
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
