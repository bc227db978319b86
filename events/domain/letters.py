"""What the mails say: composed from templates, in the reader's language and time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_lazy as _

from events.domain import mail, optouts, wording
from events.domain.mail import Message, one_line
from events.models import Delivery, Event, Person, ReminderRule, Wording
from events.models.letters import BRACES
from events.models.teams import PUBLISHED
from events.values import dates

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
SECRET: Final = re.compile(r"(/u/)[^/\s\"'<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the templates of a reminder say, in the reader's language."""

    title: str
    name: str
    opening: str
    closing: str
    there: str
    own: str
    place: str
    url: str
    sender: str
    stop: str
    stop_url: str


def reminder(*, delivery: Delivery, now: datetime) -> Message:
    """Compose a reminder, thanks or a follow-up, in the words of the event's team."""
    kind = Topic(delivery.kind)
    stop = optouts.link(person=delivery.person, kind=kind)
    with override(delivery.language):
        event, wording_ = delivery.event, _wording(delivery)
        typed = _typed(event, delivery.person)
        fenced = {name: fence(text) for name, text in typed.items()}
        when = {"when": start(event)}
        letter = Letter(
            title=fenced["title"],
            name=fenced["name"],
            opening=filled(wording_.opening or OPENINGS[kind], {**fenced, **when}),
            closing=filled(wording_.closing or "", {**fenced, **when}),
            there=time_there(event),
            own=own_time(event, delivery.zone),
            place=fenced["place"],
            url=link(event),
            sender=fenced["team"],
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


def filled(text: object, values: Mapping[str, str]) -> str:
    """Put values into the braces of a wording, as they are; it is no template and runs nothing."""
    return BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), str(text))


def fence(text: str) -> str:
    """Return what somebody has typed as one line that no mail program makes a link of."""
    return LINKING.sub("\\1\u200b", one_line(text))


def without_secrets(text: str) -> str:
    """Return a mail as others than its reader may see it."""
    return SECRET.sub(r"\1…", text)


def message(
    *,
    delivery: Delivery,
    now: datetime,
    subject: str,
    template: str,
    letter: object,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Message:
    """Render a mail in the active language, as text and as a page."""
    context = {"letter": letter, "language": _bcp47(delivery.language)}
    team = delivery.event.team
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    made = Message(
        subject=one_line(subject),
        body=render_to_string(f"{template}.txt", context),
        from_email=mail.address(name=team.name if team else "", address=ours),
        to=[mail.address(name=delivery.person.name, address=delivery.person.email)],
        headers={**_headers(delivery, now), **headers},
    )
    made.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return made


def _wording(delivery: Delivery) -> Wording:
    rows = Wording.objects.filter(team=delivery.event.team_id, kind=delivery.kind)
    return rows.first() or Wording()


def _typed(event: Event, person: Person) -> dict[str, str]:
    """What people have typed, by its placeholder."""
    return {
        "title": event.title,
        "name": person.name,
        "place": wording.where(event=event),
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
        return wording.when(event.when)
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return format_date(local, pgettext("moment", "l j F Y, H:i"))


def time_there(event: Event) -> str:
    """Return “Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)”, or the days."""
    if event.start_at is None or event.start_time is None:
        return start(event)
    return gettext("%(time)s (%(place)s, %(offset)s)") % {
        "time": start(event) + _end(event),
        "place": fence(wording.zone_name(place=event.place, zone=event.timezone)),
        "offset": wording.offset(event.start_at.astimezone(dates.zone(event.timezone))),
    }


def _end(event: Event) -> str:
    """Return “–17:00” where the event ends on the same day by the same clock."""
    same_day = event.end_on in (None, event.start_on) and not event.end_timezone
    return f"–{event.end_time:%H:%M}" if event.end_time and same_day else ""


def own_time(event: Event, zone: str) -> str:
    """Return the start at the reader's clock; '' for whole days and for the same clock."""
    if event.start_at is None or event.start_time is None or zone in ("", event.timezone):
        return ""
    return wording.moment(event.start_at, zone)


def link(event: Event) -> str:
    is_public = event.visibility == Event.Visibility.PUBLIC and event.status in PUBLISHED
    return settings.SITE_URL + event.get_absolute_url() if is_public else ""


def _headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    return {
        # The same on every try, so that a receiver can tell a repeated mail.
        "Message-ID": f"<{delivery.public_uuid}.{delivery.generation}@{settings.UID_HOST}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # RFC 3834
        "Content-Language": _bcp47(delivery.language),
    }


def _bcp47(language: str) -> str:
    """Return zh-Hans for Django's zh-hans."""
    head, dash, script = language.partition("-")
    return head + dash + script.title()
