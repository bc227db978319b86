"""Why the domain does not do what it was asked for, in a sentence for whoever asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import ClassVar, Final, dataclass_transform

from django.db.models import Model
from django.utils.translation import gettext

from events.domain.access import access
from events.models import Viewer

# Returns the name of a row as the reader may know it; of anything else its words.
Name = Callable[[object], str]
NAMED: Final = 5  # rows that a sentence names; of more it says how many


@dataclass_transform(eq_default=False)
class Refusal(Exception):
    """Something that the domain does not do.

    A subclass stands beside the function that raises it. Its annotations are its parameters, as in
    a dataclass; `text` is the msgid of its sentence, whose blanks `words` fills.
    """

    text: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        """Keep the parameters where an exception has them."""
        self.args = tuple(self._parameters().values())

    def sentence(self, *, user: Viewer | None) -> str:
        """Return the reason in the active language; rows that the user may not see have no name.

        None stands for the person whom the refusal is about: they may read all of it.
        """
        return gettext(self.template()) % self.words(partial(_name, user))

    def template(self) -> str:
        """Return the msgid of the sentence, where it depends on the parameters."""
        return self.text

    def words(self, name: Name) -> dict[str, object]:
        """Return what fills the blanks, rows by their `name`; by default the parameters."""
        blanks = self.template()
        parameters = self._parameters().items()
        return {key: name(value) for key, value in parameters if f"%({key})s" in blanks}

    def _parameters(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


def some(names: Sequence[str], among: int = 0) -> str:
    """Return the first names and how many there are besides: “A; B; C and 4 more”."""
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
    """Whether the user may see it, or is about to add it."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return access.may_see(user=user, row=row) or not rows.exists()
