"""The steps of an application: what each one does, to whom, and which values it asks for."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from delegations.admin.applications.applicationwords import seats, silences
from delegations.domain.applications import applications
from delegations.domain.mail import decisions
from delegations.models import Application
from events.admin.kit.steps import Done, Step, StepForm
from events.domain.pages import formatting
from events.models import User
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


def quota_line(application: Application, user: User) -> Iterable[str]:
    """Return a sentence about the seats taken, left and asked for."""
    room = applications.room(delegation=application.delegation)
    asked = seats(applications.seats(application=application))
    if room.quota is None:
        yield gettext("There is no quota; they ask for %(asked)s.") % {"asked": asked}
    else:
        yield gettext(
            "%(taken)s of %(quota)s seats are taken, %(free)s are free; they ask for %(asked)s."
        ) % {"taken": room.taken, "quota": room.quota, "free": room.free, "asked": asked}


def _named(application: Application) -> dict[str, Any]:
    return {"organisation": application.organisation, "delegation": application.delegation}


def _who_joins(application: Application, user: User) -> Iterable[str]:
    names = gettext(", ").join(str(nominee) for nominee in application.nominees.order_by("pk"))
    yield gettext("These join the delegation: %(names)s.") % {"names": names}


def _who_leaves(application: Application, user: User) -> Iterable[str]:
    members = [str(member) for member in application.delegates.in_order()]
    if members:
        text = gettext("These leave the delegation and all its events: %(names)s.")
        yield text % {"names": gettext(", ").join(members)}


def _who_hears_nothing(application: Application, user: User) -> Iterable[str]:
    """Warn that nobody can be told of the decision."""
    if warning := silences(decisions.silence(application=application)):
        yield str(warning)


def _and_silence(text: str, application: Application) -> str:
    """Add to a message that nobody was told of the decision, if that is so."""
    if not decisions.silence(application=application):
        return text
    return gettext("%(text)s Nobody was told by mail: tell them yourself.") % {"text": text}


def _says(text: Any) -> Callable[[Done], str]:
    return lambda done: _and_silence(str(text), done.row)


def _accepted(done: Done) -> str:
    return _and_silence(_reached(done), done.row)


def _reached(done: Done) -> str:
    if done.result == Application.Status.WAITLISTED:
        return gettext("The seats did not suffice: they are on the waiting list.")
    return gettext("Accepted; to be confirmed by %(when)s.") % {
        "when": formatting.moment(done.values["confirm_by"], str(zone_of(done.row)))
    }


_step = partial(Step, noun="application", facts=_named)
RECONSIDER = _step(
    verb="reconsider",
    label=_("Take the decision back"),
    icon="undo",
    does=applications.reconsider,
    explain=(
        _(
            "The decision was made by mistake: the application of %(organisation)s is examined"
            " anew."
        ),
        _(
            "A mail about it that has not left is called back; once it has left, the decision"
            " stands."
        ),
    ),
    says=_("The decision about %(organisation)s is taken back."),
    secondary=True,
)
STEPS = (
    _step(
        verb="submit",
        label=_("Submit"),
        icon="send",
        does=applications.submit,
        explain=(
            _("The application of %(organisation)s to “%(delegation)s” is handed in."),
            _("From then on the order of submission counts on the waiting list."),
        ),
        says=_("Submitted."),
    ),
    _step(
        verb="review",
        label=_("Examine"),
        icon="rule",
        does=applications.review,
        explain=(_("You begin to examine it; nothing is decided yet."),),
        says=_("The examination has begun."),
    ),
    _step(
        verb="accept",
        label=_("Accept"),
        icon="check_circle",
        does=applications.accept,
        form=AcceptForm,
        signed=True,
        explain=(
            quota_line,
            _(
                "If the seats are there, they are kept until the date below; if %(organisation)s"
                " has not confirmed by then, the acceptance lapses and the next on the waiting list"
                " moves up."
            ),
            _("If the seats are not there, they go on the waiting list."),
            _who_hears_nothing,
        ),
        says=_accepted,
        undo=RECONSIDER,
    ),
    _step(
        verb="admit",
        label=_("Accept and confirm"),
        icon="verified",
        does=applications.admit,
        signed=True,
        explain=(
            quota_line,
            _("For those who have agreed already: no date to confirm, and no mail about it."),
            _who_joins,
            _("The mission and its legs are in their itineraries from now on."),
        ),
        says=_("Accepted and confirmed: they are on the roster now."),
    ),
    _step(
        verb="confirm",
        label=_("Confirm"),
        icon="how_to_reg",
        does=applications.confirm,
        explain=(
            _who_joins,
            _("The mission and its legs are in their itineraries from now on."),
        ),
        says=_("Confirmed: they are on the roster now."),
    ),
    _step(
        verb="reply",
        label=_("Note the reply"),
        icon="reply",
        does=applications.reply,
        form=ReplyForm,
        explain=(_("You note what they answered, and go on with the examination."),),
        says=_("The reply is noted; the examination goes on."),
    ),
    _step(
        verb="request_info",
        label=_("Ask for information"),
        icon="contact_support",
        does=applications.request_info,
        form=QuestionForm,
        explain=(
            _("It waits until %(organisation)s has answered; its place in order stays."),
            _("No mail is sent: put the question to them yourself, then note it here."),
        ),
        says=_("It waits for their reply."),
        destructive=True,
    ),
    _step(
        verb="waitlist",
        label=_("Waiting list"),
        icon="hourglass_top",
        does=applications.waitlist,
        signed=True,
        explain=(
            quota_line,
            _("%(organisation)s moves up by itself when seats become free."),
            _who_hears_nothing,
        ),
        says=_says(_("On the waiting list.")),
        destructive=True,
        undo=RECONSIDER,
    ),
    _step(
        verb="decline",
        label=_("Decline"),
        icon="block",
        does=applications.decline,
        form=DeclineForm,
        signed=True,
        explain=(
            _("%(organisation)s gets no seats, but may apply anew."),
            _who_hears_nothing,
        ),
        says=_says(_("Declined.")),
        destructive=True,
        undo=RECONSIDER,
    ),
    _step(
        verb="withdraw",
        label=_("Withdraw"),
        icon="undo",
        does=applications.withdraw,
        explain=(
            _("%(organisation)s takes its application back."),
            _who_leaves,
            _("Seats that become free go to the first on the waiting list."),
        ),
        says=_("Withdrawn."),
        destructive=True,
    ),
    RECONSIDER,
)
