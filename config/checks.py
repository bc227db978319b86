"""System checks of our own: the rules of the time zones are the pinned ones, tables as declared."""

import zoneinfo
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from django.core.checks import CheckMessage, Error

from config.runtime import preflight, tables

OLDEST_RULES = (2026, 6)


def time_zones(**kwargs: Any) -> list[CheckMessage]:
    """Find zone files of the machine that would shadow tzdata, and a tzdata that is too old."""
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
    """Find tables other than the applied migrations make: `check --database default`, `migrate`.

    So `migrate` refuses before it changes anything.
    """
    if not databases:
        return []
    found = tables.differences()
    return [Error(said, hint=preflight.MENDED, id="config.E003") for said in found]
