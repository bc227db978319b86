"""A user of the admin: opens pages, fills in forms, presses buttons."""

from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse


def address(row: Model | type[Model], view: str, *args: Any) -> str:
    """Return the address of a screen, or of the page of a row."""
    keys = (row.pk, *args) if isinstance(row, Model) else args
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{view}", args=keys)


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


def detail(page: Any, prefix: str, **values: Any) -> dict[str, Any]:
    """Return the fields of one more row in an inline."""
    sent = form_of(page)
    number = int(sent[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {f"{prefix}-TOTAL_FORMS": number + 1, **row}


def tell(client: Client, url: str, sent: dict[str, Any]) -> Any:
    """Submit a form; if mails would follow from it, choose that people are told."""
    answer = client.post(url, sent)
    if answer.status_code == 200 and answer.context.get("told"):
        answer = client.post(url, {**sent, "_telling": "now"})
    return answer


class Office:
    """A user of the admin; every response is checked."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, url: str, **query: Any) -> Any:
        page = self.client.get(url, query)
        assert page.status_code == 200, (url, page.status_code)
        return page

    def found(self, model: type[Model], **query: Any) -> list[Any]:
        """Return the rows that a list shows."""
        page = self.open(address(model, "changelist"), **query)
        return list(page.context["cl"].queryset)

    def add(self, model: type[Model], **values: Any) -> Any:
        """Submit the form of a new row; return the row."""
        before = set(model._default_manager.values_list("pk", flat=True))
        self._send(address(model, "add"), values)
        return model._default_manager.exclude(pk__in=before).get()

    def change(self, row: Model, **values: Any) -> None:
        """Change fields on the page of a row, in any tab, and save it."""
        self._send(address(row, "change"), values)
        row.refresh_from_db()

    def add_detail(self, row: Model, prefix: str, **values: Any) -> None:
        """Add an inline row and save the page."""
        page = self.open(address(row, "change"))
        self.change(row, **detail(page, prefix, **values))

    def refused(self, url: str, **values: Any) -> str:
        """Submit a form that is refused; return its errors."""
        answer = self.client.post(url, {**form_of(self.open(url)), **values})
        assert answer.status_code == 200, answer.headers
        return " ".join(str(error) for error in answer.context["errors"])

    def buttons(self, row: Model) -> list[str]:
        """Return the verbs of the steps that the page of a row offers."""
        page = self.open(address(row, "change"))
        return [button["step"].verb for button in page.context["buttons"]]

    def step(self, row: Model, verb: str, **values: Any) -> str:
        """Take a step; return what its page said beforehand."""
        url = address(row, "step", verb)
        page = self.open(url)
        form = page.context["form"]
        filled = {bound.html_name: bound.value() for bound in form}
        filled = {name: value for name, value in filled.items() if value not in (None, False)}
        answer = tell(self.client, url, {**filled, **values})
        assert answer.status_code == 302, answer.context["refusal"] or answer.context["form"].errors
        row.refresh_from_db()
        return " ".join(map(str, page.context["sentences"]))

    def refused_step(self, row: Model, verb: str, **values: Any) -> str:
        """Take a step that is refused; return the reason on the page."""
        answer = self.client.post(address(row, "step", verb), values)
        assert answer.status_code == 409, answer.status_code
        row.refresh_from_db()
        return str(answer.context["refusal"])

    def _send(self, url: str, values: dict[str, Any]) -> None:
        answer = tell(self.client, url, {**form_of(self.open(url)), **values})
        if answer.status_code != 302:
            raise AssertionError([str(error) for error in answer.context["errors"]])
