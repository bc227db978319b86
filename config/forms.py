"""A form renderer that writes frequent parts of HTML without templates, and in few words."""

from collections.abc import Callable
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    CHECKBOX_CLASSES,
    CHECKBOX_LABEL_CLASSES,
    LABEL_CLASSES,
    SWITCH_CLASSES,
)

KINDS: Final = ("checkbox", "email", "hidden", "number", "text")
INPUTS: Final = frozenset(f"django/forms/widgets/{kind}.html" for kind in KINDS)
OPTION: Final = "django/forms/widgets/select_option.html"
# What the menu beside a field of choice may offer; a row is deleted on its own page.
OFFERS: Final = ("change", "add", "view")
ERRORS: Final = "django/forms/errors/list/ul.html"
# Lists of Unfold's utilities, and the class of `fields.css` that draws the same.
SHORT: Final = (
    (" ".join(BASE_INPUT_CLASSES), "entry"),
    (" ".join(LABEL_CLASSES), "entry-label"),
    (" ".join(CHECKBOX_LABEL_CLASSES), "entry-label"),
    (" ".join(CHECKBOX_CLASSES), "tick"),
    (" ".join(SWITCH_CLASSES), "switch"),
)


class Renderer(DjangoTemplates):
    """Django's renderer; fields, labels and empty error lists are written without a template.

    A page of the admin has hundreds of them: each template would take half a millisecond, and each
    list of Unfold's utilities half a kilobyte.
    """

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if template_name == ERRORS and not context["errors"]:
            return ""
        widget = context.get("widget")
        if widget and "class" in widget["attrs"]:
            widget["attrs"]["class"] = shorten(widget["attrs"]["class"])
        if template_name in INPUTS:
            return write_input(context["widget"])
        if write := WRITERS.get(template_name):
            written = write(context)
            if written is not None:
                return mark_safe(written)  # noqa: S308 -- the writers have escaped it
        return super().render(template_name, context, request)


def shorten(classes: str) -> str:
    """Return a list of classes with the short name of what Unfold spells out."""
    for long, short in SHORT:
        classes = classes.replace(long, short)
    return classes


def write_input(widget: dict[str, Any]) -> str:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    own = {"type": widget["type"], "name": widget["name"], **value}
    return f"<input{_attributes({**own, **widget['attrs']})}>"


def write_text(context: dict[str, Any]) -> str | None:
    """Write a text field, unless something stands before or after what is typed."""
    widget = context["widget"]
    if any(map(widget.get, ("prefix", "prefix_icon", "suffix", "suffix_icon"))):
        return None
    return f'<div class="entry-box">{write_input(widget)}</div>'


def write_moment(context: dict[str, Any]) -> str:
    """Write a field of a day or a time; Django's scripts add its shortcuts."""
    field = write_input(context["widget"])
    return f'<div class="flex flex-col max-w-2xl min-w-56 relative w-full">{field}</div>'


def write_textarea(context: dict[str, Any]) -> str:
    """Write an area of text after a line break, because browsers drop one at its beginning."""
    widget = context["widget"]
    attributes = _attributes({"name": widget["name"], **widget["attrs"]})
    return f"<textarea{attributes}>\n{conditional_escape(widget['value'] or '')}</textarea>"


def write_select(context: dict[str, Any]) -> str | None:
    """Write a select with its options; one whose options have templates of their own is left."""
    widget = context["widget"]
    groups = widget["optgroups"]
    if any(option["template_name"] != OPTION for _name, group, _at in groups for option in group):
        return None
    attributes = _attributes({"name": widget["name"], **widget["attrs"]})
    return f"<select{attributes}>{''.join(_group(*each) for each in groups)}</select>"


def write_choice(context: dict[str, Any]) -> str | None:
    select = write_select(context)
    icon = '<span class="material-symbols-outlined">expand_more</span>'
    return None if select is None else f'<div class="entry-choice">{select}{icon}</div>'


def write_related(context: dict[str, Any]) -> str:
    """Write a field of choice with the button that opens its menu (`desk/choices.js`)."""
    offers = (
        [] if context["is_hidden"] else [what for what in OFFERS if context[f"can_{what}_related"]]
    )
    model = {"data-model-ref": context["model_name"]}
    place = _attributes({} if context["model_has_limit_choices_to"] else model)
    more = _more(context, offers) if offers else ""
    field = f'<div class="related-widget-wrapper"{place}>{context["rendered_widget"]}{more}</div>'
    return f'<div class="entry-related">{field}</div>'


def write_label(context: dict[str, Any]) -> str | None:
    if not context["use_tag"]:
        return None
    attrs = dict(context["attrs"])
    if "class" in attrs:
        attrs["class"] = shorten(attrs["class"])
    tag = context["tag"]
    return f"<{tag}{_attributes(attrs)}>{conditional_escape(context['label'])}</{tag}>"


WRITERS: Final[dict[str, Callable[[dict[str, Any]], str | None]]] = {
    "django/forms/label.html": write_label,
    "django/forms/widgets/select.html": write_select,
    "unfold/widgets/date.html": write_moment,
    "unfold/widgets/related_widget_wrapper.html": write_related,
    "unfold/widgets/select.html": write_choice,
    "unfold/widgets/text.html": write_text,
    "unfold/widgets/textarea.html": write_textarea,
    "unfold/widgets/time.html": write_moment,
}


def _more(context: dict[str, Any], offers: list[str]) -> str:
    """The button of the menu: what it offers, for rows of what, and the address of their list."""
    if "add" in offers:
        address = context["add_related_url"].removesuffix("add/")
    else:
        address = context["change_related_template_url"].removesuffix("__fk__/change/")
    button = {
        "type": "button",
        "class": "entry-more",
        "data-offers": " ".join(offers),
        "data-model": context["model"],
        "data-list": address,
        "hidden": True,  # it does nothing without its script
    }
    icon = '<span class="material-symbols-outlined">more_vert</span>'
    return f"<button{_attributes(button)}>{icon}</button>"


def _group(name: Any, options: list[dict[str, Any]], _at: int) -> str:
    written = "".join(map(_option, options))
    return f'<optgroup label="{conditional_escape(name)}">{written}</optgroup>' if name else written


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
