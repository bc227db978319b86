"""What somebody who has left still sees for a while: their old entries, cancelled, nothing new."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext

from events.domain import calendars
from events.domain.calendars import Entry, Part
from events.models import Attendee, CalendarFeed, Event, history
from events.models.events import Keys

SHOWN_FOR: Final = timedelta(days=30)
AWAY: Final = {"answer": ("declined", "delegated"), "place": ("cancelled", "waitlisted")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """An event as it was when somebody left it."""

    event: Any  # a kept row of the history
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + SHOWN_FOR

    def part(self) -> Part:
        """Its cancellation, in the active language: what it was called and when, no more."""
        row: Event = self.event.instance
        return calendars.vevent(
            entry=Entry(
                uid=row.ical_uid,
                sequence=row.sequence + 1,
                created_at=row.created_at,
                changed_at=max(row.changed_at, self.at.replace(microsecond=0)),
                status="CANCELLED",
                summary=gettext("Cancelled: %(title)s") % {"title": row.title},
                when=row.when,
            )
        )


def of(*, feed: CalendarFeed, now: datetime) -> list[Farewell]:
    """Return the entries that its person has lost within the last days, each once."""
    assert feed.person  # noqa: S101 -- others leave nothing
    mine = Attendee.objects.filter(person=feed.person)
    still = _concerned(mine.expected().values("event"), feed)
    found: dict[int, Farewell] = {}
    for attendee in mine.staying_away().order_by("pk"):
        left_at = _left_at(attendee)
        if left_at is None or left_at + SHOWN_FOR <= now:
            continue
        # Guests from outside never saw the parts that the delegation alone sees.
        guest = attendee.role in Attendee.FROM_OUTSIDE
        lost = _concerned([attendee.event_id], feed, [] if guest else None) - still
        for row in _as_of(lost, left_at):
            if _was_shown(feed, row.instance):
                found.setdefault(row.id, Farewell(event=row, at=left_at))
    return [found[key] for key in sorted(found)]


def _concerned(attended: Keys, feed: CalendarFeed, travelling: Keys | None = None) -> set[int]:
    """What concerns those who attend these events, as far as the feed reaches."""
    rows = Event.objects.concerning(attended, travelling=travelling)
    rows = rows.making_up(feed.event) if feed.event else rows
    return set(rows.values_list("pk", flat=True))


def _left_at(attendee: Attendee) -> datetime | None:
    """When somebody who was expected ceased to be; None for who never was."""
    left_at = None
    kept = history.of(Attendee)
    assert kept is not None  # noqa: S101 -- the changes of attendees are kept
    for row in kept.filter(id=attendee.pk).order_by("-history_date", "-history_id"):
        if row.answer in AWAY["answer"] or row.place in AWAY["place"]:
            left_at = row.history_date
        else:
            return left_at
    return None


def _as_of(events: set[int], moment: datetime) -> list[Any]:
    """The events as they were at the moment; not those that are newer."""
    kept = history.of(Event)
    assert kept is not None  # noqa: S101 -- the changes of events are kept
    rows = kept.filter(id__in=events, history_date__lte=moment)
    return list({row.id: row for row in rows.order_by("history_date", "history_id")}.values())


def _was_shown(feed: CalendarFeed, event: Event) -> bool:
    hidden = (Event.Status.DRAFT, Event.Status.CANCELLED, Event.Status.POSTPONED)
    ours = event.team_id in (None, feed.team_id)
    internal = event.visibility == Event.Visibility.INTERNAL
    shown = event.status not in hidden and not internal and event.in_calendar
    return shown and ours and event.when.is_exact
