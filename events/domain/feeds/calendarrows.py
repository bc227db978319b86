"""Reads events in bulk, with the rows that a calendar entry shows.

`EventQuerySet.for_calendars` reads the same through query sets. This module reads only the columns
that an entry needs and builds the model instances without __init__() and signals, which takes a
fifth of the time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import prefetch_related_objects
from django.db.models.base import ModelState

from events.models import Event, EventPlace, Place, Sector
from events.models.base import statements

TEXTS: Final = ("title", "description")
COLUMNS: Final = (
    "id", "uid", "slug", "kind", "status", "cancellation_reason", "visibility", "origin", "basis",
    "date_text", "stream_url", "sequence", "revision", "precision", "qualifier", "start_on",
    "start_time", "end_on", "end_time", "timezone", "end_timezone", "parent_id", "parent__uid",
    "place_id", "end_place_id",
    *(f"{text}_{code.replace('-', '_')}" for text in TEXTS for code, _name in settings.LANGUAGES),
)  # fmt: skip
MOMENTS: Final = ("created_at", "changed_at")

Columns = dict[str, Any]


def read(*, keys: Sequence[int]) -> list[Event]:
    """Return the events with these keys, in no particular order.

    Columns that an entry does not show are deferred: access to one runs a query.
    """
    rows = Event.objects.untranslated().filter(pk__in=statements.among(keys=keys))
    found = rows.values_list(*COLUMNS, *map(statements.as_text, MOMENTS))
    stored = [dict(zip((*COLUMNS, *MOMENTS), row, strict=True)) for row in found]
    around = _around(stored, keys)
    events = [around.event(columns) for columns in stored]
    reported = [event for event in events if not event.is_managed]
    prefetch_related_objects(reported, "evidence__source")
    return events


@dataclass(frozen=True, slots=True)
class _Around:
    """The related rows of a batch of events.

    Place roles, sectors and starts are by key of the event, places by their own key.
    """

    roles: dict[int, list[EventPlace]]
    sectors: dict[int, list[Sector]]
    places: dict[int, Place]
    starts: dict[int, datetime | None]

    def event(self, columns: Columns) -> Event:
        """Build the event from its stored columns, with its related rows cached on it."""
        key, parent = columns["id"], columns["parent_id"]
        uid = columns.pop("parent__uid")
        columns |= {name: statements.moment(columns[name]) for name in MOMENTS}
        if key in self.starts:
            columns["start_at"] = self.starts[key]
        columns["categories"] = self.sectors[key]
        columns["_prefetched_objects_cache"] = {"place_roles": self.roles[key]}
        related = {
            "parent": _bare({"id": parent, "uid": uid}, {}) if parent else None,
            "place": self.places.get(columns["place_id"]),
            "end_place": self.places.get(columns["end_place_id"]),
        }
        return _bare(columns, related)


def _bare(columns: Columns, related: dict[str, Any]) -> Event:
    """Build an event as Model.from_db() does, but without calling __init__() and its signals."""
    state = ModelState()
    state.adding, state.db, state.fields_cache = False, DEFAULT_DB_ALIAS, related
    event = Event.__new__(Event)
    vars(event).update(columns, _state=state)
    return event


def _around(stored: Iterable[Columns], keys: Sequence[int]) -> _Around:
    roles = _roles(keys)
    further = list(chain.from_iterable(roles.values()))
    near = {columns[name] for columns in stored for name in ("place_id", "end_place_id")}
    places = _places((near - {None}) | {role.place_id for role in further})
    for role in further:
        role.place = places[role.place_id]
    return _Around(roles=roles, sectors=_sectors(keys), places=places, starts=_starts(roles))


def _roles(keys: Sequence[int]) -> dict[int, list[EventPlace]]:
    """Return the place roles of each event, in the order of their keys."""
    found: dict[int, list[EventPlace]] = defaultdict(list)
    for role in EventPlace.objects.filter(event__in=statements.among(keys=keys)).order_by("pk"):
        found[role.event_id].append(role)
    return found


def _starts(keys: Collection[int]) -> dict[int, datetime | None]:
    """Return the start of each event with place roles: hubs are shown with their local time."""
    rows = Event.objects.untranslated().filter(pk__in=list(keys))
    return dict(rows.values_list("pk", "start_at"))


def _sectors(keys: Sequence[int]) -> dict[int, list[Sector]]:
    """Return the sectors of each event, in the order of their keys."""
    through = Event.sectors.through.objects.filter(event__in=statements.among(keys=keys))
    pairs = list(through.order_by("sector").values_list("event", "sector"))
    sectors = Sector.objects.in_bulk({sector for _event, sector in pairs})
    found: dict[int, list[Sector]] = defaultdict(list)
    for event, sector in pairs:
        found[event].append(sectors[sector])
    return found


def _places(keys: set[int]) -> dict[int, Place]:
    """Return the places with all places that they lie in; runs one query for each level."""
    found: dict[int, Place] = {}
    while keys:
        level = Place.objects.in_bulk(keys)
        found |= level
        keys = {place.parent_id for place in level.values() if place.parent_id} - found.keys()
    for place in found.values():
        place.parent = found[place.parent_id] if place.parent_id else None
    return found
