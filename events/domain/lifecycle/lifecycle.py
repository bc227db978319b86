"""The life of an event: how it is stored, the steps it takes, and what follows from them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
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
from events.domain.mail import outbox
from events.domain.programme import completeness, revisions, tree
from events.domain.refusals import Name, Refusal, joined, some
from events.domain.reminders import notices, reminders
from events.models import Attendee, Basis, Event, EventOrganisation, EventPlace, Organisation, Place
from events.models.base.locks import hold_tree
from events.models.events.events import EventQuerySet
from events.values import dates
from events.values.dates import When

Status = Event.Status

# The steps that each state allows.
STEPS: Final[dict[str, tuple[str, ...]]] = {
    Status.DRAFT: ("propose", "move", "delete"),
    Status.TENTATIVE: ("confirm", "move", "postpone", "cancel"),
    Status.CONFIRMED: ("move", "postpone", "cancel"),
    Status.POSTPONED: ("reinstate", "confirm", "move", "cancel"),
    Status.CANCELLED: (),
}
# Those that no part takes while what it is part of is off.
STARTING: Final = ("propose", "confirm", "reinstate")
# The states of the parts that take a step together with the event.
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
# A change of these may contradict other events of the tree.
SHAPE: Final = ("parent_id", "kind", "origin", "precision", "start_on", "end_on", "status")


class NotAllowed(steps.NotAllowed):
    """The state of an event forbids the step: its own, or that of one above or below it."""

    text = gettext_noop("“%(title)s” is %(state)s, so this is not possible.")

    def words(self, name: Name) -> dict[str, object]:
        return {**super().words(name), "title": name(self.row)}


class Incomplete(Refusal):
    """The event lacks what its state demands: some of MISSING."""

    event: Event
    missing: tuple[str, ...]
    text = gettext_noop("“%(title)s” still needs: %(missing)s.")

    def words(self, name: Name) -> dict[str, object]:
        missing = joined(MISSING[each] for each in self.missing)
        return {"title": name(self.event), "missing": missing}


class InUse(Refusal):
    """Other rows need the event or its parts."""

    event: Event
    rows: tuple[Model, ...]
    text = gettext_noop("“%(title)s” is needed by: %(rows)s.")

    def words(self, name: Name) -> dict[str, object]:
        return {"title": name(self.event), "rows": some([*map(name, self.rows)])}


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a step does beside the event itself.

    `parts` take it too, in the order of time; `people` are expected there, each counted once;
    `reminders` have not been sent yet; `informed` are those who were invited by mail.
    """

    parts: list[Event]
    people: int
    reminders: int
    informed: int


def save(*, event: Event, now: datetime) -> None:
    """Store an event, count what changed, bring reminders, invitations and waiting lists in step.

    The one way in which admin, API and loader do it. Rows related to it follow with `touch`.
    Raises what `check` raises.
    """
    with transaction.atomic():
        _check(event, _hold(event))
        _store([event], now)


def check(*, event: Event) -> None:
    """Raise what forbids to store the event as it is now.

    NotAllowed if it would come back from the cancelled or become a draft again, Incomplete if
    people would lose its day, and what `programme.check` raises.
    """
    _check(event, Event.objects.filter(pk=event.pk).first())


def save_moved(*, event: Event, staying: Collection[int], now: datetime) -> None:
    """Store an event as `save` does; its programme moves by as many days, as with `move`.

    Parts that are `staying`, by their keys, stay where they are with all that is part of them.
    """
    with transaction.atomic():
        stored = _hold(event)
        parts = _along(event, stored, staying, _locked())
        _check(event, stored, parts)
        _store([event, *parts], now)


def moving(*, event: Event, staying: Collection[int]) -> list[Event]:
    """The parts that `save_moved` would move now; raises what it raises."""
    stored = Event.objects.filter(pk=event.pk).first()
    parts = _along(event, stored, staying, Event.objects.all())
    _check(event, stored, parts)
    return parts


