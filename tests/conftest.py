"""Fixtures with real parts: Valkey, a Celery worker, an SMTP server, a browser."""

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from config.runtime import valkey as embedded
from config.runtime.supervisor import die_with_parent
from events.domain.feeds import feedcache
from tests import examples
from tests.races import ROUNDS
from tests.smtp import Sink, sink

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_configure(config: pytest.Config) -> None:
    for marker in (
        "both_databases: what it asks may differ from database to database; SQLite and PostgreSQL",
        "sqlite_only: says nothing of PostgreSQL, or starts a database of its own",
        "race: calls at the same instant; `make faults` plays it in many rounds",
        "faults: starts, kills and cuts off real processes; `make test` does so on SQLite only",
        "thorough: takes seconds and seldom fails alone; runs with `make test-all` only",
    ):
        config.addinivalue_line("markers", marker)
    config.addinivalue_line("markers", "heavy: takes minutes; runs with `make faults` only")
    examples.draw()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark races to run on both databases, and what says nothing of PostgreSQL on SQLite only.

    These are tests without a database, and tests in a browser: pages are the same on both.
    """
    for item in items:
        if item.get_closest_marker("race"):
            item.add_marker("both_databases")
        fixtures = set(getattr(item, "fixturenames", ()))
        asks = DATABASE & fixtures or item.get_closest_marker("django_db")
        if not asks or "browser" in fixtures:
            item.add_marker("sqlite_only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each race in as many rounds as ROUNDS says."""
    if ROUNDS > 1 and metafunc.definition.get_closest_marker("race"):
        metafunc.fixturenames.append("round_")
        metafunc.parametrize("round_", range(ROUNDS), indirect=True)


@pytest.fixture
def round_(request: pytest.FixtureRequest) -> int:
    """The number of the round of a race."""
    return int(request.param)


def pytest_collection_finish() -> None:
    """Exclude all loaded objects from garbage collection, which took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def language() -> None:
    """Deactivate the language of an earlier request.

    This happens before a test, not after it, because Playwright runs teardowns in a context of
    their own.
    """
    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """Empty the feed cache of the process, because each test has rows of its own."""
    feedcache.forget()


@contextmanager
def process(
    command: list[str], log: Path, env: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command with its output in a log; it is killed when the tests end."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 -- it makes one system call
        )
        try:
            yield running
        finally:
            stop(running)


def stop(running: "subprocess.Popen[bytes]") -> None:
    """Stop a process as the supervisor does: after SIGTERM a Celery worker may hang."""
    running.terminate()
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def wait_until(is_true: Callable[[], Any], *, seconds: float = 60, log: Path | None = None) -> None:
    """Poll until the condition holds; after `seconds` fail and show the log."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            pytest.fail(log.read_text() if log else f"not within {seconds} s")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[None]:
    log = settings.DATA / "valkey.log"
    with process(embedded.command(settings.DATA), log, dict(os.environ)):
        wait_until(lambda: embedded.answers(settings.DATA), log=log)
        yield


@pytest.fixture
def valkey(valkey_server: None) -> str:
    """A real, empty Valkey; returns its URL in the settings."""
    with embedded.client(settings.DATA) as client:
        client.flushall()
    return os.environ["REDIS_URL"]


@pytest.fixture
def start_worker(
    valkey: str, transactional_db: None
) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start Celery workers on the test database; keywords are added to their environment."""
    with ExitStack() as stack:

        def start(**env: str) -> "subprocess.Popen[bytes]":
            log = settings.DATA / "worker.log"
            options = "-m celery --app config worker --concurrency 1 --loglevel info"
            env |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
            command = [sys.executable, *options.split()]
            worker = stack.enter_context(process(command, log, os.environ | env))
            wait_until(lambda: b" ready." in log.read_bytes(), log=log)
            return worker

        yield start


@pytest.fixture
def worker(
    start_worker: Callable[..., "subprocess.Popen[bytes]"],
) -> "subprocess.Popen[bytes]":
    """A real Celery worker, which sees only rows that the test commits."""
    return start_worker()


def database_url() -> str:
    """Return the URL of the test database, whose name differs from the configured one."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def smtp() -> Iterator[Sink]:
    """A real SMTP server that accepts all mails."""
    with sink() as here:
        yield here


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the installed Chromium; without one skip the test, or fail it in CI."""
    if not Path(CHROMIUM).exists():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("There is no Chromium: apt-get install chromium, or name one in CHROMIUM.")
    # Playwright runs an event loop in this thread, but Django is used synchronously.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    switches = (
        "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
        " disable-component-update disable-sync"
    )
    return {"executable_path": CHROMIUM, "args": [f"--{switch}" for switch in switches.split()]}
