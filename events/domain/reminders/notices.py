"""Notices: what has changed is told a little later, all at once, to those whom it concerns.

The first change of a team's events opens a batch, in the transaction that stores it; what an event
was before is kept with it. Two minutes later each person gets one mail about all that is not as
it was: what was changed back meanwhile is no news.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from events.domain import claims
from events.domain.mail import outbox, quiethours
from events.models import Attendee, Delivery, Event, EventChange, NoticeBatch, Person, Place
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

PAUSE: Final = timedelta(seconds=120)  # in which further changes come into the same mail
USEFUL: Final = timedelta(hours=48)
MORNING: Final = timedelta(hours=2)  # before an event starts whose change waits for the morning

Status = Event.Status
WHEN: Final = (
    "precision", "start_on", "start_time", "end_on", "end_time", "timezone", "end_timezone",
)  # fmt: skip
WHERE: Final = ("place_id", "end_place_id")
SHOWN: Final = ("event__team", "event__place__parent__parent", "event__end_place__parent__parent")


class What(StrEnum):
    """What has happened to an event."""

    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    BACK = "back"
    MOVED = "moved"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event that is not as it was."""

    what: What
    before: Event
    event: Event

    @property
    def is_moved(self) -> bool:
        return _differ(self.before, self.event, WHEN)

    @property
    def is_elsewhere(self) -> bool:
        return _differ(self.before, self.event, WHERE)


def note(*, event: Event, stored: Event, now: datetime) -> None:
    """Keep how an event was before it was stored, if somebody must learn of the change.

    Of drafts, of what others report and of what is over nobody does.
    """
    over = dates.over_at(stored.when)
    is_past = over is not None and over <= now
    known = event.is_managed and stored.status != Status.DRAFT and not is_past
    if not known or not (_differ(stored, event, (*WHEN, *WHERE)) or _what(stored, event)):
        return
    if people := _concerned(event):
        change, _is_new = EventChange.objects.get_or_create(
            batch=_open(event, now), event=event, defaults={"before": _columns(stored)}
        )
        change.people.add(*people)


def hand_over(*, now: datetime) -> int:
    """Turn batches that are due into mails, one for each person; return how many batches."""
    return claims.each(rows=NoticeBatch.objects.select_related("team"), work=_expand, now=now)


def news_for(*, delivery: Delivery) -> list[News]:
    """Return what is new to the reader of a notice as things are, in the order of time.

    Who was invited by mail to an event learns of its changes in the same way.
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
    """Return what has happened; nothing where it is as it was, or off as it was."""
    if event.status != before.status and event.status == Status.CANCELLED:
        return What.CANCELLED
    if event.status != before.status and event.status == Status.POSTPONED:
        return What.POSTPONED
    if event.status not in Event.STANDING:
        return None
    if before.status == Status.POSTPONED:
        return What.BACK
    if _differ(before, event, WHEN):
        return What.MOVED
    return What.PLACE if _differ(before, event, WHERE) else None


def _differ(one: Event, other: Event, names: Iterable[str]) -> bool:
    return any((getattr(one, name) or "") != (getattr(other, name) or "") for name in names)


def _concerned(event: Event) -> set[int]:
    """Those who are expected at an event, or at what it is a part of for everybody."""
    people = set(_people(Attendee.objects.filter(event=event).expected()))
    way = [event]
    for above in Event.objects.shown_in(event):
        rows = Attendee.objects.filter(event=above).expected()
        if any(part.visibility == Event.Visibility.DELEGATION for part in way):
            rows = rows.travelling()
        people |= set(_people(rows))
        way.append(above)
    return people - set(
        _people(Attendee.objects.filter(event__in=way, partstat__in=Attendee.SAID_NO))
    )


def _people(rows: AttendeeQuerySet) -> Iterator[int]:
    yield from rows.exclude(person=None).order_by().values_list("person", flat=True)


def _open(event: Event, now: datetime) -> NoticeBatch:
    """Return the open batch of the event's team, held until the change is in."""
    assert event.team_id is not None  # noqa: S101 -- an event of our own has one
    opened = NoticeBatch.objects.select_for_update()
    if batch := opened.queued().filter(team=event.team_id).first():
        return batch
    batch, _is_new = NoticeBatch.objects.get_or_create(
        team_id=event.team_id,
        claim_at__isnull=False,
        defaults={"opened_at": now, "claim_at": now + PAUSE},
    )
    return batch


def _columns(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in (*WHEN, *WHERE, "status")}


def _news(changes: Any) -> Iterator[tuple[EventChange, News]]:
    """Yield what is not as it was; the rows that it takes are read once."""
    rows = list(changes.select_related(*SHOWN).order_by("pk"))
    keys = {row.before[name] for row in rows for name in WHERE} - {None}
    places = Place.objects.select_related("parent__parent").in_bulk(keys)
    for row in rows:
        before = _before(row, places)
        if what := _what(before, row.event):
            yield row, News(what=what, before=before, event=row.event)


def _before(change: EventChange, places: dict[int, Place]) -> Event:
    """Return the event as it was, not to be stored."""
    row = copy(change.event)
    for name, value in change.before.items():
        field: Any = Event._meta.get_field(name.removesuffix("_id"))
        setattr(row, name, value if name in WHERE else field.to_python(value))
    row.place = places.get(change.before["place_id"] or 0)
    row.end_place = places.get(change.before["end_place_id"] or 0)
    row.start_at, row.end_at = dates.instants(row.when)
    return row


def _refused(found: list[tuple[EventChange, News]]) -> AttendeeQuerySet:
    """Who has said that they do not come to one of the events."""
    events = [change.event_id for change, _news in found]
    return Attendee.objects.filter(event__in=events, partstat__in=Attendee.SAID_NO)


def _expand(batch: NoticeBatch, now: datetime) -> bool:
    """Write one mail per person, in one transaction with the end of the batch."""
    told = _told(batch)
    readers = Person.objects.exclude(email="").in_bulk(list(told))
    there = _attendees({news.event.pk for each in told.values() for news in each})
    outbox.put(rows=[_mail(batch, readers[key], told[key], there, now) for key in sorted(readers)])
    return True


def _told(batch: NoticeBatch) -> dict[int, list[News]]:
    """Return what each person is told; those who have said since that they do not come, nothing."""
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
    """Return the attendee as whom a person is at an event, by both keys."""
    rows = Attendee.objects.filter(event__in=events).exclude(person=None)
    return {(event, person): pk for event, person, pk in rows.values_list("event", "person", "pk")}


def _mail(
    batch: NoticeBatch,
    person: Person,
    told: list[News],
    there: dict[tuple[int, int], int],
    now: datetime,
) -> Delivery:
    """Return a notice; it is kept under the first of its events."""
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
    return min((at for at in starts if at and at > now), default=now + 2 * USEFUL)


def _useful_until(told: list[News], now: datetime) -> datetime:
    """For two days, or until all that it tells of is over."""
    ends = [dates.over_at(row.when) for news in told for row in (news.before, news.event)]
    last = max((end for end in ends if end), default=now + USEFUL)
    return max(min(last, now + USEFUL), now + quiethours.LAST_CALL)
