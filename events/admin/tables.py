"""The table of a list, written without templates: what its rows share is made once, not in each."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from unfold.templatetags import unfold_list
from unfold.utils import display_for_field, display_for_value

CHECKBOX: Final = "action_checkbox"
KEY: Final = "__key__"  # stands for the key of a row in what is written once for all rows
# Unfold writes its 26 utilities into each cell, two thirds of the HTML of a list, and has no
# setting for them; one class of `fields.css` draws the same.
CELL: Final = "row-cell"
STRIPES: Final = ("", "bg-base-50 dark:bg-white/[.02]")
ROW: Final = (
    '<tbody class="block relative lg:table-row-group {}">'
    '<tr class="data-row block border border-base-200 mb-3 relative rounded-default lg:table-row'
    ' lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">{}</tr></tbody>\n'
)
LINK: Final = (
    '<a href="{}" class="text-font-important-light dark:text-font-important-dark"{}>{}</a>'
)
IN_ONE_LINE: Final = (models.DateField, models.TimeField, models.ForeignKey)
Write = Callable[[Any], str]  # returns HTML for a row


def rows(page: Any) -> Iterator[SafeString]:
    """Yield the rows of a list (a ChangeList) as HTML, in place of those of Unfold."""
    cells = list(_columns(page))
    for number, row in enumerate(page.result_list):
        written = "".join([write(row) for write in cells])
        yield mark_safe(ROW.format(STRIPES[number % 2], written))  # noqa: S308 -- of escaped cells


def _columns(page: Any) -> Iterator[Write]:
    headings = [heading["text"] for heading in unfold_list.result_headers(page)]
    tag = "th"  # of the first cell that leads to its row
    for name, heading in zip(page.list_display, headings, strict=True):
        if name == CHECKBOX:
            yield _cell("td", f"action-checkbox {CELL}", gettext("Select record"), _checkbox(page))
            continue
        write, classes = _value(page, name)
        if _leads(page, name, is_first=tag == "th"):
            yield _cell(tag, classes, heading, _linked(page, write))
            tag = "td"
        else:
            yield _cell("td", classes, heading, write)


def _cell(tag: str, classes: str, heading: Any, write: Write) -> Write:
    opening = f'<{tag} class="{classes}" data-label="{conditional_escape(heading)}">'
    return lambda row: f"{opening}{write(row)}</{tag}>\n"


def _leads(page: Any, name: str, *, is_first: bool) -> bool:
    """Whether the cells of a column lead to their rows: the first do, unless others are named."""
    links = page.list_display_links
    return links is not None and (name in links if links else is_first)


def _checkbox(page: Any) -> Write:
    """Write the box that selects a row, around its key."""
    before, after = page.model_admin.action_checkbox(SimpleNamespace(pk=KEY)).split(KEY)
    return lambda row: f"{before}{escape(row.pk)}{after}"


def _linked(page: Any, write: Write) -> Write:
    """Write a value as the link to its row; what the address keeps of the list is added once."""
    kept = {"preserved_filters": page.preserved_filters, "opts": page.opts}
    query: list[str] = []

    def linked(row: Any) -> str:
        address = page.url_for_result(row)
        if not query:
            query.append(add_preserved_filters(kept, address).removeprefix(address))
        key = row.serializable_value(str(page.to_field or page.lookup_opts.pk.attname))
        opener = f' data-popup-opener="{escape(key)}"' if page.is_popup else ""
        return LINK.format(escape(address + query[0]), opener, write(row))

    return linked


def _value(page: Any, name: str) -> tuple[Write, str]:
    """Return what writes the values of a column, and the classes of its cells."""
    empty = page.model_admin.get_empty_value_display()
    classes = f"field-{name} {CELL}"
    try:
        column = page.model._meta.get_field(name)
    except FieldDoesNotExist:
        return _derived(page, name, empty), classes
    if isinstance(column, IN_ONE_LINE):
        classes += " nowrap"
    return _stored(column, empty), classes


def _derived(page: Any, name: str, empty: str) -> Write:
    """Write what a method of the screen or of the row returns."""
    screen = page.model_admin
    find = getattr(screen, name, None) or (lambda row: lookup_field(name, row, screen)[2])

    def derived(row: Any) -> str:
        value = find(row)
        return conditional_escape(
            value if isinstance(value, str) else display_for_value(value, empty)
        )

    return derived


def _stored(column: Any, empty: str) -> Write:
    """Write the value of a column; each choice and each tick is made once."""
    if column.is_relation:
        return lambda row: conditional_escape(_or(getattr(row, column.name), empty))
    if not (column.flatchoices or isinstance(column, models.BooleanField)):
        return lambda row: conditional_escape(
            display_for_field(getattr(row, column.name), column, empty)
        )
    known: dict[Any, str] = {}

    def chosen(row: Any) -> str:
        value = getattr(row, column.name)
        if value not in known:
            known[value] = conditional_escape(display_for_field(value, column, empty))
        return known[value]

    return chosen


def _or(value: Any, empty: str) -> Any:
    return empty if value is None else value
