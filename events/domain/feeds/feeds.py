"""Selects the events of a feed and writes the feed; the public feeds and their files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Max, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, override

from events.domain.feeds import encoding, feedcache, feedfiles, renderings
from events.domain.feeds.changes import Stamp
from events.domain.feeds.encoding import Feed, IsCurrent
from events.domain.ical import writing
from events.domain.ical.writing import Entry, Part
from events.domain.pages import eventfilters
from events.models import Event
from events.models.base import statements
from events.models.events.events import EventQuerySet
from events.values.dates import DAY

CANCELLED_SHOWN_FOR: Final = timedelta(days=90)
MAX_EVENTS: Final = 5_000
PREVIEW_SIZE: Final = 10
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The properties of a feed beside its events; `address` is '' in secret feeds.

    `entitled` readers get the links of live streams. `alarm` is minutes before the start of each
    timed event, None for no alarm.
    """

    name: str
    address: str = ""
    language: str
    entitled: bool = False
    alarm: int | None = None


class Row(NamedTuple):
    """The columns that decide whether and until when an event is in a feed."""

    pk: int
    uid: UUID
    start_on: date | None
    end_on: date | None
    changed_at: str  # as text, for statements.moment()
    cancelled_until: datetime | None  # the end, if the event is cancelled


def public(
    *, parameters: eventfilters.Parameters, now: datetime, has: IsCurrent | None = None
) -> Feed:
    """Return the public feed, narrowed by the filters in `parameters`.

    Raises eventfilters.UnknownFilter and eventfilters.UnknownValue, and encoding.Unchanged if the
    client `has` it already. An unchanged feed costs one small query.
    """
    address = _address(reverse("public-feed"), parameters)
    return feedcache.get(
        address=address,
        now=now,
        has=has,
        write=lambda stamp: _public(parameters, address, stamp, now),
    )


def single(
    *, slug: str, parameters: eventfilters.Parameters, now: datetime, has: IsCurrent | None = None
) -> Feed:
    """Return the feed of one public event and its whole public programme.

    Raises Event.DoesNotExist, and what `public` raises.
    """
    language = eventfilters.language(parameters=parameters)
    return feedcache.get(
        address=_address(reverse("event-ics", args=[slug]), {"lang": [language]}),
        now=now,
        has=has,
        write=lambda stamp: _single(slug, language, stamp, now),
    )


def _public(parameters: eventfilters.Parameters, address: str, stamp: Stamp, now: datetime) -> Feed:
    language = eventfilters.language(parameters=parameters)
    shown = on_show(Event.objects.public(), now)
    events = eventfilters.calendar(events=shown, parameters=parameters, now=now)
    past_days = int(parameters["past"][-1]) if "past" in parameters else None
    always = {name: values for name, values in parameters.items() if name != "past"}
    ever = eventfilters.calendar(events=Event.objects.public(), parameters=always, now=now)
    stamp = _with_the_last_gone(stamp, ever, now, past_days)
    with override(language):
        cover = Cover(name=gettext("Attaché: public events"), address=address, language=language)
    return write(events=events, cover=cover, stamp=stamp, now=now, past_days=past_days)


def _single(slug: str, language: str, stamp: Stamp, now: datetime) -> Feed:
    event = Event.objects.public().filter(precision__in=["time", "day"]).get(slug=slug)
    programme = Event.objects.programme_of(event)
    stamp = _with_the_last_gone(stamp, programme, now)
    parts = on_show(programme, now)
    events = Event.objects.filter(Q(pk=event.pk) | Q(pk__in=parts.values("pk")))
    with override(language):
        address = _address(reverse("event-ics", args=[slug]), {})
        cover = Cover(name=event.title, address=address, language=language)
    return write(events=events, cover=cover, stamp=stamp, now=now)


def coming(*, parameters: eventfilters.Parameters, now: datetime) -> list[Event]:
    """Return the next events of the public feed, as many as a page shows.

    Raises eventfilters.UnknownFilter and eventfilters.UnknownValue.
    """
    events = eventfilters.calendar(events=Event.objects.public(), parameters=parameters, now=now)
    return next_of(events=on_show(events, now), now=now)


def next_of(*, events: EventQuerySet, now: datetime) -> list[Event]:
    """Return the events that are under way or come next, PREVIEW_SIZE at most."""
    rows = events.filter(Q(end_at__gt=now) | Q(end_at=None, start_at__gte=now))
    return list(rows.for_display().order_by("start_at", "pk")[:PREVIEW_SIZE])


def export(*, now: datetime) -> list[Path]:
    """Write the public feed in each language to its file; return the files that changed."""
    folder = Path(settings.FEEDS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        folder / f"public.{language}.ics": public(parameters={"lang": [language]}, now=now)
        for language, _ in settings.LANGUAGES
    }
    return [
        path
        for path, feed in written.items()
        if feedfiles.put(path=path, body=feed.body, changed_at=feed.last_modified)
    ]


