"""Quiet hours: what falls due at night waits for the morning of its reader."""

from datetime import datetime, timedelta
from typing import Final

from events.models import Team
from events.values import dates
from events.values.dates import DAY

# What would come later than this before it is of no more use does not wait.
LAST_CALL: Final = timedelta(minutes=5)


def sending_at(*, at: datetime, useful_until: datetime, team: Team | None, zone: str) -> datetime:
    """Return when a mail goes that may go from `at` on, to a reader at the clocks of a zone.

    It waits for the end of the team's quiet hours, unless it were of no use any more by then.
    """
    end = _end(at, team, zone)
    return end if end and end < useful_until - LAST_CALL else at


def _end(at: datetime, team: Team | None, zone: str) -> datetime | None:
    """Return when the quiet hours end that `at` lies in, if it does."""
    if team is None or team.quiet_from is None or team.quiet_until is None or not zone:
        return None
    local = at.astimezone(dates.zone(zone))
    clock, today = local.time(), local.date()
    begun, over = clock >= team.quiet_from, clock >= team.quiet_until
    if team.quiet_from < team.quiet_until:
        return dates.to_utc(today, team.quiet_until, zone) if begun and not over else None
    if begun:
        return dates.to_utc(today + DAY, team.quiet_until, zone)
    return None if over else dates.to_utc(today, team.quiet_until, zone)
