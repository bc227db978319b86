"""Rows of guests as they are typed or pasted: read, checked, and said who each of them is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from events.domain.attendance import tags
from events.domain.guests.matching import Guest, Match
from events.models import Person
from events.values import names, writtennames
from events.values.guestlines import Line
from events.values.keys import is_key

PARTS: Final = ("family", "given", "western", "characters")
# The fields of a row, with the longest text that each takes.
FIELDS: Final = {
    "name": 250,
    "organisation": 250,
    "email": 254,
    "role": 20,
    "language": 10,
    "tags": 500,
    **dict.fromkeys(PARTS, 100),
    "honorific": 40,
    "office": 200,
    "who": 20,
    "seen": 200,
    "split": 250,
    "leave": 2,
}
MAX_ROWS: Final = 400  # that a page reads
ANOTHER: Final = "new"  # in the field “who”: none of the people alike
FIELD: Final = re.compile(r"g(\d{1,4})-(\w+)")


@dataclass(slots=True)
class Row:
    """One guest of the page: what was typed, what is wrong with it, and who it may be."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    found: str = ""  # the person on record, in words

    @property
    def is_blank(self) -> bool:
        told = ("name", "organisation", "email", "tags", "who", "office", *PARTS)
        return not any(map(self.values.get, told))

    @property
    def is_left_out(self) -> bool:
        return bool(self.values.get("leave"))

    @property
    def is_asked(self) -> bool:
        """Whether the row offers people of whom it may be one."""
        return bool(self.choices)

    @property
    def parts(self) -> list[tuple[str, Any, str]]:
        """The fields of the second line: their names, labels and values."""
        names = (*PARTS, "honorific", "office")
        return [(name, LABELS[name], self.values.get(name, "")) for name in names]

    @property
    def formal(self) -> str:
        """The name as it would be written."""
        return guest(self).name if self.values.get("family") else ""


