"""Short names in addresses: cut to their column, and free."""

import uuid
from itertools import chain, count
from typing import Any, Final

from django.db.models import QuerySet

from events.models.base.locks import hold_tree

RESERVED: Final = 10  # characters of the column, for what is put behind a stem


def free(*, rows: QuerySet[Any], stem: str) -> str:
    """Return the stem, with a number behind it where one of the rows has it already.

    Until the transaction ends nobody else is given it: it holds the lock of the tree, so call it
    before an event is locked. Raises locks.NoTransaction.
    """
    hold_tree()
    stem = _cut(rows, stem)
    taken = set(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
    slugs = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(slug for slug in slugs if slug not in taken)


def random(*, rows: QuerySet[Any], stem: str) -> str:
    """Return the stem with eight random digits: nobody need be asked whether it is free."""
    return f"{_cut(rows, stem)}-{uuid.uuid4().hex[:8]}"


def _cut(rows: QuerySet[Any], stem: str) -> str:
    length = rows.model._meta.get_field("slug").max_length
    return stem[: length - RESERVED].strip("-")
