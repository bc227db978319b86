"""Composes invitations: the standard text, or what organisers have written for the event.

What organisers write is plain text. It is not run as a template, the names in it are fenced, and
links to answer and to the page of the event stand outside of it, so that none can be forgotten.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from events.domain.access import answerlinks
from events.domain.mail import letters
from events.domain.mail.invitationtexts import Written
from events.domain.mail.letters import Letter, fence
from events.domain.mail.transport import Message, one_line
from events.models import Attendee, Delivery
from events.models.mail.letters import BRACES

# Stands for the link until the text around it is escaped; no text contains it (see `_lines`).
LINK: Final = "\ue000"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What organisers have written, with its placeholders filled, as text and as HTML."""

    plain: str
    html: SafeString


def compose(
    *,
    delivery: Delivery,
    method: str,
    stream: bytes | None = None,
    is_update: bool = False,
    changed: object = None,
    is_again: bool = False,
    written: Written | None = None,
    link: str = "",
    tested_as: str = "",
    now: datetime,
) -> Message:
    """Compose an invitation or its cancellation, with the iTIP message `stream` attached.

    `method` is REQUEST or CANCEL (RFC 5546). `is_update` says that the attendee was sent an
    invitation before, with another content or SEQUENCE; `changed` is what differs, for the
    templates. `is_again` marks a second invitation. `link` replaces the link to answer; `tested_as`
    marks a test mail, and names whose invitation it shows.
    """
    attendee, event = delivery.attendee, delivery.event
    assert attendee is not None  # noqa: S101 -- an invitation has an attendee
    link = link or answerlinks.link(attendee=attendee)
    name = f"events/mail/{method.lower()}"
    more: dict[str, Any] = {
        "is_update": is_update,
        "is_again": is_again,
        "changed": changed,
        "answer": attendee.partstat,
        "waits": attendee.seat == Attendee.Seat.WAITLISTED,
        "status": event.status,
        "reason": one_line(event.cancellation_reason),
        "link": link,
        "tested_as": tested_as,
    }
    with override(delivery.language):
        letter = letters.tell(attendee=attendee, event=event, zone=delivery.zone)
        subject: str = render_to_string(f"{name}.subject.txt", {"letter": letter, **more})
        if written and written.subject:
            subject = letters.filled(written.subject, _values(letter))
        if written and written.text:
            more["own"] = _own_words(written.text, letter, link)
            letter = _ungreeted(letter, written.text)
        if tested_as:
            subject = gettext("[Test] %(subject)s") % {"subject": subject}
        made = letters.message(
            delivery=delivery,
            now=now,
            subject=subject,
            template="events/mail/update" if changed else name,
            letter=letter,
            **more,
        )
    if stream is not None:
        made.invite(method=method, stream=stream)
    return made


def _values(letter: Letter) -> dict[str, str]:
    """Return the values of the placeholders but that of the link."""
    return {
        "salutation": letter.salutation,
        "name": letter.name,
        "title": letter.title,
        "when": letter.start,
        "place": letter.place,
        "team": letter.sender,
    }


def _own_words(text: str, letter: Letter, link: str) -> OwnWords:
    typed = {name: fence(value).replace(LINK, "") for name, value in _values(letter).items()}
    values = {**typed, "when": letter.start, "answer": LINK}
    filled = letters.filled(_lines(text), values)
    anchor = format_html('<a href="{}">{}</a>', link, gettext("Answer the invitation"))
    html = str(linebreaks(filled, autoescape=True)).replace(LINK, anchor)
    return OwnWords(
        plain=filled.replace(LINK, link),
        html=mark_safe(html),  # noqa: S308 -- `linebreaks` has escaped the text
    )


def _lines(text: str) -> str:
    """Return a text without control characters, bidi controls and private characters."""
    lines = text.replace(LINK, "").splitlines()
    return "\n".join(map(one_line, lines)).strip()


def _ungreeted(letter: Letter, text: str) -> Letter:
    """Return the letter without its greeting if the text greets by itself."""
    greets = any(found[1].strip() == "salutation" for found in BRACES.finditer(text))
    return replace(letter, salutation="") if greets else letter
