"""Composes notices: each changed event with its old and its new time and place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from events.domain.mail import letters
from events.domain.mail.kinds import Ending
from events.domain.mail.letters import fence
from events.domain.mail.transport import Message
from events.domain.pages import formatting
from events.domain.reminders import notices
from events.domain.reminders.notices import News, What
from events.models import Delivery, Event

LABELS: Final = {
    What.CANCELLED: _("Cancelled"),
    What.POSTPONED: _("Postponed"),
    What.BACK: _("Takes place again"),
    What.MOVED: _("New time"),
    What.PLACE: _("New place"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """The time of an event in its own zone, and in the reader's zone; `own` is '' if they agree."""

    there: str
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One event in a notice. `new` and `place` are given even if they have not changed.

    `old` and `old_place` are set only for what has changed; an event that is off has no `new`.
    """

    label: str
    is_off: bool
    title: str
    old: Time | None
    new: Time | None
    old_place: str
    place: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts of a notice for its templates, in the reader's language."""

    name: str
    items: list[Item]
    sender: str


def notice(*, delivery: Delivery, now: datetime) -> Message:
    """Compose the notice of the changes that are still news for its reader."""
    told = notices.news_for(delivery=delivery)
    with override(delivery.language):
        team = delivery.event.team
        letter = Letter(
            name=fence(delivery.person.name),
            items=[_item(news, delivery.zone) for news in told],
            sender=fence(team.name if team else ""),
        )
        return letters.message(
            delivery=delivery,
            now=now,
            subject=_subject(told),
            template="events/mail/notice",
            letter=letter,
        )


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why a notice must not be sent any more, or None."""
    if not delivery.person.email:
        return Delivery.State.SKIPPED, Delivery.Reason.NO_ADDRESS
    if not notices.news_for(delivery=delivery):
        return Delivery.State.SKIPPED, Delivery.Reason.UNDONE
    return None


def _subject(told: list[News]) -> str:
    """Return “Cancelled: Going Global” or “New time: Going Global and 3 more changes”."""
    # The subject names the first event whose parent is not in the notice too.
    parts = {news.event.pk for news in told}
    first = next((news for news in told if news.event.parent_id not in parts), None)
    if first is None:
        return ""
    words = {"what": LABELS[first.what], "title": first.event.title}
    text = gettext("%(what)s: %(title)s") % words
    more = len(told) - 1
    if not more:
        return text
    return ngettext(
        "%(first)s and %(count)s more change", "%(first)s and %(count)s more changes", more
    ) % {"first": text, "count": more}


def _item(news: News, zone: str) -> Item:
    event, is_off = news.event, news.what in (What.CANCELLED, What.POSTPONED)
    place = "" if is_off else fence(formatting.where(event=event))
    moved = is_off or news.is_moved or news.what == What.BACK
    return Item(
        label=str(LABELS[news.what]),
        is_off=is_off,
        title=fence(event.title),
        old=_time(news.before, zone) if moved else None,
        new=None if is_off else _time(event, zone),
        old_place=fence(formatting.where(event=news.before)) if news.is_elsewhere else "",
        place=place,
        reason=fence(event.cancellation_reason) if is_off else "",
        url=formatting.link(event=event),
    )


def _time(event: Event, zone: str) -> Time:
    return Time(there=letters.time_there(event), own=letters.own_time(event, zone))
