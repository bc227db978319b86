"""How the fields of forms become HTML: the parts that occur by the hundred without templates."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

SELECT = "django/forms/widgets/select.html"
# Templates that do nothing with the attributes of a field but write them.
WRITERS = frozenset(
    (SELECT, *(f"unfold/widgets/{kind}.html" for kind in ("select", "text", "textarea")))
)
INPUTS = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("checkbox", "hidden", "text"))
OPTION = "django/forms/widgets/select_option.html"
ERRORS = "django/forms/errors/list/ul.html"


class Renderer(DjangoTemplates):
    """Django's own; inputs, options and the absence of errors look the same but take no template.

    A page of the admin shows hundreds of them, each of which would cost half a millisecond.
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
    """HTML that stands where a template would; Django includes whatever can render."""

    __slots__ = ()

    def render(self, context: Any) -> str:
        return self


def write_input(widget: dict[str, Any]) -> str:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    own = {"type": widget["type"], "name": widget["name"], **value}
    return f"<input{_attributes({**own, **widget['attrs']})}>"


def write_options(widget: dict[str, Any]) -> None:
    """Write all options of a select field at once, in the place of a template for each."""
    groups = widget["optgroups"]
    options = [option for _name, group, _at in groups for option in group]
    is_plain = all(option["template_name"] == OPTION for option in options)
    if is_plain and not any(name for name, _group, _at in groups):
        written = Written("".join(map(_option, options)))
        widget["optgroups"] = [(None, [{"template_name": written}], 0)]


def write_attributes(widget: dict[str, Any]) -> None:
    """Write all attributes at once, in the place of the name of one that stands alone."""
    written = _attributes(widget["attrs"]).removeprefix(" ")
    widget["attrs"] = {mark_safe(written): True} if written else {}  # noqa: S308 -- escaped


def _option(option: dict[str, Any]) -> str:
    attributes = _attributes({"value": option["value"], **option["attrs"]})
    return f"<option{attributes}>{conditional_escape(option['label'])}</option>"


def _attributes(attributes: dict[str, Any]) -> str:
    """Attributes as Django's template writes them: True stands alone, False is left out."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
