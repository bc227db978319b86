"""`make run` with real processes, which are killed in every way."""

import os
import re
import signal
import socket
import sqlite3
import subprocess

import pytest

from config.runtime import valkey
from tests.config.runtime import runall
from tests.conftest import wait_until
from tests.samples import first_of
from tests.smtp import free_port

pytestmark = pytest.mark.xdist_group("runall")


class Running:
    """A running installation."""

    def __init__(self, data, port, supervisor):
        self.data = data
        self.port = port
        self.supervisor = supervisor

    def wait_until_up(self):
        wait_until(
            lambda: self.supervisor.poll() or "Attaché is running" in self.output,
            seconds=300,
            log=self.log,
        )
        assert self.supervisor.poll() is None, self.output

    @property
    def log(self):
        return self.data.with_suffix(".log")

    @property
    def output(self):
        return self.log.read_text()

    def pid(self, role):
        return runall.children(self.data, self.supervisor.pid).get(role)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("runall") / "data"


@pytest.fixture(scope="module")
def first(data):
    """The first start; each test that kills a part of it waits until it is restarted."""
    port = free_port()
    with runall.running(data, port) as supervisor:
        running = Running(data, port, supervisor)
        running.wait_until_up()
        yield running


def test_it_comes_up_and_says_how_to_log_in(first):
    assert runall.answers(first.port)
    assert re.search(r"admin, password \w{4}-\w{4}-\w{4}-\w{4} \(shown only now\)", first.output)
    assert f"ATTACHE_DATA={first.data} .venv/bin/python manage.py changepassword" in first.output
    assert (first.data / "embedded.env").stat().st_mode & 0o777 == 0o600


def test_later_commands_find_its_settings(first):
    command = [*runall.COMMAND[:-1], "check", "--database", "default"]
    env = runall.environment(ATTACHE_DATA=first.data)
    assert subprocess.run(command, env=env, check=False).returncode == 0


@pytest.mark.parametrize("role", first_of(runall.ROLES))
def test_what_is_killed_comes_back_alone(first, role):
    before = runall.children(first.data, first.supervisor.pid)
    os.kill(before[role], signal.SIGKILL)
    wait_until(lambda: first.pid(role) not in (None, before[role]), log=first.log)
    wait_until(lambda: runall.answers(first.port) and valkey.answers(first.data), log=first.log)
    after = runall.children(first.data, first.supervisor.pid)
    assert {name for name in before if before[name] != after.get(name)} == {role}


@pytest.mark.thorough
def test_the_queue_survives_the_death_of_valkey(first):
    valkey.client(first.data).rpush("probe", "one", "two")
    killed = first.pid("valkey-server")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: first.pid("valkey-server") not in (None, killed), log=first.log)
    wait_until(lambda: valkey.answers(first.data), log=first.log)
    assert valkey.client(first.data).lrange("probe", 0, -1) == [b"one", b"two"]


def test_the_worker_still_works_after_all_that(first):
    client = valkey.client(first.data)
    wait_until(lambda: client.llen("celery") == 0, seconds=40, log=first.log)


def test_a_second_one_on_the_same_folder_is_refused(first):
    before = runall.processes(first.data)
    done = subprocess.run(
        runall.COMMAND,
        env=runall.environment(ATTACHE_DATA=first.data, PORT=free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"(pid {first.supervisor.pid}, http://127.0.0.1:{first.port}/)" in done.stderr
    assert "Traceback" not in done.stderr
    assert runall.processes(first.data).keys() >= before.keys()


def test_it_stops_in_order_and_leaves_nothing(first):
    first.supervisor.send_signal(signal.SIGTERM)
    assert first.supervisor.wait(60) == 0
    assert first.output.rstrip().endswith("Stopped.")
    assert runall.processes(first.data) == {}


@pytest.mark.thorough
def test_a_second_start_keeps_everything_and_dies_whole(data, first):
    if first.supervisor.poll() is None:
        pytest.skip("the first one runs; this test comes after the one that stops it")
    secret = (data / "embedded.env").read_text().splitlines()[0]
    with runall.running(data, free_port()) as supervisor:
        second = Running(data, first.port, supervisor)
        second.wait_until_up()
        assert "shown only now" not in second.output
        assert (data / "embedded.env").read_text().splitlines()[0] == secret
        supervisor.kill()
        wait_until(lambda: not runall.processes(data), seconds=10)


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = runall.refusal(tmp_path, PORT=port)
    assert said == (
        f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}\n"
    )


def test_a_database_from_the_future_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "attache.sqlite3") as database:
        database.execute("CREATE TABLE django_migrations (id, app, name, applied)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'events', '9999_x', NULL)")
    database.close()
    said = runall.refusal(tmp_path, PORT=free_port())
    assert said.startswith("The database belongs to a newer Attaché (events.9999_x is unknown")


def test_a_damaged_database_is_refused(tmp_path):
    file = tmp_path / "attache.sqlite3"
    file.write_bytes(b"no database" * 1000)
    said = runall.refusal(tmp_path, PORT=free_port())
    assert said.startswith(f"The database file {file} is damaged: put a backup in its place")


def test_a_database_server_that_is_not_there_is_named(tmp_path):
    url = "postgresql://a:secret@127.0.0.1:1/a"
    said = runall.refusal(tmp_path, PORT=free_port(), DATABASE_URL=url)
    assert said.startswith("The database cannot be used (connection failed")
    assert "secret" not in said
