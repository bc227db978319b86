"""Databases beside each other, on PostgreSQL or SQLite: made, copied, chosen and measured."""

import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from config.sqlite.base import POOL

EMPTY = "template1"  # PostgreSQL's own


def create(name: str, template: str = EMPTY) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    elif template != EMPTY:
        POOL.empty()  # so that the file is complete
        shutil.copyfile(_file(template), _file(name))


def use(name: str) -> None:
    connection.close()
    is_server = connection.vendor == "postgresql"
    connection.settings_dict["NAME"] = name if is_server else str(_file(name))


def analyse() -> None:
    """Count the values of the columns, as autovacuum does within a minute."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def clocks() -> tuple[float, float, float]:
    """Return wall time, and the processor time of this process and its PostgreSQL process."""
    connection.ensure_connection()
    spent = 0.0  # SQLite has no server
    if connection.vendor == "postgresql":
        server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent = int(server.read_text().split()[0]) / 1e6
    return 1000 * time.perf_counter(), 1000 * time.process_time(), spent


def blocks(plan: dict[str, Any]) -> int:
    """The number of 8 kB blocks that the query read, which does not depend on time."""
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


def _file(name: str) -> Path:
    return Path(settings.DATA) / f"bench-{name}.sqlite3"
