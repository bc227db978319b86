"""The screens of events: all events, promotion conferences, expos."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.attendance import attendance
from events.admin.attendance.eventguests import EventGuests
from events.admin.calendars.imports import ImportAdmin
from events.admin.events import announcesteps, eventsteps
from events.admin.events.clonestep import CLONE
from events.admin.events.eventforms import EventForm
from events.admin.events.eventhome import EventHomeAdmin
from events.admin.events.figures import FigureInline
from events.admin.events.itineraries import EventItinerary
from events.admin.events.partforms import PartsAdmin
from events.admin.events.roles import EventOrganisationInline, EventPlaceInline
from events.admin.homes import clashwords
from events.admin.homes.removals import RemovalsAdmin
from events.admin.homes.sections import SectionsAdmin
from events.admin.invitations.invitationstep import INVITE, INVITE_AGAIN
from events.admin.invitations.writing import InvitationWriting
from events.admin.kit import csvcolumns, rights
from events.admin.kit.base import TranslatedAdmin
from events.admin.kit.columns import NEWEST_FIRST, STATUS, EventColumns, clock_of, moment
from events.admin.kit.exports import ExportAdmin
from events.admin.kit.filters import chosen, related, waiting
from events.admin.kit.sources import EvidenceInline
from events.admin.kit.steps import Step, StepsAdmin
from events.admin.mail.reminders import EventReminderInline
from events.admin.programme.clashes import ClashesAdmin
from events.admin.programme.grids import GridAdmin
from events.admin.programme.partlists import PartListAdmin
from events.admin.programme.rundowns import RundownAdmin
from events.domain.access import access
from events.domain.attendance import capacity, invitations
from events.domain.lifecycle import announcing, lifecycle
from events.domain.overview import tasks
from events.domain.programme import clashes, tree
from events.domain.programme.collisions import Kind
from events.domain.reminders import reminders
from events.models import (
    Attendee,
    Event,
    EventOrganisation,
    EventPlace,
    Expo,
    PromotionConference,
    ReminderRule,
)

RELATED = ("place", "series", "team")
# Inlines that pages and feeds show as part of the event, and inlines that reminders depend on.
SHOWN_WITH_IT = {EventOrganisation, EventPlace}
REMINDED = {ReminderRule, Attendee}
# Kinds of clashes of which other messages tell.
SAID = (Kind.OUTSIDE, Kind.CAPACITY)
MAX_CLASHES_TOLD = 3


@admin.register(Event)
class EventAdmin(
    ImportAdmin,
    ExportAdmin,
    PartsAdmin,
    GridAdmin,
    PartListAdmin,
    ClashesAdmin,
    RundownAdmin,
    EventHomeAdmin,
    RemovalsAdmin,
    SectionsAdmin,
    StepsAdmin,
    EventGuests,
    EventItinerary,
    InvitationWriting,
    EventColumns,
    TranslatedAdmin,
):
    helps: ClassVar[Any] = {
        "series": _("The row of editions that it belongs to."),
        "edition": _("Which of the series it is: 8 for the eighth."),
        "url": _("Its own page elsewhere, to which the public page leads."),
        "qualifier": _("Shown beside the date while it is not sure."),
        "attendance_mode": _("Whether people come, watch the stream, or may do either."),
        "visibility": _(
            "Public: everybody. Participants: who attends. Delegation: its "
            "members. Internal: your team."
        ),
        "capacity": _("Who accepts when it is full waits for a seat. Empty: no limit."),
        "registration_closes": _("The deadline that people read on the page of the event."),
        "parent": _("The event in whose programme it stands."),
        "after": _("For a date that is known only by what comes before it."),
        "previous_related": _("The last one of its kind, if the two share no series."),
    }
    empty: ClassVar[Any] = _(
        "Begin with a conference, an expo or a mission; programme and guests follow on its page."
    )
    form = EventForm
    actions_list: ClassVar[Any] = ("import_calendar", "export")
    actions_detail: ClassVar[Any] = ("grid", "guests", "invitation", "itinerary")
    kind: ClassVar[str] = ""  # a screen for one kind presets it
    list_display: Any = (
        "title", "shown_when", "kind", "place", "shown_status", "shown_precision", "origin",
        "team",
    )  # fmt: skip
    list_filter = (
        *chosen("status", "kind", "precision", "basis", "origin", "visibility"),
        *related("team", "series"),
        waiting(*(task for task in tasks.TASKS if task.model is Event)),
    )
    list_select_related = RELATED
    date_hierarchy = "start_on"
    search_fields = ("slug",)
    ordering: ClassVar[Any] = NEWEST_FIRST
    autocomplete_fields = (
        "series", "parent", "after", "previous_related", "place", "end_place", "vehicle",
        "sectors", "registration_closes",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("title_en",)}
    readonly_fields = (
        "status", "cancellation_reason", "origin", "uid", "sequence", "revision",
        "shown_start", "shown_end", "shown_created", "shown_changed",
    )  # fmt: skip
    what: ClassVar[tuple[Any, ...]] = (
        "title", "kind", ("series", "edition"), "description", "cue", "sectors", "url",
    )  # fmt: skip
    steps = (*announcesteps.STEPS, *eventsteps.STEPS, INVITE, INVITE_AGAIN, CLONE)
    sheet = csvcolumns.EVENTS
    state_colours = STATUS
    shown_start = moment(_("starts"), "start_at", clock_of)
    shown_end = moment(_("ends"), "end_at", clock_of)
    shown_created = moment(_("created"), "created_at", clock_of)
    shown_changed = moment(_("last changed"), "changed_at", clock_of)
    inlines = (
        EventPlaceInline, EventOrganisationInline, EventReminderInline, FigureInline,
        EvidenceInline,
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the sections in the order of the work; the first class is the name of each."""
        what = tuple(name for name in self.what if name != "kind" or not self.kind)
        opened = ("revision_seen",) if obj and self.has_change_permission(request, obj) else ()
        record = (*opened, "slug", *(RECORD if obj else ()))
        return (
            (_("What"), {"classes": ("what",), "fields": self.replace_orig_field(what)}),
            (_("When"), {"classes": ("when",), "fields": WHEN}),
            (_("Where"), {"classes": ("where",), "fields": WHERE}),
            (_("Who organises it"), {"classes": ("organisers",), "fields": ("team",)}),
            (_("Who sees it, and who may come"), {"classes": ("audience",), "fields": AUDIENCE}),
            (_("Relations"), {"classes": ("relations",), "fields": RELATIONS}),
            (_("Record"), {"classes": ("record",), "fields": record}),
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Leave out what only reports of events have, figures and evidence, where there is none."""
        kept = {FigureInline: "figures", EvidenceInline: "evidence"}
        return [
            inline
            for inline in self.inlines
            if inline not in kept or (obj and getattr(obj, kept[inline]).exists())
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(kind=self.kind) if self.kind else rows

    def too_late(self, request: HttpRequest, row: Any, step: Step) -> str:
        starts = step.verb in {*lifecycle.STARTING} & {*lifecycle.STEPS[row.status]}
        if starts and (off := tree.off_above(event=row)):
            return tree.ParentOff(off).sentence(user=request.user)
        if step.verb == "reinstate" and lifecycle.has_begun(event=row, now=timezone.now()):
            return lifecycle.Begun(row).sentence(user=request.user)
        return super().too_late(request, row, step)

    def next_steps(self, row: Event) -> tuple[str, ...]:
        """The verbs of the event's state, then announcing parts, inviting, and cloning."""
        programme = announcing.next_steps(event=row)
        invite = invitations.next_steps(event=row, now=timezone.now())
        again = (CLONE.verb,) if row.start_on else ()
        return (*lifecycle.next_steps(event=row), *programme, *invite, *again)

    def hold_row(self, row: Event) -> None:
        lifecycle.hold()

    def may_take(self, request: HttpRequest, row: Event, step: Step) -> bool:
        """Allow cloning of shared events to organisers, of others to users who may add such events.

        The clone is a new event, so permission to change the original is not needed.
        """
        if step is not CLONE:
            return super().may_take(request, row, step)
        if row.team_id is None:
            return access.own_teams(user=request.user).exists()
        return access.may_store(user=request.user, event=row)

    def form_context(self, request: HttpRequest, row: Event) -> dict[str, Any]:
        """Add how much of the programme is not announced; a home shows it among what is next."""
        parts = tree.tree(event=row, among=Event.objects.visible_to(request.user))
        lines = announcesteps.unannounced(row, [part for _depth, part in parts])
        found = clashes.of(events=[row.pk], user=request.user)
        panel = clashwords.panel(request, row, found)
        return {**super().form_context(request, row), "lines": lines, "clashes": panel}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.preset_kind = self.kind
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.status != Event.Status.DRAFT:
            return False
        return super().has_delete_permission(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lock the tree of events until the form is stored, so that its checks stay valid."""
        with transaction.atomic():
            if request.method == "POST":
                lifecycle.hold()
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete a draft with its subtree, or say why it cannot be deleted."""
        event = self.get_object(request, object_id)
        if event is None:
            return super().delete_view(request, object_id, extra_context)
        if not self.has_change_permission(request, event):
            raise PermissionDenied
        if reason := self._undeletable(event):
            return self._keep(request, event, reason)
        try:
            return super().delete_view(request, object_id, extra_context)
        except lifecycle.NotAllowed:
            return self._keep(request, event, KNOWN)
        except lifecycle.InUse as refusal:
            return self._keep(request, event, NEEDED, refusal.rows)

    def _undeletable(self, event: Event) -> Any:
        """Return the reason why the event cannot be deleted, or None."""
        if "delete" in lifecycle.next_steps(event=event):
            return None
        is_draft = event.status == Event.Status.DRAFT
        return PARTS_KNOWN if is_draft else KNOWN

    def _keep(
        self, request: HttpRequest, event: Event, reason: Any, rows: Sequence[Model] = ()
    ) -> HttpResponse:
        names = [str(row) for row in rows if rights.may_see(request, row)]
        text = reason % {"title": event, "rows": gettext("; ").join(names) or "…"}
        self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(self.row_url(event))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Check that the user may change every part that is deleted along with a draft."""
        parts = [lifecycle.consequences(event=row, verb="delete").parts for row in objs]
        rows = [*objs, *chain(*parts)]
        ours = Event.objects.changeable_by(request.user).filter(pk__in=[row.pk for row in rows])
        lacking = {str(self.opts.verbose_name)} if ours.count() < len(rows) else set()
        names = [str(row) for row in ours.in_time_order()]
        return names, {self.opts.verbose_name_plural: len(rows)}, lacking, []

    def delete_model(self, request: HttpRequest, obj: Event) -> None:
        lifecycle.delete(event=obj, now=timezone.now())

    def view_on_site(self, obj: Event) -> str | None:
        """Return the address of the public page, or None if the event has none."""
        return obj.get_absolute_url() if obj.is_public else None

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        lifecycle.save(event=obj, now=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Update what depends on inlines: revision and feeds, and reminders."""
        changed = {rows.model for rows in formsets if rows.has_changed()}
        super().save_related(request, form, formsets, change)
        event, now = form.instance, timezone.now()
        if change and ("sectors" in form.changed_data or changed & SHOWN_WITH_IT):
            lifecycle.touch(event=event, now=now)
        if changed & REMINDED:
            reminders.replan(event=event, now=now)
        self._warn(request, event)

    def _warn(self, request: HttpRequest, event: Event) -> None:
        if strays := [row for row in tree.strays(event=event) if rights.may_see(request, row)]:
            text = _("These parts lie outside the days of “%(title)s”: %(parts)s.")
            parts = gettext("; ").join(str(row) for row in strays)
            messages.warning(request, text % {"title": event, "parts": parts})
        if tree.is_outside(event=event):
            text = _("“%(title)s” lies outside the days of “%(parent)s”.")
            messages.warning(request, text % {"title": event, "parent": event.parent})
        for venue in capacity.of(event=event):
            if venue.excess:
                words = {"fullness": attendance.fullness(venue)}
                messages.warning(request, TOO_MANY % words)
        self._warn_of_clashes(request, event)

    def _warn_of_clashes(self, request: HttpRequest, event: Event) -> None:
        """Say what the event clashes with; what lies outside its days has been said."""
        found = clashes.of(events=[event.pk], user=request.user)
        told = [clash for clash in found if clash.counts and clash.kind not in SAID]
        for clash in told[:MAX_CLASHES_TOLD]:
            messages.warning(request, clashwords.sentence(clash))
        if len(told) > MAX_CLASHES_TOLD:
            text = _("It has %(number)s clashes in all: see below.")
            messages.warning(request, text % {"number": len(told)})


TOO_MANY = _(
    "%(fullness)s. All keep their seats, and nobody moves up from the waiting list. Raise the"
    " capacity, or take people off the list."
)
# Reasons why an event is not deleted.
KNOWN = _(
    "“%(title)s” is no draft any more, so people may have it in their calendars. "
    "Cancel it instead of deleting it: then they learn of it."
)
PARTS_KNOWN = _(
    "“%(title)s” is a draft, but parts of it are not: people may have them in their calendars."
)
NEEDED = _("“%(title)s” stays, for other records need it: %(rows)s.")
WHEN = (
    ("precision", "basis"),
    "qualifier",
    ("start_on", "start_time"),
    ("end_on", "end_time"),
    ("timezone", "end_timezone"),
    "date_text",
)

WHERE = (("place", "end_place"), "vehicle", "attendance_mode", "stream_url")
AUDIENCE = (
    "visibility",
    "in_calendar",
    ("capacity", "registration_closes"),
    "team_reminders",
)
RELATIONS = ("parent", ("after", "previous_related"))
RECORD = (
    ("status", "cancellation_reason"),
    ("origin", "uid"),
    ("sequence", "revision"),
    ("shown_start", "shown_end"),
    ("shown_created", "shown_changed"),
)


class OneKindAdmin(EventAdmin):
    """A screen for the events of one kind."""

    actions_list: ClassVar[Any] = ("export",)
    list_display = (
        "title", "shown_when", "place", "shown_status", "shown_precision", "series", "origin",
        "team",
    )  # fmt: skip
    list_filter = (
        *chosen("status", "precision", "basis", "origin", "visibility"),
        *related("team", "series"),
    )


@admin.register(PromotionConference)
class PromotionConferenceAdmin(OneKindAdmin):
    kind = Event.Kind.PROMOTION_CONFERENCE


@admin.register(Expo)
class ExpoAdmin(OneKindAdmin):
    kind = Event.Kind.EXPO
