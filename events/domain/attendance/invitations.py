"""Invitations by mail: REQUEST and CANCEL of iTIP (RFC 5546).

Organisers send the first REQUEST. From then on each change of the event or the attendee plans the
mail that follows from it; an attendee who was never invited gets none. The content of a mail is
read when it leaves, not when it is planned.

An organiser may hold the mails of a change or withhold them for good (`mail.plans`). What was
withheld is kept as a cancelled mail, so that nothing sends it later as news of its own; the next
change that is told tells the present state as a whole. A first invitation is never held by this:
it was sent by an organiser, and no change is news to who was told nothing yet.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop, override

from events.domain.attendance import capacity
from events.domain.ical import entries, itip
from events.domain.ical.itip import Party
from events.domain.ical.writing import Entry
from events.domain.mail import (
    invitationletters,
    invitationtexts,
    letters,
    outbox,
    plans,
    transport,
)
from events.domain.mail.invitationtexts import Occasion, Written
from events.domain.mail.kinds import Ending
from events.domain.programme import snapshots
from events.domain.refusals import Name, Refusal
from events.domain.reminders import noticeletters
from events.models import Attendee, Delivery, Event, Telling
from events.models.mail.deliveries import DeliveryQuerySet
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

Partstat = Attendee.Partstat
Kind = Delivery.Kind
State = Delivery.State

# Debounce: a mail leaves this long after the change, so that ten changes in a row make one mail.
DEBOUNCE: Final = timedelta(seconds=120)
RESEND_AFTER: Final = timedelta(hours=1)
# Nobody is asked again sooner after the last invitation.
AGAIN_AFTER: Final = timedelta(days=1)
# Expiry of a mail about an event whose end is not known, counted from the time when it is due.
USEFUL_FOR: Final = timedelta(days=30)
CALLED_OFF: Final = (Event.Status.CANCELLED, Event.Status.POSTPONED)
METHODS: Final[dict[str, str]] = {Kind.REQUEST: itip.REQUEST, Kind.CANCEL: itip.CANCEL}


class NotOpen(Refusal):
    """No invitations: the event is a draft, off or over, a report, or its day is not known."""

    event: Event
    text = gettext_noop("“%(event)s” is in no state to invite people to: %(status)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"event": name(self.event), "status": self.event.get_status_display()}


def next_steps(*, event: Event, now: datetime) -> tuple[str, ...]:
    """Return “invite” and “invite_again” if the event is open and there is somebody to invite."""
    if not _is_open(event, now):
        return ()
    whom = {"invite": uninvited(event=event), "invite_again": unanswered(event=event, now=now)}
    return tuple(verb for verb, rows in whom.items() if rows.exists())


def uninvited(*, event: Event) -> AttendeeQuerySet:
    """Attendees who can be invited: not declined, with an address, and last mail is no REQUEST."""
    latest = Delivery.objects.invitations().holding().filter(attendee=OuterRef("pk"))
    there = (
        _who_may_come(event)
        .reachable()
        .annotate(latest=Subquery(latest.order_by("-pk").values("kind")[:1]))
    )
    return there.filter(~Q(latest=Kind.REQUEST) | Q(latest=None)).order_by("position", "pk")


def unanswered(*, event: Event, now: datetime) -> AttendeeQuerySet:
    """Attendees who can be asked again, annotated with `invited_at`: when they were asked last.

    They have an address and have not answered, their last mail is a REQUEST that has left a day
    ago, and no other is on its way.
    """
    latest = Delivery.objects.invitations().holding().filter(attendee=OuterRef("pk"))
    latest = latest.order_by("-pk")
    left_at = latest.annotate(left_at=Coalesce("sent_at", "due_at")).values("left_at")
    asked = (
        _who_may_come(event)
        .reachable()
        .filter(partstat=Partstat.NEEDS_ACTION)
        .annotate(
            latest=Subquery(latest.values("kind")[:1]),
            latest_state=Subquery(latest.values("state")[:1]),
            invited_at=Subquery(left_at[:1]),
        )
        .filter(latest=Kind.REQUEST, latest_state__in=Delivery.OUT)
    )
    return asked.filter(invited_at__lte=now - AGAIN_AFTER).order_by("position", "pk")


def informed(*, events: Collection[Event]) -> int:
    """Count the invited people who would get a mail if one of the events changed."""
    mails = Delivery.objects.filter(event__in=events, kind=Kind.REQUEST)
    reached = mails.out().exclude(attendee=None).values("attendee")
    there = Attendee.objects.reachable().on_the_list().filter(pk__in=reached)
    return there.values("person").distinct().count()


def latest(*, attendee: Attendee) -> Delivery | None:
    """Return the latest invitation mail (REQUEST or CANCEL) that was sent or is planned."""
    return attendee.deliveries.invitations().holding().order_by("-pk").first()


def without_address(*, event: Event) -> int:
    """Count the attendees who may come but have no address."""
    there = _who_may_come(event)
    return there.count() - there.reachable().count()


def was_invited(*, attendee: Attendee) -> bool:
    """Whether a REQUEST to this attendee was ever sent or is planned."""
    return attendee.deliveries.holding().filter(kind=Kind.REQUEST).exists()


def send(*, event: Event, attendees: Collection[int], now: datetime) -> int:
    """Plan a REQUEST to each of these attendees who has none; return how many. Raises NotOpen.

    `attendees` are primary keys.
    """
    with transaction.atomic():
        held = capacity.hold(event_id=event.pk)
        if not _is_open(held, now):
            raise NotOpen(held)
        chosen = uninvited(event=held).filter(pk__in=attendees)
        return _put(held, dict.fromkeys(chosen, Kind.REQUEST), now)


def invite_again(*, event: Event, attendees: Collection[int], now: datetime) -> int:
    """Ask those of these attendees again who have not answered; return how many. Raises NotOpen.

    It is the same invitation: a REQUEST with the same UID and SEQUENCE (RFC 5546, 3.2.2). Whoever
    answers before it leaves is not asked.
    """
    with transaction.atomic():
        held = capacity.hold(event_id=event.pk)
        if not _is_open(held, now):
            raise NotOpen(held)
        chosen = unanswered(event=held, now=now).filter(pk__in=attendees)
        return _put(held, dict.fromkeys(chosen, Kind.REQUEST), now, is_again=True)


def send_again(*, attendee: Attendee, now: datetime) -> bool:
    """Plan the current invitation mail once more; return False if there is none to send.

    Answers a REFRESH. An attendee who got the same kind of mail within the last hour, or for whom
    one is pending, gets no second one, because anybody can send a REFRESH in their name; the result
    is True all the same.
    """
    with transaction.atomic():
        held = capacity.hold(event_id=attendee.event_id)
        attendee.refresh_from_db()
        kind = _wanted(held, attendee, now)
        mails = attendee.deliveries.invitations()
        if kind is None or not mails.out().filter(kind=Kind.REQUEST).exists():
            return False
        recent = Q(state__in=Delivery.UNSENT) | Q(sent_at__gt=now - RESEND_AFTER)
        if not mails.filter(recent, kind=kind).exists():
            _put(held, {attendee: kind}, now + DEBOUNCE)
        return True


def hand_on(*, attendee: Attendee, other: Attendee, now: datetime) -> None:
    """Invite a substitute if the attendee was invited; call it in the transaction of the change."""
    event = capacity.hold(event_id=attendee.event_id)
    there = uninvited(event=event).filter(pk=other.pk)
    if was_invited(attendee=attendee) and _is_open(event, now) and there:
        _put(event, {other: Kind.REQUEST}, now + DEBOUNCE)


def follow(*, events: Iterable[int], now: datetime) -> None:
    """Call `replan` for each of these events (primary keys) that has invitations."""
    invited = Delivery.objects.invitations().filter(event__in=list(events)).values("event")
    for event in Event.objects.filter(pk__in=invited).order_by("pk"):
        replan(event=event, now=now)


def replan(*, event: Event, now: datetime, attendee: Attendee | None = None) -> None:
    """Plan the mails that follow from a change of the event: for all invited attendees, or for one.

    Call it in the transaction of the change. Pending mails are replaced, so each attendee gets one
    mail after the debounce. Idempotent.
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
        # Cancel pending mails first, then read the sent ones. In the other order a mail that enters
        # `sending` in between would neither be cancelled nor count as sent.
        mails.exclude(attendee__in=right).call_back()
        told = _Told(held, mails, waiting)
        news = {
            person: kind
            for person, kind in wanted.items()
            if person.pk not in right and told.lacks(person, kind)
        }
        for telling in (None, *Telling):
            each = {who: kind for who, kind in news.items() if told.telling(who) == telling}
            _put(held, each, now + DEBOUNCE, telling)
        left = (who for who in wanted if who.pk not in right and who not in news)
        _ask_on(held, [who for who in left if wanted[who] == Kind.REQUEST], told, now)


