"""Notices: mails that tell attendees of changed events, debounced into one mail for each person.

The first change of a team's events opens a batch, in the transaction that stores the change. The
batch keeps the former values of each event that changes within the next two minutes. Then each
person gets one mail about all events that differ from these values. Changes that were undone
meanwhile are not mentioned.
"""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from events.domain import claims
from events.domain.mail import outbox, quiethours
from events.domain.programme import revisions
from events.models import Attendee, Delivery, Event, EventChange, NoticeBatch, Person, Place
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

DEBOUNCE: Final = timedelta(seconds=120)  # debounce: further changes join the same mail
USEFUL_FOR: Final = timedelta(hours=48)
MORNING: Final = timedelta(hours=2)  # quiet hours delay no notice to less than this before a start

Status = Event.Status
SHOWN: Final = ("event__team", "event__place__parent__parent", "event__end_place__parent__parent")


class What(StrEnum):
    """The kind of a change; of several the first in the order of `_what` counts."""

    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    BACK = "back"
    MOVED = "moved"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A changed event, as it was `before` the batch and as it is stored now."""

    what: What
    before: Event
    event: Event

    @property
    def is_moved(self) -> bool:
        return _is_moved(self.before, self.event)

    @property
    def is_elsewhere(self) -> bool:
        return _is_elsewhere(self.before, self.event)


def note(*, event: Event, stored: Event, now: datetime) -> None:
    """Add a change to the open batch of the event's team, if it concerns anybody.

    `stored` is the event before the change. Changes of drafts, of reported events and of events
    that were over are not told.
    """
    known = event.is_managed and stored.status != Status.DRAFT and not stored.is_over(now)
    changed = _is_moved(stored, event) or _is_elsewhere(stored, event) or _what(stored, event)
    if not (known and changed):
        return
    if people := _concerned(event):
        change, _is_new = EventChange.objects.get_or_create(
            batch=_open(event, now), event=event, defaults={"before": _columns(stored)}
        )
        change.people.add(*people)


def expand_due(*, now: datetime) -> int:
    """Write the mails of the batches that are due; return how many batches."""
    return claims.each(rows=NoticeBatch.objects.select_related("team"), work=_expand, now=now)


def news_for(*, delivery: Delivery) -> list[News]:
    """Return what is still news for the reader of a notice, in the order of time.

    Events to which the reader was invited by mail are left out, because an updated invitation
    tells of their changes; so are events that the reader has declined.
    """
    if delivery.batch_id is None:
        return []
    person_id = delivery.person_id
    invited = Delivery.objects.invitations().out().filter(person=person_id)
    rows = EventChange.objects.filter(batch=delivery.batch_id, people=person_id)
    found = list(_news(rows.exclude(event__in=invited.values("event"))))
    refused = _refused(found).filter(person=person_id).values_list("event", flat=True)
    away = set(refused)
    told = (news for change, news in found if change.event_id not in away)
    return sorted(told, key=_place_in_time)


def _place_in_time(news: News) -> tuple[bool, Any, int]:
    row = news.event
    return row.start_on is None, (row.start_on, row.start_at and row.start_at.timestamp()), row.pk


def _what(before: Event, event: Event) -> What | None:
    """Return the kind of the change; None if nothing has changed, or the event was off and is."""
    if event.status != before.status and event.status == Status.CANCELLED:
        return What.CANCELLED
    if event.status != before.status and event.status == Status.POSTPONED:
        return What.POSTPONED
    if event.status not in Event.STANDING:
        return None
    if before.status == Status.POSTPONED:
        return What.BACK
    if _is_moved(before, event):
        return What.MOVED
    return What.PLACE if _is_elsewhere(before, event) else None


def _is_moved(before: Event, event: Event) -> bool:
    return revisions.differ(row=event, stored=before, names=revisions.WHEN)


def _is_elsewhere(before: Event, event: Event) -> bool:
    return revisions.differ(row=event, stored=before, names=revisions.WHERE)


def _concerned(event: Event) -> set[int]:
    """Return the keys of the people whom an event concerns, without those who have declined.

    They are expected at the event, or at an ancestor of which it is a part for everybody. Of an
    ancestor's attendees only members of the delegation count if visibility is DELEGATION on the
    way up to it.
    """
    rows = Attendee.objects.concerned_by(event).expected().exclude(person=None)
    return set(rows.order_by().values_list("person", flat=True))


def _open(event: Event, now: datetime) -> NoticeBatch:
    """Return the open batch of the event's team, locked until the end of the transaction."""
    assert event.team_id is not None  # noqa: S101 -- an event of our own has a team
    opened = NoticeBatch.objects.select_for_update()
    if batch := opened.queued().filter(team=event.team_id).first():
        return batch
    batch, _is_new = NoticeBatch.objects.get_or_create(
        team_id=event.team_id,
        claim_at__isnull=False,
        defaults={"opened_at": now, "claim_at": now + DEBOUNCE},
    )
    return batch


