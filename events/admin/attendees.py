"""Who takes part: the screen of attendees and their list at an event."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from events.admin.base import ScopedInline, TranslatedAdmin
from events.admin.filters import chosen
from events.admin.forms import ScopedForm
from events.admin.shown import badge
from events.domain import reminders, wording
from events.models import Appointment, Attendee, Person

ANSWER = {
    Attendee.Answer.ACCEPTED: "success",
    Attendee.Answer.TENTATIVE: "warning",
    Attendee.Answer.DECLINED: "danger",
    Attendee.Answer.DELEGATED: "info",
}


class AttendeeForm(ScopedForm):
    """An attendee has a person, or a label in place of one."""

    stems = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "appointment" in self.fields:
            held = Appointment.objects.filter(person=self.instance.person_id)
            self.fields["appointment"].queryset = held.order_by(  # type: ignore[attr-defined]
                "-rank", "pk"
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        names = [f"label_{language}" for language in self.languages]
        labels = [values.get(name, getattr(self.instance, name)) for name in names]
        if not values.get("person") and not any(labels):
            self.add_error("person", _("Choose a person, or describe who is not named yet."))
        # The database asks for the English one, so a Chinese description stands in for it.
        values["label_en"] = next(filter(None, labels), "")
        return values


class AttendeeInline(ScopedInline, TabularInline):
    model = Attendee
    form = AttendeeForm
    fields = ("person", "label_en", "role", "representing", "answer")
    autocomplete_fields = ("person", "representing")
    ordering: ClassVar[Any] = ("position", "pk")
    per_page = 20
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person", "representing")


@admin.register(Attendee)
class AttendeeAdmin(TranslatedAdmin):
    form = AttendeeForm
    list_display = (
        "__str__", "event", "shown_when", "role", "shown_answer", "place", "presence",
        "representing",
    )  # fmt: skip
    list_filter: ClassVar[Any] = chosen(
        "role", "answer", "place", "presence", "event__kind", "event__status"
    )
    list_select_related = ("person", "event", "representing")
    search_fields = (
        "label_en", "label_zh_hans", "label_zh_hant", "event__title_en", "event__title_zh_hans",
        "event__title_zh_hant",
    )  # fmt: skip
    ordering: ClassVar[Any] = ("-event__start_on", "event", "position", "pk")
    autocomplete_fields = (
        "event", "person", "representing", "invited_by", "substitute_for",
    )  # fmt: skip
    readonly_fields = ("checked_in_at",)
    fieldsets = (
        (_("Who"), {"fields": ("event", "person", "label", "appointment", "representing")}),
        (_("In what part"), {"fields": (("role", "position"), "language", "notes")}),
        (
            _("Answer and presence"),
            {"fields": (("answer", "place", "presence"), "checked_in_at")},
        ),
        (_("Invitation"), {"fields": ("invited_by", "substitute_for")}),
    )
    shown_answer = badge(_("answer"), "answer", ANSWER)

    @display(description=_("date"), ordering="event__start_on")
    def shown_when(self, attendee: Attendee) -> str:
        return wording.when(attendee.event.when)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find people in every spelling of their names, too."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, duplicates
        people = Person.objects.visible_to(request.user).matching(search_term)
        ours = queryset.filter(Q(person__in=people) | Q(pk__in=found.values("pk")))
        return ours, duplicates

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        reminders.replan(event=obj.event, now=timezone.now())
