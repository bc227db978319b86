"""Invitations by mail (RFC 5546): who was sent one learns what becomes of the event.

Organisers send the first. From then on a mail follows from what has changed: nobody sends it, and
nobody who was sent no invitation gets any. What it says is read when it leaves.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext_noop, override

from events.domain.attendance import capacity
from events.domain.ical import entries, itip
from events.domain.ical.itip import Party
from events.domain.ical.writing import Entry
from events.domain.mail import letters, outbox, transport
from events.domain.mail.kinds import Ending
from events.domain.refusals import Name, Refusal
from events.models import Attendee, Delivery, Event
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

Partstat = Attendee.Partstat
Kind = Delivery.Kind
State = Delivery.State

# How long a change waits for the next one: of ten in a row people get one mail.
PAUSE: Final = timedelta(seconds=120)
AGAIN: Final = timedelta(hours=1)
# How long it is of use to learn that an event without a date is off.
KEPT: Final = timedelta(days=30)
OFF: Final = (Event.Status.CANCELLED, Event.Status.POSTPONED)
METHODS: Final[dict[str, str]] = {Kind.REQUEST: itip.REQUEST, Kind.CANCEL: itip.CANCEL}


class NotOpen(Refusal):
    """Nobody is invited to the event: it is off, over, a report, or not known to the day."""

    event: Event
    text = gettext_noop("“%(event)s” is in no state to invite people to: %(status)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"event": name(self.event), "status": self.event.get_status_display()}


def next_steps(*, event: Event, now: datetime) -> tuple[str, ...]:
    """Return “invite” if there is somebody to invite."""
    return ("invite",) if _is_open(event, now) and uninvited(event=event).exists() else ()


def uninvited(*, event: Event) -> AttendeeQuerySet:
    """Who can be sent an invitation: has an address, may come, and has none that holds."""
    latest = Delivery.objects.invitations().holding().filter(attendee=OuterRef("pk"))
    there = (
        _who_may_come(event)
        .reachable()
        .annotate(latest=Subquery(latest.order_by("-pk").values("kind")[:1]))
    )
    return there.filter(~Q(latest=Kind.REQUEST) | Q(latest=None)).order_by("position", "pk")


def informed(*, events: Collection[Event]) -> int:
    """How many were sent an invitation to one of the events and would hear of a change by mail."""
    mails = Delivery.objects.filter(event__in=events, kind=Kind.REQUEST)
    reached = mails.out().exclude(attendee=None).values("attendee")
    there = Attendee.objects.reachable().on_the_list().filter(pk__in=reached)
    return there.values("person").distinct().count()


def latest(*, attendee: Attendee) -> Delivery | None:
    """Return the last mail of an invitation that somebody was sent, or is about to be."""
    return attendee.deliveries.invitations().holding().order_by("-pk").first()


def without_address(*, event: Event) -> int:
    """How many of those who may come cannot be written to."""
    there = _who_may_come(event)
    return there.count() - there.reachable().count()


def was_invited(*, attendee: Attendee) -> bool:
    """Whether they were ever sent an invitation, or are about to be."""
    return attendee.deliveries.holding().filter(kind=Kind.REQUEST).exists()


def send(*, event: Event, attendees: Collection[int], now: datetime) -> int:
    """Invite those of these attendees who have no invitation; return how many. Raises NotOpen."""
    with transaction.atomic():
        held = capacity.hold(event_id=event.pk)
        if not _is_open(held, now):
            raise NotOpen(held)
        chosen = uninvited(event=held).filter(pk__in=attendees)
        return _put(held, dict.fromkeys(chosen, Kind.REQUEST), now)


def send_again(*, attendee: Attendee, now: datetime) -> bool:
    """Tell somebody anew how things stand, who was invited before; return whether that can be.

    Who was told a moment ago is not: whoever asks in their name shall not flood them.
    """
    with transaction.atomic():
        held = capacity.hold(event_id=attendee.event_id)
        attendee.refresh_from_db()
        kind = _wanted(held, attendee, now)
        mails = attendee.deliveries.invitations()
        if kind is None or not mails.out().filter(kind=Kind.REQUEST).exists():
            return False
        recent = Q(state__in=Delivery.UNSENT) | Q(sent_at__gt=now - AGAIN)
        if not mails.filter(recent, kind=kind).exists():
            _put(held, {attendee: kind}, now + PAUSE)
        return True


def hand_on(*, attendee: Attendee, other: Attendee, now: datetime) -> None:
    """Invite who comes instead of somebody who was invited, in the transaction that says so."""
    event = capacity.hold(event_id=attendee.event_id)
    there = uninvited(event=event).filter(pk=other.pk)
    if was_invited(attendee=attendee) and _is_open(event, now) and there:
        _put(event, {other: Kind.REQUEST}, now + PAUSE)


def follow(*, events: Iterable[int], now: datetime) -> None:
    """Do for these events, by their keys, what `replan` does for one."""
    invited = Delivery.objects.invitations().filter(event__in=list(events)).values("event")
    for event in Event.objects.filter(pk__in=invited).order_by("pk"):
        replan(event=event, now=now)


def replan(*, event: Event, now: datetime, attendee: Attendee | None = None) -> None:
    """Let those who were invited learn of what has changed: all of them, or one.

    Called in the transaction of the change. Each gets one mail, a while later: what waits from
    before is called back. Twice changes nothing.
    """
    mails = Delivery.objects.invitations().filter(event=event.pk)
    mails = mails.filter(attendee=attendee.pk) if attendee else mails.exclude(attendee=None)
    if not mails.exists():
        return
    with transaction.atomic():
        held = capacity.hold(event_id=event.pk)
        mails.exclude(team=held.team_id).update(team=held.team_id)
        people = Attendee.objects.reachable().filter(pk__in=mails.values("attendee"))
        wanted = {
            person: kind
            for person in people.select_related("person").order_by("pk")
            if (kind := _wanted(held, person, now))
        }
        waiting = {row.attendee_id: row for row in mails.unsent().order_by("pk")}
        right = {
            person.pk
            for person, kind in wanted.items()
            if (row := waiting.get(person.pk)) and (row.kind, row.revision) == (kind, held.revision)
        }
        # Called back before it is asked what is out: a mail that is being sent is either.
        mails.exclude(attendee__in=right).call_back()
        known = {row.attendee_id: row for row in mails.out().order_by("pk")}
        told = _Told(held, known, waiting)
        news = {
            person: kind
            for person, kind in wanted.items()
            if person.pk not in right and told.lacks(person, kind)
        }
        _put(held, news, now + PAUSE)


class _Told:
    """What people were told of an event last: what is out, and what was about to be."""

    def __init__(
        self, event: Event, known: dict[int | None, Delivery], waiting: dict[int | None, Delivery]
    ) -> None:
        self.event = event
        self.known = known
        self.waiting = waiting
        self.digests: dict[str, str] = {}

    def lacks(self, person: Attendee, kind: Kind) -> bool:
        """Whether somebody would learn something from a mail of this kind."""
        known, waited = self.known.get(person.pk), self.waiting.get(person.pk)
        if kind == Kind.CANCEL:
            return known is not None and known.kind == Kind.REQUEST
        if known is None:  # what waited was called back
            return waited is not None and waited.kind == Kind.REQUEST
        if known.sequence != self.event.sequence:
            return True
        if person.partstat == Partstat.DECLINED:
            return False  # who does not come cares for another date, not for another text
        if known.kind == Kind.CANCEL:
            return True
        is_edited = known.revision != self.event.revision
        return is_edited and known.content_digest != self._digest(person.reads)

    def _digest(self, language: str) -> str:
        if language not in self.digests:
            entry = _entry(self.event, Kind.REQUEST, language)
            self.digests[language] = _digest(entry, Kind.REQUEST)
        return self.digests[language]


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return why a mail must not go by now, if there is a reason."""
    person, event = delivery.attendee, delivery.event
    if person is None or person.person_id != delivery.person_id or not delivery.person.email:
        return State.SKIPPED, ""
    if _kind(event, person) != delivery.kind:
        return State.CANCELLED, ""
    mails = person.deliveries.invitations()
    last = mails.out().order_by("-pk").first()
    if last is None and person.partstat == Partstat.DECLINED:
        return State.SKIPPED, ""
    is_needless = delivery.kind == Kind.CANCEL and (last is None or last.kind != Kind.REQUEST)
    is_followed = mails.unsent().filter(pk__gt=delivery.pk).exists()
    return (State.CANCELLED, "") if is_needless or is_followed else None


