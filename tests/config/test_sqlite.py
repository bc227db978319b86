"""Connections to SQLite are pooled, which does not disturb users of the file."""

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from config.runtime import processes
from config.sqlite.base import POOL, DatabaseWrapper
from tests.config import nginx
from tests.conftest import database_url, process, wait_until

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="is about the file of SQLite"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite3"


@pytest.fixture
def kept(file: Path) -> Iterator[DatabaseWrapper]:
    """A database with a table, opened as by the settings."""
    wrapper = wrapped(file)
    run(wrapper, "CREATE TABLE word (text PRIMARY KEY)")
    wrapper.close()
    yield wrapper
    wrapper.close()
    POOL.empty()


def wrapped(file: Path) -> DatabaseWrapper:
    return DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="kept")


def run(wrapper: BaseDatabaseWrapper, sql: str) -> list[tuple[object, ...]]:
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def write(wrapper: BaseDatabaseWrapper, word: str) -> None:
    run(wrapper, f"INSERT INTO word VALUES ('{word}')")


def words(wrapper: BaseDatabaseWrapper) -> list[object]:
    return [text for (text,) in run(wrapper, "SELECT text FROM word ORDER BY text")]


def raw(wrapper: BaseDatabaseWrapper) -> sqlite3.Connection:
    wrapper.ensure_connection()
    return wrapper.connection


def is_open(file: Path, pid: int | str = "self") -> bool:
    found = Path(f"/proc/{pid}/fd").iterdir()
    return any(str(file) in str(link.readlink()) for link in found if link.is_symlink())


def other_database(file: Path, word: str) -> Path:
    """Another database beside it, with a different word and more pages."""
    with closing(sqlite3.connect(other := file.with_name("other.sqlite3"))) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE more (text)")
        database.execute("INSERT INTO more VALUES (zeroblob(100000))")
        database.execute("CREATE TABLE word (text)")
        database.execute("INSERT INTO word VALUES (?)", [word])
        database.commit()
    return other


class TestKept:
    def test_the_next_request_gets_the_same(self, kept: DatabaseWrapper) -> None:
        first = raw(kept)
        kept.close()
        assert raw(kept) is first

    def test_it_is_closed_when_nobody_wants_it(self, kept: DatabaseWrapper, file: Path) -> None:
        write(kept, "a")
        kept.close()
        assert is_open(file)
        wait_until(lambda: not is_open(file), seconds=10)
        assert not file.with_name(f"{file.name}-wal").exists()
        assert words(kept) == ["a"]

    def test_a_copy_of_the_file_alone_is_whole(self, kept: DatabaseWrapper, file: Path) -> None:
        write(kept, "a")
        kept.close()
        copy = wrapped(shutil.copy(file, file.with_name("copy.sqlite3")))
        assert words(copy) == ["a"]
        copy.close()

    def test_foreign_keys_are_checked_again(self, kept: DatabaseWrapper) -> None:
        run(kept, "CREATE TABLE part (word REFERENCES word (text))")
        run(kept, "PRAGMA foreign_keys = OFF")
        kept.close()
        with pytest.raises(IntegrityError):
            run(kept, "INSERT INTO part VALUES (9)")

    def test_a_transaction_that_was_left_is_undone(self, kept: DatabaseWrapper) -> None:
        run(kept, "BEGIN")
        write(kept, "a")
        left = raw(kept)
        kept.close()
        assert raw(kept) is not left
        assert words(kept) == []

    def test_rows_that_were_left_hold_nothing_back(self, kept: DatabaseWrapper, file: Path) -> None:
        for word in ("a", "b", "c"):
            write(kept, word)
        left = kept.cursor()
        left.execute("SELECT text FROM word")
        left.fetchone()
        kept.close()
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("INSERT INTO word VALUES ('d')")
            other.commit()
            busy, *_pages = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0

    def test_after_an_error_it_is_opened_anew(self, kept: DatabaseWrapper, file: Path) -> None:
        kept.settings_dict["OPTIONS"] = {**kept.settings_dict["OPTIONS"], "timeout": 0}
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Exception, match="locked"):
                write(kept, "a")
        failed = raw(kept)
        kept.close_if_unusable_or_obsolete()
        assert raw(kept) is not failed

    def test_what_others_write_does_not_end_it(self, kept: DatabaseWrapper, file: Path) -> None:
        first, other = raw(kept), wrapped(file)
        kept.close()
        taken = raw(other)
        assert taken is first
        assert words(kept) == []  # on a second connection
        second = raw(kept)
        write(other, "a")
        kept.close()
        other.close()
        assert {id(raw(kept)), id(raw(other))} == {id(first), id(second)}
        write(other, "b")
        other.close()
        kept.close()
        assert words(kept) == ["a", "b"]


