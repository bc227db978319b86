"""What has served its time and is kept for nobody."""

from datetime import datetime

from events.domain import changes, limits, openings, outbox, replies


def prune(*, now: datetime) -> None:
    """Forget old changes, mails and replies, periods that are over, previews that led nowhere."""
    changes.prune(now=now)
    limits.prune(now=now)
    openings.prune(now=now)
    outbox.prune(now=now)
    replies.prune(now=now)
