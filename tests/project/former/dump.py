"""A database as files that can be loaded into any database: the rows of each table by column."""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

FOLDERS = sorted(file.parent for file in Path(__file__).parent.glob("*/index.json"))
Node = tuple[str, str]
Rows = dict[str, list[dict[str, Any]]]  # by model, such as “events.attendee”


@dataclass(frozen=True)
class Dump:
    """The dump of a version: its last migrations, its rows, and the paths of its calendars."""

    folder: Path
    migrations: list[Node]
    feeds: dict[str, str]
    rows: Rows


def write(*, folder: Path, feeds: dict[str, str]) -> None:
    """Write all rows of the database, and the paths of its calendars."""
    index = {"migrations": leaves(), "feeds": feeds}
    (folder / "index.json").write_text(json.dumps(index, indent=2) + "\n")
    text = json.dumps(rows(), ensure_ascii=False, indent=0, sort_keys=True)
    (folder / "rows.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    (folder / "schema.sql").write_text(schema())


def leaves() -> list[Node]:
    """Return the last migration of each app."""
    return sorted(MigrationLoader(connection).graph.leaf_nodes())


def rows() -> Rows:
    """Return all rows of the database, with the models of the migrations."""
    apps = MigrationLoader(connection).project_state(leaves()).apps
    return {
        model._meta.label_lower: [_plain(row) for row in model._base_manager.order_by("pk")]
        for model in _models(apps)
    }


def read(*, folder: Path) -> Dump:
    index = json.loads((folder / "index.json").read_text())
    stored = json.loads(gzip.decompress((folder / "rows.json.gz").read_bytes()))
    migrations = [(app, name) for app, name in index["migrations"]]
    return Dump(folder, migrations, index["feeds"], stored)


def migrate(*, dump: Dump) -> None:
    """Make the tables of a version in an empty database, by the migrations as they are now."""
    MigrationExecutor(connection).migrate(dump.migrations)


def load(*, dump: Dump) -> None:
    """Insert the rows of a version into the empty tables that `migrate` has made."""
    state = MigrationLoader(connection).project_state(dump.migrations)
    models_ = list(_models(state.apps))
    with transaction.atomic():  # foreign keys are checked at the end
        for model in models_:
            stored = [_row(model, columns) for columns in dump.rows[model._meta.label_lower]]
            model._base_manager.bulk_create(stored, batch_size=200)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models_):
                cursor.execute(statement)


def schema() -> str:
    """Return the statements that make the tables and indexes of a SQLite database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        return "".join(f"{_in_lines(sql)};\n" for (sql,) in cursor.fetchall())


def _in_lines(statement: str) -> str:
    """Put each column and each constraint on a line of its own, for readable differences."""
    return statement.replace(', "', ',\n  "').replace(", CONSTRAINT", ",\n  CONSTRAINT")


def _models(apps: Any) -> Iterator[Any]:
    """Yield the models that have a table, including automatic many-to-many tables."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _plain(row: models.Model) -> dict[str, Any]:
    columns = row._meta.concrete_fields
    return {each.attname: _as_json(each, getattr(row, each.attname)) for each in columns}


def _as_json(column: Any, value: Any) -> Any:
    """Return a value as JSON that `to_python` of its column converts back."""
    if isinstance(column, models.JSONField):
        return value
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case _:  # a class of the column's own, such as Country
            return str(column.get_prep_value(value))


def _row(model: Any, columns: dict[str, Any]) -> Any:
    known = {column.attname: column for column in model._meta.concrete_fields}
    return model(**{name: known[name].to_python(value) for name, value in columns.items()})
