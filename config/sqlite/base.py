"""Django's SQLite backend, which returns a connection to a pool instead of closing it."""

import ctypes
import os
import sqlite3
import weakref
from contextlib import suppress
from typing import Any, Final

from django.db import connections
from django.db.backends.sqlite3 import base

from config.sqlite.pool import Pool

POOL: Final = Pool()


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's: a connection belongs to one request, from its first query to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened, self._path = "", ""
        self._changes = 0
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Return a pooled connection in the state of a new one, or a new one."""
        self._opened, self._path = repr(conn_params), str(conn_params["database"])
        raw = POOL.take(self._opened, self._path)
        if raw is None:
            raw = super().get_new_connection(conn_params)
        self._changes = raw.total_changes
        self._cursors.clear()  # closed with the connection before
        return raw

    def create_cursor(self, name: str | None = None) -> sqlite3.Cursor:
        """Keep track of cursors, because an unfinished one would prevent checkpoints."""
        cursor: sqlite3.Cursor = super().create_cursor(name)
        self._cursors.add(cursor)
        return cursor

    def is_usable(self) -> bool:
        """Return False: Django asks after an error, such as a full disk, and then reconnects."""
        return False

    def _close(self) -> None:
        raw: sqlite3.Connection | None = self.connection
        is_unfit = self.in_atomic_block or self.errors_occurred
        if raw is None or is_unfit or raw.in_transaction or not _checks_foreign_keys(raw):
            super()._close()  # type: ignore[misc]  # the stubs have none
            return
        for cursor in list(self._cursors):
            cursor.close()
        with self.wrap_database_errors:
            self._write_back(raw)
            POOL.put(raw, self._opened, self._path)

    def _write_back(self, raw: sqlite3.Connection) -> None:
        """Run a checkpoint of the write-ahead log, unless another connection reads or writes.

        So the file is complete while nobody writes, as when its last connection is closed.
        """
        if raw.total_changes != self._changes:
            timeout = self.settings_dict["OPTIONS"].get("timeout", 5)
            with suppress(sqlite3.OperationalError):
                raw.execute("PRAGMA busy_timeout = 0")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")


def _checks_foreign_keys(raw: sqlite3.Connection) -> bool:
    """Whether a connection is in the state of a new one, so that it can be pooled.

    To switch the checks on at each use would be wrong: setting this pragma makes SQLite compile all
    prepared statements anew, which takes three times as long as the answer to an unchanged feed.
    """
    return bool(raw.execute("PRAGMA foreign_keys").fetchone()[0])


def _forget_inherited() -> None:
    """Make a forked process open connections of its own.

    It must not even close the inherited connections in use, because that would release locks of the
    parent. An extra reference keeps them from being garbage collected.
    """
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper) and connection.connection is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection.connection))
            connection.connection = None
            connection.in_atomic_block = False


os.register_at_fork(after_in_child=_forget_inherited)
