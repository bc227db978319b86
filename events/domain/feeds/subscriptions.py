"""Secret feeds: handed out, rotated, revoked and read; the address is the permission to read."""

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
from events.domain.feeds.encoding import Feed, Head, IsCurrent, Unchanged
from events.domain.feeds.feeds import Cover
from events.domain.feeds.freshness import Known
from events.domain.feeds.withdrawn import WithdrawnEntry
from events.domain.pages import eventfilters
from events.models import Attendee, CalendarFeed, Event, FeedState, FeedTree, Person
from events.models.events.events import EventQuerySet, Keys
from events.models.people.attendees import AttendeeQuerySet
from events.values import languages

PREFIX: Final = "cf1_"  # lets secret scanners recognise a token
PURPOSE: Final = b"calendar feed\0"  # no other kind of token has the same hash
OPTIONS: Final = ("lang",)
GUESSES: Final = Limit("unknown calendars", 30, timedelta(minutes=1))  # from one network
# Full answers to one address. A feed without a person may be shared, by a QR code on a wall.
READS_OF_OWN: Final = Limit("a calendar", 60, timedelta(hours=1))
FEW: Final = 100  # events at most whose keys are passed to a query
READS_OF_SHARED: Final = Limit("a shared calendar", 1_200, timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The name and the next events of a feed, for a page in `language`."""

    name: str
    language: str
    events: list[Event]


class Unknown(Exception):
    """No feed has this address."""


class Revoked(Exception):
    """The feed may no longer be read: it was revoked, or its person has left its event."""


def hand_out(*, feed: CalendarFeed, now: datetime, language: str = "") -> str:
    """Store a new feed and return its secret address; only its hash is stored.

    A feed without a language gets that of its person, else `language`, which is that of the user.
    """
    feed.created_at = now
    _set_language(feed, language)
    return _renew(feed)


def provide(*, people: QuerySet[Person], event: Event, now: datetime) -> None:
    """Store a feed of the event for each of the people who has none.

    Their addresses are not kept: a reader gets one when an organiser rotates the feed.
    """
    assert event.team  # noqa: S101 -- an event without a team has no invitations
    readers = event.calendar_feeds.filter(revoked_at=None).values("person")
    for person in people.exclude(pk__in=readers).order_by("pk").distinct():
        name = str(event)[:100]
        feed = CalendarFeed(name=name, team=event.team, person=person, event=event)
        hand_out(feed=feed, now=now)


def save(*, feed: CalendarFeed, language: str = "") -> None:
    """Store changed settings of a feed, and delete its states, so that it is written anew.

    A language that was cleared is chosen as by `hand_out`.
    """
    _set_language(feed, language)
    with transaction.atomic():
        feed.save()
        feed.states.all().delete()


def rotate(*, feed: CalendarFeed, now: datetime) -> str:
    """Return a new address in place of the old one, which raises Unknown from now on.

    A revoked feed becomes readable again. `now` is unused; all steps share one signature.
    """
    feed.revoked_at = feed.last_read_at = None
    return _renew(feed)


def revoke(*, feed: CalendarFeed, now: datetime) -> None:
    """Make the address raise Revoked from now on, so that subscribers get 410 Gone."""
    feed.revoked_at = feed.revoked_at or now
    feed.save(update_fields=["revoked_at"])


def read(
    *, token: str, parameters: eventfilters.Parameters, now: datetime, has: IsCurrent | None = None
) -> Feed:
    """Return the feed at a secret address, in the language in `parameters` or the feed's own.

    Raises Unknown, then Revoked, then eventfilters.UnknownFilter and UnknownValue. Raises
    encoding.Unchanged if the client `has` it already: this costs two small queries at most and
    does not count as an answer. Raises ratelimits.TooMany beyond the limit of full answers.
    """
    if _is_plain(parameters) and (known := _known(token, parameters, now)):
        if known.is_due:
            _note_reading(known.feed_id, now)
        if has and has(known.etag, known.last_modified):
            raise Unchanged(known.etag, known.last_modified)
        return _kept(known, token, now)
    return _anew(token, parameters, now)


def head(*, token: str, parameters: eventfilters.Parameters, now: datetime) -> Head:
    """Return the headers of the feed, for HEAD. Raises what `read` raises, but not Unchanged.

    For an unchanged feed this costs two small queries at most and does not count as an answer.
    Otherwise the feed is written and counted as by `read`.
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
    """Render coming events of the teams with feeds, for each language and kind of reader in use.

    The first request of a feed then only composes stored renderings. Returns how many were written.
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
    """Return the name and next events of a feed, for its page.

    Raises what `read` raises, but not Unchanged.
    """
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
    """Whether all parameters are known, so that the stored state may answer."""
    return set(parameters) <= {*OPTIONS}


def _anew(token: str, parameters: eventfilters.Parameters, now: datetime) -> Feed:
    """Write the feed and count it as a full answer. Raises as `read` does, but not Unchanged."""
    feed, language = _asked(token, parameters)
    _count(token, feed.person_id, now)
    _note_reading(feed.pk, now)
    return _written(feed, language, now)


def _asked(token: str, parameters: eventfilters.Parameters) -> tuple[CalendarFeed, str]:
    """Return the feed of a token and its language for this request. Raises as `read` does."""
    feed = _find(token)
    for name in parameters:
        if name not in OPTIONS:
            raise eventfilters.UnknownFilter(name, OPTIONS)
    own = {"lang": [feed.language]} if feed.language else {}
    return feed, eventfilters.language(parameters={**own, **parameters})


def _name(feed: CalendarFeed) -> str:
    """Return the name of the calendar in the active language."""
    return feed.event.title if feed.event else gettext("My programme")


def _set_language(feed: CalendarFeed, language: str) -> None:
    """Set the language of the feed, so that its bytes do not depend on other rows later on."""
    own = feed.person.language if feed.person else ""
    feed.language = languages.first(feed.language, own, language)


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
    """Count a full answer to this address; raise ratelimits.TooMany beyond the limit."""
    ratelimits.count(limit=READS_OF_OWN if person_id else READS_OF_SHARED, who=token, now=now)


def _kept(known: Known, token: str, now: datetime) -> Feed:
    """Return the feed as it is stored in its state, and count the answer."""
    columns = FeedState.objects.values_list("packed", "feed__person")
    packed, person_id = columns.get(pk=known.state_id)
    _count(token, person_id, now)
    return Feed(packed=bytes(packed), etag=known.etag, last_modified=known.last_modified)


def _note_reading(feed_id: int, now: datetime) -> None:
    """Update `last_read_at`, at most once an hour, so that most polls write nothing."""
    rows = CalendarFeed.objects.filter(pk=feed_id)
    due = Q(last_read_at=None) | Q(last_read_at__lte=now - freshness.READING_NOTED_EVERY)
    rows.filter(due).update(last_read_at=now)


def _written(feed: CalendarFeed, language: str, now: datetime) -> Feed:
    """Write the feed and store its state.

    The stamp is taken before the events are read: a change in between makes the state stale
    instead of being missed.
    """
    attending = _attending(feed)
    trees = sorted(_trees(feed, attending))
    stamp = changes.of_feed(feed=feed, trees=trees)
    spans = withdrawn.spans(feed=feed) if feed.person else []
    left = withdrawn.of(feed=feed, spans=spans, now=now)
    if feed.person and feed.event and not left and not _is_there(feed, attending):
        raise Revoked
    events = _events(feed, attending, now)
    with override(language):
        name = _name(feed)
        own = [farewell.entry() for farewell in left]
        own += withdrawn.returned(spans=spans, events=events)
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
    return _store(feed, language, trees, stamp, _until(written, left), now)


def _until(written: Feed, left: Sequence[WithdrawnEntry]) -> Feed:
    """Return the feed, valid at most until the first of its withdrawn entries expires."""
    moments = [farewell.until for farewell in left]
    moments += [written.valid_until] if written.valid_until else []
    return replace(written, valid_until=min(moments, default=None))


def _store(
    feed: CalendarFeed,
    language: str,
    trees: list[int],
    stamp: Stamp,
    written: Feed,
    now: datetime,
) -> Feed:
    """Store the state of the feed; its Last-Modified rises with every change of its bytes."""
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
                "modified": _modified(written, before, now),
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


def _modified(written: Feed, before: FeedState | None, now: datetime) -> int:
    """Return the Last-Modified in seconds since 1970.

    It never goes back. Content may change though no row does: by an update of the program, or as
    time goes by. Then it is the present moment, for clients that ask by date alone.
    """
    modified = int(written.last_modified.timestamp())
    if before is None or modified > before.modified:
        return modified
    if before.etag == written.etag:
        return before.modified
    return max(before.modified + 1, int(now.timestamp()))


def _attending(feed: CalendarFeed) -> AttendeeQuerySet:
    """Return the attendees who decide about the feed's events; none for a feed of a whole event."""
    if feed.person:
        return Attendee.objects.filter(person=feed.person)
    if feed.role and feed.event:
        there = Event.objects.within([feed.event.pk])
        return Attendee.objects.filter(role=feed.role, event__in=there)
    return Attendee.objects.none()


def _attended(attending: AttendeeQuerySet) -> Keys:
    """Return the events of attendees: a list of keys if they are FEW or less, else a query.

    With keys, `for_attendees_of` is built and planned in a third of the time.
    """
    keys = list(attending.values_list("event", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else attending.values("event")


def _trees(feed: CalendarFeed, attending: AttendeeQuerySet) -> set[int]:
    """Return the keys of the roots of all trees that the feed depends on.

    They include trees of events that it does not show at present.
    """
    trees = Event.objects.filter(pk__in=attending.values("event")).roots()
    if feed.person:
        trees |= Event.objects.filter(pk__in=withdrawn.removed(feed=feed)).roots()
    if feed.event:
        trees |= Event.objects.filter(pk=feed.event.pk).roots()
    return trees


def _is_there(feed: CalendarFeed, attending: AttendeeQuerySet) -> bool:
    """Whether the feed's person is expected at the feed's event, or at a part of it."""
    assert feed.event  # noqa: S101 -- the callers have checked it
    return attending.expected().filter(event__in=Event.objects.within([feed.event.pk])).exists()


def _ours(feed: CalendarFeed) -> Q:
    """Return which events the feed's team may show: its own, and shared ones.

    Shared are public events in the feed of a whole event, otherwise only events without a team: a
    team must not tell who attends an event of another team.
    """
    whole = feed.person_id is None and not feed.role
    shared = Q(visibility=Event.Visibility.PUBLIC) if whole else Q(team=None)
    return Q(team=feed.team_id) | shared


def _events(feed: CalendarFeed, attending: AttendeeQuerySet, now: datetime) -> EventQuerySet:
    """Return the events of the feed, without drafts, internal items and other teams' own events."""
    rows = Event.objects.all()
    if feed.person or feed.role:
        rows = rows.for_attendees_of(
            _attended(attending.expected()),
            travelling=_attended(attending.expected().travelling()),
            refused=_attended(attending.staying_away()),
        )
    if feed.event:
        rows = rows.subtree_of(feed.event)
    hidden = [Event.Status.DRAFT, *([] if feed.tentative else [Event.Status.TENTATIVE])]
    rows = rows.exclude(status__in=hidden).exclude(visibility=Event.Visibility.INTERNAL)
    rows = rows.filter(_ours(feed))
    kept = {"past": [str(feed.past_days)]}
    return eventfilters.narrow(events=feeds.on_show(rows, now), parameters=kept, now=now)
