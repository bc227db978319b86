"""The history page of a row: who changed what and when, for users who may change the row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit import rights, screens
from events.domain.access import access
from events.domain.directory import history
from events.domain.directory.history import Change, KeptChange
from events.domain.pages import formatting
from events.models import User
from events.values.languages import suffix

PER_PAGE = 50
RECENT = 5  # changes that the home of a row shows
EMPTY = "–"
DONE = {"+": _("added"), "~": _("changed"), "-": _("removed")}
COLOURS = {"+": "success", "-": "danger"}
LANGUAGES = {suffix(code): name for code, name in settings.LANGUAGES}


class HistoryAdmin:
    """A history page for users who may change a row; deleted rows and old versions have none."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not rights.may_change(request, row):
            raise PermissionDenied
        if not history.is_kept(row=row):
            return super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        page = Paginator(history.Log(row), PER_PAGE).get_page(request.GET.get(PAGE_VAR))
        return screens.page(
            self,
            request,
            "events/admin/history.html",
            title=_("History of “%(row)s”") % {"row": row},
            original=row,
            page=page,
            entries=list(_Words(request, list(page), row).entries()),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the link to the history to users who may open it."""
        row = context.get("original")
        context["show_history"] = row is not None and rights.may_change(request, row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def recent(request: HttpRequest, row: Model) -> list[dict[str, Any]]:
    """Return the last changes of a row and its details, as texts."""
    entries = history.Log(row)[slice(RECENT)]
    return list(_Words(request, entries, row).entries())


class _Words:
    """The entries of a history page as texts, without names of rows that the user may not see."""

    def __init__(self, request: HttpRequest, entries: list[KeptChange], row: Model) -> None:
        self.kept = entries
        self.row = row
        self.zone = timezone.get_current_timezone_name()
        self.known = _known(request, entries)

    def entries(self) -> Iterator[dict[str, Any]]:
        for entry in self.kept:
            record = entry.record
            yield {
                "at": formatting.moment(record.history_date, self.zone),
                "by": _actor(record.history_user),
                "done": DONE[record.history_type],
                "colour": COLOURS.get(record.history_type, ""),
                "what": self._name(record),
                "merged": (record.history_change_reason or "").startswith("merged"),
                "changes": [self._change(change) for change in entry.changes],
            }

    def _name(self, record: Any) -> str:
        """The kind and name of the inline row that was changed; '' for the row itself."""
        kind = record.instance_type
        if isinstance(self.row, kind):
            return ""
        detail = record.instance
        for field in kind._meta.concrete_fields:
            if field.is_relation:
                target = self.known.get((field.related_model, getattr(detail, field.attname)))
                setattr(detail, field.name, target)
        name = str(detail)
        return f"{capfirst(kind._meta.verbose_name)}: {EMPTY if name in ('', 'None') else name}"

    def _change(self, change: Change) -> dict[str, str]:
        return {
            "label": label(change.field),
            "before": self._value(change.field, change.before),
            "after": self._value(change.field, change.after),
        }

    def _value(self, field: Any, value: Any) -> str:
        if value in (None, "", []):
            return EMPTY
        if field.is_relation:
            return str(self.known.get((field.related_model, value), _("not to be seen any more")))
        if field.choices:
            return str(dict(field.flatchoices).get(str(value), value))
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        match value:
            case bool():
                return gettext("yes") if value else gettext("no")
            case datetime():
                return formatting.moment(value, self.zone)
            case date():
                return formatting.day(value)
            case time():
                return time_format(value, "H:i")
            case list():
                return ", ".join(map(str, value))
        return str(value)


def label(field: Any) -> str:
    """The label of a column; for a translated column with its language."""
    of = getattr(field, "translated_field", None)
    if of is None:
        return capfirst(field.verbose_name)
    return f"{capfirst(of.verbose_name)} ({LANGUAGES[suffix(field.language)]})"


def _actor(user: User | None) -> str:
    """The name of the user who made a change; “the system” if there was none."""
    return (user.get_full_name() or user.get_username()) if user else gettext("the system")


def _known(request: HttpRequest, entries: Iterable[KeptChange]) -> dict[tuple[Any, Any], Model]:
    """The rows that the entries refer to and the user may see, and all colleagues."""
    keys: dict[type[Model], set[Any]] = defaultdict(set)
    for entry in entries:
        for record in filter(None, (entry.record, entry.before)):
            for field in history.fields(record.instance_type):
                if field.is_relation and (key := getattr(record, field.attname)):
                    keys[field.related_model].add(key)
    return {
        (model, row.pk): row
        for model, wanted in keys.items()
        for row in _rows(request, model).filter(pk__in=wanted)
    }


def _rows(request: HttpRequest, model: type[Model]) -> Any:
    if model is User:
        return User.objects.all()
    return access.visible(user=request.user, model=model)
