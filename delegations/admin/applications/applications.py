"""The screen of applications: applicants, nominees and decisions."""

from typing import Any, ClassVar, Final
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display

from delegations.admin import sheets
from delegations.admin.applications import applicationsteps
from delegations.admin.applications.applicationsteps import zone_of
from delegations.admin.applications.applicationwords import STATUS, silences
from delegations.admin.applications.rounds import DecidesTogether
from delegations.domain.applications import applications, rounds
from delegations.domain.mail import decisions
from delegations.domain.overview import tasks
from delegations.domain.rosters import quotas
from delegations.models import Application, Delegation, Nominee
from events.admin.attendance.attendees import AttendeeForm
from events.admin.kit.base import ScopedInline, TeamScopedAdmin
from events.admin.kit.columns import badge, moment
from events.admin.kit.exports import ExportAdmin
from events.admin.kit.filters import chosen, searched, waiting
from events.admin.kit.forms import KnowingForm, RowFormSet
from events.admin.kit.steps import Step, StepsAdmin
from events.domain.refusals import Refusal
from events.values.languages import columns

BLANK_ROWS: Final = 3
SUBMIT: Final = "_submit_now"  # the name of the button that saves a draft and submits it


class ApplicationSteps:
    """The buttons of an application on another page, to which its steps then return."""

    def __init__(self, back: str, delegation: Delegation) -> None:
        """Keep the address of that page, and which applications to the delegation may wait."""
        self.back = quote(back)
        self.waiters = rounds.may_wait(delegation=delegation)

    def of(self, application: Application) -> list[dict[str, Any]]:
        """Return the buttons of the legal steps; without the waiting list while seats are free."""
        legal = set(applications.next_steps(application=application))
        if application.pk not in self.waiters:
            legal -= {"waitlist"}
        return [
            step.button(f"{_step_url(application, step.verb)}?next={self.back}")
            for step in applicationsteps.STEPS
            if step.verb in legal
        ]


def _step_url(application: Application, verb: str) -> str:
    return reverse("admin:delegations_application_step", args=[application.pk, verb])


class ApplicationForm(KnowingForm):
    """An application to a delegation whose call is open; an organisation can have one."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        delegation = values.get("delegation")
        if delegation and self.instance.pk is None:
            try:
                applications.check_call(delegation=delegation, now=timezone.now())
            except applications.CallClosed as refusal:
                self.add_error("delegation", refusal.sentence(user=self.user))
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """Also check constraints that involve the status, which is not a field of the form."""
        return super()._get_validation_exclusions() - {"status"}  # type: ignore[misc]


class NomineeFormSet(RowFormSet):
    """All nominees of an application: they must fit the seats that it holds."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        nominees = [form.instance for form in self.forms if self._stays(form)]
        try:
            applications.check(application=self.instance, nominees=nominees)
            if SUBMIT in self.data and not nominees:
                raise applications.NoNominees(self.instance)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence(user=self.user)) from refusal

    def _stays(self, form: Any) -> bool:
        is_somebody = form.has_changed() or form.instance.pk
        return is_somebody and not self._should_delete_form(form)


