"""Who the guests of a list are: people and organisations on record, or new ones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q

from events.domain.directory import namesakes
from events.domain.directory.namesakes import Asked
from events.models import Appointment, Attendee, Organisation, Person, Viewer
from events.values import names, writtennames

MAX_ASKED: Final = 60  # names of organisations that a query compares; for more all are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """What somebody wrote of a guest.

    `person` is one on record whom they chose; `another` says that it is none of those in `seen`,
    who were shown as alike.
    """

    family: str = ""
    given: str = ""
    western: str = ""
    characters: str = ""
    honorific: str = ""
    organisation: str = ""
    office: str = ""
    email: str = ""
    language: str = ""
    role: str = ""
    tags: tuple[str, ...] = ()
    shown_in_public: bool = False
    person: int | None = None
    another: bool = False
    seen: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        """The formal name of a new person, as `Person.derive` makes it."""
        order = names.likely_order(family=self.family, given=self.given, western=self.western)
        parts = names.Name(family=self.family, given=self.given, western=self.western, order=order)
        return names.formal(parts)


def called(text: str, **known: Any) -> Guest:
    """Return a guest whose name is written in one text, in any order and script."""
    read = writtennames.read(text)
    return Guest(
        family=read.family,
        given=read.given,
        western=read.western,
        characters=read.characters,
        honorific=read.honorific,
        **known,
    )


@dataclass(slots=True)
class Match:
    """Who a guest is: a person on record, one of several alike, or else a new one."""

    guest: Guest
    person: Person | None = None
    alike: Sequence[Person] = ()
    organisation: Organisation | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to say which of the people alike it is, or that it is none."""
        if self.person is not None or not self.alike:
            return False
        shown = {row.pk for row in self.alike} <= self.guest.seen
        return not (self.guest.another and shown)

    @property
    def is_nameless(self) -> bool:
        """Whether it would be a new person of whom not even the name is known."""
        is_named = bool(self.guest.family or self.guest.characters)
        return self.person is None and not is_named and self.guest.person is None

    @property
    def is_lost(self) -> bool:
        """Whether a person was chosen whom the user may not see, or who is no more."""
        return self.guest.person is not None and self.person is None


def match(*, guests: Sequence[Guest], user: Viewer, now: datetime) -> list[Match]:
    """Return who the guests are; the number of queries does not depend on how many they are.

    A guest is on record if the mail address is that of one person of this name, or if one person
    of this name holds an office in, or has come for, the same organisation.
    """
    bodies = organisations(texts=[guest.organisation for guest in guests], user=user)
    chosen = _chosen(guests, user)
    sought = [guest for guest in guests if guest.person is None]
    found = namesakes.find_all(asked=list(map(_asked, sought)), user=user)
    alike = iter(found)
    people = {row.pk for rows in found for row in rows}
    works_for = _works_for(people, now)
    reached = set(
        Person.objects.reached_by(user).filter(pk__in=people).values_list("pk", flat=True)
    )
    matches = []
    for guest in guests:
        body = bodies.get(names.search_key(guest.organisation))
        if guest.person is not None:
            matches.append(Match(guest, chosen.get(guest.person), (), body))
        else:
            matches.append(_among(guest, next(alike), body, works_for, reached))
    return matches


def organisations(*, texts: Iterable[str], user: Viewer) -> dict[str, Organisation]:
    """Return the organisations of these names that the user may see, by search key."""
    wanted = {names.search_key(text) for text in texts} - {""}
    rows = Organisation.objects.visible_to(user).order_by("pk")
    if len(wanted) <= MAX_ASKED:
        holds = (Q(search_key__contains=key) for key in sorted(wanted))
        rows = rows.filter(reduce(or_, holds, Q(pk=None)))
    keys = {
        key: pk
        for pk, found in reversed(rows.values_list("pk", "search_key"))
        for key in wanted.intersection(found.split())
    }
    known = Organisation.objects.in_bulk(keys.values())
    return {key: known[pk] for key, pk in keys.items()}


def _asked(guest: Guest) -> Asked:
    return Asked(
        family=guest.family,
        given=guest.given,
        western=guest.western,
        spellings=(guest.characters,) if guest.characters else (),
        email=guest.email,
    )


def _chosen(guests: Iterable[Guest], user: Viewer) -> dict[int, Person]:
    keys = {guest.person for guest in guests if guest.person is not None}
    rows = Person.objects.visible_to(user).filter(pk__in=keys, erased_at=None)
    return {row.pk: row for row in rows}


def _works_for(keys: set[int], now: datetime) -> dict[int, set[int]]:
    """The organisations in which these people hold an office, or which they have represented."""
    held = Appointment.objects.on(now.date()).filter(person__in=keys)
    came = Attendee.objects.filter(person__in=keys).exclude(representing=None)
    pairs = [
        *held.exclude(organisation=None).values_list("person", "organisation"),
        *came.order_by().values_list("person", "representing").distinct(),
    ]
    found: dict[int, set[int]] = {}
    for person, body in pairs:
        found.setdefault(person, set()).add(body)
    return found


def _among(
    guest: Guest,
    alike: Sequence[Person],
    body: Organisation | None,
    works_for: Mapping[int, set[int]],
    reached: Collection[int],
) -> Match:
    mail = guest.email.casefold()
    mails = {row.pk: row.email.casefold() for row in alike if row.pk in reached}
    by_mail = [row for row in alike if mail and mails.get(row.pk) == mail]
    sure = [row for row in by_mail if _is_called(row, guest)]
    if not sure and body:
        sure = [row for row in alike if body.pk in works_for.get(row.pk, ())]
        sure = [row for row in sure if not mail or mails.get(row.pk, mail) in ("", mail)]
    if len(sure) == 1 and not guest.another:
        return Match(guest, sure[0], (), body)
    return Match(guest, None, alike, body)


def _is_called(person: Person, guest: Guest) -> bool:
    """Whether a person with the same address has the guest's name, as far as that is known."""
    if not guest.family and not guest.characters:
        return True
    return bool(set(namesakes.spellings(asked=_asked(guest))) & set(namesakes.keys(person=person)))
