"""What the screens of applications say: seats, names, and who cannot be told."""

from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.domain.mail.decisions import Silence
from delegations.domain.rosters.quotas import Room
from delegations.models import Application

STATUS: Final = {
    Application.Status.SUBMITTED: "info",
    Application.Status.UNDER_REVIEW: "info",
    Application.Status.INFO_REQUESTED: "warning",
    Application.Status.ACCEPTED: "success",
    Application.Status.CONFIRMED: "success",
    Application.Status.WAITLISTED: "warning",
    Application.Status.DECLINED: "danger",
    Application.Status.LAPSED: "danger",
}
SILENT: Final = {
    Silence.NO_CONTACT: _("Nobody can be told of a decision: the application has no contact."),
    Silence.NO_ADDRESS: _("Nobody can be told of a decision: the contact has no mail address."),
}

UNTOLD: Final = {
    Silence.NO_CONTACT: _("Nobody: no contact."),
    Silence.NO_ADDRESS: _("Nobody: the contact has no mail address."),
}


def silences(silence: Silence | None) -> Any:
    """Return the warning that nobody can be told; empty if somebody can."""
    return SILENT[silence] if silence else ""


def seats(number: int) -> str:
    return ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number}


def applicant(application: Application) -> str:
    """Return the name of the organisation, if it was not redacted."""
    hidden = application.organisation_id is None
    return gettext("(not visible)") if hidden else str(application.organisation)


def names(application: Application) -> str:
    """Return the names of the nominees, in the order in which they were entered."""
    return gettext(", ").join(map(str, application.nominees.all()))


def room_line(room: Room) -> str:
    """Return a sentence about the seats taken and left, and the length of the waiting list."""
    words = {"taken": room.taken, "quota": room.quota, "free": room.free, "number": room.waiting}
    if room.quota is None:
        return gettext("%(taken)s seats are taken; there is no quota.") % words
    if not room.waiting:
        return gettext("%(taken)s of %(quota)s seats are taken, %(free)s are free.") % words
    text = ngettext(
        "%(taken)s of %(quota)s seats are taken, %(free)s are free; %(number)s application waits.",
        "%(taken)s of %(quota)s seats are taken, %(free)s are free; %(number)s applications wait.",
        room.waiting,
    )
    return text % words