def _columns(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in revisions.SCHEDULE}


def _news(changes: Any) -> Iterator[tuple[EventChange, News]]:
    """Yield the changes that are still news; runs the same number of queries for any number."""
    rows = list(changes.select_related(*SHOWN).order_by("pk"))
    keys = {row.before[name] for row in rows for name in revisions.WHERE} - {None}
    places = Place.objects.select_related("parent__parent").in_bulk(keys)
    for row in rows:
        before = _before(row, places)
        if what := _what(before, row.event):
            yield row, News(what=what, before=before, event=row.event)


def _before(change: EventChange, places: dict[int, Place]) -> Event:
    """Return a copy of the event with its former values; it must not be stored."""
    row = copy(change.event)
    for name, value in change.before.items():
        field: Any = Event._meta.get_field(name.removesuffix("_id"))
        setattr(row, name, value if name in revisions.WHERE else field.to_python(value))
    row.place = places.get(change.before["place_id"] or 0)
    row.end_place = places.get(change.before["end_place_id"] or 0)
    row.start_at, row.end_at = dates.instants(row.when)
    return row


def _refused(found: list[tuple[EventChange, News]]) -> AttendeeQuerySet:
    """Return the attendees who have declined one of the events or sent a substitute."""
    events = [change.event_id for change, _news in found]
    return Attendee.objects.filter(event__in=events, partstat__in=Attendee.SAID_NO)


def _expand(batch: NoticeBatch, now: datetime) -> bool:
    """Write the mails of a batch, in the transaction that claims it."""
    told = _told(batch)
    readers = Person.objects.exclude(email="").in_bulk(list(told))
    there = _attendees({news.event.pk for each in told.values() for news in each})
    outbox.put(rows=[_mail(batch, readers[key], told[key], there, now) for key in sorted(readers)])
    return True


def _told(batch: NoticeBatch) -> dict[int, list[News]]:
    """Return the news for each person by key, without events that they have declined since."""
    found = list(_news(batch.changes.all()))
    away = set(_refused(found).values_list("event", "person"))
    links = EventChange.people.through.objects.filter(eventchange__batch=batch)
    people: dict[int, list[int]] = defaultdict(list)
    for change_id, person_id in links.values_list("eventchange", "person"):
        people[change_id].append(person_id)
    told: dict[int, list[News]] = defaultdict(list)
    for change, news in found:
        for person_id in people[change.pk]:
            if (change.event_id, person_id) not in away:
                told[person_id].append(news)
    return told


def _attendees(events: set[int]) -> dict[tuple[int, int], int]:
    """Return the keys of the attendees of the events, by the keys of event and person."""
    rows = Attendee.objects.filter(event__in=events).exclude(person=None)
    return {(event, person): pk for event, person, pk in rows.values_list("event", "person", "pk")}


def _mail(
    batch: NoticeBatch,
    person: Person,
    told: list[News],
    there: dict[tuple[int, int], int],
    now: datetime,
) -> Delivery:
    """Return the unsaved notice for a person; its `event` is the first of those it tells of."""
    event, expires_at = told[0].event, _useful_until(told, now)
    return Delivery(
        kind=Delivery.Kind.NOTICE,
        batch=batch,
        person=person,
        attendee_id=there.get((event.pk, person.pk)),
        event=event,
        team=batch.team,
        dedup_key=outbox.dedup_key(Delivery.Kind.NOTICE, batch.pk, person.pk),
        due_at=now,
        expires_at=expires_at,
        claim_at=quiethours.sending_at(
            at=now,
            useful_until=min(expires_at, _first_start(told, now) - MORNING),
            team=batch.team,
            zone=person.timezone or event.timezone,
        ),
    )


def _first_start(told: list[News], now: datetime) -> datetime:
    starts = (at for news in told for at in (news.before.start_at, news.event.start_at))
    return min((at for at in starts if at and at > now), default=now + 2 * USEFUL_FOR)


def _useful_until(told: list[News], now: datetime) -> datetime:
    """Return when the notice expires: after 48 hours, or when all its events are over if earlier.

    It is useful for MIN_LEAD at least.
    """
    ends = [dates.over_at(row.when) for news in told for row in (news.before, news.event)]
    last = max((end for end in ends if end), default=now + USEFUL_FOR)
    return max(min(last, now + USEFUL_FOR), now + quiethours.MIN_LEAD)
