"""Celery: the application, and the schedule of all periodic tasks."""

import os

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

from config.runtime.supervisor import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("attache")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Otherwise the processes of the pool would survive a worker that is killed.
worker_process_init.connect(lambda **kwargs: die_with_parent(), weak=False)
HOUR = 3600.0
WEEK = 7 * 24 * HOUR
# Intervals only: a crontab in local time skips or repeats runs when clocks change.
app.conf.beat_schedule = {
    "deliver what is due": {
        "task": "events.tasks.tick",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "write the public feeds": {
        "task": "events.tasks.export_feeds",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "write what secret feeds will show": {
        "task": "events.tasks.write_ahead",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "lapse what was not confirmed": {
        "task": "delegations.tasks.lapse_applications",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget what has served its time": {
        "task": "events.tasks.prune",
        "schedule": HOUR,
        "options": {"expires": HOUR},
    },
    "follow the time zone database": {
        "task": "events.tasks.recompute_times",
        "schedule": WEEK,
        "options": {"expires": WEEK},
    },
}


@app.on_after_finalize.connect
def read_replies(sender: Celery, **kwargs: object) -> None:
    """Read the mailbox for replies each minute, if IMAP_URL is set."""
    if settings.IMAP_URL:
        sender.conf.beat_schedule["read what has come back to invitations"] = {
            "task": "events.tasks.read_replies",
            "schedule": 60.0,
            "options": {"expires": 60.0},
        }
