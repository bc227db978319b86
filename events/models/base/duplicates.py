"""Merge two rows that describe the same thing: the kept row wins, the other fills its gaps.

A model with such duplicates has a method `merge_from`, called by `domain.directory.merging`.
"""

from typing import Any

from django.db.models import Model

BLANK: tuple[Any, ...] = (None, "", [])


def fill(row: Model, double: Model, *columns: str) -> None:
    """Fill the blank columns of `row` with the values of its duplicate."""
    take(row, double, *(column for column in columns if getattr(row, column) in BLANK))


def take(row: Model, double: Model, *columns: str) -> None:
    """Copy the columns from the duplicate, except where they are blank there."""
    for column in columns:
        if getattr(double, column) not in BLANK:
            setattr(row, column, getattr(double, column))


def join(*texts: str) -> str:
    """Return the texts as paragraphs, without empty and repeated ones."""
    return "\n\n".join(dict.fromkeys(filter(None, texts)))
