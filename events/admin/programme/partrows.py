"""Rows of new parts as they are typed: read, and checked by the form of an event."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.domain.guests import matching
from events.domain.guests.matching import Guest
from events.domain.schedule.newparts import NewPart
from events.models import Event, Place, Viewer
from events.values import names, scripts
from events.values.keys import is_key

MAX_ROWS: Final = 100  # that a page reads
MAX_DAYS: Final = 60  # that a row lets choose from
# The fields of a row, with the longest text that each takes.
FIELDS: Final = {
    "title": 300, "kind": 30, "on": 10, "start": 8, "end": 8, "place": 250, "room": 19,
    "speaker": 250, "who": 19, "until": 10, "visibility": 20, "description": 5000, "leave": 2,
    "shown": 2,
}  # fmt: skip
FIELD: Final = re.compile(r"p(\d{1,4})-(\w+)")
CLOCK: Final = re.compile(r"(\d{1,2})[:.h]?(\d\d)?")
# The fields of the form of an event that stand in a row under another name.
SHOWN_AT: Final = {
    "kind": "kind", "start_on": "on", "start_time": "start", "end_on": "until",
    "end_time": "end", "place": "place", "visibility": "visibility",
}  # fmt: skip
LABELS: Final = {
    "title": capfirst(_("title")),
    "kind": capfirst(_("kind")),
    "on": capfirst(_("day")),
    "start": capfirst(_("start time")),
    "end": capfirst(_("end time")),
    "place": capfirst(_("place")),
    "speaker": capfirst(_("speaker")),
    "until": capfirst(_("last day")),
    "visibility": capfirst(_("visibility")),
    "description": capfirst(_("description")),
    "shown": _("Speaker shown in public"),
}


@dataclass(slots=True)
class Row:
    """One part of the page: what was typed, and what is wrong with it."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(map(self.values.get, ("title", "place", "speaker", "description")))

    @property
    def is_left_out(self) -> bool:
        return bool(self.values.get("leave"))

    @property
    def is_open(self) -> bool:
        """Whether something is wrong with what stands behind “More”."""
        return bool({"until", "visibility", "description"} & set(self.errors))


def sent(data: Mapping[str, Any]) -> list[Row]:
    """Return the rows that somebody has sent, without those left blank."""
    found: dict[int, Row] = {}
    for name, value in data.items():
        match = FIELD.fullmatch(name)
        if match and match[2] in FIELDS and (int(match[1]) in found or len(found) < MAX_ROWS):
            row = found.setdefault(int(match[1]), Row(int(match[1])))
            row.values[match[2]] = str(value).replace("\0", "").strip()[: FIELDS[match[2]] + 1]
    rows = [found[number] for number in sorted(found)]
    return [row for row in rows if not row.is_blank]


def days(event: Event) -> list[date]:
    """Return the days of an event, to choose from; nothing if it has one, or too many."""
    if event.start_on is None or event.end_on in (None, event.start_on):
        return []
    number = (event.end_on - event.start_on).days + 1
    return [event.start_on + timedelta(days=at) for at in range(min(number, MAX_DAYS))]


def read(screen: Any, request: HttpRequest, parent: Event, rows: Sequence[Row]) -> list[NewPart]:
    """Return the parts that the rows describe; note at each row what is wrong with it."""
    form_class = screen.get_form(request, None)
    preset = screen.preset_part(request, parent)
    rooms = _rooms(rows, parent, request.user)
    return [_part(row, form_class, preset, parent, rooms) for row in rows]


def _part(
    row: Row,
    form_class: Any,
    preset: Mapping[str, Any],
    parent: Event,
    rooms: Mapping[str, Place | None],
) -> NewPart:
    _check_lengths(row)
    place = _place(row, rooms)
    form = form_class(_data(row, form_class(initial=preset), parent, place), initial=preset)
    _tell(row, form)
    return NewPart(form.instance, _speaker(row))


