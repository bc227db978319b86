"""Plans: which mails a change plans, and whether they go, wait, or are left out.

A form changes many rows through many functions, so the choice of its user is kept in a context
variable as long as the change lasts, instead of in the signature of each of them. Whatever plans a
mail records it in the current plan. `domain.telling` opens a plan and reads it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from events.models import Event, NoticeBatch, Telling


@dataclass(slots=True)
class Plan:
    """The mails that one change plans.

    A `choice` of None means that nobody has chosen yet: mails are planned as with NOW. `keys` are
    deduplication keys of mails, `changes` primary keys of the EventChange rows that notices will
    report. `batches` are the batches of changes that are not told now, by team, and `stored` the
    events as they were before, by primary key. With `joins` a change that is told LATER joins those
    of the same programme that are held already, so that each person gets one mail about all.
    """

    choice: Telling | None = Telling.NOW
    joins: bool = False
    keys: set[str] = field(default_factory=set)
    changes: set[int] = field(default_factory=set)
    batches: dict[int, NoticeBatch] = field(default_factory=dict)
    stored: dict[int, Event] = field(default_factory=dict)

    @property
    def telling(self) -> Telling:
        return self.choice or Telling.NOW

    def saw(self, *, event: Event, stored: Event) -> None:
        """Record an event before its change; of several changes the first counts."""
        self.stored.setdefault(event.pk, stored)


_current: Final[ContextVar[Plan | None]] = ContextVar("plan", default=None)


def current() -> Plan:
    """Return the open plan; if there is none, one that nobody reads."""
    return _current.get() or Plan()


def is_open() -> bool:
    """Whether somebody decides about the mails; if not, the change happens by itself."""
    return _current.get() is not None


@contextmanager
def opened(*, choice: Telling | None, joins: bool = False) -> Iterator[Plan]:
    """Open a plan until the end of the block."""
    plan = Plan(choice, joins)
    token = _current.set(plan)
    try:
        yield plan
    finally:
        _current.reset(token)
