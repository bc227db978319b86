"""What fields of choice offer while somebody types: the best first, told apart from their like."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.utils import timezone

from events.domain.search import registry, search
from events.values import names


class Choices(AutocompleteJsonView):
    """Django's choices, ranked and labelled as the search does where it knows the table."""

    labels: dict[Any, str]

    def get_queryset(self) -> Any:
        """Return the rows that the field may be set to, the best first."""
        self.term = self.term[: names.MAX_QUERY]
        rows = super().get_queryset()
        if kind := registry.of(model=rows.model):
            now = timezone.now()
            user = self.request.user
            return search.ranked(user=user, kind=kind, rows=rows, text=self.term, now=now)
        return rows

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Label the rows of the page together, with one query for each table that they name."""
        context = super().get_context_data(*args, **kwargs)
        rows = context["object_list"] = list(context["object_list"])
        kind = registry.of(model=type(rows[0])) if rows else None
        texts = (
            search.choices(user=self.request.user, kind=kind, rows=rows, text=self.term)
            if kind
            else map(str, rows)
        )
        self.labels = dict(zip((row.pk for row in rows), texts, strict=True))
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        row = super().serialize_result(obj, to_field_name)
        return {**row, "text": self.labels[obj.pk]}
