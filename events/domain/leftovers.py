"""What has served its time and is kept for nobody."""

from datetime import datetime

from events.domain import changes, limits, openings


def prune(*, now: datetime) -> None:
    """Forget old changes, periods that are over, and previews that came to nothing."""
    changes.prune(now=now)
    limits.prune(now=now)
    openings.prune(now=now)
