"""The steps of a delegation: what each one does, to whom, and which values it asks for."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from delegations.domain.lifecycle import lifecycle
from delegations.models import Delegation
from events.admin.kit.steps import Call, Step, StepForm
from events.domain.pages import formatting


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


def _explain_open(delegation: Delegation) -> Iterable[str]:
    if delegation.applications_close:
        yield gettext("Organisations can apply until %(when)s.") % {
            "when": formatting.when(delegation.applications_close.when)
        }
    yield gettext("%(quota)s seats are to be had, by these criteria: %(criteria)s") % {
        "quota": delegation.quota or "–",
        "criteria": delegation.criteria or "–",
    }


def _explain_close(delegation: Delegation) -> Iterable[str]:
    yield gettext("No more applications are taken, even before the deadline.")
    undecided = lifecycle.consequences(delegation=delegation, verb="close_call").undecided
    text = ngettext(
        "%(number)s application is not decided yet.",
        "%(number)s applications are not decided yet.",
        undecided,
    )
    yield text % {"number": undecided}


def _explain_select(delegation: Delegation) -> Iterable[str]:
    yield gettext("There is no open call: you put the members on the roster yourself.")


def _explain_confirm(delegation: Delegation) -> Iterable[str]:
    head = delegation.delegates.filter(capacity="head").select_related("person").first()
    yield gettext("The delegation stands: %(members)s, led by %(head)s.") % {
        "members": members(delegation),
        "head": head or "–",
    }
    yield gettext("The roster can still change; everybody’s itinerary follows.")


def _explain_conclude(delegation: Delegation) -> Iterable[str]:
    yield gettext("The mission is closed: who attended and who did not is settled.")


def _explain_cancel(delegation: Delegation) -> Iterable[str]:
    reach = lifecycle.consequences(delegation=delegation, verb="cancel")
    yield gettext("The delegation is cancelled for good, and its mission with all its parts.")
    yield gettext("It had %(members)s.") % {"members": members(delegation)}
    if reach.undecided or reach.open:
        yield gettext(
            "%(undecided)s undecided applications are declined with the reason below, %(open)s"
            " accepted or waiting ones lapse."
        ) % {"undecided": reach.undecided, "open": reach.open}


def _open(call: Call) -> str:
    lifecycle.open_call(delegation=call.row, now=call.now)
    return gettext("The call is open.")


def _close(call: Call) -> str:
    lifecycle.close_call(delegation=call.row, now=call.now)
    return gettext("The call is closed.")


def _select(call: Call) -> str:
    lifecycle.select_directly(delegation=call.row, now=call.now)
    return gettext("You can put the members on the roster now.")


def _confirm(call: Call) -> str:
    lifecycle.confirm(delegation=call.row, now=call.now)
    return gettext("“%(name)s” is confirmed.") % {"name": call.row}


def _conclude(call: Call) -> str:
    lifecycle.conclude(delegation=call.row, now=call.now)
    return gettext("“%(name)s” is concluded.") % {"name": call.row}


def _cancel(call: Call) -> str:
    lifecycle.cancel(delegation=call.row, reason=call.values["reason"], now=call.now)
    return gettext("“%(name)s” is cancelled.") % {"name": call.row}


STEPS = (
    Step(
        verb="open_call",
        label=_("Open the call"),
        icon="campaign",
        explain=_explain_open,
        perform=_open,
    ),
    Step(
        verb="close_call",
        label=_("Close the call"),
        icon="lock_clock",
        explain=_explain_close,
        perform=_close,
    ),
    Step(
        verb="select_directly",
        label=_("Select without a call"),
        icon="person_add",
        explain=_explain_select,
        perform=_select,
        weighty=True,
    ),
    Step(
        verb="confirm",
        label=_("Confirm"),
        icon="check_circle",
        explain=_explain_confirm,
        perform=_confirm,
    ),
    Step(
        verb="conclude",
        label=_("Conclude"),
        icon="flag",
        explain=_explain_conclude,
        perform=_conclude,
    ),
    Step(
        verb="cancel",
        label=_("Cancel"),
        icon="event_busy",
        explain=_explain_cancel,
        perform=_cancel,
        form=CancelForm,
        weighty=True,
    ),
)