def compose(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Compose an invitation, or the end of one, and put on record what it says.

    Raises letters.NobodyThere.
    """
    kind, person, event = Kind(delivery.kind), delivery.person, delivery.event
    attendee = delivery.attendee
    if attendee is None:
        raise letters.NobodyThere(delivery)
    entry = _entry(event, kind, delivery.language)
    earlier = attendee.deliveries.invitations().out().order_by("-pk").first()
    said = _digest(entry, kind)
    # Of what has gone already, and is only shown again, it stays on record what it said.
    in_hand = Delivery.objects.filter(pk=delivery.pk, state=State.LEASED)
    in_hand.update(sequence=event.sequence, revision=event.revision, content_digest=said)
    known = earlier if earlier and earlier.kind == Kind.REQUEST else None
    told = (known.sequence, known.content_digest) if known else None
    is_update = told not in (None, (event.sequence, said))
    with override(delivery.language):
        stream = itip.write(
            method=METHODS[kind],
            entry=entry,
            organizer=Party(transport.one_line(event.team.name if event.team else ""), _ours()),
            attendee=Party(transport.one_line(person.name), transport.plain(person.email)),
            partstat=attendee.partstat,
            made_at=now,
        )
        return letters.invitation(
            delivery=delivery,
            method=METHODS[kind],
            stream=stream,
            is_update=is_update,
            now=now,
        )


def _who_may_come(event: Event) -> AttendeeQuerySet:
    there = Attendee.objects.filter(event=event).exclude(partstat__in=Attendee.SAID_NO)
    return there.exclude(seat=Attendee.Seat.CANCELLED)


def _is_open(event: Event, now: datetime) -> bool:
    return event.stands and not capacity.is_too_late(event=event, now=now)


def _wanted(event: Event, person: Attendee, now: datetime) -> Kind | None:
    """What somebody who was invited should have heard last; None if it is all the same now."""
    return None if event.is_over(now) else _kind(event, person)


def _kind(event: Event, person: Attendee) -> Kind | None:
    if event.status in OFF:
        return Kind.CANCEL
    if not event.stands:
        return None
    return Kind.CANCEL if person.is_off_the_list else Kind.REQUEST


def _put(event: Event, news: dict[Attendee, Kind], due_at: datetime) -> int:
    """Store a mail to each; its key says what it follows on, or nobody could be asked again."""
    mails = Delivery.objects.invitations().filter(attendee__in=[person.pk for person in news])
    last = dict(mails.order_by().values_list("attendee").annotate(Max("pk")))
    rows = []
    for person, kind in news.items():
        key = (str(event.uid), event.sequence, event.revision, person.pk, last.get(person.pk, 0))
        row = outbox.mail_to(
            attendee=person,
            event=event,
            kind=kind,
            key=key,
            due_at=due_at,
            expires_at=max(dates.over_at(event.when) or due_at + KEPT, due_at + PAUSE),
        )
        row.sequence, row.revision = event.sequence, event.revision
        rows.append(row)
    outbox.put(rows=rows)
    return len(rows)


def _entry(event: Event, kind: Kind, language: str) -> Entry:
    """Return what a calendar shows of the event; who is taken off the list hears no more of it."""
    with override(language):
        row = Event.objects.for_calendars().select_related("team").get(pk=event.pk)
        entry = entries.entry(event=row, entitled=kind == Kind.REQUEST)
        off_the_list = kind == Kind.CANCEL and row.status not in OFF
        return replace(entry, status="") if off_the_list else entry


def _digest(entry: Entry, kind: Kind) -> str:
    return itip.digest(method=METHODS[kind], entry=entry)


def _ours() -> str:
    """The address that invitations come from, and answers go to."""
    return transport.plain(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
