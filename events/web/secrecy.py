"""What all pages and feeds at secret addresses share: their headers, and a limit on guessing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override

from events.domain.access import ratelimits
from events.domain.access.ratelimits import Limit
from events.values import languages, networks

SECRET = {
    "Cache-Control": "private, max-age=900",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}
UNKEPT = {**SECRET, "Cache-Control": "no-store"}  # of what an answer changes


Response = TypeVar("Response", bound=HttpResponseBase)


def dressed(response: Response, headers: Mapping[str, str]) -> Response:
    """Return the response with these headers."""
    for name, value in headers.items():
        response[name] = value
    return response


def unkept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let nobody keep, find or hand on what a view answers, whatever it is."""

    @wraps(view)
    def careful(*args: Any, **kwargs: Any) -> HttpResponse:
        return dressed(view(*args, **kwargs), UNKEPT)

    return careful


def guarded(
    request: HttpRequest, limit: Limit, miss: type[Exception], now: datetime
) -> AbstractContextManager[None]:
    """Count which secret addresses are guessed wrong from where the request comes."""
    caller = networks.of_caller(environ=request.META, proxies=settings.PROXIES)
    return ratelimits.guarded(limit=limit, who=caller, miss=miss, now=now)


def unknown(request: HttpRequest) -> HttpResponse:
    """Say that nothing is there, in a language that whoever was sent the address reads."""
    language = languages.first(request.GET.get("lang"), get_language_from_request(request))
    with override(language):
        return render(request, "404.html", status=404)


def wait(response: HttpResponse, refusal: ratelimits.TooMany) -> HttpResponse:
    """Say when to come again (RFC 6585, 4)."""
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store"
    return response
