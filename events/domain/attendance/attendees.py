"""The list of attendees of an event: invitations, answers, substitutes, check-in.

Seats and the waiting list are counted in `capacity`. A change here re-plans no reminders: the
recipients of a reminder are read when it falls due, and once more before each mail. An attendee who
was invited by mail gets a CANCEL when they are taken off the list.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from events.domain import steps
from events.domain.attendance import capacity, invitations
from events.domain.pages import formatting
from events.domain.refusals import Name, Refusal
from events.models import Appointment, Attendee, Event, EventPlace, Organisation, Person
from events.values import dates
from events.values.languages import SUFFIXES

Partstat = Attendee.Partstat
Seat = Attendee.Seat
Attendance = Attendee.Attendance

# PARTSTAT by verb. DELEGATED is missing here: it needs a substitute, which has its own verb.
ANSWERS: Final = {
    "accept": Partstat.ACCEPTED,
    "accept_tentatively": Partstat.TENTATIVE,
    "decline": Partstat.DECLINED,
}
SEATED_OR_WAITING: Final = (Seat.CONFIRMED, Seat.WAITLISTED)
# Only the verbs of this module change these columns. `save` restores them from the database, so
# that a form that was opened before an answer came in cannot overwrite the answer.
STATE: Final = (
    "partstat", "answered_at", "seat", "waitlisted_at", "attendance", "checked_in_at",
)  # fmt: skip
CHECK_IN_OPENS_BEFORE: Final = timedelta(hours=24)  # some check in the evening before
MICROSECOND: Final = timedelta(microseconds=1)  # gives the members of a group an order in the queue


class AttendeeRefusal(Refusal):
    """Base of the refusals that concern one attendee."""

    attendee: Attendee

    def words(self, name: Name) -> dict[str, object]:
        return {"who": name(self.attendee), "event": name(self.attendee.event)}


class NotAllowed(steps.NotAllowed):
    """The state of the attendee does not allow this verb."""

    text = gettext_noop("%(who)s: not possible now (%(answer)s; seat: %(place)s; %(presence)s).")

    def words(self, name: Name) -> dict[str, object]:
        return {
            "who": name(self.row),
            "answer": self.row.get_partstat_display(),
            "place": self.row.get_seat_display(),
            "presence": self.row.get_attendance_display(),
        }


class NotOpen(AttendeeRefusal):
    """The event is a draft or cancelled; for check-in and no-show also: it is postponed."""

    text = gettext_noop("%(who)s: not possible while “%(event)s” is in this state: %(status)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {**super().words(name), "status": self.attendee.event.get_status_display()}


class Outdated(AttendeeRefusal):
    """A later answer of the attendee is on record already."""

    text = gettext_noop("%(who)s has given a later answer to “%(event)s”.")


class Over(AttendeeRefusal):
    """The event is over, so answers are no longer accepted."""

    text = gettext_noop("%(who)s: “%(event)s” is over.")


class NotOver(AttendeeRefusal):
    """The event is not over yet: a missing attendee may still arrive."""

    text = gettext_noop("%(who)s: “%(event)s” is not over yet.")


class NoPlaceLeft(AttendeeRefusal):
    """The venue has no seats left, or the attendee is on its waiting list."""

    text = gettext_noop("%(who)s: no seat is left at “%(event)s”.")
    text_of_hub = gettext_noop("%(who)s: no seat is left in %(place)s.")

    def template(self) -> str:
        return self.text_of_hub if self.attendee.hub else self.text

    def words(self, name: Name) -> dict[str, object]:
        hub = self.attendee.hub
        return {**super().words(name), "place": hub and name(hub.place)}


class AlreadyInvited(AttendeeRefusal):
    """The person is on the list already, as the attendee that the refusal carries."""

    text = gettext_noop("%(who)s is on the list already: %(role)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"who": name(self.attendee), "role": self.attendee.get_role_display()}


class AlreadyNamed(AttendeeRefusal):
    """The attendee has a person already; another person comes as a substitute."""

    text = gettext_noop("%(who)s has a name already; whoever comes instead is a substitute.")


class AlreadyCheckedIn(AttendeeRefusal):
    """The attendee was checked in before, at `attendee.checked_in_at`."""

    text = gettext_noop("%(who)s was checked in already: %(since)s.")

    def words(self, name: Name) -> dict[str, object]:
        at = self.attendee.checked_in_at
        zone = self.attendee.event.timezone or timezone.get_current_timezone_name()
        return {"who": name(self.attendee), "since": at and formatting.moment(at, zone)}


class TooEarly(AttendeeRefusal):
    """The event begins more than CHECK_IN_OPENS_BEFORE from now, so nobody can be there yet."""

    text = gettext_noop(
        "%(who)s: “%(event)s” is on %(when)s. Check-in opens a day before it begins."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {**super().words(name), "when": formatting.when(self.attendee.event.when)}


class WrongHub(AttendeeRefusal):
    """The hub of the attendee is not a hub of this event."""

    text = gettext_noop("%(who)s: this is no hub of “%(event)s”.")


def next_steps(*, attendee: Attendee, now: datetime) -> tuple[str, ...]:
    """Return the verbs that are legal now: keys of ANSWERS, and functions of this module."""
    return tuple(verb for verb, check in CHECKS.items() if _passes(check, attendee, now))


def invite(
    *,
    event: Event,
    now: datetime,
    person: Person | None = None,
    label: str = "",
    role: str = Attendee.Role.PARTICIPANT,
    hub: EventPlace | None = None,
    representing: Organisation | None = None,
    appointment: Appointment | None = None,
    invited_by: Person | None = None,
    position: int = 1,
    tags: Iterable[str] = (),
) -> Attendee:
    """Add a person to the list, or a label for one who is not named yet. Raises as `check` does."""
    attendee = Attendee(
        event=event,
        person=person,
        label=label,
        role=role,
        hub=hub,
        representing=representing,
        appointment=appointment,
        invited_by=invited_by,
        position=position,
        tags=list(tags),
    )
    save(attendee=attendee, now=now)
    return attendee


def save(*, attendee: Attendee, now: datetime) -> None:
    """Store a new or changed attendee, except for STATE. Raises as `check` does.

    STATE and the substitute keep their stored values. With another hub, an attendee on a waiting
    list gets a seat there or goes to the end of its waiting list, and a seat that becomes free at
    the old hub goes to the next.
    """
    with transaction.atomic():
        stored = _check(attendee)
        for name in (*STATE, "substitute_for_id"):
            setattr(attendee, name, getattr(stored or Attendee(), name))
        if stored and stored.hub_id != attendee.hub_id:
            _move(attendee, stored.hub, now)
        else:
            attendee.save()


def check(*, attendee: Attendee) -> None:
    """Raise NotOpen, AlreadyInvited, AlreadyNamed, WrongHub, NoPlaceLeft or NotAllowed.

    Locks the event until the end of the transaction, so that the result stays true until then.
    """
    with transaction.atomic():
        _check(attendee)


def name(*, attendee: Attendee, person: Person) -> None:
    """Set the person of an unnamed attendee. Raises AlreadyNamed or AlreadyInvited."""
    with held(attendee):
        _check_unnamed(attendee)
        attendee.person = person
        _check_person(attendee)
        attendee.save(update_fields=["person"])


def register_group(
    *,
    event: Event,
    representing: Organisation,
    contact: Person,
    size: int,
    now: datetime,
    role: str = Attendee.Role.REPRESENTATIVE,
    hub: EventPlace | None = None,
) -> list[Attendee]:
    """Add `size` unnamed attendees of an organisation who have accepted; return them.

    Members for whom no seat is left go to the waiting list. Persons are set later with `name`.
    Raises NotOpen, Over or WrongHub.
    """
    with transaction.atomic():
        held = capacity.hold(event_id=event.pk)
        known = Attendee.objects.filter(event=held, representing=representing).count()
        part = {"event": held, "representing": representing, "role": role, "hub": hub}
        members = [Attendee(**part, invited_by=contact) for _ in range(size)]
        for number, member in enumerate(members, start=known + 1):
            _label(member, representing, number)
            _check_open(member, now)
            _check_hub(member)
            _reply(member, Partstat.ACCEPTED, now + number * MICROSECOND)
            member.save()
        return members


def answer(
    *, attendee: Attendee, partstat: Partstat, now: datetime, replied_at: datetime | None = None
) -> None:
    """Record an answer. An attendee who accepts gets a seat, or else goes to the waiting list.

    `replied_at` is the time at which a mail was written, if it is earlier than `now`. An answer
    that is older than the stored one raises Outdated. The same answer again only updates
    `answered_at`. Raises NotOpen, Over or NotAllowed.
    """
    with held(attendee):
        _check_open(attendee, now)
        at = _counts_from(attendee, replied_at or now, now)
        if _has_said(attendee, partstat):
            Attendee.objects.filter(pk=attendee.pk).update(answered_at=at)
            return
        if partstat not in ANSWERS.values() or attendee.attendance != Attendance.EXPECTED:
            raise NotAllowed(attendee, partstat)
        _reply(attendee, partstat, now)
        attendee.answered_at = at
        _store(attendee)
        capacity.promote(event=attendee.event, hub=attendee.hub, now=now)
        invitations.replan(event=attendee.event, attendee=attendee, now=now)


def substitute(
    *, attendee: Attendee, person: Person, now: datetime, replied_at: datetime | None = None
) -> Attendee:
    """Delegate to another person, who takes over the seat or the position on the waiting list.

    If the attendee was invited by mail, the substitute gets an invitation too. Returns the
    substitute. Raises NotOpen, Over, NotAllowed or AlreadyInvited, and Outdated as `answer` does.
    """
    with held(attendee):
        _check_substitute(attendee, now)
        at = _counts_from(attendee, replied_at or now, now)
        other = _substitute(attendee, person)
        if attendee.seat in SEATED_OR_WAITING:
            other.seat, other.waitlisted_at = attendee.seat, attendee.waitlisted_at
        _reply(attendee, Partstat.DELEGATED, at)
        _store(attendee)
        _reply(other, Partstat.ACCEPTED, now)
        other.save()
        invitations.hand_on(attendee=attendee, other=other, now=now)
        for each in (attendee, other):
            invitations.replan(event=attendee.event, attendee=each, now=now)
        return other


def release(*, attendee: Attendee, now: datetime) -> None:
    """Take an attendee off the list and give their seat to the next. Raises NotAllowed."""
    with held(attendee):
        _check_release(attendee, now)
        _leave(attendee, Seat.CANCELLED)
        _store(attendee)
        capacity.promote(event=attendee.event, hub=attendee.hub, now=now)
        invitations.replan(event=attendee.event, attendee=attendee, now=now)


def check_in(*, attendee: Attendee, now: datetime) -> None:
    """Check an attendee in; one without a seat gets a seat if one is left.

    Raises NotOpen, TooEarly, AlreadyCheckedIn, NoPlaceLeft or NotAllowed.
    """
    with held(attendee):
        _check_arrival(attendee, now)
        if attendee.seat != Seat.CONFIRMED and _is_full(attendee):
            raise NoPlaceLeft(attendee)
        attendee.partstat, attendee.seat = Partstat.ACCEPTED, Seat.CONFIRMED
        attendee.attendance, attendee.checked_in_at = Attendance.CHECKED_IN, now
        _store(attendee)


def mark_attended(*, attendee: Attendee, now: datetime) -> None:
    """Record that a checked-in attendee did attend. Raises NotAllowed."""
    with held(attendee):
        _check_attended(attendee, now)
        attendee.attendance = Attendance.ATTENDED
        _store(attendee)


def mark_no_show(*, attendee: Attendee, now: datetime) -> None:
    """Record that an expected attendee did not come. Raises NotOpen, NotOver or NotAllowed."""
    with held(attendee):
        _check_no_show(attendee, now)
        attendee.attendance = Attendance.NO_SHOW
        _store(attendee)


@contextmanager
def held(attendee: Attendee) -> Iterator[None]:
    """Lock the event of the attendee until the end of the block, and reload the attendee."""
    with transaction.atomic():
        event = capacity.hold(event_id=attendee.event_id)
        attendee.refresh_from_db()
        attendee.event = event
        yield


def _store(attendee: Attendee) -> None:
    attendee.save(update_fields=STATE)


def _reply(attendee: Attendee, partstat: Partstat, now: datetime) -> None:
    """Set the answer and the seat that follows from it: only an attendee who accepts has a seat."""
    attendee.partstat, attendee.answered_at = partstat, _seconds(now)
    if partstat == Partstat.ACCEPTED:
        if attendee.seat not in SEATED_OR_WAITING:
            capacity.seat(attendee=attendee, now=now)
    elif partstat == Partstat.TENTATIVE:
        _leave(attendee, Seat.NONE)
    elif attendee.seat in SEATED_OR_WAITING:
        _leave(attendee, Seat.CANCELLED)


def _counts_from(attendee: Attendee, replied_at: datetime, now: datetime) -> datetime:
    """Return `answered_at` of an answer, at most `now`, in whole seconds. Raises Outdated."""
    at = _seconds(min(replied_at, now))
    if attendee.answered_at and at < min(attendee.answered_at, _seconds(now)):
        raise Outdated(attendee)
    return at


def _seconds(at: datetime) -> datetime:
    """Cut off the microseconds: DTSTAMP in a reply has whole seconds."""
    return at.replace(microsecond=0)


def _leave(attendee: Attendee, place: Seat) -> None:
    attendee.seat, attendee.waitlisted_at = place, None


def _has_said(attendee: Attendee, partstat: Partstat) -> bool:
    """Whether this answer is stored already.

    An attendee who accepted and then lost the seat may accept again, and is seated like any other.
    """
    lost = partstat == Partstat.ACCEPTED and attendee.seat not in SEATED_OR_WAITING
    return attendee.partstat == partstat and not lost


def _move(attendee: Attendee, left: EventPlace | None, now: datetime) -> None:
    """Store a change of hub.

    An attendee on a waiting list gets a seat at the new hub, or goes to the end of its waiting
    list. Seats left at the old hub go to those who wait there.
    """
    if attendee.seat == Seat.WAITLISTED:
        capacity.seat(attendee=attendee, now=now)
    attendee.save()
    capacity.promote(event=attendee.event, hub=left, now=now)


def _is_full(attendee: Attendee) -> bool:
    return capacity.seats_left(event=attendee.event, hub=attendee.hub) == 0


def _label(attendee: Attendee, organisation: Organisation, number: int) -> None:
    """Set the label to the organisation's name and a number, in each language that has a name."""
    for language in SUFFIXES:
        if name := getattr(organisation, f"name_{language}"):
            setattr(attendee, f"label_{language}", f"{name[:190]} {number}")


