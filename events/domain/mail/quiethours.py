"""Quiet hours of a team: mails that fall due then wait until they end at the reader's clock."""

from datetime import datetime, timedelta
from typing import Final

from events.models import Team
from events.values import dates
from events.values.dates import DAY

# A mail does not wait if less than this would be left until it expires.
MIN_LEAD: Final = timedelta(minutes=5)


def sending_at(*, at: datetime, useful_until: datetime, team: Team | None, zone: str) -> datetime:
    """Return when to send a mail that is due at `at` to a reader in `zone` (IANA name).

    This is the end of the team's quiet hours if `at` lies in them, or `at` itself. It is also `at`
    if the quiet hours end later than MIN_LEAD before `useful_until`.
    """
    end = _end(at, team, zone)
    return end if end and end < useful_until - MIN_LEAD else at


def _end(at: datetime, team: Team | None, zone: str) -> datetime | None:
    """Return when the quiet hours that `at` lies in end, or None; they are half-open."""
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
