"""Tags of attendees: words of the organisers, by which reminder rules and lists choose people."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from django.db import transaction

from events.domain import steps
from events.domain.refusals import Refusal
from events.models import Attendee
from events.models.people.attendees import AttendeeQuerySet

MAX_CHARS: Final = 60  # as in ReminderRule.tag
BETWEEN: Final = re.compile(r"[,;，；、\n]+")  # noqa: RUF001 -- commas as they are typed in Chinese


def parse(*, text: str) -> list[str]:
    """Return the tags in a text, which commas or lines separate, each once."""
    words = (" ".join(word.split()) for word in BETWEEN.split(text))
    return list(dict.fromkeys(word for word in words if word))


def in_use(*, among: AttendeeQuerySet) -> list[str]:
    """Return the tags that these attendees bear, in order of the alphabet."""
    tagged = among.exclude(tags=[]).order_by().values_list("tags", flat=True).distinct()
    return sorted({tag for tags in tagged for tag in tags}, key=str.casefold)


def put(*, on: AttendeeQuerySet, tags: Iterable[str]) -> list[Attendee]:
    """Put tags on attendees; return those who did not bear all of them before."""
    wanted = list(tags)
    return _change(on, lambda row: [*row.tags, *(tag for tag in wanted if tag not in row.tags)])


def take_off(*, of: AttendeeQuerySet, tags: Iterable[str]) -> list[Attendee]:
    """Take tags off attendees; return those who bore one of them."""
    dropped = set(tags)
    return _change(of, lambda row: [tag for tag in row.tags if tag not in dropped])


def undo(*, stamps: Mapping[int, int]) -> tuple[list[Attendee], list[Refusal]]:
    """Give attendees the tags that they bore before the change of their stamp (`steps.stamps`).

    Returns those who bear them again, and why others stay as they are.
    """
    done: list[Attendee] = []
    refused: list[Refusal] = []
    with transaction.atomic():
        for row in _held(stamps):
            try:
                done.append(_undone(row, stamps[row.pk]))
            except Refusal as refusal:
                refused.append(refusal)
    return done, refused


def _undone(row: Attendee, stamp: int) -> Attendee:
    steps.check_unchanged(row=row, stamp=stamp)
    before = steps.former(row=row, stamp=stamp, columns=["tags"])
    if before is None:
        raise steps.ChangedSince(row)
    row.tags = before["tags"]
    row.save(update_fields=["tags"])
    return row


def _change(rows: AttendeeQuerySet, made: Callable[[Attendee], list[str]]) -> list[Attendee]:
    """Store the tags that `made` returns for each row; return the rows that have changed."""
    changed = []
    with transaction.atomic():
        for row in _held(list(rows.order_by().values_list("pk", flat=True))):
            if (tags := made(row)) != row.tags:
                row.tags = tags
                row.save(update_fields=["tags"])
                changed.append(row)
    return changed


def _held(keys: Collection[int]) -> AttendeeQuerySet:
    """Return the attendees, locked until the end of the transaction."""
    return Attendee.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk")
