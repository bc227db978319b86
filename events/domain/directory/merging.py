"""Merging of two records of one thing, without losing a row.

All foreign keys to the dropped record are changed to the kept one, in all tables. If a unique
constraint forbids that, the two referring rows are duplicates too (such as one person invited twice
to an event). Then the model's `merge_from` merges their values, and the references to them are
changed in turn.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model, Q, QuerySet, UniqueConstraint
from django.utils.translation import gettext_noop

from events.domain.directory import mergerlogs
from events.domain.directory.mergerlogs import MergerLog
from events.domain.refusals import Name, Refusal
from events.models import Event
from events.models.base import history
from events.models.base.locks import hold_tree

Column = ForeignKey[Any, Any]


@dataclass(frozen=True, slots=True)
class Others:
    """The other columns of a unique constraint, and its condition."""

    names: tuple[str, ...]
    condition: Q


class OneRecord(Refusal):
    """Both records are the same row: there is nothing to merge."""

    text = gettext_noop("This is one record, not two.")


class OtherTeam(Refusal):
    """The dropped record belongs to another team than the kept one, or to all teams."""

    keep: Model
    drop: Model
    text = gettext_noop("“%(keep)s” and “%(drop)s” belong to different teams.")


class Overlap(Refusal):
    """Only one of these two rows may remain, and `merge_from` cannot merge them.

    `part_of` holds the other values of the unique constraint, such as a delegation to which both
    records apply. It is empty if each record may have one such row, such as a login.
    """

    kept: Model
    double: Model
    part_of: Sequence[Any] = ()
    text = gettext_noop(
        "In “%(where)s” the two cannot have one %(kind)s: %(kept)s and %(double)s."
        " End one of them first."
    )
    text_of_nothing = gettext_noop(
        "The two cannot have one %(kind)s: %(kept)s and %(double)s. Take one away first."
    )

    def template(self) -> str:
        return self.text if self.part_of else self.text_of_nothing

    def words(self, name: Name) -> dict[str, object]:
        """Name both rows to every user: they belong to the records that the user merges."""
        return {
            "where": ", ".join(map(name, self.part_of)),
            "kind": self.kept._meta.verbose_name,
            "kept": _described(self.kept),
            "double": _described(self.double),
        }


def check(*, keep: Any, drop: Any) -> None:
    """Raise OneRecord if both are one row, or OtherTeam if their teams do not fit.

    They fit if the kept record belongs to all teams (None) or to the same team as the dropped one.
    """
    if keep.pk == drop.pk:
        raise OneRecord
    if keep.team_id not in (None, drop.team_id):
        raise OtherTeam(keep, drop)


def hold(*, keep: Model, drop: Model) -> None:
    """Lock two records with the parents of their duplicates, and reload them.

    A parent is a row that the other column of a unique constraint refers to: an event of attendees,
    a delegation of members. Parents with duplicates are locked first, tables of the upper app
    before those of the lower one, the order in which all code locks. Raises DoesNotExist if a
    record is gone.
    """
    for model, keys in sorted(_guards(keep, drop), key=lambda guard: _turn(guard[0])):
        if model is Event:
            hold_tree()
        list(_rows(model).select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    both = _rows(type(keep)).select_for_update()
    list(both.filter(pk__in=(keep.pk, drop.pk)).order_by("pk"))
    keep.refresh_from_db()
    drop.refresh_from_db()


def merge(*, keep: Model, drop: Model, log: MergerLog) -> None:
    """Change all references to `drop` into references to `keep`, and delete it. Raises Overlap.

    Each change is recorded in the log, so that the merger can be undone.
    """
    before = mergerlogs.values(keep)
    _part(keep, drop)
    log.changed(keep, before)
    for column in references(type(keep)):
        for others in _unique_with(column):
            for kept, double in _doubles(column, others, keep, drop):
                _fold(kept, double, others.names, log)
        keys = log.moved(column.model, column.name, old=drop.pk, new=keep.pk)
        _rows(column.model).filter(pk__in=keys).update(**{column.name: keep.pk})
    for key in generic_keys():
        theirs = pointing(key, drop)
        log.moved_to(theirs, key.fk_field, old=drop.pk, new=keep.pk)
        theirs.update(**{key.fk_field: keep.pk})
    log.removed(drop)
    history.explain_merger(keep=keep, drop=drop)
    copy(drop).delete()  # a copy: delete() clears the primary key


def keep_spellings(*, keep: Any, drop: Any, columns: Sequence[str]) -> None:
    """Add the names of the dropped record to the aliases of the kept one, for the search."""
    spelt = [*(getattr(drop, column) for column in columns), *drop.aliases]
    own = [None, "", *(getattr(keep, column) for column in columns), *keep.aliases]
    keep.aliases = [*keep.aliases, *(text for text in dict.fromkeys(spelt) if text not in own)]


def references(model: type[Model]) -> list[Column]:
    """The foreign keys to a table, of all apps, many-to-many and historical tables included."""
    relations: list[Any] = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and (relation.one_to_many or relation.one_to_one)
    ]
    return [relation.field for relation in relations]


def generic_keys() -> list[GenericForeignKey]:
    """The generic foreign keys of all apps."""
    fields = (field for model in apps.get_models() for field in model._meta.private_fields)
    return [field for field in fields if isinstance(field, GenericForeignKey)]


def pointing(key: GenericForeignKey, row: Model) -> QuerySet[Any]:
    """The rows whose generic foreign key refers to the row."""
    kind = ContentType.objects.get_for_model(row)
    return _rows(key.model).filter(**{key.ct_field: kind.pk, key.fk_field: row.pk})


def counts(*, row: Model) -> Counter[type[Model]]:
    """Count the rows that refer to the row, per table.

    Histories and many-to-many tables are left out.
    """
    found: Counter[type[Model]] = Counter()
    for column in references(type(row)):
        if not (_is_historical(column.model) or column.model._meta.auto_created):
            found[column.model] += _rows(column.model).filter(**{column.name: row.pk}).count()
    for key in generic_keys():
        found[key.model] += pointing(key, row).count()
    return found


def _rows(model: type[Model]) -> QuerySet[Any]:
    """All rows of a table, with columns as stored.

    The managers of translated models would replace column names by those of the active language.
    """
    return QuerySet(model)


def _is_historical(model: type[Model]) -> bool:
    return hasattr(model, "instance_type")


def _part(keep: Model, drop: Model) -> None:
    """Remove references of the kept row to the dropped one.

    If the dropped row is its parent, the kept row moves to the parent of the dropped one.
    """
    for field in keep._meta.concrete_fields:
        if field.related_model is type(keep) and getattr(keep, field.attname) == drop.pk:
            above = getattr(drop, field.attname)
            setattr(keep, field.attname, None if above == keep.pk else above)
            changed = {field.attname: getattr(keep, field.attname)}
            _rows(type(keep)).filter(pk=keep.pk).update(**changed)


def _fold(kept: Model, double: Model, others: Iterable[str], log: MergerLog) -> None:
    """Merge two duplicates, and all rows that refer to them. Raises Overlap."""
    before = mergerlogs.links(kept, double)
    if not _absorbs(kept, double):
        raise Overlap(kept, double, [getattr(kept, name) for name in others])
    log.unlinked(before)
    merge(keep=kept, drop=double, log=log)
    stored = mergerlogs.values(kept)
    kept.save()
    log.changed(kept, stored)


def _absorbs(kept: Any, double: Any) -> bool:
    """Whether the row has absorbed the other.

    A row of a many-to-many table has no values of its own to merge.
    """
    if kept._meta.auto_created:
        return True
    return bool(hasattr(kept, "merge_from") and kept.merge_from(double))


def _doubles(
    column: Column, others: Others, keep: Model, drop: Model
) -> Iterator[tuple[Model, Model]]:
    """Yield pairs of rows that would violate the unique constraint after the change."""
    rows = _rows(column.model).filter(others.condition).order_by("pk").select_for_update()
    rows = rows.filter(**{f"{name}__isnull": False for name in others.names})
    kept = _keys(rows.filter(**{column.name: keep.pk}), others)
    double = _keys(rows.filter(**{column.name: drop.pk}), others)
    for mark in double:
        if mark in kept:
            # Read now: earlier merges may have changed the rows.
            yield rows.get(pk=kept[mark]), rows.get(pk=double[mark])


def _keys(rows: QuerySet[Any], others: Others) -> dict[tuple[Any, ...], Any]:
    return {tuple(mark): pk for pk, *mark in rows.values_list("pk", *others.names)}


def _unique_with(column: Column) -> Iterator[Others]:
    """Yield the unique constraints that the column is part of."""
    options = column.model._meta
    if column.unique:
        yield Others((), Q())
    for fields in options.unique_together:
        if column.name in fields:
            yield Others(_without(column, fields), Q())
    for constraint in options.constraints:
        if isinstance(constraint, UniqueConstraint) and column.name in constraint.fields:
            yield Others(_without(column, constraint.fields), constraint.condition or Q())


def _without(column: Column, fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in fields if name != column.name)


def _guards(keep: Model, drop: Model) -> Iterator[tuple[type[Model], QuerySet[Any]]]:
    """Yield per table the parents of which both records have a row under one unique constraint."""
    for column in references(type(keep)):
        rows = _rows(column.model)
        for name in {name for others in _unique_with(column) for name in others.names}:
            guard: Any = column.model._meta.get_field(name).related_model
            if guard and not column.model._meta.auto_created:
                kept = rows.filter(**{column.name: keep.pk}).values(name)
                shared = rows.filter(**{column.name: drop.pk, f"{name}__in": kept})
                yield guard, shared.values(name)


def _turn(model: type[Model]) -> tuple[int, int]:
    """Sort key of the locking order: upper apps first, then models in the order of declaration."""
    labels = [config.label for config in apps.get_app_configs()]
    return -labels.index(model._meta.app_label), apps.get_models().index(model)


def _described(row: Any) -> str:
    """A row with its status, if it has one."""
    state = row.get_status_display() if hasattr(row, "get_status_display") else ""
    return f"“{row}” ({state})" if state else f"“{row}”"
