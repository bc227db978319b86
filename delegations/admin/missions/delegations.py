"""The screens of delegations and of trade missions, with their legs and members."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from delegations.admin import sheets
from delegations.admin.applications.applicationlists import ListsApplications
from delegations.admin.missions import delegationsteps
from delegations.admin.missions.delegationhome import DelegationHomeAdmin
from delegations.admin.missions.legs import LegFormSet, LegInline
from delegations.admin.missions.missionforms import CLOSING, MissionForm
from delegations.admin.missions.roster import DelegateInline, RosterFormSet
from delegations.admin.missions.rosterguests import RosterGuests
from delegations.domain.lifecycle import lifecycle, missions
from delegations.domain.overview import tasks
from delegations.domain.rosters import rosters
from delegations.models import Delegate, Delegation, TradeMission
from events.admin.homes.sections import SectionsAdmin
from events.admin.kit import exports
from events.admin.kit.base import TranslatedAdmin
from events.admin.kit.columns import badge
from events.admin.kit.filters import chosen, related, waiting
from events.admin.kit.sources import EvidenceInline
from events.admin.kit.steps import StepsAdmin
from events.domain.pages import formatting
from events.models import Event

STATUS = {
    Delegation.Status.RECRUITING: "info",
    Delegation.Status.SELECTING: "info",
    Delegation.Status.CONFIRMED: "success",
    Delegation.Status.CANCELLED: "danger",
}


@admin.register(Delegation)
class DelegationAdmin(
    ListsApplications, DelegationHomeAdmin, SectionsAdmin, StepsAdmin, RosterGuests, TranslatedAdmin
):
    helps: ClassVar[Any] = {
        "direction": _("Outward: it travels abroad. Inward: you receive it."),
        "sending_organisation": _("In whose name it travels."),
        "organiser": _("Who does the work. Left empty on a new mission: who sends it."),
        "organisation_quota": _("No organisation can be given more. Empty: no limit."),
    }
    empty: ClassVar[Any] = _(
        "Add a mission with its days and its place; legs, roster and applications "
        "follow on its page."
    )
    form = MissionForm
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
    readonly_fields = ("origin", "shown_mission", "shown_deadline")
    what: ClassVar[tuple[Any, ...]] = (
        "name", "kind", "purpose", "direction", "sectors", "slug", "origin",
    )  # fmt: skip
    steps = delegationsteps.STEPS
    actions_detail: ClassVar[Any] = ("guests", "applications_page", "members_list")
    state_colours = STATUS
    inlines = (LegInline, DelegateInline, EvidenceInline)
    shown_status = badge(_("status"), "status", STATUS)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        keeps = self._keeps_events(request, obj)
        days = (("first_day", "last_day"), ("about", "mission_place")) if keeps else ()
        until = (CLOSING,) if keeps else ()
        shown = ("shown_mission", "shown_deadline") if obj else ()
        what = tuple(name for name in self.what if name != "kind" or not self.kind)
        places = (PLACES[0], *until, *shown[1:], *PLACES[1:])
        parts = (
            (_("What"), "what", self.replace_orig_field(what)),
            (_("When and who"), "when", (*days, *shown[:1], *WHO)),
            (_("Who sees it"), "audience", ("team",)),
            (_("Existing events"), "existing", ("mission", "applications_close")),
            (_("Taking part"), "members", self.replace_orig_field(places)),
        )
        return [(title, {"classes": (name,), "fields": fields}) for title, name, fields in parts]

    def _keeps_events(self, request: HttpRequest, obj: Any) -> bool:
        """Whether days entered on the form make and change the events behind the delegation."""
        if obj is None:
            return True
        return obj.is_managed and self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        missions.keep(delegation=obj, plan=form.plan, now=timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).annotate(size=Count("delegates", distinct=True))
        return rows.filter(kind=self.kind) if self.kind else rows

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.preset_kind = self.kind
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset the kind that is meant most often; the address may say otherwise."""
        initial = super().get_changeform_initial_data(request)
        return {"kind": Delegation.Kind.TRADE_MISSION.value, **initial}

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

    @display(description=_("event of the mission"))
    def shown_mission(self, delegation: Delegation) -> str:
        return _link(delegation.mission)

    @display(description=_("event of the deadline"))
    def shown_deadline(self, delegation: Delegation) -> str:
        return _link(delegation.applications_close)

    @display(description=_("date"), ordering="mission__start_on")
    def shown_when(self, delegation: Delegation) -> str:
        return formatting.when(delegation.mission.when) if delegation.mission else "–"

    @display(description=_("members"), ordering="size")
    def members(self, delegation: Any) -> int:
        return delegation.size


WHO = (("sending_organisation", "organiser"), "invitation_ref")
PLACES = (("quota", "organisation_quota"), "criteria", ("fee", "currency"))


@admin.register(TradeMission)
class TradeMissionAdmin(DelegationAdmin):
    kind = Delegation.Kind.TRADE_MISSION
    list_display = (
        "name", "shown_when", "direction", "shown_status", "sending_organisation", "members",
        "quota", "team",
    )  # fmt: skip
    list_filter = (*chosen("status", "direction", "origin"), *related("team"))


def _link(event: Event | None) -> str:
    """Return date and state of an event, linked to its page; a redacted one is a dash."""
    if event is None:
        return "–"
    url = reverse("admin:events_event_change", args=[event.pk])
    text = f"{formatting.when(event.when)} · {event.get_status_display()}"
    return format_html('<a class="text-link" href="{}">{}</a>', url, text)
