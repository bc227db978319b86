"""People who may be the one whom somebody is about to add: the same name in any script, or mail."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Length, Lower

from events.models import Person, Viewer
from events.models.people.people import PersonQuerySet
from events.values import names

MAX_SHOWN: Final = 5
MAX_ASKED: Final = 60  # spellings that a query compares; for more all names are read
MAX_FOUND: Final = 900  # people for all that are asked for at once
MAX_READ: Final = 200  # rows whose keys contain a name, the shortest and so the nearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of somebody: parts of a name, whole names in any script, and a mail address."""

    family: str = ""
    given: str = ""
    western: str = ""
    spellings: tuple[str, ...] = ()
    email: str = ""


def find(*, asked: Asked, user: Viewer) -> list[Person]:
    """Return at most MAX_SHOWN people whom the user may see and who may be the one asked for.

    Names are compared as a search compares them, so Lü is Lyu and 陳大文 is 陈大文, and family and
    given name may have been exchanged. A mail address counts only if the user may see it.
    """
    written = spellings(asked=asked)
    known = Person.objects.filter(erased_at=None)
    found: dict[int, Person] = {}
    if asked.email:
        same = known.reached_by(user).visible_to(user).filter(email__iexact=asked.email)
        found |= {row.pk: row for row in same.order_by("pk")[:MAX_SHOWN]}
    if written:
        holds = reduce(or_, (Q(search_key__contains=key) for key in sorted(written)))
        near = known.visible_to(user).filter(holds)
        near = near.order_by(Length("search_key"), "pk")[:MAX_READ]
        found |= {row.pk: row for row in near if _is_alike(row, asked, written)}
    return list(found.values())[:MAX_SHOWN]


def find_all(*, asked: Sequence[Asked], user: Viewer) -> list[list[Person]]:
    """Return for each of those asked for what `find` returns, with two queries for all of them."""
    known = Person.objects.filter(erased_at=None).visible_to(user)
    wanted = [spellings(asked=each) for each in asked]
    mails = [each.email.casefold() for each in asked]
    reached = known.reached_by(user).filter(pk__in=_reached(known, mails))
    rows = {row.pk: row for row in known.filter(pk__in=_near(known, set().union(*wanted)))}
    rows_by_mail = {row.pk: row for row in reached}
    by_mail = _grouped(rows_by_mail.values(), lambda row: {row.email.casefold()})
    by_key = _grouped(rows.values(), lambda row: keys(person=row))
    return [
        _first_of(by_mail.get(mail, ()) if mail else (), _alike(each, spelt, by_key))
        for each, mail, spelt in zip(asked, mails, wanted, strict=True)
    ]


def of(*, person: Person, user: Viewer) -> list[Person]:
    """Return the people who may be the same as one who is not stored yet."""
    asked = Asked(
        family=person.family_name,
        given=person.given_name,
        western=person.western_name,
        spellings=tuple(_written(person)),
        email=person.email,
    )
    return [row for row in find(asked=asked, user=user) if row.pk != person.pk]


def spellings(*, asked: Asked) -> set[str]:
    """Return the keys of the name asked for, in every order."""
    written = [turned for text in asked.spellings for turned in _turned(text)]
    return _spellings(_parts(asked.family, asked.given, asked.western), written)


def _near(known: PersonQuerySet, wanted: set[str]) -> list[int]:
    """The keys of the people of whose names one is wanted, or ends with one that is."""
    pairs = known.order_by("pk").values_list("pk", "search_key")
    if len(wanted) <= MAX_ASKED:
        holds = reduce(or_, (Q(search_key__contains=key) for key in sorted(wanted)), Q(pk=None))
        pairs = pairs.filter(holds)
    return [pk for pk, key in pairs if any(end in wanted for end in _ends(key))][:MAX_FOUND]


def _reached(known: PersonQuerySet, mails: Iterable[str]) -> list[int]:
    """The keys of the people with one of these addresses, in whatever case."""
    wanted = set(mails) - {""}
    lower = known.annotate(mail=Lower("email")).filter(mail__in=sorted(wanted))
    return list(lower.values_list("pk", flat=True)[:MAX_FOUND])


def _ends(text: str) -> Iterator[str]:
    """Each key of a person, and what remains of it without its beginning, a Western name."""
    for key in text.split():
        yield from (key[at:] for at in range(len(key)))


def keys(*, person: Person) -> set[str]:
    """Return the keys of the names of a person, also without a Western name before them."""
    return set(_ends(person.search_key))


def _grouped(rows: Iterable[Person], of: Callable[[Person], set[str]]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for row in rows:
        for key in of(row):
            found.setdefault(key, []).append(row)
    return found


def _alike(
    asked: Asked, spellings: set[str], by_key: Mapping[str, Sequence[Person]]
) -> list[Person]:
    """The people who are called as asked for, the shortest names first."""
    found = {row.pk: row for key in spellings for row in by_key.get(key, ())}
    near = sorted(found.values(), key=lambda row: (len(row.search_key), row.pk))
    return [
        row
        for row in near
        if spellings & set(row.search_key.split()) or _is_alike(row, asked, spellings)
    ]


def _first_of(*rows: Iterable[Person]) -> list[Person]:
    return list({row.pk: row for each in rows for row in each}.values())[:MAX_SHOWN]


def _is_alike(person: Person, asked: Asked, spellings: set[str]) -> bool:
    own = _parts(person.family_name, person.given_name, person.western_name)
    if spellings & _spellings(own, _written(person)):
        return True
    return _agree(_parts(asked.family, asked.given, asked.western), own)


def _parts(*texts: str) -> tuple[str, str, str]:
    family, given, western = (names.search_key(text) for text in texts)
    return family, given, western


def _agree(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two names share the family name and a further part, and differ in none of both.

    A Western name may stand in place of the given name: John Lee may be John LEE Ka-chiu.
    """
    return any(_fit(mine, theirs) for mine in _readings(one) for theirs in _readings(other))


def _fit(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    both = [(a, b) for a, b in zip(one, other, strict=True) if a and b]
    return one[0] == other[0] and len(both) > 1 and all(a == b for a, b in both)


def _readings(parts: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    family, given, western = parts
    return [parts] if western or not given else [parts, (family, "", given)]


def _spellings(parts: tuple[str, str, str], written: Iterable[str]) -> set[str]:
    """Return the keys of a name as it may be written: its parts in every order, and whole names."""
    family, given, western = parts
    keys = {names.search_key(text) for text in written}
    first = given or western
    keys |= {family + first, first + family, western + family + given}
    return keys - {""}


def _turned(text: str) -> list[str]:
    """Return a whole name as it is, and with its first or last word, the family name, elsewhere."""
    words = text.split()
    turns = (words, words[1:] + words[:1], words[-1:] + words[:-1])
    return [" ".join(turn) for turn in turns]


def _written(person: Person) -> list[Any]:
    """The names of a person in Chinese characters, and the other names."""
    own = (person.name_zh_hans, person.name_zh_hant)  # type: ignore[attr-defined]
    return [text for text in (*own, *person.aliases) if text]
