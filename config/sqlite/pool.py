"""A pool of idle SQLite connections, each of which is closed after a second without use.

Opening a connection costs three times as much as answering for an unchanged feed. A connection that
stayed open would prevent users from copying or replacing a file that seems unused; a second after
the last request the file is closed, and its `-wal` is gone.

A connection is used by one thread at a time. None is inherited through a fork (sqlite.org,
howtocorrupt.html, 2.6). None is reused if its file was replaced, or written by another program than
SQLite.
"""

import atexit
import os
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

IDLE_SECONDS: Final = 1.0  # seconds

Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Parked:
    """An idle connection, its parameters, and the state of its file when it was returned."""

    raw: sqlite3.Connection
    opened: str  # the connection parameters, which must match
    path: str
    file: Identity
    version: int  # PRAGMA data_version; changes when others commit
    since: float

    def is_of(self, file: Identity | None) -> bool:
        """Whether the connection belongs to this file, which only commits have changed since."""
        if file is None or file[:2] != self.file[:2]:
            return False
        return file == self.file or version(self.raw) not in (self.version, -1)


def identity(path: str) -> Identity | None:
    """Return values that change if the file is replaced or written.

    With a write-ahead log the file is written at checkpoints, not at each commit.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 -- twice as fast, at every request
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def version(raw: sqlite3.Connection) -> int:
    """Return the version of the data that the connection reads; -1 if it cannot."""
    try:
        return int(raw.execute("PRAGMA data_version").fetchone()[0])
    except sqlite3.Error:
        return -1


class Pool:
    """The idle connections of a process, in the order of their return."""

    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork,
            after_in_child=self._begin,
        )
        atexit.register(self.empty)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._parked: list[Parked] = []
        self._closer: threading.Thread | None = None
        self._is_asleep = False  # whether the closing thread waits for a connection

    def _before_fork(self) -> None:
        self._changed.acquire()
        self.empty()

    def _after_fork(self) -> None:
        self._changed.release()

    def take(self, opened: str, path: str) -> sqlite3.Connection | None:
        """Return an idle connection to the present file; close those to a replaced one."""
        with self._changed:
            now = identity(path) if self._parked else None
            ours = [parked for parked in self._parked if parked.path == path]
            for parked in [parked for parked in ours if not parked.is_of(now)]:
                self._close(parked)
            for parked in reversed(self._parked):
                if parked.opened == opened:
                    self._parked.remove(parked)
                    return parked.raw
        return None

    def put(self, raw: sqlite3.Connection, opened: str, path: str) -> None:
        """Add a connection that has no open transaction or cursor."""
        seen = version(raw)
        if seen < 0 or (file := identity(path)) is None:
            raw.close()
            return
        with self._changed:
            self._parked.append(Parked(raw, opened, path, file, seen, time.monotonic()))
            if self._closer is None:
                self._closer = threading.Thread(target=self._close_idle, daemon=True)
                self._closer.start()
            if self._is_asleep:
                self._is_asleep = False
                self._changed.notify()

    def empty(self) -> None:
        """Close all idle connections."""
        with self._changed:
            for parked in list(self._parked):
                self._close(parked)

    def _close(self, parked: Parked) -> None:
        """Close a connection while holding the lock, so that a fork waits for it."""
        self._parked.remove(parked)
        with suppress(sqlite3.Error):  # the closing thread must survive
            parked.raw.close()

    def _close_idle(self) -> None:
        with self._changed:
            while True:
                if not self._parked:
                    self._is_asleep = True
                    self._changed.wait()
                elif (rest := self._parked[0].since + IDLE_SECONDS - time.monotonic()) > 0:
                    self._changed.wait(rest)
                else:
                    self._close(self._parked[0])
