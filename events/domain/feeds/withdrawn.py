"""Withdrawn entries: events that a person has lost stay in their feed as CANCELLED for 30 days.

Calendar programs take over a changed entry only if its SEQUENCE and LAST-MODIFIED have risen. Those
of the event must not rise when one person leaves it, because all other readers see them too.
Therefore the feed of a person who has ever left an event adds a shift of their own to both: it
rises when the person leaves, and again when they come back. It is computed from the history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from events.domain.ical import entries
from events.domain.ical.writing import Entry
from events.models import Attendee, CalendarFeed, Event
from events.models.base import history
from events.models.events.events import EventQuerySet

SHOWN_FOR: Final = timedelta(days=30)
SECOND: Final = timedelta(seconds=1)
AWAY: Final = {"partstat": ("declined", "delegated"), "seat": ("cancelled", "waitlisted")}


@dataclass(slots=True)
class AttendanceSpan:
    """One person's attendance of one event over time, computed from the history of attendees.

    `left` are the moments at which they left, `moved_at` the last one at which they left or came
    back. `reach` are the keys of the events that concern them because of this attendance.
    """

    event_id: int
    role: str = ""
    is_there: bool = False
    left: list[datetime] = field(default_factory=list)
    moved_at: datetime | None = None
    reach: set[int] = field(default_factory=set)

    def note(self, row: Any) -> None:
        """Take in the next history row of their attendance, in the order of time."""
        away = row.history_type == "-"
        away |= row.partstat in AWAY["partstat"] or row.seat in AWAY["seat"]
        if away == self.is_there and (self.is_there or self.left):
            self.moved_at = row.history_date
        if away and self.is_there:
            self.left.append(row.history_date)
        self.is_there, self.role = not away, row.role


@dataclass(frozen=True, slots=True)
class SequenceShift:
    """The sequence shift of an event for one person.

    `times` is how often they have left it, `at` when they last left it or came back.
    """

    times: int
    at: datetime

    def put(self, entry: Entry, *, here: bool) -> Entry:
        """Return the entry with SEQUENCE and LAST-MODIFIED shifted, newer than what they saw last.

        SEQUENCE rises by one for each leaving and each return.
        """
        number = 2 * self.times if here else 2 * self.times - 1
        at = max(entry.changed_at + number * SECOND, self.at.replace(microsecond=0))
        return replace(entry, sequence=entry.sequence + number, changed_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnEntry:
    """A withdrawn entry: an event as it was when a person left it, shown until `until`."""

    event: Any  # a row of the history of Event
    at: datetime
    shift: SequenceShift

    @property
    def until(self) -> datetime:
        return self.at + SHOWN_FOR

    def entry(self) -> Entry:
        """Return the CANCELLED entry in the active language, with nothing but title and time."""
        row: Event = self.event.instance
        entry = Entry(
            uid=row.ical_uid,
            sequence=row.sequence,
            created_at=row.created_at,
            changed_at=row.changed_at,
            status="CANCELLED",
            summary=gettext("Cancelled: %(title)s") % {"title": row.title},
            when=row.when,
        )
        return self.shift.put(entry, here=False)


def spans(*, feed: CalendarFeed) -> list[AttendanceSpan]:
    """Return the spans of a feed's person that ever ended, those with the smallest reach first."""
    kept = history.of(Attendee)
    assert kept is not None  # noqa: S101 -- Attendee has a history
    mine = Attendee.objects.filter(person=feed.person_id)
    rows = kept.filter(Q(person=feed.person_id) | Q(id__in=mine.values("pk")))
    columns = ("event_id", "role", "partstat", "seat", "history_type", "history_date")
    found: dict[int, AttendanceSpan] = {}
    for row in rows.order_by("history_date", "history_id").values_list(*columns, named=True):
        found.setdefault(row.event_id, AttendanceSpan(row.event_id)).note(row)
    left = [span for span in found.values() if span.left]
    for span in left:
        # Guests from outside have never seen parts with the visibility DELEGATION.
        guest = span.role in Attendee.FROM_OUTSIDE
        reach = Event.objects.for_attendees_of([span.event_id], travelling=[] if guest else None)
        span.reach = _keys(reach, feed)
    return sorted(left, key=lambda span: (len(span.reach), span.event_id))


def of(
    *, feed: CalendarFeed, spans: Iterable[AttendanceSpan], now: datetime
) -> list[WithdrawnEntry]:
    """Return the withdrawn entries that the feed shows now, one for each event, by key.

    If several ended spans covered an event, its entry is dated by the span that covered the fewest.
    """
    away = [span for span in spans if not span.is_there]
    lost: dict[int, AttendanceSpan] = {}
    for span in away:
        lost |= dict.fromkeys(span.reach - lost.keys(), span)
    still = _still(feed) if lost else set()
    found: dict[int, WithdrawnEntry] = {}
    for span in away:
        left_at, mine = span.left[-1], {key for key in lost if lost[key] is span} - still
        if not mine or left_at + SHOWN_FOR <= now:
            continue
        for row in _as_of(mine, left_at):
            if _was_shown(feed, row.instance):
                shift = _shift(row.id, spans)
                found[row.id] = WithdrawnEntry(event=row, at=left_at, shift=shift)
    return [found[key] for key in sorted(found)]


def returned(*, spans: Iterable[AttendanceSpan], events: EventQuerySet) -> Iterator[Entry]:
    """Yield the entries, in the active language, of events that the person left and has again."""
    reach = set[int]().union(*(span.reach for span in spans))
    if not reach:
        return
    rows = events.filter(pk__in=reach).for_calendars()
    for event in rows.order_by("pk"):
        entry = entries.entry(event=event, entitled=True)
        yield _shift(event.pk, spans).put(entry, here=True)


def _shift(event: int, spans: Iterable[AttendanceSpan]) -> SequenceShift:
    mine = [span for span in spans if event in span.reach]
    at = max(span.moved_at for span in mine if span.moved_at)
    return SequenceShift(times=sum(len(span.left) for span in mine), at=at)


def _still(feed: CalendarFeed) -> set[int]:
    """Return the keys of the events that concern the feed's person now."""
    mine = Attendee.objects.filter(person=feed.person)
    expected = mine.expected()
    rows = Event.objects.for_attendees_of(
        expected.values("event"),
        travelling=expected.travelling().values("event"),
        refused=mine.staying_away().values("event"),
    )
    return _keys(rows, feed)


def _keys(rows: EventQuerySet, feed: CalendarFeed) -> set[int]:
    """Return the keys of the events that are within the feed's own event, if it has one."""
    rows = rows.subtree_of(feed.event) if feed.event else rows
    return set(rows.values_list("pk", flat=True))


def _as_of(events: set[int], moment: datetime) -> list[Any]:
    """Return the history rows of the events that were valid at the moment, one for each event.

    Events created later are left out.
    """
    kept = history.of(Event)
    assert kept is not None  # noqa: S101 -- Event has a history
    rows = kept.filter(id__in=events, history_date__lte=moment)
    return list({row.id: row for row in rows.order_by("history_date", "history_id")}.values())


def _was_shown(feed: CalendarFeed, event: Event) -> bool:
    hidden = (Event.Status.DRAFT, Event.Status.CANCELLED, Event.Status.POSTPONED)
    ours = event.team_id in (None, feed.team_id)
    internal = event.visibility == Event.Visibility.INTERNAL
    shown = event.status not in hidden and not internal and event.in_calendar
    return shown and ours and event.when.is_exact
