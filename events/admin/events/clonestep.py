"""The step that clones an event: what is copied, to which days, for which team."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from events.admin.events import eventsteps
from events.admin.kit.steps import Done, Step, StepForm
from events.domain.access import access
from events.domain.lifecycle import clones
from events.domain.pages import formatting
from events.models import Event, Team, User
from events.values import dates

YEAR = timedelta(weeks=52)  # 52 weeks, so that the day of the week stays the same


class CloneForm(StepForm):
    """The first day and the team of the new event."""

    start_on = forms.DateField(
        label=_("new first day"),
        widget=UnfoldAdminDateWidget,
        help_text=_("All parts keep their distance from it and their time of day."),
    )
    team = forms.ModelChoiceField(
        label=_("team"), queryset=Team.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Preset a day 52 weeks later, and the team of the event."""
        super().__init__(*args, **kwargs)
        self.fields["start_on"].initial = self.row.start_on + YEAR
        self.fields["team"].queryset = _teams(self.row, self.user)  # type: ignore[attr-defined]
        self.fields["team"].initial = _team(self.row, self.user)

    def clean_start_on(self) -> date:
        day: date = self.cleaned_data["start_on"]
        if day.year not in dates.YEARS:
            text = gettext("The year must lie between %(first)s and %(last)s.")
            words = {"first": dates.YEARS.start, "last": dates.YEARS.stop - 1}
            raise ValidationError(text % words)
        return day

    def arguments(self) -> dict[str, Any]:
        days = (self.cleaned_data["start_on"] - self.row.start_on).days
        return {"days": days, "team": self.cleaned_data["team"]}


def _teams(event: Event, user: User) -> QuerySet[Team]:
    """The teams that the user runs, and the team of the event itself."""
    own = access.own_teams(user=user).values("pk")
    return Team.objects.filter(Q(pk__in=own) | Q(pk=event.team_id)).order_by("name", "pk")


def _team(event: Event, user: User) -> Team | None:
    """The team that is preset."""
    return event.team or _teams(event, user).first()


def _explain(event: Event, user: User) -> Iterable[str]:
    yield gettext(
        "A draft of its own is made from this event of %(when)s; the event itself stays as it is."
    ) % {"when": formatting.when(event.when)}
    yield from _parts(event, user)
    yield gettext(
        "The organisations, places, sectors and reminders are copied, but no attendees, figures or"
        " evidence."
    )
    if event.series and event.edition is not None:
        seen = access.may_see(user=user, row=event.series)
        text = gettext("It becomes the next edition of “%(series)s”.")
        yield text % {"series": event.series if seen else gettext("(not visible)")}


def _parts(event: Event, user: User) -> Iterable[str]:
    """Say which parts are copied if the preset team is chosen."""
    team = _team(event, user)
    kept = clones.programme_of(event=event, team=team) if team else []
    if kept:
        text = ngettext(
            "%(number)s part of its programme is copied along: %(names)s.",
            "%(number)s parts of its programme are copied along: %(names)s.",
            len(kept),
        )
        yield text % {"number": len(kept), "names": eventsteps.parts(kept, user)}


def _make(*, event: Event, days: int, team: Team, user: User, now: datetime) -> Event:
    made = clones.make(event=event, days=days, team=team, now=now)
    if not access.may_store(user=user, event=made):
        raise PermissionDenied
    return made


def _made(done: Done) -> str:
    words = {"title": done.result, "when": formatting.when(done.result.when)}
    return gettext("This is the draft of “%(title)s” for %(when)s.") % words


CLONE = Step(
    verb="clone",
    label=_("Clone"),
    icon="content_copy",
    noun="event",
    does=_make,
    form=CloneForm,
    signed=True,
    explain=(_explain,),
    says=_made,
    secondary=True,
    leads_on=True,
    asks=False,
)
