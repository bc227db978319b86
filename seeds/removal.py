"""The removal of the sample: what it made goes, what other rows have come to need stays.

A row of the sample stays if a row from elsewhere refers to it, such as a guest list of a real event
on which a sample person stands; what it refers to itself stays with it. Details (attendees, roles,
mails …) go with the rows that own them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any, Final

from django.db import models, transaction

from delegations.models import (
    Application,
    Decision,
    Delegate,
    Leg,
    Nominee,
    RosterAttendee,
)
from events.domain.feeds import changes
from events.models import (
    Appointment,
    Attendee,
    CalendarChange,
    CalendarFeed,
    Delivery,
    Event,
    EventChange,
    EventOrganisation,
    EventPlace,
    FeedState,
    FeedTree,
    NoticeBatch,
    OptOut,
    ReminderOccurrence,
    ReminderRule,
    RenderedEvent,
    Reply,
    Team,
)
from events.models.base import history
from seeds.models import Entry

Row = tuple[type[models.Model], Any]  # a table and a primary key
TEAM: Final = "sample"
PREFIX: Final = "sample-"  # of the short names of all records of the sample

# Details, and the columns that name their owners: they go if all owners go.
OWNERS: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Appointment: ("person_id", "organisation_id"),
    Attendee: ("event_id", "person_id"),
    CalendarFeed: ("event_id", "person_id", "team_id"),
    Decision: ("application_id",),
    Delegate: ("delegation_id", "person_id", "organisation_id"),
    Delivery: ("event_id", "person_id"),
    EventChange: ("event_id",),
    EventOrganisation: ("event_id",),
    EventPlace: ("event_id",),
    Leg: ("delegation_id", "stay_id"),
    Nominee: ("application_id", "person_id"),
    NoticeBatch: ("team_id",),
    OptOut: ("person_id",),
    ReminderRule: ("event_id", "team_id"),
    Reply: ("event_id", "person_id"),
    RosterAttendee: ("attendee_id",),
}
# What the machine keeps of a row is lost with it and shows no use of it.
OF_THE_MACHINE: Final = (
    CalendarChange,
    FeedState,
    FeedTree,
    ReminderOccurrence,
    RenderedEvent,
    Entry,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a removal deletes, and what it leaves."""

    going: list[models.Model] = field(default_factory=list)  # without their details
    kept: list[models.Model] = field(default_factory=list)
    details: dict[type[models.Model], int] = field(default_factory=dict)
    rows: frozenset[Row] = frozenset()
    links: frozenset[tuple[Row, Row]] = frozenset()

    @property
    def is_loaded(self) -> bool:
        return bool(self.going or self.kept)


def plan() -> Plan:
    """Return what a removal would do now; an empty plan if the sample is not loaded."""
    graph = _Graph(_roots())
    kept = graph.kept()
    going = [row for key, row in graph.roots.items() if key not in kept]
    number: dict[type[models.Model], int] = defaultdict(int)
    for model, _key in graph.details - kept:
        number[model] += 1
    return Plan(
        going=going,
        kept=[row for key, row in graph.roots.items() if key in kept],
        details=dict(number),
        rows=frozenset((graph.details | graph.roots.keys()) - kept),
        links=frozenset(graph.links),
    )


def remove(*, now: datetime) -> Plan:
    """Delete the sample with its mails and its history, in one transaction."""
    with transaction.atomic():
        done = plan()
        by_model = _by_model(done.rows)
        _entries(done.going).delete()
        with history.silent():
            for batch in _order(done):
                _delete(batch)
        for model, keys in by_model.items():
            if (past := history.of(model)) is not None:
                past.filter(**{f"{model._meta.pk.attname}__in": keys}).delete()
        if Event in by_model:
            changes.note_public(now=now)
    return done


def _roots() -> Iterator[models.Model]:
    """Yield the rows that the sample made, without their details."""
    for entry in Entry.objects.filter(key__contains=f"/{PREFIX}").order_by("pk"):
        if entry.target is not None:
            yield entry.target
    mine = Application.objects.filter(
        delegation__slug__startswith=PREFIX, organisation__slug__startswith=PREFIX
    )
    yield from mine.select_related("organisation", "delegation").order_by("pk")
    yield from Team.objects.filter(slug=TEAM)


