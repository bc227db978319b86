"""Edits of a programme: a list of changes that are stored together, or not at all.

An edit names what its author has seen. A value that somebody else has changed meanwhile to another
one is refused with both shown; all other changes of theirs stay. Each edit gives the edits that
take it back, which are checked in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.access import access
from events.domain.directory import removals
from events.domain.lifecycle import lifecycle
from events.domain.programme import parts, tree
from events.domain.programme.followers import Moves
from events.domain.refusals import Name, Refusal
from events.domain.schedule import grids, items, rooms, shifts, speakers, verbs
from events.domain.schedule.items import Unfit
from events.models import Attendee, Event, Place, User
from events.models.base import slugs
from events.values import scripts
from events.values.dates import When
from events.values.keys import is_key
from events.values.languages import columns

MAX_EDITS: Final = 200  # in one list
MAX_IDS: Final = 500  # in one edit
MAX_DAYS: Final = 3660  # of a shift
SPEAKERS: Final = "speakers"
TITLE: Final = columns("title")[0]  # the one of which a slug is made
Edit = Mapping[str, Any]
# The field at which a refusal of the domain is shown; others are told of the whole part.
AT_FAULT: Final[dict[type[Refusal], str]] = {
    tree.OutsideParent: "on",
    tree.LegsOverlap: "on",
    tree.NoSuchTime: "from",
    lifecycle.Incomplete: "on",
    speakers.Unclear: SPEAKERS,
    rooms.NameMissing: "room",
    rooms.NoRight: "room",
}


class Malformed(Refusal):
    """A list of edits is not written as it must be; the number of the edit, and what is wrong."""

    index: int
    field: str
    text = gettext_noop("The edit %(index)s cannot be read: %(field)s.")


class Collision(Refusal):
    """Somebody else has changed the value meanwhile."""

    text = gettext_noop("Somebody else has changed this meanwhile.")


class Gone(Refusal):
    """The part is no more, or the user may not see it."""

    text = gettext_noop("This part is no longer there.")


class NoRight(Refusal):
    """The user may see the part, but not change it, or add none there."""

    text = gettext_noop("You may not change this part.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with an edit: its number, part and field, and both values of a collision."""

    index: int
    id: int | None
    field: str
    reason: Refusal
    theirs: Any = None
    yours: Any = None


class Refused(Refusal):
    """Nothing of the list was stored, because of these faults."""

    faults: tuple[Fault, ...]
    text = gettext_noop("Nothing is stored yet: mend the marked rows.")

    def words(self, name: Name) -> dict[str, object]:
        return {}


class _Fault(Exception):
    """A fault of the edit in hand."""

    def __init__(self, reason: Refusal, key: int | None, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.key, self.field = reason, key, field


@dataclass(slots=True)
class Done:
    """What a list of edits has done: the keys of the parts that it concerns, and what undoes it.

    `made` are keys of new parts and rooms by the keys that the list gave them; `followed` are parts
    that moved because they take place after another.
    """

    touched: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    made: dict[str, int] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)
    undo: list[dict[str, Any]] = field(default_factory=list)
    is_final: bool = False  # whether a step cannot be taken back


def apply(*, event: Event, edits: Sequence[Edit], user: User, now: datetime) -> Done:
    """Store the edits of the programme of an event. Raises Malformed and Refused."""
    if not isinstance(edits, list) or not 0 < len(edits) <= MAX_EDITS:
        raise Malformed(0, "edits")
    with transaction.atomic():
        lifecycle.hold()
        run = _Run(event, user, now)
        faults = [fault for index, edit in enumerate(edits) if (fault := _take(run, index, edit))]
        if faults:
            raise Refused(tuple(one for each in faults for one in each))
        run.done.undo.reverse()
        run.done.touched -= run.done.gone
        return run.done


def _take(run: "_Run", index: int, edit: Edit) -> list[Fault]:
    """Take one edit in a transaction of its own, so that the faults of all can be told."""
    take = OPS.get(str(edit.get("op"))) if isinstance(edit, dict) else None
    if take is None:
        raise Malformed(index, "op")
    try:
        with transaction.atomic():
            take(run, edit)
    except _Collisions as collisions:
        return [
            Fault(index=index, id=collisions.key, field=name, reason=Collision(), theirs=t, yours=y)
            for name, (t, y) in collisions.values.items()
        ]
    except _Fault as fault:
        return [Fault(index=index, id=fault.key, field=fault.field, reason=fault.reason)]
    except _Unreadable as error:
        raise Malformed(index, error.args[0]) from error
    except Refusal as refusal:
        return [_fault(index, edit, refusal)]
    return []


