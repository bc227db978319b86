"""Calendar feeds over HTTP (RFC 9110): conditional, cacheable, the same bytes for everybody."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events.domain import feeds, limits, selection, subscriptions
from events.models import Event
from events.values import networks

GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
OPEN = {"Cache-Control": "public, max-age=900", "Access-Control-Allow-Origin": "*"}
SECRET = {
    "Cache-Control": "private, max-age=900",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def public(request: HttpRequest) -> HttpResponseBase:
    """Serve the public calendar; the query narrows it."""
    return _serve(
        request,
        "attache.ics",
        OPEN,
        lambda: feeds.public(
            parameters=dict(request.GET.lists()), now=timezone.now(), has=_reader(request)
        ),
    )


@require_safe
def single(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve one event and its programme."""

    def feed() -> feeds.Feed:
        language = selection.language(parameters=dict(request.GET.lists()))
        return feeds.single(slug=slug, language=language, now=timezone.now())

    return _serve(request, f"{slug}.ics", OPEN, feed)


@require_safe
def secret(request: HttpRequest, token: str) -> HttpResponseBase:
    """Serve the calendar at a secret address; all unknown ones are answered alike."""
    now = timezone.now()

    def feed() -> feeds.Feed:
        parameters, has = dict(request.GET.lists()), _reader(request)
        return subscriptions.read(token=token, parameters=parameters, now=now, has=has)

    try:
        with guarded(request, now):
            return _serve(request, "attache.ics", SECRET, feed)
    except limits.TooMany as refusal:
        return wait(_say("Too many requests: come again later.", 429), refusal)
    except subscriptions.Unknown:
        return _say("There is no such calendar.", 404)
    except subscriptions.Revoked:
        return _say("This calendar is no longer to be had.", 410)


def guarded(request: HttpRequest, now: datetime) -> AbstractContextManager[None]:
    """Count which secret addresses are guessed wrong from where the request comes."""
    caller = networks.of_caller(environ=request.META, proxies=settings.PROXIES)
    return limits.guarded(
        limit=subscriptions.MISSES, who=caller, miss=subscriptions.Unknown, now=now
    )


def wait(response: HttpResponse, refusal: limits.TooMany) -> HttpResponse:
    """Say when to come again (RFC 6585, 4)."""
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store"
    return response


def _serve(
    request: HttpRequest, name: str, headers: dict[str, str], feed: Callable[[], feeds.Feed]
) -> HttpResponseBase:
    try:
        made = feed()
    except feeds.Unchanged as known:
        response = HttpResponse(status=304)
        return _dress(response, known.etag, known.last_modified, headers)
    except (selection.UnknownFilter, selection.UnknownValue) as error:
        return _say(str(error), 400)
    except Event.DoesNotExist as error:
        raise Http404 from error
    response = _body(request, made)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    _dress(response, made.etag, made.last_modified, headers)
    return _conditional(request, made.etag, made.last_modified, response) or response


def _body(request: HttpRequest, feed: feeds.Feed) -> HttpResponse:
    """The calendar, as it was compressed before for a reader who takes that."""
    takes = GZIP.search(request.headers.get("Accept-Encoding", ""))
    packed = feed.packed if takes else b""
    response = HttpResponse(packed or feed.body, content_type="text/calendar; charset=utf-8")
    if feed.packed:
        response["Vary"] = "Accept-Encoding"
    if packed:
        response["Content-Encoding"] = "gzip"
    return response


def _reader(request: HttpRequest) -> feeds.Has:
    """Whether the reader says that they have a feed, by its tag or, without tags, by its date."""

    def has(etag: str, last_modified: datetime) -> bool:
        answer = _conditional(request, etag, last_modified, None)
        return answer is not None and answer.status_code == 304

    return has


def _conditional(
    request: HttpRequest, etag: str, last_modified: datetime, response: HttpResponse | None
) -> HttpResponseBase | None:
    return get_conditional_response(
        request, etag=etag, last_modified=int(last_modified.timestamp()), response=response
    )


def _dress(
    response: HttpResponse, etag: str, last_modified: datetime, headers: dict[str, str]
) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    # RFC 9110, 8.8.1: other bytes that say the same bear a weak tag.
    response["ETag"] = f"W/{etag}" if response.has_header("Content-Encoding") else etag
    response["Last-Modified"] = http_date(last_modified.timestamp())
    return response


def _say(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
