"""Two records of one thing become one, and no row is lost.

Whatever points at the one record, from whichever table, points at the other afterwards. Where a
unique constraint forbids that, the two rows are themselves two records of one thing (one person
invited twice to an event): the model's `absorb` says how they become one, and then what pointed
at the one row points at the other.
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

from events.domain.refusals import Name, Refusal
from events.models import Event
from events.models.base import history
from events.models.base.locks import hold_tree

Column = ForeignKey[Any, Any]


@dataclass(frozen=True, slots=True)
class Others:
    """Columns with which another is unique among the rows that meet the condition."""

    names: tuple[str, ...]
    condition: Q


class OneRecord(Refusal):
    """There is one record only: nothing to merge."""

    text = gettext_noop("This is one record, not two.")


class OtherTeam(Refusal):
    """The record to be dropped belongs to another team, or to all of them."""

    keep: Model
    drop: Model
    text = gettext_noop("“%(keep)s” and “%(drop)s” belong to different teams.")


class Overlap(Refusal):
    """Of these two rows only one can stand, and no rule makes them one.

    They are part of the same, such as a delegation to which both records apply; of nothing, if
    each record may have one such row, such as a login.
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
        """The two rows go by their names: they belong to the records that the reader merges."""
        return {
            "where": ", ".join(map(name, self.part_of)),
            "kind": self.kept._meta.verbose_name,
            "kept": _described(self.kept),
            "double": _described(self.double),
        }


def check(*, keep: Any, drop: Any) -> None:
    """Raise OneRecord, or OtherTeam unless both belong to one team or the kept one to all."""
    if keep.pk == drop.pk:
        raise OneRecord
    if keep.team_id not in (None, drop.team_id):
        raise OtherTeam(keep, drop)


def hold(*, keep: Model, drop: Model) -> None:
    """Bring two records up to date, locked with what guards their doubles until the end.

    What guards is the other half of a unique constraint: an event its attendees, a delegation its
    members. It is locked first, the upper app's before the lower one's, as everybody does.
    Raises DoesNotExist when one of the two is gone by now.
    """
    for model, keys in sorted(_guards(keep, drop), key=lambda guard: _turn(guard[0])):
        if model is Event:
            hold_tree()
        list(_rows(model).select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    both = _rows(type(keep)).select_for_update()
    list(both.filter(pk__in=(keep.pk, drop.pk)).order_by("pk"))
    keep.refresh_from_db()
    drop.refresh_from_db()


def merge(*, keep: Model, drop: Model) -> None:
    """Let all that points at one row point at the other, and delete it. Raises Overlap."""
    _part(keep, drop)
    for column in references(type(keep)):
        for others in _unique_with(column):
            for kept, double in _doubles(column, others, keep, drop):
                _fold(kept, double, others.names)
        _rows(column.model).filter(**{column.name: drop.pk}).update(**{column.name: keep.pk})
    for key in generic_keys():
        pointing(key, drop).update(**{key.fk_field: keep.pk})
    history.explain_merger(keep=keep, drop=drop)
    copy(drop).delete()  # the caller's keeps its key: the transaction may come to nothing


def keep_spellings(*, keep: Any, drop: Any, columns: Sequence[str]) -> None:
    """Let the names of the one record find the other, where it has them not anyway."""
    spelt = [*(getattr(drop, column) for column in columns), *drop.aliases]
    own = [None, "", *(getattr(keep, column) for column in columns), *keep.aliases]
    keep.aliases = [*keep.aliases, *(text for text in dict.fromkeys(spelt) if text not in own)]


def references(model: type[Model]) -> list[Column]:
    """The columns of all apps that point at a table: many-to-many, hidden and historical, too."""
    relations: list[Any] = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and (relation.one_to_many or relation.one_to_one)
    ]
    return [relation.field for relation in relations]


def generic_keys() -> list[GenericForeignKey]:
    """The pairs of columns of all apps that point at a row of any table."""
    fields = (field for model in apps.get_models() for field in model._meta.private_fields)
    return [field for field in fields if isinstance(field, GenericForeignKey)]