class TestFile:
    """Changes to the file within the second in which a connection to it is pooled."""

    def test_another_is_put_in_its_place(self, kept: DatabaseWrapper, file: Path) -> None:
        write(kept, "old")
        kept.close()
        other_database(file, "new").replace(file)
        assert words(kept) == ["new"]
        write(kept, "newer")
        kept.close()
        POOL.empty()
        assert words(kept) == ["new", "newer"]
        assert run(kept, "PRAGMA integrity_check") == [("ok",)]

    def test_another_is_written_over_it(self, kept: DatabaseWrapper, file: Path) -> None:
        write(kept, "old")
        kept.close()
        shutil.copyfile(other_database(file, "new"), file)
        assert words(kept) == ["new"]
        assert run(kept, "PRAGMA integrity_check") == [("ok",)]

    def test_it_is_removed(self, kept: DatabaseWrapper, file: Path) -> None:
        kept.ensure_connection()
        kept.close()
        file.unlink()
        assert run(kept, "SELECT * FROM sqlite_master") == []

    def test_a_connection_in_use_is_not_kept_after_it(
        self, kept: DatabaseWrapper, file: Path
    ) -> None:
        assert words(kept) == []
        file.unlink()
        kept.close()
        assert not is_open(file)


class TestThreads:
    def test_each_has_one_of_its_own(self, file: Path, kept: DatabaseWrapper) -> None:
        together = threading.Barrier(4)

        def use(_number: int) -> int:
            mine = wrapped(file)
            found = raw(mine)
            together.wait(10)
            run(mine, "SELECT 1")
            mine.close()
            return id(found)

        with ThreadPoolExecutor(4) as threads:
            rounds = [list(threads.map(use, range(4))) for _ in range(5)]
        assert {len(set(found)) for found in rounds} == {4}
        assert len({key for found in rounds for key in found}) < 4 * 5

    def test_nothing_is_lost_when_many_write(self, file: Path, kept: DatabaseWrapper) -> None:
        def use(number: int) -> None:
            mine = wrapped(file)
            for turn in range(10):
                write(mine, f"{number:02}-{turn:02}")
                mine.close()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(use, range(8)))
        assert words(kept) == [f"{n:02}-{turn:02}" for n in range(8) for turn in range(10)]

    def test_a_thread_that_dies_leaves_nothing_open(
        self, file: Path, kept: DatabaseWrapper
    ) -> None:
        thread = threading.Thread(target=lambda: raw(wrapped(file)))
        thread.start()
        thread.join()
        gc.collect()  # Django's wrapper refers to itself
        POOL.empty()
        assert not is_open(file)


FORKED = """
import os, sys
import django
django.setup()
from django.db import connection, transaction
from config.sqlite.base import POOL

def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()

def fork(child):
    pid = os.fork()
    if not pid:
        code = 1
        try:
            child()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0

def opened():
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return [link for link in links if os.path.islink(link) and "kept.sqlite3" in os.readlink(link)]

def after_a_request():
    assert not opened()
    run("INSERT INTO word VALUES ('by a child')")
    connection.close()

def in_a_transaction():
    assert connection.connection is None
    assert run("SELECT text FROM word") == [("by a child",)]
    connection.close()

run("CREATE TABLE word (text)")
connection.close()
assert opened()
fork(after_a_request)
with transaction.atomic():
    run("INSERT INTO word VALUES ('by the parent')")
    fork(in_a_transaction)
    run("INSERT INTO word VALUES ('by the parent')")
assert len(run("SELECT text FROM word")) == 3
assert run("PRAGMA integrity_check") == [("ok",)]
"""


class TestForks:
    def test_a_child_opens_its_own(self, file: Path) -> None:
        env = {"DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-W", "error", "-c", FORKED]
        done = subprocess.run(
            command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_fork_closes_what_nobody_uses(self, kept: DatabaseWrapper, file: Path) -> None:
        kept.ensure_connection()
        kept.close()
        subprocess.run([sys.executable, "-c", ""], check=True, preexec_fn=os.getpid)
        assert not is_open(file)


@pytest.fixture
def migrated(transactional_db: None) -> Iterator[None]:
    """The migrations on record, also where the tables were made without them."""
    with override_settings(MIGRATION_MODULES={}):
        call_command("migrate", fake=True, verbosity=0)
    yield
    MigrationRecorder(connection).flush()


@pytest.mark.django_db(transaction=True)
def test_the_web_server_forks_with_nothing_open_and_closes_when_all_is_quiet(
    tmp_path: Path, migrated: None
) -> None:
    connection.close()
    port, file = nginx.free_port(), Path(str(settings.DATABASES["default"]["NAME"]))
    env = os.environ | {"DATABASE_URL": database_url(), "ALLOWED_HOSTS": "127.0.0.1"}
    with process(processes.web(port).command, tmp_path / "web.log", env) as web:
        wait_until(lambda: processes.web_answers(port, "127.0.0.1"), log=tmp_path / "web.log")
        children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
        with closing(HTTPConnection("127.0.0.1", port)) as client:
            client.request("GET", "/calendar/public.ics")
            answer = client.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)
        used = [pid for pid in children if is_open(file, pid)]
        assert (len(children), len(used), is_open(file, web.pid)) == (2, 1, False)
        wait_until(lambda: not is_open(file, used[0]), seconds=10)
