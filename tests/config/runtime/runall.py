"""Run `manage.py runall` as a user does, and inspect its processes."""

import contextlib
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import process

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, str(ROOT / "manage.py"), "runall"]
OURS = ("ATTACHE", "DJANGO", "PYTEST", "COV")
ROLES = ("gunicorn", "config worker", "config beat", "valkey-server")
SETTINGS = ("SECRET_KEY", "SITE_URL", "DEFAULT_FROM_EMAIL", "DATABASE_URL", "REDIS_URL")

# Required settings of a public server, and the programs that refuse to start without them.
SET = {
    "SECRET_KEY": "secret",
    "SITE_URL": "https://events.example.org",
    "DEFAULT_FROM_EMAIL": "calendar@example.org",
}
PROGRAMS = {
    "manage.py": "manage.py check",
    "gunicorn": "-m gunicorn config.wsgi --bind 127.0.0.1:0 --no-control-socket",
    "celery": "-m celery --app config worker",
    "beat": "-m celery --app config beat",
}


def environment(**more: object) -> dict[str, str]:
    """Return the environment without variables that the tests have set."""
    names = [name for name in os.environ if not name.startswith(OURS) and name not in SETTINGS]
    return {name: os.environ[name] for name in names} | {key: str(val) for key, val in more.items()}


@contextmanager
def running(data: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    env = environment(ATTACHE_DATA=data, PORT=port)
    with process(COMMAND, data.with_suffix(".log"), env) as supervisor:
        yield supervisor


def output(data: Path) -> str:
    return data.with_suffix(".log").read_text()


def refusal(data: Path, **env: object) -> str:
    """Start it where it refuses to start; return the message."""
    done = subprocess.run(
        COMMAND,
        env=environment(ATTACHE_DATA=data, **env),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert not processes(data)
    return done.stderr


def processes(data: Path) -> dict[int, str]:
    """Return the command lines of all running processes that use a data folder."""
    found = {}
    for proc in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_ours = f"ATTACHE_DATA={data}\0" in (proc / "environ").read_text()
            # Valkey overwrites its environment, but its working directory is in the data folder.
            if is_ours or data in (proc / "cwd").resolve().parents:
                found[int(proc.name)] = (proc / "cmdline").read_text().replace("\0", " ")
    return found


def children(data: Path, supervisor: int) -> dict[str, int]:
    """Return the processes that the supervisor started, by role."""
    return {
        role: pid
        for pid, command in processes(data).items()
        for role in ROLES
        if role in command and parent(pid) == supervisor
    }


def parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return response.read() == b"ok"
    except OSError:
        return False
