"""Parts put into a programme many at once, with who speaks at them: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.guests import guests
from events.domain.guests.matching import Guest
from events.domain.lifecycle import lifecycle
from events.domain.refusals import Name, Refusal
from events.domain.schedule.speakers import Unclear
from events.models import Event, Viewer


class PartUnfit(Refusal):
    """A part cannot be stored: its number, the field at fault, and the reason."""

    number: int
    field: str
    reason: Refusal
    text = gettext_noop("Nothing is stored yet: mend the marked rows.")

    def words(self, name: Name) -> dict[str, object]:
        return {}


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part that is not stored yet, and its speaker."""

    event: Event
    speaker: Guest | None = None


def add(*, parts: Sequence[NewPart], user: Viewer, now: datetime) -> list[Event]:
    """Store the parts and their speakers. Raises PartUnfit, and then nothing is stored."""
    with transaction.atomic():
        lifecycle.hold()
        for number, part in enumerate(parts):
            _store(part, number, now)
            _seat(part, number, user, now)
        return [part.event for part in parts]


def _store(part: NewPart, number: int, now: datetime) -> None:
    try:
        lifecycle.save(event=part.event, now=now)
    except Refusal as refusal:
        raise PartUnfit(number, "title", refusal) from refusal


def _seat(part: NewPart, number: int, user: Viewer, now: datetime) -> None:
    if part.speaker is None:
        return
    try:
        guests.add(event=part.event, guests=[part.speaker], user=user, now=now)
    except guests.Open as refusal:
        raise PartUnfit(number, "speaker", Unclear()) from refusal
    except Refusal as refusal:
        raise PartUnfit(number, "speaker", refusal) from refusal
