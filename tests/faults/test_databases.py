"""Databases that are locked, close connections or are restarted while mails are sent."""

import os
import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from events.domain.lifecycle import lifecycle
from events.models import Delivery, Event
from events.models.base import clock
from tests import postgres
from tests.faults.conftest import Post, due, states, wait_until_handed_over

pytestmark = [pytest.mark.both_databases, pytest.mark.faults]

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="locks the file of SQLite")
postgres_only = pytest.mark.skipif(connection.vendor == "sqlite", reason="has a server to stop")
SENT_ONCE = {("sent", 0)}
# Committed transactions must survive an immediate shutdown.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@sqlite_only
@pytest.mark.thorough
def test_a_writer_from_elsewhere_locks_the_file(post: Post) -> None:
    due(100, "brief")
    post.start()
    wait_until_handed_over()
    for _ in range(3):
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(1)
            other.rollback()
        time.sleep(0.3)
    post.drain()
    assert set(states().values()) == SENT_ONCE
    assert sorted(post.copies().values()) == [1] * 100


@pytest.mark.thorough
def test_a_disk_is_full_for_a_while(post: Post) -> None:
    """No file of the worker can grow: neither its journal nor the SQLite database."""
    due(60, "brief")
    name = post.start()
    pid = int(name.read_text())
    wait_until_handed_over()
    for _ in range(2):
        time.sleep(0.5)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        time.sleep(1)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    post.drain()
    assert int(name.read_text()) == pid
    assert {state for state, _ in states().values()} <= {"sent", "presumed"}
    assert sorted(post.copies().values()) == [1] * 60


@postgres_only
def test_the_server_hangs_up_again_and_again(post: Post) -> None:
    due(300, "brief")
    post.start()
    post.start()
    wait_until_handed_over()
    for _ in range(20):
        time.sleep(0.15)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    post.drain()
    copies = post.copies()
    assert {state for state, _ in states().values()} <= {"sent", "presumed"}
    assert {copies[address] for address in states()} == {1}


@pytest.mark.heavy
@postgres_only
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGQUIT])  # fast, immediate
def test_the_server_is_restarted(post: Post, stop: signal.Signals) -> None:
    with cluster() as here:
        due(400, "brief")
        post.start()
        post.start()
        wait_until_handed_over()
        for _ in range(3):
            time.sleep(1)
            here.restart(stop)
        post.drain(seconds=120)
        copies = post.copies()
        assert {state for state, _ in states().values()} <= {"sent", "presumed"}
        assert {copies[address] for address in states()} == {1}


class Restartable:
    """A PostgreSQL server of its own, which can be restarted without disturbing other tests."""

    def __init__(self, folder: Path) -> None:
        self.cluster = postgres.Cluster(
            postgres.find_binaries(), folder, postgres.unprivileged_account()
        )
        if self.cluster.account:
            postgres.hand_over(self.cluster)
        postgres.initialise(self.cluster)
        self.server = postgres.start(self.cluster, **DURABLE)

    def restart(self, how: signal.Signals) -> None:
        connection.close()
        self.server.send_signal(how)
        self.server.wait(30)
        time.sleep(1)
        self.server = postgres.start(self.cluster, **DURABLE)


@contextmanager
def cluster() -> Iterator[Restartable]:
    """Use another server, in this process and the workers that it starts, within the block."""
    kept = dict(connection.settings_dict), os.environ["DATABASE_URL"]
    connection.close()
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        here = Restartable(Path(name))
        connection.settings_dict |= {"HOST": name, "NAME": "postgres"}
        os.environ["DATABASE_URL"] = here.cluster.url
        try:
            call_command("migrate", verbosity=0)
            yield here
        finally:
            connection.close()
            connection.settings_dict.update(kept[0])
            os.environ["DATABASE_URL"] = kept[1]
            postgres.stop(here.server)


@pytest.mark.heavy
def test_ten_thousand_people_while_their_event_is_edited(post: Post) -> None:
    event = due(10_000)
    titles = [event.title]
    for _ in range(2):
        post.start()
    wait_until_handed_over()
    while Delivery.objects.filter(state="sent").count() < 9_000:
        time.sleep(3)
        titles.append(f"Conference, version {len(titles)}")
        edit(event, titles[-1])
    post.drain(seconds=600)
    assert set(states().values()) == SENT_ONCE
    assert sorted(post.copies().values()) == [1] * 10_000
    subjects = [line.split(" ", 2)[2] for line in post.file.read_text().splitlines()]
    seen = {title for title in titles if any(title in subject for subject in subjects)}
    assert len(seen) > 2
    assert all(any(title in subject for title in titles) for subject in subjects)


def edit(event: Event, title: str) -> None:
    for _ in range(20):
        try:
            event.refresh_from_db()
            event.title_en = title
            lifecycle.save(event=event, now=clock.now())
        except OperationalError:
            continue
        return
