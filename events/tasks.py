"""The tasks of Celery: each passes the time to one domain function and decides nothing."""

import logging
from typing import Any

from celery import shared_task
from django.conf import settings

from events.domain import retention
from events.domain.attendance import mailboxes
from events.domain.delivery import delivery
from events.domain.feeds import feeds, subscriptions
from events.domain.lifecycle import zoneupdates
from events.models.base import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def tick(**kwargs: Any) -> None:
    """Send due mails."""
    delivery.tick(now=clock.now())


@shared_task(ignore_result=True)
def read_replies(**kwargs: Any) -> None:
    """Read new replies to invitations from the mailbox."""
    mailboxes.read(url=settings.IMAP_URL, now=clock.now())


@shared_task(ignore_result=True)
def export_feeds(**kwargs: Any) -> None:
    """Write the public feeds to files."""
    feeds.export(now=clock.now())


@shared_task(ignore_result=True)
def write_ahead(**kwargs: Any) -> None:
    """Write secret feeds whose events have changed into the cache, before they are requested."""
    subscriptions.write_ahead(now=clock.now())


@shared_task(ignore_result=True)
def prune(**kwargs: Any) -> None:
    """Delete rows whose retention period has ended."""
    retention.prune(now=clock.now())


@shared_task(ignore_result=True)
def recompute_times(after: int = 0, **kwargs: Any) -> None:
    """Recompute UTC moments with the present time zone database, one batch in each task.

    The next batch is a task of its own, so that tasks that already wait run before it.
    """
    report, last = zoneupdates.recompute_some(now=clock.now(), after=after)
    for line in (*report.moved, *report.failed):
        logger.warning("%s", line)
    if last is not None:
        recompute_times.delay(after=last)
