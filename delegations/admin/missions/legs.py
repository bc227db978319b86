"""The inline of legs on the page of a delegation; a place and its days make the stay."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget

from delegations.domain.rosters import legs
from delegations.models import Leg
from events.admin.kit.base import ScopedInline
from events.admin.kit.forms import KnowingForm, RowFormSet
from events.admin.kit.widgets import Autocomplete
from events.domain.pages import formatting
from events.domain.refusals import Refusal
from events.models import Event, Place


class LegForm(KnowingForm):
    """The form of a leg: place and days, from which the domain makes the event of the stay."""

    place = forms.ModelChoiceField(label=_("place"), queryset=Place.objects.none())
    first = forms.DateField(
        label=_("first day"),
        # A new row takes the last day of the row above it, or else the first day of the journey.
        widget=UnfoldAdminDateWidget({"data-after": "last", "data-begin": "first_day"}),
    )
    last = forms.DateField(label=_("last day"), widget=UnfoldAdminDateWidget)
    places: ClassVar[QuerySet[Place]] = Place.objects.none()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        field.widget = Autocomplete(Event._meta.get_field("place"), admin.site)
        field.queryset = self.places  # type: ignore[attr-defined]
        field.widget.choices = field.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            stay = self.instance.stay
            self.initial.update(place=stay.place_id, first=stay.start_on, last=stay.end_on)
            field.widget.known = stay.place

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("lies before the start"))
        return values

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"stay"}  # type: ignore[misc]

    def store(self, delegation: Any, now: datetime) -> Leg:
        """Add or change the leg and its stay."""
        values = {
            name: self.cleaned_data[name] for name in ("place", "first", "last", "host", "liaison")
        }
        if not self.instance.pk:
            return legs.add(delegation=delegation, now=now, **values)
        leg: Leg = self.instance
        legs.change(leg=leg, now=now, **values)
        return leg


class LegFormSet(RowFormSet):
    """All legs of a delegation; two stays may share at most the day of travel."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        staying = [form for form in self.forms if not self._should_delete_form(form)]
        spans = [
            (form.cleaned_data["first"], form.cleaned_data["last"])
            for form in staying
            if form.cleaned_data.get("first")
        ]
        try:
            legs.check(delegation=self.instance, spans=spans)
            for form in self.deleted_forms:
                if form.instance.pk:
                    legs.check_removal(leg=form.instance)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence(user=self.user)) from refusal

    def store(self, now: datetime) -> None:
        """Store the legs: removed ones first, so that their days are free for others.

        Fills `new_objects`, `changed_objects` and `deleted_objects`, which the admin reads.
        """
        self.deleted_objects = [form.instance for form in self.deleted_forms if form.instance.pk]
        for leg in self.deleted_objects:
            legs.remove(leg=leg, now=now)
        changed = [
            form for form in self.forms if form.has_changed() and not self._should_delete_form(form)
        ]
        old = [form for form in changed if form.instance.pk]
        self.changed_objects = [(form.store(self.instance, now), form.changed_data) for form in old]
        self.new_objects = [form.store(self.instance, now) for form in changed if form not in old]


class LegInline(ScopedInline, StackedInline):
    helps: ClassVar[Any] = {
        "host": _("Who receives the delegation there."),
        "liaison": _("With a login, this person sees this leg and its programme."),
    }
    tab = False
    section = "members"
    model = Leg
    form = LegForm
    formset = LegFormSet
    fields = (
        "place", ("first", "last"), "host", "liaison", "shown_stay", "shown_transfers",
    )  # fmt: skip
    readonly_fields = ("shown_stay", "shown_transfers")
    autocomplete_fields = ("host", "liaison")
    ordering: ClassVar[Any] = (F("stay__start_on").asc(nulls_last=True), "pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make legs read-only if the delegation is closed or only reported."""
        is_open = obj is None or obj.pk is None or obj.is_open
        return is_open and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = Leg.objects.visible_to(request.user)
        related = ("stay__place", "arrival", "departure", "host", "liaison")
        return rows.select_related(*related).order_by(*self.ordering)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.places = Place.objects.visible_to(request.user)
        return formset

    @display(description=_("stay"))
    def shown_stay(self, leg: Leg) -> str:
        text = f"{leg.stay} · {leg.stay.get_status_display()}"
        return _link(leg.stay, text)

    @display(description=_("arrival and departure"))
    def shown_transfers(self, leg: Leg) -> str:
        ways = [way for way in (leg.arrival, leg.departure) if way]
        text = gettext("%(title)s: %(when)s")
        links = [
            _link(way, text % {"title": way, "when": formatting.when(way.when)}) for way in ways
        ]
        return format_html(" · ".join(["{}"] * len(links)), *links) if links else "–"


def _link(event: Event, text: str) -> str:
    url = reverse("admin:events_event_change", args=[event.pk])
    return format_html('<a class="text-link" href="{}">{}</a>', url, text)
