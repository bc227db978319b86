"""Three-way merge: what a source said last, what it says now, and what stands here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merge:
    """The columns whose two sides differ, by what becomes of them, in the order of the source.

    `taken` changed there alone: the source's value is taken over. `ours` changed here alone and
    `collide` changed on both sides to different values: what stands here is kept.
    """

    taken: tuple[str, ...]
    ours: tuple[str, ...]
    collide: tuple[str, ...]


def merge(
    *, base: Mapping[str, Any], there: Mapping[str, Any], here: Mapping[str, Any], unset: Any = None
) -> Merge:
    """Compare the columns of `there` with what it said last (`base`) and what stands here.

    A column that `base` does not know counts as `unset` in it. `here` holds all columns of `there`.
    """
    differing = [name for name in there if there[name] != here[name]]
    as_said = {name for name in differing if there[name] == base.get(name, unset)}
    as_left = {name for name in differing if here[name] == base.get(name, unset)}
    return Merge(
        taken=tuple(name for name in differing if name in as_left),
        ours=tuple(name for name in differing if name in as_said),
        collide=tuple(name for name in differing if name not in as_said | as_left),
    )
