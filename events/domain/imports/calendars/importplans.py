"""Plan of an import: the calendar is compared with the events that the team imported before.

It is a three-way merge. The values of the previous reading are stored with each event
(ImportedEvent). A value that has changed in the calendar since is taken over, unless it was also
changed here.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from events.domain.imports.calendars import foreignevents
from events.domain.imports.calendars.foreignevents import ForeignEvent
from events.domain.lifecycle import lifecycle
from events.domain.programme import tree
from events.models import Basis, Event, ImportedEvent, Place, Team
from events.models.base import slugs
from events.values import threeway
from events.values.dates import When
from events.values.languages import columns, suffix


class Outcome(StrEnum):
    """What happens to an event of the calendar."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # changed in the calendar, but here as well
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # not importable, or nothing to do
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Settings of an import: team, language of the texts, default zone, kind and visibility."""

    team: Team
    language: str
    timezone: str
    kind: str = Event.Kind.CONFERENCE
    visibility: str = Event.Visibility.INTERNAL


@dataclass(slots=True, kw_only=True)
class Row:
    """One event of the calendar and its outcome, with a reason where one is needed.

    `changed` are the columns that are taken over, `kept` those that were changed here.
    """

    outcome: Outcome
    line: int = 0
    uid: str
    title: str
    when: When | None = None
    event: Event | None = None
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    name: str = ""  # the iCalendar property at fault
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    people: int = 0  # number of people expected at an event that is cancelled
    parts: int = 0  # number of parts of its programme that move with it
    staying: frozenset[int] = frozenset()  # ids of events with dates of their own in the calendar
    entry: ForeignEvent | None = None
    said: dict[str, Any] = field(default_factory=dict)
    link: ImportedEvent | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome of an import, event by event."""

    rows: list[Row]

    def counts(self) -> dict[Outcome, int]:
        """The number of events per outcome, including zeros."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}


class Planner:
    """Compares a calendar with the events that the team imported before."""

    def __init__(self, choices: Choices, now: datetime) -> None:
        self.choices = choices
        self.now = now
        self.suffix = suffix(choices.language)
        self.places = self._places()
        self.told: frozenset[int] = frozenset()

    def plan(self, reading: foreignevents.Reading) -> Plan:
        uids = sorted({entry.uid for entry in reading.entries})
        links = ImportedEvent.objects.filter(team=self.choices.team).of_uids(uids)
        known = {(link.uid, link.key): link for link in links}
        own = self._own(uids)
        self.told = frozenset(link.event_id for link in known.values())
        rows = [self._row(entry, known, own) for entry in reading.entries]
        there = {(entry.uid, entry.key) for entry in reading.entries}
        gone = [link for at, link in known.items() if at not in there and link.uid in reading.whole]
        rows += chain(map(_refused, reading.refused), self._gone(gone))
        return Plan(sorted(rows, key=lambda row: row.line))

    def _places(self) -> dict[str, int]:
        """The places that the team sees, by name; names shared by several places are left out."""
        rows = Place.objects.filter(Q(team=None) | Q(team=self.choices.team))
        named = rows.values_list("pk", *columns("name"))
        pairs = {(name, pk) for pk, *names in named for name in names}
        pairs = {(name, pk) for name, pk in pairs if name}
        counts = Counter(name for name, _pk in pairs)
        return {name: pk for name, pk in pairs if counts[name] == 1}

    def _own(self, uids: Iterable[str]) -> set[str]:
        """The UIDs of the calendar that are those of the team's own events."""
        host = f"@{settings.UID_HOST}"
        keys = [key for uid in uids if uid.endswith(host) and (key := _uuid(uid, host))]
        rows = Event.objects.filter(team=self.choices.team, uid__in=keys)
        return {row.ical_uid for row in rows}

    def _row(self, entry: ForeignEvent, known: dict[Any, ImportedEvent], own: set[str]) -> Row:
        link = known.get((entry.uid, entry.key))
        if entry.uid in own:
            return _row(entry, Outcome.SKIPPED, reason=OURS)
        if link is None:
            return self._new(entry)
        if link.event.team_id != link.team_id:
            return _row(entry, Outcome.SKIPPED, reason=GIVEN_AWAY)
        if _is_older(entry, link):
            return _row(entry, Outcome.SKIPPED, reason=OLDER, event=link.event, link=link)
        if entry.is_cancelled:
            return self._cancelled(_row(entry, Outcome.CANCELLED, event=link.event, link=link))
        return self._compared(entry, link)

    def _new(self, entry: ForeignEvent) -> Row:
        if entry.is_cancelled:
            return _row(entry, Outcome.SKIPPED, reason=NEVER_KNOWN)
        said = self._said(entry)
        event = Event(
            team=self.choices.team,
            kind=self.choices.kind,
            visibility=self.choices.visibility,
            status=Event.Status.TENTATIVE,
            slug=slugs.random(rows=Event.objects.all(), stem=slugify(entry.title) or "event"),
        )
        _take_over(event, entry, said, said)
        return _row(entry, Outcome.NEW, event=event, said=said)

    def _cancelled(self, row: Row) -> Row:
        """Cancel the event of the row, unless it is cancelled already."""
        assert row.event  # noqa: S101 -- `_row` has set it
        if row.event.status == Event.Status.CANCELLED:
            row.outcome = Outcome.UNCHANGED
        else:
            row.people = _expected(row.event)
        return row

    def _compared(self, entry: ForeignEvent, link: ImportedEvent) -> Row:
        """Compare the calendar, its previous reading and the stored event, column by column."""
        event, said = link.event, self._said(entry)
        here = {name: _value(event, name) for name in said}
        merge = threeway.merge(base=link.source_values, there=said, here=here, unset="")
        # An event that was confirmed, postponed or cancelled here takes over no changes.
        ours = merge.taken if event.status == Event.Status.TENTATIVE else ()
        refused = {*merge.taken, *merge.collide}.difference(ours)
        kept = tuple(name for name in said if name in refused)
        agreed = {name: said[name] for name in said if name not in refused}
        found = Outcome.CHANGED if ours else Outcome.KEPT if kept else Outcome.UNCHANGED
        row = _row(entry, found, event=event, link=link, said=agreed)
        row.changed, row.kept = ours, kept
        if event.status == Event.Status.CANCELLED:
            row.outcome, row.reason = Outcome.KEPT, CALLED_OFF
        if ours:
            _take_over(event, entry, said, ours)
            row.staying = self.told
            return _checked(row)
        return row

    def _gone(self, links: Iterable[ImportedEvent]) -> Iterator[Row]:
        """Cancel future occurrences that are missing in a series that was read completely."""
        for link in links:
            event = link.event
            is_ours = event.team_id == link.team_id and event.status in Event.LIVE
            if is_ours and event.start_at and event.start_at >= self.now:
                yield Row(
                    outcome=Outcome.CANCELLED,
                    uid=link.uid,
                    title=event.title,
                    when=event.when,
                    event=event,
                    link=link,
                    reason=NOT_IN_SERIES,
                    people=_expected(event),
                )

    def _said(self, entry: ForeignEvent) -> dict[str, Any]:
        """The values of the calendar, by column."""
        place = self.places.get(entry.location, "")
        texts = (entry.description, "" if place else entry.location)
        return {
            f"title_{self.suffix}": entry.title,
            "when": _written(entry.when),
            "place_id": place,
            f"description_{self.suffix}": "\n\n".join(filter(None, texts)),
            "url": entry.url,
        }