def _data(row: Row, blank: Any, parent: Event, place: Place | None) -> dict[str, Any]:
    """Return what the form of a part would send with the values of a row typed into it."""
    data: dict[str, Any] = {}
    for bound in blank:
        value = bound.value()
        data[bound.html_name] = "" if value is None else getattr(value, "pk", value)
        if bound.field.show_hidden_initial:
            data[bound.html_initial_name] = data[bound.html_name]
    typed = row.values.get
    title = typed("title", "")
    data |= {
        "slug": "",
        "parent": parent.pk,
        "kind": typed("kind", ""),
        "start_on": typed("on") or parent.start_on,
        "start_time": clock(typed("start", "")),
        "end_on": typed("until", ""),
        "end_time": clock(typed("end", "")),
        scripts.column("title", title): title,
        scripts.column("description", typed("description", "")): typed("description", ""),
    }
    if place:
        data["place"] = place.pk
    if typed("visibility"):
        data["visibility"] = typed("visibility")
    return data


def _tell(row: Row, form: Any) -> None:
    for name, told in form.errors.items():
        at = SHOWN_AT.get(name, "title")
        at = "title" if name.startswith("title") else at
        row.errors.setdefault(at, " ".join(map(str, told)))


def _check_lengths(row: Row) -> None:
    for name, longest in FIELDS.items():
        if len(row.values.get(name, "")) > longest:
            text = gettext("At most %(number)s characters.")
            row.errors[name] = text % {"number": longest}
    if not row.values.get("title"):
        row.errors["title"] = gettext("Write a title.")


def clock(text: str) -> str:
    """Return 8:30 for 830, 0830 and 8.30, and 8:00 for 8; anything else as it is."""
    match = CLOCK.fullmatch(text.strip())
    return f"{match[1]}:{match[2] or '00'}" if match else text


def _rooms(rows: Sequence[Row], parent: Event, user: Viewer) -> dict[str, Place | None]:
    """Return the places of the rows by their key or search key; None where several may be meant.

    A room of the venue comes before a place of the same name elsewhere.
    """
    keys = {row.values["room"] for row in rows if is_key(row.values.get("room", ""))}
    seen = Place.objects.visible_to(user)
    found: dict[str, Place | None] = {str(row.pk): row for row in seen.filter(pk__in=keys)}
    wanted = {names.search_key(row.values.get("place", "")) for row in rows} - {""}
    here = set(_within(parent, seen)) if wanted else set()
    for name in sorted(wanted):
        named = [row for row in seen.filter(search_key__contains=name) if _is_called(row, name)]
        near = [row for row in named if row.pk in here] or named
        if near:
            found[name] = near[0] if len(near) == 1 else None
    return found


def _within(parent: Event, seen: Any) -> Iterator[int]:
    """Yield the keys of the place of an event and of all that lies in it."""
    if parent.place_id:
        there = Place.objects.within(Place.objects.filter(pk=parent.place_id))
        yield from seen.filter(pk__in=there.values("pk")).values_list("pk", flat=True)


def _is_called(place: Place, name: str) -> bool:
    return name in place.search_key.split()


def _place(row: Row, rooms: Mapping[str, Place | None]) -> Place | None:
    """Return the place of a row; note if it is not on record, or may be one of several."""
    text = row.values.get("place", "")
    if not text:
        return None
    chosen = rooms.get(row.values.get("room", ""))
    if chosen:
        return chosen
    row.values["room"] = ""
    key = names.search_key(text)
    if key not in rooms:
        row.errors["place"] = gettext("This place is not on record; choose one, or add it first.")
    elif rooms[key] is None:
        row.errors["place"] = gettext("Several places have this name: choose one.")
    return rooms.get(key)


def _speaker(row: Row) -> Guest | None:
    text, who = row.values.get("speaker", ""), row.values.get("who", "")
    if not text:
        return None
    return matching.called(
        text,
        role="speaker",
        shown_in_public=bool(row.values.get("shown")),
        person=int(who) if is_key(who) else None,
    )
