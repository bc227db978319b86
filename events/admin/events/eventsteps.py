"""The steps of an event: what each one does, to whom, and which values it asks for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTimeWidget,
    UnfoldBooleanWidget,
)

from events.admin.kit import refusals
from events.admin.kit.steps import Call, Step, StepForm
from events.admin.kit.widgets import Autocomplete
from events.domain.access import access
from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting
from events.domain.programme import tree
from events.models import Event, Place, User
from events.models.events.events import LEVELS
from events.values import dates
from events.values.dates import Precision, When

NAMED = 5  # the number of parts that a sentence names; the rest is counted


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

    with_programme = forms.BooleanField(
        label=_("move the whole programme by as many days"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text=_("Each part keeps its time of day, whatever the clocks do in between."),
    )


class ReinstateForm(MoveForm):
    """A new date, and whether the event is then confirmed or tentative."""

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
    return listed([row for row in rows if row.pk in seen], among=len(rows))


def listed(rows: Sequence[Model], among: int = 0) -> str:
    """Name the first rows and count the rest: “A; B; C and 4 more”."""
    names = gettext("; ").join(str(row) for row in rows[:NAMED])
    number = max(among, len(rows))
    if number <= min(len(rows), NAMED):
        return names
    return gettext("%(names)s and %(number)s more") % {
        "names": names or "…",
        "number": number - min(len(rows), NAMED),
    }


def touched(event: Event, verb: str, user: User) -> Iterator[str]:
    """Yield sentences about the parts and people that a step affects besides the event itself."""
    reach = lifecycle.consequences(event=event, verb=verb)
    if reach.parts:
        text = ngettext(
            "%(number)s part of its programme goes along: %(names)s.",
            "%(number)s parts of its programme go along: %(names)s.",
            len(reach.parts),
        )
        yield text % {"number": len(reach.parts), "names": parts(reach.parts, user)}
    if reach.people:
        text = ngettext(
            "%(number)s person who is expected sees the change in the itinerary and the calendar.",
            "%(number)s people who are expected see the change in itineraries and calendars.",
            reach.people,
        )
        yield text % {"number": reach.people}
    else:
        yield gettext("Nobody is expected at it yet.")
    if reach.informed:
        text = ngettext(
            "%(number)s person who was invited is told by mail.",
            "%(number)s people who were invited are told by mail.",
            reach.informed,
        )
        yield text % {"number": reach.informed}


def reminders_stop(event: Event, verb: str) -> Iterator[str]:
    number = lifecycle.consequences(event=event, verb=verb).reminders
    if number:
        text = ngettext(
            "%(number)s reminder that waits is taken back.",
            "%(number)s reminders that wait are taken back.",
            number,
        )
        yield text % {"number": number}


def audience(event: Event) -> str:
    """Return a sentence about who can see the event once it is no longer a draft."""
    return {
        Event.Visibility.PUBLIC: gettext(
            "Everybody can see it, on the public pages and in public calendars."
        ),
        Event.Visibility.PARTICIPANTS: gettext("Those who take part can see it."),
        Event.Visibility.DELEGATION: gettext("The delegation can see it."),
        Event.Visibility.INTERNAL: gettext("Only your team can see it."),
    }[Event.Visibility(event.visibility)]


def _explain_propose(event: Event, user: User) -> Iterable[str]:
    yield gettext("It is announced as tentative: “%(when)s”.") % {
        "when": formatting.when(event.when)
    }
    yield audience(event)
    yield from touched(event, "propose", user)


def _explain_confirm(event: Event, user: User) -> Iterable[str]:
    yield gettext("It is confirmed for %(when)s.") % {"when": formatting.when(event.when)}
    yield from touched(event, "confirm", user)
    yield gettext("Its reminders go out at their times.")


def _explain_postpone(event: Event, user: User) -> Iterable[str]:
    yield gettext(
        "It does not take place on %(when)s. Calendars show it there as postponed until it has"
        " a new date."
    ) % {"when": formatting.when(event.when)}
    yield from touched(event, "postpone", user)
    yield from reminders_stop(event, "postpone")
    yield gettext("Later you give it a new date with “New date”.")


def _explain_reinstate(event: Event, user: User) -> Iterable[str]:
    yield gettext("It takes place after all: the same event, on a new date.")
    yield from touched(event, "reinstate", user)


def _explain_move(event: Event, user: User) -> Iterable[str]:
    yield gettext("It moves from %(when)s to the date below.") % {
        "when": formatting.when(event.when)
    }
    yield from touched(event, "move", user)
    yield gettext("Reminders that have not gone out follow.")


def _explain_cancel(event: Event, user: User) -> Iterable[str]:
    yield gettext("It is cancelled for good: a new run would be a new event.")
    yield gettext("Calendars keep it, marked as cancelled, until 90 days after its date.")
    yield from touched(event, "cancel", user)
    yield from reminders_stop(event, "cancel")


def _propose(call: Call) -> str:
    lifecycle.propose(event=call.row, now=call.now)
    return gettext("“%(title)s” is tentative now.") % {"title": call.row}


def _confirm(call: Call) -> str:
    lifecycle.confirm(event=call.row, now=call.now)
    return gettext("“%(title)s” is confirmed.") % {"title": call.row}


def _postpone(call: Call) -> str:
    lifecycle.postpone(event=call.row, reason=call.values["reason"], now=call.now)
    return gettext("“%(title)s” is postponed.") % {"title": call.row}


def _reinstate(call: Call) -> str:
    lifecycle.reinstate(
        event=call.row,
        when=call.values["when"],
        place=call.values["place"],
        status=call.values["status"],
        with_programme=call.values["with_programme"],
        now=call.now,
    )
    return _says_when(call.row)


def _move(call: Call) -> str:
    lifecycle.move(
        event=call.row,
        when=call.values["when"],
        place=call.values["place"],
        with_programme=call.values["with_programme"],
        now=call.now,
    )
    return _says_when(call.row)


def _says_when(event: Event) -> str:
    words = {"title": event, "when": formatting.when(event.when)}
    return gettext("“%(title)s” takes place on %(when)s.") % words


def _cancel(call: Call) -> str:
    lifecycle.cancel(event=call.row, reason=call.values["reason"], now=call.now)
    return gettext("“%(title)s” is cancelled.") % {"title": call.row}


STEPS = (
    Step(
        verb="propose",
        label=_("Announce as tentative"),
        icon="campaign",
        explain=_explain_propose,
        names_others=True,
        perform=_propose,
    ),
    Step(
        verb="confirm",
        label=_("Confirm"),
        icon="check_circle",
        explain=_explain_confirm,
        names_others=True,
        perform=_confirm,
    ),
    Step(
        verb="reinstate",
        label=_("New date"),
        icon="event_available",
        explain=_explain_reinstate,
        names_others=True,
        perform=_reinstate,
        form=ReinstateForm,
    ),
    Step(
        verb="move",
        label=_("Move"),
        icon="edit_calendar",
        explain=_explain_move,
        names_others=True,
        perform=_move,
        form=MoveForm,
        weighty=True,
    ),
    Step(
        verb="postpone",
        label=_("Postpone"),
        icon="event_upcoming",
        explain=_explain_postpone,
        names_others=True,
        perform=_postpone,
        form=ReasonForm,
        weighty=True,
    ),
    Step(
        verb="cancel",
        label=_("Cancel"),
        icon="event_busy",
        explain=_explain_cancel,
        names_others=True,
        perform=_cancel,
        form=ReasonForm,
        weighty=True,
    ),
)

MISSING = {
    "day": _("a day"),
    "zone": _("a time zone"),
    "place": _("a place"),
    "organiser": _("an organiser or host"),
}


@refusals.sentence.register
def _not_allowed(refusal: lifecycle.NotAllowed) -> str:
    state = refusal.event.get_status_display()
    return gettext("“%(title)s” is %(state)s, so this is not possible.") % {
        "title": refusal.event,
        "state": state,
    }


@refusals.sentence.register
def _incomplete(refusal: lifecycle.Incomplete) -> str:
    missing = gettext(", ").join(str(MISSING[name]) for name in refusal.missing)
    return gettext("“%(title)s” still needs: %(missing)s.") % {
        "title": refusal.event,
        "missing": missing,
    }


@refusals.sentence.register
def _cycle(refusal: tree.Cycle) -> str:
    return gettext("The event would be a part of itself.")


@refusals.sentence.register
def _too_deep(refusal: tree.TooDeep) -> str:
    text = gettext("A programme has at most %(levels)s levels, this one would have more.")
    return text % {"levels": LEVELS}


@refusals.sentence.register
def _parent_off(refusal: tree.ParentOff) -> str:
    text = gettext("“%(parent)s”, which it is part of, is postponed or cancelled.")
    return text % {"parent": refusal.parent}


@refusals.sentence.register
def _outside_parent(refusal: tree.OutsideParent) -> str:
    return gettext("Outside the days of “%(parent)s” would lie: %(parts)s.") % {
        "parent": refusal.parent,
        "parts": listed(refusal.parts),
    }


@refusals.sentence.register
def _legs_overlap(refusal: tree.LegsOverlap) -> str:
    text = gettext("Overlaps with “%(leg)s”: two legs share a day of travel at most.")
    return text % {"leg": refusal.other}


@refusals.sentence.register
def _no_such_time(refusal: tree.NoSuchTime) -> str:
    return gettext(
        "“%(title)s” would end before it starts: the clocks skip an hour on its new day. Move it"
        " by itself first."
    ) % {"title": refusal.event}


@refusals.sentence.register
def _in_use(refusal: lifecycle.InUse) -> str:
    return gettext("“%(title)s” is needed by: %(rows)s.") % {
        "title": refusal.event,
        "rows": listed(refusal.rows),
    }
