"""The tasks of Celery: each passes the time to one domain function and decides nothing."""

from typing import Any

from celery import shared_task

from delegations.domain.applications import applications
from events.models.base import clock


@shared_task(ignore_result=True)
def lapse_applications(**kwargs: Any) -> None:
    """End acceptances that were not confirmed in time."""
    applications.lapse(now=clock.now())
