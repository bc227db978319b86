"""What Celery runs: each task tells the domain the time and decides nothing."""

import logging
from typing import Any

from celery import shared_task

from events.domain import delivery, feeds, leftovers, times
from events.models import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def tick(**kwargs: Any) -> None:
    """Send what is due."""
    delivery.tick(now=clock.now())


@shared_task(ignore_result=True)
def export_feeds(**kwargs: Any) -> None:
    """Write the public feeds to their files."""
    feeds.export(now=clock.now())


@shared_task(ignore_result=True)
def prune(**kwargs: Any) -> None:
    """Forget what has served its time."""
    leftovers.prune(now=clock.now())


# A country that changes its law may move thousands; a lone worker’s reminders wait so long.
@shared_task(ignore_result=True, soft_time_limit=600, time_limit=630)
def recompute_times(**kwargs: Any) -> None:
    """Follow the time zone database."""
    report = times.recompute(now=clock.now())
    for line in (*report.moved, *report.failed):
        logger.warning("%s", line)
