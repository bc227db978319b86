"""The log of a merger: each change of a row that it makes, in order, so that it can be undone."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

MOVED = "moved"  # table, column, former value, new value, keys of rows
CHANGED = "changed"  # table, key, {column: [before, after]}
REMOVED = "removed"  # table, {column: value}
RECALLED = "recalled"  # keys of mails
Entry = list[Any]


class MergerLog:
    """What a merger has done so far; its entries can be stored as JSON."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def moved(self, model: type[Model], column: str, *, old: int, new: int) -> list[int]:
        """Record that the rows of a table will refer to another one; return their keys."""
        return self.moved_to(rows(model).filter(**{column: old}), column, old=old, new=new)

    def moved_to(self, found: QuerySet[Any], column: str, *, old: int, new: int) -> list[int]:
        """Record that these rows will refer to another one; return their keys."""
        keys = list(found.order_by("pk").values_list("pk", flat=True))
        if keys:
            self.entries.append([MOVED, found.model._meta.label, column, old, new, keys])
        return keys

    def changed(self, row: Model, before: dict[str, Any]) -> None:
        """Record how the stored row differs from its former values."""
        after = values(row)
        differ = {
            name: [before[name], after[name]] for name in after if after[name] != before[name]
        }
        if differ:
            self.entries.append([CHANGED, row._meta.label, row.pk, differ])

    def removed(self, row: Model) -> None:
        self.entries.append([REMOVED, row._meta.label, values(row)])

    def unlinked(self, before: dict[tuple[str, int], dict[str, Any]]) -> None:
        """Record which of these rows of many-to-many tables are gone."""
        for (label, key), stored in before.items():
            if not rows(table(label)).filter(pk=key).exists():
                self.entries.append([REMOVED, label, stored])

    def recalled(self, keys: Iterable[int]) -> None:
        if keys := list(keys):
            self.entries.append([RECALLED, keys])


def values(row: Model) -> dict[str, Any]:
    """Return the stored values of a row by column, as JSON can hold them."""
    names = [field.attname for field in row._meta.concrete_fields]
    stored = rows(table(row._meta.label)).filter(pk=row.pk).values(*names).get()
    return {name: plain(value) for name, value in stored.items()}


def links(*found: Model) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the rows of the many-to-many tables of these rows, by table and key."""
    return {
        (through._meta.label, link["id"]): {name: plain(value) for name, value in link.items()}
        for row in found
        for field in row._meta.many_to_many
        if (through := getattr(type(row), field.name).through)._meta.auto_created
        for link in rows(through).filter(**{field.m2m_field_name(): row.pk}).values()
    }


def plain(value: Any) -> Any:
    """Return a value of a column as JSON can hold it; `to_python` of its field reads it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def table(label: str) -> type[Model]:
    """Return the model with this label, not a proxy of it."""
    model: type[Model] = apps.get_model(label)
    return model._meta.concrete_model or model


def rows(model: type[Model]) -> QuerySet[Any]:
    """All rows of a table, with columns as stored, whatever the active language is."""
    return QuerySet(model)
