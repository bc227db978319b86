"""Lines that are pasted into the rows of a programme: read, and shown before anything is stored."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.domain.schedule import rooms
from events.models import Event, Viewer
from events.values import names, programmelines, scripts
from events.values.programmelines import Line

WRONG: Final[dict[str, Promise]] = {
    "title": _("Write a title."),
    "from": _("“%(text)s” is no time."),
    "to": _("“%(text)s” is no time."),
    "on": _("“%(text)s” is no day."),
    "kind": _("“%(text)s” is no kind of a part."),
}
# Words for kinds that are used besides their labels.
ALSO: Final = {
    "keynote speech": "keynote", "opening": "ceremony", "coffee": "break", "tea": "break",
    "coffee break": "break", "tea break": "break", "lunch": "meal", "dinner": "meal",
    "breakfast": "meal", "networking": "reception", "panel discussion": "panel",
    "speech": "address", "remarks": "address", "talk": "session", "茶歇": "break",
    "午餐": "meal", "晚宴": "meal", "午宴": "meal", "致辞": "address", "签到": "registration",
}  # fmt: skip


def read(text: str, event: Event, user: Viewer) -> dict[str, Any]:
    """Return the parts that lines describe, each with its errors, and how many were left out."""
    known = [row.name for row in rooms.of(event=event, used=(), user=user)]
    first = event.start_on if event.when.is_exact else None
    sheet = programmelines.parse(text=text, first=first, rooms=known)
    kinds = _kinds()
    lines = [_line(line, kinds) for line in sheet.lines]
    return {"lines": lines, "left_out": sheet.left_out}


def _line(line: Line, kinds: dict[str, str]) -> dict[str, Any]:
    errors = {name: str(WRONG[name]) % {"text": text} for name, text in line.errors.items()}
    kind = kinds.get(names.search_key(line.kind), "") if line.kind else _kind_of(line.title, kinds)
    if line.kind and not kind:
        errors["kind"] = gettext(str(WRONG["kind"])) % {"text": line.kind}
    return {
        "number": line.number,
        "text": line.text,
        "title": line.title,
        "kind": kind or "session",
        "on": line.on.isoformat() if line.on else None,
        "from": line.start.isoformat("minutes") if line.start else None,
        "to": line.end.isoformat("minutes") if line.end else None,
        "room": line.room,
        "speakers": line.speakers,
        "script": scripts.language(line.title),
        "raw": line.errors,
        "errors": errors,
    }


def _kind_of(title: str, kinds: dict[str, str]) -> str:
    """Return the kind that a title names as a whole, such as “Registration” or “Lunch”."""
    return kinds.get(names.search_key(title), "") if title else ""


def _kinds() -> dict[str, str]:
    labels = {names.search_key(str(kind.label)): kind.value for kind in Event.Kind}
    keys = {names.search_key(kind.value.replace("_", " ")): kind.value for kind in Event.Kind}
    also = {names.search_key(word): kind for word, kind in ALSO.items()}
    return also | keys | labels
