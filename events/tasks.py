"""What Celery runs: each task tells the domain the time and decides nothing."""

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
    """Send what is due."""
    delivery.tick(now=clock.now())


@shared_task(ignore_result=True)
def read_replies(**kwargs: Any) -> None:
    """Read what has come back to invitations."""
    mailboxes.read(url=settings.IMAP_URL, now=clock.now())


@shared_task(ignore_result=True)
def export_feeds(**kwargs: Any) -> None:
    """Write the public feeds to their files."""
    feeds.export(now=clock.now())


@shared_task(ignore_result=True)
def write_ahead(**kwargs: Any) -> None:
    """Write what secret feeds will show, before anybody asks."""
    subscriptions.write_ahead(now=clock.now())


@shared_task(ignore_result=True)
def prune(**kwargs: Any) -> None:
    """Forget what has served its time."""
    retention.prune(now=clock.now())


@shared_task(ignore_result=True)
def recompute_times(after: int = 0, **kwargs: Any) -> None:
    """Follow the time zone database: a few events, then the next few behind what else waits."""
    report, last = zoneupdates.recompute_some(now=clock.now(), after=after)
    for line in (*report.moved, *report.failed):
        logger.warning("%s", line)
    if last is not None:
        recompute_times.delay(after=last)
