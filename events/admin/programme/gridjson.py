"""A programme and its edits as JSON: what the scripts of the grid read and send."""

import json
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from events.domain.pages import formatting
from events.domain.schedule import items
from events.domain.schedule.edits import Collision, Done, Fault, Refused
from events.domain.schedule.grids import Grid, Part
from events.domain.schedule.untold import Waiting
from events.models import Event, EventPlace, Place, Telling
from events.values import dates

MAX_BYTES: Final = 500_000  # of the edits of one request
TITLE: Final = "titles."


class Unreadable(ValueError):
    """The body of a request is no list of edits."""


def edits(request: HttpRequest) -> Any:
    """Return the edits of a request. Raises Unreadable."""
    return body(request).get("edits")


def choice(request: HttpRequest) -> Telling | None:
    """Return what becomes of the mails, as a request says; None if it does not."""
    try:
        chosen = body(request).get("choice")
    except Unreadable:
        return None
    return Telling(chosen) if chosen in Telling.values else None


def pasted(request: HttpRequest) -> str:
    """Return the text of a request. Raises Unreadable."""
    text = body(request).get("text")
    if not isinstance(text, str):
        raise Unreadable("text")
    return text


def choices() -> dict[str, str]:
    """Return the labels of kinds, states and visibilities by their keys, as JSON."""
    first = Event.PROGRAMME_KINDS
    kinds = [*first, *(kind for kind in Event.Kind if kind not in first)]
    tables = {
        "kinds": [(kind.value, kind.label) for kind in kinds],
        "statuses": Event.Status.choices,
        "visibilities": Event.Visibility.choices,
    }
    return {
        name: json.dumps({key: str(capfirst(label)) for key, label in pairs}, ensure_ascii=False)
        for name, pairs in tables.items()
    }


def body(request: HttpRequest, *, limit: int = MAX_BYTES) -> dict[str, Any]:
    """Return the object that a request sends, of so many bytes at most. Raises Unreadable."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > limit or len(request.body) > limit:
        raise Unreadable(length)
    try:
        sent = json.loads(request.body)
        json.dumps(sent, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Unreadable("json") from error
    if not isinstance(sent, dict):
        raise Unreadable("json")
    return sent


def since(request: HttpRequest) -> datetime | None:
    """Return the moment of the stamp in the address; None if there is none that can be read."""
    try:
        at = datetime.fromisoformat(request.GET.get("since", ""))
    except ValueError:
        return None
    return at if at.tzinfo and at.year in dates.YEARS else None


def of(grid: Grid) -> dict[str, Any]:
    """Return the programme of a grid: its parts, the rooms and hubs, and the stamp."""
    return {
        "stamp": grid.stamp.isoformat(),
        "event": _event(grid),
        "ids": grid.keys,
        "parts": [_part(part) for part in grid.parts],
        "gone": [],
        "rooms": [_room(row) for row in grid.rooms],
        "hubs": [_hub(grid.event, row) for row in grid.hubs],
    }


def done(done: Done) -> dict[str, Any]:
    """Return what a list of edits has done, beside the programme."""
    return {
        "gone": sorted(done.gone),
        "made": done.made,
        "followed": sorted(done.followed),
        "undo": done.undo,
        "final": done.is_final,
    }


def waiting(found: Waiting) -> dict[str, int]:
    return {"changes": found.changes, "people": found.people}


def refused(request: HttpRequest, refusal: Refused) -> dict[str, Any]:
    """Return the faults of edits, each with its reason and, if it collides, both values."""
    return {"refused": [_fault(request, fault) for fault in refusal.faults]}


def _event(grid: Grid) -> dict[str, Any]:
    row, when = grid.event, grid.event.when
    zone = row.timezone
    return {
        "id": row.pk,
        "title": row.title,
        "kind": row.kind,
        "status": row.status,
        "visibility": row.visibility,
        "on": items.iso(when.start_on) if when.is_exact else None,
        "until_on": items.iso(when.end_on or when.start_on) if when.is_exact else None,
        "from": items.clock(when.start_time),
        "to": items.clock(when.end_time),
        "zone": zone,
        "zone_name": _zone_name(row.place, zone),
        "place": {"id": row.place_id, "name": row.place.name} if row.place else None,
        "may_change": grid.can_edit,
        "may_add": grid.can_add,
    }


def _part(part: Part) -> dict[str, Any]:
    row, values = part.event, part.values
    plain = {name: value for name, value in values.items() if not name.startswith(TITLE)}
    return {
        "id": row.pk,
        "parent": row.parent_id,
        "depth": part.depth,
        "title": row.title,
        "titles": {
            name.removeprefix(TITLE): value
            for name, value in values.items()
            if name.startswith(TITLE)
        },
        **plain,
        "status": row.status,
        "place": row.place.name if row.place else "",
        "end_zone": row.end_timezone,
        "when": formatting.when(row.when) if row.start_on and not row.when.is_exact else "",
        "speakers": [{"id": each.person_id, "name": str(each)} for each in part.speakers],
        "may_change": part.may_change,
        "may": part.may,
        "url": reverse("admin:events_event_home", args=[row.pk]),
    }


def _room(row: Place) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "capacity": row.capacity}


def _hub(event: Event, row: EventPlace) -> dict[str, Any]:
    zone = row.place.find_zone()
    return {"name": row.place.name, "zone": zone, "zone_name": _zone_name(row.place, zone)}


def _zone_name(place: Place | None, zone: str) -> str:
    return formatting.zone_name(place=place, zone=zone) if zone else ""


def _fault(request: HttpRequest, fault: Fault) -> dict[str, Any]:
    both = {"theirs": fault.theirs, "yours": fault.yours}
    return {
        "index": fault.index,
        "id": fault.id,
        "field": fault.field,
        "reason": fault.reason.sentence(user=request.user),
        **(both if isinstance(fault.reason, Collision) else {}),
    }
