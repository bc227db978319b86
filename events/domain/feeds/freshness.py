"""Decides by one prepared statement for each poll whether a feed is unchanged; reads no events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from events.models.base import statements

READING_NOTED_EVERY: Final = timedelta(hours=1)

# The stamp of all public events: count and sum of the logged changes, which are kept for 30 days.
PUBLIC_CHANGES_SQL: Final = """
    SELECT COUNT(*), COALESCE(SUM(id), 0) FROM events_calendarchange WHERE public
"""
# The stored state of a feed, if the stamp in it is still right: the changes of its trees, of its
# person and, for a feed of a role, of the attendees in its trees.
FEED_STATE_SQL: Final = """
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
# The same for HEAD: also the size of the gzip body, and its last four bytes, which contain the size
# of the plain body (RFC 1952, 2.3.1).
WITH_SIZES: Final = FEED_STATE_SQL.replace(
    "state.modified",
    "state.modified, LENGTH(state.packed), SUBSTR(state.packed, LENGTH(state.packed) - 3)",
)


@dataclass(frozen=True, slots=True)
class Known:
    """The stored state of an unchanged feed."""

    feed_id: int
    state_id: int
    etag: str
    last_modified: datetime
    is_due: bool  # last_read_at is an hour old and has to be updated
    packed_size: int = 0  # bytes of the gzip body; 0 without `with_sizes`
    foot: bytes = b""  # the last four of these bytes


def known(
    *, token_hash: str, language: str, version: str, now: datetime, with_sizes: bool = False
) -> Known | None:
    """Return the state of the feed if it is unchanged, else None.

    `language` is '' for the feed's own language; `version` is that of the renderings.
    """
    adapt = connection.ops.adapt_datetimefield_value
    noted_before = adapt(now - READING_NOTED_EVERY)
    asked = (
        noted_before,
        token_hash,
        version,
        language,
        settings.LANGUAGE_CODE,
        adapt(now),
    )
    row = statements.ask(question=WITH_SIZES if with_sizes else FEED_STATE_SQL, values=asked)
    if row is None:
        return None
    feed, is_due, state, etag, modified, *sizes = row
    return Known(feed, state, etag, datetime.fromtimestamp(modified, UTC), bool(is_due), *sizes)


def public() -> tuple[int, int]:
    """Return the count of the logged changes of public events, and the sum of their keys."""
    row = statements.ask(question=PUBLIC_CHANGES_SQL, values=())
    assert row  # noqa: S101 -- an aggregate always returns a row
    return int(row[0]), int(row[1])
