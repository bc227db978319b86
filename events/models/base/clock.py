"""The database's clock, which all workers share, because the clocks of their hosts may differ.

Only tasks and commands read it; domain functions get `now` as an argument.
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
