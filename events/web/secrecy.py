"""Headers of pages and feeds at secret addresses, and the rate limit for wrong guesses."""

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
UNKEPT = {**SECRET, "Cache-Control": "no-store"}  # for pages that show what an answer has changed


Response = TypeVar("Response", bound=HttpResponseBase)


def dressed(response: Response, headers: Mapping[str, str]) -> Response:
    """Return the response with these headers."""
    for name, value in headers.items():
        response[name] = value
    return response


def unkept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view so that its responses are not stored, indexed or sent as a referrer."""

    @wraps(view)
    def careful(*args: Any, **kwargs: Any) -> HttpResponse:
        return dressed(view(*args, **kwargs), UNKEPT)

    return careful


def guarded(
    request: HttpRequest, limit: Limit, miss: type[Exception], now: datetime
) -> AbstractContextManager[None]:
    """Count requests for unknown secret addresses by the client's network, up to the limit."""
    caller = networks.of_caller(environ=request.META, proxies=settings.PROXIES)
    return ratelimits.guarded(limit=limit, who=caller, miss=miss, now=now)


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer 404 in the language of the parameter `lang`, else in that of the browser."""
    language = languages.first(request.GET.get("lang"), get_language_from_request(request))
    with override(language):
        return render(request, "404.html", status=404)


def wait(response: HttpResponse, refusal: ratelimits.TooMany) -> HttpResponse:
    """Add Retry-After to a response with status 429 (RFC 6585, 4)."""
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store"
    return response
