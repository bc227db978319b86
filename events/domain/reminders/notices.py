"""Notices: mails that tell attendees of changed events, debounced into one mail for each person.

The first change of a team's events opens a batch, in the transaction that stores the change. The
batch keeps the former values of each event that changes within the next two minutes. Then each
person gets one mail about all events that differ from these values. Changes that were undone
meanwhile are not mentioned.

A change is news for the people whom the event concerns (`_concerned`), with two exceptions:

- A value that was filled in for the first time (`_only_fills`) is no change for people who were
  never sent a mail about the event or one above it.
- Who is sent an updated invitation in the same tree of events reads the change there
  (`_Invitations`). So one change makes one mail.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from events.domain import claims
from events.domain.mail import outbox, plans, quiethours
from events.domain.mail.plans import Plan
from events.domain.programme import revisions, snapshots, tree
from events.models import Attendee, Delivery, Event, EventChange, NoticeBatch, Person, Telling
from events.models.mail.deliveries import DeliveryQuerySet
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

DEBOUNCE: Final = timedelta(seconds=120)  # debounce: further changes join the same mail
USEFUL_FOR: Final = timedelta(hours=48)
USEFUL_IF_HELD: Final = timedelta(days=365)
SLACK: Final = timedelta(days=1)  # that a held mail lasts longer, so that few edits change it
RENEWED: Final = ("event", "attendee", "expires_at")
MORNING: Final = timedelta(hours=2)  # quiet hours delay no notice to less than this before a start

Status = Event.Status
SHOWN: Final = (
    "batch",
    "event__team",
    "event__place__parent__parent",
    "event__end_place__parent__parent",
    "event__parent__parent__parent",
)
IN_HAND: Final = (Delivery.State.PENDING, Delivery.State.LEASED, Delivery.State.SENDING)


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
    def is_retitled(self) -> bool:
        return revisions.differ(row=self.event, stored=self.before, names=snapshots.TITLES)

    @property
    def is_moved(self) -> bool:
        return _is_moved(self.before, self.event)

    @property
    def is_elsewhere(self) -> bool:
        return _is_elsewhere(self.before, self.event)


def note(*, event: Event, stored: Event, now: datetime) -> None:
    """Add a change to a batch of the event's team, if it is news for anybody.

    `stored` is the event before the change. Changes of drafts, of reported events and of events
    that were over are not told.
    """
    plans.current().saw(event=event, stored=stored)
    known = event.is_managed and stored.status != Status.DRAFT and not stored.is_over(now)
    changed = _is_moved(stored, event) or _is_elsewhere(stored, event) or _what(stored, event)
    if not (known and changed):
        return
    people = _concerned(event)
    if people and _only_fills(stored, event):
        people &= _mailed(people, event)
    if people:
        _record(event, stored, people, now)


def settle(*, plan: Plan, now: datetime) -> None:
    """Write the notices of changes that are told LATER as held mails, at the end of the plan.

    Of a batch that was held before, those mails go of which nothing is left to tell.
    """
    for batch in plan.batches.values():
        if batch.telling == Telling.LATER:
            _hold_back(batch, now)


def reach(*, changes: Collection[int]) -> set[int]:
    """Return the keys of the people who will get a notice of these changes (primary keys)."""
    rows = EventChange.objects.filter(pk__in=changes)
    batches = {row.batch for row in rows.select_related("batch")}
    told = [_told(batch, rows.filter(batch=batch)) for batch in batches]
    people = {person for each in told for person in each}
    return set(Person.objects.filter(pk__in=people).exclude(email="").values_list("pk", flat=True))


def events_of(*, changes: Collection[int]) -> set[int]:
    """Return the keys of the events of these changes (primary keys)."""
    return set(EventChange.objects.filter(pk__in=changes).values_list("event", flat=True))


def expand_due(*, now: datetime) -> int:
    """Write the mails of the batches that are due; return how many batches."""
    return claims.each(rows=NoticeBatch.objects.select_related("team"), work=_expand, now=now)


def news_for(*, delivery: Delivery) -> list[News]:
    """Return what is still news for the reader of a notice, in the order of time.

    Changes that an invitation tells the reader are left out; so are events that the reader has
    declined.
    """
    if delivery.batch_id is None:
        return []
    person_id = delivery.person_id
    found = list(_news(EventChange.objects.filter(batch=delivery.batch_id, people=person_id)))
    invited = _Invitations(Delivery.objects.filter(person=person_id), [row for row, _ in found])
    return _in_time(
        news for row, news in _not_declined(found, person_id) if not invited.tell(row, person_id)
    )


def beside(*, delivery: Delivery, since: datetime | None) -> list[News]:
    """Return what else has changed for the reader of an updated invitation, in the order of time.

    These are the changes in the tree of its event that the reader has not been told of: later than
    `since`, when the reader's previous invitation left, and reported by no notice. Events with an
    invitation of their own are left out.
    """
    person_id, event = delivery.person_id, delivery.event
    roots = [*Event.objects.filter(pk=event.pk).roots()]
    rows = EventChange.objects.filter(people=person_id, event__in=Event.objects.within(roots))
    if since:
        rows = rows.filter(batch__opened_at__gt=since - DEBOUNCE)
    mails = Delivery.objects.filter(person=person_id)
    rows = rows.exclude(batch__in=mails.filter(kind=Delivery.Kind.NOTICE).out().values("batch"))
    invited = mails.invitations().out().values("event")
    found = list(_news(rows.exclude(event=event).exclude(event__in=invited)))
    first = {row.event_id: (row, news) for row, news in reversed(found)}
    return _in_time(news for _row, news in _not_declined([*first.values()], person_id))


def _in_time(found: Iterable[News]) -> list[News]:
    return sorted(found, key=_place_in_time)


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
    if before.status in (Status.POSTPONED, Status.CANCELLED):
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


def _only_fills(before: Event, event: Event) -> bool:
    """Whether a change only says what was left open until now: a place, a day, a time of day."""
    if _what(before, event) not in (What.MOVED, What.PLACE):
        return False
    names = [*revisions.WHERE]
    if before.when.is_exact:
        names += [name for name in revisions.WHEN if name != "precision" or before.start_time]
    return not any(
        getattr(before, name) and getattr(before, name) != getattr(event, name) for name in names
    )


def _mailed(people: Collection[int], event: Event) -> set[int]:
    """Return those of the people who were sent a mail about the event or one above it."""
    way = [event.pk, *(row.pk for row in tree.above(event=event))]
    mails = Delivery.objects.out().filter(event__in=way)
    return set(people) & set(mails.values_list("person", flat=True))


def _record(event: Event, stored: Event, people: Collection[int], now: datetime) -> None:
    """Add a change to the batch that the plan demands, and to the plan.

    A change of the event that people have not been told of yet moves there, with its older values:
    the latest choice counts for all that was not told.
    """
    plan, opened = plans.current(), _opened(event)
    if plan.telling == Telling.NOW:
        batch = opened or _open(event, now)
    else:
        batch = _set_aside(plan, event, now)
    change = EventChange.objects.filter(batch=batch, event=event).first()
    change = change or _brought(batch, event, opened)
    if change is None:
        values = snapshots.take(event=stored)
        change = EventChange.objects.create(batch=batch, event=event, before=values)
    change.people.add(*people)
    plan.changes.add(change.pk)


def _opened(event: Event) -> NoticeBatch | None:
    """Return the open batch of the event's team, locked until the end of the transaction."""
    opened = NoticeBatch.objects.select_for_update()
    return opened.queued().filter(team=event.team_id).first()


