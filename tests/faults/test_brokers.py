"""Messages of Celery that are lost, late or duplicated: the queue is the database."""

import os
import signal
import subprocess
import time

import pytest

from config.runtime import processes, valkey
from config.runtime.supervisor import Child
from tests.conftest import database_url, process, wait_until
from tests.faults.conftest import Post, due, states

pytestmark = pytest.mark.heavy


class Office:
    """Celery with two beats and two workers, and a broker that fails."""

    def __init__(self, post: Post) -> None:
        self.post, self.folder = post, post.folder
        self.broker = self.start_broker()
        for number in range(2):
            beat = processes.beat(self.folder)
            beat.command += [f"--schedule={self.folder / f'beat-{number}'}"]
            self.start(beat, number)
            worker = processes.worker()
            worker.command += [f"--hostname=worker-{number}@localhost"]
            self.start(worker, number)

    def start(self, child: Child, number: int) -> None:
        log = self.folder / f"{child.name}-{number}.log"
        self.post.stack.enter_context(process(child.command, log, self.environment()))

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ATTACHE_DATA": str(self.folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": valkey.url(self.folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post.port}",
            "SECRET_KEY": "only-for-tests",
            "SITE_URL": "http://testserver",
            "DEFAULT_FROM_EMAIL": "attache@example.org",
        }

    def start_broker(self) -> "subprocess.Popen[bytes]":
        log = self.folder / "valkey.log"
        running = self.post.stack.enter_context(
            process(valkey.command(self.folder), log, dict(os.environ))
        )
        wait_until(lambda: valkey.answers(self.folder), log=log)
        return running

    def flush(self) -> None:
        with valkey.client(self.folder) as client:
            client.flushall()

    def hang(self) -> None:
        self.broker.send_signal(signal.SIGSTOP)
        time.sleep(8)
        self.broker.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        self.broker.kill()
        self.broker.wait()
        time.sleep(8)
        self.broker = self.start_broker()


def test_two_beats_and_a_broker_that_forgets_hangs_and_dies(post: Post) -> None:
    office = Office(post)
    for mishap in (office.flush, office.hang, office.flush, office.restart, office.flush):
        due(40, "brief")
        time.sleep(4)
        mishap()
        due(40, "brief")
        time.sleep(4)
    post.drain(seconds=180)
    assert set(states().values()) == {("sent", 0)}
    assert sorted(post.copies().values()) == [1] * 400
