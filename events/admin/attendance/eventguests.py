"""The guests of an event, and the speakers of a part, as rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from events.admin.attendance.guestlists import GuestsAdmin, Listed
from events.admin.kit import redaction
from events.domain.access import access
from events.domain.attendance import attendees
from events.domain.guests import guests
from events.domain.guests.guests import Added
from events.domain.guests.matching import Guest
from events.domain.lifecycle import lifecycle
from events.models import Attendee, Event
from events.values.keys import is_key

# The kinds of parts whose own guests are those who speak there.
SPOKEN_AT = (Event.Kind.SESSION, Event.Kind.ADDRESS, Event.Kind.MEDIA_REMARKS)
ANSWER = {
    Attendee.Partstat.ACCEPTED: "success",
    Attendee.Partstat.TENTATIVE: "warning",
    Attendee.Partstat.DECLINED: "danger",
    Attendee.Partstat.DELEGATED: "info",
}
SEAT = {
    Attendee.Seat.CONFIRMED: "success",
    Attendee.Seat.WAITLISTED: "warning",
    Attendee.Seat.CANCELLED: "danger",
}


class EventGuests(GuestsAdmin):
    """The list of attendees of an event."""

    def may_add_guests(self, request: HttpRequest, row: Event) -> bool:
        return Attendee.objects.all().holders(request.user).filter(pk=row.pk).exists()

    def guest_roles(self, row: Event) -> Sequence[tuple[str, Any]]:
        return Attendee.Role.choices

    def usual_role(self, row: Event) -> str:
        speaks = row.parent_id is not None and row.kind in SPOKEN_AT
        return Attendee.Role.SPEAKER if speaks else Attendee.Role.PARTICIPANT

    def add_guests(
        self, request: HttpRequest, row: Event, found: Sequence[Guest], now: datetime
    ) -> Added:
        return guests.add(event=row, guests=found, user=request.user, now=now)

    def listed(self, request: HttpRequest, row: Event) -> Any:
        rows: Any = access.visible(user=request.user, model=Attendee).filter(event=row)
        return rows.select_related("person", "representing").order_by("position", "pk")

    def roles_of(self, request: HttpRequest, row: Any, people: Collection[int]) -> dict[int, str]:
        rows = self.listed(request, row).filter(person__in=people)
        return {each.person_id: str(each.get_role_display()) for each in rows}

    def shown(self, request: HttpRequest, row: Event, rows: Sequence[Any]) -> list[Listed]:
        redaction.hide(request, rows, loaded=True)
        return [self._shown(request, attendee) for attendee in rows]

    def change_listed(
        self, request: HttpRequest, row: Event, data: Mapping[str, str], now: datetime
    ) -> int:
        """Store roles and languages that differ from those that the page had shown."""
        lifecycle.hold()  # before the event, because new people need the tree as well
        keys = {name.partition("-")[2] for name in data if name.startswith(("role-", "language-"))}
        rows = self.listed(request, row).filter(pk__in=filter(is_key, keys))
        changed = 0
        for attendee in rows:
            if self._change(attendee, data):
                attendees.save(attendee=attendee, now=now)
                changed += 1
        return changed

    def _change(self, attendee: Attendee, data: Mapping[str, str]) -> bool:
        """Take over what was changed on the page, where nobody else has changed it meanwhile."""
        known: dict[str, dict[str, Any]] = {
            "role": dict(Attendee.Role.choices),
            "language": dict(LANGUAGES),
        }
        changed = False
        for name, choices in known.items():
            value = data.get(f"{name}-{attendee.pk}")
            was = data.get(f"was-{name}-{attendee.pk}")
            if value in choices and value != was and value != getattr(attendee, name):
                setattr(attendee, name, value)
                changed = True
        return changed

    def _shown(self, request: HttpRequest, attendee: Attendee) -> Listed:
        opts = attendee._meta
        name = str(attendee) or "…"
        states = [(attendee.get_partstat_display(), ANSWER.get(_answer(attendee), ""))]
        if attendee.seat != Attendee.Seat.NONE:
            colour = SEAT.get(Attendee.Seat(attendee.seat), "")
            states.append((attendee.get_seat_display(), colour))
        change = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[attendee.pk])
        step = reverse(
            f"admin:{opts.app_label}_{opts.model_name}_step", args=[attendee.pk, "release"]
        )
        may_leave = not attendee.is_out and attendee.attendance == Attendee.Attendance.EXPECTED
        return Listed(
            pk=attendee.pk,
            name=name,
            about=str(attendee.representing or ""),
            role=attendee.role,
            url=change,
            language=attendee.language,
            states=[(str(text), colour) for text, colour in states],
            off_url=f"{step}?{urlencode({'next': request.path})}" if may_leave else "",
        )


LANGUAGES = [("", ""), *settings.LANGUAGES]


def _answer(attendee: Attendee) -> Attendee.Partstat:
    return Attendee.Partstat(attendee.partstat)
