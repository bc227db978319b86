"""Two rows of one thing: what the one says is kept, and the other adds what is missing.

A model whose rows may be such doubles has a method `absorb`; `domain.merging` asks for it.
"""

from typing import Any

from django.db.models import Model

BLANK: tuple[Any, ...] = (None, "", [])


def fill(row: Model, double: Model, *columns: str) -> None:
    """Fill blank columns from the double."""
    take(row, double, *(column for column in columns if getattr(row, column) in BLANK))


def take(row: Model, double: Model, *columns: str) -> None:
    """Take the columns from the double, where it says anything."""
    for column in columns:
        if getattr(double, column) not in BLANK:
            setattr(row, column, getattr(double, column))


def join(*texts: str) -> str:
    """Return the texts as paragraphs, each once."""
    return "\n\n".join(dict.fromkeys(filter(None, texts)))