# Reasons for outcomes.
OURS: Final = _("it is an event of this team already")
GIVEN_AWAY: Final = _("its event belongs to another team now")
CALLED_OFF: Final = _("it was called off here")
OLDER: Final = _("a newer version was read before")
NEVER_KNOWN: Final = _("it is cancelled, and was never read before")
NOT_IN_SERIES: Final = _("its series does not have it any more")
MISFITS: Final = (tree.OutsideParent, tree.LegsOverlap, tree.NoSuchTime)
PROGRAMME: Final = _("it would not fit what it is part of here, or its own parts")


def _row(entry: ForeignEvent, outcome: Outcome, **values: Any) -> Row:
    about: dict[str, Any] = {
        "line": entry.line,
        "uid": entry.uid,
        "title": entry.title,
        "when": entry.when,
    }
    return Row(outcome=outcome, entry=entry, **about, **values)


def _refused(refused: foreignevents.Refused) -> Row:
    return Row(
        outcome=Outcome.REFUSED,
        line=refused.line,
        uid=refused.uid,
        title=refused.title,
        name=refused.error.name,
        reason=refused.error.reason,
        values=refused.error.values,
    )


def _checked(row: Row) -> Row:
    """Refuse a change that would not fit into the tree of events."""
    assert row.event  # noqa: S101 -- a change has an event
    try:
        row.parts = len(lifecycle.moving(event=row.event, staying=row.staying))
    except (*MISFITS, lifecycle.NotAllowed):
        row.outcome, row.reason, row.changed, row.kept = Outcome.REFUSED, PROGRAMME, (), ()
    return row


def _expected(event: Event) -> int:
    return lifecycle.consequences(event=event, verb="cancel").people


def _is_older(entry: ForeignEvent, link: ImportedEvent) -> bool:
    if entry.sequence != link.sequence:
        return entry.sequence < link.sequence
    there, here = entry.modified_at, link.modified_at
    return bool(there and here and there < here)


def _uuid(uid: str, host: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(uid.removesuffix(host))
    except ValueError:
        return None


def _written(when: When) -> list[str]:
    """Return a date as a list of strings, which can be compared and stored as JSON."""
    parts = (
        when.precision,
        when.start_on,
        when.start_time,
        when.last_on,
        when.end_time,
        when.timezone,
        when.end_timezone,
        when.qualifier,
    )
    return ["" if part is None else str(part) for part in parts]


def _value(event: Event, name: str) -> Any:
    return _written(event.when) if name == "when" else getattr(event, name) or ""


def _take_over(
    event: Event, entry: ForeignEvent, said: dict[str, Any], names: Iterable[str]
) -> None:
    for name in names:
        if name == "when":
            event.when, event.basis = entry.when, Basis.OUTSIDE
        else:
            setattr(event, name, said[name] or None if name == "place_id" else said[name])