def _ask_on(event: Event, people: Iterable[Attendee], told: "_Told", now: datetime) -> None:
    """Plan second invitations anew that `replan` has cancelled without other news in their place.

    The change is not what they are for: they go or stay held whatever is chosen for it.
    """
    asked = [who for who in people if told.was_about_to_ask(who)]
    for telling in (Telling.NOW, Telling.LATER):
        each = [who for who in asked if told.is_held(who) == (telling == Telling.LATER)]
        _put(event, dict.fromkeys(each, Kind.REQUEST), now + DEBOUNCE, telling, is_again=True)


class _Told:
    """What attendees know of an event: the last mail sent, withheld and pending."""

    def __init__(
        self, event: Event, mails: DeliveryQuerySet, waiting: dict[int | None, Delivery]
    ) -> None:
        self.event = event
        self.known = {row.attendee_id: row for row in mails.out().order_by("pk")}
        self.withheld = {row.attendee_id: row for row in mails.withheld().order_by("pk")}
        self.waiting = waiting
        self.digests = _Digests(event)

    def telling(self, person: Attendee) -> Telling | None:
        """Return how the attendee is told; None if the plan decides.

        A pending first invitation goes, or stays held, whatever is chosen for a change. A mail that
        is held stays held if nobody decides about this change.
        """
        is_held = self.is_held(person)
        if person.pk not in self.known:
            return Telling.LATER if is_held else Telling.NOW
        return Telling.LATER if is_held and not plans.is_open() else None

    def is_held(self, person: Attendee) -> bool:
        waited = self.waiting.get(person.pk)
        return waited is not None and waited.state == State.HELD

    def was_about_to_ask(self, person: Attendee) -> bool:
        """Whether a second invitation was pending that the attendee has not answered yet."""
        waited = self.waiting.get(person.pk)
        is_open = person.partstat == Partstat.NEEDS_ACTION and not person.is_off_the_list
        return is_open and waited is not None and waited.is_again

    def lacks(self, person: Attendee, kind: Kind) -> bool:
        """Whether a mail of this kind would tell the attendee something new."""
        known, waited = self.known.get(person.pk), self.waiting.get(person.pk)
        if known is None:  # the pending mail was cancelled by `replan`
            return waited is not None and waited.kind == kind == Kind.REQUEST
        if self._was_withheld(known, person, kind):
            return False
        if kind == Kind.CANCEL:
            return known.kind == Kind.REQUEST
        if known.sequence != self.event.sequence:
            return not self._reads_the_same(known, person)
        if person.partstat == Partstat.DECLINED:
            return False  # a new SEQUENCE is told (see above), a new text is not
        return known.kind == Kind.CANCEL or not self._says_so(known, person)

    def _reads_the_same(self, known: Delivery, person: Attendee) -> bool:
        """Whether all changes since the last invitation were taken back, so it still tells all."""
        is_invited = known.kind == Kind.REQUEST and bool(known.content_digest)
        return is_invited and known.content_digest == self.digests.of(person)

    def _was_withheld(self, known: Delivery, person: Attendee, kind: Kind) -> bool:
        """Whether an organiser chose, after the last mail, never to send just this news."""
        row = self.withheld.get(person.pk)
        if row is None or row.pk < known.pk or row.kind != kind:
            return False
        is_same = row.sequence == self.event.sequence
        if kind == Kind.CANCEL:  # moving the event is no news to who is off its list
            return is_same or self.event.status not in CALLED_OFF
        return is_same and self._says_so(row, person)

    def _says_so(self, row: Delivery, person: Attendee) -> bool:
        """Whether an invitation has the content of now, apart from SEQUENCE."""
        is_edited = row.revision != self.event.revision
        return not is_edited or row.content_digest == self.digests.of(person)