def _substitute(attendee: Attendee, person: Person) -> Attendee:
    """Return the substitute, unsaved.

    The person may be on the list already only as an attendee who is out. Raises AlreadyInvited.
    """
    event = attendee.event
    known = Attendee.objects.filter(event=event, person=person).first()
    if known and (known == attendee or not known.is_out):
        raise AlreadyInvited(known)
    other = known or Attendee(event=event, person=person, invited_by=attendee.invited_by)
    for name in ("role", "position", "hub", "representing"):
        setattr(other, name, getattr(attendee, name))
    other.event, other.substitute_for = event, attendee
    return other


def _check(attendee: Attendee) -> Attendee | None:
    """Check all that `check` promises; return the stored attendee, if there is one."""
    attendee.event = capacity.hold(event_id=attendee.event_id)
    stored = Attendee.objects.filter(pk=attendee.pk).select_related("hub").first()
    if stored is None and attendee.event.status == Event.Status.CANCELLED:
        raise NotOpen(attendee)
    if stored and stored.person_id not in (None, attendee.person_id):
        raise AlreadyNamed(stored)
    _check_person(attendee)
    _check_hub(attendee)
    if stored and stored.hub_id != attendee.hub_id:
        _check_move(attendee, stored)
    return stored


def _check_person(attendee: Attendee) -> None:
    if attendee.person_id is None:
        return
    same = Attendee.objects.filter(event=attendee.event_id, person=attendee.person_id)
    if other := same.exclude(pk=attendee.pk).select_related("person").first():
        raise AlreadyInvited(other)