def _open(event: Event, now: datetime) -> NoticeBatch:
    assert event.team_id is not None  # noqa: S101 -- an event of our own has a team
    batch, _is_new = NoticeBatch.objects.get_or_create(
        team_id=event.team_id,
        claim_at__isnull=False,
        defaults={"opened_at": now, "claim_at": now + DEBOUNCE},
    )
    return batch


def _set_aside(plan: Plan, event: Event, now: datetime) -> NoticeBatch:
    """Return the batch of the plan for changes of the event's team that are not told now."""
    assert event.team_id is not None  # noqa: S101 -- an event of our own has a team
    if event.team_id not in plan.batches:
        joins = plan.joins and plan.telling == Telling.LATER
        plan.batches[event.team_id] = (joins and _held_of(event)) or NoticeBatch.objects.create(
            team_id=event.team_id, opened_at=now, telling=plan.telling
        )
    return plan.batches[event.team_id]


def _held_of(event: Event) -> NoticeBatch | None:
    """Return the batch with held changes of the programme of an event; no mail of it has left."""
    there = Event.objects.within([*Event.objects.filter(pk=event.pk).roots()])
    changed = EventChange.objects.filter(batch=OuterRef("pk"), event__in=there)
    left = Delivery.objects.filter(batch=OuterRef("pk")).exclude(state=Delivery.State.HELD)
    rows = NoticeBatch.objects.select_for_update().filter(
        Exists(changed), ~Exists(left), team=event.team_id, telling=Telling.LATER
    )
    return rows.order_by("-opened_at", "-pk").first()


