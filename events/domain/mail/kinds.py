"""The registry of kinds of mail: each app registers the kinds that it sends when it starts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn, Protocol

from django.utils.functional import Promise

from events.domain.mail.transport import Message
from events.models import Delivery
from events.models.mail.kinds import LABELS

# Why a mail must not be sent: the state in which it ends, and a Delivery.Reason or "".
Ending = tuple[Delivery.State, str]


class RegisteredTwice(Exception):
    """Two kinds of mail were registered with the same stored value."""


class Unknown(LookupError):
    """No app has registered the kind of the mail, so it cannot be composed."""


class Composer(Protocol):
    def __call__(self, *, delivery: Delivery, now: datetime) -> Message: ...


class Check(Protocol):
    def __call__(self, *, delivery: Delivery) -> Ending | None: ...


class Question(Protocol):
    def __call__(self, *, delivery: Delivery) -> bool: ...


def _never(*, delivery: Delivery) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The functions for one value of `Delivery.kind`.

    `refusal` is the check before sending; it runs right before the mail is composed, in the same
    transaction. If `needs_no_check` is true for a delivery, the rows that were read suffice and
    `refusal` is skipped: the UPDATE of `transitions.sending` checks that they are unchanged.
    """

    value: str
    label: str | Promise
    compose: Composer
    refusal: Check
    needs_no_check: Question = _never


_KINDS: Final[dict[str, Kind]] = {}


def register(*found: Kind) -> None:
    """Register kinds of mail, so that they can be sent. Raises RegisteredTwice."""
    for kind in found:
        if kind.value in _KINDS:
            raise RegisteredTwice(kind.value)
        _KINDS[kind.value] = kind
        LABELS[kind.value] = kind.label


def of(*, delivery: Delivery) -> Kind:
    """Return the kind of a mail; for an unregistered one a kind that holds the mail back."""
    value = delivery.kind
    return _KINDS.get(value) or Kind(value=value, label=value, compose=_unknown, refusal=_hold)


def _hold(*, delivery: Delivery) -> Ending:
    """Hold the mail until an organiser drops it, or its app is back and it is released."""
    return Delivery.State.HELD, Delivery.Reason.NO_SENDER


def _unknown(*, delivery: Delivery, now: datetime) -> NoReturn:
    raise Unknown(delivery.kind)
