"""Frequent statements as raw SQL, which PostgreSQL prepares once for each connection.

Building them by query sets takes several times as long as executing them, and planning them takes
PostgreSQL longer than executing them.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import OperationalError, connection


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
