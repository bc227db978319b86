"""In-process cache of public feeds; a hit costs one small query for changes in public events."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.domain.feeds import changes, freshness, renderings
from events.domain.feeds.changes import Stamp
from events.domain.feeds.encoding import Feed, IsCurrent, Unchanged
from events.models import FeedVersion

MAX_AGE: Final = timedelta(minutes=15)  # bounds staleness after changes that were not logged
MAX_FEEDS: Final = 200  # feeds in the cache of one process, some 20 kB each for 500 events


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    stamp: Stamp
    version: str
    feed: Feed


_known: OrderedDict[str, _Known] = OrderedDict()


def get(
    *, address: str, now: datetime, has: IsCurrent | None, write: Callable[[Stamp], Feed]
) -> Feed:
    """Return the feed at an address from the cache, or write it if a public event has changed.

    Raises Unchanged if the client `has` it already, and whatever `write` raises.
    """
    known = _known.get(address)
    feed = known.feed if known and _holds(known, now) else _written(address, write, now)
    if has and has(feed.etag, feed.last_modified):
        raise Unchanged(feed.etag, feed.last_modified)
    return feed


def forget() -> None:
    """Empty the cache."""
    _known.clear()


def _holds(known: _Known, now: datetime) -> bool:
    until = min(known.at + MAX_AGE, known.feed.valid_until or now + MAX_AGE)
    if not known.at <= now < until or known.version != renderings.version():
        return False
    return freshness.public() == (known.stamp.changes, known.stamp.total)


def _written(address: str, write: Callable[[Stamp], Feed], now: datetime) -> Feed:
    """Write the feed and cache it.

    The stamp is taken before the events are read: a change in between makes the entry stale
    instead of being missed. The least recently written feeds are dropped.
    """
    version = renderings.version()
    stamp = changes.of_public(program_since=_since(version, now))
    feed = write(stamp)
    _known[address] = _Known(now, stamp, version, feed)
    _known.move_to_end(address)
    while len(_known) > MAX_FEEDS:
        _known.popitem(last=False)
    return feed


def _since(version: str, now: datetime) -> datetime:
    """Return the moment at which this version of the program first wrote a public feed.

    An update may change a feed though no row changes: which events it shows, or their words. Hence
    its Last-Modified rises, and a client that asks by date alone gets the new content.
    """
    found = FeedVersion.objects.filter(version=version).values_list("since", flat=True)
    if since := found.first():
        return since
    FeedVersion.objects.bulk_create(
        [FeedVersion(version=version, since=now)], ignore_conflicts=True
    )
    return found.get()
