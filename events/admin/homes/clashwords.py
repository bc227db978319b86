"""Clashes in words: what overlaps, for how long, and the forms in which it is mended."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.domain.pages import formatting
from events.domain.programme.clashes import Clash
from events.domain.programme.collisions import Kind
from events.models import Event
from events.values import dates
from events.values.dates import Precision, When

# For each kind: of two events, and of one and of another that the reader may not see.
PAIRS: Final[dict[str, Any]] = {
    Kind.PERSON: _("at “%(title)s” and at “%(other)s” at once: %(when)s"),
    Kind.ROOM: _("taken by “%(title)s” and by “%(other)s”: %(when)s"),
    Kind.VEHICLE: _("needed for “%(title)s” and for “%(other)s”: %(when)s"),
    Kind.OUTSIDE: _("“%(title)s” is outside the time of “%(other)s”"),
    Kind.TRAVEL: _("from “%(title)s” to “%(other)s” in %(gap)s minutes; the way takes %(way)s"),
}
BUSY: Final[dict[str, Any]] = {
    Kind.PERSON: _("at “%(title)s”, and busy elsewhere: %(when)s"),
    Kind.ROOM: _("wanted for “%(title)s”, but busy: %(when)s"),
    Kind.VEHICLE: _("wanted for “%(title)s”, but busy: %(when)s"),
}
NEXT: Final = _("too little time from “%(title)s” to what comes next")
BEFORE: Final = _("too little time to “%(title)s” from what comes before")
TOO_SMALL: Final = _("too small for “%(title)s”: %(come)s come, %(limit)s fit in")
MAY_BE_TOO_SMALL: Final = _("may be too small for “%(title)s”: %(come)s may come, %(limit)s fit in")
# Where in the form of an event a clash is mended.
SECTIONS: Final = {Kind.ROOM: "where", Kind.CAPACITY: "where", Kind.VEHICLE: "where"}


def items(request: HttpRequest, clashes: Iterable[Clash]) -> list[dict[str, Any]]:
    """Return what a list shows of each clash: its words, and the forms that the user may change."""
    found = list(clashes)
    sides = {side.pk: side for clash in found for side in (clash.event, clash.other) if side}
    ours = Event.objects.changeable_by(request.user).filter(pk__in=list(sides))
    may = set(ours.values_list("pk", flat=True))
    return [
        {
            "clash": clash,
            "subject": subject(clash),
            "text": text(clash),
            "other": other(clash) if clash.other else "",
            "links": list(_links(clash, may)),
            "may_change": not may.isdisjoint(clash.ids),
            "at": _at(clash),
        }
        for clash in found
    ]


def panel(request: HttpRequest, event: Event, clashes: Iterable[Clash]) -> dict[str, Any]:
    """Return the clashes that count, for a page beside the one on which they are accepted."""
    counting = [clash for clash in clashes if not clash.overridden]
    return {"rows": items(request, counting), "url": page_url(event)}


def as_json(clash: Clash) -> dict[str, Any]:
    """Return a clash as the scripts of the grid read it."""
    told = clash.overridden
    return {
        "key": clash.key,
        "kind": clash.kind.value,
        "soft": clash.soft,
        "ids": list(clash.ids),
        "subject": subject(clash),
        "text": text(clash),
        "other_text": other(clash),
        "overridden": told
        and {"reason": told.reason, "by": told.by, "at": told.at.isoformat(timespec="seconds")},
        "url": form_url(clash.other or clash.event, clash.kind),
    }


def sentence(clash: Clash) -> str:
    """Return “Wang Wei: at “Keynote” and at “Panel” at once: 2 December 2026, 10:30–11:00”."""
    values = {"name": subject(clash), "text": text(clash)}
    return gettext("%(name)s: %(text)s") % values if values["name"] else values["text"]


def subject(clash: Clash) -> str:
    """Return who or what clashes; '' for a part outside its event."""
    if clash.subject or clash.kind == Kind.OUTSIDE:
        return clash.subject
    names = {Kind.PERSON: _("somebody"), Kind.VEHICLE: _("a vehicle")}
    return str(names.get(clash.of, _("the place")))


def text(clash: Clash) -> str:
    """Return what is the matter, to be read after the subject."""
    values = {
        "title": clash.event.title,
        "other": clash.other.title if clash.other else "",
        "when": when(clash),
        "way": clash.way,
        "come": clash.come,
        "limit": clash.limit,
    }
    if clash.kind == Kind.CAPACITY:
        return str((MAY_BE_TOO_SMALL if clash.soft else TOO_SMALL) % values)
    if clash.kind == Kind.TRAVEL:
        return _way(clash, values)
    return str((BUSY if clash.is_busy else PAIRS)[clash.kind] % values)


def other(clash: Clash) -> str:
    """Return when the other event is, as far as the reader may know."""
    if clash.other is None:
        return gettext("busy") if clash.is_busy else ""
    words = {"title": clash.other.title, "when": formatting.when(clash.other.when)}
    return gettext("“%(title)s”: %(when)s") % words


def when(clash: Clash) -> str:
    """Return the days and hours that both take, by the clock of the event."""
    if clash.start is None or clash.end is None:
        return ""
    zone = clash.event.timezone
    start, end = (moment.astimezone(dates.zone(zone)) for moment in (clash.start, clash.end))
    if _is_midnight(start, end):
        last = (end - dates.DAY).date()
        return formatting.days(start.date(), max(start.date(), last))
    value = When(
        precision=Precision.TIME, start_on=start.date(), start_time=start.time(),
        end_on=end.date(), end_time=end.time(), timezone=zone,
    )  # fmt: skip
    return formatting.when(value)


def form_url(event: Event, kind: Kind) -> str:
    """Return the address of the form of an event, at the section in which it is mended."""
    return f"{reverse('admin:events_event_change', args=[event.pk])}#{SECTIONS.get(kind, 'when')}"


def page_url(event: Event) -> str:
    """Return the address of the page of the clashes of an event and its programme."""
    return reverse("admin:events_event_clashes", args=[event.pk])


def _is_midnight(start: Any, end: Any) -> bool:
    return all((at.hour, at.minute, at.second) == (0, 0, 0) for at in (start, end))


def _way(clash: Clash, values: dict[str, Any]) -> str:
    if clash.start is None or clash.end is None or clash.other is None:
        return str((NEXT if clash.is_first else BEFORE) % values)
    if not clash.is_first:
        values |= {"title": values["other"], "other": values["title"]}
    gap = int((clash.end - clash.start).total_seconds() // 60)
    return str(PAIRS[Kind.TRAVEL] % (values | {"gap": gap}))


def _links(clash: Clash, may: Iterable[int]) -> Iterator[dict[str, str]]:
    for side in filter(None, (clash.event, clash.other)):
        if side.pk in may:
            yield {"title": side.title, "url": form_url(side, clash.kind)}


def _at(clash: Clash) -> str:
    if clash.overridden is None:
        return ""
    return formatting.moment(clash.overridden.at, timezone.get_current_timezone_name())
