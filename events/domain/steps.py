"""State machines: the steps that the state of a row allows, and how a step is taken."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext_noop

from events.domain.refusals import Name, Refusal
from events.models.base import history

Row = TypeVar("Row", bound=Model)
Table = Mapping[str, tuple[str, ...]]  # the verbs that each state allows


class NotAllowed(Refusal):
    """The state of a row forbids the step; `column` is the column with the state."""

    row: Any
    verb: str
    column: ClassVar[str] = "status"
    text = gettext_noop("This step is not possible now: the state is “%(state)s”.")

    def words(self, name: Name) -> dict[str, object]:
        state = getattr(self.row, f"get_{self.column}_display")()
        return {"name": name(self.row), "state": state}


class ChangedSince(Refusal):
    """The row has changed after the step that was to be undone."""

    row: Any
    text = gettext_noop("“%(row)s” has changed since, so the step cannot be undone.")


def no_obstacle(row: Model, verb: str) -> None:
    """Return None: the table alone decides. The default of `Machine.obstacle`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(Generic[Row]):
    """The states of a row and the steps between them.

    `hold` locks a row until the end of the transaction and returns it as stored. `obstacle` returns
    the row whose state forbids a step that the table allows, or None.
    """

    table: Table
    refusal: type[NotAllowed]
    hold: Callable[[Row], Row]
    obstacle: Callable[[Row, str], Model | None] = no_obstacle

    def next_steps(self, row: Row) -> tuple[str, ...]:
        """Return the verbs that are legal now."""
        return tuple(verb for verb in self._allowed(row) if self.obstacle(row, verb) is None)

    def begin(self, row: Row, verb: str) -> Row:
        """Lock the row and return it as stored. Raises NotAllowed."""
        held = self.hold(row)
        forbids = self.obstacle(held, verb) if verb in self._allowed(held) else held
        if forbids is not None:
            raise self.refusal(forbids, verb)
        return held

    @contextmanager
    def step(self, row: Row, verb: str) -> Iterator[Row]:
        """Lock and yield the row, in a transaction; afterwards reload the row passed in."""
        with transaction.atomic():
            yield self.begin(row, verb)
        row.refresh_from_db()

    def _allowed(self, row: Row) -> tuple[str, ...]:
        return self.table.get(getattr(row, self.refusal.column), ())


def stamps(*, rows: Collection[Model]) -> dict[int, int]:
    """Return for each row, by key, a number that rises with each change of it.

    It is the key of its latest history record. Rows of a table without a history have none. All
    rows are of one table.
    """
    model = next((row._meta.concrete_model for row in rows), None)
    records = history.of(model) if model else None
    if records is None:
        return {}
    latest = records.filter(id__in=[row.pk for row in rows]).order_by().values_list("id")
    return dict(latest.annotate(Max("history_id")))


def former(*, row: Model, stamp: int, columns: Collection[str]) -> dict[str, Any] | None:
    """Return what columns of a row were before the change of the stamp; None if nobody knows."""
    records = history.of(row._meta.concrete_model or type(row))
    if records is None:
        return None
    earlier = records.filter(id=row.pk, history_id__lt=stamp).order_by("-history_id")
    return earlier.values(*columns).first()


def check_unchanged(*, row: Model, stamp: int) -> None:
    """Raise ChangedSince if the row has changed since the stamp; call it when it is locked."""
    if stamps(rows=[row]).get(row.pk) != stamp:
        raise ChangedSince(row)
