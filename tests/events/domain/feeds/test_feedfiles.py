"""Feed files for a web server such as nginx, which makes the ETag of mtime and length."""

import gzip
import os
from datetime import timedelta
from pathlib import Path

import pytest

from events.domain.feeds import feedfiles
from tests.factories import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "public.en.ics"


def packed(path: Path) -> Path:
    return path.with_name("public.en.ics.gz")


def tags(path: Path) -> set[tuple[str, int, int]]:
    """Return the mtime and length of both files, from which nginx makes their ETags."""
    pair = (path, packed(path))
    return {(file.suffix, int(file.stat().st_mtime), file.stat().st_size) for file in pair}


def test_a_file_and_its_packed_twin_hold_the_same_and_bear_the_time_of_the_change(
    path: Path,
) -> None:
    assert feedfiles.put(path=path, body=b"one", changed_at=NOW)
    assert path.read_bytes() == gzip.decompress(packed(path).read_bytes()) == b"one"
    assert {file.stat().st_mtime for file in (path, packed(path))} == {NOW.timestamp()}
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o644}
    assert sorted(path.parent.iterdir()) == [path, packed(path)]


def test_the_same_bytes_leave_the_files_alone(path: Path) -> None:
    feedfiles.put(path=path, body=b"one", changed_at=NOW)
    inodes = {file: file.stat().st_ino for file in path.parent.iterdir()}
    before = tags(path)
    assert not feedfiles.put(path=path, body=b"one", changed_at=NOW + HOUR)
    assert {file: file.stat().st_ino for file in path.parent.iterdir()} == inodes
    assert tags(path) == before


@pytest.mark.parametrize("later", [-HOUR, timedelta(0), timedelta(milliseconds=1), HOUR])
def test_no_two_bodies_have_the_same_tag_though_they_are_as_long_and_as_old(
    path: Path, later: timedelta
) -> None:
    seen: set[tuple[str, int, int]] = set()
    for number, body in enumerate([b"one", b"two", b"one", b"ten"]):
        feedfiles.put(path=path, body=body, changed_at=NOW + number * later)
        assert not seen & tags(path)
        seen |= tags(path)


def test_what_ended_between_the_two_files_is_made_good(path: Path) -> None:
    """A write was interrupted after the .gz file: its mtime must not be used for other bytes."""
    feedfiles.put(path=path, body=b"one", changed_at=NOW)
    before = path.read_bytes(), path.stat().st_mtime
    feedfiles.put(path=path, body=b"two", changed_at=NOW)
    seen = tags(path)
    path.write_bytes(before[0])
    os.utime(path, (before[1], before[1]))
    assert feedfiles.put(path=path, body=b"six", changed_at=NOW)
    assert gzip.decompress(packed(path).read_bytes()) == b"six"
    assert not seen & tags(path)


def test_a_twin_that_is_missing_is_written(path: Path) -> None:
    feedfiles.put(path=path, body=b"one", changed_at=NOW)
    packed(path).unlink()
    assert feedfiles.put(path=path, body=b"one", changed_at=NOW)
    assert gzip.decompress(packed(path).read_bytes()) == b"one"


def test_the_packed_bytes_are_a_function_of_the_body(tmp_path: Path) -> None:
    for name in ("a", "b"):
        feedfiles.put(path=tmp_path / name, body=b"one", changed_at=NOW)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
