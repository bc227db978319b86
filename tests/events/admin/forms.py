"""Pages with forms, submitted as by a browser."""

from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict
from django.test import Client

from tests.events.admin import screens


def form_of(page: Any) -> dict[str, Any]:
    """Return the data that a browser would send back for a page with a form."""
    context = page.context
    forms = [context["adminform"].form]
    data: dict[str, Any] = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            name = bound.html_name
            if isinstance(value, list):
                data[name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                data[name] = getattr(value, "pk", value)
    return data


def save(client: Client, row: Model, **changes: Any) -> Any:
    """Open the page of a row, change some fields and save it."""
    url = screens.address(type(row), "change", row.pk)
    return client.post(url, {**form_of(client.get(url)), **changes})


def save_and_tell(client: Client, row: Model, choice: str = "now", **changes: Any) -> Any:
    """The same, with the choice of what becomes of the mails."""
    return save(client, row, _telling=choice, **changes)


def all_values(row: Model) -> dict[str, Any]:
    return model_to_dict(type(row)._default_manager.get(pk=row.pk))
