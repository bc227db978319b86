"""The steps of an event: what each one does, to whom, and which values it asks for."""

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTimeWidget,
    UnfoldBooleanWidget,
)

from events.admin.kit.steps import Lines, Step, StepForm
from events.admin.kit.widgets import Autocomplete
from events.domain.access import access
from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting
from events.domain.refusals import some
from events.models import Event, Place, User
from events.values import dates
from events.values.dates import Precision, When


class ReasonForm(StepForm):
    """The reason, which people read in their calendars."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("Everybody who sees the event reads it. May stay empty."),
    )


class DateForm(StepForm):
    """A new date to the day or to the minute, and optionally a new place."""

    start_on = forms.DateField(label=_("first day"), widget=UnfoldAdminDateWidget)
    start_time = forms.TimeField(
        label=_("start time"), required=False, widget=UnfoldAdminTimeWidget
    )
    end_on = forms.DateField(label=_("last day"), required=False, widget=UnfoldAdminDateWidget)
    end_time = forms.TimeField(label=_("end time"), required=False, widget=UnfoldAdminTimeWidget)
    place = forms.ModelChoiceField(label=_("place"), queryset=Place.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Preset the present date and place."""
        super().__init__(*args, **kwargs)
        for name in ("start_on", "start_time", "end_on", "end_time", "place"):
            self.fields[name].initial = getattr(self.row, name)
        place = self.fields["place"]
        place.widget = Autocomplete(Event._meta.get_field("place"), admin.site)
        place.queryset = access.visible(user=self.user, model=Place)  # type: ignore[attr-defined]
        place.widget.choices = place.choices  # type: ignore[attr-defined]

    def preset(self) -> dict[str, Any]:
        """Return another date than the present one, on which the same people would be told."""
        data = super().preset()
        for name in ("start_on", "end_on"):
            if name in data:
                data[name] += dates.DAY
        return data

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("start_on"):
            values["when"] = self._when(values)
        return values

    def _when(self, values: dict[str, Any]) -> When | None:
        place: Place | None = values.get("place")
        when = When(
            precision=Precision.TIME if values.get("start_time") else Precision.DAY,
            start_on=values["start_on"],
            end_on=values.get("end_on") or values["start_on"],
            start_time=values.get("start_time"),
            end_time=values.get("end_time"),
            timezone=self._zone(place),
            end_timezone=self.row.end_timezone,
        )
        try:
            dates.validate(when)
        except dates.BadDate as error:
            self.add_error(
                error.field if error.field in self.fields else None,
                gettext(error.reason) % error.values,
            )
            return None
        return when

    def _zone(self, place: Place | None) -> str:
        """Return the zone of a new place; otherwise the present zone."""
        there = place.find_zone() if place and place != self.row.place else ""
        return there or self.row.timezone or "UTC"


