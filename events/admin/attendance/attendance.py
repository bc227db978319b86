"""Actions on several attendees at once."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.admin.kit import screens
from events.admin.kit.steps import spelt_out
from events.domain.access import access
from events.domain.attendance import attendees
from events.domain.attendance.capacity import Capacity
from events.domain.refusals import Refusal
from events.models import Attendee


def fullness(venue: Capacity) -> str:
    """Return “43 of 50 places, 3 waiting”, after the name of the hub if it is one.

    Of a venue with more seats taken than it has: “10 of 5 places: 5 too many”.
    """
    text = _places(venue)
    if venue.excess:
        values = {"places": text, "number": venue.excess}
        text = gettext("%(places)s: %(number)s too many") % values
    if venue.waiting:
        values = {"places": text, "number": venue.waiting}
        text = gettext("%(places)s, %(number)s waiting") % values
    if venue.hub:
        text = gettext("%(hub)s: %(places)s") % {"hub": venue.hub.place, "places": text}
    return text


def _places(venue: Capacity) -> str:
    if venue.capacity is None:
        return gettext("%(taken)s taken, seats without limit") % {"taken": venue.taken}
    text = ngettext("%(taken)s of %(number)s seat", "%(taken)s of %(number)s seats", venue.capacity)
    return text % {"taken": venue.taken, "number": venue.capacity}


def for_each(verb: str, label: Any, done: Any) -> Callable[..., HttpResponse | None]:
    """Return a list action that calls a domain function for each row that the user may change.

    `done` is the message, with the parameter `number` for how many it succeeded.
    """

    @admin.action(description=label, permissions=["attend"])
    def act(screen: Any, request: HttpRequest, rows: QuerySet[Attendee]) -> HttpResponse | None:
        if screens.is_back(request):
            return None
        ours = rows.filter(pk__in=access.changeable(user=request.user, model=Attendee))
        known = list(ours.select_related("event").order_by("pk"))
        skipped = rows.count() - len(known)
        try:
            with screens.planning(request):
                taken, refused = _taken(verb, known)
                told = screens.told(request)
        except screens.Unasked as unasked:
            return screens.question(screen, request, unasked.told)
        if taken:
            text, step = done % {"number": len(taken)}, screen.step_of(taken[0], verb)
            screen.say(request, text, step, taken, request.get_full_path())
        if told:
            messages.success(request, screens.message(told))
        if refused:
            messages.warning(request, spelt_out(refused, request.user))
        if skipped:
            text = ngettext(
                "%(number)s attendee is not yours to change.",
                "%(number)s attendees are not yours to change.",
                skipped,
            )
            messages.warning(request, text % {"number": skipped})
        return None

    act.__name__ = verb
    return act


def _taken(verb: str, rows: Iterable[Attendee]) -> tuple[list[Attendee], list[Refusal]]:
    """Call the domain function for each row separately; return those it took, and refusals."""
    call, taken, refused = getattr(attendees, verb), [], []
    for row in rows:
        try:
            call(attendee=row, now=timezone.now())
            taken.append(row)
        except Refusal as refusal:
            refused.append(refusal)
    return taken, refused


ACTIONS: Final = (
    for_each("check_in", _("Check in"), _("Checked in: %(number)s.")),
    for_each("mark_attended", _("Mark as attended"), _("Marked as attended: %(number)s.")),
    for_each("mark_no_show", _("Mark as no-show"), _("Marked as no-show: %(number)s.")),
    for_each("release", _("Take off the list"), _("Taken off the list: %(number)s.")),
)
