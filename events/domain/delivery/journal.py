"""Journals: each process records the phases of its mails in a file that outlives the process.

A worker that was killed cannot say whether it had sent the final dot. So it writes one line before
each phase of a mail, with one write(2), which survives SIGKILL. It is not synced to disk, so after
a power cut, or on another machine, there is no record.
"""

import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from events.domain.mail.smtp import Phase

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
PHASES: Final = frozenset(map(str, Phase))


class Journal:
    """The journal file of this process; created at the first line, and again after a fork."""

    def __init__(self) -> None:
        self.pid = 0
        self.file = -1
        self.path = Path()

    def note(self, phase: Phase, mail: str) -> None:
        """Record that a mail enters a phase. Raises OSError if the line was not written."""
        if self.pid != os.getpid():
            self._open()
        line = f"{phase} {mail}\n".encode()
        if os.write(self.file, line) != len(line):
            raise OSError("The journal takes no more.")

    def clear(self) -> None:
        """Empty the file, once the database has the outcome of every mail of this process."""
        if self.pid == os.getpid():
            os.ftruncate(self.file, 0)

    def _open(self) -> None:
        folder = _folder()
        self.path = folder / f"{_boot()}.{os.getpid()}.{uuid.uuid4().hex}"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.file = os.open(self.path, flags, 0o600)
        self.pid = os.getpid()


own: Final = Journal()


@cache
def location() -> str:
    """Return the identity of this journal location: folder id and boot id.

    Processes with the same identity can read each other's journals.
    """
    mark = _folder() / "id"
    with suppress(FileExistsError):
        draft = mark.with_name(f".{uuid.uuid4().hex}")
        draft.write_text(uuid.uuid4().hex)
        try:
            os.link(draft, mark)  # atomic: one of two wins, both read its file
        finally:
            draft.unlink()
    return f"{mark.read_text()}.{_boot()}"


def holder() -> str:
    """Return the identity of this process's journal: the location and the process id."""
    return f"{location()}.{os.getpid()}"


def is_here(holder: str) -> bool:
    """Whether the journal of this holder, alive or dead, can be read at this location."""
    return holder.rpartition(".")[0] == location()


def phases() -> dict[str, Phase]:
    """Return the last recorded phase of each mail at this location, by the name of the attempt."""
    return {mail: phase for file in _files() for phase, mail in _lines(file)}


def prune(*, holders: Collection[str]) -> None:
    """Delete the files of processes that have ended, except for `holders`, who still hold mails."""
    for file in _folder().glob("*.*.*"):
        boot, pid, _id = file.name.split(".")
        is_over = boot != _boot() or not _lives(int(pid))
        if is_over and not any(name.endswith(f".{boot}.{pid}") for name in holders):
            file.unlink(missing_ok=True)


def _lines(file: Path) -> Iterator[tuple[Phase, str]]:
    with suppress(FileNotFoundError):
        for line in file.read_text().split("\n")[:-1]:  # the last is '' or was cut off
            phase, _, mail = line.partition(" ")
            if phase in PHASES:  # a disk that is full may have cut off the previous line
                yield Phase(phase), mail


def _files() -> list[Path]:
    return sorted(_folder().glob(f"{_boot()}.*"))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _folder() -> Path:
    folder = Path(settings.JOURNAL_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _boot() -> str:
    return BOOT.read_text().strip() if BOOT.exists() else "unknown"