def hold() -> None:
    """Keep what is checked now true until the end of the transaction."""
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
    """Raise the revision of the events that show a place, an organisation or what they are part of.

    A place is shown by what happens there or in a part of it.
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
    """Show a draft to its audience as tentative."""
    with _step(event, "propose", now) as (row,):
        row.status = Status.TENTATIVE


def confirm(*, event: Event, now: datetime) -> None:
    """Say that it takes place; raise Incomplete when anything is missing for that."""
    with _step(event, "confirm", now) as (row,):
        _start(row, Status.CONFIRMED)
        _require_all(row)


def postpone(*, event: Event, now: datetime, reason: str = "") -> None:
    """Call it off for now, with its programme: the days stay until new ones are known."""
    with _step(event, "postpone", now) as rows:
        for row in rows:
            row.status, row.cancellation_reason = Status.POSTPONED, reason


def reinstate(
    *,
    event: Event,
    when: When,
    now: datetime,
    place: Place | None = None,
    status: str = Status.TENTATIVE,
    with_programme: bool = True,
) -> None:
    """Give what was postponed a new date; its programme moves along and comes back as tentative.

    Without a place it stays where it was. Raises dates.BadDate, and Incomplete as `confirm` does.
    """
    if status not in Event.STANDING:
        raise ValueError(status)
    dates.validate(when)
    with _step(event, "reinstate", now, with_programme) as (row, *parts):
        _shift([row, *parts], when)
        row.place = place or row.place
        _start(row, status)
        _require_day(row)
        if status == Status.CONFIRMED:
            _require_all(row)
        for part in parts:
            if part.status == Status.POSTPONED:
                _start(part, Status.TENTATIVE)


def move(
    *,
    event: Event,
    when: When,
    now: datetime,
    place: Place | None = None,
    end_place: Place | None = None,
    with_programme: bool = True,
) -> None:
    """Give it another date or place; its programme moves by as many days, at the same hours.

    A place that is None stays as it was. Raises dates.BadDate, and Incomplete for a coarse date
    where people know the day already: that would be to postpone it.
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
    """Call it off for good, with its programme, but for drafts that nobody knows of."""
    with _step(event, "cancel", now) as rows:
        for row in rows:
            row.status, row.cancellation_reason = Status.CANCELLED, reason


def delete(*, event: Event, now: datetime) -> None:
    """Remove a draft with its programme of drafts; raise InUse when other rows need one of them.

    `now` says nothing here: all steps are called alike.
    """
    with transaction.atomic():
        rows = _together(MACHINE.begin(event, "delete"), "delete")
        # They may stand in each other's way, but not in that of the whole.
        Event.objects.filter(pk__in=[row.pk for row in rows]).update(
            parent=None, after=None, previous_related=None, registration_closes=None
        )
        try:
            for row in rows:
                row.delete()
        except ProtectedError as error:
            raise InUse(event, tuple(error.protected_objects)) from error


def next_steps(*, event: Event) -> tuple[str, ...]:
    """The steps that the state of the event, and of those above and below, allows now."""
    return MACHINE.next_steps(event)


def consequences(*, event: Event, verb: str) -> Consequences:
    """What a step would do beside the event itself."""
    parts = _parts(event, verb, Event.objects.all())
    events = [event, *parts]
    return Consequences(
        parts=parts,
        people=_count_people([*events, *Event.objects.shown_in(event)]),
        reminders=reminders.waiting(events=events),
        informed=invitations.informed(events=events),
    )


@contextmanager
def _step(
    event: Event, verb: str, now: datetime, with_programme: bool = True
) -> Iterator[list[Event]]:
    """Yield the event and the parts that take the step with it, as they stand; then store them."""
    with MACHINE.step(event, verb) as row:
        rows = _together(row, verb)
        rows = rows if with_programme else [row]
        yield rows
        _store(rows, now)
        tree.check(event=row)


def _take(event: Event) -> Event:
    """Lock the tree and the event, which takes a step."""
    hold_tree()
    return _locked().get(pk=event.pk)


def _together(event: Event, verb: str) -> list[Event]:
    """The event and the parts that take the step with it, locked."""
    return [event, *_parts(event, verb, _locked())]


def _obstacle(event: Event, verb: str) -> Event | None:
    """The other event whose state forbids the step."""
    if verb in STARTING:
        return tree.off_above(event=event)
    if verb == "delete":
        parts = tree.below(event=event)
        return next((part for part in parts if part.status != Status.DRAFT), None)
    return None