class MoveForm(DateForm):
    """A new date, and whether the subtree is moved by the same number of days."""

    passes: ClassVar[tuple[str, ...]] = ("when", "place", "with_programme")

    with_programme = forms.BooleanField(
        label=_("move the whole programme by as many days"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text=_("Each part keeps its time of day, whatever the clocks do in between."),
    )


class ReinstateForm(MoveForm):
    """A new date, and whether the event is then confirmed or tentative."""

    passes = (*MoveForm.passes, "status")

    status = forms.ChoiceField(
        label=_("status"),
        choices=[
            (status.value, status.label)
            for status in (Event.Status.CONFIRMED, Event.Status.TENTATIVE)
        ],
        widget=UnfoldAdminSelectWidget,
    )


def parts(rows: list[Event], user: User) -> str:
    """Name the parts of a programme, as far as the user may see them."""
    keys = access.visible(user=user, model=Event).filter(pk__in=[row.pk for row in rows])
    seen = set(keys.values_list("pk", flat=True))
    return some([str(row) for row in rows if row.pk in seen], among=len(rows))


def people(reach: lifecycle.Consequences) -> Iterator[str]:
    """Say how many people see what a step does."""
    if reach.people:
        text = ngettext(
            "%(number)s person who is expected sees the change in the itinerary and the calendar.",
            "%(number)s people who are expected see the change in itineraries and calendars.",
            reach.people,
        )
        yield text % {"number": reach.people}
    else:
        yield gettext("Nobody is expected at it yet.")


def _touched(verb: str) -> Lines:
    """Return a function that yields sentences about the parts and people that a step affects."""

    def lines(event: Event, user: User) -> Iterator[str]:
        reach = lifecycle.consequences(event=event, verb=verb)
        if reach.parts:
            text = ngettext(
                "%(number)s part of its programme goes along: %(names)s.",
                "%(number)s parts of its programme go along: %(names)s.",
                len(reach.parts),
            )
            yield text % {"number": len(reach.parts), "names": parts(reach.parts, user)}
        yield from people(reach)

    return lines


def _reminders_stop(verb: str) -> Lines:
    def lines(event: Event, user: User) -> Iterator[str]:
        number = lifecycle.consequences(event=event, verb=verb).reminders
        if number:
            text = ngettext(
                "%(number)s reminder that waits is taken back.",
                "%(number)s reminders that wait are taken back.",
                number,
            )
            yield text % {"number": number}

    return lines


def audience(event: Event, user: User) -> Iterator[str]:
    """Return a sentence about who can see the event once it is no longer a draft."""
    yield {
        Event.Visibility.PUBLIC: gettext(
            "Everybody can see it, on the public pages and in public calendars."
        ),
        Event.Visibility.PARTICIPANTS: gettext("Those who take part can see it."),
        Event.Visibility.DELEGATION: gettext("The delegation can see it."),
        Event.Visibility.INTERNAL: gettext("Only your team can see it."),
    }[Event.Visibility(event.visibility)]


def facts(event: Event) -> dict[str, Any]:
    return {"title": event, "when": formatting.when(event.when)}


def _comes_back(event: Event, user: User) -> Iterator[str]:
    """Name the parts that were cancelled with the event and take place again with it."""
    reach = lifecycle.consequences(event=event, verb="reinstate")
    rows = [part for part in reach.parts if part.status == Event.Status.CANCELLED]
    if rows:
        text = ngettext(
            "%(number)s part that was cancelled with it comes back too: %(names)s.",
            "%(number)s parts that were cancelled with it come back too: %(names)s.",
            len(rows),
        )
        yield text % {"number": len(rows), "names": parts(rows, user)}


def _is_cancelled(event: Event) -> bool:
    has_begun = lifecycle.has_begun(event=event, now=timezone.now())
    return event.status == Event.Status.CANCELLED and not has_begun


def _is_postponed(event: Event) -> bool:
    return event.status == Event.Status.POSTPONED


_step = partial(Step, noun="event", facts=facts)
REINSTATE = _step(
    verb="reinstate",
    label=_("Reinstate"),
    icon="restore",
    does=lifecycle.reinstate,
    fits=_is_cancelled,
    explain=(
        _("It takes place after all, as it was before it was cancelled: %(when)s."),
        _comes_back,
        _("Places and answers are as they were. Calendars show it again, and reminders go out."),
    ),
    says=_("“%(title)s” takes place after all."),
)
STEPS = (
    _step(
        verb="reinstate",
        label=_("New date"),
        icon="event_available",
        does=lifecycle.reinstate,
        fits=_is_postponed,
        form=ReinstateForm,
        explain=(
            _("It takes place after all: the same event, on a new date."),
            _touched("reinstate"),
        ),
        says=_("“%(title)s” takes place on %(when)s."),
    ),
    _step(
        verb="move",
        label=_("Move"),
        icon="edit_calendar",
        does=lifecycle.move,
        form=MoveForm,
        explain=(
            _("It moves from %(when)s to the date below."),
            _touched("move"),
            _("What takes place after it keeps its distance, where it would begin too early."),
            _("Reminders that have not gone out follow."),
        ),
        says=_("“%(title)s” takes place on %(when)s."),
        destructive=True,
    ),
    _step(
        verb="postpone",
        label=_("Postpone"),
        icon="event_upcoming",
        does=lifecycle.postpone,
        form=ReasonForm,
        explain=(
            _(
                "It does not take place on %(when)s. Calendars show it there as postponed until it"
                " has a new date."
            ),
            _touched("postpone"),
            _reminders_stop("postpone"),
            _("Later you give it a new date with “New date”."),
        ),
        says=_("“%(title)s” is postponed."),
        undo=REINSTATE,
        destructive=True,
    ),
    _step(
        verb="cancel",
        label=_("Cancel"),
        icon="event_busy",
        does=lifecycle.cancel,
        form=ReasonForm,
        explain=(
            _("It does not take place. Until it would have begun you can reinstate it."),
            _("Calendars keep it, marked as cancelled, until 90 days after its date."),
            _touched("cancel"),
            _reminders_stop("cancel"),
        ),
        says=_("“%(title)s” is cancelled."),
        undo=REINSTATE,
        destructive=True,
    ),
    REINSTATE,
)
