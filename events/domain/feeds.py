"""Feeds: which events stand in a calendar, and what each of them says there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext, override

from events.domain import calendars, files, selection, wording
from events.models import Event, EventPlace, Place
from events.models.events import EventQuerySet

CANCELLED_FOR = timedelta(days=90)
MOST_EVENTS = 5_000
STATUSES: dict[str, Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]] = {
    Event.Status.TENTATIVE: "TENTATIVE",
    Event.Status.CONFIRMED: "CONFIRMED",
    Event.Status.POSTPONED: "CANCELLED",
    Event.Status.CANCELLED: "CANCELLED",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The bytes of a feed and what HTTP says of them."""

    body: bytes
    etag: str
    last_modified: datetime


def public(*, parameters: selection.Parameters, now: datetime) -> Feed:
    """Return the public calendar as the filters narrow it.

    Raises selection.UnknownFilter and selection.UnknownValue.
    """
    language = selection.language(parameters=parameters)
    events = selection.narrow(
        events=_on_show(Event.objects.public(), now), parameters=parameters, now=now
    )
    address = _address(reverse("public-feed"), parameters)
    with override(language):
        return _feed(_newest(events), name=gettext("Attaché: public events"), address=address)


def single(*, slug: str, language: str, now: datetime) -> Feed:
    """Return one public event with its public children; raise Event.DoesNotExist."""
    event = Event.objects.public().filter(precision__in=["time", "day"]).get(slug=slug)
    children = _on_show(Event.objects.public(), now).filter(parent=event)
    address = _address(reverse("event-ics", args=[slug]), {})
    with override(language):
        events = Event.objects.filter(Q(pk=event.pk) | Q(pk__in=children.values("pk")))
        return _feed(_newest(events), name=event.title, address=address)


def export(*, now: datetime) -> list[Path]:
    """Write the public calendar in each language to its file; return the files that changed."""
    folder = Path(settings.FEEDS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        folder / f"public.{language}.ics": public(parameters={"lang": [language]}, now=now)
        for language, _ in settings.LANGUAGES
    }
    return [
        path
        for path, feed in written.items()
        if files.put(path=path, body=feed.body, changed_at=feed.last_modified)
    ]


def entry(*, event: Event) -> calendars.Entry:
    """Return what a calendar shows of an event, in the active language."""
    return calendars.Entry(
        uid=event.ical_uid,
        sequence=event.sequence,
        created_at=event.created_at,
        changed_at=event.changed_at,
        status=STATUSES[event.status],
        summary=_summary(event),
        when=event.when,
        description="\n\n".join(filter(None, _paragraphs(event))),
        location=wording.where(event=event),
        geo=_point(event.place),
        url=settings.SITE_URL + event.get_absolute_url(),
        categories=(str(event.get_kind_display()), *map(str, event.sectors.all())),
        parent_uid=event.parent.ical_uid if event.parent else "",
    )


def _on_show(events: EventQuerySet, now: datetime) -> EventQuerySet:
    """What a calendar holds; a cancelled event stays for a while after its date."""
    long_over = Q(status=Event.Status.CANCELLED, end_at__lt=now - CANCELLED_FOR)
    return events.in_calendar().exclude(long_over)


def _newest(events: EventQuerySet) -> list[Event]:
    """Return the events in time order; of too many the oldest leave first."""
    rows = events.for_display().prefetch_related("place_roles__place")
    newest = list(rows.order_by("-start_at", "-pk")[:MOST_EVENTS])
    return newest[::-1]


def _feed(events: list[Event], *, name: str, address: str) -> Feed:
    # Of all events, not only of those shown: one that has just left the feed counts too.
    changed_at = Event.objects.aggregate(at=Max("changed_at"))["at"] or EPOCH
    calendar = calendars.Calendar(
        name=name,
        description=gettext("Promotion conferences, expos and trade missions."),
        last_modified=max((event.changed_at for event in events), default=EPOCH),
        timezone="UTC",
        url=address,
        color="darkslateblue",
    )
    body = calendars.render(calendar=calendar, entries=[entry(event=event) for event in events])
    return Feed(body=body, etag=calendars.etag(body), last_modified=changed_at)


def _address(path: str, parameters: selection.Parameters) -> str:
    query = urlencode(
        sorted((name, list(values)) for name, values in parameters.items()), doseq=True
    )
    return f"{settings.SITE_URL}{path}{'?' if query else ''}{query}"


def _summary(event: Event) -> str:
    if event.status == Event.Status.CANCELLED:
        return gettext("Cancelled: %(title)s") % {"title": event.title}
    if event.status == Event.Status.POSTPONED:
        return gettext("Postponed: %(title)s") % {"title": event.title}
    return event.title


def _point(place: Place | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return float(place.latitude), float(place.longitude)


def _paragraphs(event: Event) -> Iterator[str]:
    yield event.description
    yield event.cancellation_reason
    yield "\n".join(chain(_hubs(event), _open_ends(event)))
    if not event.is_managed:
        yield wording.origin(event=event)


def _hubs(event: Event) -> Iterator[str]:
    for role in event.place_roles.all():
        if role.role == EventPlace.Role.HUB:
            yield wording.hub(event=event, place=role.place)


def _open_ends(event: Event) -> Iterator[str]:
    if event.end_on is None and event.start_time is None:
        yield gettext("The last day is not known.")
    elif event.start_time and not event.end_time:
        yield gettext("The hour of the end is not known.")
