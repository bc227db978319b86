"""What has served its time and is kept for nobody."""

from datetime import datetime

from events.domain import changes, limits, openings, replies


def prune(*, now: datetime) -> None:
    """Forget old changes, periods that are over, previews that came to nothing, and old replies."""
    changes.prune(now=now)
    limits.prune(now=now)
    openings.prune(now=now)
    replies.prune(now=now)
