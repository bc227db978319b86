"""The step that makes a new event of an old one: what is copied, to which days, for which team."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from events.admin import eventsteps, refusals
from events.admin.steps import Call, Step, StepForm
from events.domain import access, clones, programme, wording
from events.models import Event, Team, User

YEAR = timedelta(weeks=52)  # the same day of the week


class CloneForm(StepForm):
    """On which days, and whose it will be."""

    start_on = forms.DateField(
        label=_("new first day"),
        widget=UnfoldAdminDateWidget,
        help_text=_("All parts keep their distance from it and their time of day."),
    )
    team = forms.ModelChoiceField(
        label=_("team"), queryset=Team.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose a year later, and the team that the event belongs to."""
        super().__init__(*args, **kwargs)
        self.fields["start_on"].initial = self.row.start_on + YEAR
        teams = access.teams(user=self.user, model=Event).order_by("name", "pk")
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].initial = self.row.team_id or teams.values_list("pk", flat=True).first()


def _explain(event: Event, user: User) -> Iterable[str]:
    yield gettext(
        "A draft of its own is made from this event of %(when)s; the event itself stays as it is."
    ) % {"when": wording.when(event.when)}
    yield from _parts(event, user)
    yield gettext(
        "The organisations, places, sectors and reminders are copied, but no attendees, figures or"
        " evidence."
    )
    if event.series and event.edition is not None:
        text = gettext("It becomes the next edition of “%(series)s”.")
        yield text % {"series": event.series}


def _parts(event: Event, user: User) -> Iterable[str]:
    """Name what is copied along: parts that were dropped, or are another team's, are not."""
    kept = [
        part
        for part in programme.below(event=event)
        if part.status != Event.Status.CANCELLED and part.team_id in (None, event.team_id)
    ]
    if kept:
        text = ngettext(
            "%(number)s part of its programme is copied along: %(names)s.",
            "%(number)s parts of its programme are copied along: %(names)s.",
            len(kept),
        )
        yield text % {"number": len(kept), "names": eventsteps.parts(kept, user)}


def _perform(call: Call) -> str:
    days = (call.values["start_on"] - call.row.start_on).days
    call.made = clones.make(event=call.row, days=days, now=call.now, team=call.values["team"])
    if not access.may_keep(user=call.user, event=call.made):
        raise PermissionDenied
    words = {"title": call.made, "when": wording.when(call.made.when)}
    return gettext("This is the draft of “%(title)s” for %(when)s.") % words


CLONE = Step(
    verb="clone",
    label=_("Clone"),
    icon="content_copy",
    explain=_explain,
    names_others=True,
    perform=_perform,
    form=CloneForm,
    beside=True,
)


@refusals.sentence.register
def _no_team(refusal: clones.NoTeam) -> str:
    return gettext("Choose the team that the clone of “%(title)s” belongs to.") % {
        "title": refusal.event
    }


@refusals.sentence.register
def _edition_taken(refusal: clones.EditionTaken) -> str:
    text = gettext("“%(series)s” has an edition %(edition)s already.")
    return text % {"series": refusal.series, "edition": refusal.edition}
