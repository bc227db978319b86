"""Comparison of the tables in the database with the applied migrations."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader


def pending() -> list[str]:
    """Return the names of migrations that are not applied yet, such as “events.0002_seats”."""
    loader = MigrationLoader(connection)
    waiting = loader.graph.nodes.keys() - loader.applied_migrations.keys()
    return [f"{app}.{name}" for app, name in sorted(waiting)]


def differences() -> list[str]:
    """Return a sentence for each missing table, and for each table with other columns.

    While migrations are pending, the tables are compared with the state of the applied migrations,
    which takes a tenth of a second to build; otherwise with the models. Each table is inspected
    once.
    """
    loader = MigrationLoader(connection)
    applied = [node for node in loader.graph.nodes if node in loader.applied_migrations]
    is_behind = len(applied) < len(loader.graph.nodes)
    known = loader.project_state(applied).apps if is_behind else apps
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return [said for model in _models(known) for said in _differences(model, there, cursor)]


def _models(known: Any) -> Iterator[Any]:
    """Yield the models that have a table, including automatic many-to-many tables."""
    for model in known.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _differences(model: Any, there: set[str], cursor: Any) -> Iterator[str]:
    table = model._meta.db_table
    if table not in there:
        yield f"There is no table {table}."
        return
    wanted = {column.column for column in model._meta.local_concrete_fields}
    found = {row.name for row in connection.introspection.get_table_description(cursor, table)}
    for column in sorted(wanted - found):
        yield f"The table {table} lacks the column {column}."
    for column in sorted(found - wanted):
        yield f"The table {table} has a column {column} that nothing knows."
