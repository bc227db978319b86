"""Statements that are put all the time: in SQL of our own, planned once for each connection.

The query sets of Django take several times as long to put them as the database to answer, and
PostgreSQL longer to plan them than to answer.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.db import OperationalError, connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

# A list of keys as one parameter: with one for each key Django takes longer than the database.
AMONG: Final = {
    "postgresql": "SELECT unnest(%s::bigint[])",
    "sqlite": "SELECT value FROM json_each(%s)",
}


def ask(*, question: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the first row of an answer.

    A connection that was lost meanwhile is found out here, without asking beforehand.
    """
    if isinstance(raw := connection.connection, psycopg.Connection):
        try:
            with connection.wrap_database_errors:
                return psycopg.Cursor(raw).execute(question, values, prepare=True).fetchone()
        except OperationalError:
            connection.close_if_health_check_failed()
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()


def change(*, statement: str, values: Sequence[Any]) -> int:
    """Return how many rows a statement has changed."""
    if isinstance(raw := connection.connection, psycopg.Connection):
        with connection.wrap_database_errors:
            return psycopg.Cursor(raw).execute(statement, values, prepare=True).rowcount
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def among(*, keys: Iterable[int]) -> RawSQL:
    """Return what stands after `__in` for keys that may be many."""
    listed = list(keys)
    value = listed if connection.vendor == "postgresql" else json.dumps(listed)
    return RawSQL(AMONG[connection.vendor], [value])  # noqa: S611 -- nothing but keys, bound


def as_text(column: str) -> Cast:
    """Return a column as text for `moment()`: Django takes ten times as long to read a moment."""
    return Cast(column, TextField())


def moment(text: str) -> datetime:
    """Return the moment of such a text; without an offset, as in SQLite, it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
