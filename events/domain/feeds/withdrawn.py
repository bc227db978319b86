"""Withdrawn entries: events that a person has lost stay in their feed as CANCELLED for 30 days.

Calendar programs take over a changed entry only if its SEQUENCE and LAST-MODIFIED have risen. Those
of the event must not rise when one person leaves it, because all other readers see them too.
Therefore the feed of a person who has ever left an event adds a shift of their own to both: it
rises when the person leaves, and again when they come back. It is computed from the history, and
from nothing there that can be undone: what was once below an event counts as below it for ever.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from events.domain.ical import entries
from events.domain.ical.writing import Entry
from events.models import Attendee, CalendarFeed, Event
from events.models.base import history, statements
from events.models.events.events import LEVELS, EventQuerySet

SHOWN_FOR: Final = timedelta(days=30)
SECOND: Final = timedelta(seconds=1)
AWAY: Final = {"partstat": ("declined", "delegated"), "seat": ("cancelled", "waitlisted")}


@dataclass(slots=True)
class AttendanceSpan:
    """One person's attendance of one event over time, computed from the history of attendees.

    `moves` are the moments at which they came or left, `left` those at which they left. `below` are
    the keys of the event and of all that is below it or ever was.
    """

    event_id: int
    role: str = ""
    is_there: bool = False
    moves: list[datetime] = field(default_factory=list)
    left: list[datetime] = field(default_factory=list)
    below: set[int] = field(default_factory=set)

    def note(self, row: Any) -> None:
        """Take in the next history row of their attendance, in the order of time."""
        away = row.history_type == "-"
        away |= row.partstat in AWAY["partstat"] or row.seat in AWAY["seat"]
        if away == self.is_there:
            self.moves.append(row.history_date)
            self.left += [row.history_date] if away else []
        self.is_there, self.role = not away, self.role if away else row.role

    def hands_down(self, part: Event) -> bool:
        """Whether a part concerns the person too if the event above it does.

        The same rule as in `for_attendees_of`: guests from outside have never seen parts with the
        visibility DELEGATION.
        """
        is_open = part.audience == Event.Audience.EVERYBODY and part.kind != Event.Kind.LEG
        is_guest = self.role in Attendee.FROM_OUTSIDE
        return is_open and not (is_guest and part.visibility == Event.Visibility.DELEGATION)


@dataclass(frozen=True, slots=True)
class SequenceShift:
    """The sequence shift of an event for one person.

    `times` is how often they have left it. `at` is the second at which they last left or came, or
    a later one, because each of these has a second of its own.
    """

    times: int
    at: datetime

    def put(self, entry: Entry, *, here: bool) -> Entry:
        """Return the entry with SEQUENCE and LAST-MODIFIED shifted, newer than what they saw last.

        SEQUENCE rises by one for each leaving and each return. LAST-MODIFIED is that of the event
        or the second of the last move, whichever is later. Both are shifted, because what they saw
        before was shifted: the first by more, so that it still rises when the event changes in the
        second of a return, and by least in a withdrawn entry.
        """
        before = 3 * (self.times - 1) * SECOND
        later = (3 if here else 1) * SECOND
        at = max(entry.changed_at + before + later, self.at + before)
        number = 2 * self.times - (0 if here else 1)
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
    """Return the spans of a feed's person; none if they have never left an event."""
    kept = _kept(Attendee)
    mine = Attendee.objects.filter(person=feed.person_id)
    rows = kept.filter(Q(person=feed.person_id) | Q(id__in=mine.values("pk")))
    columns = ("event_id", "role", "partstat", "seat", "history_type", "history_date")
    found: dict[int, AttendanceSpan] = {}
    for row in rows.order_by("history_date", "history_id").values_list(*columns, named=True):
        found.setdefault(row.event_id, AttendanceSpan(row.event_id)).note(row)
    if not any(span.left for span in found.values()):
        return []
    parts = _ever_parts(found)
    for span in found.values():
        span.below = _closure(span.event_id, parts)
    return list(found.values())


def of(
    *, feed: CalendarFeed, spans: Collection[AttendanceSpan], now: datetime
) -> list[WithdrawnEntry]:
    """Return the withdrawn entries that the feed shows now, one for each event, by key."""
    due = [span for span in spans if span.left and not span.is_there]
    due = [span for span in due if span.left[-1] + SHOWN_FOR > now]
    lost = [(span, row) for span in due for row in _lost(span, spans)]
    within = _within(feed, {row.id for _span, row in lost}) if lost else set()
    found = [
        WithdrawnEntry(event=row, at=span.left[-1], shift=_shift(row.id, spans))
        for span, row in lost
        if row.id in within and _was_shown(feed, row.instance)
    ]
    return sorted(found, key=lambda entry: entry.event.id)


