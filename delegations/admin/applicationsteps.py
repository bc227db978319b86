"""The steps of an application: what each one does, to whom, and which values it asks for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from delegations.domain.applications import applications
from delegations.models import Application
from events.admin.kit.steps import Call, Step, StepForm
from events.domain.pages import formatting
from events.values import dates

# The default time in which an accepted organisation must confirm.
TIME_TO_CONFIRM = timedelta(days=7)


class AcceptForm(StepForm):
    """The moment by which the organisation must confirm."""

    confirm_by = forms.SplitDateTimeField(
        label=_("to be confirmed by"), widget=UnfoldAdminSplitDateTimeWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Preset the full hour a week from now, in the time zone of the delegation."""
        super().__init__(*args, **kwargs)
        field = self.fields["confirm_by"]
        soon = (timezone.now() + TIME_TO_CONFIRM).astimezone(zone_of(self.row))
        field.initial = soon.replace(minute=0, second=0, microsecond=0, tzinfo=None)
        field.help_text = str(zone_of(self.row))

    def clean_confirm_by(self) -> datetime:
        """Interpret the entered date and time in the time zone of the delegation."""
        typed: datetime = self.cleaned_data["confirm_by"]
        return typed.replace(tzinfo=zone_of(self.row))


class DeclineForm(StepForm):
    reason = forms.CharField(
        label=_("reason"),
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_("They read it. Measure all by the same criteria."),
    )


class QuestionForm(StepForm):
    question = forms.CharField(
        label=_("question to them"), widget=UnfoldAdminTextareaWidget({"rows": 4})
    )


class ReplyForm(StepForm):
    reply = forms.CharField(label=_("their reply"), widget=UnfoldAdminTextareaWidget({"rows": 4}))


def zone_of(application: Application) -> ZoneInfo:
    """Return the time zone of the mission, else that of the screens."""
    mission = application.delegation.mission
    return dates.zone((mission and mission.timezone) or timezone.get_current_timezone_name())


def seats(number: int) -> str:
    return ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number}


def quota_line(application: Application) -> str:
    """Return a sentence about the seats taken, left and asked for."""
    room = applications.room(delegation=application.delegation)
    asked = seats(applications.seats(application=application))
    if room.quota is None:
        return gettext("There is no quota; they ask for %(asked)s.") % {"asked": asked}
    return gettext(
        "%(taken)s of %(quota)s seats are taken, %(free)s are free; they ask for %(asked)s."
    ) % {"taken": room.taken, "quota": room.quota, "free": room.free, "asked": asked}


def _named(application: Application) -> dict[str, Any]:
    return {"organisation": application.organisation, "delegation": application.delegation}


def _explain_submit(application: Application) -> Iterable[str]:
    text = gettext("The application of %(organisation)s to “%(delegation)s” is handed in.")
    yield text % _named(application)
    yield gettext("From then on the order of submission counts on the waiting list.")


def _explain_review(application: Application) -> Iterable[str]:
    yield gettext("You begin to examine it; nothing is decided yet.")


def _explain_ask(application: Application) -> Iterable[str]:
    text = gettext("It waits until %(organisation)s has answered; its place in order stays.")
    yield text % _named(application)


def _explain_reply(application: Application) -> Iterable[str]:
    yield gettext("You note what they answered, and go on with the examination.")


def _explain_accept(application: Application) -> Iterable[str]:
    yield quota_line(application)
    yield gettext(
        "If the seats are there, they are kept until the date below; if %(organisation)s has not"
        " confirmed by then, the acceptance lapses and the next on the waiting list moves up."
    ) % _named(application)
    yield gettext("If the seats are not there, they go on the waiting list.")


def _explain_waitlist(application: Application) -> Iterable[str]:
    yield quota_line(application)
    text = gettext("%(organisation)s moves up by itself when seats become free.")
    yield text % _named(application)


def _explain_decline(application: Application) -> Iterable[str]:
    text = gettext("%(organisation)s gets no seats. This is final, but they may apply anew.")
    yield text % _named(application)