def _fault(index: int, edit: Edit, refusal: Refusal) -> Fault:
    name = refusal.field if isinstance(refusal, Unfit) else AT_FAULT.get(type(refusal), "")
    return Fault(index=index, id=edit.get("id"), field=name, reason=refusal)


class _Unreadable(Exception):
    """An edit lacks something, or has a value of another kind; its name."""


class _Collisions(Exception):
    """Values that somebody else has changed: by field, what stands there and what was wanted."""

    def __init__(self, key: int, values: dict[str, tuple[Any, Any]]) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class _Run:
    """The edits of one list, one after the other, in a transaction that holds the tree."""

    def __init__(self, event: Event, user: User, now: datetime) -> None:
        self.event, self.user, self.now = event, user, now
        self.done = Done()
        self.rooms: dict[str, Place] = {}

    def set(self, edit: Edit) -> None:
        """Set fields of a part; see `items`."""
        row = self.row(_key(edit, "id"))
        before = copy(row)
        known, changed = self.change(row, edit)
        if set(changed) - {SPEAKERS}:
            self.store(before, row, alone=bool(edit.get("alone")))
        if SPEAKERS in changed:
            self.speak(row, known[SPEAKERS], changed[SPEAKERS], roles=_roles(edit))

    def sets(self, edit: Edit) -> None:
        """Set fields of parts that are stored together: a move that is taken back."""
        edits = edit.get("edits")
        if not isinstance(edits, list) or not 0 < len(edits) <= MAX_IDS:
            raise _Unreadable("edits")
        moves = Moves()
        for each in edits:
            if not isinstance(each, dict):
                raise _Unreadable("edits")
            row = self.row(_key(each, "id"))
            before = copy(row)
            self.change(row, each)
            moves[row.pk] = (before, row)
        self.move(moves, alone=True)

    def add(self, edit: Edit) -> None:
        """Add a part, with what it does not say taken from the event that it is part of."""
        to = _fields(edit, "to")
        parent = self.parent(edit)
        part = self.new_part(parent)
        if edit.get("next_to") is not None:
            self.begin_after(part, self.row(_key(edit, "next_to"), changed=False))
        elif "on" not in to:
            seen = Event.objects.visible_to(self.user)
            start = parts.start(parent=parent, among=seen) if parent.when.is_exact else {}
            self.begin_at(part, start.get("start_on"), start.get("start_time"), to)
        self.write(part, self.known_keys(to))
        self.store_new(part, edit.get("key"))
        if to.get(SPEAKERS):
            self.speak(part, [], to[SPEAKERS], undone=False)

    def duplicate(self, edit: Edit) -> None:
        """Add a draft like a part, that starts when that one ends and lasts as long."""
        row = self.row(_key(edit, "id"), changed=False)
        part = self.new_part(row.parent or self.event)
        values = items.read(event=row)
        part.place, part.after_id, part.cue = row.place, row.after_id, row.cue
        for name in columns("description"):
            setattr(part, name, getattr(row, name))
        for name in ("room", "after", "visibility"):
            values.pop(name)
        items.write(event=part, values={k: v for k, v in values.items() if v is not None})
        start, end = row.when.wall_start, row.when.wall_end
        if row.start_time and row.end_time and start and end:
            part.when = part.when.later(end - start)
        self.store_new(part, edit.get("key"))
        who = speakers.keys(speakers.of(events=[row.pk], user=self.user).get(row.pk, []))
        if who:
            self.speak(part, [], who, undone=False)

    def shift(self, edit: Edit) -> None:
        """Move parts by minutes or days, with what is below and after them."""
        rows = self.rows(_keys(edit))
        holding = set(Event.objects.filter(parent__in=rows).values_list("parent", flat=True))
        below = {row.pk: tree.below(event=row) for row in rows if row.pk in holding}
        moves = shifts.moves_of(rows=rows, below=below, by=_by(edit))
        if not moves:
            raise _Fault(items.NoTime("from"), None)
        self.move(moves, alone=bool(edit.get("alone")))

    def step(self, edit: Edit) -> None:
        """Take a step with each of the parts, those above before those below."""
        verb, reason = str(edit.get("verb")), edit.get("reason") or ""
        take = verbs.TAKE.get(verb)
        if take is None or not isinstance(reason, str):
            raise _Unreadable("verb")
        for key in _keys(edit):
            if verb == "delete" and key in self.done.gone:
                continue  # it went with the part that it is part of
            row = self.row(key)
            below = tree.below(event=row)
            back = verbs.undo(
                event=row, verb=verb, status=row.status, reason=row.cancellation_reason
            )
            try:
                take(row, self.now, reason.replace("\0", "")[: verbs.REASON_MAX_CHARS])
            except Refusal as refusal:
                raise _Fault(refusal, key, "status") from refusal
            touched = {key, *(part.pk for part in below)}
            (self.done.gone if verb == "delete" else self.done.touched).update(touched)
            self.done.is_final |= back is None
            self.done.undo += [back] if back else []

    def restore(self, edit: Edit) -> None:
        """Put parts back that were deleted."""
        parent = self.parent(edit)
        records = {row.id: row for row in removals.removed_parts(event=parent, user=self.user)}
        for key in _keys(edit):
            if key not in records:
                raise _Fault(Gone(), key)
            removals.put_back(
                event=parent, kind="event", number=records[key].pk, user=self.user, now=self.now
            )
            below = tree.below(event=Event.objects.get(pk=key))
            self.done.touched |= {key, *(part.pk for part in below)}
            self.done.undo.append({"op": "step", "ids": [key], "verb": "delete"})

    def room(self, edit: Edit) -> None:
        """Make a room of the venue, or find the one of this name."""
        name, key = edit.get("name"), edit.get("key")
        if not isinstance(name, str) or not isinstance(key, str):
            raise _Unreadable("name")
        row, is_new = rooms.make(event=self.event, name=name, user=self.user, now=self.now)
        self.rooms[key], self.done.made[key] = row, row.pk
        if is_new:
            self.done.undo.append({"op": "unroom", "id": row.pk})

    def unroom(self, edit: Edit) -> None:
        """Delete a room that was made in the grid, if nothing is there."""
        rooms.unmake(room=_key(edit, "id"), user=self.user)

    # What the edits above are made of.

    def change(self, row: Event, edit: Edit) -> tuple[dict[str, Any], dict[str, Any]]:
        """Set the wanted values on a part; return those that were stored, and those that differ."""
        was, to = _fields(edit, "was"), _fields(edit, "to")
        if not to or to.keys() - was.keys():
            raise _Unreadable("was")
        known, wanted = self.values_of(row, to), self.known_keys(to)
        self.check_collisions(row, known, was, wanted)
        changed = {name: value for name, value in wanted.items() if value != known[name]}
        self.write(row, changed)
        if not access.may_store(user=self.user, event=row):
            raise _Fault(NoRight(), row.pk)
        return known, changed

    def row(self, key: int, changed: bool = True) -> Event:
        """Lock and return a part of this programme, or of another one that follows it."""
        rows = Event.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
        seen = rows.filter(pk__in=Event.objects.visible_to(self.user).filter(pk=key).values("pk"))
        row = seen.select_related("place__parent__parent", "parent__place", "team").first()
        if row is None or row.pk == self.event.pk:
            raise _Fault(Gone(), key)
        if changed and not access.may_change(user=self.user, row=row):
            raise _Fault(NoRight(), key)
        return row

    def rows(self, keys: list[int]) -> list[Event]:
        """Lock and return several parts as `row` does, with the same number of queries for all."""
        locked = Event.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
        seen = Event.objects.visible_to(self.user).filter(pk__in=keys).values("pk")
        found = {row.pk: row for row in locked.filter(pk__in=seen).exclude(pk=self.event.pk)}
        if lost := [key for key in keys if key not in found]:
            raise _Fault(Gone(), lost[0])
        ours = Event.objects.changeable_by(self.user).filter(pk__in=keys)
        allowed = set(ours.values_list("pk", flat=True))
        if others := [key for key in keys if key not in allowed]:
            raise _Fault(NoRight(), others[0])
        return [found[key] for key in keys]

    def parent(self, edit: Edit) -> Event:
        """Return the event to which a part is added: by default that of the grid."""
        key = edit.get("parent")
        if isinstance(key, str) and key in self.done.made:
            key = self.done.made[key]
        if key in (None, self.event.pk):
            return self.event
        return self.row(_key({"parent": key}, "parent"), changed=False)

    def values_of(self, row: Event, names: Mapping[str, Any]) -> dict[str, Any]:
        """Return the stored values of a part, with who speaks if that is asked for."""
        values = items.read(event=row)
        if SPEAKERS in names:
            who = speakers.of(events=[row.pk], user=self.user).get(row.pk, [])
            values[SPEAKERS] = speakers.keys(who)
        return values

    def known_keys(self, to: Mapping[str, Any]) -> dict[str, Any]:
        """Return the wanted values, with the keys of rooms and parts that this list has made."""
        found = dict(to)
        for name in items.LINKS:
            if isinstance(found.get(name), str):
                if found[name] not in self.done.made:
                    raise _Unreadable(name)
                found[name] = self.done.made[found[name]]
        if SPEAKERS in found and not speakers.is_wanted(found[SPEAKERS]):
            raise _Unreadable(SPEAKERS)
        if "title" in found:
            text = str(found.pop("title") or "")
            suffix = scripts.column("titles", text).removeprefix("titles_")
            found.setdefault(f"titles.{suffix}", text)
        return found

    def check_collisions(
        self, row: Event, known: Edit, was: Mapping[str, Any], to: Mapping[str, Any]
    ) -> None:
        collide = {
            name: (known[name], value)
            for name, value in to.items()
            if not _same(known[name], value) and not _same(known[name], was.get(name))
        }
        if collide:
            raise _Collisions(row.pk, collide)

    def write(self, row: Event, values: Mapping[str, Any]) -> None:
        """Set the values on a part that is not stored yet."""
        values = {name: value for name, value in values.items() if name != SPEAKERS}
        if values.get("room") is not None:
            values["room"] = self.place(values["room"])
        if values.get("after") is not None:
            values["after"] = self.row(_key(values, "after"), changed=False).pk
            if values["after"] == row.pk:
                raise _Fault(Unfit("after"), row.pk, "after")
        try:
            items.write(event=row, values=values)
            items.check(event=row)
        except Unfit as refusal:
            raise _Fault(refusal, row.pk, refusal.field) from refusal

    def place(self, key: Any) -> Place:
        rows = Place.objects.visible_to(self.user).select_related("parent__parent")
        place = rows.filter(pk=_key({"room": key}, "room")).first()
        if place is None:
            raise items.NotOnRecord("room")
        return place

    def new_part(self, parent: Event) -> Event:
        part = grids.blank(parent=parent, user=self.user)
        part.kind = Event.Kind.SESSION
        taken = parts.taken(parent=parent)
        part.place, part.timezone = taken["place"], taken["timezone"]
        part.when = When(timezone=part.timezone)
        return part

    def begin_after(self, part: Event, row: Event) -> None:
        """Let a new part start when another one ends, at the same place."""
        part.place, part.timezone = row.place, row.timezone
        at = row.end_time or row.start_time
        on = row.end_on if row.end_time else row.start_on
        self.begin_at(part, on, at, {})

    def begin_at(self, part: Event, on: Any, at: Any, to: Mapping[str, Any]) -> None:
        """Set the start of a new part, as far as the edit does not say it itself."""
        if on is None:
            return
        start = {"on": on.isoformat()} | ({"from": items.clock(at)} if at else {})
        items.write(event=part, values={k: v for k, v in start.items() if k not in to})

    def store_new(self, part: Event, key: Any) -> None:
        items.check(event=part)
        if not access.may_store(user=self.user, event=part):
            raise _Fault(NoRight(), None)
        part.slug = _slug(part)
        lifecycle.save(event=part, now=self.now)
        self.done.touched.add(part.pk)
        if isinstance(key, str):
            self.done.made[key] = part.pk
        self.done.undo.append({"op": "step", "ids": [part.pk], "verb": "delete"})

    def store(self, before: Event, row: Event, alone: bool) -> None:
        """Store a changed part; if it moves as a whole, what is below it moves along."""
        if before.when == row.when:
            lifecycle.save(event=row, now=self.now)
            self.done.touched.add(row.pk)
            self.done.undo += _undo_of(before, row)
            return
        moves = Moves({row.pk: (before, row)})
        if (by := _distance(before, row)) and not alone:
            rows = tree.below(event=row)
            moves |= shifts.moves_of(rows=rows, below={}, by=by)
        self.move(moves, alone=alone)

    def move(self, moves: Moves, alone: bool) -> None:
        among = Event.objects.changeable_by(self.user)
        stored = shifts.store(moves=moves, among=among, alone=alone, now=self.now)
        self.done.followed |= set(stored) - set(moves)
        self.done.touched |= set(stored)
        back = [one for before, row in stored.values() for one in _undo_of(before, row)]
        self.done.undo += back if len(back) < 2 else [{"op": "sets", "edits": back}]

    def speak(
        self,
        row: Event,
        known: Any,
        wanted: Any,
        undone: bool = True,
        roles: Mapping[int, str] | None = None,
    ) -> None:
        """Let others speak at a part; new people stay on record when this is undone."""
        who = {"known": known, "wanted": wanted, "roles": roles or {}}
        try:
            before = speakers.set_to(event=row, **who, user=self.user, now=self.now)
        except Refusal as refusal:
            raise _Fault(refusal, row.pk, SPEAKERS) from refusal
        self.done.touched.add(row.pk)
        if undone:
            now = self.values_of(row, {SPEAKERS: None})[SPEAKERS]
            back = {"op": "set", "id": row.pk, "was": {SPEAKERS: now}, "to": {SPEAKERS: known}}
            self.done.undo.append(back | ({"roles": before} if before else {}))


