"""The project: settings, routes, Celery and the commands that start it."""

import zoneinfo

# The pinned tzdata rules: a machine's own zone files may be years old (Vancouver, 2026).
zoneinfo.reset_tzpath(to=())

from config.celery import app as celery_app  # noqa: E402 -- after the zones are set

__all__ = ["celery_app"]
