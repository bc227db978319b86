"""The screen of attendees."""

from copy import copy
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events.admin.attendance import attendance, attendeesteps, marking, tagging
from events.admin.attendance.standingfilter import StandingFilter
from events.admin.attendance.tagging import TagColumn, TagFilter, TagsField
from events.admin.attendance.withinfilter import WITHIN, WithinFilter
from events.admin.kit import csvcolumns, rights
from events.admin.kit.base import FindsPeople, TranslatedAdmin
from events.admin.kit.columns import badge, chosen_words, clock_of, coloured, moment, two_lines
from events.admin.kit.exports import ExportAdmin
from events.admin.kit.filters import chosen, searched, waiting
from events.admin.kit.forms import ScopedForm
from events.admin.kit.steps import StepsAdmin
from events.domain.attendance import attendees, capacity, invitations, undoing
from events.domain.overview import tasks
from events.domain.pages import formatting
from events.domain.refusals import Refusal
from events.models import Appointment, Attendee, Event, EventPlace, Person
from events.values.keys import is_key
from events.values.languages import columns

ANSWER = {
    Attendee.Partstat.ACCEPTED: "success",
    Attendee.Partstat.TENTATIVE: "warning",
    Attendee.Partstat.DECLINED: "danger",
    Attendee.Partstat.DELEGATED: "info",
}
PLACE = {
    Attendee.Seat.CONFIRMED: "success",
    Attendee.Seat.WAITLISTED: "warning",
    Attendee.Seat.CANCELLED: "danger",
}
PRESENCE = {
    Attendee.Attendance.CHECKED_IN: "success",
    Attendee.Attendance.ATTENDED: "success",
    Attendee.Attendance.NO_SHOW: "danger",
}
LABELS = columns("label")
BY_EVENT = "event__id__exact"  # the parameter of the filter by event


class AttendeeForm(ScopedForm):
    """The form of an attendee, who is a person or, if still unnamed, a label."""

    stems = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "appointment" in self.fields:
            held = Appointment.objects.filter(person=self.instance.person_id)
            self.fields["appointment"].queryset = held.order_by(  # type: ignore[attr-defined]
                "-rank", "pk"
            )
        for name in LABELS:
            if field := self.fields.get(name):
                hint = self.instance.label or _("or who is not named yet")
                field.widget.attrs["placeholder"] = hint

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        labels = [values[name] if name in values else self._kept(name) for name in LABELS]
        if not values.get("person") and not any(labels):
            self.add_error("person", _("Choose a person, or describe who is not named yet."))
        # The English label must not be empty in the database, so a Chinese label is copied to it.
        values["label_en"] = next(filter(None, labels), "")
        if "label_en" not in self.fields:
            self.instance.label_en = values["label_en"]
        return values

    def _kept(self, name: str) -> str:
        """The label in a language that the form does not show; '' if it was only such a copy."""
        text: str = getattr(self.instance, name) or ""
        shown = set(map(self.initial.get, LABELS))
        return "" if name == "label_en" and text in shown else text


