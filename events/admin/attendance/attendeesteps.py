"""The steps of an attendee: answer, substitute, seat, attendance."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit.steps import Done, Step, StepForm
from events.admin.kit.widgets import Autocomplete
from events.domain.access import access
from events.domain.attendance import attendees, undoing
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


def _answers(answer: Attendee.Partstat) -> Callable[..., None]:
    return partial(attendees.answer, partstat=answer)


def _name(*, attendee: Attendee, person: Person, now: datetime) -> None:
    attendees.name(attendee=attendee, person=person)


def _answered(done: Done) -> str:
    done.row.refresh_from_db()
    words = {
        "who": done.row,
        "answer": done.row.get_partstat_display(),
        "place": done.row.get_seat_display(),
    }
    return gettext("%(who)s: %(answer)s; seat: %(place)s.") % words


def _substituted(done: Done) -> str:
    words = {"other": done.result, "who": done.row}
    return gettext("%(other)s comes instead of %(who)s.") % words


_step = partial(Step, noun="attendee", facts=_about)
NOT_CHECKED_IN = _step(
    verb="undo_check_in",
    label=_("Not there after all"),
    icon="undo",
    does=undoing.undo_check_in,
    explain=(
        _("%(who)s was checked in by mistake: the check-in is taken back."),
        _("Answer and seat are as they were before the check-in."),
    ),
    says=_("%(who)s is not checked in any more."),
    secondary=True,
)
NOT_ATTENDED = _step(
    verb="undo_attended",
    label=_("Not to the end after all"),
    icon="undo",
    does=undoing.undo_attended,
    explain=(_("%(who)s stays checked in; “attended” is taken back."),),
    says=_("%(who)s is checked in, no longer marked as attended."),
    secondary=True,
)
NOT_AWAY = _step(
    verb="undo_no_show",
    label=_("No no-show after all"),
    icon="undo",
    does=undoing.undo_no_show,
    explain=(_("%(who)s was marked as no-show by mistake: the mark is taken back."),),
    says=_("%(who)s is no longer marked as no-show."),
    secondary=True,
)
FORMER_ANSWER = _step(
    verb="undo_answer",
    label=_("Take the answer back"),
    icon="undo",
    does=undoing.undo_answer,
    explain=(
        _("The answer of %(who)s was entered by mistake: the one before counts again."),
        _("Whoever had a seat gets one if one is left, else they go on the waiting list."),
    ),
    says=_answered,
    secondary=True,
)
ON_THE_LIST = _step(
    verb="undo_release",
    label=_("Back on the list"),
    icon="undo",
    does=undoing.undo_release,
    explain=(
        _("%(who)s was taken off the list by mistake and is expected again."),
        _("Whoever had a seat gets one if one is left, else they go on the waiting list."),
    ),
    says=_answered,
    secondary=True,
)
STEPS = (
    _step(
        verb="accept",
        label=_("Accepts"),
        icon="check_circle",
        does=_answers(Attendee.Partstat.ACCEPTED),
        explain=(
            _("%(who)s comes to “%(event)s”."),
            _("If it is full, they go on the waiting list and move up by themselves."),
        ),
        says=_answered,
        undo=FORMER_ANSWER,
    ),
    _step(
        verb="name",
        label=_("Name the member"),
        icon="badge",
        does=_name,
        form=PersonForm,
        explain=(_("Say who “%(who)s” is; seat and answer stay."),),
        says=_("The unnamed member is %(person)s."),
    ),
    _step(
        verb="check_in",
        label=_("Check in"),
        icon="how_to_reg",
        does=attendees.check_in,
        explain=(_("%(who)s is there."),),
        says=_("%(who)s is checked in."),
        undo=NOT_CHECKED_IN,
    ),
    _step(
        verb="mark_attended",
        label=_("Mark as attended"),
        icon="done_all",
        does=attendees.mark_attended,
        explain=(_("%(who)s was there to the end."),),
        says=_("%(who)s attended."),
        undo=NOT_ATTENDED,
    ),
    _step(
        verb="accept_tentatively",
        label=_("Accepts tentatively"),
        icon="help",
        does=_answers(Attendee.Partstat.TENTATIVE),
        explain=(_("%(who)s may come to “%(event)s”; no seat is kept."),),
        says=_answered,
        destructive=True,
        undo=FORMER_ANSWER,
    ),
    _step(
        verb="substitute",
        label=_("Sends a substitute"),
        icon="swap_horiz",
        does=attendees.substitute,
        form=PersonForm,
        explain=(
            _("Somebody else comes instead of %(who)s and takes over the seat."),
            _("If %(who)s was invited by mail, both are told by mail."),
        ),
        says=_substituted,
        destructive=True,
    ),
    _step(
        verb="decline",
        label=_("Declines"),
        icon="cancel",
        does=_answers(Attendee.Partstat.DECLINED),
        explain=(
            _("%(who)s does not come to “%(event)s”."),
            _("A seat that becomes free goes to whoever has waited longest."),
        ),
        says=_answered,
        destructive=True,
        undo=FORMER_ANSWER,
    ),
    _step(
        verb="mark_no_show",
        label=_("Mark as no-show"),
        icon="person_off",
        does=attendees.mark_no_show,
        explain=(_("%(who)s was expected and did not come."),),
        says=_("%(who)s did not come."),
        destructive=True,
        undo=NOT_AWAY,
    ),
    _step(
        verb="release",
        label=_("Take off the list"),
        icon="person_remove",
        does=attendees.release,
        explain=(
            _("%(who)s is not expected any more; the row stays on record."),
            _("A seat that becomes free goes to whoever has waited longest."),
        ),
        says=_("%(who)s is off the list."),
        destructive=True,
        undo=ON_THE_LIST,
    ),
    NOT_CHECKED_IN,
    NOT_ATTENDED,
    NOT_AWAY,
    FORMER_ANSWER,
    ON_THE_LIST,
)
