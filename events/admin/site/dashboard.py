"""The start page: what is to do, the two weeks ahead, the next events, and where to begin."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from events.admin import clock
from events.admin.site import answermails, standing, tasks
from events.admin.site.tasks import Line, Source
from events.domain.access import access
from events.domain.overview import timelines
from events.domain.overview.tasks import TASKS
from events.domain.overview.timelines import Day
from events.domain.pages import formatting
from events.models import Event, Team
from events.values import dates

MAX_SHOWN = 5


def show(
    request: HttpRequest, context: dict[str, Any], sources: Iterable[Source] = ()
) -> dict[str, Any]:
    """Add to the start page what waits for the user; other apps add `sources` of sentences."""
    now = clock.local_now(request)
    found: list[Iterable[Line]] = [tasks.lines(request, TASKS, tasks.SENTENCES, now)]
    found += [source(request) for source in sources]
    return {
        **context,
        "title": _("Overview"),
        "standing": standing.sentence(request),
        "todo": list(chain(*found)),
        "answers": answermails.link(request),
        "days": [_day(day) for day in timelines.ahead(user=request.user, now=now)],
        "next": _next(request, now),
        "begin": list(_begin(request)),
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "on": day.on,
        "weekday": format_date(day.on, pgettext("weekday in a timeline", "D")),
        "title": format_date(day.on, pgettext("day without year", "j F")),
        "events": [_entry(event) for event in day.begin],
        "going_on": [_entry(event) for event in day.go_on],
    }


def _entry(event: Event) -> dict[str, Any]:
    begins = event.start_time
    return {
        "event": event,
        "hour": f"{begins:%H:%M}" if begins else "",
        "url": reverse("admin:events_event_home", args=[event.pk]),
    }


def _next(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """The events that are running now or start next."""
    rows = access.visible(user=request.user, model=Event).select_related("place")
    rows = rows.exclude(status=Event.Status.CANCELLED).order_by("start_at", "pk")
    # Two queries instead of one with OR, so that the database need not read past events.
    on_now = list(rows.filter(start_at__lt=now, end_at__gt=now)[:MAX_SHOWN])
    coming = rows.filter(start_at__gte=now)[: MAX_SHOWN - len(on_now)]
    return [
        {
            "event": event,
            "when": _when(event),
            "url": reverse("admin:events_event_home", args=[event.pk]),
        }
        for event in [*on_now, *coming]
    ]


def _when(event: Event) -> str:
    """The date of an event; with a time also its offset from UTC."""
    text = formatting.when(event.when)
    if event.start_at is None or event.start_time is None:
        return text
    local = event.start_at.astimezone(dates.zone(event.timezone))
    return gettext("%(hours)s (%(place)s)") % {"hours": text, "place": formatting.offset(local)}


def _begin(request: HttpRequest) -> Iterator[dict[str, str]]:
    """Yield where to begin, as long as the user sees no event of a team."""
    ours = access.visible(user=request.user, model=Event)
    if ours.filter(origin=Event.Origin.MANAGED).exists():
        return
    if getattr(request.user, "is_superuser", False):
        if not Team.objects.exists():
            yield {
                "text": gettext("Make a team: events and missions belong to one."),
                "url": reverse("admin:events_team_add"),
            }
        yield {
            "text": gettext("Give your colleagues a login, and a role in the team."),
            "url": reverse("admin:events_user_add"),
        }
    if access.may_add(user=request.user, model=Event):
        yield {
            "text": gettext("Add your first promotion conference."),
            "url": reverse("admin:events_promotionconference_add"),
        }
        yield {
            "text": gettext("Add the people whom you invite."),
            "url": reverse("admin:events_person_add"),
        }
