"""Statements that are put all the time: in SQL of our own, planned once for each connection.

The query sets of Django take several times as long to put them as the database to answer, and
PostgreSQL longer to plan them than to answer.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import OperationalError, connection


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