def _brought(batch: NoticeBatch, event: Event, opened: NoticeBatch | None) -> EventChange | None:
    """Move the change of the event that was not told yet into the batch, if there is one."""
    held = Delivery.objects.filter(batch=OuterRef("batch"), state=Delivery.State.HELD)
    untold = Q(batch__telling=Telling.NEVER) | Q(Exists(held), batch__telling=Telling.LATER)
    found = EventChange.objects.filter(untold | Q(batch=opened and opened.pk), event=event)
    if not (rows := list(found.order_by("batch__opened_at", "pk"))):
        return None
    first, *others = rows
    former = first.batch_id
    first.batch = batch
    first.save(update_fields=["batch"])
    for other in others:
        first.people.add(*other.people.all())
        other.delete()
    if not EventChange.objects.filter(batch=former).exists():
        Delivery.objects.filter(batch=former).call_back()
    return first


def _news(changes: Any) -> Iterator[tuple[EventChange, News]]:
    """Yield the changes that are still news; runs the same number of queries for any number."""
    rows = list(changes.select_related(*SHOWN).order_by("batch__opened_at", "pk"))
    places = snapshots.places(snapshots=[row.before for row in rows])
    for row in rows:
        before = snapshots.restored(event=row.event, values=row.before, among=places)
        if what := _what(before, row.event):
            yield row, News(what=what, before=before, event=row.event)


def _refused(found: list[tuple[EventChange, News]]) -> AttendeeQuerySet:
    """Return the attendees who have declined one of the events or sent a substitute."""
    events = [change.event_id for change, _news in found]
    return Attendee.objects.filter(event__in=events, partstat__in=Attendee.SAID_NO)


def _not_declined(
    found: list[tuple[EventChange, News]], person_id: int
) -> Iterator[tuple[EventChange, News]]:
    refused = _refused(found).filter(person=person_id).values_list("event", flat=True)
    away = set(refused)
    return ((change, news) for change, news in found if change.event_id not in away)


class _Invitations:
    """Which changes people read in their invitation mails, so that no notice tells them."""

    def __init__(self, mails: DeliveryQuerySet, changes: Iterable[EventChange]) -> None:
        self.changes = list(changes)
        self.mails: dict[int, list[Delivery]] = defaultdict(list)
        if self.changes:
            events = [change.event_id for change in self.changes]
            trees = [*Event.objects.filter(pk__in=events).roots()]
            there = mails.invitations().holding().filter(event__in=Event.objects.within(trees))
            for mail in there.select_related("event__parent__parent__parent"):
                self.mails[mail.person_id].append(mail)

    def tell(self, change: EventChange, person_id: int) -> bool:
        return any(self._tells(mail, change) for mail in self.mails[person_id])

    def _tells(self, mail: Delivery, change: EventChange) -> bool:
        """Whether a mail tells the change.

        The mails about an event itself do, once the reader has one. So does an updated invitation
        to another event of the tree that leaves with or after the change, and the cancellation of
        an event above.
        """
        if mail.event_id == change.event_id and mail.is_out:
            return True
        if not self._is_later(mail, change.batch):
            return False
        way = [row.pk for row in way_up(change.event)]
        if mail.kind == Delivery.Kind.CANCEL:
            return mail.event_id in way
        return way_up(mail.event)[-1].pk == way[-1]

    def _is_later(self, mail: Delivery, batch: NoticeBatch) -> bool:
        if mail.state == Delivery.State.HELD:
            return batch.telling == Telling.LATER
        return mail.state in IN_HAND or mail.due_at > batch.opened_at


def way_up(event: Event) -> list[Event]:
    """Return the event and those above it, up to the root."""
    way = [event]
    while way[-1].parent:
        way.append(way[-1].parent)
    return way


