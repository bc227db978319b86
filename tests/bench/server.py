"""The application of gunicorn in `tests/bench/feeds.py`: Attaché, and two views to compare with."""

from dataclasses import replace
from datetime import UTC

import icalendar
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls
from config.wsgi import application
from events.domain.feeds import subscriptions
from events.models import Event

__all__ = ["application"]

settings.ROOT_URLCONF = __name__
# The limit is never reached, but costs as much as usual.
subscriptions.READS_OF_OWN = replace(subscriptions.READS_OF_OWN, most=10**9)  # type: ignore[misc]


def bare(request: HttpRequest) -> HttpResponse:
    """A lower bound for any view: a constant response behind the same middleware."""
    return HttpResponse("ok")


def plain(request: HttpRequest) -> HttpResponse:
    """The same events written in the usual way: rows, icalendar, bytes, at each request."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Plain//EN")
    calendar.add("version", "2.0")
    events = Event.objects.filter(parent__slug="mission").select_related("place", "parent")
    for row in events.order_by("start_at", "pk"):
        event = icalendar.Event()
        event.add("uid", row.ical_uid)
        event.add("dtstamp", row.changed_at)
        event.add("dtstart", row.start_at.astimezone(UTC))
        event.add("dtend", row.end_at.astimezone(UTC))
        event.add("summary", row.title)
        event.add("description", row.description)
        event.add("location", str(row.place or ""))
        event.add("status", "CONFIRMED")
        event.add("sequence", row.sequence)
        event.add("last-modified", row.changed_at)
        event.add("created", row.created_at)
        event.add("categories", [row.get_kind_display()])
        event.add("url", row.get_absolute_url())
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


urlpatterns = [path("bare", bare), path("plain", plain), *urls.urlpatterns]
