"""Filters of the lists."""

from typing import Any

from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from events.domain import access


class ScopedFilter(RelatedDropdownFilter):
    """A choice among the related rows that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        rows = access.visible(user=request.user, model=field.related_model).order_by("pk")
        return sorted(((row.pk, str(row)) for row in rows), key=lambda choice: choice[1])


def chosen(*names: str) -> list[tuple[str, type]]:
    """The columns with choices, each as a drop-down list."""
    return [(name, ChoicesDropdownFilter) for name in names]


def related(*names: str) -> list[tuple[str, type]]:
    """The relations, each as a drop-down list of visible rows."""
    return [(name, ScopedFilter) for name in names]
