"""The form of a delegation, on which the days of its mission and of its deadline are entered."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminTimeWidget,
)

from delegations.domain.lifecycle import missions
from events.admin.kit.forms import ScopedForm
from events.admin.kit.widgets import Autocomplete
from events.domain.access import access
from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting
from events.domain.programme import tree
from events.domain.refusals import Refusal
from events.models import Event, Place
from events.values import dates
from events.values.dates import When

JOURNEY: Final = ("first_day", "last_day", "about", "mission_place")
CLOSING: Final = ("closes_on", "closes_at")
# The field at which the fault of a date is shown, by the part of the date.
AT_FAULT: Final = {
    "start_on": "first_day",
    "end_on": "last_day",
    "edtf": "about",
    "timezone": "mission_place",
}

BEHIND = _(
    "The mission and its deadline are events, which this form makes from the days entered in it. "
    "Choose another only if it exists already."
)


# The events that the form makes; the dates typed on it are labelled otherwise.
BEHIND_LABELS = {
    "mission": capfirst(_("event of the mission")),
    "applications_close": capfirst(_("event of the deadline")),
}


class MissionForm(ScopedForm):
    """A delegation with the days and the place of its mission, from which its event is made."""

    preset_kind: ClassVar[str] = ""

    first_day = forms.DateField(label=_("first day"), required=False, widget=UnfoldAdminDateWidget)
    last_day = forms.DateField(
        label=_("last day"),
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text=_("Empty: the same day."),
    )
    about = forms.CharField(
        label=_("or about when"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"placeholder": "2027-03"}),
        help_text=_("While the days are not known: a month such as 2027-03, or a year."),
    )
    mission_place = forms.ModelChoiceField(
        label=_("place"),
        queryset=Place.objects.none(),
        required=False,
        help_text=_("The clock of the mission is that of the place."),
    )
    closes_on = forms.DateField(
        label=_("applications close"), required=False, widget=UnfoldAdminDateWidget
    )
    closes_at = forms.TimeField(label=_("at"), required=False, widget=UnfoldAdminTimeWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = missions.Plan()
        if self.preset_kind:
            self.instance.kind = self.preset_kind
        if not self.instance.is_managed:
            for name in (*JOURNEY, *CLOSING):
                del self.fields[name]
        elif "mission" in self.fields:
            self.fields["mission"].help_text = BEHIND
        for name, label in BEHIND_LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
        self._offer_places()
        self._show(JOURNEY, self.instance.mission, self._journey)
        self._show(CLOSING, self.instance.applications_close, self._closing)

    def needs_team(self) -> bool:
        return self.instance.origin == "managed"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for link, names in (("mission", JOURNEY), ("applications_close", CLOSING)):
            if link in self.changed_data and values.get(link) and self._has(names):
                self.add_error(link, _("Choose an event, or write the date: not both."))
        if self.instance.pk is None and not values.get("organiser"):
            values["organiser"] = values.get("sending_organisation")
        if values.get("closes_at") and not values.get("closes_on"):
            self.add_error("closes_on", _("Write the day as well."))
        return values

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and self.instance.is_managed:
            self.plan = missions.Plan(
                mission=self._plan_mission(),
                deadline=self._plan_deadline(),
                drops_deadline=self._has(CLOSING) and not self.cleaned_data["closes_on"],
            )

    def _get_validation_exclusions(self) -> set[str]:
        """Skip the constraint that ours has a mission, which is made when the form is stored.

        The team, which is the other half of the constraint, is a required field.
        """
        return super()._get_validation_exclusions() | {"mission"}  # type: ignore[misc]

    def _plan_mission(self) -> Event | None:
        """Return the event of the mission with the values of the form; None if none has changed."""
        delegation, values = self.instance, self.cleaned_data
        renamed = any(name.startswith("name_") for name in self.changed_data)
        is_due = self._has(JOURNEY) or (renamed and self._may(JOURNEY))
        if "mission" in self.changed_data and delegation.mission:
            return None
        if delegation.mission and not is_due:
            return None
        place = values.get("mission_place")
        old = delegation.mission.when if delegation.mission else When()
        try:
            event = missions.journey(delegation=delegation, when=self._when(old), place=place)
            dates.validate(event.when)
            lifecycle.check(event=event)
        except dates.BadDate as fault:
            field = AT_FAULT.get(fault.field, "first_day")
            self.add_error(field, _(fault.reason) % fault.values)
        except lifecycle.Incomplete:
            self.add_error("first_day", _("People may know the days already: postpone the event."))
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            return event
        return None

    def _refuse(self, refusal: Refusal) -> None:
        told: list[Any] = [refusal.sentence(user=self.user)]
        if isinstance(refusal, tree.OutsideParent):
            told.append(_("To take the programme along, use “Move” on the page of the mission."))
        self.add_error("first_day", told)

    def _when(self, old: When) -> When:
        values = self.cleaned_data
        first, about, place = values["first_day"], values["about"], values.get("mission_place")
        zone = place.find_zone() if place else ""
        zone = zone or old.timezone or self._zone()
        if first:
            return missions.days(old=old, first=first, last=values["last_day"], timezone=zone)
        if about:
            return dates.from_edtf(about, timezone=zone)
        was_coarse = not old.is_exact
        return old if was_coarse else When(timezone=zone)

    def _plan_deadline(self) -> Event | None:
        day = self.cleaned_data.get("closes_on")
        if not day or not self._has(CLOSING) or "applications_close" in self.changed_data:
            return None
        old = self.instance.applications_close
        zone = (old.timezone if old else "") or self._zone()
        when = missions.closing(day=day, at=self.cleaned_data["closes_at"], timezone=zone)
        try:
            dates.validate(when)
        except dates.BadDate as fault:
            self.add_error("closes_on", _(fault.reason) % fault.values)
            return None
        return missions.deadline(delegation=self.instance, when=when)

    def _zone(self) -> str:
        now_at = timezone.get_current_timezone_name()
        return missions.home(delegation=self.instance, default=now_at)

    def _has(self, names: tuple[str, ...]) -> bool:
        """Whether one of these fields was changed."""
        return bool({*names} & {*self.changed_data})

    def _may(self, names: tuple[str, ...]) -> bool:
        return names[0] in self.fields and not self.fields[names[0]].disabled

    def _offer_places(self) -> None:
        if "mission_place" not in self.fields:
            return
        field: Any = self.fields["mission_place"]
        field.widget = Autocomplete(Event._meta.get_field("place"), admin.site)
        field.queryset = Place.objects.visible_to(self.user)
        field.widget.choices = field.choices

    def _show(self, names: tuple[str, ...], event: Event | None, show: Any) -> None:
        """Fill fields from an event; without the right to change it they are disabled."""
        if names[0] not in self.fields or event is None:
            return
        may = access.may_change(user=self.user, row=event)
        for name in names:
            self.fields[name].disabled = not may
        if may or access.may_see(user=self.user, row=event):
            self.initial.update(show(event))

    def _journey(self, event: Event) -> Mapping[str, Any]:
        place: Any = self.fields["mission_place"]
        place.widget.known = event.place
        if not event.when.is_exact:
            said = formatting.when(event.when)
            self.fields["first_day"].help_text = format_lazy("{} {}", _("So far:"), said)
            return {"mission_place": event.place_id}
        return {
            "first_day": event.start_on,
            "last_day": event.end_on,
            "mission_place": event.place_id,
        }

    def _closing(self, event: Event) -> Mapping[str, date | time | None]:
        self.fields["closes_at"].help_text = event.timezone
        return {"closes_on": event.start_on, "closes_at": event.start_time}
