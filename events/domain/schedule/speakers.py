"""Who speaks at a part: people on record, or made on the way, as attendees of the part."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from events.domain.attendance import attendees, invitations, undoing
from events.domain.guests import guests, matching
from events.domain.guests.matching import Guest
from events.domain.refusals import Refusal
from events.models import Attendee, Event, Viewer
from events.values.keys import is_key

SPEAKER: Final = Attendee.Role.SPEAKER
MAX_NAME: Final = 250  # characters


class Unclear(Refusal):
    """Several people on record may be the speaker, or nobody with this name may be added."""

    text = gettext_noop("Several people may be meant: choose one of those that are offered.")


def of(*, events: Collection[int], user: Viewer) -> dict[int, list[Attendee]]:
    """Return the speakers of each part whom the user may see, in their order."""
    seen = Attendee.objects.visible_to(user).filter(event__in=events, role=SPEAKER)
    rows = seen.exclude(person=None).on_the_list().select_related("person")
    found: dict[int, list[Attendee]] = {}
    for row in rows.order_by("position", "pk"):
        found.setdefault(row.event_id, []).append(row)
    return found


def set_to(
    *,
    event: Event,
    known: Collection[int],
    wanted: Sequence[Any],
    roles: Mapping[int, str],
    user: Viewer,
    now: datetime,
) -> dict[int, str]:
    """Let those speak at the part who are wanted: keys of people, or names as they are written.

    `known` are the people who speak now. Who is to speak no longer gets the role in `roles`, or is
    taken off the list. Who is on the list in another role, or lost their place, speaks from now on;
    returns these roles by person. Raises Unclear, and what `guests.add` and `undo_release` raise.
    """
    people = {each for each in wanted if isinstance(each, int)}
    for row in Attendee.objects.filter(event=event, person__in=set(known) - people, role=SPEAKER):
        _give_up(row, roles.get(row.person_id or 0), now)
    new = [each for each in wanted if not isinstance(each, int) or each not in known]
    if not new:
        return {}
    try:
        done = guests.add(event=event, guests=[*map(_guest, new)], user=user, now=now)
    except guests.Open as refusal:
        raise Unclear from refusal
    rows = Attendee.objects.filter(event=event, person__in=[each.pk for each in done.known])
    before = {row.person_id or 0: row.role for row in rows if row.role != SPEAKER}
    for row in rows:
        _put_on(row, now)
    return before


def is_wanted(values: Any) -> bool:
    """Whether a list names speakers as `set_to` takes them."""
    if not isinstance(values, list):
        return False
    return all(isinstance(each, str) or (type(each) is int and is_key(each)) for each in values)


def keys(rows: Iterable[Attendee]) -> list[int]:
    return [row.person_id for row in rows if row.person_id]


def _guest(wanted: Any) -> Guest:
    if isinstance(wanted, int):
        return Guest(person=wanted, role=SPEAKER)
    return matching.called(wanted.replace("\0", "")[:MAX_NAME], role=SPEAKER)


def _put_on(row: Attendee, now: datetime) -> None:
    """Let somebody speak who is on the list already, or was taken off it."""
    if row.seat == Attendee.Seat.CANCELLED and row.partstat not in Attendee.SAID_NO:
        undoing.undo_release(attendee=row, now=now)
    _give_role(row, SPEAKER, now)


def _give_up(row: Attendee, role: str | None, now: datetime) -> None:
    if role:
        _give_role(row, role, now)
    else:
        _take_off(row, now)


def _give_role(row: Attendee, role: str, now: datetime) -> None:
    if row.role != role:
        row.role = role
        attendees.save(attendee=row, now=now)


def _take_off(row: Attendee, now: datetime) -> None:
    """Delete a speaker of whom nothing is recorded; take any other off the list."""
    if row.is_untouched and not invitations.was_invited(attendee=row):
        row.delete()
    else:
        attendees.release(attendee=row, now=now)
