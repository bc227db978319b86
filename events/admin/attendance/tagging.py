"""Tags of attendees on screens: a field, a column, a filter, and actions on several attendees."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from events.admin.kit.widgets import Suggesting
from events.domain.access import access
from events.domain.attendance import tags
from events.domain.refusals import Refusal
from events.models import Attendee, Event
from events.values.keys import is_key

TAGS: Final = "tags"  # the name under which lists offer to take a change of tags back


class TagsField(forms.CharField):
    """A list of tags, with commas between them."""

    def __init__(self, **options: Any) -> None:
        """Make the field optional and say how to fill it in."""
        words = {"label": capfirst(_("tags")), "help_text": _("With commas between them.")}
        widget = UnfoldAdminTextInputWidget
        super().__init__(**{"required": False, "widget": widget, **words, **options})

    def prepare_value(self, value: Any) -> Any:
        return gettext(", ").join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        found = tags.parse(text=super().clean(value))
        if any(len(tag) > tags.MAX_CHARS for tag in found):
            text = _("A tag has at most %(number)s characters.")
            raise ValidationError(text % {"number": tags.MAX_CHARS})
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tags.parse(text=data or "") != (initial or [])


class TagColumn:
    """The tags of an attendee, as words where they cannot be changed."""

    @display(description=_("tags"))
    def shown_tags(self, attendee: Attendee) -> str:
        return gettext(", ").join(map(str, attendee.tags)) or "–"


def as_words(field: Any) -> Any:
    """Return the column of words in place of the field of tags, any other field as it is."""
    return "shown_tags" if field == "tags" else field


class TagFilter(DropdownFilter):
    """A filter by a tag, among those in use on the attendees that the user may see."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = access.visible(user=request.user, model=Attendee)
        event = request.GET.get("event__id__exact", "")
        if is_key(event):
            seen = seen.filter(event__in=Event.objects.filter(pk=event))
        return [(tag, tag) for tag in tags.in_use(among=seen)]  # type: ignore[arg-type]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        tag = self.value()
        return queryset.tagged(tag) if tag else queryset  # type: ignore[attr-defined]


class TagActionForm(ActionForm):
    """The bar of actions, with a field for the tag that two of them need."""

    tag = forms.CharField(
        label="",
        required=False,
        widget=Suggesting({"placeholder": _("tag"), "aria-label": _("tag"), "class": "tag-field"}),
    )


def _action(
    name: str, label: Any, act: Callable[..., list[Attendee]], done: Callable[[int], str]
) -> Any:
    """Return an action that changes the tags of the attendees that the user may change."""

    @admin.action(description=label, permissions=["attend"])
    def do(screen: Any, request: HttpRequest, rows: QuerySet[Attendee]) -> None:
        wanted = tags.parse(text=request.POST.get("tag", ""))
        if not wanted or any(len(tag) > tags.MAX_CHARS for tag in wanted):
            messages.warning(request, _("Write the tag beside the action."))
            return
        ours = access.changeable(user=request.user, model=Attendee)
        changed = act(ours.filter(pk__in=rows.order_by().values("pk")), wanted)
        words = {"number": len(changed), "tag": gettext(", ").join(wanted)}
        text, there = done(len(changed)) % words, request.get_full_path()
        screen.say_with_undo(request, text, TAGS, changed, there)

    do.__name__ = name
    return do


def _put(rows: Any, wanted: list[str]) -> list[Attendee]:
    return tags.put(on=rows, tags=wanted)


def _take_off(rows: Any, wanted: list[str]) -> list[Attendee]:
    return tags.take_off(of=rows, tags=wanted)


def _was_put(number: int) -> str:
    return ngettext(
        "%(number)s attendee now bears “%(tag)s”.",
        "%(number)s attendees now bear “%(tag)s”.",
        number,
    )


def _was_taken_off(number: int) -> str:
    return ngettext(
        "%(number)s attendee bears “%(tag)s” no more.",
        "%(number)s attendees bear “%(tag)s” no more.",
        number,
    )


def take_back(
    screen: Any, request: HttpRequest, stamps: dict[int, int]
) -> tuple[list[Any], list[Refusal]]:
    """Give attendees the tags that they bore before a list action."""
    done, refused = tags.undo(stamps=stamps)
    return list(done), refused


ACTIONS: Final = (
    _action("put_tag", _("Put a tag on"), _put, _was_put),
    _action("take_tag_off", _("Take a tag off"), _take_off, _was_taken_off),
)
