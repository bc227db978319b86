"""Secret feeds: handed out, rotated and revoked; whoever knows the address reads one."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, override

from events.domain.access import ratelimits
from events.domain.access.ratelimits import Limit
from events.domain.feeds import changes, encoding, feeds, freshness, renderings, withdrawn
from events.domain.feeds.changes import Stamp
from events.domain.feeds.encoding import Feed, Has, Head, Unchanged
from events.domain.feeds.feeds import Cover
from events.domain.feeds.freshness import Known
from events.domain.feeds.withdrawn import Farewell
from events.domain.pages import eventfilters
from events.models import Attendee, CalendarFeed, Event, FeedState, FeedTree, Person
from events.models.events.events import EventQuerySet, Keys
from events.models.people.attendees import AttendeeQuerySet

PREFIX: Final = "cf1_"  # by which scanners for secrets know it
PURPOSE: Final = b"calendar feed\0"  # the hash of another kind of token is never the same
OPTIONS: Final = ("lang",)
MISSES: Final = Limit("unknown calendars", 30, timedelta(minutes=1))  # from one network
# Full answers to one address; one that is nobody's own may hang on a wall for all to scan.
OWN: Final = Limit("a calendar", 60, timedelta(hours=1))
FEW: Final = 100  # events that somebody attends
SHARED: Final = Limit("a shared calendar", 1_200, timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What comes next in a feed, for a page in the language in which it is read."""

    name: str
    language: str
    events: list[Event]


class Unknown(Exception):
    """No feed has this address."""


class Revoked(Exception):
    """The feed is no longer to be read: its address was taken back, or its reader has left."""


def hand_out(*, feed: CalendarFeed, now: datetime) -> str:
    """Store a new feed and return its address, which nobody can show again."""
    feed.created_at = now
    return _renew(feed)


def provide(*, people: QuerySet[Person], event: Event, now: datetime) -> None:
    """Give each a feed of the event who has none. Nobody knows its address; a new one is told."""
    assert event.team  # noqa: S101 -- what is shared by all teams invites nobody
    readers = event.calendar_feeds.filter(revoked_at=None).values("person")
    for person in people.exclude(pk__in=readers).order_by("pk").distinct():
        name = str(event)[:100]
        feed = CalendarFeed(
            name=name, team=event.team, person=person, event=event, language=person.language
        )
        hand_out(feed=feed, now=now)


def save(*, feed: CalendarFeed) -> None:
    """Store what a feed is called and how it is read; it is written anew at the next reading."""
    with transaction.atomic():
        feed.save()
        feed.states.all().delete()


def rotate(*, feed: CalendarFeed, now: datetime) -> str:
    """Return a new address; the old one is unknown from now on. A revoked feed is given again."""
    feed.revoked_at = feed.last_read_at = None
    return _renew(feed)


def revoke(*, feed: CalendarFeed, now: datetime) -> None:
    """Take the address back at once; its readers learn that it is gone."""
    feed.revoked_at = feed.revoked_at or now
    feed.save(update_fields=["revoked_at"])


def read(
    *, token: str, parameters: eventfilters.Parameters, now: datetime, has: Has | None = None
) -> Feed:
    """Return the feed at a secret address, in the language that is asked for, else its own.

    Raises Unknown before anything else, then Revoked, selection.UnknownFilter and UnknownValue,
    and Unchanged if the reader `has` it: then two small queries have told so, and nothing counts
    it. Raises limits.TooMany in place of one full answer too many.
    """
    if _is_plain(parameters) and (known := _known(token, parameters, now)):
        if known.is_due:
            _note_reading(known.feed_id, now)
        if has and has(known.etag, known.last_modified):
            raise Unchanged(known.etag, known.last_modified)
        return _kept(known, token, now)
    return _anew(token, parameters, now)


def head(*, token: str, parameters: eventfilters.Parameters, now: datetime) -> Head:
    """Return what HTTP says of the feed, in the same two small queries while nothing changes.

    Then nothing counts it; else it is written as for `read`, which raises the same.
    """
    known = _known(token, parameters, now, with_sizes=True) if _is_plain(parameters) else None
    if known is None:
        return _anew(token, parameters, now).head
    if known.is_due:
        _note_reading(known.feed_id, now)
    return Head(
        etag=known.etag,
        last_modified=known.last_modified,
        size=encoding.size_of(known.foot),
        packed_size=known.packed_size,
    )


