"""Redaction: relations to rows that the user may not see are neither shown nor changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import models

from events.domain.access import access
from events.models import Viewer

Link = tuple[models.Model, Any]  # a row and one of its relations


def links(*, user: Viewer, rows: Iterable[models.Model]) -> list[Link]:
    """Return the relations of the rows whose target the user may not see."""
    return _unseen(user, chain.from_iterable(map(_links, rows)))


def hide(*, user: Viewer, rows: Iterable[models.Model], loaded: bool = False) -> None:
    """Set such relations to None on instances that will be rendered and never saved.

    With `loaded` only relations that are already cached, because a list shows no others.
    """
    known = [link for row in rows for link in _links(row) if not loaded or link[1].is_cached(row)]
    for row, field in _unseen(user, known):
        setattr(row, field.name, None)


def hide_all(*, user: Viewer, rows: Iterable[models.Model]) -> None:
    """Hide cached relations of the rows, and of the rows to which they lead, and so on."""
    hide(user=user, rows=list(chain.from_iterable(map(_with_cached, rows))), loaded=True)


def may_be(field: Any) -> bool:
    """Whether a relation leads to a model with permissions on rows."""
    return field.is_relation and hasattr(field.related_model._default_manager.all(), "visible_to")


def _with_cached(row: models.Model) -> Iterator[models.Model]:
    yield row
    for _row, field in _links(row):
        if field.is_cached(row):
            yield from _with_cached(getattr(row, field.name))


def _links(row: models.Model) -> list[Link]:
    """The relations of a row that are not null and can be redacted."""
    columns: Any = row._meta.concrete_fields
    return [
        (row, field)
        for field in columns
        if field.is_relation and getattr(row, field.attname) is not None and may_be(field)
    ]


def _unseen(user: Viewer, links: Iterable[Link]) -> list[Link]:
    """The relations whose target the user may not see, with one query for each table."""
    by_table: dict[type[models.Model], list[Link]] = defaultdict(list)
    for row, field in links:
        by_table[field.related_model].append((row, field))
    return [link for model, found in by_table.items() for link in _hidden(user, model, found)]


def _hidden(user: Viewer, model: type[models.Model], links: list[Link]) -> list[Link]:
    keys = {getattr(row, field.attname) for row, field in links}
    rows = access.visible(user=user, model=model).filter(pk__in=keys)
    seen = set(rows.order_by().values_list("pk", flat=True))
    return [(row, field) for row, field in links if getattr(row, field.attname) not in seen]