def _check_hub(attendee: Attendee) -> None:
    hubs = capacity.hubs(event=attendee.event)
    if attendee.hub_id and not hubs.filter(pk=attendee.hub_id).exists():
        raise WrongHub(attendee)


def _check_move(attendee: Attendee, stored: Attendee) -> None:
    """Refuse a change of hub that would cost a seat, or that comes after check-in."""
    if stored.attendance != Attendance.EXPECTED:
        raise NotAllowed(stored, "move")
    if stored.seat == Seat.CONFIRMED and _is_full(attendee):
        raise NoPlaceLeft(attendee)


def _check_open(attendee: Attendee, now: datetime) -> None:
    if attendee.event.status in capacity.CLOSED_STATUSES:
        raise NotOpen(attendee)
    if capacity.is_too_late(event=attendee.event, now=now):
        raise Over(attendee)


def _check_answer(verb: str, attendee: Attendee, now: datetime) -> None:
    _check_open(attendee, now)
    if attendee.attendance != Attendance.EXPECTED or _has_said(attendee, ANSWERS[verb]):
        raise NotAllowed(attendee, verb)


def _check_substitute(attendee: Attendee, now: datetime) -> None:
    _check_open(attendee, now)
    if attendee.person_id is None or attendee.is_out or attendee.attendance != Attendance.EXPECTED:
        raise NotAllowed(attendee, "substitute")