def write_ahead(*, now: datetime) -> int:
    """Write the coming events of teams that hand out feeds, for all kinds of their readers.

    So a feed that is read for the first time need only be composed. Returns how many were written.
    """
    in_use = CalendarFeed.objects.filter(revoked_at=None)
    theirs = Q(team=None) | Q(team__in=in_use.values("team"))
    coming = Event.objects.in_calendar().filter(theirs, end_at__gt=now)
    coming = coming.exclude(status=Event.Status.DRAFT)
    readers = in_use.annotate(entitled=Q(person__isnull=False)).values_list("language", "entitled")
    return sum(
        renderings.write_ahead(
            events=coming, language=language or settings.LANGUAGE_CODE, entitled=entitled
        )
        for language, entitled in readers.distinct()
    )


def programme(*, token: str, parameters: eventfilters.Parameters, now: datetime) -> Programme:
    """Return what the page of a feed shows. Raises as `read` does."""
    feed, language = _asked(token, parameters)
    _count(token, feed.person_id, now)
    attending = _attending(feed)
    if feed.person and feed.event and not _is_there(feed, attending):
        raise Revoked
    with override(language):
        name = _name(feed)
    events = feeds.next_of(events=_events(feed, attending, now), now=now)
    return Programme(name=name, language=language, events=events)


def _is_plain(parameters: eventfilters.Parameters) -> bool:
    """Whether nothing is asked for that does not exist."""
    return set(parameters) <= {*OPTIONS}


def _anew(token: str, parameters: eventfilters.Parameters, now: datetime) -> Feed:
    """Write the feed; it is counted as a full answer."""
    feed, language = _asked(token, parameters)
    _count(token, feed.person_id, now)
    _note_reading(feed.pk, now)
    return _written(feed, language, now)


def _asked(token: str, parameters: eventfilters.Parameters) -> tuple[CalendarFeed, str]:
    """The feed of the token, and the language in which it is read."""
    feed = _find(token)
    for name in parameters:
        if name not in OPTIONS:
            raise eventfilters.UnknownFilter(name, OPTIONS)
    own = {"lang": [feed.language]} if feed.language else {}
    return feed, eventfilters.language(parameters={**own, **parameters})


def _name(feed: CalendarFeed) -> str:
    """What the calendar is called, in the active language."""
    return feed.event.title if feed.event else gettext("My programme")


def _renew(feed: CalendarFeed) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    feed.token_hash, feed.hint = _hash(token), token[-6:]
    feed.save()
    return settings.SITE_URL + reverse("secret-feed", args=[token])


def _hash(token: str) -> str:
    return hashlib.sha256(PURPOSE + token.encode(errors="replace")).hexdigest()


def _find(token: str) -> CalendarFeed:
    feeds_ = CalendarFeed.objects.select_related("person", "event")
    try:
        feed = feeds_.get(token_hash=_hash(token))
    except CalendarFeed.DoesNotExist as error:
        raise Unknown from error
    if feed.revoked_at:
        raise Revoked
    return feed


def _known(
    token: str, parameters: eventfilters.Parameters, now: datetime, *, with_sizes: bool = False
) -> Known | None:
    return freshness.known(
        token_hash=_hash(token),
        language=(parameters.get("lang") or [""])[-1],
        version=renderings.version(),
        now=now,
        with_sizes=with_sizes,
    )


def _count(token: str, person_id: int | None, now: datetime) -> None:
    """Count a full answer; raise limits.TooMany."""
    ratelimits.count(limit=OWN if person_id else SHARED, who=token, now=now)


def _kept(known: Known, token: str, now: datetime) -> Feed:
    """The feed as it was last written."""
    columns = FeedState.objects.values_list("packed", "feed__person")
    packed, person_id = columns.get(pk=known.state_id)
    _count(token, person_id, now)
    return Feed(packed=bytes(packed), etag=known.etag, last_modified=known.last_modified)


def _note_reading(feed_id: int, now: datetime) -> None:
    """Remember when it was last read, to the hour: polls shall not cost writes."""
    rows = CalendarFeed.objects.filter(pk=feed_id)
    due = Q(last_read_at=None) | Q(last_read_at__lte=now - freshness.HOURLY)
    rows.filter(due).update(last_read_at=now)


