"""The registry of what can be found: each app registers its kinds when it starts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.db.models import Model, QuerySet
from django.utils.functional import Promise


class RegisteredTwice(Exception):
    """Two kinds were registered for the same table."""


@dataclass(frozen=True, slots=True)
class Words:
    """A row in words: its title, and what tells it apart from rows with the same title.

    `brief` says how many of these a field of choice shows beside the title.
    """

    title: str
    about: tuple[str, ...] = ()
    brief: int = 0

    @property
    def label(self) -> str:
        """The title and the first of what tells it apart, in one line."""
        return " · ".join((self.title, *self.about[: self.brief]))


class Loader(Protocol):
    def __call__(self, *, rows: QuerySet[Any], now: datetime) -> QuerySet[Any]: ...


class Related(Protocol):
    def __call__(self, *, row: Any) -> Iterable[Model]: ...


class Describer(Protocol):
    def __call__(self, *, row: Any, text: str) -> Words: ...


def _nothing(*, row: Any) -> Iterable[Model]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The rows of one table, whose query set is a FindableQuerySet.

    `load` adds the related rows that `describe` names, without another query for each row. They are
    redacted before: relations that Django has cached, and those of the rows in `related`.
    """

    model: type[Model]
    label: str | Promise
    icon: str
    position: int  # among kinds whose best rows are equally close
    load: Loader
    describe: Describer
    related: Related = _nothing


_KINDS: Final[dict[type[Model], Kind]] = {}


def register(*found: Kind) -> None:
    """Register kinds of rows, so that they are found. Raises RegisteredTwice."""
    for kind in found:
        if kind.model in _KINDS:
            raise RegisteredTwice(kind.model)
        _KINDS[kind.model] = kind


def kinds() -> list[Kind]:
    """Return all kinds in their order."""
    return sorted(_KINDS.values(), key=lambda kind: kind.position)


def of(*, model: type[Model]) -> Kind | None:
    """Return the kind of a table or of its proxy, or None."""
    return _KINDS.get(model._meta.concrete_model or model)
