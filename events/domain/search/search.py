"""Searching in all kinds of rows at once, and words for rows in a field of choice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.db.models import Model, QuerySet

from events.domain.access import access, redaction
from events.domain.search import registry
from events.domain.search.registry import Kind, Words
from events.models import Viewer
from events.values import names

MAX_SHOWN: Final = 6  # rows of a kind


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found, in words."""

    row: Model
    words: Words


@dataclass(frozen=True, slots=True)
class Group:
    """The best rows of a kind, and whether there are more."""

    kind: Kind
    hits: Sequence[Hit]
    more: bool


def find(*, user: Viewer, text: str, now: datetime) -> list[Group]:
    """Return what the user may see and the words find, in groups, the one with the best row first.

    The number of queries does not depend on what is found.
    """
    if not names.wanted(text) or not access.may_enter(user=user):
        return []
    found = [(kind, _best(kind, user, text, now)) for kind in registry.kinds()]
    _redact(user, found)
    closest = sorted((pair for pair in found if pair[1]), key=lambda pair: pair[1][0].closeness)
    return [_group(kind, rows, text) for kind, rows in closest]


def choices(*, user: Viewer, kind: Kind, rows: Sequence[Any], text: str) -> list[str]:
    """Return the labels of rows in a field of choice; the rows were loaded by `kind.load`."""
    _redact(user, [(kind, rows)])
    return [kind.describe(row=row, text=text).label for row in rows]


def ranked(
    *, user: Viewer, kind: Kind, rows: QuerySet[Any], text: str, now: datetime
) -> QuerySet[Any]:
    """Return the rows with what `choices` names, the best first if something is searched for."""
    found: Any = kind.load(rows=rows, now=now)
    return found.best_first(user, text, now=now) if names.wanted(text) else found


def _best(kind: Kind, user: Viewer, text: str, now: datetime) -> list[Any]:
    """The best rows of a kind, and one more if there are more."""
    seen: Any = access.visible(user=user, model=kind.model)
    rows = seen.sought_by(user, text, now=now)
    return list(ranked(user=user, kind=kind, rows=rows, text=text, now=now)[: MAX_SHOWN + 1])


def _redact(user: Viewer, found: Iterable[tuple[Kind, Sequence[Any]]]) -> None:
    """Hide related rows that the user may not see, with one query for each table."""
    rows = ([row, *kind.related(row=row)] for kind, each in found for row in each)
    redaction.hide_all(user=user, rows=list(chain.from_iterable(rows)))


def _group(kind: Kind, rows: Sequence[Any], text: str) -> Group:
    hits = [Hit(row, kind.describe(row=row, text=text)) for row in rows[:MAX_SHOWN]]
    return Group(kind, hits, len(rows) > MAX_SHOWN)
