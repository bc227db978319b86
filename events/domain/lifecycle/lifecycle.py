"""The life cycle of an event: saving, steps (changes of status or date), and their effects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Model, ProtectedError, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from events.domain import steps
from events.domain.attendance import capacity, invitations
from events.domain.feeds import changes
from events.domain.lifecycle import callingoff
from events.domain.mail import outbox
from events.domain.pages import formatting
from events.domain.programme import completeness, followers, revisions, tree
from events.domain.refusals import Name, Refusal, joined, some
from events.domain.reminders import notices, reminders
from events.models import Attendee, Basis, Event, EventOrganisation, EventPlace, Organisation, Place
from events.models.base.locks import hold_tree
from events.models.events.events import EventQuerySet
from events.values import dates
from events.values.dates import When

Status = Event.Status

# The steps that each status allows.
STEPS: Final[dict[str, tuple[str, ...]]] = {
    Status.DRAFT: ("propose", "move", "delete"),
    Status.TENTATIVE: ("confirm", "move", "postpone", "cancel"),
    Status.CONFIRMED: ("move", "postpone", "cancel"),
    Status.POSTPONED: ("reinstate", "confirm", "move", "cancel"),
    Status.CANCELLED: ("reinstate",),  # until it would have begun: `has_begun`
}
# Steps that a part cannot take while an event above it is postponed or cancelled.
STARTING: Final = ("propose", "confirm", "reinstate")
# For each step, the statuses of the parts that take it together with the event.
TOGETHER: Final[dict[str, tuple[str, ...]]] = {
    "move": (Status.DRAFT, *Event.LIVE),
    "postpone": Event.STANDING,
    "reinstate": (Status.DRAFT, Status.POSTPONED),
    "cancel": Event.LIVE,
    "delete": tuple(Status),
}
MISSING: Final = {
    "day": _("a day"),
    "zone": _("a time zone"),
    "place": _("a place"),
    "organiser": _("an organiser or host"),
}
# A change of these columns may contradict other events of the tree.
SHAPE: Final = ("parent_id", "kind", "origin", "precision", "start_on", "end_on", "status")


class NotAllowed(steps.NotAllowed):
    """The status of the event, or of one above or below it, forbids the step."""

    text = gettext_noop("“%(title)s” is %(state)s, so this is not possible.")

    def words(self, name: Name) -> dict[str, object]:
        return {**super().words(name), "title": name(self.row)}


class Incomplete(Refusal):
    """The event lacks what its status demands; `missing` are keys of MISSING."""

    event: Event
    missing: tuple[str, ...]
    text = gettext_noop("“%(title)s” still needs: %(missing)s.")

    def words(self, name: Name) -> dict[str, object]:
        missing = joined(MISSING[each] for each in self.missing)
        return {"title": name(self.event), "missing": missing}


class Begun(Refusal):
    """The cancelled event would have begun by now, so a new run is a new event."""

    event: Event
    text = gettext_noop(
        "“%(title)s” would have begun by now (%(when)s), so it cannot be reinstated. Clone it:"
        " a new run is a new event."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"title": name(self.event), "when": formatting.when(self.event.when)}


class InUse(Refusal):
    """Rows that are not deleted along with it refer to the event or its parts."""

    event: Event
    rows: tuple[Model, ...]
    text = gettext_noop("“%(title)s” is needed by: %(rows)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"title": name(self.event), "rows": some([*map(name, self.rows)])}


@dataclass(frozen=True, slots=True)
class Consequences:
    """The effects of a step beyond the event itself.

    `parts` take the step too, in order of time. `people` counts the attendees expected there, each
    once. `reminders` counts unsent reminders, `informed` the people who were invited by mail.
    """

    parts: list[Event]
    people: int
    reminders: int
    informed: int


def save(*, event: Event, now: datetime) -> None:
    """Store an event; count the change, and update notices, reminders, invitations, seats.

    Admin, API and loader store events only with this function; a change in related rows is reported
    with `touch`. Raises what `check` raises.
    """
    with transaction.atomic():
        _check(event, _hold(event))
        _store([event], now)


def save_all(*, events: Sequence[Event], now: datetime) -> None:
    """Store events that change together as `save` does; each is checked beside the others."""
    with transaction.atomic():
        hold_tree()
        rows = _locked().filter(pk__in=[event.pk for event in events]).order_by("pk")
        stored = {row.pk: row for row in rows}
        for event in events:
            _check(event, stored.get(event.pk), events)
        _store(list(events), now)


def check(*, event: Event) -> None:
    """Raise the reason why the event cannot be stored as it is now.

    NotAllowed if a cancelled event would come back or an event would become a draft again,
    Incomplete if a known day would be lost, and what `tree.check` raises.
    """
    _check(event, Event.objects.filter(pk=event.pk).first())


def save_moved(*, event: Event, staying: Collection[int], now: datetime) -> None:
    """Store an event as `save` does, and move its programme by the same number of days.

    `staying` are primary keys of parts that keep their dates, together with all that is below them.
    """
    with transaction.atomic():
        stored = _hold(event)
        parts = _along(event, stored, staying, _locked())
        _check(event, stored, parts)
        _store([event, *parts], now)


def moving(*, event: Event, staying: Collection[int]) -> list[Event]:
    """The parts that `save_moved` would move now. Raises what it raises."""
    stored = Event.objects.filter(pk=event.pk).first()
    parts = _along(event, stored, staying, Event.objects.all())
    _check(event, stored, parts)
    return parts


def hold() -> None:
    """Lock the tree of events, so that a check stays true until the end of the transaction."""
    hold_tree()


def touch(*, event: Event, now: datetime) -> None:
    """Record a visible change in rows related to the event: hubs, organisations, sectors."""
    with transaction.atomic():
        revisions.rise(event=event, stored=_locked().get(pk=event.pk), now=now)
        event.save(update_fields=["revision", "changed_at"])
        changes.note(events=[event], now=now)
        invitations.replan(event=event, now=now)
        capacity.settle(event=event, now=now)


def touch_shown_with(
    *,
    now: datetime,
    place: Place | None = None,
    organisation: Organisation | None = None,
    event: Event | None = None,
) -> None:
    """Raise the revision of the events that show a place, an organisation or a parent event.

    A place is shown by the events there and by those in a place within it.
    """
    shown = Q(parent=event) if event else Q(pk__in=[])
    if organisation:
        roles = EventOrganisation.objects.filter(organisation=organisation)
        shown |= Q(pk__in=roles.values("event"))
    if place:
        places = Place.objects.within(Place.objects.filter(pk=place.pk))
        roles_there = EventPlace.objects.filter(place__in=places)
        shown |= Q(place__in=places) | Q(end_place__in=places)
        shown |= Q(pk__in=roles_there.values("event"))
    with transaction.atomic():
        hold_tree()
        _rise_all(Event.objects.filter(shown), now)


def propose(*, event: Event, now: datetime) -> None:
    """Publish a draft to its audience as tentative."""
    with _step(event, "propose", now) as (row,):
        row.status = Status.TENTATIVE


def confirm(*, event: Event, now: datetime) -> None:
    """Confirm that the event takes place. Raises Incomplete."""
    with _step(event, "confirm", now) as (row,):
        _start(row, Status.CONFIRMED)
        _require_all(row)


def postpone(*, event: Event, now: datetime, reason: str = "") -> None:
    """Postpone the event with its programme; the old dates stay until new ones are known."""
    with _step(event, "postpone", now) as rows:
        _call_off(rows, Status.POSTPONED, reason)


def reinstate(
    *,
    event: Event,
    now: datetime,
    when: When | None = None,
    place: Place | None = None,
    status: str = Status.TENTATIVE,
    with_programme: bool = True,
) -> None:
    """Let a postponed or cancelled event take place after all, with its programme.

    Without `when`, the event and the parts that were called off with it become what they were
    before. With a new date, `status` is the new one, tentative or confirmed; the parts move along
    and become tentative. Without a place the old one stays. Of a cancelled event only the parts
    that were cancelled with it come back. Raises Begun for a cancelled event that would have begun,
    dates.BadDate, and Incomplete if the day is not known or, with a new date, as `confirm` does.
    """
    if status not in Event.STANDING:
        raise ValueError(status)
    if when:
        dates.validate(when)
    with _step(event, "reinstate", now, with_programme) as rows:
        known = callingoff.before(rows=rows)
        if has_begun(event=rows[0], now=now):
            raise Begun(rows[0])
        rows[0].place = place or rows[0].place
        if when is None:
            rows[1:] = callingoff.followers(event=rows[0], parts=rows[1:])
            _put_back(rows, known)
        else:
            _start_anew(rows, when, status)


def move(
    *,
    event: Event,
    when: When,
    now: datetime,
    place: Place | None = None,
    end_place: Place | None = None,
    with_programme: bool = True,
) -> None:
    """Change date or place; the programme moves by the same number of days, at the same wall times.

    What takes place after it and has to move along does, in other programmes too (`followers`). A
    place that is None stays as it was. Raises dates.BadDate, and Incomplete if a known day would
    become a coarse date: that is what `postpone` is for.
    """
    dates.validate(when)
    with _step(event, "move", now, with_programme) as rows:
        row = rows[0]
        had_day = row.when.is_exact
        _shift(rows, when)
        row.place, row.end_place = place or row.place, end_place or row.end_place
        if had_day and row.status in Event.STANDING:
            _require_day(row)


def cancel(*, event: Event, reason: str, now: datetime) -> None:
    """Cancel the event with its programme; parts that are drafts stay drafts.

    It can be reinstated until it would have begun.
    """
    with _step(event, "cancel", now) as rows:
        _call_off(rows, Status.CANCELLED, reason)


def delete(*, event: Event, now: datetime) -> None:
    """Delete a draft with its programme of drafts. Raises InUse if other rows refer to one of them.

    `now` is unused; all steps share one signature.
    """
    with transaction.atomic():
        rows = _together(MACHINE.begin(event, "delete"), "delete")
        # Clear the references among these rows, which would block the deletion of single rows.
        Event.objects.filter(pk__in=[row.pk for row in rows]).update(
            parent=None, after=None, previous_related=None, registration_closes=None
        )
        try:
            for row in rows:
                row.delete()
        except ProtectedError as error:
            raise InUse(event, tuple(error.protected_objects)) from error


def next_steps(*, event: Event) -> tuple[str, ...]:
    """The steps that the status of the event, and of those above and below it, allows now."""
    return MACHINE.next_steps(event)


def has_begun(*, event: Event, now: datetime) -> bool:
    """Whether a cancelled event would have begun, so that a new run of it is a new event.

    One that had been postponed before has no date that could come.
    """
    begins_at = event.start_at or dates.over_at(event.when)
    if event.status != Status.CANCELLED or begins_at is None or now < begins_at:
        return False
    return callingoff.before(rows=[event])[event.pk].status != Status.POSTPONED


def consequences(*, event: Event, verb: str) -> Consequences:
    """The effects that a step would have beyond the event itself."""
    return reach(event=event, parts=_parts(event, verb, Event.objects.all()))


def reach(*, event: Event, parts: list[Event], changed: list[Event] | None = None) -> Consequences:
    """The effects of a step that these parts take together with the event.

    `changed` are the events whose mails follow from it, by default the event and the parts.
    """
    events = [event, *parts]
    mailed = events if changed is None else changed
    return Consequences(
        parts=parts,
        people=_count_people([*events, *Event.objects.shown_in(event)]),
        reminders=reminders.waiting(events=mailed),
        informed=invitations.informed(events=mailed),
    )


@contextmanager
def _step(
    event: Event, verb: str, now: datetime, with_programme: bool = True
) -> Iterator[list[Event]]:
    """Lock and yield the event and the parts that take the step too; then store them."""
    with MACHINE.step(event, verb) as row:
        rows = _together(row, verb)
        rows = rows if with_programme else [row]
        yield rows
        _store(rows, now)
        tree.check(event=row)


def _take(event: Event) -> Event:
    """Lock the tree and the event that takes a step; return the event."""
    hold_tree()
    return _locked().get(pk=event.pk)


def _together(event: Event, verb: str) -> list[Event]:
    """Lock and return the event and the parts that take the step with it."""
    return [event, *_parts(event, verb, _locked())]


def _obstacle(event: Event, verb: str) -> Model | None:
    """Return another row whose status forbids the step, or None.

    A row of an upper app that points one-to-one to the event may be called off itself, such as the
    delegation of a mission: then the event stays off.
    """
    if verb == "reinstate" and (row := _called_off_above(event)):
        return row
    if verb in STARTING:
        return tree.off_above(event=event)
    if verb == "delete":
        parts = tree.below(event=event)
        return next((part for part in parts if part.status != Status.DRAFT), None)
    return None


def _called_off_above(event: Event) -> Model | None:
    """Return a row that points one-to-one to the event and says `is_called_off`, or None."""
    relations = [each for each in Event._meta.related_objects if each.one_to_one]
    rows = (getattr(event, each.get_accessor_name() or "", None) for each in relations)
    return next((row for row in rows if getattr(row, "is_called_off", False)), None)


def _parts(event: Event, verb: str, rows: EventQuerySet) -> list[Event]:
    """The parts that take the step together with the event, in order of time."""
    states = TOGETHER.get(verb, ())
    parts = tree.below(event=event) if states else []
    keys = [part.pk for part in parts if part.status in states]
    if verb == "reinstate" and event.status == Status.CANCELLED:
        drafts = [part.pk for part in parts if part.status == Status.DRAFT]
        keys = [*drafts, *(part.pk for part in callingoff.followers(event=event, parts=parts))]
    return list(rows.filter(pk__in=keys).in_time_order())


def _locked() -> EventQuerySet:
    """Events to be read with a row lock until the end of the transaction."""
    return Event.objects.select_for_update(no_key=True)


def _hold(event: Event) -> Event | None:
    """Lock and return the stored event.

    If the change may affect other events, the tree is locked first: the order in which all code
    locks.
    """
    if _reaches_others(event, Event.objects.filter(pk=event.pk).first()):
        hold_tree()
    stored = _locked().filter(pk=event.pk).first()
    if _reaches_others(event, stored):  # the row changed between the first read and the lock
        hold_tree()
    return stored


def _reaches_others(event: Event, stored: Event | None) -> bool:
    names = (*SHAPE, *revisions.SHOWN_BELOW)
    return stored is None or revisions.differ(row=event, stored=stored, names=names)


def _check(event: Event, stored: Event | None, moved: Collection[Event] = ()) -> None:
    if stored and event.is_managed:
        _check_state(event, stored)
    if stored is None or revisions.differ(row=event, stored=stored, names=SHAPE):
        tree.check(event=event, moved=moved)


def _check_state(event: Event, stored: Event) -> None:
    """Refuse to leave the status cancelled, to become a draft again, or to lose a known day."""
    left = stored.status != event.status
    if left and (stored.status == Status.CANCELLED or event.status == Status.DRAFT):
        raise NotAllowed(stored, "save")
    stands = stored.status in Event.STANDING and event.status in Event.STANDING
    if stands and stored.when.is_exact:
        _require_day(event)


def _store(events: list[Event], now: datetime) -> None:
    """Store the events; a part that shows a changed value of its parent gets a new revision.

    The parts are locked before the open notice batch, in the same order as when one part is changed
    alone.
    """
    stored = [event.pk for event in events if event.pk]
    list(_locked().filter(parent__in=stored).order_by("pk").values_list("pk"))
    shown = [event.pk for event in events if _put(event, now)]
    if shown:
        parts = Event.objects.filter(parent__in=shown)
        _rise_all(parts.exclude(pk__in=[event.pk for event in events]), now)


def _rise_all(events: EventQuerySet, now: datetime) -> None:
    """Raise the revision of events that show something that changed.

    Their feeds and invitations follow.
    """
    rows = list(events.only("visibility"))
    revisions.rise_all(events=events, now=now)
    changes.note(events=rows, now=now)
    invitations.follow(events=[row.pk for row in rows], now=now)


def _put(event: Event, now: datetime) -> bool:
    """Store one event; return whether its parts show the change."""
    stored = _locked().filter(pk=event.pk).first()
    if stored:
        revisions.count(event=event, stored=stored, now=now)
    else:
        event.created_at = event.changed_at = now.replace(microsecond=0)
    if stored and stored.parent_id != event.parent_id:
        changes.note(events=[stored], now=now)  # for the feeds of the tree that the event leaves
    event.save()
    changes.note(events=filter(None, (event, stored)), now=now)
    if stored:
        notices.note(event=event, stored=stored, now=now)
    if stored and stored.status == Status.CANCELLED and event.stands:
        reminders.begin_anew(event=event, now=now)
    else:
        reminders.replan(event=event, now=now)
    invitations.replan(event=event, now=now)
    if stored and stored.team_id != event.team_id:
        outbox.give_to_its_team(event=event)
    capacity.settle(event=event, now=now)
    return stored is not None and revisions.differ(
        row=event, stored=stored, names=revisions.SHOWN_BELOW
    )


def _start(event: Event, status: str) -> None:
    event.status, event.cancellation_reason = status, ""


def _call_off(rows: list[Event], status: str, reason: str) -> None:
    for row in rows:
        row.status, row.cancellation_reason = status, reason
    callingoff.explain(rows=rows, event=rows[0])


def _put_back(rows: list[Event], known: dict[int, callingoff.Before]) -> None:
    """Give the event and its followers the status and the reason that they had before."""
    for row in rows:
        row.status, row.cancellation_reason = known[row.pk].status, known[row.pk].reason
    if rows[0].status in Event.STANDING:
        _require_day(rows[0])


def _start_anew(rows: list[Event], when: When, status: str) -> None:
    """Move the events to a new date, at which they take place; drafts stay drafts."""
    event, *parts = rows
    _shift(rows, when)
    _start(event, status)
    _require_day(event)
    if status == Status.CONFIRMED:
        _require_all(event)
    for part in parts:
        if part.status in tree.OFF:
            _start(part, Status.TENTATIVE)


def _shift(rows: list[Event], when: When) -> None:
    """Give the first event its new date, and move the others by the same number of days.

    What takes place after one of them and has to move along is moved, and added to the rows.
    """
    event, *parts = rows
    before = {row.pk: copy(row) for row in rows}
    if event.when == when:
        return
    days = _days_between(event.when, when)
    event.when, event.basis = when, Basis.ENTERED if when.start_on else ""
    for part in parts:
        tree.shift(event=part, by=days * dates.DAY)
    rows += _followers(rows, before, _locked())


def _followers(rows: list[Event], before: Mapping[int, Event], among: EventQuerySet) -> list[Event]:
    """Return what takes place after the moved rows and moves along, already moved.

    It may be part of another event of the same team, and is checked there. Raises what
    `tree.check` raises.
    """
    moves = {row.pk: (before[row.pk], row) for row in rows if before[row.pk].when != row.when}
    if not moves:
        return []
    found = followers.along(moves=moves, among=among.filter(team=rows[0].team_id))
    moved = [row for _before, row in found.values()]
    for row in moved:
        tree.check(event=row, moved=[*rows, *moved])
    return moved


def _days_between(old: When, new: When) -> int:
    """The number of days by which a programme moves; 0 from or to a coarse date."""
    if old.is_exact and new.is_exact and old.start_on and new.start_on:
        return (new.start_on - old.start_on).days
    return 0


def _along(
    event: Event, stored: Event | None, staying: Collection[int], rows: EventQuerySet
) -> list[Event]:
    """The parts that move with the event to its new date, and what follows, already moved."""
    days = _days_between(stored.when, event.when) if stored else 0
    if stored is None or not days:
        return []
    still = set(staying) - {event.pk}
    for part in tree.below(event=event):
        if part.parent_id in still:
            still.add(part.pk)
    parts = [part for part in _parts(event, "move", rows) if part.pk not in still]
    before = {event.pk: stored, **{part.pk: copy(part) for part in parts}}
    for part in parts:
        tree.shift(event=part, by=days * dates.DAY)
    return [*parts, *_followers([event, *parts], before, rows.exclude(pk__in=still))]


def _require_all(event: Event) -> None:
    """Raise Incomplete for what is missing; reported events may be incomplete."""
    missing = completeness.missing(event=event) if event.is_managed else ()
    if missing:
        raise Incomplete(event, missing)


def _require_day(event: Event) -> None:
    if event.is_managed and not event.when.is_exact:
        raise Incomplete(event, ("day",))


def _count_people(events: list[Event]) -> int:
    """The number of people expected at the events; an unnamed attendee counts at each event."""
    expected = Attendee.objects.expected().filter(event__in=events)
    counts = expected.aggregate(
        named=Count("person", distinct=True), unnamed=Count("pk", filter=Q(person=None))
    )
    return int(counts["named"] + counts["unnamed"])


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_take, obstacle=_obstacle)
