"""A form on one page: sections in the order of the work, each with its inlines."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse


class SectionsAdmin:
    """A form whose inlines stand in the section that they name; mixed into a TeamScopedAdmin.

    The first class of a fieldset is the name of its section, and the anchor to it. An inline names
    its section in `section`; one that names none stands in the last.
    """

    change_form_template: ClassVar[Any] = "events/admin/form.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        inlines = context["inline_admin_formsets"]
        context["sections"] = _sections(list(context["adminform"]), inlines)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def _sections(fieldsets: Sequence[Any], inlines: Sequence[Any]) -> list[dict[str, Any]]:
    names = [fieldset.classes.split(" ")[0] for fieldset in fieldsets]
    placed: dict[str, list[Any]] = {name: [] for name in names}
    for inline in inlines:
        name = getattr(inline.opts, "section", "")
        placed[name if name in placed else names[-1]].append(inline)
    return [
        {"name": name, "fieldset": fieldset, "inlines": placed[name]}
        for name, fieldset in zip(names, fieldsets, strict=True)
    ]