def _explain_confirm(application: Application) -> Iterable[str]:
    names = gettext(", ").join(str(nominee) for nominee in application.nominees.order_by("pk"))
    yield gettext("These join the delegation: %(names)s.") % {"names": names}
    yield gettext("The mission and its legs are in their itineraries from now on.")


def _explain_withdraw(application: Application) -> Iterable[str]:
    yield gettext("%(organisation)s takes its application back.") % _named(application)
    members = [str(member) for member in application.delegates.in_order()]
    if members:
        text = gettext("These leave the delegation and all its events: %(names)s.")
        yield text % {"names": gettext(", ").join(members)}
    yield gettext("Seats that become free go to the first on the waiting list.")


def _submit(call: Call) -> str:
    applications.submit(application=call.row, now=call.now)
    return gettext("Submitted.")


def _review(call: Call) -> str:
    applications.review(application=call.row, now=call.now)
    return gettext("The examination has begun.")


def _ask(call: Call) -> str:
    applications.request_info(application=call.row, question=call.values["question"], now=call.now)
    return gettext("It waits for their reply.")


def _reply(call: Call) -> str:
    applications.reply(application=call.row, reply=call.values["reply"], now=call.now)
    return gettext("The reply is noted; the examination goes on.")


def _accept(call: Call) -> str:
    reached = applications.accept(
        application=call.row,
        confirm_by=call.values["confirm_by"],
        user=call.user,
        now=call.now,
    )
    if reached == Application.Status.WAITLISTED:
        return gettext("The seats did not suffice: they are on the waiting list.")
    return gettext("Accepted; to be confirmed by %(when)s.") % {
        "when": formatting.moment(call.values["confirm_by"], str(zone_of(call.row)))
    }


def _waitlist(call: Call) -> str:
    applications.waitlist(application=call.row, user=call.user, now=call.now)
    return gettext("On the waiting list.")


def _decline(call: Call) -> str:
    applications.decline(
        application=call.row, reason=call.values["reason"], user=call.user, now=call.now
    )
    return gettext("Declined.")


def _confirm(call: Call) -> str:
    applications.confirm(application=call.row, now=call.now)
    return gettext("Confirmed: they are on the roster now.")


def _withdraw(call: Call) -> str:
    applications.withdraw(application=call.row, now=call.now)
    return gettext("Withdrawn.")


STEPS = (
    Step(
        verb="submit",
        label=_("Submit"),
        icon="send",
        explain=_explain_submit,
        perform=_submit,
    ),
    Step(
        verb="review",
        label=_("Examine"),
        icon="rule",
        explain=_explain_review,
        perform=_review,
    ),
    Step(
        verb="accept",
        label=_("Accept"),
        icon="check_circle",
        explain=_explain_accept,
        perform=_accept,
        form=AcceptForm,
    ),
    Step(
        verb="confirm",
        label=_("Confirm"),
        icon="how_to_reg",
        explain=_explain_confirm,
        perform=_confirm,
    ),
    Step(
        verb="reply",
        label=_("Note the reply"),
        icon="reply",
        explain=_explain_reply,
        perform=_reply,
        form=ReplyForm,
    ),
    Step(
        verb="request_info",
        label=_("Ask for information"),
        icon="contact_support",
        explain=_explain_ask,
        perform=_ask,
        form=QuestionForm,
        weighty=True,
    ),
    Step(
        verb="waitlist",
        label=_("Waiting list"),
        icon="hourglass_top",
        explain=_explain_waitlist,
        perform=_waitlist,
        weighty=True,
    ),
    Step(
        verb="decline",
        label=_("Decline"),
        icon="block",
        explain=_explain_decline,
        perform=_decline,
        form=DeclineForm,
        weighty=True,
    ),
    Step(
        verb="withdraw",
        label=_("Withdraw"),
        icon="undo",
        explain=_explain_withdraw,
        perform=_withdraw,
        weighty=True,
    ),
)
