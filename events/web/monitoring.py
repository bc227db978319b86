"""`/readyz` and `/metrics`, for requests from this host or with the MONITORING_TOKEN."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from events.domain.delivery import health
from events.models.base import clock
from events.values import networks

View = Callable[[HttpRequest], HttpResponse]
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def guarded(view: View) -> View:
    """Answer other requests with 404."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not (_is_here(request) or _knows_token(request)):
            raise Http404
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response

    return require_safe(answer)


@guarded
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if mail is being sent, else 503 with the list of problems."""
    problems = health.problems(now=_now())
    body = {"status": "unwell" if problems else "ok", "problems": problems}
    return JsonResponse(body, status=503 if problems else 200)


@guarded
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in the text format of Prometheus."""
    return HttpResponse(health.metrics(now=_now()), content_type=PROMETHEUS)


def _now() -> datetime:
    """Return the time of the database's clock, as in ticks; of our own if the database is down."""
    try:
        return clock.now()
    except DatabaseError:
        return timezone.now()


def _is_here(request: HttpRequest) -> bool:
    return networks.is_this_machine(environ=request.META, proxies=settings.PROXIES)


def _knows_token(request: HttpRequest) -> bool:
    token = settings.MONITORING_TOKEN
    sent = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(sent, f"Bearer {token}")
