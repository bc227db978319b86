"""The screens of delegations and of trade missions, with their legs and members."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from delegations.admin import delegationsteps, sheets
from delegations.admin.applicationlists import ListsApplications
from delegations.admin.delegationhome import DelegationHomeAdmin
from delegations.admin.legs import LegFormSet, LegInline
from delegations.admin.roster import DelegateInline, RosterFormSet
from delegations.domain.lifecycle import lifecycle
from delegations.domain.overview import tasks
from delegations.domain.rosters import rosters
from delegations.models import Delegate, Delegation, TradeMission
from events.admin.homes.sections import SectionsAdmin
from events.admin.kit import exports
from events.admin.kit.base import TranslatedAdmin
from events.admin.kit.columns import badge
from events.admin.kit.filters import chosen, related, waiting
from events.admin.kit.forms import ScopedForm
from events.admin.kit.sources import EvidenceInline
from events.admin.kit.steps import StepsAdmin
from events.domain.pages import formatting

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


@admin.register(Delegation)
class DelegationAdmin(
    ListsApplications, DelegationHomeAdmin, SectionsAdmin, StepsAdmin, TranslatedAdmin
):
    form = DelegationForm
    kind: ClassVar[str] = ""  # a screen for one kind presets it
    list_display: Any = (
        "name", "shown_when", "kind", "direction", "shown_status", "sending_organisation",
        "members", "team",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *chosen("status", "kind", "direction", "origin"),
        *related("team"),
        waiting(tasks.CLOSING),
    )
    list_select_related = ("mission", "sending_organisation", "team")
    search_fields = ("slug",)
    ordering: ClassVar[Any] = ("-mission__start_on", "-pk")
    autocomplete_fields = (
        "sending_organisation", "organiser", "mission", "sectors", "applications_close",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("name_en",)}
    readonly_fields = ("origin",)
    what: ClassVar[tuple[Any, ...]] = (
        "name", "kind", "purpose", "direction", "sectors", "slug", "origin",
    )  # fmt: skip
    steps = delegationsteps.STEPS
    actions_detail: ClassVar[Any] = ("applications_page", "members_list")
    state_colours = STATUS
    inlines = (LegInline, DelegateInline, EvidenceInline)
    shown_status = badge(_("status"), "status", STATUS)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        what = tuple(name for name in self.what if name != "kind" or not self.kind)
        return (
            (_("What"), {"classes": ("what",), "fields": self.replace_orig_field(what)}),
            (_("When and who"), {"classes": ("when",), "fields": WHEN_AND_WHO}),
            (_("Who sees it"), {"classes": ("audience",), "fields": ("team",)}),
            (
                _("Taking part"),
                {"classes": ("members",), "fields": self.replace_orig_field(PLACES)},
            ),
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

    def next_steps(self, row: Delegation) -> tuple[str, ...]:
        return lifecycle.next_steps(delegation=row)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store legs and members through the domain, which updates the attendees."""
        now, delegation = timezone.now(), form.instance
        form.save_m2m()
        for formset in formsets:
            if isinstance(formset, LegFormSet):
                formset.store(now)
            else:
                self.save_formset(request, form, formset, change=change)
        roster = next((each for each in formsets if isinstance(each, RosterFormSet)), None)
        if roster and roster.has_changed():
            rosters.reorder(delegation=delegation, delegates=roster.members(), now=now)
        rosters.sync(delegation=delegation, now=now)

    @action(description=_("List of the delegation"), url_path="members", icon="download")
    def members_list(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Export the visible members in order of precedence as CSV."""
        delegation = self.get_object(request, object_id)
        if delegation is None:
            raise Http404
        members = Delegate.objects.visible_to(request.user).filter(delegation=delegation)
        return exports.download(request, sheets.DELEGATES, members.in_order())

    @display(description=_("date"), ordering="mission__start_on")
    def shown_when(self, delegation: Delegation) -> str:
        return formatting.when(delegation.mission.when) if delegation.mission else "–"

    @display(description=_("members"), ordering="size")
    def members(self, delegation: Any) -> int:
        return delegation.size


WHEN_AND_WHO = ("mission", ("sending_organisation", "organiser"), "invitation_ref")
PLACES = (("quota", "organisation_quota"), "applications_close", "criteria", ("fee", "currency"))


@admin.register(TradeMission)
class TradeMissionAdmin(DelegationAdmin):
    kind = Delegation.Kind.TRADE_MISSION
    list_display = (
        "name", "shown_when", "direction", "shown_status", "sending_organisation", "members",
        "quota", "team",
    )  # fmt: skip
    list_filter = (*chosen("status", "direction", "origin"), *related("team"))