def sent(data: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a form that somebody has sent, without those left blank."""
    found: dict[int, Row] = {}
    for name, value in data.items():
        match = FIELD.fullmatch(name)
        if match and match[2] in FIELDS and (int(match[1]) in found or len(found) < MAX_ROWS):
            row = found.setdefault(int(match[1]), Row(int(match[1])))
            row.values[match[2]] = str(value).replace("\0", "").strip()
    rows = [found[number] for number in sorted(found)]
    return [row for row in rows if not row.is_blank]


def of_line(line: Line, number: int) -> Row:
    """Return the row of a line that was pasted."""
    columns = ("name", "organisation", "email", "role", "language", "tags", *PARTS, "office")
    row = Row(number, {name: getattr(line, name) for name in (*columns, "honorific")})
    if line.same_as:
        row.values["leave"] = "on"
        row.notes.append(gettext("The same as in line %(number)s.") % {"number": line.same_as})
    if line.rest:
        text = gettext("Not used: %(cells)s.")
        row.notes.append(text % {"cells": gettext("; ").join(line.rest)})
    return row


def split(row: Row) -> None:
    """Read the parts of the name, unless somebody has corrected those of this name."""
    typed, values = row.values.get("name", ""), row.values
    corrected = values.get("family") and values.get("split", "") in ("", typed)
    if not typed or corrected or is_key(values.get("who", "")):
        return
    read = writtennames.read(typed)
    for name in PARTS:
        values[name] = getattr(read, name)
    values["honorific"] = values.get("honorific") or read.honorific
    values["split"] = typed


def check(row: Row, roles: Mapping[str, str], *, needs_organisation: bool = False) -> None:
    """Note what is wrong with each field of a row; a role in words becomes its key."""
    values = row.values
    if needs_organisation and not values.get("organisation"):
        row.errors["organisation"] = gettext("Write an organisation, or choose one.")
    only_mail = values.get("email") and not values.get("name")
    if not is_key(values.get("who", "")) and not values.get("family") and not only_mail:
        row.errors["name"] = gettext("Write a name, or choose a person.")
    for name, longest in FIELDS.items():
        if len(values.get(name, "")) > longest:
            text = gettext("At most %(number)s characters.")
            row.errors[name] = text % {"number": longest}
    if email := values.get("email"):
        try:
            validate_email(email)
        except ValidationError as error:
            row.errors["email"] = str(error.messages[0])
    _check_choice(row, "role", roles)
    _check_choice(row, "language", languages())
    if any(len(tag) > tags.MAX_CHARS for tag in tags.parse(text=values.get("tags", ""))):
        text = gettext("A tag has at most %(number)s characters.")
        row.errors["tags"] = text % {"number": tags.MAX_CHARS}


def _check_choice(row: Row, name: str, known: Mapping[str, str]) -> None:
    word = row.values.get(name, "")
    if not word or word in known.values():
        return
    if found := known.get(names.search_key(word)):
        row.values[name] = found
    else:
        row.errors[name] = gettext("“%(word)s” is none of these; choose one.") % {"word": word}
        row.values[name] = ""


def languages() -> dict[str, str]:
    return {names.search_key(str(label)): code for code, label in settings.LANGUAGES}


def role_words(choices: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Return the keys of roles by the search keys of their names in every language."""
    found: dict[str, str] = {}
    roles = list(choices)
    for code, _label in settings.LANGUAGES:
        with override(code):
            found |= {names.search_key(str(label)): key for key, label in roles}
    return found | {names.search_key(key): key for key, _label in roles}


def guest(row: Row) -> Guest:
    """Return what the domain takes of a row."""
    values = {name: row.values.get(name, "") for name in FIELDS}
    who = values["who"]
    seen = frozenset(int(key) for key in values["seen"].split() if is_key(key))
    parts: dict[str, Any] = {
        name: values[name] for name in (*PARTS, "honorific", "office", "organisation")
    }
    return Guest(
        **parts,
        email=values["email"],
        language=values["language"],
        role=values["role"],
        tags=tuple(tags.parse(text=values["tags"])),
        person=int(who) if is_key(who) else None,
        another=who == ANOTHER,
        seen=seen,
    )


def tell(
    row: Row, match: Match, labels: Mapping[int, str], listed: Mapping[int, str], note: str
) -> None:
    """Say of a row who it is: on record, one of several, or new; with a note it is left out."""
    if match.is_lost:
        row.errors["who"] = gettext("This person is not on record any more; choose again.")
        row.values["who"] = ""
    elif match.person:
        row.values["who"] = str(match.person.pk)
        row.found = labels.get(match.person.pk, str(match.person))
    elif match.alike:
        row.choices = [(str(each.pk), _choice(each, labels, listed)) for each in match.alike]
        row.choices.append((ANOTHER, gettext("none of these: a new person")))
        row.values["seen"] = " ".join(str(person.pk) for person in match.alike)
    if note:
        row.values["leave"] = "on"
        row.notes.append(note)
    if match.guest.organisation and match.organisation is None:
        text = gettext("“%(name)s” is a new organisation.")
        row.notes.append(text % {"name": match.guest.organisation})


def _choice(person: Person, labels: Mapping[int, str], listed: Mapping[int, str]) -> str:
    words = labels.get(person.pk, str(person))
    if role := listed.get(person.pk):
        text = gettext("%(name)s – on the list already: %(role)s")
        return text % {"name": words, "role": role}
    return words


def ask(row: Row) -> None:
    """Mark a row of which somebody has to say who it is."""
    if row.choices:
        row.errors["who"] = gettext("Is it one of these?")
    else:
        row.errors["name"] = gettext("Write a name, or choose a person.")


LABELS: Final = {
    "name": _("Full name"),
    "organisation": capfirst(_("organisation")),
    "email": capfirst(_("e-mail")),
    "language": capfirst(_("language")),
    "tags": capfirst(_("tags")),
    "family": capfirst(_("family name")),
    "given": capfirst(_("given name")),
    "western": capfirst(_("additional English name")),
    "characters": _("Name in Chinese"),
    "office": _("Title or office"),
    "honorific": capfirst(_("honorific")),
}
