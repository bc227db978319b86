"""System checks: pinned rules of time zones, and tables that match the migrations."""

import zoneinfo
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from django.core.checks import CheckMessage, Error

from config.runtime import preflight, tables

OLDEST_RULES = (2026, 6)


def time_zones(**kwargs: Any) -> list[CheckMessage]:
    """Report zone files of the host that would replace tzdata, and an outdated tzdata."""
    found: list[CheckMessage] = []
    if zoneinfo.TZPATH:
        found.append(
            Error(
                f"Time zones are read from {zoneinfo.TZPATH[0]}, not from the tzdata package.",
                hint="Import config before anything calls zoneinfo.reset_tzpath().",
                id="config.E001",
            )
        )
    version = metadata.version("tzdata")
    if tuple(map(int, version.split("."))) < OLDEST_RULES:
        found.append(
            Error(
                f"tzdata {version} is too old.",
                hint="Install the version that requirements.txt names.",
                id="config.E002",
            )
        )
    return found


def schema(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report tables that differ from the applied migrations.

    It runs for `check --database default` and for `migrate`, which then stops before it changes
    anything.
    """
    if not databases:
        return []
    found = tables.differences()
    return [Error(said, hint=preflight.MENDED, id="config.E003") for said in found]
