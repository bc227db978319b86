"""Three-way merge of columns: previous value of a source, its present value, and our value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merge:
    """The columns in which source and row differ, by outcome, in the order of the source.

    `taken` changed in the source only: its value is taken over. `ours` changed here only, and
    `collide` changed on both sides to different values: our value stays.
    """

    taken: tuple[str, ...]
    ours: tuple[str, ...]
    collide: tuple[str, ...]


def merge(
    *, base: Mapping[str, Any], there: Mapping[str, Any], here: Mapping[str, Any], unset: Any = None
) -> Merge:
    """Compare what the source says now (`there`) and said before (`base`) with the row (`here`).

    A column that is missing in `base` had the value `unset`. `here` contains all columns of
    `there`.
    """
    differing = [name for name in there if there[name] != here[name]]
    as_said = {name for name in differing if there[name] == base.get(name, unset)}
    as_left = {name for name in differing if here[name] == base.get(name, unset)}
    return Merge(
        taken=tuple(name for name in differing if name in as_left),
        ours=tuple(name for name in differing if name in as_said),
        collide=tuple(name for name in differing if name not in as_said | as_left),
    )
