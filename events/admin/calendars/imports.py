"""Import a foreign calendar into events of a team: first a preview, then the import."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from events.admin.kit import rights, screens
from events.admin.kit.widgets import ZoneSelect
from events.domain.access import access
from events.domain.ical import parsing
from events.domain.imports.calendars import importpreviews, imports
from events.domain.imports.calendars.importplans import Choices, Outcome, Plan, Row
from events.domain.imports.calendars.imports import Calendar
from events.domain.pages import formatting
from events.domain.refusals import Refusal
from events.models import Event, Team, User
from events.models.base.fields import validate_timezone

OUTCOMES: Final = {
    Outcome.NEW: (_("new"), "success"),
    Outcome.CHANGED: (_("changed"), "info"),
    Outcome.UNCHANGED: (_("unchanged"), ""),
    Outcome.KEPT: (_("kept as it is here"), "warning"),
    Outcome.CANCELLED: (_("cancelled"), "danger"),
    Outcome.SKIPPED: (_("left out"), ""),
    Outcome.REFUSED: (_("refused"), "danger"),
}
COLUMNS: Final = {
    "title": _("title"),
    "when": _("date"),
    "place": _("place"),
    "description": _("description"),
    "url": _("web page"),
}


class ImportForm(forms.Form):
    """Which calendar to import, and what kind of events to make of it."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".ics,text/calendar"}),
        help_text=_("An .ics file, as calendar programs export it."),
    )
    address = forms.CharField(
        label=_("or an address"),
        required=False,
        max_length=2_000,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("https://… or webcal://…; it is read once, now, and not kept."),
    )
    team = forms.ModelChoiceField(
        label=_("team"), queryset=Team.objects.none(), widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        label=_("language of the texts"),
        choices=settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget,
    )
    timezone = forms.CharField(
        label=_("time zone"),
        validators=[validate_timezone],
        widget=ZoneSelect,
        help_text=_("Of days, and of times that are given in UTC or without a zone."),
    )
    kind = forms.ChoiceField(
        label=_("kind"),
        choices=[(kind.value, kind.label) for kind in imports.KINDS],
        initial=Event.Kind.CONFERENCE,
        widget=UnfoldAdminSelectWidget,
    )
    visibility = forms.ChoiceField(
        label=_("visibility"),
        choices=Event.Visibility.choices,
        initial=Event.Visibility.INTERNAL,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer the teams that the user runs, and preset the user's language and time zone."""
        super().__init__(*args, **kwargs)
        teams = access.own_teams(user=user).order_by("name", "pk")
        self.user = user
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].initial = access.usual_team(user=user, model=Event)
        self.fields["language"].initial = get_language()
        self.fields["timezone"].initial = user.timezone or settings.TIME_ZONE

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(values.get("file")) == bool(values.get("address")) and not self.errors:
            raise ValidationError(_("Choose a file or write an address, one of them."))
        return values

    def clean_file(self) -> Any:
        """Refuse a file that is too large before reading it."""
        file = self.cleaned_data["file"]
        if file and file.size > parsing.MAX_BYTES:
            raise ValidationError(parsing.TooLarge().sentence(user=self.user))
        return file

    def open(self) -> importpreviews.Preview:
        """Make a preview of the import; no event is stored yet."""
        values = self.cleaned_data
        names = ("team", "language", "timezone", "kind", "visibility")
        choices = Choices(**{name: values[name] for name in names})
        about: dict[str, Any] = {
            "choices": choices,
            "user": self.user,
            "now": timezone.now(),
        }
        if values["address"]:
            return importpreviews.open_address(address=values["address"], **about)
        name = get_valid_filename(values["file"].name)[:200]
        calendar = Calendar(name=name, body=values["file"].read())
        return importpreviews.open_file(calendar=calendar, **about)


