"""Opting out of a kind of mail, by the signed link in each such mail."""

from dataclasses import dataclass
from datetime import datetime

from events.domain.access import signedlinks
from events.domain.access.signedlinks import Unknown
from events.models import OptOut, Person, ReminderRule
from events.models.base import history


@dataclass(frozen=True, slots=True)
class Choice:
    """A person, a kind of mail, and whether the person has opted out of it."""

    person: Person
    kind: ReminderRule.Topic
    is_out: bool


def link(*, person: Person, kind: str) -> str:
    """Return the URL at which the person opts out of a kind of mail; always the same."""
    return signedlinks.link(to="opt-out", about=[person.pk, kind])


def read(*, token: str) -> Choice:
    """Return the present choice of the person whom a link was made for.

    Raises signedlinks.Unknown.
    """
    person, kind = _read(token)
    return Choice(person, kind, has_opted_out(person=person, kind=kind))


def choose(*, token: str, out: bool, now: datetime) -> Choice:
    """Opt the person out of a kind of mail, or in again. Idempotent.

    Raises signedlinks.Unknown.
    """
    person, kind = _read(token)
    if out:
        OptOut.objects.get_or_create(person=person, kind=kind, defaults={"since": now})
    else:
        OptOut.objects.filter(person=person, kind=kind).delete()
    return Choice(person, kind, out)


def has_opted_out(*, person: Person, kind: str) -> bool:
    return OptOut.objects.filter(person=person, kind=kind).exists()


def _read(token: str) -> tuple[Person, ReminderRule.Topic]:
    key, kind = signedlinks.read(to="opt-out", token=token)
    person = _person(key)
    if person is None or person.erased_at:
        raise Unknown
    return person, ReminderRule.Topic(kind)


def _person(key: int) -> Person | None:
    """Return the person; if their record was merged since, the one that it was merged into."""
    person = Person.objects.filter(pk=key).first()
    kept = history.of(Person)
    if person or kept is None:
        return person
    merged = kept.filter(id=key, history_change_reason__startswith=history.MERGED)
    record = merged.order_by("-history_id").first()
    if record is None:
        return None
    return _person(int(record.history_change_reason.removeprefix(history.MERGED)))