def _expand(batch: NoticeBatch, now: datetime) -> bool:
    """Write the mails of a batch, in the transaction that claims it."""
    told = _told(batch, batch.changes.all())
    readers = Person.objects.exclude(email="").in_bulk(list(told))
    there = _attendees({news.event.pk for each in told.values() for news in each})
    outbox.put(rows=[_mail(batch, readers[key], told[key], there, now) for key in sorted(readers)])
    return True


def _hold_back(batch: NoticeBatch, now: datetime) -> None:
    """Bring the held mails of a batch up to date: one for each person who has something to read."""
    _forget_undone(batch)
    told = _told(batch, batch.changes.all())
    readers = set(Person.objects.filter(pk__in=told).exclude(email="").values_list("pk", flat=True))
    known = {row.person_id: row for row in Delivery.objects.filter(batch=batch)}
    gone = [known[key].pk for key in known.keys() - readers]
    Delivery.objects.filter(pk__in=gone).delete()
    there = _attendees({told[key][0].event.pk for key in readers})
    new = Person.objects.in_bulk(readers - known.keys())
    outbox.put(rows=[_mail(batch, new[key], told[key], there, now) for key in sorted(new)])
    last = _Last(batch, now)
    changed = [key for key in known.keys() & readers if not last.holds(known[key], told[key])]
    for key in changed:
        row, about = known[key], told[key][0].event
        row.event_id, row.attendee_id = about.pk, there.get((about.pk, key))
        row.expires_at = last.until(told[key]) + SLACK
    Delivery.objects.bulk_update([known[key] for key in changed], RENEWED, batch_size=200)


class _Last:
    """Until when the mails of a batch are useful, reckoned once for all who read the same."""

    def __init__(self, batch: NoticeBatch, now: datetime) -> None:
        self.batch, self.now = batch, now
        self.known: dict[tuple[int, ...], datetime] = {}

    def until(self, told: list[News]) -> datetime:
        key = tuple(news.event.pk for news in told)
        if key not in self.known:
            self.known[key] = _useful_until(told, self.batch.telling, self.now)
        return self.known[key]

    def holds(self, row: Delivery, told: list[News]) -> bool:
        """Whether a held mail is about the right event, and lasts long enough."""
        return row.event_id == told[0].event.pk and row.expires_at >= self.until(told)


def _forget_undone(batch: NoticeBatch) -> None:
    """Delete the changes of a held batch that were taken back."""
    rows = list(batch.changes.select_related(*SHOWN))
    places = snapshots.places(snapshots=[row.before for row in rows])
    for row in rows:
        before = snapshots.restored(event=row.event, values=row.before, among=places)
        if not revisions.differ(row=row.event, stored=before, names=snapshots.NAMES):
            row.delete()


def _told(batch: NoticeBatch, changes: Any) -> dict[int, list[News]]:
    """Return the news for each person by key, as `news_for` does for one."""
    found = list(_news(changes))
    away = set(_refused(found).values_list("event", "person"))
    links = EventChange.people.through.objects.filter(eventchange__batch=batch)
    invited = _Invitations(
        Delivery.objects.filter(person__in=links.values("person")), [row for row, _ in found]
    )
    people: dict[int, list[int]] = defaultdict(list)
    for change_id, person_id in links.values_list("eventchange", "person"):
        people[change_id].append(person_id)
    told: dict[int, list[News]] = defaultdict(list)
    for change, news in found:
        for person_id in people[change.pk]:
            is_away = (change.event_id, person_id) in away
            if not is_away and not invited.tell(change, person_id):
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
    event, expires_at = told[0].event, _useful_until(told, batch.telling, now)
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


def _useful_until(told: list[News], telling: str, now: datetime) -> datetime:
    """Return when the notice expires: after 48 hours, or when all its events are over if earlier.

    One that is held lasts a year instead, because nobody knows when it is released. It is useful
    for MIN_LEAD at least.
    """
    ends = [dates.over_at(row.when) for news in told for row in (news.before, news.event)]
    longest = USEFUL_IF_HELD if telling == Telling.LATER else USEFUL_FOR
    last = max((end for end in ends if end), default=now + longest)
    return max(min(last, now + longest), now + quiethours.MIN_LEAD)