def pointing(key: GenericForeignKey, row: Model) -> QuerySet[Any]:
    """The rows whose pair of columns points at the row."""
    kind = ContentType.objects.get_for_model(row)
    return _rows(key.model).filter(**{key.ct_field: kind.pk, key.fk_field: row.pk})


def counts(*, row: Model) -> Counter[type[Model]]:
    """How many rows of each table point at the row; histories and bare links do not count."""
    found: Counter[type[Model]] = Counter()
    for column in references(type(row)):
        if not (_is_historical(column.model) or column.model._meta.auto_created):
            found[column.model] += _rows(column.model).filter(**{column.name: row.pk}).count()
    for key in generic_keys():
        found[key.model] += pointing(key, row).count()
    return found


def _rows(model: type[Model]) -> QuerySet[Any]:
    """All rows of a table as they are stored; managers would translate names of columns."""
    return QuerySet(model)


def _is_historical(model: type[Model]) -> bool:
    return hasattr(model, "instance_type")


def _part(keep: Model, drop: Model) -> None:
    """Let the two rows not point at each other: what the second is in, the first is in."""
    for field in keep._meta.concrete_fields:
        if field.related_model is type(keep) and getattr(keep, field.attname) == drop.pk:
            above = getattr(drop, field.attname)
            setattr(keep, field.attname, None if above == keep.pk else above)
            changed = {field.attname: getattr(keep, field.attname)}
            _rows(type(keep)).filter(pk=keep.pk).update(**changed)


def _fold(kept: Model, double: Model, others: Iterable[str]) -> None:
    """Make two rows one."""
    if not _absorbs(kept, double):
        raise Overlap(kept, double, [getattr(kept, name) for name in others])
    merge(keep=kept, drop=double)
    kept.save()


def _absorbs(kept: Any, double: Any) -> bool:
    """Whether the row takes the other in; a bare link of two rows says nothing more."""
    if kept._meta.auto_created:
        return True
    return bool(hasattr(kept, "absorb") and kept.absorb(double))


def _doubles(
    column: Column, others: Others, keep: Model, drop: Model
) -> Iterator[tuple[Model, Model]]:
    """Find the rows that both records have of one kind, in pairs."""
    rows = _rows(column.model).filter(others.condition).order_by("pk").select_for_update()
    rows = rows.filter(**{f"{name}__isnull": False for name in others.names})
    kept = _keys(rows.filter(**{column.name: keep.pk}), others)
    double = _keys(rows.filter(**{column.name: drop.pk}), others)
    for mark in double:
        if mark in kept:
            # Read anew: what was folded before may have changed them.
            yield rows.get(pk=kept[mark]), rows.get(pk=double[mark])


def _keys(rows: QuerySet[Any], others: Others) -> dict[tuple[Any, ...], Any]:
    return {tuple(mark): pk for pk, *mark in rows.values_list("pk", *others.names)}


def _unique_with(column: Column) -> Iterator[Others]:
    """With which other columns, and under what condition, a column is unique."""
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
    """The rows that both records share a part of, by their tables."""
    for column in references(type(keep)):
        rows = _rows(column.model)
        for name in {name for others in _unique_with(column) for name in others.names}:
            guard: Any = column.model._meta.get_field(name).related_model
            if guard and not column.model._meta.auto_created:
                kept = rows.filter(**{column.name: keep.pk}).values(name)
                shared = rows.filter(**{column.name: drop.pk, f"{name}__in": kept})
                yield guard, shared.values(name)


def _turn(model: type[Model]) -> tuple[int, int]:
    """When the rows of a table are locked: those of upper apps first, else as declared."""
    labels = [config.label for config in apps.get_app_configs()]
    return -labels.index(model._meta.app_label), apps.get_models().index(model)


def _described(row: Any) -> str:
    """A row with its state, if it has one."""
    state = row.get_status_display() if hasattr(row, "get_status_display") else ""
    return f"“{row}” ({state})" if state else f"“{row}”"
