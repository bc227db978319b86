"""Filters of lists."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)

from events.admin import clock
from events.domain.access import access
from events.domain.overview import tasks
from events.domain.overview.tasks import Task


class ScopedFilter(RelatedDropdownFilter):
    """A filter by a related row, among those that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        rows = access.visible(user=request.user, model=field.related_model).order_by("pk")
        return sorted(((row.pk, str(row)) for row in rows), key=lambda choice: choice[1])


class SearchedFilter(AutocompleteSelectFilter):
    """The same for relations with too many rows for a drop-down list: a search field."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            rows = access.visible(user=self.request.user, model=self.field.related_model)
            chosen = rows.filter(pk=self.value()) if self.value() else rows.none()
            choice["form"].fields[self.lookup_kwarg].queryset = chosen
            yield choice


def chosen(*names: str) -> list[tuple[str, type]]:
    """Return filters by columns with choices, each as a drop-down list."""
    return [(name, ChoicesDropdownFilter) for name in names]


def related(*names: str) -> list[tuple[str, type]]:
    """Return filters by relations, each as a drop-down list of visible rows."""
    return [(name, ScopedFilter) for name in names]


def searched(*names: str) -> list[tuple[str, type]]:
    """Return filters by relations with very many rows, each as a search field."""
    return [(name, SearchedFilter) for name in names]


def waiting(*known: Task) -> type[DropdownFilter]:
    """Return a filter by kinds of work: the same rows as the start page counts."""
    by_name = {task.name: task for task in known}

    class TaskFilter(DropdownFilter):
        title = _("what is to do")
        parameter_name = "task"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            return [(task.name, task.label) for task in known]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            task = by_name.get(str(self.value()))
            if task is None:
                return queryset
            rows = tasks.rows(task=task, user=request.user, now=clock.local_now(request))
            return queryset.filter(pk__in=rows.order_by().values("pk"))

    return TaskFilter