def _parts(event: Event, verb: str, rows: EventQuerySet) -> list[Event]:
    """The parts that take the step together with the event."""
    states = TOGETHER.get(verb, ())
    parts = tree.below(event=event) if states else []
    keys = [part.pk for part in parts if part.status in states]
    return list(rows.filter(pk__in=keys).in_time_order())


def _locked() -> EventQuerySet:
    """Events as they stand, locked until the change is in."""
    return Event.objects.select_for_update(no_key=True)


def _hold(event: Event) -> Event | None:
    """Lock the stored event, and before it the tree, if other events must fit or learn of this."""
    if _reaches_others(event, Event.objects.filter(pk=event.pk).first()):
        hold_tree()
    stored = _locked().filter(pk=event.pk).first()
    if _reaches_others(event, stored):  # somebody changed it between the two looks
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
    """Nothing comes back from the cancelled, is a draft again, or loses the day people know."""
    left = stored.status != event.status
    if left and (stored.status == Status.CANCELLED or event.status == Status.DRAFT):
        raise NotAllowed(stored, "save")
    stands = stored.status in Event.STANDING and event.status in Event.STANDING
    if stands and stored.when.is_exact:
        _require_day(event)


def _store(events: list[Event], now: datetime) -> None:
    """Store the events; the parts that show their change and did not change themselves follow.

    The parts are locked before the open batch of notices, as by whoever changes one of them alone.
    """
    stored = [event.pk for event in events if event.pk]
    list(_locked().filter(parent__in=stored).order_by("pk").values_list("pk"))
    shown = [event.pk for event in events if _put(event, now)]
    if shown:
        parts = Event.objects.filter(parent__in=shown)
        _rise_all(parts.exclude(pk__in=[event.pk for event in events]), now)


def _rise_all(events: EventQuerySet, now: datetime) -> None:
    """Raise the revision of what shows something that changed, and let calendars know."""
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
        changes.note(events=[stored], now=now)  # in the tree that it leaves
    event.save()
    changes.note(events=filter(None, (event, stored)), now=now)
    if stored:
        notices.note(event=event, stored=stored, now=now)
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


def _shift(rows: list[Event], when: When) -> None:
    """Give the first event its new date, and move the others by as many days."""
    event, *parts = rows
    old = event.when
    if old == when:
        return
    event.when, event.basis = when, Basis.ENTERED if when.start_on else ""
    for part in parts:
        tree.shift(event=part, days=_days_between(old, when))


def _days_between(old: When, new: When) -> int:
    """By how many days a programme moves: by none from or to a coarse date."""
    if old.is_exact and new.is_exact and old.start_on and new.start_on:
        return (new.start_on - old.start_on).days
    return 0


def _along(
    event: Event, stored: Event | None, staying: Collection[int], rows: EventQuerySet
) -> list[Event]:
    """The parts that move along from where the event is stored to where it stands, moved."""
    days = _days_between(stored.when, event.when) if stored else 0
    if not days:
        return []
    still = set(staying) - {event.pk}
    for part in tree.below(event=event):
        if part.parent_id in still:
            still.add(part.pk)
    parts = [part for part in _parts(event, "move", rows) if part.pk not in still]
    for part in parts:
        tree.shift(event=part, days=days)
    return parts


def _require_all(event: Event) -> None:
    """Raise Incomplete for what an event of our own lacks; reports say no more than they know."""
    missing = completeness.missing(event=event) if event.is_managed else ()
    if missing:
        raise Incomplete(event, missing)


def _require_day(event: Event) -> None:
    if event.is_managed and not event.when.is_exact:
        raise Incomplete(event, ("day",))


def _count_people(events: list[Event]) -> int:
    """Those who are expected at one of the events; who is not named yet counts each time."""
    expected = Attendee.objects.expected().filter(event__in=events)
    counts = expected.aggregate(
        named=Count("person", distinct=True), unnamed=Count("pk", filter=Q(person=None))
    )
    return int(counts["named"] + counts["unnamed"])


MACHINE: Final = steps.Machine(table=STEPS, refusal=NotAllowed, hold=_take, obstacle=_obstacle)
