"""Calendar feeds over HTTP (RFC 9110): conditional, cacheable, the same bytes for all clients."""

from collections.abc import Callable
from datetime import datetime

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events.domain.access import ratelimits
from events.domain.feeds import encoding, feeds, subscriptions
from events.domain.pages import eventfilters
from events.models import Event
from events.web.feeds import compression
from events.web.secrecy import SECRET, dressed, guarded, wait

CALENDAR = "text/calendar; charset=utf-8"
STREAMED_FROM_BYTES = 1 << 20  # bytes; longer feeds are streamed
PUBLIC_HEADERS = {"Cache-Control": "public, max-age=900", "Access-Control-Allow-Origin": "*"}


@require_safe
def public(request: HttpRequest) -> HttpResponseBase:
    """Serve the public calendar, narrowed by the filters in the query string."""
    return _serve(
        request,
        "attache.ics",
        PUBLIC_HEADERS,
        lambda: feeds.public(
            parameters=dict(request.GET.lists()), now=timezone.now(), has=_reader(request)
        ),
    )


@require_safe
def single(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve one event and its subtree."""
    return _serve(
        request,
        f"{slug}.ics",
        PUBLIC_HEADERS,
        lambda: feeds.single(
            slug=slug,
            parameters=dict(request.GET.lists()),
            now=timezone.now(),
            has=_reader(request),
        ),
    )


@require_safe
def secret(request: HttpRequest, token: str) -> HttpResponseBase:
    """Serve the calendar at a secret address; all unknown addresses get the same response."""
    now = timezone.now()

    def feed() -> encoding.Feed | encoding.Head:
        parameters, has = dict(request.GET.lists()), _reader(request)
        if request.method == "HEAD":
            return subscriptions.head(token=token, parameters=parameters, now=now)
        return subscriptions.read(token=token, parameters=parameters, now=now, has=has)

    try:
        with guarded(request, subscriptions.GUESSES, subscriptions.Unknown, now):
            return _serve(request, "attache.ics", SECRET, feed)
    except ratelimits.TooMany as refusal:
        return wait(_say("Too many requests: come again later.", 429), refusal)
    except subscriptions.Unknown:
        return _say("There is no such calendar.", 404)
    except subscriptions.Revoked:
        return _say("This calendar is no longer to be had.", 410)


def _serve(
    request: HttpRequest,
    name: str,
    headers: dict[str, str],
    feed: Callable[[], encoding.Feed | encoding.Head],
) -> HttpResponseBase:
    try:
        made = feed()
    except encoding.Unchanged as known:
        unchanged = HttpResponse(status=304)
        return _dress(unchanged, known.etag, known.last_modified, headers)
    except (eventfilters.UnknownFilter, eventfilters.UnknownValue) as error:
        return _say(str(error), 400)
    except Event.DoesNotExist as error:
        raise Http404 from error
    answer = _conditional(request, made.etag, made.last_modified) or _body(request, made, name)
    return _dress(answer, made.etag, made.last_modified, headers)


def _body(request: HttpRequest, feed: encoding.Feed | encoding.Head, name: str) -> HttpResponseBase:
    """Return the response: compressed if the client accepts gzip, without a body for HEAD."""
    is_packed = compression.is_taken(request)
    if isinstance(feed, encoding.Head):
        response = _empty(feed, is_packed)
    elif request.method == "HEAD":
        response = _empty(feed.head, is_packed)
    else:
        response = _full(feed, is_packed)
    if is_packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _empty(head: encoding.Head, is_packed: bool) -> HttpResponseBase:
    """Return the headers of the response to GET, without the content (RFC 9110, 9.3.2)."""
    response = HttpResponse(content_type=CALENDAR)
    response["Content-Length"] = str(head.packed_size if is_packed else head.size)
    return response


def _full(feed: encoding.Feed, is_packed: bool) -> HttpResponseBase:
    """Return the response with the content, streamed if it is long and not compressed."""
    if is_packed or feed.size <= STREAMED_FROM_BYTES:
        return HttpResponse(feed.packed if is_packed else feed.body, content_type=CALENDAR)
    response = StreamingHttpResponse(feed.pieces(), content_type=CALENDAR)
    response["Content-Length"] = str(feed.size)
    return response


def _reader(request: HttpRequest) -> encoding.IsCurrent:
    """Return a function that evaluates If-None-Match, or without it If-Modified-Since."""

    def has(etag: str, last_modified: datetime) -> bool:
        answer = _conditional(request, etag, last_modified)
        return answer is not None and answer.status_code == 304

    return has


def _conditional(
    request: HttpRequest, etag: str, last_modified: datetime
) -> HttpResponseBase | None:
    return get_conditional_response(
        request, etag=etag, last_modified=int(last_modified.timestamp())
    )


def _dress(
    response: HttpResponseBase, etag: str, last_modified: datetime, headers: dict[str, str]
) -> HttpResponseBase:
    dressed(response, headers)
    # RFC 9110, 8.8.1: representations with different bytes but equal content share a weak tag.
    response["ETag"] = f"W/{etag}" if response.has_header("Content-Encoding") else etag
    response["Last-Modified"] = http_date(last_modified.timestamp())
    return response


def _say(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
