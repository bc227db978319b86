"""The steps of a delegation: what each one does, to whom, and which values it asks for."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from delegations.domain.lifecycle import lifecycle
from delegations.models import Delegation
from events.admin.kit.steps import Step, StepForm
from events.domain.pages import formatting
from events.models import User


class CancelForm(StepForm):
    reason = forms.CharField(
        label=_("reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("Applicants and members read it."),
    )


def members(delegation: Delegation) -> str:
    number = delegation.delegates.count()
    text = ngettext("%(number)s member", "%(number)s members", number)
    return text % {"number": number}


def _named(delegation: Delegation) -> dict[str, Any]:
    return {"name": delegation}


def _the_call(delegation: Delegation, user: User) -> Iterable[str]:
    if delegation.applications_close:
        yield gettext("Organisations can apply until %(when)s.") % {
            "when": formatting.when(delegation.applications_close.when)
        }
    yield gettext("%(quota)s seats are to be had, by these criteria: %(criteria)s") % {
        "quota": delegation.quota or "–",
        "criteria": delegation.criteria or "–",
    }


def _undecided(delegation: Delegation, user: User) -> Iterable[str]:
    undecided = lifecycle.consequences(delegation=delegation, verb="close_call").undecided
    text = ngettext(
        "%(number)s application is not decided yet.",
        "%(number)s applications are not decided yet.",
        undecided,
    )
    yield text % {"number": undecided}


def _who_travels(delegation: Delegation, user: User) -> Iterable[str]:
    head = delegation.delegates.filter(capacity="head").select_related("person").first()
    yield gettext("The delegation stands: %(members)s, led by %(head)s.") % {
        "members": members(delegation),
        "head": head or "–",
    }


def _whom_it_concerns(delegation: Delegation, user: User) -> Iterable[str]:
    reach = lifecycle.consequences(delegation=delegation, verb="cancel")
    yield gettext("It had %(members)s.") % {"members": members(delegation)}
    if reach.undecided or reach.open:
        yield gettext(
            "%(undecided)s undecided applications are declined with the reason below, %(open)s"
            " accepted or waiting ones lapse."
        ) % {"undecided": reach.undecided, "open": reach.open}


_step = partial(Step, noun="delegation", facts=_named)
STEPS = (
    _step(
        verb="open_call",
        label=_("Open the call"),
        icon="campaign",
        does=lifecycle.open_call,
        explain=(_the_call,),
        says=_("The call is open."),
    ),
    _step(
        verb="close_call",
        label=_("Close the call"),
        icon="lock_clock",
        does=lifecycle.close_call,
        explain=(
            _("No more applications are taken, even before the deadline."),
            _undecided,
        ),
        says=_("The call is closed."),
    ),
    _step(
        verb="select_directly",
        label=_("Select without a call"),
        icon="person_add",
        does=lifecycle.select_directly,
        explain=(_("There is no open call: you put the members on the roster yourself."),),
        says=_("You can put the members on the roster now."),
        destructive=True,
    ),
    _step(
        verb="confirm",
        label=_("Confirm"),
        icon="check_circle",
        does=lifecycle.confirm,
        explain=(
            _who_travels,
            _("The roster can still change; everybody’s itinerary follows."),
        ),
        says=_("“%(name)s” is confirmed."),
    ),
    _step(
        verb="conclude",
        label=_("Conclude"),
        icon="flag",
        does=lifecycle.conclude,
        explain=(_("The mission is closed: who attended and who did not is settled."),),
        says=_("“%(name)s” is concluded."),
    ),
    _step(
        verb="cancel",
        label=_("Cancel"),
        icon="event_busy",
        does=lifecycle.cancel,
        form=CancelForm,
        explain=(
            _("The delegation is cancelled for good, and its mission with all its parts."),
            _whom_it_concerns,
        ),
        says=_("“%(name)s” is cancelled."),
        destructive=True,
    ),
)
