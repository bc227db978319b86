"""Locks for invariants that span more than one row."""

from typing import Final

from django.db import connection, transaction

TREE: Final = 0x41545245  # an arbitrary number, the same in all processes


class NoTransaction(Exception):
    """A transaction-level lock was requested outside a transaction; nothing would release it."""


def hold_tree() -> None:
    """Lock the tree of events against changes by others until this transaction ends.

    Lock order: delegation, tree, event. A transaction that holds the tree may wait for an event;
    one that holds an event must not wait for the tree. On SQLite this does nothing, because a
    transaction there has the only write lock from its start.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