def returned(*, spans: Collection[AttendanceSpan], events: EventQuerySet) -> Iterator[Entry]:
    """Yield the entries, in the active language, of events that the person left and has again."""
    reach = set[int]().union(*(span.below for span in spans if span.left))
    if not reach:
        return
    rows = events.filter(pk__in=reach).for_calendars()
    for event in rows.order_by("pk"):
        entry = entries.entry(event=event, entitled=True)
        yield _shift(event.pk, spans).put(entry, here=True)


def removed(*, feed: CalendarFeed) -> QuerySet[Any, Any]:
    """Return the events from whose lists the feed's person was removed, without a row left."""
    return _kept(Attendee).filter(person=feed.person_id, history_type="-").values("event")


def _kept(model: type[Attendee | Event]) -> QuerySet[Any]:
    kept = history.of(model)
    assert kept is not None  # noqa: S101 -- both have a history
    return kept


def _shift(event: int, spans: Iterable[AttendanceSpan]) -> SequenceShift:
    mine = [span for span in spans if event in span.below]
    at = datetime.min.replace(tzinfo=UTC)
    for moment in sorted(moment for span in mine for moment in span.moves):
        at = max(_whole(moment), at + SECOND)
    return SequenceShift(times=sum(len(span.left) for span in mine), at=at)


def _whole(moment: datetime) -> datetime:
    """Return the first whole second that is not before the moment."""
    second = moment.replace(microsecond=0)
    return second if second == moment else second + SECOND


def _ever_parts(events: Iterable[int]) -> dict[int, set[int]]:
    """Return which events were ever direct parts of these, of their parts, and so on."""
    found: dict[int, set[int]] = defaultdict(set)
    tables: tuple[QuerySet[Any, Any], ...] = (_kept(Event), Event.objects.untranslated())
    level, known = set(events), set[int]()
    while level:
        known |= level
        above = Q(parent__in=statements.among(keys=level))
        for rows in tables:
            for part, parent in rows.filter(above).order_by().values_list("id", "parent"):
                found[parent].add(part)
        level = set[int]().union(*(found.get(key, ()) for key in level)) - known
    return found


def _closure(top: int, parts: dict[int, set[int]]) -> set[int]:
    """Return an event and all that was ever below it."""
    found, level = set[int](), {top}
    while level:
        found |= level
        level = set[int]().union(*(parts.get(key, ()) for key in level)) - found
    return found


def _lost(span: AttendanceSpan, spans: Iterable[AttendanceSpan]) -> list[Any]:
    """Return the history rows of the events that the person lost by leaving, as they were then.

    An event has gone elsewhere since if its parent has ever changed: then the person may have had
    it again, and it is left out with its parts. So are events that the person has attended
    themselves, because their own spans tell of these.
    """
    at = span.left[-1]
    rows = _as_of(span.below, at)
    later = _kept(Event).filter(id__in=statements.among(keys=span.below), history_date__gt=at)
    pairs = later.order_by().values_list("id", "parent")
    apart = {key for key, parent in pairs if key in rows and rows[key].parent_id != parent}
    apart |= {other.event_id for other in spans}
    found = {span.event_id}
    for _level in range(1, LEVELS):
        parts = (row for key, row in rows.items() if row.parent_id in found and key not in apart)
        found |= {row.id for row in parts if span.hands_down(row)}
    return [rows[key] for key in found if key in rows]


def _as_of(events: Iterable[int], moment: datetime) -> dict[int, Any]:
    """Return the history rows of the events that were valid at the moment, by key.

    Events created later are left out.
    """
    among = statements.among(keys=events)
    rows = _kept(Event).filter(id__in=among, history_date__lte=moment)
    return {row.id: row for row in rows.order_by("history_date", "history_id")}


def _within(feed: CalendarFeed, lost: set[int]) -> set[int]:
    """Return which of the lost events the feed tells of.

    Those that concern the feed's person now are left out, and those outside the feed's own event.
    """
    mine = Attendee.objects.filter(person=feed.person)
    expected = mine.expected()
    still = Event.objects.for_attendees_of(
        expected.values("event"),
        travelling=expected.travelling().values("event"),
        refused=mine.staying_away().values("event"),
    )
    gone = lost - set(still.values_list("pk", flat=True))
    if feed.event:
        gone &= set(Event.objects.subtree_of(feed.event).values_list("pk", flat=True))
    return gone


def _was_shown(feed: CalendarFeed, event: Event) -> bool:
    hidden = {Event.Status.DRAFT, Event.Status.CANCELLED, Event.Status.POSTPONED}
    hidden |= set() if feed.tentative else {Event.Status.TENTATIVE}
    ours = event.team_id in (None, feed.team_id)
    internal = event.visibility == Event.Visibility.INTERNAL
    shown = event.status not in hidden and not internal and event.in_calendar
    return shown and ours and event.when.is_exact
