"""Slugs, the short names in addresses: unique, and cut to the length of their column."""

import uuid
from collections.abc import Collection
from itertools import chain, count
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.text import slugify

from events.models.base.locks import hold_tree

RESERVED: Final = 10  # characters that a suffix may take


def free(*, rows: QuerySet[Any], stem: str, beside: Collection[str] = ()) -> str:
    """Return the stem, with a number appended if one of the rows already has it.

    `beside` are slugs of rows that are stored in the same transaction, but later. The lock of the
    tree keeps others from taking it until the transaction ends, so call it before an event is
    locked. Raises locks.NoTransaction.
    """
    hold_tree()
    stem = _cut(rows, stem)
    taken = {*rows.filter(slug__startswith=stem).values_list("slug", flat=True), *beside}
    slugs = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(slug for slug in slugs if slug not in taken)


def named(
    *,
    rows: QuerySet[Any],
    text: str,
    within: str = "",
    otherwise: str = "",
    beside: Collection[str] = (),
) -> str:
    """Return a slug for a name, behind the slug of what it lies `within`, as `free` does.

    A name without letters that a slug may have, such as a Chinese one, gets a random one: behind
    `within`, `otherwise`, or the name of the model.
    """
    if any(map(str.isalpha, slugify(text))):
        return free(rows=rows, stem=slugify(f"{within} {text}"), beside=beside)
    return random(rows=rows, stem=slugify(within) or otherwise or rows.model._meta.model_name or "")


def unless_taken(*, rows: QuerySet[Any], slug: str, beside: Collection[str] = ()) -> str:
    """Return the slug unchanged if none of the rows has it, else as `free` does."""
    hold_tree()
    if slug in beside or rows.filter(slug=slug).exists():
        return free(rows=rows, stem=slug, beside=beside)
    return slug


def random(*, rows: QuerySet[Any], stem: str) -> str:
    """Return the stem with eight random hexadecimal digits, unique without a query."""
    return f"{_cut(rows, stem)}-{uuid.uuid4().hex[:8]}"


def _cut(rows: QuerySet[Any], stem: str) -> str:
    length = rows.model._meta.get_field("slug").max_length
    return stem[: length - RESERVED].strip("-")
