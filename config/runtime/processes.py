"""The processes of `make run`: their command lines, and a test whether the web server answers."""

import http.client
import os
import sys
from pathlib import Path

from config.runtime import valkey
from config.runtime.supervisor import Child


def broker(data: Path) -> Child:
    """Valkey; `quiet` hides its warnings about kernel settings, which do not matter here."""
    return Child("valkey", valkey.command(data), quiet=True)


def web(port: int) -> Child:
    """Gunicorn with two processes, which share the loaded code, so that one can fail."""
    options = {
        "bind": f"127.0.0.1:{port}",
        "worker-class": "gthread",
        "workers": "2",
        "threads": "4",
        "graceful-timeout": "5",
        "log-level": "warning",
    }
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 -- gunicorn's heartbeat belongs in memory
        options["worker-tmp-dir"] = "/dev/shm"  # noqa: S108
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--preload", "--no-control-socket"]
    return Child("web", [*gunicorn, *flags(options)])


def worker() -> Child:
    """The Celery worker: one process, as the delivery of mails needs; prefork for time limits."""
    options = {"pool": "prefork", "concurrency": "1", "loglevel": "warning"}
    return Child("worker", [*celery("worker"), "--without-mingle", *flags(options)], patience=30)


def beat(data: Path) -> Child:
    options = {"schedule": str(data / "beat-schedule"), "pidfile": "", "loglevel": "warning"}
    return Child("beat", [*celery("beat"), *flags(options)], patience=5)


def celery(role: str) -> list[str]:
    # Celery warns at each start as root, which is usual in containers.
    deaf = ["-W", "ignore:You're running the worker with superuser privileges"]
    return [sys.executable, *deaf, "-m", "celery", "--quiet", "--app", "config", role]


def flags(options: dict[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]


def web_answers(port: int, host: str) -> bool:
    """Request /healthz under a host name that the settings allow; return whether it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
