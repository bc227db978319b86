"""Texts of invitations that organisers write: which one holds for an event, and storing them.

Each language is looked for by itself: the text of the event, else that of the nearest event above
it that belongs to the same team, else none, which means the standard text.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from events.domain.refusals import Name, Refusal
from events.models import Event, InvitationText
from events.values.languages import CODES, columns, suffix


class Occasion(StrEnum):
    """Which of the invitations to one event."""

    FIRST = "first"
    AGAIN = "again"


# Subject and text of each, without the language.
NAMES: Final = {
    Occasion.FIRST: ("subject", "text"),
    Occasion.AGAIN: ("again_subject", "again_text"),
}
COLUMNS: Final = columns(*NAMES[Occasion.FIRST], *NAMES[Occasion.AGAIN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Subject and text in one language; either may be '', then that part is the standard one.

    `event` is the one that they were written for.
    """

    subject: str
    text: str
    event: Event


class ChangedMeanwhile(Refusal):
    """Somebody has stored other texts since the user has read them."""

    event: Event
    text = gettext_noop(
        "Somebody else has changed the texts for “%(event)s” meanwhile. Look at theirs in another"
        " window, then save yours again."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"event": name(self.event)}


def of(*, event: Event, language: str, occasion: Occasion = Occasion.FIRST) -> Written | None:
    """Return what was written for an event in this language, or None."""
    return by_language(event=event, occasion=occasion)[language]


def by_language(
    *,
    event: Event,
    occasion: Occasion = Occasion.FIRST,
    draft: InvitationText | None = None,
) -> dict[str, Written | None]:
    """Return what holds for an event in each language; a draft counts in place of its own row."""
    way = _way_up(event)
    rows = InvitationText.objects.filter(event__in=way[1:] if draft else way)
    found = sorted(rows.select_related("event"), key=lambda row: way.index(row.event_id))
    ours = [row for row in found if row.event.team_id == event.team_id]
    near = [draft, *ours] if draft else ours
    return {code: _nearest(near, code, occasion) for code in CODES}


def row_of(*, event: Event) -> InvitationText:
    """Return the row of an event, unsaved if there is none."""
    found = InvitationText.objects.filter(event=event).first()
    return found or InvitationText(event=event)


def stamp(*, row: InvitationText) -> str:
    """Return a digest of the texts of a row, by which a later change is noticed."""
    texts = [getattr(row, column) or "" for column in COLUMNS]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def store(*, event: Event, texts: Mapping[str, str], seen: str) -> bool:
    """Store these texts by column, and leave others; return False if nothing has changed.

    `seen` is the stamp of the row that the user has changed. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        row = row_of(event=event)
        if stamp(row=row) != seen:
            raise ChangedMeanwhile(event)
        changed = [name for name in texts if (getattr(row, name) or "") != texts[name]]
        for name in changed:
            setattr(row, name, texts[name])
        if changed:
            row.save()
        return bool(changed)


def _nearest(rows: list[InvitationText], code: str, occasion: Occasion) -> Written | None:
    ending = suffix(code)
    for row in rows:
        subject, text = (row.column(name, ending) for name in NAMES[occasion])
        if subject or text:
            return Written(subject=subject, text=text, event=row.event)
    return None


def _way_up(event: Event) -> list[int]:
    """Return the keys of the event and of those above it, the nearest first."""
    if event.parent_id is None:
        return [event.pk]
    above = ("parent", "parent__parent", "parent__parent__parent")
    keys = Event.objects.filter(pk=event.pk).values_list("pk", *above).first()
    return [key for key in keys or () if key is not None]
