"""Comparison of all rows before and after a merger: which may be merged, and which must stay."""

from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from events.models import CalendarChange, Merger

# All rows: table and key → columns.
Rows = dict[tuple[type[Model], Any], dict[str, Any]]
# A row that was merged away → the key of the row that replaces it.
Folds = dict[tuple[type[Model], Any], Any]
OURS = {"events", "delegations", "seeds"}


def rows() -> Rows:
    """Return all rows of our tables as stored, except histories, journals and link tables."""
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and not model._meta.proxy
        and not hasattr(model, "instance_type")
        and model not in (CalendarChange, Merger)
    ]
    return {
        (model, row.pop("id")): row for model in models for row in QuerySet[Any](model).values()
    }


def doubles(before: Rows, model: type[Model], column: str, *others: str, of: Folds) -> Folds:
    """Return the rows that become duplicates when `column` follows the mergers in `of`."""
    table: Any = model._meta.get_field(column.removesuffix("_id")).related_model
    marks = {
        (row[column], *(row[name] for name in others)): key
        for (of_model, key), row in before.items()
        if of_model is model and None not in [row[name] for name in others]
    }
    return {
        (model, key): marks[of[table, first], *rest]
        for (first, *rest), key in marks.items()
        if (table, first) in of and (of[table, first], *rest) in marks
    }


def faults(before: Rows, after: Rows, folds: Folds) -> list[Any]:
    """Return rows that were lost or added, and foreign keys that refer to a wrong row."""
    standing = {(model, key) for (model, _), key in folds.items()}
    expected = set(before) - set(folds)
    wrong: list[Any] = [*(expected ^ set(after))]
    for model, key in (expected & set(after)) - standing:
        wrong += [
            (model, key, field.name)
            for field in model._meta.concrete_fields
            if field.is_relation
            and after[model, key][field.attname]
            != _followed(field.related_model, before[model, key][field.attname], folds)
        ]
    return wrong


def _followed(model: Any, key: Any, folds: Folds) -> Any:
    return folds.get((model, key), key)