def _written(feed: CalendarFeed, language: str, now: datetime) -> Feed:
    """Write the feed and store its state; the stamp comes first, so what follows is never lost."""
    attending = _attending(feed)
    trees = sorted(_trees(feed, attending))
    stamp = changes.of_feed(feed=feed, trees=trees)
    stays = withdrawn.stays(feed=feed) if feed.person else []
    left = withdrawn.of(feed=feed, stays=stays, now=now)
    if feed.person and feed.event and not left and not _is_there(feed, attending):
        raise Revoked
    events = _events(feed, attending, now)
    with override(language):
        name = _name(feed)
        own = [farewell.entry() for farewell in left]
        own += withdrawn.returned(stays=stays, events=events)
    cover = Cover(
        name=name,
        language=language,
        entitled=feed.person is not None,
        alarm=feed.alarm,
    )
    written = feeds.write(
        events=events,
        cover=cover,
        stamp=stamp,
        now=now,
        past_days=feed.past_days,
        own=own,
    )
    return _store(feed, language, trees, stamp, _until(written, left))


def _until(written: Feed, left: Sequence[Farewell]) -> Feed:
    """The same, valid no longer than the first farewell is shown."""
    moments = [farewell.until for farewell in left]
    moments += [written.valid_until] if written.valid_until else []
    return replace(written, valid_until=min(moments, default=None))


def _store(
    feed: CalendarFeed, language: str, trees: list[int], stamp: Stamp, written: Feed
) -> Feed:
    """Store the state; the date of the last change never goes back."""
    modified = int(written.last_modified.timestamp())
    with transaction.atomic():
        before = FeedState.objects.filter(feed=feed, language=language).first()
        state, _is_new = FeedState.objects.update_or_create(
            feed=feed,
            language=language,
            defaults={
                "version": renderings.version(),
                "changes": stamp.changes,
                "total": stamp.total,
                "etag": written.etag,
                "modified": max(modified, before.modified if before else 0),
                "valid_until": written.valid_until,
                "packed": written.packed,
            },
        )
        state.trees.exclude(event__in=trees).delete()
        FeedTree.objects.bulk_create(
            [FeedTree(state=state, event_id=tree) for tree in trees], ignore_conflicts=True
        )
    at = datetime.fromtimestamp(state.modified, UTC)
    return replace(written, last_modified=at)


def _attending(feed: CalendarFeed) -> AttendeeQuerySet:
    """The attendances that the feed follows from; none for one that shows a whole event."""
    if feed.person:
        return Attendee.objects.filter(person=feed.person)
    if feed.role and feed.event:
        there = Event.objects.within([feed.event.pk])
        return Attendee.objects.filter(role=feed.role, event__in=there)
    return Attendee.objects.none()


def _attended(attending: AttendeeQuerySet) -> Keys:
    """The events of attendees, as keys if they are few.

    For keys the query of all that concerns them is built and planned in a third of the time.
    """
    keys = list(attending.values_list("event", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else attending.values("event")


def _trees(feed: CalendarFeed, attending: AttendeeQuerySet) -> set[int]:
    """The roots of all that the feed depends on, shown or not yet."""
    trees = Event.objects.filter(pk__in=attending.values("event")).tops()
    if feed.event:
        trees |= Event.objects.filter(pk=feed.event.pk).tops()
    return trees


def _is_there(feed: CalendarFeed, attending: AttendeeQuerySet) -> bool:
    """Whether the person is expected at the event of their feed, or at a part of it."""
    assert feed.event  # noqa: S101 -- asked of such feeds alone
    return attending.expected().filter(event__in=Event.objects.within([feed.event.pk])).exists()


def _ours(feed: CalendarFeed) -> Q:
    """What the team may hand out: its own; who comes to what others own is not its to tell."""
    whole = feed.person_id is None and not feed.role
    shared = Q(visibility=Event.Visibility.PUBLIC) if whole else Q(team=None)
    return Q(team=feed.team_id) | shared


def _events(feed: CalendarFeed, attending: AttendeeQuerySet, now: datetime) -> EventQuerySet:
    """What the feed shows: never drafts, internal items, or what other teams keep to themselves."""
    rows = Event.objects.all()
    if feed.person or feed.role:
        rows = rows.concerning(
            _attended(attending.expected()),
            travelling=_attended(attending.expected().travelling()),
            refused=_attended(attending.staying_away()),
        )
    if feed.event:
        rows = rows.making_up(feed.event)
    hidden = [Event.Status.DRAFT, *([] if feed.tentative else [Event.Status.TENTATIVE])]
    rows = rows.exclude(status__in=hidden).exclude(visibility=Event.Visibility.INTERNAL)
    rows = rows.filter(_ours(feed))
    kept = {"past": [str(feed.past_days)]}
    return eventfilters.narrow(events=feeds.on_show(rows, now), parameters=kept, now=now)
