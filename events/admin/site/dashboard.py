"""The start page: next events, and the numbers of drafts, mails and replies."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.site import standing
from events.domain.access import access
from events.domain.pages import formatting
from events.models import Delivery, Event, Reply
from events.values import dates

MAX_SHOWN = 5
WAITING = (Delivery.State.PENDING, Delivery.State.LEASED, Delivery.State.SENDING)
FAILED = (Delivery.State.FAILED, Delivery.State.DEAD, Delivery.State.UNKNOWN)


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the start page what concerns the user's teams."""
    return {
        **context,
        "title": _("Overview"),
        "standing": standing.sentence(request),
        "next": _next(request),
        "counts": _counts(request),
    }


def _next(request: HttpRequest) -> list[dict[str, Any]]:
    """The events that are running now or start next."""
    now = timezone.now()
    rows = access.visible(user=request.user, model=Event).select_related("place")
    rows = rows.exclude(status=Event.Status.CANCELLED).order_by("start_at", "pk")
    # Two queries instead of one with OR, so that the database need not read past events.
    on_now = list(rows.filter(start_at__lt=now, end_at__gt=now)[:MAX_SHOWN])
    coming = rows.filter(start_at__gte=now)[: MAX_SHOWN - len(on_now)]
    return [
        {
            "event": event,
            "when": _when(event),
            "url": reverse("admin:events_event_change", args=[event.pk]),
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


def _counts(request: HttpRequest) -> list[dict[str, Any]]:
    """The numbers on the start page, each with a link to the list of what it counts."""
    deliveries = access.visible(user=request.user, model=Delivery).aggregate(
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        sent=Count("pk", filter=Q(state=Delivery.State.SENT)),
        failed=Count("pk", filter=Q(state__in=FAILED)),
        held=Count("pk", filter=Q(state=Delivery.State.HELD)),
    )
    events = access.visible(user=request.user, model=Event)
    drafts = events.filter(status=Event.Status.DRAFT).count()
    replies = access.visible(user=request.user, model=Reply).filter(state=Reply.State.OPEN).count()
    urgent = (
        count(_("Replies to look at"), replies, Reply, state__exact="open"),
        count(_("Mails held back"), deliveries["held"], Delivery, state__exact="held"),
    )
    return [
        *(each for each in urgent if each["number"]),
        count(_("Drafts"), drafts, Event, status__exact="draft"),
        count(_("Mails waiting"), deliveries["waiting"], Delivery, state__in=",".join(WAITING)),
        count(_("Mails sent"), deliveries["sent"], Delivery, state__exact="sent"),
        count(_("Mails failed"), deliveries["failed"], Delivery, state__in=",".join(FAILED)),
    ]


def count(title: Any, number: int, model: type[Model], **filters: str) -> dict[str, Any]:
    """Return a number with a link to the filtered list."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return {"title": title, "number": number, "url": f"{reverse(name)}?{urlencode(filters)}"}
