"""What has served its time and is kept for nobody."""

from datetime import datetime

from events.domain.access import ratelimits
from events.domain.attendance import replies
from events.domain.feeds import changes
from events.domain.imports.calendars import importpreviews
from events.domain.mail import outbox


def prune(*, now: datetime) -> None:
    """Forget old changes, mails and replies, periods that are over, previews that led nowhere."""
    changes.prune(now=now)
    ratelimits.prune(now=now)
    importpreviews.prune(now=now)
    outbox.prune(now=now)
    replies.prune(now=now)