OPS: Final[dict[str, Callable[[_Run, Edit], None]]] = {
    "set": _Run.set,
    "sets": _Run.sets,
    "add": _Run.add,
    "duplicate": _Run.duplicate,
    "shift": _Run.shift,
    "step": _Run.step,
    "restore": _Run.restore,
    "room": _Run.room,
    "unroom": _Run.unroom,
}


def _key(edit: Edit, name: str) -> int:
    value = edit.get(name)
    if type(value) is not int or not 0 < value < 10**18:
        raise _Unreadable(name)
    return value


def _keys(edit: Edit) -> list[int]:
    values = edit.get("ids")
    if not isinstance(values, list) or not 0 < len(values) <= MAX_IDS:
        raise _Unreadable("ids")
    return list(dict.fromkeys(_key({"ids": value}, "ids") for value in values))


def _fields(edit: Edit, name: str) -> dict[str, Any]:
    """Return the values of an edit by field, titles by language as `titles.en`."""
    values = edit.get(name)
    if not isinstance(values, dict):
        raise _Unreadable(name)
    flat = {key: value for key, value in values.items() if key != "titles"}
    titles = values.get("titles", {})
    if not isinstance(titles, dict):
        raise _Unreadable("titles")
    flat |= {f"titles.{key}": value for key, value in titles.items()}
    if wrong := set(flat) - {*items.FIELDS, SPEAKERS, *(("title",) if name == "to" else ())}:
        raise _Unreadable(min(wrong))
    return flat


