"""Checks before the start, which explain in a sentence what is wrong and what to do."""

import errno
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import environ
import redis
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.runtime import tables

NO_RETRY = Retry(NoBackoff(), retries=0)
ROOM = 50 * 1024 * 1024
PACKAGES = ("config", "events", "delegations", "seeds")
SHOWN = 3  # the number of differences that are spelled out; the rest is counted
# What to do about such differences.
MENDED = (
    "The migrations that are applied made other tables: a program of another state has made the"
    " database. Nothing was changed. Start the program that made it, put a backup in its place, or"
    " choose another folder or database."
)


class Refusal(SystemExit):
    """A reason not to start, printed without a traceback; the exit status is 1."""


def port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Refusal(f"PORT={text} is no port. Use a number up to 65535: make run PORT=8001")


def port_is_free(number: int, patience: float = 3) -> None:
    """Bind the port for a test, for up to `patience` seconds: a killed server may still hold it."""
    deadline = time.monotonic() + patience
    while trouble := trouble_with_port(number):
        if time.monotonic() > deadline:
            raise Refusal(f"Port {number} {trouble}. Choose another: make run PORT={number + 1}")
        time.sleep(0.2)


def trouble_with_port(number: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except PermissionError:
            return "is not for ordinary users"
        except OSError:
            return "is taken by another program"
    return ""


def folder(path: Path) -> None:
    """Make the data folder, test that it can be written, and check the free space of its disk."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"room?")
    except OSError as error:
        raise Refusal(sentence(error) or cannot_write(path, error)) from None
    if shutil.disk_usage(path).free < ROOM:
        raise Refusal(disk_full(path))


def cannot_write(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written to ({error.strerror})."
        " Make it yours, or choose another folder: make run ATTACHE_DATA=/another/folder"
    )


def disk_full(path: Path) -> str:
    free = shutil.disk_usage(path).free // 1024**2
    return (
        f"The disk of {path} is full ({free} MB free, {ROOM // 1024**2} MB needed). Free some"
        " room, or choose another folder: make run ATTACHE_DATA=/another/folder"
    )


def urls(env: Mapping[str, str]) -> None:
    """Parse the addresses of servers as the settings will; never print their passwords."""
    parsers = {
        "DATABASE_URL": known_engine,
        "REDIS_URL": redis.connection.parse_url,
        "EMAIL_URL": environ.Env.email_url_config,
    }
    for name, parse in parsers.items():
        try:
            if text := env.get(name):
                parse(text)
        except (ValueError, KeyError, AttributeError, ImproperlyConfigured):
            raise Refusal(f"{name} is not understood; .env.example shows its form.") from None


def known_engine(url: str) -> None:
    if not re.match(r"(sqlite|psql|postgres|postgresql)://", url):
        raise ValueError(url)
    environ.Env.db_url_config(url)


def broker(url: str) -> None:
    """Connect to the Redis or Valkey server of REDIS_URL."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, retry=NO_RETRY) as client:
            client.ping()
    except redis.RedisError as error:
        raise Refusal(
            f"The server of REDIS_URL does not answer ({first_line(error)})."
            " Start it, correct the address, or unset REDIS_URL to use the embedded one."
        ) from None


def database() -> None:
    """Connect to the database; refuse one that is damaged or has unknown migrations."""
    with database_answers():
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            check_file()
        unknown = migrations_from_the_future()
    if unknown:
        raise Refusal(
            f"The database belongs to a newer Attaché ({unknown[0]} is unknown here)."
            " Update this one (git pull), or choose another folder or database."
        )


def schema() -> None:
    """Refuse tables that differ from the applied migrations; migrations may be pending."""
    with database_answers():
        found = tables.differences()
    if found:
        raise Refusal(f"{' '.join(found[:SHOWN])}{more(found)} {MENDED}")


def serving() -> None:
    """Refuse to serve with pending migrations or wrong tables; ignore an unreachable database."""
    try:
        waiting = tables.pending()
    except (DatabaseError, ImproperlyConfigured):
        return  # it may start later than the web server
    if waiting:
        raise Refusal(
            f"The database is not up to date ({waiting[0]} is not applied)."
            " Bring it up to date: .venv/bin/python manage.py migrate"
        )
    schema()


def more(found: list[str]) -> str:
    return f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""


@contextmanager
def database_answers() -> Iterator[None]:
    """Turn an error of the database connection into a refusal with a sentence."""
    try:
        yield
    except (DatabaseError, ImproperlyConfigured) as error:
        raise Refusal(sentence(error) or database_unusable(error)) from None


def database_unusable(error: Exception) -> str:
    return (
        f"The database cannot be used ({first_line(error)})."
        " See that its server runs and that DATABASE_URL is right."
    )


def check_file() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        if (found := cursor.fetchone()[0]) != "ok":
            raise DatabaseError(f"database disk image is malformed: {found}")


def migrations_from_the_future() -> list[str]:
    """Return the applied migrations of our own apps that have no file here."""
    disk = MigrationLoader(None).disk_migrations
    known = set(disk).union(*(migration.replaces for migration in disk.values()))
    ours = {app.label for app in apps.get_app_configs() if app.name in PACKAGES}
    applied = MigrationRecorder(connection).applied_migrations()
    unknown = sorted(key for key in applied if key[0] in ours and key not in known)
    return [f"{app}.{name}" for app, name in unknown]


@contextmanager
def explained() -> Iterator[None]:
    """Turn a known error of the disk or the database into a refusal; raise all others."""
    try:
        yield
    except (OSError, DatabaseError) as error:
        if said := sentence(error):
            raise Refusal(said) from None
        raise


def sentence(error: Exception) -> str:
    """Return the sentence for a known error, "" for an unknown one."""
    text = str(error)
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in text:
        return "The disk is full. Free some room and start again; nothing was lost."
    name = connection.settings_dict["NAME"] if isinstance(error, DatabaseError) else ""
    for pattern, said in SQLITE.items():
        if re.search(pattern, text):
            return f"The database file {name} {said} ({first_line(error)})."
    return ""


SQLITE = {
    "not a database|malformed": "is damaged: put a backup in its place, or move it away",
    "readonly|unable to open": "cannot be written to: make it and its folder yours",
    "is locked": "is in use by another program: stop that one",
    "disk I/O error": "could not be read or written: look at the disk",
}


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
