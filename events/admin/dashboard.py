"""The start page: what comes next, what waits to be sent, what is still a draft."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.domain import access, wording
from events.models import Delivery, Event

SHOWN = 5
WAITING = (Delivery.State.PENDING, Delivery.State.LEASED, Delivery.State.SENDING)
FAILED = (Delivery.State.FAILED, Delivery.State.DEAD, Delivery.State.UNKNOWN)


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the start page what concerns the teams of the user."""
    return {**context, "title": _("Overview"), "next": _next(request), "counts": _counts(request)}


def _next(request: HttpRequest) -> list[dict[str, Any]]:
    """The events that are on now or begin next."""
    now = timezone.now()
    rows = access.visible(user=request.user, model=Event).select_related("place")
    rows = rows.exclude(status=Event.Status.CANCELLED).order_by("start_at", "pk")
    # Two questions, so that those of others that are over need not be read.
    on_now = list(rows.filter(start_at__lt=now, end_at__gt=now)[:SHOWN])
    coming = rows.filter(start_at__gte=now)[: SHOWN - len(on_now)]
    return [
        {
            "event": event,
            "when": wording.when(event.when),
            "url": reverse("admin:events_event_change", args=[event.pk]),
        }
        for event in [*on_now, *coming]
    ]


def _counts(request: HttpRequest) -> list[dict[str, Any]]:
    """The numbers of the start page, each with the list that it counts."""
    deliveries = access.visible(user=request.user, model=Delivery).aggregate(
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        sent=Count("pk", filter=Q(state=Delivery.State.SENT)),
        failed=Count("pk", filter=Q(state__in=FAILED)),
    )
    events = access.visible(user=request.user, model=Event)
    drafts = events.filter(status=Event.Status.DRAFT).count()
    sent = reverse("admin:events_delivery_changelist")
    return [
        _count(_("Drafts"), drafts, _list("event", "status", Event.Status.DRAFT)),
        _count(
            _("Reminders waiting"),
            deliveries["waiting"],
            _list("delivery", "state", Delivery.State.PENDING),
        ),
        _count(
            _("Reminders sent"), deliveries["sent"], _list("delivery", "state", Delivery.State.SENT)
        ),
        _count(_("Reminders failed"), deliveries["failed"], sent),
    ]


def _count(title: Any, number: int, url: str) -> dict[str, Any]:
    return {"title": title, "number": number, "url": url}


def _list(model: str, column: str, value: str) -> str:
    return reverse(f"admin:events_{model}_changelist") + f"?{column}__exact={value}"