def _roles(edit: Edit) -> dict[int, str]:
    """Return the roles that people get who are to speak no longer, by person."""
    values = edit.get("roles", {})
    if not isinstance(values, dict) or not all(map(is_key, values)):
        raise _Unreadable("roles")
    if any(role not in Attendee.Role.values for role in values.values()):
        raise _Unreadable("roles")
    return {int(key): role for key, role in values.items()}


def _by(edit: Edit) -> timedelta:
    minutes, days = edit.get("minutes", 0), edit.get("days", 0)
    if type(minutes) is not int or type(days) is not int or not (minutes or days):
        raise _Unreadable("minutes")
    if abs(days) > MAX_DAYS or abs(minutes) > MAX_DAYS * 24 * 60:
        raise _Unreadable("days")
    return timedelta(days=days, minutes=minutes)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return one == other or (not one and not other)


def _undo_of(before: Event, row: Event) -> list[dict[str, Any]]:
    """Return the edit that sets a stored part back to what it was; none if nothing differs."""
    old, new = items.read(event=before), items.read(event=row)
    changed = [name for name in old if old[name] != new[name]]
    if not changed:
        return []
    was, to = ({name: values[name] for name in changed} for values in (new, old))
    return [{"op": "set", "id": row.pk, "was": _nested(was), "to": _nested(to), "alone": True}]


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    titles = {k.removeprefix("titles."): v for k, v in values.items() if k.startswith("titles.")}
    rest = {k: v for k, v in values.items() if not k.startswith("titles.")}
    return {**rest, "titles": titles} if titles else rest


def _distance(before: Event, row: Event) -> timedelta | None:
    """Return by how much a part moves as a whole; None if it is stretched, or had no day."""
    old, new = before.when, row.when
    start, start_now = old.wall_start, new.wall_start
    if not (old.is_exact and new.is_exact and start and start_now):
        return None
    if bool(old.start_time) != bool(new.start_time):
        return None
    by = start_now - start
    return by if old.later(by) == new else None


def _slug(part: Event) -> str:
    text = getattr(part, TITLE) or part.title or ""
    return slugs.named(rows=Event.objects.all(), text=text)
