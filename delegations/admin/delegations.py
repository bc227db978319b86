"""The screens of delegations and of trade missions, with their legs and members."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from delegations.models import Delegate, Delegation, Leg, TradeMission
from events.admin.attendees import AttendeeForm
from events.admin.base import ScopedInline, TranslatedAdmin
from events.admin.filters import chosen, related
from events.admin.forms import ScopedForm
from events.admin.shown import badge
from events.admin.sources import EvidenceInline
from events.domain import wording

STATUS = {
    Delegation.Status.RECRUITING: "info",
    Delegation.Status.SELECTING: "info",
    Delegation.Status.CONFIRMED: "success",
    Delegation.Status.CANCELLED: "danger",
}


class DelegationForm(ScopedForm):
    preset_kind: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.preset_kind:
            self.instance.kind = self.preset_kind
        managed = self.instance.origin == "managed"
        if "mission" in self.fields:
            self.fields["mission"].required = managed

    def needs_team(self) -> bool:
        return self.instance.origin == "managed"


class LegInline(ScopedInline, StackedInline):
    model = Leg
    fields = (
        ("position", "shown_when"),
        "stay",
        ("arrival", "departure"),
        ("host", "liaison"),
    )
    readonly_fields = ("shown_when",)
    autocomplete_fields = ("stay", "arrival", "departure", "host", "liaison")
    ordering: ClassVar[Any] = ("position", "pk")
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.autocomplete_fields)

    @display(description=_("date"))
    def shown_when(self, leg: Leg) -> str:
        return wording.when(leg.stay.when) if leg.stay_id else "–"


class DelegateInline(ScopedInline, TabularInline):
    model = Delegate
    form = AttendeeForm
    fields = ("person", "label_en", "capacity", "organisation", "precedence", "counted")
    autocomplete_fields = ("person", "organisation")
    ordering: ClassVar[Any] = ("precedence", "pk")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.autocomplete_fields)


@admin.register(Delegation)
class DelegationAdmin(TranslatedAdmin):
    form = DelegationForm
    kind: ClassVar[str] = ""  # a screen for one kind presets it
    list_display: Any = (
        "name", "shown_when", "kind", "direction", "shown_status", "sending_organisation",
        "members", "team",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *chosen("status", "kind", "direction", "origin"),
        *related("team"),
    )
    list_select_related = ("mission", "sending_organisation", "team")
    search_fields = ("name_en", "name_zh_hans", "name_zh_hant", "slug")
    ordering: ClassVar[Any] = ("-mission__start_on", "-pk")
    autocomplete_fields = (
        "sending_organisation", "organiser", "mission", "sectors", "applications_close",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("name_en",)}
    readonly_fields = ("origin",)
    what: ClassVar[tuple[Any, ...]] = (
        "name", "kind", "purpose", "direction", "status", "sectors", "slug", "origin",
    )  # fmt: skip
    inlines = (LegInline, DelegateInline, EvidenceInline)
    shown_status = badge(_("status"), "status", STATUS)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        what = tuple(name for name in self.what if name != "kind" or not self.kind)
        return (
            (_("What"), {"classes": ("tab",), "fields": self.replace_orig_field(what)}),
            (
                _("When and who"),
                {
                    "classes": ("tab",),
                    "fields": ("mission", "sending_organisation", "organiser", "invitation_ref"),
                },
            ),
            (
                _("Taking part"),
                {"classes": ("tab",), "fields": ("quota", "applications_close", MONEY)},
            ),
            (_("Who sees it"), {"classes": ("tab",), "fields": ("team",)}),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).annotate(size=Count("delegates", distinct=True))
        return rows.filter(kind=self.kind) if self.kind else rows

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.preset_kind = self.kind
        return form

    @display(description=_("date"), ordering="mission__start_on")
    def shown_when(self, delegation: Delegation) -> str:
        return wording.when(delegation.mission.when) if delegation.mission else "–"

    @display(description=_("members"), ordering="size")
    def members(self, delegation: Any) -> int:
        return delegation.size


MONEY = ("fee", "currency")


@admin.register(TradeMission)
class TradeMissionAdmin(DelegationAdmin):
    kind = Delegation.Kind.TRADE_MISSION
    list_display = (
        "name", "shown_when", "direction", "shown_status", "sending_organisation", "members",
        "quota", "team",
    )  # fmt: skip
    list_filter = (*chosen("status", "direction", "origin"), *related("team"))
