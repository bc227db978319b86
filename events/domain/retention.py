"""Retention: deletes rows whose retention period is over; run every hour."""

from datetime import datetime

from events.domain.access import ratelimits
from events.domain.attendance import replies
from events.domain.directory import unmerging
from events.domain.feeds import changes
from events.domain.imports.calendars import importpreviews
from events.domain.mail import outbox


def prune(*, now: datetime) -> None:
    """Delete expired rows: feed changes, counters, import previews, mails, replies, mergers."""
    changes.prune(now=now)
    ratelimits.prune(now=now)
    importpreviews.prune(now=now)
    outbox.prune(now=now)
    replies.prune(now=now)
    unmerging.prune(now=now)