class InvitationForm(AttendeeForm):
    """The form of an attendee that is stored by the domain; refusals are shown at their fields."""

    tags = TagsField()
    hubs: list[EventPlace] | None = None  # the event's hubs, when several forms share them
    at_fault: ClassVar[dict[type[Refusal], str]] = {
        attendees.NotOpen: "event",
        attendees.AlreadyInvited: "person",
        attendees.AlreadyNamed: "person",
        attendees.WrongHub: "hub",
        attendees.NoPlaceLeft: "hub",
        attendees.NotAllowed: "hub",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields and self.instance.person_id:
            self._keep_person(self.fields["person"])
        if "hub" in self.fields:
            self._offer_hubs(self.fields["hub"])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.has_changed() and not self.errors:
            self._ask_the_domain(values)
        return values

    def save(self, commit: bool = True) -> Any:
        attendee = super().save(commit=False)
        if commit:
            attendees.save(attendee=attendee, now=timezone.now())
        return attendee

    def _keep_person(self, field: Any) -> None:
        """Disable the person field: replacing a person is the step “substitute”."""
        field.disabled = True
        field.queryset = Person.objects.filter(pk=self.instance.person_id)

    def _offer_hubs(self, field: Any) -> None:
        if self.hubs is not None:
            field.queryset = EventPlace.objects.filter(pk__in=[hub.pk for hub in self.hubs])
            field.choices = [("", field.empty_label), *((hub.pk, str(hub)) for hub in self.hubs)]
        elif event := self._event():
            field.queryset = capacity.hubs(event=event).order_by("position", "pk")
        else:
            field.queryset = EventPlace.objects.none()

    def _event(self) -> Event | None:
        """The event, from the row or from the value of the field; None if neither is valid."""
        if self.instance.event_id:
            return self.instance.event
        field: Any = self.fields["event"]
        try:
            return field.to_python(self["event"].value())
        except ValidationError:
            return None

    def _ask_the_domain(self, values: dict[str, Any]) -> None:
        asked = copy(self.instance)
        for name in ("event", "person", "hub", "label_en"):
            if name in values:
                setattr(asked, name, values[name])
        if not asked.event_id:
            return  # the event is added on the same page
        try:
            attendees.check(attendee=asked)
        except Refusal as refusal:
            field = self.at_fault[type(refusal)]
            shown = field in {bound.name for bound in self.visible_fields()}
            self.add_error(field if shown else None, refusal.sentence(user=self.user))


def _was_never_asked(attendee: Attendee) -> bool:
    """Whether a source reported that they were there, and nothing else is known."""
    return bool(attendee.event_id) and not attendee.event.is_managed and attendee.is_untouched


def _known(description: Any, column: str, colours: dict[Any, str]) -> Any:
    """Return a badge that shows “–” for attendees who are only known from a report."""
    shown = badge(description, column, colours)

    @display(description=description, ordering=column)
    def known(admin: Any, attendee: Attendee) -> str:
        return "–" if _was_never_asked(attendee) else shown(admin, attendee)

    return known


class InvitationColumns:
    """Columns for answer, attendance and seat."""

    shown_answer = _known(_("answer"), "partstat", ANSWER)
    shown_presence = _known(_("presence"), "attendance", PRESENCE)

    @display(description=pgettext_lazy("at an event", "seat"), ordering="waitlisted_at")
    def shown_place(self, attendee: Attendee) -> str:
        """The state of the seat; for those who wait with their position on the waiting list."""
        if _was_never_asked(attendee):
            return "–"
        text, turn = chosen_words(attendee, "seat"), getattr(attendee, "turn", None)
        if turn:
            text = gettext("%(place)s: no. %(turn)s") % {"place": text, "turn": turn}
        return coloured(text, PLACE.get(Attendee.Seat(attendee.seat), ""))


@admin.register(Attendee)
class AttendeeAdmin(
    ExportAdmin, StepsAdmin, InvitationColumns, TagColumn, FindsPeople, TranslatedAdmin
):
    helps: ClassVar[Any] = {
        "appointment": _("The post in which they come, as lists and itineraries print it."),
        "representing": _("If it is not their employer."),
        "position": _("Lower numbers come first on lists."),
        "invited_by": _("Who named them, as for the members of a group."),
    }
    empty: ClassVar[Any] = _(
        "Guests stand on the list of an event: open the event and add them there."
    )
    empty_leads: ClassVar[Any] = (_("Open the events"), "admin:events_event_changelist")
    form = InvitationForm
    actions = (*attendance.ACTIONS, *tagging.ACTIONS, *marking.ACTIONS)
    action_form = tagging.TagActionForm
    list_before_template = "events/admin/venues.html"
    list_display = (
        "shown_who", "event", "shown_when", "role", "shown_answer", "shown_place", "hub",
        "shown_presence", "shown_tags",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (
        *searched("event"),
        WithinFilter,
        TagFilter,
        StandingFilter,
        waiting(*(task for task in tasks.TASKS if task.model is Attendee)),
        *chosen(
            *("role", "shown_in_public", "partstat", "seat", "attendance"),
            *("event__kind", "event__status"),
        ),
    )
    list_select_related = ("person", "event")
    list_prefetch: ClassVar[Any] = ("representing", "hub__place")
    search_fields = (*LABELS, *columns("event__title"))
    by_titles = False
    ordering: ClassVar[Any] = ("-event__start_on", "event", "position", "pk")
    autocomplete_fields = ("event", "person", "representing", "invited_by")
    readonly_fields = (
        "shown_answer", "shown_place", "shown_presence", "shown_checked_in", "substitute_for",
        "shown_invitation", "shown_tags",
    )  # fmt: skip
    fieldsets = (
        (_("Who"), {"fields": ("event", "person", "label", "appointment", "representing")}),
        (
            _("In what part"),
            {
                "fields": (
                    ("role", "position"),
                    "shown_in_public",
                    "hub",
                    "tags",
                    "language",
                    "notes",
                )
            },
        ),
        (
            _("Answer and presence"),
            {"fields": (("shown_answer", "shown_place"), ("shown_presence", "shown_checked_in"))},
        ),
        (_("Invitation"), {"fields": ("invited_by", "substitute_for", "shown_invitation")}),
    )
    steps = attendeesteps.STEPS
    takes_back: ClassVar[Any] = {tagging.TAGS: tagging.take_back}
    sheet = csvcolumns.ATTENDEES
    shown_checked_in = moment(
        _("checked in at"), "checked_in_at", lambda attendee: clock_of(attendee.event)
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.with_turn()

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave out what is the same in each row of the list of one event.

        In the list of a programme it shows who is shown in public.
        """
        shown = super().get_list_display(request)
        if request.GET.get(WITHIN):
            return [*shown[:4], "shown_in_public", *shown[4:]]
        if not is_key(request.GET.get(BY_EVENT, "")):
            return shown
        return [name for name in shown if name not in {"event", "shown_when"}]

    def next_steps(self, row: Attendee) -> tuple[str, ...]:
        now = timezone.now()
        back = undoing.next_steps(attendee=row, now=now)
        return (*attendees.next_steps(attendee=row, now=now), *back)

    def hold_row(self, row: Attendee) -> None:
        capacity.hold(event_id=row.event_id)

    def state_of(self, row: Attendee) -> str:
        """The answer, then seat and attendance as far as they are known."""
        states = [row.get_partstat_display()]
        if row.seat != Attendee.Seat.NONE:
            states.append(row.get_seat_display())
        if row.attendance != Attendee.Attendance.EXPECTED:
            states.append(row.get_attendance_display())
        return " · ".join(map(str, states))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the tags as words to users who may not change them."""
        parts = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return parts
        return [
            (title, {**part, "fields": tuple(map(tagging.as_words, part["fields"]))})
            for title, part in parts
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make the event read-only after creation: an attendee cannot be moved to another event."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *(("event",) if obj else ()))

    def has_attend_permission(self, request: HttpRequest) -> bool:
        """Whether the list offers actions such as check-in."""
        return rights.may_enter(request) and rights.may_change_any(request, Attendee)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow deletion only of attendees who were not invited and of whom nothing is recorded."""
        if obj and (not obj.is_untouched or invitations.was_invited(attendee=obj)):
            return False
        return super().has_delete_permission(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the seats taken above the list, if it is filtered by one event."""
        events = Event.objects.visible_to(request.user)
        chosen_event = request.GET.get(BY_EVENT, "")
        event = events.filter(pk=chosen_event).first() if is_key(chosen_event) else None
        lines = [attendance.fullness(each) for each in capacity.of(event=event)] if event else []
        about = {"event": event, "venues": lines, "rows_url": _rows_url(request, event)}
        return super().changelist_view(request, {**about, **(extra_context or {})})

    @display(description=_("attendee"))
    def shown_who(self, attendee: Attendee) -> str:
        """The attendee, and below it the organisation that they represent."""
        return two_lines(str(attendee), str(attendee.representing or ""))

    @display(description=_("by mail"))
    def shown_invitation(self, attendee: Attendee) -> str:
        """The kind and state of the attendee's latest invitation mail."""
        mail = invitations.latest(attendee=attendee) if attendee.pk else None
        if mail is None:
            return "–"
        words = {"kind": mail.get_kind_display(), "state": mail.get_state_display()}
        return gettext("%(kind)s: %(state)s") % words

    @display(description=_("date"), ordering="event__start_on")
    def shown_when(self, attendee: Attendee) -> str:
        return formatting.when(attendee.event.when)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Return to the home of the event, whose list has one more."""
        return HttpResponseRedirect(reverse("admin:events_event_home", args=[obj.event_id]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        attendees.save(attendee=obj, now=timezone.now())


def _rows_url(request: HttpRequest, event: Event | None) -> str:
    """Return the address at which guests are added as rows, if the user may add any."""
    if event is None:
        return ""
    ours = Attendee.objects.all().holders(request.user).filter(pk=event.pk)
    return reverse("admin:events_event_guests", args=[event.pk]) if ours.exists() else ""
