"""Open SQLite connections that nobody uses: each waits a second for its next user, then is closed.

To open one costs three times as much as to answer an unchanged feed. One that stayed open for ever
would forbid what people do to a file that nobody seems to use: to copy it, or to put another in its
place. A second after the last request the file is closed, and its `-wal` gone.

A connection belongs to one thread at a time. None is inherited through a fork (sqlite.org,
howtocorrupt.html, 2.6), and none is given out when the file at its path is another, or was
written over by another program than SQLite.
"""

import atexit
import os
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

IDLE: Final = 1.0  # seconds

Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Parked:
    """A connection, how it was opened, and the file as it was when it was put back."""

    raw: sqlite3.Connection
    opened: str  # the parameters; no other user gets it
    path: str
    file: Identity
    version: int  # of the data; it changes when others commit
    since: float

    def is_of(self, file: Identity | None) -> bool:
        """Whether the connection is to this file, and but commits have changed it since."""
        if file is None or file[:2] != self.file[:2]:
            return False
        return file == self.file or version(self.raw) not in (self.version, -1)


def identity(path: str) -> Identity | None:
    """Return what tells a file from another at its path, or from itself before it was written to.

    With a write-ahead log that is at a checkpoint, not at each commit.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 -- twice as fast, at every request
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def version(raw: sqlite3.Connection) -> int:
    """Return the version of the data that the connection would read now; -1 if it cannot."""
    try:
        return int(raw.execute("PRAGMA data_version").fetchone()[0])
    except sqlite3.Error:
        return -1


class Pool:
    """The connections of a process that are not in use, the one put back last at the end."""

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
        self._is_asleep = False  # the thread that closes, until something is put back

    def _before_fork(self) -> None:
        self._changed.acquire()
        self.empty()

    def _after_fork(self) -> None:
        self._changed.release()

    def take(self, opened: str, path: str) -> sqlite3.Connection | None:
        """Return a connection to the file that is there now; close those to another."""
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
        """Keep a connection without a transaction, a cursor or a user."""
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
        """Close all connections that are not in use."""
        with self._changed:
            for parked in list(self._parked):
                self._close(parked)

    def _close(self, parked: Parked) -> None:
        """Close a connection, with the lock held: a fork waits until it is closed."""
        self._parked.remove(parked)
        with suppress(sqlite3.Error):  # the thread that closes must live
            parked.raw.close()

    def _close_idle(self) -> None:
        with self._changed:
            while True:
                if not self._parked:
                    self._is_asleep = True
                    self._changed.wait()
                elif (rest := self._parked[0].since + IDLE - time.monotonic()) > 0:
                    self._changed.wait(rest)
                else:
                    self._close(self._parked[0])
