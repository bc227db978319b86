"""The database's clock: one for all workers, however their own clocks differ.

Only tasks and commands read it; the domain is told the time.
"""

from datetime import UTC, datetime

from django.db import connection

QUESTIONS = {
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "postgresql": "SELECT statement_timestamp()",
}


def now() -> datetime:
    """Return the moment in UTC, to the millisecond or finer."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[connection.vendor])
        (moment,) = cursor.fetchone()
    return datetime.fromisoformat(str(moment)).replace(tzinfo=UTC)
