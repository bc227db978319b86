"""Kinds of mail: each app registers those that it sends, as it starts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn, Protocol

from django.utils.functional import Promise

from events.domain.mail.transport import Message
from events.models import Delivery
from events.models.mail.kinds import LABELS

# The state that a mail ends in which must not go, and a Delivery.Reason or "".
Ending = tuple[Delivery.State, str]


class RegisteredTwice(Exception):
    """Two kinds of mail would be stored under one value."""


class Unknown(LookupError):
    """No app has registered the kind of a mail, so nobody can compose it."""


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
    """What a stored value of `Delivery.kind` means.

    `refusal` is asked right before the mail is composed, in the same transaction. Where `is_plain`
    says that the rows that were read leave no doubt, `refusal` is not asked: `transitions.sending`
    checks in its own statement that these rows still stand.
    """

    value: str
    label: str | Promise
    compose: Composer
    refusal: Check
    is_plain: Question = _never


_KINDS: Final[dict[str, Kind]] = {}


def register(*found: Kind) -> None:
    """Let mails of these kinds be sent. Raises RegisteredTwice."""
    for kind in found:
        if kind.value in _KINDS:
            raise RegisteredTwice(kind.value)
        _KINDS[kind.value] = kind
        LABELS[kind.value] = kind.label


def of(*, delivery: Delivery) -> Kind:
    """Return the kind of a mail; one that no app has registered is held back."""
    value = delivery.kind
    return _KINDS.get(value) or Kind(value=value, label=value, compose=_unknown, refusal=_hold)


def _hold(*, delivery: Delivery) -> Ending:
    """Keep the mail until the app that sends it is back, or an organiser drops it."""
    return Delivery.State.HELD, Delivery.Reason.NO_SENDER


def _unknown(*, delivery: Delivery, now: datetime) -> NoReturn:
    raise Unknown(delivery.kind)