def _check_unnamed(attendee: Attendee, _now: datetime | None = None) -> None:
    if attendee.person_id is not None:
        raise AlreadyNamed(attendee)


def _check_release(attendee: Attendee, _now: datetime) -> None:
    if attendee.is_out or attendee.attendance != Attendance.EXPECTED:
        raise NotAllowed(attendee, "release")


def _check_arrival(attendee: Attendee, now: datetime) -> None:
    if attendee.event.status not in Event.STANDING:
        raise NotOpen(attendee)
    if attendee.attendance in (Attendance.CHECKED_IN, Attendance.ATTENDED):
        raise AlreadyCheckedIn(attendee)
    if attendee.seat == Seat.WAITLISTED:
        raise NoPlaceLeft(attendee)
    if attendee.is_out or attendee.attendance != Attendance.EXPECTED:
        raise NotAllowed(attendee, "check_in")
    begins_at = dates.begins_at(attendee.event.when)
    if begins_at and now < begins_at - CHECK_IN_OPENS_BEFORE:
        raise TooEarly(attendee)


def _check_attended(attendee: Attendee, _now: datetime) -> None:
    if attendee.attendance != Attendance.CHECKED_IN:
        raise NotAllowed(attendee, "mark_attended")


def _check_no_show(attendee: Attendee, now: datetime) -> None:
    if attendee.event.status not in Event.STANDING:
        raise NotOpen(attendee)
    if not capacity.is_too_late(event=attendee.event, now=now):
        raise NotOver(attendee)
    waits = attendee.seat == Seat.WAITLISTED
    if attendee.is_out or waits or attendee.attendance != Attendance.EXPECTED:
        raise NotAllowed(attendee, "mark_no_show")


Check = Callable[[Attendee, datetime], None]
CHECKS: Final[dict[str, Check]] = {
    **{verb: partial(_check_answer, verb) for verb in ANSWERS},
    "substitute": _check_substitute,
    "name": _check_unnamed,
    "release": _check_release,
    "check_in": _check_arrival,
    "mark_attended": _check_attended,
    "mark_no_show": _check_no_show,
}


def _passes(check: Check, attendee: Attendee, now: datetime) -> bool:
    try:
        check(attendee, now)
    except Refusal:
        return False
    return True
