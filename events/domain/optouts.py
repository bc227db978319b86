"""Opting out: somebody wants no mails of a kind any more; by a signed link or through us."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from events.models import OptOut, Person, ReminderRule, history

# What a signature is for: that of another link says nothing here.
PURPOSE: Final = "attache: no more mails of a kind"
LONGEST: Final = 200


class Unknown(Exception):
    """No such link was ever sent, or the person is not on record any more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a link is about: mails of a kind to a person, and whether they are stopped."""

    person: Person
    kind: ReminderRule.Topic
    is_out: bool


def link(*, person: Person, kind: str) -> str:
    """Return the address at which the person stops mails of a kind; always the same."""
    token = _signer().sign_object([person.pk, kind], compress=False)
    return settings.SITE_URL + reverse("opt-out", args=[token])


def read(*, token: str) -> Choice:
    """Return what a link is about. Raises Unknown."""
    person, kind = _read(token)
    return Choice(person, kind, has_opted_out(person=person, kind=kind))


def choose(*, token: str, out: bool, now: datetime) -> Choice:
    """Stop or resume mails of a kind; the same once more changes nothing. Raises Unknown."""
    person, kind = _read(token)
    if out:
        OptOut.objects.get_or_create(person=person, kind=kind, defaults={"since": now})
    else:
        OptOut.objects.filter(person=person, kind=kind).delete()
    return Choice(person, kind, out)


def has_opted_out(*, person: Person, kind: str) -> bool:
    return OptOut.objects.filter(person=person, kind=kind).exists()


def _signer() -> Signer:
    return Signer(salt=PURPOSE)


def _read(token: str) -> tuple[Person, ReminderRule.Topic]:
    if len(token) > LONGEST:
        raise Unknown
    try:
        key, kind = _signer().unsign_object(token)
    except BadSignature as error:
        raise Unknown from error
    person = _person(key)
    if person is None or person.erased_at:
        raise Unknown
    return person, ReminderRule.Topic(kind)


def _person(key: int) -> Person | None:
    """The person, also when their record has become part of another since."""
    person = Person.objects.filter(pk=key).first()
    kept = history.of(Person)
    if person or kept is None:
        return person
    merged = kept.filter(id=key, history_change_reason__startswith=history.MERGED)
    record = merged.order_by("-history_id").first()
    if record is None:
        return None
    return _person(int(record.history_change_reason.removeprefix(history.MERGED)))
