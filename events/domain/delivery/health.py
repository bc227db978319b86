"""Health of the mail queue: problems in words, and figures for Prometheus."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError
from django.db.models import Count

from events.domain.delivery import breaker
from events.models import Delivery, Heartbeat, NoticeBatch, ReminderOccurrence

TICK_OVERDUE_AFTER: Final = timedelta(seconds=60)  # since the last tick
MAIL_OVERDUE_AFTER: Final = timedelta(seconds=300)
TABLES: Final = (Delivery, ReminderOccurrence, NoticeBatch)


def problems(*, now: datetime) -> list[str]:
    """Return what is wrong with the mail queue, in English; an empty list if all is well."""
    try:
        tick, oldest = _tick(now), _oldest(now)
    except DatabaseError as error:
        return [f"The database does not answer: {type(error).__name__}"]
    found = []
    if tick is None:
        found.append("There has been no tick yet")
    elif tick > TICK_OVERDUE_AFTER:
        found.append(f"The last tick was {tick.total_seconds():.0f} s ago")
    if oldest > MAIL_OVERDUE_AFTER:
        found.append(f"Something has been due for {oldest.total_seconds():.0f} s")
    return found


def metrics(*, now: datetime) -> str:
    """Return the metrics in the text format of Prometheus."""
    return "".join(f"{line}\n" for line in _lines(now))


def _lines(now: datetime) -> Iterator[str]:
    tick = _tick(now)
    if tick is not None:
        yield from _gauge("tick_age_seconds", "Since the last tick.", tick.total_seconds())
    oldest = _oldest(now).total_seconds()
    yield from _gauge("oldest_overdue_seconds", "How long the oldest has been due.", oldest)
    due = sum(table.objects.due(now).count() for table in TABLES)
    yield from _gauge("due", "What is due and not in hand.", due)
    yield "# HELP attache_deliveries Mails by the state that they have reached."
    yield "# TYPE attache_deliveries gauge"
    counts = dict(Delivery.objects.order_by().values_list("state").annotate(number=Count("pk")))
    for state in Delivery.State.values:
        yield f'attache_deliveries{{state="{state}"}} {counts.get(state, 0)}'
    is_open = int(breaker.is_open())
    yield from _gauge("mail_breaker_open", "Whether the mail server takes nothing.", is_open)


def _gauge(name: str, words: str, value: float) -> Iterator[str]:
    yield f"# HELP attache_{name} {words}"
    yield f"# TYPE attache_{name} gauge"
    yield f"attache_{name} {value:g}"


def _tick(now: datetime) -> timedelta | None:
    """The time since the last tick."""
    row = Heartbeat.objects.filter(name="tick").first()
    return now - row.at if row else None


def _oldest(now: datetime) -> timedelta:
    """The age of the oldest row that is due and not claimed; zero if there is none."""
    ages = []
    for table in TABLES:
        rows = table.objects.due(now)
        ages += [now - at for at in rows.values_list("claim_at", flat=True)[:1] if at]
    return max(ages, default=timedelta())
