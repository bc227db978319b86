"""The project: settings, routes, Celery and the commands that start it."""

import zoneinfo

# Use only the rules of the pinned tzdata package; the zone files of a host may be years old.
zoneinfo.reset_tzpath(to=())

from config.celery import app as celery_app  # noqa: E402 -- after the zones are set

__all__ = ["celery_app"]
