"""Actions on several attendees at once, and the sentences of refusals about attendees."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit import refusals
from events.domain.access import access
from events.domain.attendance import attendees
from events.domain.attendance.capacity import Venue
from events.domain.pages import formatting
from events.models import Attendee

NAMED: Final = 10  # the number of refusals that a message spells out; the rest is counted


@refusals.sentence.register
def _not_allowed(refusal: attendees.NotAllowed) -> str:
    attendee = refusal.attendee
    return gettext("%(who)s: not possible now (%(answer)s; place: %(place)s; %(presence)s).") % {
        "who": attendee,
        "answer": attendee.get_partstat_display(),
        "place": attendee.get_seat_display(),
        "attendance": attendee.get_attendance_display(),
    }


@refusals.sentence.register
def _not_open(refusal: attendees.NotOpen) -> str:
    event = refusal.attendee.event
    return gettext("%(who)s: not possible while “%(event)s” is in this state: %(status)s.") % {
        "who": refusal.attendee,
        "event": event,
        "status": event.get_status_display(),
    }


@refusals.sentence.register
def _over(refusal: attendees.Over) -> str:
    return _about(refusal, gettext("%(who)s: “%(event)s” is over."))


@refusals.sentence.register
def _not_over(refusal: attendees.NotOver) -> str:
    return _about(refusal, gettext("%(who)s: “%(event)s” is not over yet."))


@refusals.sentence.register
def _no_place_left(refusal: attendees.NoPlaceLeft) -> str:
    if hub := refusal.attendee.hub:
        where = {"who": refusal.attendee, "place": hub.place}
        return gettext("%(who)s: no place is left in %(place)s.") % where
    return _about(refusal, gettext("%(who)s: no place is left at “%(event)s”."))


@refusals.sentence.register
def _already_invited(refusal: attendees.AlreadyInvited) -> str:
    who, role = refusal.attendee, refusal.attendee.get_role_display()
    return gettext("%(who)s is on the list already: %(role)s.") % {"who": who, "role": role}


@refusals.sentence.register
def _already_named(refusal: attendees.AlreadyNamed) -> str:
    text = gettext("%(who)s has a name already; whoever comes instead is a substitute.")
    return text % {"who": refusal.attendee}


@refusals.sentence.register
def _already_checked_in(refusal: attendees.AlreadyCheckedIn) -> str:
    attendee = refusal.attendee
    zone = attendee.event.timezone or timezone.get_current_timezone_name()
    since = attendee.checked_in_at and formatting.moment(attendee.checked_in_at, zone)
    return gettext("%(who)s was checked in already: %(since)s.") % {"who": attendee, "since": since}


@refusals.sentence.register
def _wrong_hub(refusal: attendees.WrongHub) -> str:
    return _about(refusal, gettext("%(who)s: this is no hub of “%(event)s”."))


def _about(refusal: attendees.Refusal, text: str) -> str:
    return text % {"who": refusal.attendee, "event": refusal.attendee.event}


def fullness(venue: Venue) -> str:
    """Return “43 of 50 places, 3 waiting”, after the name of the hub if it is one."""
    text = _places(venue)
    if venue.waiting:
        values = {"places": text, "number": venue.waiting}
        text = gettext("%(places)s, %(number)s waiting") % values
    if venue.hub:
        text = gettext("%(hub)s: %(places)s") % {"hub": venue.hub.place, "places": text}
    return text


def _places(venue: Venue) -> str:
    if venue.capacity is None:
        return gettext("%(taken)s taken, places without limit") % {"taken": venue.taken}
    text = ngettext(
        "%(taken)s of %(number)s place", "%(taken)s of %(number)s places", venue.capacity
    )
    return text % {"taken": venue.taken, "number": venue.capacity}


def for_each(verb: str, label: Any, done: Any) -> Callable[..., None]:
    """Return a list action that calls a domain function for each row that the user may change.

    `done` is the message, with the parameter `number` for how many it succeeded.
    """

    @admin.action(description=label, permissions=["attend"])
    def act(screen: Any, request: HttpRequest, rows: QuerySet[Attendee]) -> None:
        ours = rows.filter(pk__in=access.changeable(user=request.user, model=Attendee))
        known = list(ours.select_related("event").order_by("pk"))
        skipped = rows.count() - len(known)
        refused = _refused(verb, known)
        if number := len(known) - len(refused):
            messages.success(request, done % {"number": number})
        if refused:
            messages.warning(request, _spelt_out(refused))
        if skipped:
            text = ngettext(
                "%(number)s attendee is not yours to change.",
                "%(number)s attendees are not yours to change.",
                skipped,
            )
            messages.warning(request, text % {"number": skipped})

    act.__name__ = verb
    return act


def _refused(verb: str, rows: Iterable[Attendee]) -> list[str]:
    """Call the domain function for each row separately; return the sentences of those refused."""
    call, refused = getattr(attendees, verb), []
    for row in rows:
        try:
            call(attendee=row, now=timezone.now())
        except attendees.Refusal as refusal:
            refused.append(refusals.sentence(refusal))
    return refused


def _spelt_out(sentences: list[str]) -> str:
    shown, more = " ".join(sentences[:NAMED]), len(sentences) - NAMED
    if more <= 0:
        return shown
    return gettext("%(sentences)s And %(number)s more.") % {"sentences": shown, "number": more}


ACTIONS: Final = (
    for_each("check_in", _("Check in"), _("Checked in: %(number)s.")),
    for_each("mark_attended", _("Mark as attended"), _("Marked as attended: %(number)s.")),
    for_each("mark_no_show", _("Mark as no-show"), _("Marked as no-show: %(number)s.")),
    for_each("release", _("Take off the list"), _("Taken off the list: %(number)s.")),
)
