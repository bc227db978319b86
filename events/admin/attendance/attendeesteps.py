"""The steps of an attendee: answer, substitute, seat, attendance."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit.steps import Call, Step, StepForm
from events.admin.kit.widgets import Autocomplete
from events.domain.access import access
from events.domain.attendance import attendees
from events.models import Attendee, Person


class PersonForm(StepForm):
    """The choice of a person."""

    person = forms.ModelChoiceField(label=_("person"), queryset=Person.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.queryset = access.visible(user=self.user, model=Person)  # type: ignore[attr-defined]
        field.widget = Autocomplete(Attendee._meta.get_field("person"), admin.site)
        field.widget.choices = field.choices  # type: ignore[attr-defined]


def _about(attendee: Attendee) -> dict[str, Any]:
    return {"who": attendee, "event": attendee.event}


def _says(*texts: Any) -> Callable[[Attendee], Iterable[str]]:
    """Return an `explain` function that returns these sentences."""
    return lambda attendee: [str(text) % _about(attendee) for text in texts]


def _answered(answer: Attendee.Partstat) -> Callable[[Call], str]:
    def perform(call: Call) -> str:
        attendees.answer(attendee=call.row, partstat=answer, now=call.now)
        call.row.refresh_from_db()
        words = {
            "who": call.row,
            "answer": call.row.get_partstat_display(),
            "place": call.row.get_seat_display(),
        }
        return gettext("%(who)s: %(answer)s; place: %(place)s.") % words

    return perform


def _done(verb: Callable[..., None], text: Any) -> Callable[[Call], str]:
    def perform(call: Call) -> str:
        verb(attendee=call.row, now=call.now)
        return str(text) % _about(call.row)

    return perform


def _substitute(call: Call) -> str:
    other = attendees.substitute(attendee=call.row, person=call.values["person"], now=call.now)
    return gettext("%(other)s comes instead of %(who)s.") % {"other": other, "who": call.row}


def _name(call: Call) -> str:
    attendees.name(attendee=call.row, person=call.values["person"])
    return gettext("The unnamed member is %(person)s.") % call.values


STEPS = (
    Step(
        verb="accept",
        label=_("Accepts"),
        icon="check_circle",
        explain=_says(
            _("%(who)s comes to “%(event)s”."),
            _("If it is full, they go on the waiting list and move up by themselves."),
        ),
        perform=_answered(Attendee.Partstat.ACCEPTED),
    ),
    Step(
        verb="name",
        label=_("Name the member"),
        icon="badge",
        explain=_says(_("Say who “%(who)s” is; place and answer stay.")),
        perform=_name,
        form=PersonForm,
    ),
    Step(
        verb="check_in",
        label=_("Check in"),
        icon="how_to_reg",
        explain=_says(_("%(who)s is there.")),
        perform=_done(attendees.check_in, _("%(who)s is checked in.")),
    ),
    Step(
        verb="mark_attended",
        label=_("Mark as attended"),
        icon="done_all",
        explain=_says(_("%(who)s was there to the end.")),
        perform=_done(attendees.mark_attended, _("%(who)s attended.")),
    ),
    Step(
        verb="accept_tentatively",
        label=_("Accepts tentatively"),
        icon="help",
        explain=_says(_("%(who)s may come to “%(event)s”; no place is kept.")),
        perform=_answered(Attendee.Partstat.TENTATIVE),
        weighty=True,
    ),
    Step(
        verb="substitute",
        label=_("Sends a substitute"),
        icon="swap_horiz",
        explain=_says(
            _("Somebody else comes instead of %(who)s and takes over the place."),
            _("If %(who)s was invited by mail, both are told by mail."),
        ),
        perform=_substitute,
        form=PersonForm,
        weighty=True,
    ),
    Step(
        verb="decline",
        label=_("Declines"),
        icon="cancel",
        explain=_says(
            _("%(who)s does not come to “%(event)s”."),
            _("A place that becomes free goes to whoever has waited longest."),
        ),
        perform=_answered(Attendee.Partstat.DECLINED),
        weighty=True,
    ),
    Step(
        verb="mark_no_show",
        label=_("Mark as no-show"),
        icon="person_off",
        explain=_says(_("%(who)s was expected and did not come.")),
        perform=_done(attendees.mark_no_show, _("%(who)s did not come.")),
        weighty=True,
    ),
    Step(
        verb="release",
        label=_("Take off the list"),
        icon="person_remove",
        explain=_says(
            _("%(who)s is not expected any more; the row stays on record."),
            _("A place that becomes free goes to whoever has waited longest."),
        ),
        perform=_done(attendees.release, _("%(who)s is off the list.")),
        weighty=True,
    ),
)