class ImportAdmin:
    """A list of events into which calendars can be imported; mixed into a TeamScopedAdmin."""

    opts: Any

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the user is organiser of a team and so may add events to it."""
        return rights.may_enter(request) and access.own_teams(user=request.user).exists()

    @action(
        description=_("Import a calendar"),
        url_path="import",
        permissions=["import"],
        icon="upload",
    )
    def import_calendar(self, request: HttpRequest) -> HttpResponse:
        """Show the form (GET), a preview (POST), or import the preview named by `key` (POST)."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 -- it has come through admin_view
        is_sent = request.method == "POST"
        try:
            if is_sent and "key" in request.POST:
                return self._carry_out(request, request.user)
            data = (request.POST, request.FILES) if is_sent else ()
            form = ImportForm(*data, user=request.user)
            if is_sent and form.is_valid():
                return self._import_page(request, opened=form.open())
        except Refusal as refusal:
            form = ImportForm(user=request.user) if "key" in request.POST else form
            said = refusal.sentence(user=request.user)
            return self._import_page(request, form=form, refusal=said)
        return self._import_page(request, form=form)

    def _carry_out(self, request: HttpRequest, user: User) -> HttpResponse:
        """Import what was looked at, when the user has chosen what becomes of the mails."""
        key, now = request.POST["key"], timezone.now()
        if screens.is_back(request):
            opened = importpreviews.reopen(key=key, user=user, now=now)
            return self._import_page(request, opened=opened)
        try:
            with screens.planning(request):
                plan = importpreviews.confirm(key=key, user=user, now=now)
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(self, request, unasked.told)
        messages.success(request, summary(plan))
        if told:
            messages.success(request, screens.message(told))
        return HttpResponseRedirect(self._list_url())

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _import_page(
        self,
        request: HttpRequest,
        form: ImportForm | None = None,
        opened: importpreviews.Preview | None = None,
        refusal: str = "",
    ) -> HttpResponse:
        return screens.page(
            self,
            request,
            "events/admin/import.html",
            title=_("Import a calendar"),
            media=self.media,  # type: ignore[attr-defined]
            form=form,
            opened=opened and opened.calendar,
            summary=summary(opened.plan) if opened else "",
            rows=[_shown(row) for row in opened.plan.rows] if opened else [],
            refusal=refusal,
            back=self._list_url(),
        )


def summary(plan: Plan) -> str:
    """Return a sentence with the number of events of each outcome."""
    text = ngettext(
        "%(number)s event read: %(counts)s.", "%(number)s events read: %(counts)s.", len(plan.rows)
    )
    counts = [
        f"{number} {OUTCOMES[outcome][0]}" for outcome, number in plan.counts().items() if number
    ]
    return text % {"number": len(plan.rows), "counts": gettext(", ").join(counts) or "0"}


def _shown(row: Row) -> dict[str, Any]:
    """One line of the preview: the event, what happens to it, and why."""
    label, colour = OUTCOMES[row.outcome]
    return {
        "label": label,
        "colour": colour,
        "title": row.title or row.uid,
        "when": formatting.when(row.when) if row.when else "",
        "line": row.line,
        "uid": row.uid,
        "event": row.event if row.event and row.event.pk else None,
        "why": list(_why(row)),
    }


def _why(row: Row) -> Iterator[str]:
    if row.reason:
        reason = gettext(row.reason) % row.values
        yield f"{row.name}: {reason}" if row.name else reason
    if row.people:
        text = ngettext(
            "%(number)s person who is expected sees the change in the itinerary and the calendar.",
            "%(number)s people who are expected see the change in itineraries and calendars.",
            row.people,
        )
        yield text % {"number": row.people}
    if row.parts:
        text = ngettext(
            "%(number)s part of its programme here moves along by as many days.",
            "%(number)s parts of its programme here move along by as many days.",
            row.parts,
        )
        yield text % {"number": row.parts}
    if row.changed:
        yield gettext("taken over: %(names)s") % {"names": _names(row.changed)}
    if row.kept:
        yield gettext("kept, changed here: %(names)s") % {"names": _names(row.kept)}


def _names(columns: tuple[str, ...]) -> str:
    return gettext(", ").join(str(COLUMNS[name.split("_")[0]]) for name in columns)
