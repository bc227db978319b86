"""The history page of a row: who changed what and when, for users who may change the row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import ModelChoiceField, MultiWidget
from django.forms.models import InlineForeignKeyField
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
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


Data = dict[str, list[Any]]  # the fields of a form as a browser sends them


class HistoryAdmin:
    """A history page for users who may change a row, from which they restore former states.

    A former state is put into the form of the screen, and a removed detail into a new row of its
    inline. The user sees what would change, and sends that form: so the rules, the permissions and
    the questions of the screen hold. What the form does not show, such as a status or a secret, is
    never restored.
    """

    opts: Any

    def get_custom_urls(self) -> Any:
        if not history.is_kept(row=self.model()):  # type: ignore[attr-defined]
            return super().get_custom_urls()  # type: ignore[misc]
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        path = "<int:object_id>/restore/<slug:kind>/<int:number>/"
        return ((path, name, self.restore_view), *super().get_custom_urls())  # type: ignore[misc]

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
        shown, addable = list(page), self._addable(request, row)
        return screens.page(
            self,
            request,
            "events/admin/history.html",
            title=_("History of “%(row)s”") % {"row": row},
            original=row,
            mergers=self.mergers_of(request, row) if hasattr(self, "mergers_of") else [],
            page=page,
            entries=[
                {**entry, "restore": self._restore_url(row, kept, addable)}
                for entry, kept in zip(_Words(request, shown, row).entries(), shown, strict=True)
            ],
        )

    def restore_view(
        self, request: HttpRequest, object_id: int, kind: str, number: int, **kwargs: Any
    ) -> HttpResponse:
        """Show what would change if a former state were restored, with the form that does so."""
        row = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not rights.may_change(request, row):
            raise PermissionDenied
        record = history.record(row=row, kind=kind, number=number)
        addable = self._addable(request, row)
        if record is None or not self._may_restore(row, record, addable):
            raise Http404
        shown: Any = self.changeform_view(request, str(row.pk))  # type: ignore[attr-defined]
        former = _Former(request, record, row)
        former.fill(shown.context_data)
        return screens.page(
            self,
            request,
            "events/admin/restore.html",
            title=_("Restore a former state"),
            original=row,
            media=self.media,  # type: ignore[attr-defined]
            at=formatting.moment(record.history_date, former.words.zone),
            what=former.words.name(record),
            changes=former.changes,
            left=former.left,
            data=[(name, value) for name, values in former.data.items() for value in values],
            form_url=self._screen("change", row.pk),
            back=self._screen("history", row.pk),
        )

    def _restore_url(self, row: Model, kept: KeptChange, addable: Collection[type[Model]]) -> str:
        record = kept.record
        is_now = kept.is_latest and record.history_type != "-"
        if is_now or not self._may_restore(row, record, addable):
            return ""
        return self._screen("restore", row.pk, record.instance_type._meta.model_name, record.pk)

    def _may_restore(self, row: Model, record: Any, addable: Collection[type[Model]]) -> bool:
        """Whether the screen can restore it: a state of the row itself, or a removed detail."""
        if isinstance(row, record.instance_type):
            return bool(record.id == row.pk and record.history_type != "-")
        return record.history_type == "-" and record.instance_type in addable

    def _addable(self, request: HttpRequest, row: Model) -> list[type[Model]]:
        """Return the tables of which the form of the row can add details."""
        return [
            inline.model
            for inline in self.get_inline_instances(request, row)  # type: ignore[attr-defined]
            if inline.has_add_permission(request, row)
        ]

    def _screen(self, view: str, *keys: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=keys)

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


def removed(request: HttpRequest, row: Model, records: list[Any]) -> list[dict[str, Any]]:
    """Return what records of removed rows say as texts: what was removed, when, and by whom."""
    words = _Words(request, [KeptChange(record, None) for record in records], row)
    return [
        {
            "what": words.name_of(record.instance),
            "at": formatting.moment(record.history_date, words.zone),
            "by": actor(record.history_user),
        }
        for record in records
    ]


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
                "by": actor(record.history_user),
                "done": DONE[record.history_type],
                "colour": COLOURS.get(record.history_type, ""),
                "what": self.name(record),
                "merged": (record.history_change_reason or "").startswith("merged"),
                "changes": [self._change(change) for change in entry.changes],
            }

    def name(self, record: Any) -> str:
        """The kind and name of the inline row that was changed; '' for the row itself."""
        kind = record.instance_type
        if isinstance(self.row, kind):
            return ""
        name = self.name_of(record.instance)
        return f"{capfirst(kind._meta.verbose_name)}: {EMPTY if name in ('', 'None') else name}"

    def name_of(self, detail: Any) -> str:
        """Name a row without the rows that the user may not see, of which it may need one."""
        for field in detail._meta.concrete_fields:
            if field.is_relation:
                target = self.known.get((field.related_model, getattr(detail, field.attname)))
                if target is None and not field.null:
                    return gettext("(not visible)")
                setattr(detail, field.name, target)
        return str(detail)

    def _change(self, change: Change) -> dict[str, str]:
        return {
            "label": label(change.field),
            "before": self.value(change.field, change.before),
            "after": self.value(change.field, change.after),
        }

    def value(self, field: Any, value: Any) -> str:
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


class _Former:
    """The data of a form in which a former state stands, and what differs from now."""

    def __init__(self, request: HttpRequest, record: Any, row: Model) -> None:
        self.record = record
        self.row = row
        self.words = _Words(request, [KeptChange(record, history.newest(row=row))], row)
        self.data: Data = {}
        self.changes: list[dict[str, str]] = []
        self.left: list[str] = []  # labels of relations to rows that are gone or hidden

    def fill(self, context: dict[str, Any]) -> None:
        """Take the data of the screen's form, with the former state in it."""
        form = context["adminform"].form
        self.data |= _sent(form)
        for rows in context["inline_admin_formsets"]:
            formset = rows.formset
            for each in (formset.management_form, *formset.forms):
                self.data |= _sent(each)
            if formset.model is self.record.instance_type:
                self._add(formset)
        if isinstance(self.row, self.record.instance_type):
            self._overwrite(form)

    def _overwrite(self, form: Any) -> None:
        for field in self._shared(form):
            before = getattr(self.record, field.attname)
            now = getattr(self.row, field.attname)
            if (before or "") == (now or ""):
                continue
            if not self._put(form, field, before):
                continue
            self.changes.append(
                {
                    "label": label(field),
                    "before": self.words.value(field, now),
                    "after": self.words.value(field, before),
                }
            )

    def _add(self, formset: Any) -> None:
        """Put the removed detail into one more row of its inline."""
        total = formset.management_form.add_prefix("TOTAL_FORMS")
        form = formset.empty_form
        form.prefix = formset.add_prefix(int(self.data[total][0]))
        self.data[total] = [int(self.data[total][0]) + 1]
        self.data |= _sent(form)
        for field in self._shared(form):
            before = getattr(self.record, field.attname)
            if before not in (None, "", []) and self._put(form, field, before):
                after = self.words.value(field, before)
                self.changes.append({"label": label(field), "before": EMPTY, "after": after})

    def _shared(self, form: Any) -> Iterator[Any]:
        """The columns that both the history and the form have, and the user may change there."""
        for field in history.fields(self.record.instance_type):
            shown = form.fields.get(field.name)
            if shown is not None and not shown.disabled and not _is_parent(shown):
                yield field

    def _put(self, form: Any, field: Any, value: Any) -> bool:
        """Put a value into the data; leave a relation whose row is gone or hidden."""
        shown = form.fields[field.name]
        is_relation = isinstance(shown, ModelChoiceField) and value is not None
        if is_relation and not shown.queryset.filter(pk=value).exists():
            self.left.append(label(field))
            return False
        name = form.add_prefix(field.name)
        for old in [key for key in self.data if key == name or key.startswith(f"{name}_")]:
            if old == name or old.removeprefix(f"{name}_").isdecimal():
                del self.data[old]
        self.data |= _as_sent(shown, name, shown.prepare_value(value))
        return True


