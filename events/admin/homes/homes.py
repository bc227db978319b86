"""A home for each row of a screen; the form is one click away from it."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.views import ChangeList

from events.admin.kit import history, rights, screens
from events.domain.directory import history as kept


class HomeList(ChangeList):
    """A list whose rows lead to their homes."""

    def url_for_result(self, result: Any) -> str:
        return self.model_admin.row_url(result)


class HomeAdmin:
    """A screen whose rows have homes; mixed into a StepsAdmin."""

    home_template: ClassVar[str]
    opts: Any

    def get_custom_urls(self) -> Any:
        home = ("<int:object_id>/", self._name("home"), self.home_view)
        return (home, *super().get_custom_urls())  # type: ignore[misc]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return HomeList

    def row_url(self, row: Any) -> str:
        return reverse(f"admin:{self._name('home')}", args=[row.pk])

    def form_url(self, row: Any) -> str:
        """Return the address of the form of a row."""
        return reverse(f"admin:{self._name('change')}", args=[row.pk])

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.row_url(obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.row_url(obj))

    def home_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        row = screens.row(self, request, object_id)
        steps = self.step_context(request, row)  # type: ignore[attr-defined]
        context = {
            **steps,
            **self.home_context(request, row, steps["buttons"]),
            **self._record(request, row),
        }
        return screens.page(self, request, self.home_template, original=row, **context)

    def home_context(
        self, request: HttpRequest, row: Any, buttons: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what the home shows beyond its steps and its last changes.

        The buttons of the steps stand among what is next.
        """
        raise NotImplementedError

    def _record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The addresses of form and history, and the last changes, for users who may change it."""
        may = rights.may_change(request, row)
        return {
            "form_url": self.form_url(row),
            "may_change": may,
            "history_url": reverse(f"admin:{self._name('history')}", args=[row.pk]),
            "changes": history.recent(request, row) if may and kept.is_kept(row=row) else [],
        }

    def _name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"
