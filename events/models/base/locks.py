"""Locks for what no single row can guard."""

from typing import Final

from django.db import connection, transaction

TREE: Final = 0x41545245  # one number for the whole application; it only has to be ours


class NoTransaction(Exception):
    """A lock that nothing would end was asked for outside of a transaction."""


def hold_tree() -> None:
    """Keep everybody else from changing the tree of events until this transaction ends.

    Take it before any event: whoever holds it may wait for events, whoever holds an event may not
    wait for it. A delegation, if one is held too, comes before both. SQLite needs nothing, for a
    transaction has its write lock from the start.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
