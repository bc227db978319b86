"""The formal name of a person, shown while its parts are typed; the server makes it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.values import names

# The fields of the form by the parts of a name.
FIELDS = {"family": "family_name", "given": "given_name", "western": "western_name"}
OUTPUT = '<output data-formal-name="{}" aria-live="polite">{}</output>'
MAX_CHARS = 100  # of a part, as in the columns


def parts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of a name from the values of a form."""
    return {part: str(values.get(field) or "")[:MAX_CHARS] for part, field in FIELDS.items()}


class FormalNameAdmin:
    """A screen of people with the formal name, which `formalname.js` keeps up as Media of it."""

    def get_custom_urls(self) -> Any:
        page = ("formal-name/", "events_person_formal_name", self.formal_name_view)
        return (page, *super().get_custom_urls())  # type: ignore[misc]

    def formal_name_view(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the formal name for the parts in the form; by POST, so that no log keeps them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        typed = parts(request.POST)
        order: names.Order = names.likely_order(**typed)
        if request.POST.get("name_order") in {"family_first", "western_first"}:
            order = request.POST["name_order"]  # type: ignore[assignment]
        return JsonResponse({"name": names.formal(names.Name(**typed, order=order))})

    @display(description=_("name in English"))
    def shown_in_english(self, person: Any) -> str:
        url = reverse("admin:events_person_formal_name")
        name = person.name_en or "–"
        return format_html(
            '<output data-formal-name="{}" aria-live="polite">{}</output>', url, name
        )
