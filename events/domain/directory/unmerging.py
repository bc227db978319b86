"""Mergers taken back within a day: two records again, unless something of it has changed since."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.utils.translation import gettext_noop

from events.domain.attendance import capacity
from events.domain.directory.mergerlogs import (
    CHANGED,
    MOVED,
    RECALLED,
    REMOVED,
    Entry,
    MergerLog,
    plain,
    rows,
    table,
)
from events.domain.refusals import Name, Refusal, some
from events.models import Attendee, Delivery, Event, Merger, User
from events.models.base import history
from events.models.base.locks import hold_tree

RETENTION: Final = timedelta(days=1)


class Expired(Refusal):
    """A day has passed since the merger, or it was undone already."""

    text = gettext_noop("This merger can no longer be undone.")


class InTheWay(Refusal):
    """Rows of the merger have changed since."""

    rows: tuple[Model, ...]
    text = gettext_noop("Since they were merged these have changed: %(rows)s. So both stay one.")

    def words(self, name: Name) -> dict[str, object]:
        return {"rows": some([f"{row._meta.verbose_name} “{name(row)}”" for row in self.rows])}


class NameTaken(Refusal):
    """Another record has taken what only the dropped one had, such as its short name."""

    name: str
    text = gettext_noop(
        "“%(name)s” cannot come back: another record has taken its short name or its place."
    )


def store(*, keep: Model, drop: str, key: int, log: MergerLog, now: datetime) -> Merger:
    """Keep the log of a merger for a day; `drop` is the name of the dropped record, `key` its key.

    The user is the one whose request the history records.
    """
    return Merger.objects.create(
        table=_label(keep),
        kept=keep.pk,
        dropped=key,
        name=drop[:300],
        entries=log.entries,
        merged_at=now,
        merged_by=_user(keep),
    )


def of(*, row: Model, now: datetime) -> QuerySet[Merger]:
    """Return the mergers into a record that can still be undone, the latest first."""
    mine = Merger.objects.filter(table=_label(row), kept=row.pk, merged_at__gt=now - RETENTION)
    return mine.select_related("merged_by").order_by("-merged_at", "-pk")


def counts(*, merger: Merger) -> Counter[type[Model]]:
    """Count per table the rows that would belong to the dropped record again."""
    found: Counter[type[Model]] = Counter()
    for entry in merger.entries:
        if entry[0] == MOVED and entry[3] == merger.dropped:
            found[table(entry[1])] += len(entry[5])
    return Counter(
        {
            model: number
            for model, number in found.items()
            if not (hasattr(model, "instance_type") or model._meta.auto_created)
        }
    )


def hold(*, merger: Merger) -> Merger:
    """Lock the merger with the record and the events that it concerns. Raises Expired."""
    events = Attendee.objects.filter(pk__in=set(_keys(merger, Attendee))).values("event")
    restored = _removed_values(merger, Attendee, "event_id")
    hold_tree()
    held = Event.objects.select_for_update(no_key=True)
    list((held.filter(pk__in=events) | held.filter(pk__in=restored)).order_by("pk"))
    list(rows(table(merger.table)).select_for_update().filter(pk=merger.kept))
    found = Merger.objects.select_for_update().filter(pk=merger.pk).first()
    if found is None:
        raise Expired
    return found


def undo(*, merger: Merger, now: datetime) -> tuple[Any, Any]:
    """Take a merger back that is held; return the kept record and the one that was dropped.

    Raises Expired, InTheWay or NameTaken.
    """
    if merger.merged_at <= now - RETENTION:
        raise Expired
    if found := list(_obstacles(merger)):
        raise InTheWay(tuple(dict.fromkeys(found)))
    try:
        with transaction.atomic():
            for entry in reversed(merger.entries):
                UNDO[entry[0]](entry, now)
    except IntegrityError as error:
        raise NameTaken(merger.name) from error
    history.explain_separation(model=table(merger.table), kept=merger.kept, dropped=merger.dropped)
    merger.delete()
    both = table(merger.table)._default_manager
    return both.get(pk=merger.kept), both.get(pk=merger.dropped)


def seat_again(*, merger: Merger, now: datetime) -> None:
    """Let restored attendees wait if their seats have been given to others meanwhile."""
    keys = _removed_values(merger, Attendee, "id")
    for attendee in Attendee.objects.seated().filter(pk__in=keys).order_by("pk"):
        event = capacity.hold(event_id=attendee.event_id)
        limit = (attendee.hub or event).capacity
        taken = Attendee.objects.seated().filter(event=event, hub=attendee.hub).count()
        if limit is not None and taken > limit:
            attendee.seat = Attendee.Seat.WAITLISTED
            attendee.waitlisted_at = attendee.answered_at or now
            attendee.save(update_fields=["seat", "waitlisted_at"])


def forget(*, person: Model, records: set[int]) -> None:
    """Delete what mergers remember of a person who is erased, under any of these keys.

    Mergers of other tables go as well: their rows may name the person.
    """
    others = Merger.objects.exclude(table=_label(person))
    mine = Merger.objects.filter(table=_label(person))
    (others | mine.filter(kept__in=records) | mine.filter(dropped__in=records)).delete()


def prune(*, now: datetime) -> None:
    """Delete the mergers that can no longer be undone."""
    Merger.objects.filter(merged_at__lte=now - RETENTION).delete()


def _label(row: Model) -> str:
    return str((row._meta.concrete_model or type(row))._meta.label)


def _user(row: Model) -> User | None:
    kept = history.of(row._meta.concrete_model or type(row))
    if kept is None:
        return None
    return kept.filter(id=row.pk).order_by("-history_id")[0].history_user


def _obstacles(merger: Merger) -> Iterator[Model]:
    """Yield the rows of the merger that are no longer as it left them.

    A row that was deleted since, such as a mail whose time was over, is no obstacle.
    """
    later: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, *entry in reversed(merger.entries):
        if kind == MOVED:
            label, column, _old, new, keys = entry
            model = table(label)
            if not hasattr(model, "instance_type"):
                yield from _elsewhere(model, column, new, keys, later)
        if kind == REMOVED:
            label, stored = entry
            later[label, stored[table(label)._meta.pk.attname]] = dict(stored)
            yield from _lost(table(label), stored, later)
        if kind == CHANGED:
            label, key, differ = entry
            yield from _changed(table(label), key, differ, later)
            later.setdefault((label, key), {}).update({n: pair[0] for n, pair in differ.items()})


def _elsewhere(
    model: type[Model],
    column: str,
    key: int,
    keys: list[int],
    later: dict[tuple[str, int], dict[str, Any]],
) -> Iterator[Model]:
    """Yield the rows that no longer refer to where the merger moved them."""
    name = model._meta.get_field(column).attname  # type: ignore[union-attr]
    for row in rows(model).filter(pk__in=keys).exclude(**{column: key}).order_by("pk"):
        known = later.get((model._meta.label, row.pk), {})
        if known.get(name, getattr(row, name)) != key:
            yield row


def _changed(
    model: type[Model],
    key: int,
    differ: dict[str, list[Any]],
    later: dict[tuple[str, int], dict[str, Any]],
) -> Iterator[Model]:
    """Yield the row if it does not have the values that the merger gave it, or is gone."""
    known = later.get((model._meta.label, key), {})
    row = rows(model).filter(pk=key).first()
    if row is None:
        yield from () if known else (model(pk=key),)
        return
    now = {name: known.get(name, plain(getattr(row, name))) for name in differ}
    if any(now[name] != pair[1] for name, pair in differ.items()):
        yield row


def _lost(
    model: type[Model], stored: dict[str, Any], later: dict[tuple[str, int], dict[str, Any]]
) -> Iterator[Model]:
    """Yield the rows that a removed row needs and that are gone."""
    for field in model._meta.concrete_fields:
        key, target = stored[field.attname], field.related_model
        if not isinstance(field, ForeignKey) or key is None or not isinstance(target, type):
            continue
        is_coming = (target._meta.label, key) in later
        if not is_coming and not rows(target).filter(pk=key).exists():
            yield target(pk=key)


def _move_back(entry: Entry, _now: datetime) -> None:
    _kind, label, column, old, _new, keys = entry
    rows(table(label)).filter(pk__in=keys).update(**{column: old})


def _change_back(entry: Entry, _now: datetime) -> None:
    """Store the former values, with an entry in the history."""
    _kind, label, key, differ = entry
    row = rows(table(label)).get(pk=key)
    for name, (before, _after) in differ.items():
        setattr(row, name, _python(row, name, before))
    history.explain(row, "merger undone")
    row.save_base()


def _insert_again(entry: Entry, _now: datetime) -> None:
    """Store a removed row as it was, under its old key, with an entry in the history."""
    _kind, label, stored = entry
    row = table(label)()
    for name, value in stored.items():
        setattr(row, name, _python(row, name, value))
    history.explain(row, "merger undone")
    row.save_base(force_insert=True)


def _send_after_all(entry: Entry, now: datetime) -> None:
    """Queue mails again that the merger called back because the other record had the same."""
    mails = Delivery.objects.filter(pk__in=entry[1], state=Delivery.State.CANCELLED)
    mails.filter(expires_at__gt=now).free(state=Delivery.State.PENDING, claim_at=now)


UNDO: Final[dict[str, Callable[[Entry, datetime], None]]] = {
    MOVED: _move_back,
    CHANGED: _change_back,
    REMOVED: _insert_again,
    RECALLED: _send_after_all,
}


def _python(row: Model, name: str, value: Any) -> Any:
    field = next(field for field in row._meta.concrete_fields if field.attname == name)
    return getattr(field, "target_field", field).to_python(value)


def _keys(merger: Merger, model: type[Model]) -> Iterator[int]:
    """Yield the keys of the rows of a table that the merger moved or changed."""
    for kind, *entry in merger.entries:
        if kind == MOVED and entry[0] == model._meta.label:
            yield from entry[4]
        if kind == CHANGED and entry[0] == model._meta.label:
            yield entry[1]


def _removed_values(merger: Merger, model: type[Model], name: str) -> list[int]:
    """Return a column of the rows of a table that the merger removed."""
    removed = (entry for entry in merger.entries if entry[0] == REMOVED)
    return [entry[2][name] for entry in removed if entry[1] == model._meta.label]
