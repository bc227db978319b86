"""Snapshots: the values of an event that people plan by, stored to tell later what has changed."""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from typing import Any, Final

from events.domain.programme import revisions
from events.models import Event, Place
from events.values import dates
from events.values.languages import columns

TITLES: Final = columns("title")
NAMES: Final = (*revisions.SCHEDULE, *TITLES)


def take(*, event: Event) -> dict[str, Any]:
    """Return the values of an event as they are now."""
    return {name: getattr(event, name) for name in NAMES}


def places(*, snapshots: Iterable[Mapping[str, Any]]) -> dict[int, Place]:
    """Return the places of snapshots by primary key, in one query."""
    keys = {each[name] for each in snapshots for name in revisions.WHERE} - {None}
    return Place.objects.select_related("parent__parent").in_bulk(keys)


def restored(*, event: Event, values: Mapping[str, Any], among: Mapping[int, Place]) -> Event:
    """Return a copy of the event with the values of a snapshot; it must not be stored.

    A snapshot of an earlier version may lack columns, which keep their present values.
    """
    row = copy(event)
    for name in _known(values):
        field: Any = Event._meta.get_field(name.removesuffix("_id"))
        value = values[name]
        setattr(row, name, value if name in revisions.WHERE else field.to_python(value))
    row.place = among.get(values["place_id"] or 0)
    row.end_place = among.get(values["end_place_id"] or 0)
    row.start_at, row.end_at = dates.instants(row.when)
    return row


def _known(values: Mapping[str, Any]) -> Collection[str]:
    return [name for name in NAMES if name in values]