def on_show(events: EventQuerySet, now: datetime) -> EventQuerySet:
    """Return the events that a calendar can show, without those cancelled and over for 90 days."""
    long_over = Q(status=Event.Status.CANCELLED, end_at__lt=now - CANCELLED_SHOWN_FOR)
    return events.in_calendar().exclude(long_over)


def write(
    *,
    events: EventQuerySet,
    cover: Cover,
    stamp: Stamp,
    now: datetime,
    past_days: int | None = None,
    own: Sequence[Entry] = (),
) -> Feed:
    """Write the feed of the events.

    `stamp` must have been taken before. An event leaves the feed `past_days` after its last day.
    An entry in `own` replaces the event with the same UID, or is added if there is none.
    """
    rows = _newest(events, now)
    changes = [statements.moment(row.changed_at) for row in rows]
    changed_at = max([EPOCH, *changes, *(entry.changed_at for entry in own)])
    with override(cover.language):
        calendar = writing.Calendar(
            name=cover.name,
            description=gettext("Promotion conferences, expos and trade missions."),
            last_modified=changed_at,
            timezone="UTC",
            url=cover.address,
            color="darkslateblue",
        )
    parts = renderings.parts(
        keys=[row.pk for row in rows], language=cover.language, entitled=cover.entitled
    )
    stream = writing.compose(
        calendar=calendar,
        parts=_with(parts, own),
        uids={*(f"{row.uid}@{settings.UID_HOST}" for row in rows), *(entry.uid for entry in own)},
        alarm=cover.alarm,
    )
    packed, etag = encoding.pack(stream)
    return Feed(
        packed=packed,
        etag=etag,
        last_modified=max(changed_at, stamp.at or EPOCH),
        valid_until=min((at for row in rows if (at := _leaves_at(row, past_days))), default=None),
    )


def _with(parts: Iterable[Part], own: Iterable[Entry]) -> Iterator[Part]:
    """Yield the parts, or the reader's own entry of the same UID, then the other own entries."""
    mine = {entry.uid: writing.vevent(entry=entry) for entry in own}
    for part in parts:
        yield mine.pop(part.uid, part)
    yield from mine.values()


def _newest(events: EventQuerySet, now: datetime) -> list[Row]:
    """Return the rows in the order of their start.

    Of more than MAX_EVENTS the oldest are left out, but never one that is still to come.
    """
    cancelled = When(status=Event.Status.CANCELLED, then="end_at")
    rows = events.untranslated().values_list(
        *("pk", "uid", "start_on", "end_on"), statements.as_text("changed_at"), Case(cancelled)
    )
    newest = list(rows.order_by("-start_at", "-pk")[: MAX_EVENTS + 1])
    if len(newest) > MAX_EVENTS:
        coming = sum(1 for _ in events.filter(start_at__gte=now).values_list("pk"))
        newest = list(rows.order_by("-start_at", "-pk")[: max(MAX_EVENTS, coming)])
    return [Row(*row) for row in reversed(newest)]


def _leaves_at(row: Row, past_days: int | None) -> datetime | None:
    """Return the moment at which an event leaves the feed without any change; None if it stays."""
    moments = []
    if row.cancelled_until:
        moments.append(row.cancelled_until + CANCELLED_SHOWN_FOR)
    last_on = row.end_on or row.start_on
    if past_days is not None and last_on:
        moments.append(_midnight(last_on) + (past_days + 1) * DAY)
    return min(moments, default=None)


def _with_the_last_gone(
    stamp: Stamp, events: EventQuerySet, now: datetime, past_days: int | None = None
) -> Stamp:
    """Return the stamp, at the earliest at the moment when the last event left without a change.

    It is the reverse of `_leaves_at`: Last-Modified rises with what time alone has taken away.
    """
    first = (now - timedelta(days=past_days)).date() if past_days is not None else EPOCH.date()
    called_off = Q(status=Event.Status.CANCELLED, end_at__lt=now - CANCELLED_SHOWN_FOR)
    gone = (
        events.in_calendar()
        .annotate(last_on=Coalesce("end_on", "start_on"))
        .aggregate(
            off=Max("end_at", filter=called_off), past=Max("last_on", filter=Q(last_on__lt=first))
        )
    )
    moments = [stamp.at or EPOCH]
    moments += [gone["off"] + CANCELLED_SHOWN_FOR] if gone["off"] else []
    if past_days is not None and gone["past"]:
        moments.append(_midnight(gone["past"]) + (past_days + 1) * DAY)
    return replace(stamp, at=max(moments))


def _midnight(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), UTC)


def _address(path: str, parameters: eventfilters.Parameters) -> str:
    query = urlencode(
        sorted((name, list(values)) for name, values in parameters.items()), doseq=True
    )
    return f"{settings.SITE_URL}{path}{'?' if query else ''}{query}"
