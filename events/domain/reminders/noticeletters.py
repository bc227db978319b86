"""Composes notices: each changed event with its old and its new time and place.

Updated invitations tell their changes in the same words (`changed`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from events.domain.mail import letters, salutations
from events.domain.mail.kinds import Ending
from events.domain.mail.letters import fence
from events.domain.mail.transport import Message
from events.domain.pages import formatting
from events.domain.programme import snapshots
from events.domain.reminders import notices
from events.domain.reminders.notices import News, What
from events.models import Attendee, Delivery, Event

LABELS: Final = {
    What.CANCELLED: _("Cancelled"),
    What.POSTPONED: _("Postponed"),
    What.BACK: _("Takes place after all"),
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

    `title` is '' for the event under whose name the item stands. `old`, `old_place` and `old_title`
    are set only for what has changed; an event that is off has no `new`.
    """

    label: str
    is_off: bool
    title: str
    old: Time | None
    new: Time | None
    old_place: str
    place: str
    old_title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The changes in one programme, under the title, the date and the page of its event."""

    title: str
    when: str
    items: list[Item]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts of a notice for its templates, in the reader's language."""

    salutation: str
    groups: list[Group]
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What differs from the reader's previous invitation: `own` of the event, `others` beside it.

    `own` is None if date, place and title are as they were.
    """

    own: Item | None
    others: list[Item]


def notice(*, delivery: Delivery, now: datetime) -> Message:
    """Compose the notice of the changes that are still news for its reader."""
    told = notices.news_for(delivery=delivery)
    heads = _heads(told, delivery)
    with override(delivery.language):
        team = delivery.event.team
        groups = [_group(heads[pk], found, delivery.zone) for pk, found in _by_head(told, heads)]
        return letters.message(
            delivery=delivery,
            now=now,
            subject=_subject(told, heads),
            template="events/mail/notice",
            letter=Letter(
                salutation=fence(salutations.of(person=delivery.person)),
                groups=groups,
                sender=fence(team.name if team else ""),
            ),
        )


def changed(*, delivery: Delivery, known: Delivery) -> Changed:
    """Return what has changed since a reader's previous invitation, for the updated one.

    An invitation of an earlier version has not recorded what it said.
    """
    event, since = delivery.event, known.sent_at or known.due_at
    others = notices.beside(delivery=delivery, since=since)
    with override(delivery.language):
        own = None
        if known.told:
            among = snapshots.places(snapshots=[known.told])
            before = snapshots.restored(event=event, values=known.told, among=among)
            own = _own(News(what=What.MOVED, before=before, event=event), delivery.zone)
        return Changed(own=own, others=[_item(news, delivery.zone) for news in others])


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why a notice must not be sent any more, or None."""
    if not delivery.person.email:
        return Delivery.State.SKIPPED, Delivery.Reason.NO_ADDRESS
    if not notices.news_for(delivery=delivery):
        return Delivery.State.SKIPPED, Delivery.Reason.UNDONE
    return None


def label(what: What) -> str:
    """Return the name of a kind of change in the active language."""
    return str(LABELS[what])


def _heads(told: Iterable[News], delivery: Delivery) -> dict[int, Event]:
    """Return for each changed event the one that a notice names: the conference, the mission.

    It is the highest above it that the reader may know: public, or attended by the reader.
    """
    ways = {news.event.pk: notices.way_up(news.event) for news in told}
    above = {row.pk for way in ways.values() for row in way}
    rows = Attendee.objects.filter(event__in=above, person=delivery.person_id)
    attended = set(rows.values_list("event", flat=True))
    return {
        pk: next((row for row in reversed(way) if row.is_public or row.pk in attended), way[0])
        for pk, way in ways.items()
    }


def _by_head(told: list[News], heads: dict[int, Event]) -> Iterable[tuple[int, list[News]]]:
    """Return the news under the key of an event that has each head, in the order of time."""
    found: dict[int, list[News]] = {}
    keys: dict[int, int] = {}
    for news in told:
        key = keys.setdefault(heads[news.event.pk].pk, news.event.pk)
        found.setdefault(key, []).append(news)
    return found.items()


def _group(head: Event, found: list[News], zone: str) -> Group:
    """Return the news of one programme; the change of the event itself comes first."""
    first = sorted(found, key=lambda news: news.event.pk != head.pk)
    return Group(
        title=fence(head.title),
        when=_days(head),
        items=[_item(news, zone, head) for news in first],
        url=formatting.link(event=head),
    )


def _days(event: Event) -> str:
    """Return the days of an event without its time, or as much of the date as is known."""
    if event.when.is_exact and event.start_on:
        return formatting.days(event.start_on, event.end_on or event.start_on)
    return formatting.when(event.when)


def _subject(told: list[News], heads: dict[int, Event]) -> str:
    """Return “Going Global · 9 December 2026 · New time: Keynote and 3 more changes”."""
    if not told:
        return ""
    _first, found = next(iter(_by_head(told, heads)))
    head = heads[found[0].event.pk]
    news = next((each for each in found if each.event.pk == head.pk), found[0])
    what = label(news.what)
    if news.event.pk != head.pk:
        what = gettext("%(what)s: %(title)s") % {"what": what, "title": news.event.title}
    words = {"title": head.title, "when": _days(head), "what": what}
    text = gettext("%(title)s · %(when)s · %(what)s") % words
    more = len(told) - 1
    if not more:
        return text
    return ngettext(
        "%(first)s and %(count)s more change", "%(first)s and %(count)s more changes", more
    ) % {"first": text, "count": more}


def _own(news: News, zone: str) -> Item | None:
    """Return the change of the event of an invitation, or None if its facts are as they were."""
    is_same = not (news.is_moved or news.is_elsewhere or news.is_retitled)
    return None if is_same else _item(news, zone)


def _item(news: News, zone: str, head: Event | None = None) -> Item:
    event, is_off = news.event, news.what in (What.CANCELLED, What.POSTPONED)
    place = "" if is_off else fence(formatting.where(event=event))
    moved = is_off or news.is_moved or news.what == What.BACK
    return Item(
        label=label(news.what),
        is_off=is_off,
        title="" if head and head.pk == event.pk else fence(event.title),
        old=_time(news.before, zone) if moved else None,
        new=None if is_off else _time(event, zone),
        old_place=fence(formatting.where(event=news.before)) if news.is_elsewhere else "",
        place=place,
        old_title=fence(news.before.title) if news.is_retitled else "",
        reason=fence(event.cancellation_reason) if is_off else "",
    )


def _time(event: Event, zone: str) -> Time:
    return Time(there=letters.time_there(event), own=letters.own_time(event, zone))
