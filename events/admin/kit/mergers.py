"""Compare two records of one thing and merge them; used for people and organisations."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminRadioSelectWidget

from events.admin.kit import history, screens
from events.domain.directory import merging, unmerging
from events.domain.pages import formatting
from events.domain.refusals import Refusal
from events.models import Merger

EMPTY = "–"


class MergeForm(forms.Form):
    """The choice of which of two records to keep."""

    keep = forms.ChoiceField(label=_("Which one stays?"), widget=UnfoldAdminRadioSelectWidget)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the records that may be kept, with the first one selected."""
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
        self.fields["keep"].initial = choices[0][0]


class MergesAdmin:
    """A screen on which two records can be merged; mixed into a TeamScopedAdmin.

    Such records have a list of other names, to which the names of merged records are added.
    """

    actions: ClassVar[Any] = ("merge_two",)
    change_form_before_template = "events/admin/merged.html"
    compared: ClassVar[Sequence[str]] = ()  # the columns that are compared
    opts: Any

    def merge_records(self, *, keep: Any, drop: Any, now: datetime) -> Merger:
        """Merge the two records, through the domain."""
        raise NotImplementedError

    def unmerge_records(self, *, merger: Merger, now: datetime) -> Any:
        """Make two records of one again, through the domain; return the one that comes back."""
        raise NotImplementedError

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make the aliases read-only for users who may not change them."""
        parts = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return parts
        return [(title, {**part, "fields": _as_words(part["fields"])}) for title, part in parts]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "shown_aliases")  # type: ignore[misc]

    @display(description=_("other names"))
    def shown_aliases(self, row: Any) -> str:
        return _shown(row, "aliases")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no deletion of several records at once."""
        actions = super().get_actions(request)  # type: ignore[misc]
        return {name: entry for name, entry in actions.items() if name != "delete_selected"}

    def get_custom_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_merge"
        page = ("merge/<int:one>/<int:other>/", name, self.merge_view)
        back = ("unmerge/<int:merger>/", name.replace("_merge", "_unmerge"), self.unmerge_view)
        return (page, back, *super().get_custom_urls())  # type: ignore[misc]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        more = {"mergers": self.mergers_of(request, row)}
        return super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**more, **(extra_context or {})}
        )

    def mergers_of(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Return the mergers into a record that the user may still undo, for its pages."""
        if row is None or not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            return []
        zone = timezone.get_current_timezone_name()
        return [
            {
                "name": merger.name,
                "at": formatting.moment(merger.merged_at, zone),
                "by": history.actor(merger.merged_by),
                "url": self._url("unmerge", merger.pk),
            }
            for merger in unmerging.of(row=row, now=timezone.now())
        ]

    def unmerge_view(self, request: HttpRequest, merger: int, **kwargs: Any) -> HttpResponse:
        """Show what taking a merger back does (GET), or take it back (POST)."""
        label = self.opts.concrete_model._meta.label
        found = Merger.objects.filter(pk=merger, table=label).first()
        if found is None:
            messages.error(request, unmerging.Expired().sentence(user=request.user))
            return HttpResponseRedirect(self._url("changelist"))
        row = self._record(request, found.kept)
        if request.method != "POST" or screens.is_back(request):
            return self._unmerge_page(request, found, row)
        try:
            with screens.planning(request):
                back = self.unmerge_records(merger=found, now=timezone.now())
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)
        except Refusal as refusal:
            text = refusal.sentence(user=request.user)
            return self._unmerge_page(request, found, row, refusal=text)
        text = gettext("“%(one)s” and “%(other)s” are two records again.")
        messages.success(request, text % {"one": row, "other": back})
        if told:
            messages.success(request, screens.message(told))
        return HttpResponseRedirect(self._url("change", row.pk))

    def _unmerge_page(
        self, request: HttpRequest, merger: Merger, row: Any, refusal: str = ""
    ) -> HttpResponse:
        found = unmerging.counts(merger=merger)
        kinds = sorted(found, key=lambda kind: str(kind._meta.verbose_name_plural))
        return screens.page(
            self,
            request,
            "events/admin/unmerge.html",
            title=_("Undo the merger"),
            media=self.media,  # type: ignore[attr-defined]
            original=row,
            merger=merger,
            counts=[(capfirst(kind._meta.verbose_name_plural), found[kind]) for kind in kinds],
            back=self._url("change", row.pk),
            refusal=refusal,
        )

    @action(description=_("Merge two records"), permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Redirect to the page that compares the two selected records."""
        rows = list(queryset.order_by("pk")[:3])
        if len(rows) != 2:
            messages.warning(request, _("Choose exactly two records to merge."))
            return None
        if not all(self.has_change_permission(request, row) for row in rows):  # type: ignore[attr-defined]
            messages.error(request, _("You may not change both of them."))
            return None
        return HttpResponseRedirect(self._url("merge", *(row.pk for row in rows)))

    def merge_view(self, request: HttpRequest, one: int, other: int, **kwargs: Any) -> HttpResponse:
        """Show two records beside each other and what a merger does (GET), or merge them (POST)."""
        if one == other:
            raise Http404
        rows = [self._record(request, key) for key in (one, other)]
        counts = [merging.counts(row=row) for row in rows]
        first = sorted(rows, key=lambda row: (-counts[rows.index(row)].total(), row.pk))
        may_stay = [row for row in first if _may_stay(row, rows)]
        page = {
            "rows": [(row, self._url("change", row.pk)) for row in rows],
            "compared": list(self._compare(rows, counts)),
            "becomes_shared": rows[0].team_id != rows[1].team_id,
        }
        if not may_stay:
            return self._page(request, page, refusal=gettext("They belong to different teams."))
        choices = [(str(row.pk), f"{row} ({row.slug})") for row in may_stay]
        form = MergeForm(request.POST if request.method == "POST" else None, choices=choices)
        if not form.is_valid() or screens.is_back(request):
            return self._page(request, {**page, "form": form})
        keep = next(row for row in rows if str(row.pk) == form.cleaned_data["keep"])
        drop = next(row for row in rows if row is not keep)
        return self._merge(request, {**page, "form": form}, keep, drop)

    def _url(self, view: str, *keys: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=keys)

    def _record(self, request: HttpRequest, key: int) -> Any:
        row = self.get_object(request, str(key))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return row

    def _merge(
        self, request: HttpRequest, page: dict[str, Any], keep: Any, drop: Any
    ) -> HttpResponse:
        """Merge in one transaction, and redirect to the record that was kept."""
        name = str(drop)
        try:
            with screens.planning(request):
                merger = self.merge_records(keep=keep, drop=drop, now=timezone.now())
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)
        except type(keep).DoesNotExist as error:  # deleted or merged meanwhile
            raise Http404 from error
        except Refusal as refusal:
            return self._page(request, page, refusal=refusal.sentence(user=request.user))
        done = gettext("“%(drop)s” is part of this record now.") % {"drop": name}
        messages.success(request, done, extra_tags=self._url("unmerge", merger.pk))
        if told:
            messages.success(request, screens.message(told))
        return HttpResponseRedirect(self._url("change", keep.pk))

    def _compare(self, rows: list[Any], counts: list[Any]) -> Iterator[dict[str, Any]]:
        """Yield a comparison of the columns, then of the number of related rows of each kind."""
        for name in self.compared:
            values = [_shown(row, name) for row in rows]
            if values != [EMPTY, EMPTY]:
                label = history.label(rows[0]._meta.get_field(name))
                yield {"label": label, "values": values, "differ": values[0] != values[1]}
        kinds = [kind for kind in counts[0] | counts[1] if counts[0][kind] or counts[1][kind]]
        for kind in sorted(kinds, key=lambda kind: str(kind._meta.verbose_name_plural)):
            numbers = [count[kind] for count in counts]
            label = capfirst(kind._meta.verbose_name_plural)
            yield {"label": label, "values": numbers, "differ": False}

    def _page(self, request: HttpRequest, page: dict[str, Any], refusal: str = "") -> HttpResponse:
        return screens.page(
            self,
            request,
            "events/admin/merge.html",
            title=_("Merge two records"),
            media=self.media,  # type: ignore[attr-defined]
            back=self._url("changelist"),
            refusal=refusal,
            **page,
        )


def _as_words(fields: Sequence[Any]) -> list[Any]:
    return ["shown_aliases" if field == "aliases" else field for field in fields]


def _may_stay(keep: Model, rows: list[Any]) -> bool:
    drop = next((row for row in rows if row.pk != keep.pk), keep)
    try:
        merging.check(keep=keep, drop=drop)
    except (merging.OneRecord, merging.OtherTeam):
        return False
    return True


def _shown(row: Any, name: str) -> str:
    """The value of a column as text."""
    label = getattr(row, f"get_{name}_display", None)
    value = label() if label else getattr(row, name)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return str(value or EMPTY)
