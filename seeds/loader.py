"""Load the catalogue; values that were edited since the last load are not overwritten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import models, transaction

from events.domain.directory import organisations, places
from events.domain.lifecycle import lifecycle
from events.domain.reminders import reminders
from events.models import Event, Organisation, Place, Team
from events.values import threeway
from seeds.mapping import KINDS, Context, Kind, Rows
from seeds.models import Entry
from seeds.reader import Catalogue, Record


@dataclass
class Report:
    """The result of a load, by the keys of the records, such as “events/ciie-2025”."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    # Not touched: values that were edited, and rows that were deleted or erased.
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def load(*, catalogue: Catalogue, now: datetime, team: Team | None = None) -> Report:
    """Update the rows to the catalogue, in one transaction.

    With a team the records become managed by it; without one they are reported, and shared by all
    teams. Raises Taken.
    """
    with transaction.atomic():
        shelf = _Shelf(now=now, team=team)
        for record in catalogue:
            if record.kind in KINDS:
                shelf.put(record, KINDS[record.kind])
    return shelf.report


class Taken(Exception):
    """Another row already has the slug of a record; nothing was loaded."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: a row that was not loaded from here has this short name")


class _Shelf:
    """The rows of earlier loads and of this one."""

    def __init__(self, *, now: datetime, team: Team | None) -> None:
        self.now = now
        self.team = team
        self.report = Report()
        self.entries = {entry.key: entry for entry in _entries()}
        self.rows: dict[str, Any] = {key: entry.target for key, entry in self.entries.items()}
        self.context = Context(link=self.link, first_day=now.date())

    def link(self, kind: str, name: str | None) -> models.Model | None:
        """Return the row of a record; None without a name, or if the row was deleted."""
        return self.rows[f"{kind}/{name}"] if name else None

    def put(self, record: Record, kind: Kind) -> None:
        """Add the record's row, or update it."""
        key = f"{record.kind}/{record.id}"
        if key not in self.entries:
            self.add(key, record, kind)
        elif self.is_gone(key):
            self.report.removed.append(key)
        else:
            self.change(kind, self.entries[key], _wanted(record, kind, self.context))

    def is_gone(self, key: str) -> bool:
        """Whether the row was deleted, or the person erased; neither is loaded again."""
        row = self.rows[key]
        return row is None or getattr(row, "erased_at", None) is not None

    def add(self, key: str, record: Record, kind: Kind) -> None:
        if kind.model._default_manager.filter(slug=record.id).exists():
            raise Taken(key)
        row: Any = kind.model(slug=record.id)
        self.rows[key] = row
        if hasattr(row, "origin"):
            row.origin = Event.Origin.MANAGED if self.team else Event.Origin.REPORTED
        if hasattr(row, "team_id"):
            row.team = self.team
        wanted = _wanted(record, kind, self.context)
        self.write(kind, row, wanted)
        Entry.objects.create(key=key, target=row, loaded=_plain(wanted))
        self.report.added.append(key)

    def change(self, kind: Kind, entry: Entry, wanted: Mapping[str, Any]) -> None:
        row = self.rows[entry.key]
        target = _plain(wanted)
        current = {name: _current(kind, row, name, target, entry.loaded) for name in target}
        merge = threeway.merge(base=entry.loaded, there=target, here=current)
        kept = sorted((*merge.ours, *merge.collide))
        self.report.kept += [f"{entry.key}: {name}" for name in kept]
        (self.report.changed if merge.taken else self.report.unchanged).append(entry.key)
        if merge.taken:
            self.write(kind, row, {name: wanted[name] for name in merge.taken})
            entry.loaded |= {name: target[name] for name in merge.taken}
            entry.save()

    def write(self, kind: Kind, row: Any, values: Mapping[str, Any]) -> None:
        """Store these values and no others, through the domain, as the application does."""
        for name in values.keys() - kind.lists.keys() - kind.many:
            setattr(row, name, values[name])
        _save(row, self.now)
        for name in values.keys() & kind.many:
            getattr(row, name).set(values[name])
        for name in values.keys() & kind.lists.keys():
            _refill(row, kind.lists[name], values[name])
        if isinstance(row, Event):
            reminders.replan(event=row, now=self.now)


def _save(row: Any, now: datetime) -> None:
    match row:
        case Event():
            lifecycle.save(event=row, now=now)
        case Place():
            places.save(place=row, now=now)
        case Organisation():
            organisations.save(organisation=row, now=now)
        case _:
            row.save()


def _entries() -> models.QuerySet[Entry]:
    return Entry.objects.prefetch_related(
        GenericPrefetch("target", [kind.rows() for kind in KINDS.values()])
    )


def _wanted(record: Record, kind: Kind, context: Context) -> dict[str, Any]:
    """Return the values of the record's columns, lists of rows and many-to-many relations."""
    values = kind.columns(record.values, context)
    for name, rows in kind.lists.items():
        values[name] = [
            rows.columns(item, context) | ({"position": number} if rows.ordered else {})
            for number, item in enumerate(record.values.get(name, []), start=1)
        ]
    for name in kind.many:
        values[name] = [context.link(name, slug) for slug in sorted(record.values.get(name, []))]
    return values


def _current(kind: Kind, row: Any, name: str, target: Any, loaded: Any) -> Any:
    """Return the present value of a row, in the form of the values wanted and loaded."""
    if name in kind.many:
        return sorted(_plain(list(getattr(row, name).all())))
    if name not in kind.lists:
        return _plain(getattr(row, name))
    columns: dict[str, Any] = next(iter([*target[name], *loaded.get(name, [])]), {})
    children = getattr(row, kind.lists[name].manager).all()
    return [{column: _plain(getattr(child, column)) for column in columns} for child in children]


def _refill(row: Any, rows: Rows, items: Iterable[Mapping[str, Any]]) -> None:
    manager = getattr(row, rows.manager)
    manager.all().delete()
    manager.bulk_create(manager.model(**{rows.owner: row}, **columns) for columns in items)


def _plain(value: Any) -> Any:
    """Return a value as JSON, the same for the same row on every machine and database."""
    match value:
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case models.Model():
            return getattr(value, "slug", value.pk)
        case date() | time():
            return value.isoformat()
        case bool() | None:
            return value
        case int() | Decimal():
            return format(Decimal(value).normalize(), "f")
        case _:
            return str(value) or None
