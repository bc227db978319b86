"""Redaction for the user of a request; see `domain/access/redaction.py`."""

from collections.abc import Iterable

from django.db import models
from django.http import HttpRequest

from events.domain.access import redaction
from events.domain.access.redaction import Link, may_be

__all__ = ["hide", "links", "may_be", "relations"]


def relations(request: HttpRequest, row: models.Model) -> list[str]:
    """Return the names of a row's relations whose target the user may not see."""
    return [field.name for _row, field in links(request, [row])]


def links(request: HttpRequest, rows: Iterable[models.Model]) -> list[Link]:
    """Return the relations of the rows whose target the user may not see."""
    return redaction.links(user=request.user, rows=rows)


def hide(request: HttpRequest, rows: Iterable[models.Model], *, loaded: bool = False) -> None:
    """Hide such relations on instances that will be rendered and never saved."""
    redaction.hide(user=request.user, rows=rows, loaded=loaded)