class NomineeInline(ScopedInline, TabularInline):
    model = Nominee
    form = AttendeeForm
    formset = NomineeFormSet
    fields = ("person", "label", "capacity")
    autocomplete_fields = ("person",)
    tab = False

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Show blank rows on a new form, so that nominees can be typed without a click."""
        return 0 if obj else BLANK_ROWS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person")


def _zone(application: Application) -> str:
    return str(zone_of(application))


@admin.register(Application)
class ApplicationAdmin(DecidesTogether, ExportAdmin, StepsAdmin, TeamScopedAdmin):
    helps: ClassVar[Any] = {
        "contact": _(
            "Who is told of the decision by mail. Left empty on a new application: its first"
            " nominee."
        ),
    }
    empty: ClassVar[Any] = _(
        "Organisations apply for seats in a mission. Add the mission first, and open its call."
    )
    empty_leads: ClassVar[Any] = (_("Open the missions"), "admin:delegations_delegation_changelist")
    list_display = (
        "organisation", "delegation", "seats", "shown_status", "shown_submitted", "shown_confirm",
        "contact",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *chosen("status"), *searched("delegation"), waiting(tasks.UNDECIDED),
    )  # fmt: skip
    list_select_related = ("organisation", "delegation__mission", "contact")
    search_fields = (
        "organisation__search_key", *columns("delegation__name"),
    )  # fmt: skip
    ordering: ClassVar[Any] = ("-submitted_at", "-pk")
    autocomplete_fields = ("delegation", "organisation", "contact")
    readonly_fields = (
        "shown_submitted", "shown_decided", "decided_by", "shown_confirm", "reason", "question",
        "reply",
    )  # fmt: skip
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("delegation", ("organisation", "contact"), "statement")}),
        (_("Vetting"), {"fields": ("vetting", ("question", "reply"))}),
        (
            _("Decision"),
            {
                "fields": (
                    "shown_submitted",
                    "shown_confirm",
                    "shown_decided",
                    "decided_by",
                    "reason",
                ),
            },
        ),
    )
    form = ApplicationForm
    steps = applicationsteps.STEPS
    sheet = sheets.APPLICATIONS
    state_colours = STATUS
    inlines = (NomineeInline,)
    actions_submit_line: ClassVar[Any] = ("submit_now",)
    shown_status = badge(_("status"), "status", STATUS)
    shown_submitted = moment(_("submitted"), "submitted_at", _zone)
    shown_decided = moment(_("decided"), "decided_at", _zone)
    shown_confirm = moment(_("to be confirmed by"), "confirm_by", _zone)

    @action(description=_("Save and submit"), attrs={"name": SUBMIT}, icon="send")
    def submit_now(self, request: HttpRequest, obj: Application) -> None:
        """Name the button; `save_related` submits, because the nominees are stored last."""

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the button also on the form of a new application, where Unfold shows none."""
        buttons = {"actions_submit_line": self.get_actions_submit_line(request, None)}
        return super().add_view(request, form_url, {**buttons, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of a new application what is not known before it is decided."""
        what, vetting, decision = super().get_fieldsets(request, obj)
        if obj:
            return (what, vetting, decision)
        return (what, (vetting[0], {"fields": ("vetting",)}))

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer to submit drafts only."""
        row = self.get_object(request, str(object_id)) if object_id else None
        may = row is None or "submit" in applications.next_steps(application=row)
        return super().get_actions_submit_line(request, object_id) if may else []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the nominees, submit if the button says so, and let others move up."""
        super().save_related(request, form, formsets, change)
        row, now = form.instance, timezone.now()
        if not change:
            applications.name_contact(application=row)
        if SUBMIT in request.POST:
            applications.submit(application=row, now=now)
            messages.success(request, gettext("Submitted."))
        elif change:
            applications.settle(application=row, now=now)

    def response_post_save_add(self, request: HttpRequest, obj: Application) -> HttpResponse:
        """Return to the page of the mission, if the form was opened there."""
        there = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
            return HttpResponseRedirect(there)
        return super().response_post_save_add(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.annotate(size=Count("nominees", distinct=True))

    def hold_row(self, row: Application) -> None:
        quotas.hold(delegation=row.delegation)

    def next_steps(self, row: Application) -> tuple[str, ...]:
        """Return the legal steps; without the waiting list while seats are free for them."""
        legal = applications.next_steps(application=row)
        if "waitlist" in legal and row.pk not in rounds.may_wait(delegation=row.delegation):
            return tuple(verb for verb in legal if verb != "waitlist")
        return legal

    def too_late(self, request: HttpRequest, row: Application, step: Step) -> str:
        if step.verb in applications.next_steps(application=row):
            return applications.SeatsLeft(row).sentence(user=request.user)
        return super().too_late(request, row, step)

    def step_context(self, request: HttpRequest, row: Application) -> dict[str, Any]:
        """Warn, while decisions lie ahead, that nobody can be told of them."""
        is_open = row.status in Application.LIVE and row.status != Application.Status.CONFIRMED
        may = is_open and self.has_change_permission(request, row)
        warning = silences(decisions.silence(application=row)) if may else ""
        lines = [warning] if warning else []
        return {**super().step_context(request, row), "lines": lines}

    @display(description=_("proposed"), ordering="size")
    def seats(self, application: Any) -> int:
        return application.size
