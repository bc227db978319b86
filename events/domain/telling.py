"""Telling: who would be told what by a change, before it is stored and after.

A change runs in a plan (`planning`), and its mails are read from what it has written (`read`), so
one place answers for every form and step. If nobody has chosen yet what becomes of the mails, the
outside rolls the change back, asks, and runs it again with the choice. What the change plans then
may differ from what was shown, because somebody may have answered meanwhile; the choice counts for
what is planned then.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, pgettext

from events.domain.mail import plans
from events.domain.mail.plans import Plan
from events.domain.pages import formatting
from events.domain.programme import revisions, snapshots
from events.domain.refusals import NAMED
from events.domain.reminders import notices
from events.models import Delivery, Event, Person, Telling, Viewer

HELD: Final = Delivery.State.HELD
MAX_CHANGES: Final = 12  # changed events that are named; the others are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed event: its title, and each value that differs as “old → new”."""

    title: str
    lines: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The people whom a change concerns by mail, and what they would read.

    `names` are the first of the people whom the user may see; `kinds` are labels of mails with
    their numbers. `more` counts the changed events that are not in `changes`. `events` are the keys
    of the events that the mails are about. `is_held` says that so many mails are held in any case.
    """

    people: int
    names: list[str]
    kinds: list[tuple[str, int]]
    changes: list[Change]
    more: int
    events: list[int]
    is_held: bool
    choice: Telling | None


@contextmanager
def planning(*, choice: Telling | None, now: datetime, joins: bool = False) -> Iterator[Plan]:
    """Open a transaction and a plan for a change; `choice` is None if nobody has chosen yet."""
    with transaction.atomic(), plans.opened(choice=choice, joins=joins) as plan:
        yield plan
        notices.settle(plan=plan, now=now)


def read(*, user: Viewer) -> Told | None:
    """Return what the change of the open plan tells, or None if it tells nobody anything.

    To be called when the change is stored.
    """
    plan = plans.current()
    mails = _mails(plan)
    noticed = notices.reach(changes=plan.changes)
    people = {mail.person_id for mail in mails} | noticed
    if not people:
        return None
    events = _events(plan, mails)
    changes = list(_changes(plan, events, user))
    return Told(
        people=len(people),
        names=_names(user, people),
        kinds=_kinds(mails, len(noticed)),
        changes=changes[:MAX_CHANGES],
        more=len(changes[MAX_CHANGES:]),
        events=sorted(events),
        is_held=plan.telling == Telling.NOW and any(mail.state == HELD for mail in mails),
        choice=plan.choice,
    )


def foreseen(*, user: Viewer, readers: Collection[int], kind: str) -> Told | None:
    """Return what mails of one kind tell, one for each of these people, without planning them.

    For a change of many rows, of which the domain says beforehand whom it tells.
    """
    if not readers:
        return None
    return Told(
        people=len({*readers}),
        names=_names(user, readers),
        kinds=[(str(Delivery(kind=kind).get_kind_display()), len(readers))],
        changes=[],
        more=0,
        events=[],
        is_held=len(readers) > settings.HOLD_ABOVE,
        choice=None,
    )


def _names(user: Viewer, people: Collection[int]) -> list[str]:
    """Return the names of the first of the people whom the user may see."""
    seen = Person.objects.visible_to(user).filter(pk__in=people)
    return [str(person) for person in seen.order_by("family_name", "pk")[:NAMED]]


def _mails(plan: Plan) -> list[Delivery]:
    """Return the mails of the plan, without those that a later part of the change took back."""
    if not plan.keys:
        return []
    rows = Delivery.objects.filter(dedup_key__in=plan.keys)
    last = rows.unsent() | rows.withheld()
    found = last.select_related("event").order_by("pk")
    return [*{(row.person_id, row.event_id, _family(row)): row for row in found}.values()]


def _family(row: Delivery) -> str:
    """Invitations and their ends replace each other; other kinds stand for themselves."""
    return "invitation" if row.kind in Delivery.INVITATIONS else row.kind


def _kinds(mails: list[Delivery], noticed: int) -> list[tuple[str, int]]:
    requests = {row.attendee_id for row in mails if row.kind == Delivery.Kind.REQUEST}
    rows = Delivery.objects.out().filter(kind=Delivery.Kind.REQUEST, attendee__in=requests)
    updated: set[int | None] = set(rows.values_list("attendee", flat=True))
    labels = Counter(_label(row, updated) for row in mails)
    if noticed:
        labels[str(Delivery(kind=Delivery.Kind.NOTICE).get_kind_display())] += noticed
    return [*labels.items()]


def _label(row: Delivery, updated: set[int | None]) -> str:
    if row.kind == Delivery.Kind.REQUEST and row.attendee_id in updated:
        return gettext("changed invitation")
    return str(row.get_kind_display())


def _events(plan: Plan, mails: list[Delivery]) -> set[int]:
    changed = notices.events_of(changes=plan.changes)
    return {*changed, *(mail.event_id for mail in mails)}


def _changes(plan: Plan, events: set[int], user: Viewer) -> Iterator[Change]:
    """Yield the changed events that the user may see, in the order of time."""
    rows = Event.objects.visible_to(user).filter(pk__in=events)
    shown = rows.select_related("place__parent__parent", "end_place__parent__parent")
    for event in shown.in_time_order():
        stored = plan.stored.get(event.pk)
        yield Change(title=event.title, lines=[*_lines(stored, event)] if stored else [])


def _lines(stored: Event, event: Event) -> Iterator[str]:
    """Yield “old → new” for title, status, date and place, as far as they differ."""
    titles = [(getattr(stored, name), getattr(event, name)) for name in snapshots.TITLES]
    for old, new in [(stored.title, event.title), *titles]:
        if (old or "") != (new or ""):  # in the language of the page, or else in the first
            yield _step(old, new)
            break
    if stored.status != event.status:
        yield _step(str(stored.get_status_display()), str(event.get_status_display()))
    if revisions.differ(row=event, stored=stored, names=revisions.WHEN):
        yield _step(formatting.when(stored.when), formatting.when(event.when))
    if revisions.differ(row=event, stored=stored, names=revisions.WHERE):
        yield _step(formatting.where(event=stored), formatting.where(event=event))


def _step(old: str, new: str) -> str:
    words = {"old": old or "–", "new": new or "–"}
    return pgettext("change", "%(old)s → %(new)s") % words
