"""State machines: which steps the state of a row allows, and how a step is taken."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_noop

from events.domain.refusals import Name, Refusal

Row = TypeVar("Row", bound=Model)
Table = Mapping[str, tuple[str, ...]]  # the verbs that each state allows


class NotAllowed(Refusal):
    """The state of a row forbids the step; `column` is where the row has its state."""

    row: Any
    verb: str
    column: ClassVar[str] = "status"
    text = gettext_noop("This step is not possible now: the state is “%(state)s”.")

    def words(self, name: Name) -> dict[str, object]:
        state = getattr(self.row, f"get_{self.column}_display")()
        return {"name": name(self.row), "state": state}


def no_obstacle(row: Model, verb: str) -> None:
    """Let the table alone decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(Generic[Row]):
    """The states of a row and the steps between them.

    `hold` locks a row until the transaction ends and returns it as it stands. `obstacle` returns
    the row whose state forbids a step that the table allows, if there is one.
    """

    table: Table
    refusal: type[NotAllowed]
    hold: Callable[[Row], Row]
    obstacle: Callable[[Row, str], Model | None] = no_obstacle

    def next_steps(self, row: Row) -> tuple[str, ...]:
        """Return the verbs that are legal now."""
        return tuple(verb for verb in self._allowed(row) if self.obstacle(row, verb) is None)

    def begin(self, row: Row, verb: str) -> Row:
        """Return the row as it stands, locked; raise NotAllowed."""
        held = self.hold(row)
        forbids = self.obstacle(held, verb) if verb in self._allowed(held) else held
        if forbids is not None:
            raise self.refusal(forbids, verb)
        return held

    @contextmanager
    def step(self, row: Row, verb: str) -> Iterator[Row]:
        """Yield the row as it stands, in a transaction; then the given one is as it is stored."""
        with transaction.atomic():
            yield self.begin(row, verb)
        row.refresh_from_db()

    def _allowed(self, row: Row) -> tuple[str, ...]:
        return self.table.get(getattr(row, self.refusal.column), ())