def _is_parent(shown: Any) -> bool:
    return isinstance(shown, InlineForeignKeyField)


def _sent(form: Any) -> Data:
    """What a browser would send for a form that is shown."""
    data: Data = {}
    for bound in form:
        if not bound.field.disabled:
            data |= _as_sent(bound.field, bound.html_name, bound.value())
    return data


def _as_sent(shown: Any, name: str, value: Any) -> Data:
    """What a browser would send for a field with this value."""
    if isinstance(shown.widget, MultiWidget):
        parts = enumerate(shown.widget.decompress(value) or ())
        return {f"{name}_{number}": [part] for number, part in parts if part is not None}
    if isinstance(value, list | tuple | set):
        return {name: [getattr(each, "pk", each) for each in value]}
    if value is None or value is False:
        return {}
    return {name: [shown.widget.format_value(value) if _is_moment(value) else _key(value)]}


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime | date | time)


def _key(value: Any) -> Any:
    return getattr(value, "pk", value)


def label(field: Any) -> str:
    """The label of a column; for a translated column with its language."""
    of = getattr(field, "translated_field", None)
    if of is None:
        return capfirst(field.verbose_name)
    return f"{capfirst(of.verbose_name)} ({LANGUAGES[suffix(field.language)]})"


def actor(user: User | None) -> str:
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