class _Digests:
    """The digest of an invitation to an event as it is now, by the language of the attendee."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.known: dict[str, str] = {}

    def of(self, person: Attendee) -> str:
        language = person.reads
        if language not in self.known:
            entry = _entry(self.event, Kind.REQUEST, language)
            self.known[language] = _digest(entry, Kind.REQUEST)
        return self.known[language]


def refusal(*, delivery: Delivery) -> Ending | None:
    """Return the final state of a mail that must not be sent any more, or None."""
    person, event = delivery.attendee, delivery.event
    if person is None or person.person_id != delivery.person_id or not delivery.person.email:
        return State.SKIPPED, ""
    if _kind(event, person) != delivery.kind:
        return State.CANCELLED, ""
    if delivery.is_again and person.partstat != Partstat.NEEDS_ACTION:
        return State.SKIPPED, Delivery.Reason.ANSWERED
    mails = person.deliveries.invitations()
    last = mails.out().order_by("-pk").first()
    if last is None and person.partstat == Partstat.DECLINED:
        return State.SKIPPED, ""
    is_needless = delivery.kind == Kind.CANCEL and (last is None or last.kind != Kind.REQUEST)
    is_followed = mails.unsent().filter(pk__gt=delivery.pk).exists()
    return (State.CANCELLED, "") if is_needless or is_followed else None


def compose(*, delivery: Delivery, now: datetime) -> transport.Message:
    """Compose a REQUEST or CANCEL, and store SEQUENCE, revision and digest of its content.

    Raises letters.NobodyThere.
    """
    kind, person, event = Kind(delivery.kind), delivery.person, delivery.event
    attendee = delivery.attendee
    if attendee is None:
        raise letters.NobodyThere(delivery)
    entry = _entry(event, kind, delivery.language)
    earlier = attendee.deliveries.invitations().out().order_by("-pk").first()
    said = _digest(entry, kind)
    # Only while the row is leased: a preview of a mail that was sent must not overwrite what it
    # said.
    in_hand = Delivery.objects.filter(pk=delivery.pk, state=State.LEASED)
    in_hand.update(
        sequence=event.sequence,
        revision=event.revision,
        content_digest=said,
        told=snapshots.take(event=event),
    )
    known = earlier if earlier and earlier.kind == Kind.REQUEST else None
    told = (known.sequence, known.content_digest) if known else None
    is_update = told not in (None, (event.sequence, said))
    changed = None
    if known and is_update and kind == Kind.REQUEST:
        changed = noticeletters.changed(delivery=delivery, known=known)
    with override(delivery.language):
        stream = itip.write(
            method=METHODS[kind],
            entry=entry,
            organizer=Party(transport.one_line(event.team.name if event.team else ""), _ours()),
            attendee=Party(transport.one_line(person.name), transport.plain(person.email)),
            partstat=attendee.partstat,
            made_at=now,
        )
        return invitationletters.compose(
            delivery=delivery,
            method=METHODS[kind],
            stream=stream,
            is_update=is_update,
            changed=changed,
            is_again=delivery.is_again and not is_update,
            written=_written(delivery, kind, is_update),
            now=now,
        )


def _written(delivery: Delivery, kind: Kind, is_update: bool) -> Written | None:
    """Return what organisers have written for it; an update says what has changed instead."""
    if kind != Kind.REQUEST or is_update:
        return None
    occasion = Occasion.AGAIN if delivery.is_again else Occasion.FIRST
    return invitationtexts.of(event=delivery.event, language=delivery.language, occasion=occasion)


def _who_may_come(event: Event) -> AttendeeQuerySet:
    there = Attendee.objects.filter(event=event).exclude(partstat__in=Attendee.SAID_NO)
    return there.exclude(seat=Attendee.Seat.CANCELLED)


def _is_open(event: Event, now: datetime) -> bool:
    return event.stands and not capacity.is_too_late(event=event, now=now)


def _wanted(event: Event, person: Attendee, now: datetime) -> Kind | None:
    """Return the kind of mail that an attendee should have got last; None if the event is over."""
    return None if event.is_over(now) else _kind(event, person)


def _kind(event: Event, person: Attendee) -> Kind | None:
    if event.status in CALLED_OFF:
        return Kind.CANCEL
    if not event.stands:
        return None
    return Kind.CANCEL if person.is_off_the_list else Kind.REQUEST


def _put(
    event: Event,
    news: dict[Attendee, Kind],
    due_at: datetime,
    telling: Telling | None = None,
    is_again: bool = False,
) -> int:
    """Store one mail to each attendee, `telling` as in `outbox.put`; return how many.

    The deduplication key contains the id of the attendee's previous invitation mail, so that the
    same revision can be sent to them again later.
    """
    mails = Delivery.objects.invitations().filter(attendee__in=[person.pk for person in news])
    last = dict(mails.order_by().values_list("attendee").annotate(Max("pk")))
    is_withheld = (telling or plans.current().telling) == Telling.NEVER
    rows, digests = [], _Digests(event)
    for person, kind in news.items():
        key = (str(event.uid), event.sequence, event.revision, person.pk, last.get(person.pk, 0))
        row = outbox.mail_to(
            attendee=person,
            event=event,
            kind=kind,
            key=key,
            due_at=due_at,
            expires_at=max(dates.over_at(event.when) or due_at + USEFUL_FOR, due_at + DEBOUNCE),
        )
        row.sequence, row.revision, row.is_again = event.sequence, event.revision, is_again
        if is_withheld and kind == Kind.REQUEST:
            row.content_digest = digests.of(person)
        rows.append(row)
    outbox.put(rows=rows, telling=telling)
    return len(rows)


def _entry(event: Event, kind: Kind, language: str) -> Entry:
    """Return the calendar entry of a mail.

    A CANCEL has no stream link. It has no STATUS if only this attendee was taken off the list
    (RFC 5546, 3.2.5).
    """
    with override(language):
        row = Event.objects.for_calendars().select_related("team").get(pk=event.pk)
        entry = entries.entry(event=row, entitled=kind == Kind.REQUEST)
        off_the_list = kind == Kind.CANCEL and row.status not in CALLED_OFF
        return replace(entry, status="") if off_the_list else entry


def _digest(entry: Entry, kind: Kind) -> str:
    return itip.digest(method=METHODS[kind], entry=entry)


def _ours() -> str:
    """Return the address that invitations are sent from and that replies go to."""
    return transport.plain(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
