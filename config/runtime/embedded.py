"""Settings of `make run` without other servers, stored in the folder of all data."""

import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from config.runtime import preflight, valkey
from config.runtime.folder import DATA


def prepare(env: Mapping[str, str]) -> None:
    """Claim the data folder for this process, and write embedded.env before settings read it."""
    port = preflight.port(env.get("PORT") or "8000")
    preflight.urls(env)
    preflight.folder(DATA)
    with preflight.explained():
        claim(DATA, port)
        preflight.port_is_free(port)
        write_settings(DATA, port)


def claim(data: Path, port: int) -> None:
    """Lock the folder until this process ends; child processes do not inherit the lock."""
    # All versions use this name, so that two versions never run on one folder at once.
    lock = os.open(data / "stack.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 200).decode()
        raise preflight.Refusal(
            f"Attaché runs on {data} already ({holder}). Use that one, or stop it,"
            " or choose another folder: make run ATTACHE_DATA=/another/folder PORT=8001"
        ) from None
    os.truncate(lock, 0)
    os.write(lock, f"pid {os.getpid()}, http://127.0.0.1:{port}/".encode())


def write_settings(data: Path, port: int) -> None:
    """Write settings that later commands need too; environment variables take precedence."""
    file = data / "embedded.env"
    values = {
        "SECRET_KEY": read_settings(file).get("SECRET_KEY") or secrets.token_urlsafe(48),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DEFAULT_FROM_EMAIL": "attache@localhost",
        "REDIS_URL": valkey.url(data),
    }
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    draft.replace(file)


def read_settings(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return {name: value for name, _, value in (line.partition("=") for line in lines)}