def _entries(rows: Iterable[models.Model]) -> models.QuerySet[Entry]:
    """Return the entries of these rows, and those of rows that were deleted by hand."""
    going = {(type(row), row.pk) for row in rows}
    found = Entry.objects.filter(key__contains=f"/{PREFIX}")
    gone = [
        entry.pk
        for entry in found
        if entry.target is None or (type(entry.target), entry.target.pk) in going
    ]
    return found.filter(pk__in=gone)


class _Graph:
    """The rows of the sample, their details, and all rows that refer to them."""

    def __init__(self, roots: Iterable[models.Model]) -> None:
        self.roots: dict[Row, models.Model] = {(_table(type(row)), row.pk): row for row in roots}
        self.details: set[Row] = set()
        self.links: set[tuple[Row, Row]] = set()  # from a row to one that it refers to
        self.columns: dict[Row, dict[str, Any]] = {}
        self.held: dict[Row, set[str]] = defaultdict(set)  # columns that refer to the sample
        self.container: dict[Row, Row] = {}  # the first owner of each detail
        new = set(self.roots)
        while new:
            found = {row for row in self._referring(new) if row[0] in OWNERS}
            new = found - self.details - self.roots.keys()
            self.details |= new
        self.strangers = {one for one, _ in self.links} - self.details - self.roots.keys()

    def _referring(self, rows: set[Row]) -> Iterator[Row]:
        """Yield the rows that refer to these, and note the links."""
        for model, keys in _by_model(rows).items():
            for column in _pointing_at(model):
                owner = _table(column.model)
                names = {"pk", column.attname, *OWNERS.get(owner, ())}
                found = owner._default_manager.filter(**{f"{column.attname}__in": keys})
                for values in found.values(*names):
                    row: Row = (owner, values["pk"])
                    self._note(row, column.attname, (model, values[column.attname]))
                    self.columns[row] = values
                    yield row

    def _note(self, row: Row, column: str, target: Row) -> None:
        self.links.add((row, target))
        self.held[row].add(column)
        owners = [name for name in OWNERS.get(row[0], ()) if name in self.held[row]]
        if owners and owners[0] == column:
            self.container[row] = target

    def _is_ours(self, row: Row) -> bool:
        """Whether everything that owns a detail is of the sample."""
        values = self.columns[row]
        return all(values[name] is None or name in self.held[row] for name in OWNERS[row[0]])

    def kept(self) -> set[Row]:
        """Return what stays: what strangers refer to, and what stays because of that.

        A row that stays holds what it refers to; a container that stays holds its details.
        """
        kept = self.strangers | {row for row in self.details if not self._is_ours(row)}
        while True:
            more = {target for row, target in self.links if row in kept}
            more |= {row for row, holder in self.container.items() if holder in kept}
            if more <= kept:
                return kept & (self.details | self.roots.keys())
            kept |= more


def _table(model: type[models.Model]) -> type[models.Model]:
    """The model itself, for proxies that of their table."""
    return model._meta.concrete_model or model


def _pointing_at(model: type[models.Model]) -> Iterator[Any]:
    """Yield the columns that refer to a table, but those of histories and of the machine."""
    for relation in model._meta.get_fields(include_hidden=True):
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created:
            column: Any = getattr(relation, "field", None)
            if column and column.concrete and _counts(column.model):
                yield column


def _counts(model: type[models.Model]) -> bool:
    meta = model._meta
    is_past = "history_id" in {column.name for column in meta.fields}
    return not (meta.proxy or meta.auto_created or is_past or model in OF_THE_MACHINE)


def _by_model(rows: Iterable[Row]) -> dict[type[models.Model], list[Any]]:
    found: dict[type[models.Model], list[Any]] = defaultdict(list)
    for model, key in rows:
        found[model].append(key)
    return found


def _order(done: Plan) -> Iterator[tuple[Row, ...]]:
    """Yield the rows in batches, each before what it refers to."""
    sorter: TopologicalSorter[Row] = TopologicalSorter(dict.fromkeys(done.rows, ()))
    for row, target in done.links:
        if {row, target} <= done.rows and {row[0], target[0]} != {Event}:
            sorter.add(target, row)
    sorter.prepare()
    while sorter.is_active():
        batch = sorter.get_ready()
        yield batch
        sorter.done(*batch)


def _delete(batch: Iterable[Row]) -> None:
    for model, keys in _by_model(batch).items():
        rows = model._default_manager.filter(pk__in=keys)
        if model is Event:
            # The references among these rows would block the deletion of single rows.
            rows.update(parent=None, after=None, previous_related=None, registration_closes=None)
        rows.delete()
