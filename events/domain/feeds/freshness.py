"""Whether a feed is as it was: one question at every poll, which looks at no event."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from events.models.base import statements

HOURLY: Final = timedelta(hours=1)

# How much has changed in public, in 30 days.
IN_PUBLIC: Final = "SELECT COUNT(*), COALESCE(SUM(id), 0) FROM events_calendarchange WHERE public"
# What has changed in its trees, about its person, and in who attends where it follows a role.
OF_A_FEED: Final = """
    SELECT feed.id, feed.last_read_at IS NULL OR feed.last_read_at <= %s,
        state.id, state.etag, state.modified
    FROM events_calendarfeed feed JOIN events_feedstate state ON state.feed_id = feed.id
    WHERE feed.token_hash = %s AND feed.revoked_at IS NULL AND state.version = %s
        AND state.language = COALESCE(NULLIF(%s, ''), NULLIF(feed.language, ''), %s)
        AND (state.valid_until IS NULL OR state.valid_until > %s)
        AND (state.changes, state.total) = (
            SELECT COUNT(*), COALESCE(SUM(id), 0) FROM (
                SELECT noted.id FROM events_calendarchange noted
                JOIN events_feedtree tree ON tree.event_id = noted.tree_id
                WHERE tree.state_id = state.id
                UNION ALL
                SELECT noted.id FROM events_calendarchange noted
                WHERE noted.person_id = feed.person_id
                UNION ALL
                SELECT noted.id FROM events_calendarchange noted
                JOIN events_feedtree tree ON tree.event_id = noted.attended_in_id
                WHERE tree.state_id = state.id AND feed.role <> ''
            ) AS changes
        )
"""
# The same, with the size of the packed feed and its last four bytes, which tell that of the body.
WITH_SIZES: Final = OF_A_FEED.replace(
    "state.modified",
    "state.modified, LENGTH(state.packed), SUBSTR(state.packed, LENGTH(state.packed) - 3)",
)


@dataclass(frozen=True, slots=True)
class Known:
    """A feed of which nothing has changed since its state was stored."""

    feed_id: int
    state_id: int
    etag: str
    last_modified: datetime
    is_due: bool  # for its last reading to be noted
    packed_size: int = 0  # bytes, if they were asked for
    foot: bytes = b""  # the last of these bytes


def known(
    *, token_hash: str, language: str, version: str, now: datetime, with_sizes: bool = False
) -> Known | None:
    """Return the state of the feed if it still holds; '' asks for the feed's own language."""
    adapt = connection.ops.adapt_datetimefield_value
    asked = (adapt(now - HOURLY), token_hash, version, language, settings.LANGUAGE_CODE, adapt(now))
    row = statements.ask(question=WITH_SIZES if with_sizes else OF_A_FEED, values=asked)
    if row is None:
        return None
    feed, is_due, state, etag, modified, *sizes = row
    return Known(feed, state, etag, datetime.fromtimestamp(modified, UTC), bool(is_due), *sizes)


def public() -> tuple[int, int]:
    """Return how many changes of public calendars are on record, and their sum."""
    row = statements.ask(question=IN_PUBLIC, values=())
    assert row  # noqa: S101 -- an aggregate is always there
    return int(row[0]), int(row[1])
