"""Calendar feeds over HTTP (RFC 9110): conditional, cacheable, the same bytes for everybody."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events.domain import feeds, selection
from events.models import Event


@require_safe
def public(request: HttpRequest) -> HttpResponseBase:
    """Serve the public calendar; the query narrows it."""
    try:
        feed = feeds.public(parameters=dict(request.GET.lists()), now=timezone.now())
    except (selection.UnknownFilter, selection.UnknownValue) as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    return _respond(request, feed, "attache.ics")


@require_safe
def single(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve one event and its programme."""
    try:
        language = selection.language(parameters=dict(request.GET.lists()))
        feed = feeds.single(slug=slug, language=language, now=timezone.now())
    except selection.UnknownValue as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    except Event.DoesNotExist as error:
        raise Http404 from error
    return _respond(request, feed, f"{slug}.ics")


def _respond(request: HttpRequest, feed: feeds.Feed, name: str) -> HttpResponseBase:
    response = HttpResponse(feed.body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = feed.etag
    response["Last-Modified"] = http_date(feed.last_modified.timestamp())
    response["Cache-Control"] = "public, max-age=900"
    response["Access-Control-Allow-Origin"] = "*"
    return (
        get_conditional_response(
            request,
            etag=feed.etag,
            last_modified=int(feed.last_modified.timestamp()),
            response=response,
        )
        or response
    )
