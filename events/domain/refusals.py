"""Refusals: exceptions of the domain with a sentence for the user on why something is not done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import ClassVar, Final, dataclass_transform

from django.db.models import Model
from django.utils.translation import gettext

from events.domain.access import access
from events.models import Viewer

# Returns the name of a row, if the user may see the row; of any other value its text.
Name = Callable[[object], str]
NAMED: Final = 5  # names of rows in a sentence; the others are counted


@dataclass_transform(eq_default=False)
class Refusal(Exception):
    """Base of all refusals: the domain does not do what it was asked for.

    A subclass stands in the module whose functions raise it. Its annotations are its parameters, as
    in a dataclass. `text` is the msgid of its sentence, with %-placeholders filled by `words`.
    """

    text: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        """Fill `args` from the parameters, as Exception() would."""
        self.args = tuple(self._parameters().values())

    def sentence(self, *, user: Viewer | None) -> str:
        """Return the sentence in the active language.

        Rows that `user` may not see are not named. None stands for the person whom the refusal is
        about, who may see all names.
        """
        return gettext(self.template()) % self.words(partial(_name, user))

    def template(self) -> str:
        """Return the msgid of the sentence; override it if it depends on the parameters."""
        return self.text

    def words(self, name: Name) -> dict[str, object]:
        """Return the values of the placeholders, by default the parameters.

        `name` returns the name of a row, or a substitute if the user may not see it.
        """
        blanks = self.template()
        parameters = self._parameters().items()
        return {key: name(value) for key, value in parameters if f"%({key})s" in blanks}

    def _parameters(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


def some(names: Sequence[str], among: int = 0) -> str:
    """Return the first names and the number of the others: “A; B; C and 4 more”."""
    number = max(among, len(names))
    shown = gettext("; ").join(names[:NAMED])
    more = number - min(len(names), NAMED)
    if not more:
        return shown
    return gettext("%(names)s and %(number)s more") % {"names": shown or "…", "number": more}


def joined(values: Iterable[object], name: Name = str) -> str:
    """Return “A, B, C” in the active language."""
    return gettext(", ").join(map(name, values))


def _name(user: Viewer | None, value: object) -> str:
    is_hidden = user is not None and isinstance(value, Model) and not _is_known(value, user)
    return gettext("(not visible)") if is_hidden else str(value)


def _is_known(row: Model, user: Viewer) -> bool:
    """Whether the user may see the row; also True for a row that is not stored yet."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return access.may_see(user=user, row=row) or not rows.exists()
