"""Change history of a row and of its details: who changed which value when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import CASCADE, Exists, Model, OuterRef, QuerySet, Subquery

from events.models.base import history
from events.models.base.teams import PartQuerySet

# Columns that are derived from others, or are of no interest to people.
DERIVED: Final = frozenset({
    "id", "uid", "search_key", "sort_key", "start_at", "end_at", "sequence", "revision",
    "schedule_epoch", "created_at", "changed_at", "hint",
})  # fmt: skip
Place = tuple[datetime, int, int]  # time of the change, index of the table, primary key there


@dataclass(frozen=True, slots=True)
class Change:
    """One column before and after a change; for a relation, the primary keys."""

    field: Any
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class KeptChange:
    """One change: the historical record after it, and the one before it, None for the first."""

    record: Any
    before: Any | None

    @property
    def is_latest(self) -> bool:
        """Whether it is the present state, as far as `_entries` has looked."""
        return bool(getattr(self.record, "is_latest", False))

    @property
    def changes(self) -> list[Change]:
        """The columns that differ; empty for the creation and the deletion of a row."""
        if self.before is None or self.record.history_type != "~":
            return []
        found = (
            Change(field, getattr(self.before, field.attname), getattr(self.record, field.attname))
            for field in fields(self.record.instance_type)
        )
        return [change for change in found if (change.before or "") != (change.after or "")]


class Log(Sequence[KeptChange]):
    """Changes of a row and of its details, the latest first; a slice of it is one page.

    Records in which no shown column differs, as after a change of a detail, are left out. They are
    found by reading the shown columns of all records, one query for each table.
    """

    def __init__(self, row: Model) -> None:
        """Collect the history tables; no rows are read yet."""
        self.tables = list(_tables(row))

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, page: Any) -> Any:
        wanted = self._places[page]
        read = self._read(wanted)
        return [read[place] for place in wanted]

    @cached_property
    def _places(self) -> list[Place]:
        found = (
            place for number, table in enumerate(self.tables) for place in _told(table, number)
        )
        return sorted(found, reverse=True)

    def _read(self, wanted: list[Place]) -> dict[Place, KeptChange]:
        entries = {}
        by_table = defaultdict(list)
        for place in wanted:
            by_table[place[1]].append(place)
        for number, places in by_table.items():
            found = _entries(self.tables[number], [key for _at, _number, key in places])
            entries.update({place: found[place[2]] for place in places})
        return entries


def record(*, row: Model, kind: str, number: int) -> Any | None:
    """Return a record of the row or of one of its details, by the name of its model and its key."""
    for table in _tables(row):
        if table.model.instance_type._meta.model_name == kind:
            return table.filter(pk=number).first()
    return None


def newest(*, row: Model) -> Any | None:
    """Return the latest record of the row itself: its present state."""
    records = history.of(_table(row))
    return (
        records.filter(id=row.pk).order_by("-history_id").first() if records is not None else None
    )


def is_kept(*, row: Model) -> bool:
    """Whether a change history is kept for the table of this row."""
    return history.of(_table(row)) is not None


def fields(model: type[Model]) -> list[Any]:
    """The columns to show: of a translated text the three language columns, not the text itself."""
    columns = model._meta.concrete_fields
    names = {column.name for column in columns}
    left_out = {*DERIVED, *getattr(model, "NO_HISTORY", ())}
    return [
        column
        for column in columns
        if column.name not in left_out and f"{column.name}_en" not in names
    ]


def _table(row: Model) -> type[Model]:
    return row._meta.concrete_model or type(row)


def _tables(row: Model) -> Iterator[QuerySet[Any]]:
    """History of the row, of the rows merged into it, and of the details of all these.

    Details are rows with a cascading foreign key to the row, and with its permissions.
    """
    model = _table(row)
    keys = history.keys(model, [row.pk])
    own = history.of(model)
    assert own is not None  # noqa: S101 -- `is_kept` was asked before
    yield own.filter(id__in=keys)
    for relation in model._meta.related_objects:
        details = history.of(relation.related_model)
        if details is not None and relation.on_delete is CASCADE and _is_part(relation):
            yield details.filter(**{f"{relation.field.attname}__in": keys})


def _is_part(relation: Any) -> bool:
    """Whether rows of the relation have no permissions of their own, as a calendar feed has."""
    rows = relation.related_model._default_manager.all()
    if not hasattr(rows, "visible_to"):
        return True
    return isinstance(rows, PartQuerySet) and rows.holder == relation.field.name


def _told(table: QuerySet[Any], number: int) -> Iterator[Place]:
    """Yield the records that say something: additions, removals, and changes of a shown column."""
    names = [field.attname for field in fields(table.model.instance_type)]
    own = ("id", "history_id", "history_date", "history_type")
    before: dict[int, list[Any]] = {}
    for key, record, at, kind, *values in (
        table.order_by("id", "history_id").values_list(*own, *names).iterator()
    ):
        shown = [value or "" for value in values]
        if kind != "~" or before.get(key, shown) != shown:
            yield at, number, record
        before[key] = shown


def _entries(table: QuerySet[Any], keys: list[int]) -> dict[int, KeptChange]:
    """Read these changes, each with the previous one of the same row."""
    rows: QuerySet[Any] = QuerySet(table.model)
    earlier = rows.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    last = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    later = Exists(rows.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id")))
    known = rows.select_related("history_user").annotate(last=last, is_latest=~later)
    records = known.in_bulk(keys)
    before = rows.in_bulk([record.last for record in records.values() if record.last])
    return {key: KeptChange(record, before.get(record.last)) for key, record in records.items()}
