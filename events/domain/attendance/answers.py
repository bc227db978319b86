"""Answers that invited people give themselves, on the page of their invitation or by mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import override

from events.domain.access import answerlinks
from events.domain.attendance import attendees, capacity
from events.domain.mail import letters
from events.domain.mail.letters import Letter
from events.domain.pages import eventfilters
from events.domain.reminders import answernews
from events.models import Attendee, Event
from events.values import languages

VERBS: Final = tuple(attendees.ANSWERS)


class NoSuchAnswer(Exception):
    """The verb is not in VERBS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Content of the page of an invitation, in the language of its reader."""

    language: str
    letter: Letter
    attendee: Attendee
    event: Event
    choices: tuple[str, ...]  # a subset of VERBS: the answers that are possible now
    is_over: bool


def page(*, token: str, parameters: eventfilters.Parameters, now: datetime) -> Page:
    """Return the page of an invitation. Raises signedlinks.Unknown."""
    attendee = answerlinks.find(token=token)
    event, person = attendee.event, attendee.person
    assert person is not None  # noqa: S101 -- `find` skips attendees without a person
    language = languages.first(*parameters.get("lang", ())[-1:], attendee.reads)
    with override(language):
        letter = letters.tell(attendee=attendee, event=event, zone=person.timezone)
    steps = () if attendee.is_off_the_list else attendees.next_steps(attendee=attendee, now=now)
    return Page(
        language=language,
        letter=letter,
        attendee=attendee,
        event=event,
        choices=tuple(verb for verb in VERBS if verb in steps),
        is_over=capacity.is_too_late(event=event, now=now),
    )


def give(*, token: str, verb: str, now: datetime) -> None:
    """Record an answer that was given on the page of an invitation.

    Raises signedlinks.Unknown, NoSuchAnswer, and what `record` raises.
    """
    attendee = answerlinks.find(token=token)
    if verb not in VERBS:
        raise NoSuchAnswer(verb)
    record(attendee=attendee, partstat=attendees.ANSWERS[verb], now=now)


def record(
    *,
    attendee: Attendee,
    partstat: Attendee.Partstat,
    now: datetime,
    replied_at: datetime | None = None,
) -> None:
    """Record an answer that an attendee gives for themselves; organisers are told of it.

    An attendee who was taken off the list cannot come back this way: NotAllowed is raised. Raises
    as `attendees.answer` does.
    """
    with transaction.atomic():
        capacity.hold(event_id=attendee.event_id)
        attendee.refresh_from_db()
        if attendee.is_off_the_list:
            raise attendees.NotAllowed(attendee, partstat)
        before = attendee.partstat
        attendees.answer(attendee=attendee, partstat=partstat, now=now, replied_at=replied_at)
        answernews.note(attendee=attendee, before=before, now=now)
