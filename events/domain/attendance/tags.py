"""Tags of attendees: words of the organisers, by which reminder rules and lists choose people."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction

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


def put(*, on: AttendeeQuerySet, tags: Iterable[str]) -> int:
    """Put tags on attendees; return how many did not bear all of them before."""
    wanted = list(tags)
    return _change(on, lambda row: [*row.tags, *(tag for tag in wanted if tag not in row.tags)])


def take_off(*, of: AttendeeQuerySet, tags: Iterable[str]) -> int:
    """Take tags off attendees; return how many bore one of them."""
    dropped = set(tags)
    return _change(of, lambda row: [tag for tag in row.tags if tag not in dropped])


def _change(rows: AttendeeQuerySet, made: Callable[[Attendee], list[str]]) -> int:
    """Store the tags that `made` returns for each row; return how many rows have changed."""
    changed = 0
    with transaction.atomic():
        keys = list(rows.order_by().values_list("pk", flat=True))
        held = Attendee.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk")
        for row in held:
            if (tags := made(row)) != row.tags:
                row.tags = tags
                row.save(update_fields=["tags"])
                changed += 1
    return changed
