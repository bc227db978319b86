"""Composes the mails that tell organisers of answers: the event first, then who said what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from events.domain.mail import letters, salutations
from events.domain.mail.kinds import Ending
from events.domain.mail.letters import fence
from events.domain.mail.transport import Message
from events.domain.reminders import answernews
from events.domain.reminders.answernews import News
from events.models import Attendee, Delivery, Event, User
from events.values import languages

Partstat = Attendee.Partstat
WAITLISTED: Final = Attendee.Seat.WAITLISTED
# In the order of a line of totals; WAITLISTED stands for who accepted and found no seat.
TOTALS: Final = (
    (Partstat.ACCEPTED.value, _("accepted: %(number)s")),
    (WAITLISTED.value, _("on the waiting list: %(number)s")),
    (Partstat.TENTATIVE.value, _("tentative: %(number)s")),
    (Partstat.DECLINED.value, _("declined: %(number)s")),
    (Partstat.NEEDS_ACTION.value, _("no answer yet: %(number)s")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One attendee: what they say now, what they said before ('' if nothing), what they wrote."""

    name: str
    about: str
    answer: str
    before: str
    comments: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The answers to one event, with its totals and the list of its attendees."""

    title: str
    when: str
    lines: list[Line]
    totals: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts for the templates, in the reader's language; `settings` is where to stop mails."""

    salutation: str
    title: str
    groups: list[Group]
    sender: str
    settings: str


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why an organiser is not told after all, or None."""
    state, reason = Delivery.State, Delivery.Reason
    user = answernews.reader(delivery=delivery)
    if not delivery.person.email:
        return state.SKIPPED, reason.NO_ADDRESS
    if user is None or user.person_id != delivery.person_id:
        return state.SKIPPED, reason.NOT_MEANT
    if user.answer_mails == User.AnswerMails.NEVER:
        return state.SKIPPED, reason.OPTED_OUT
    if not answernews.news_for(delivery=delivery):
        return state.SKIPPED, reason.UNDONE
    return None


def compose(*, delivery: Delivery, now: datetime) -> Message:
    """Compose the mail, in the language of the reader's pages or else of their mails."""
    user = answernews.reader(delivery=delivery)
    news = answernews.news_for(delivery=delivery)
    delivery.language = languages.first(user.language if user else "", delivery.language)
    with override(delivery.language):
        team, subject = delivery.team, _subject(news)
        return letters.message(
            delivery=delivery,
            now=now,
            subject=subject,
            template="events/mail/answers",
            letter=Letter(
                salutation=fence(salutations.of(person=delivery.person)),
                title=subject,
                groups=list(_groups(news)),
                sender=fence(team.name if team else ""),
                settings=settings.SITE_URL + reverse("admin:answer_mails"),
            ),
        )


def _subject(news: list[News]) -> str:
    """Return “Going Global · accepted: 2 · declined: 1”, and how many events there are besides."""
    events = list(dict.fromkeys(each.attendee.event for each in news))
    if not events:
        return ""
    first = [each.attendee for each in news if each.attendee.event_id == events[0].pk]
    text = " · ".join([events[0].title, *_counted(Counter(map(_standing, first)))])
    more = len(events) - 1
    if not more:
        return text
    return ngettext(
        "%(first)s and %(count)s more event", "%(first)s and %(count)s more events", more
    ) % {"first": text, "count": more}


def _groups(news: Iterable[News]) -> Iterator[Group]:
    by_event = groupby(news, key=lambda each: each.attendee.event_id)
    found = {key: list(group) for key, group in by_event}
    totals = _totals(found)
    for key, group in found.items():
        event = group[0].attendee.event
        yield Group(
            title=fence(event.title),
            when=letters.start(event),
            lines=[_line(each) for each in group],
            totals=" · ".join(_counted(totals[key])),
            url=_list(event),
        )


def _totals(events: Iterable[int]) -> dict[int, Counter[str]]:
    """Count the attendees of the events by where they stand, in one query."""
    there = Attendee.objects.on_the_list().filter(event__in=events).order_by()
    found: dict[int, Counter[str]] = {key: Counter() for key in events}
    rows = there.values_list("event", "partstat", "seat").annotate(Count("pk"))
    for event, partstat, seat, number in rows:
        found[event][seat if seat == WAITLISTED else partstat] += number
    return found


def _standing(attendee: Attendee) -> str:
    return attendee.seat if attendee.seat == WAITLISTED else attendee.partstat


def _counted(numbers: Counter[str]) -> list[str]:
    return [str(text) % {"number": numbers[name]} for name, text in TOTALS if numbers[name]]


def _line(news: News) -> Line:
    attendee = news.attendee
    told = news.is_changed and news.before != Partstat.NEEDS_ACTION
    return Line(
        name=_name(attendee),
        about=fence(str(attendee.representing)) if attendee.representing else "",
        answer=_answer(attendee),
        before=str(Partstat(news.before).label) if told else "",
        comments=[fence(comment) for comment in news.comments],
    )


def _answer(attendee: Attendee) -> str:
    """Return the answer in words, with the waiting list and the substitute that follow from it."""
    label = str(attendee.get_partstat_display())
    if attendee.seat == WAITLISTED:
        return gettext("%(answer)s, but on the waiting list") % {"answer": label}
    others = attendee.substitutes.all() if attendee.partstat == Partstat.DELEGATED else ()
    for other in others:
        return gettext("%(answer)s: %(name)s") % {"answer": label, "name": _name(other)}
    return label


def _name(attendee: Attendee) -> str:
    return fence(str(attendee)) or gettext("(not visible)")


def _list(event: Event) -> str:
    path = reverse("admin:events_attendee_changelist")
    return f"{settings.SITE_URL}{path}?{urlencode({'event__id__exact': event.pk})}"
