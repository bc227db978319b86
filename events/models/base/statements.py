"""Frequent statements as raw SQL, which PostgreSQL prepares once for each connection.

Building them by query sets takes several times as long as executing them, and planning them takes
PostgreSQL longer than executing them.
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

# Keys are passed as one parameter; with a parameter for each, Django would take longer than the
# database.
AMONG: Final = {
    "postgresql": "SELECT unnest(%s::bigint[])",
    "sqlite": "SELECT value FROM json_each(%s)",
}


def ask(*, question: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the first row of the result, or None.

    On PostgreSQL a lost connection shows as an error of this statement, which is then repeated on a
    new connection; so no health check is needed beforehand.
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
    """Execute a statement and return the number of rows that it changed."""
    if isinstance(raw := connection.connection, psycopg.Connection):
        with connection.wrap_database_errors:
            return psycopg.Cursor(raw).execute(statement, values, prepare=True).rowcount
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def among(*, keys: Iterable[int]) -> RawSQL:
    """Return an expression for an `__in` lookup of keys that may be many."""
    listed = list(keys)
    value = listed if connection.vendor == "postgresql" else json.dumps(listed)
    return RawSQL(AMONG[connection.vendor], [value])  # noqa: S611 -- nothing but keys, bound


def as_text(column: str) -> Cast:
    """Return a column as text for `moment()`, which parses ten times as fast as Django does."""
    return Cast(column, TextField())


def moment(text: str) -> datetime:
    """Return the moment of such a text; without an offset, as in SQLite, it is in UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
