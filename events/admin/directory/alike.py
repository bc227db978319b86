"""The question whether a person who is about to be added is one of those on record."""

import json
from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from events.domain.access import access
from events.models import Organisation

SAVES = ("_continue", "_addanother")  # the names of the buttons that save and then do more


class AlikeAdmin:
    """A screen of people that shows those who may be the one to be added, with a way to either.

    The screen includes `events/admin/alike.html` before its form.
    """

    def get_custom_urls(self) -> Any:
        take = ("<int:object_id>/take/", "events_person_take", self.take_view)
        return (take, *super().get_custom_urls())  # type: ignore[misc]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the people instead of the note that there are errors: there is none."""
        if found := getattr(context["adminform"].form, "alike", ()):
            context["alike"] = self._lines(request, [person.pk for person in found])
            context["saves"] = [name for name in SAVES if name in request.POST]
            context["errors"] = None
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def take_view(self, request: HttpRequest, object_id: int, **kwargs: Any) -> HttpResponse:
        """Close the popup and choose a person on record in the field that opened it."""
        person = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if person is None:
            raise Http404
        chosen = {"value": str(person.pk), "obj": str(person)}
        data = {"popup_response_data": json.dumps(chosen)}
        return TemplateResponse(request, "admin/popup_response.html", data)

    def _lines(self, request: HttpRequest, keys: list[int]) -> list[dict[str, Any]]:
        """Return what the user may see of each of these people."""
        rows = self.get_queryset(request).filter(pk__in=keys)  # type: ignore[attr-defined]
        bodies = access.visible(user=request.user, model=Organisation)
        seen = set(bodies.filter(appointments__person__in=keys).values_list("pk", flat=True))
        view = "take" if IS_POPUP_VAR in request.POST else "change"
        return [
            {
                "person": row,
                "names": " · ".join(_names(row)),
                "offices": [_office(office, seen) for office in row.offices],
                "email": row.email if row.is_reached else "",
                "url": reverse(f"admin:events_person_{view}", args=[row.pk]),
            }
            for row in sorted(rows, key=lambda row: keys.index(row.pk))
        ]


def _names(person: Any) -> list[str]:
    """The name in the language of the page, then in English and in Chinese characters."""
    known = (str(person), person.name_en, person.name_zh_hant or person.name_zh_hans)
    return [name for name in dict.fromkeys(known) if name]


def _office(office: Any, seen: set[int]) -> str:
    """The title of an office, with its organisation if the user may see that."""
    body = office.organisation if office.organisation_id in seen else None
    return " · ".join(str(part) for part in (office.title, body) if part)
