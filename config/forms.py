"""A form renderer that writes frequent parts of HTML without templates."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

SELECT = "django/forms/widgets/select.html"
# Templates that only write the attributes of a widget.
WRITERS = frozenset(
    (SELECT, *(f"unfold/widgets/{kind}.html" for kind in ("select", "text", "textarea")))
)
INPUTS = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("checkbox", "hidden", "text"))
OPTION = "django/forms/widgets/select_option.html"
ERRORS = "django/forms/errors/list/ul.html"


class Renderer(DjangoTemplates):
    """Django's renderer; inputs, options and empty error lists are written without a template.

    A page of the admin has hundreds of them, and each template would take half a millisecond. The
    HTML is the same.
    """

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if template_name in INPUTS:
            return write_input(context["widget"])
        if template_name == ERRORS and not context["errors"]:
            return ""
        if "optgroups" in context.get("widget", ()):
            write_options(context["widget"])
        if template_name in WRITERS:
            write_attributes(context["widget"])
        return super().render(template_name, context, request)


class Written(str):
    """Finished HTML in place of a template, because `include` renders any object with `render`."""

    __slots__ = ()

    def render(self, context: Any) -> str:
        return self


def write_input(widget: dict[str, Any]) -> str:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    own = {"type": widget["type"], "name": widget["name"], **value}
    return f"<input{_attributes({**own, **widget['attrs']})}>"


def write_options(widget: dict[str, Any]) -> None:
    """Replace the templates of all options of a select field by one text."""
    groups = widget["optgroups"]
    options = [option for _name, group, _at in groups for option in group]
    is_plain = all(option["template_name"] == OPTION for option in options)
    if is_plain and not any(name for name, _group, _at in groups):
        written = Written("".join(map(_option, options)))
        widget["optgroups"] = [(None, [{"template_name": written}], 0)]


def write_attributes(widget: dict[str, Any]) -> None:
    """Replace the attributes by one text, stored as the name of an attribute without value."""
    written = _attributes(widget["attrs"]).removeprefix(" ")
    widget["attrs"] = {mark_safe(written): True} if written else {}  # noqa: S308 -- escaped


def _option(option: dict[str, Any]) -> str:
    attributes = _attributes({"value": option["value"], **option["attrs"]})
    return f"<option{attributes}>{conditional_escape(option['label'])}</option>"


def _attributes(attributes: dict[str, Any]) -> str:
    """Return attributes as Django's template does: True gives a name alone, False nothing."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
