"""The circuit breaker: a mail server that fails several times in a row gets a pause.

While it is open one mail at a time is sent as a probe, at growing intervals, until the server takes
one. Failures of the server use up no attempt of a mail.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from events.models import MailBreaker

MAX_FAILURES: Final = 5  # in a row
FIRST_PAUSE: Final = timedelta(seconds=30)  # until the first probe; then doubled
MAX_PAUSE: Final = timedelta(minutes=5)


def allowance(*, now: datetime) -> int | None:
    """Return how many mails may be claimed: None for no limit, 0, or 1 for a probe."""
    if not is_open():
        return None
    with transaction.atomic():
        row = MailBreaker.objects.select_for_update().filter(probe_at__isnull=False).first()
        if row is None:
            return None
        if row.probe_at is None or now < row.probe_at:
            return 0
        row.probe_at = now + _pause(row.failures)  # so that no other worker sends a probe meanwhile
        row.save(update_fields=["probe_at"])
        return 1


def is_open() -> bool:
    """Whether the breaker is open: mails are not sent, except for probes."""
    return MailBreaker.objects.filter(probe_at__isnull=False).exists()


def server_failed(*, reason: str, now: datetime) -> bool:
    """Count a failure of the server; return whether the breaker is open now."""
    with transaction.atomic():
        MailBreaker.objects.get_or_create(pk=1)
        row = MailBreaker.objects.select_for_update().get(pk=1)
        row.failures += 1
        row.detail = reason
        if row.failures >= MAX_FAILURES:
            row.opened_at = row.opened_at or now
            row.probe_at = now + _pause(row.failures)
        row.save()
    return row.probe_at is not None


def server_ok() -> None:
    """Close the breaker: the server takes mail."""
    rows = MailBreaker.objects.exclude(failures=0)
    rows.update(failures=0, opened_at=None, probe_at=None, detail="")


def _pause(failures: int) -> timedelta:
    doublings = min(max(failures - MAX_FAILURES, 0), 10)
    return min(FIRST_PAUSE * 2**doublings, MAX_PAUSE)
